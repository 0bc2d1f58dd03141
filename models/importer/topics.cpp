#include "importer/topics.h"

#include "importer/words.h"

#include <array>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

struct Announcement {
    Topic topic;
    QLatin1StringView words; ///< alternatives, parted by '|'; '^' in front: at the heading's start
};

/// The first row that fits decides.
constexpr std::array announcements{
    Announcement{
        Topic::HowTo,
        "how to create|creating this issue|create this issue|create the issue|issue creation|create github issue|"
        "creating the issue|how to file|how to submit|gh issue|github cli|filing this issue|manual creation|to create "
        "this|"
        "instructions for creat|instructions for github|issue command|how to use this template|creation instructions|creation command"_L1},
    Announcement{Topic::Whys,
                 "five whys|five-whys|5 whys|5-whys|5 why|five why|5whys|why analysis|why-analysis|whys"_L1},
    Announcement{Topic::Metrics,
                 "success metric|success indicator|success measure|key metric|target metric|success kpi|kpis"_L1},
    Announcement{Topic::Checklist, "checklist"_L1},
    Announcement{
        Topic::Criteria,
        "criteria|criterion|definition of done|done when|conditions for closing|conditions for clos|resolved "
        "when|fixed when|"
        "close when|requirements for closure|conditions of satisfaction|what does success look like|what success looks like"_L1},
    Announcement{Topic::Prevention, "prevention|preventive|preventative|prevent recurrence|prevent future"_L1},
    Announcement{
        Topic::Actions,
        "immediate action|action item|action plan|actions|action required|required action|next "
        "step|remediation|recommend|"
        "follow-up|follow up|followup|todo|to-do|to do|immediate step|immediate fix|required fix|fixes required|"
        "urgent step|short-term fix|long-term fix|^action|immediate response|emergency response|priority fix|immediate next"_L1},
    Announcement{
        Topic::Validation,
        "validation command|verification command|diagnostic command|test command|debugging command|^commands|commands to run"_L1},
    Announcement{Topic::Expected, "expected"_L1},
    Announcement{Topic::Current, "actual result|actual behav|observed behav"_L1},
    Announcement{Topic::Evidence,
                 "evidence|test result|test execution result|validation result|results|logs|log excerpt|log "
                 "output|error detail|error message|stack trace|traceback|"
                 "diagnostic|observation|^error"_L1},
    Announcement{Topic::Validation,
                 "validation step|verification step|validation|verification|verify|how to test|"
                 "testing|test plan|test strategy|reproduc|repro step|commands|health check command|monitoring "
                 "command|test step|"
                 "how to validate|how to check"_L1},
    Announcement{Topic::Impact, "impact|revenue|blast radius|affected user|affected customer|who is affected"_L1},
    Announcement{Topic::RootCause, "root cause|root-cause|cause analysis|rca|probable cause|suspected cause"_L1},
    Announcement{Topic::Endpoints, "endpoint|affected url|urls"_L1},
    Announcement{
        Topic::Components,
        "components|component affected|affected component|affected service|services affected|affected system|systems "
        "affected|"
        "impacted service|services impacted|impacted system|impacted component|failing component|failing "
        "service|affected infrastructure|"
        "infrastructure affected|affected area|involved component|components involved|services involved|impacted area"_L1},
    Announcement{Topic::Current,
                 "current behav|current state|current status|symptom|what happened|what is happening|current situation|"
                 "current issue|the problem|failure detail"_L1},
    Announcement{Topic::Summary,
                 "executive summary|summary|overview|problem statement|problem description|issue "
                 "description|description|problem|"
                 "background|context|introduction|issue detail|incident detail|^issue$|^incident$|the issue"_L1},
    Announcement{Topic::Solution,
                 "proposed solution|proposed fix|solution|implementation plan|implementation "
                 "step|mitigation|workaround|resolution|"
                 "recovery plan|recovery step|fix plan|fix strategy|proposed change|rollback|plan"_L1},
    Announcement{Topic::Related, "related|reference|documentation|links|see also|further reading|attachments"_L1},
    Announcement{Topic::Timeline, "timeline|chronology|history"_L1},
    Announcement{Topic::Labels, "^labels|^label|^tags|issue labels|suggested labels|github labels"_L1},
    Announcement{Topic::Severity, "^severity|^priority|^urgency|priority level|severity level|^classification"_L1},
    Announcement{Topic::Title, "^title|issue title"_L1}};

bool announces(const QString &heading, QLatin1StringView words)
{
    for (const QLatin1StringView word : QLatin1StringView(words).tokenize(u'|')) {
        if (word.startsWith(u'^')) {
            const bool whole = word.endsWith(u'$');
            const QLatin1StringView start = word.sliced(1).chopped(whole ? 1 : 0);
            if (whole ? heading == start : heading.startsWith(start))
                return true;
            continue;
        }
        const qsizetype at = heading.indexOf(word);
        if (at == 0 || (at > 0 && !heading[at - 1].isLetterOrNumber()))
            return true;
    }
    return false;
}

} // namespace

Topic topicOf(const QString &heading)
{
    const QString words = withoutNumber(heading).toLower();
    for (const Announcement &row : announcements) {
        if (announces(words, row.words))
            return row.topic;
    }
    return Topic::None;
}

Topic topicOfLabel(const QString &label)
{
    constexpr qsizetype mostWords = 4;
    QString words = withoutNumber(label);
    if (const qsizetype bracket = words.indexOf(u'('); bracket > 0)
        words = words.first(bracket);
    if (words.simplified().count(u' ') >= mostWords)
        return Topic::None;
    const Topic topic = topicOf(label);
    // As labels these words name a fact of the line, not a part of the issue.
    const bool fact = topic == Topic::Evidence || topic == Topic::Expected || topic == Topic::Timeline;
    return fact ? Topic::None : topic;
}

bool isList(Topic topic)
{
    return topic == Topic::Whys || topic == Topic::Criteria || topic == Topic::Metrics || topic == Topic::Checklist
        || topic == Topic::Actions || topic == Topic::Solution || topic == Topic::Prevention;
}

} // namespace allclear::issue
