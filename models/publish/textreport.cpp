// The aligned text of `check`: what is wrong first to read, the verdict last on screen.
#include "publish/terminal.h"

#include <QHash>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int stateColumns = 8;   // "degraded", "flapping", "checking"
constexpr int longestName = 40;

class TextReport {
public:
    TextReport(const CheckReport &report, Colour colour)
        : m_report(report), m_incident(*report.incident), m_verdict(report.verdict), m_colour(colour)
    {
    }

    QString write()
    {
        header();
        endpoints();
        components();
        suspects();
        criteria();
        whys();
        runs();
        verdict();
        return m_lines.join(u'\n') + u'\n';
    }

private:
    void header();
    void endpoints();
    void endpoint(const Endpoint &endpoint, const EndpointStatus *status, int nameColumns);
    template <typename Belongs>
    void watched(const QString &title, Belongs belongs);
    void steps(const Observation &journey);
    void components();
    void suspects();
    void criteria();
    void whys();
    void runs();
    void verdict();

    void section(const QString &title)
    {
        m_lines.append(QString());
        m_lines.append(toned(title, Tone::Strong, m_colour));
    }
    void line(const QString &text)
    {
        QString trimmed = text;
        while (trimmed.endsWith(u' '))
            trimmed.chop(1);
        m_lines.append(trimmed);
    }
    QString stateText(const QString &shape, QLatin1StringView word, Tone tone, int columns = stateColumns) const
    {
        return "  "_L1 + toned(shape + u' ' + padded(word, columns), tone, m_colour) + "  "_L1;
    }
    QString titleOf(const QString &component) const
    {
        const Component *found = m_incident.component(component);
        return printable(found && !found->title.isEmpty() ? found->title : component);
    }

    const CheckReport &m_report;
    const Incident &m_incident;
    const Verdict &m_verdict;
    Colour m_colour;
    QStringList m_lines;
};

template <typename List, typename Text>
int widest(const List &list, Text text)
{
    int columns = 0;
    for (const auto &item : list)
        columns = std::max(columns, columnsOf(text(item)));
    return std::min(columns, longestName);
}

void TextReport::header()
{
    const QString severity = m_incident.severity.isEmpty() ? QString() : printable(m_incident.severity) + u" · "_s;
    line(toned(severity + printable(m_incident.title), Tone::Strong, m_colour));
    QStringList facts = {name(m_incident.status)};
    if (m_incident.declared) {
        facts.append(u"declared %1"_s.arg(toIso(*m_incident.declared)));
        facts.append(u"T+ %1"_s.arg(elapsedText(m_report.checkedAt - *m_incident.declared)));
    }
    facts.append(u"checked %1 in %2"_s.arg(toIso(m_report.checkedAt), durationText(m_report.duration)));
    if (m_verdict.availability)
        facts.append(u"availability %1 %"_s.arg(*m_verdict.availability * 100, 0, 'f', 1));
    line(facts.join(u" · "_s));
    if (m_verdict.observer == ObserverState::Offline) {
        const QString reason = printable(m_verdict.observerReason);
        line(toned(u"◇ OBSERVER OFFLINE: "_s + reason + u". Nothing below is known."_s, Tone::Warning, m_colour));
    }
}

void TextReport::endpoints()
{
    watched(u"Endpoints"_s, [](const Endpoint &endpoint) { return endpoint.kind != Kind::Journey; });
    watched(u"Journeys"_s, [](const Endpoint &endpoint) { return endpoint.kind == Kind::Journey; });
}

template <typename Belongs>
void TextReport::watched(const QString &title, Belongs belongs)
{
    QList<Endpoint> listed;
    std::ranges::copy_if(m_incident.endpoints, std::back_inserter(listed), belongs);
    if (listed.isEmpty())
        return;
    section(title);
    QHash<EndpointKey, const EndpointStatus *> statuses;
    for (const EndpointStatus &status : m_verdict.endpoints)
        statuses.insert(status.key, &status);
    const int columns = widest(listed, [](const Endpoint &e) { return printable(e.key()); });
    for (const Endpoint &each : std::as_const(listed))
        endpoint(each, statuses.value(each.key()), columns);
}

/// Each step of a journey with its own time, so that the slow one shows.
void TextReport::steps(const Observation &journey)
{
    const int columns = widest(journey.steps, [](const StepResult &step) { return printable(step.name); });
    for (const StepResult &step : journey.steps) {
        const QString name = padded(fitted(printable(step.name), columns), columns);
        if (!step.observation) {
            line(u"      "_s + toned(u"· "_s + name + "  not run: "_L1 + printable(step.notRun), Tone::Quiet, m_colour));
            continue;
        }
        const Observation &o = *step.observation;
        const QString latency = o.answered ? durationText(o.latency) : u"–"_s;
        line(u"      "_s + toned(shapeOf(o.outcome), toneOf(o.outcome), m_colour) + u' ' + name + "  "_L1
             + padded(fitted(answerWord(o), answerColumns), answerColumns) + "  "_L1 + padded(latency, latencyColumns) + "  "_L1
             + reasonLine(o));
    }
}

void TextReport::endpoint(const Endpoint &endpoint, const EndpointStatus *status, int nameColumns)
{
    const State state = status ? status->state : State::Unknown;
    const Observation *latest = status ? status->latest.get() : nullptr;
    QString text = stateText(shapeOf(state), name(state), toneOf(state))
        + padded(fitted(printable(endpoint.key()), nameColumns), nameColumns) + "  "_L1;
    const int indent = 2 + 2 + stateColumns + 2 + nameColumns + 2;
    if (!latest) {
        const QString reason = !endpoint.notJudged.isEmpty() ? u"not judged yet: "_s + endpoint.notJudged
            : status && !status->reason.isEmpty()             ? status->reason
                                                              : u"never run"_s;
        line(text + printable(reason));
        return;
    }
    const QString latency = latest->answered ? durationText(latest->latency) : u"–"_s;
    text += padded(fitted(answerWord(*latest), answerColumns), answerColumns) + "  "_L1 + padded(latency, latencyColumns) + "  "_L1;
    QStringList remarks;
    if (const QString reason = reasonLine(*latest); !reason.isEmpty())
        remarks.append(reason);
    if (status && !status->reason.isEmpty())
        remarks.append(printable(status->reason));
    if (endpoint.client.insecure)
        remarks.append(u"[insecure: certificates are not verified]"_s);
    line(text + remarks.join(u" · "_s));
    if (latest->failure && !latest->failure->hint.isEmpty())
        line(QString(indent, u' ') + toned(u"→ "_s + printable(latest->failure->hint), Tone::Quiet, m_colour));
    steps(*latest);
}

void TextReport::components()
{
    if (m_verdict.components.isEmpty())
        return;
    section(u"Components"_s);
    const int columns = widest(m_verdict.components, [this](const ComponentStatus &c) { return titleOf(c.name); });
    for (const ComponentStatus &component : m_verdict.components) {
        QStringList remarks;
        if (component.suspect)
            remarks.append(u"SUSPECT"_s);
        if (!component.waitsOn.isEmpty())
            remarks.append(u"waits on %1"_s.arg(titleOf(component.waitsOn)));
        if (!component.reason.isEmpty())
            remarks.append(printable(component.reason));
        if (component.since)
            remarks.append(u"since %1"_s.arg(clockTextWithSeconds(*component.since)));
        line(stateText(shapeOf(component.state), name(component.state), toneOf(component.state))
             + padded(fitted(titleOf(component.name), columns), columns) + "  "_L1 + remarks.join(u" · "_s));
    }
}

void TextReport::suspects()
{
    if (m_verdict.suspects.isEmpty())
        return;
    section(m_verdict.suspects.size() == 1 ? u"Suspect"_s : u"Suspects, the one that explains most first"_s);
    for (const Suspect &suspect : m_verdict.suspects) {
        QStringList explained;
        for (const QString &component : suspect.explains)
            explained.append(titleOf(component));
        const QString explains = explained.isEmpty()
            ? u"explains only itself"_s
            : u"explains %1: %2"_s.arg(explained.size()).arg(explained.join(u", "_s));
        line(u"  ✗ %1 (%2) %3"_s.arg(titleOf(suspect.component), printable(suspect.component), explains));
    }
}

void TextReport::criteria()
{
    if (m_verdict.criteria.isEmpty())
        return;
    section(u"Success criteria: %1 of %2 met"_s.arg(m_verdict.criteriaMet()).arg(m_verdict.criteria.size()));
    const int columns = widest(m_verdict.criteria, [](const CriterionStatus &c) { return printable(c.title); });
    for (const CriterionStatus &criterion : m_verdict.criteria) {
        const QString title = printable(criterion.title);
        line(stateText(shapeOf(criterion.state), name(criterion.state), toneOf(criterion.state))
             + padded(title, columns) + "  "_L1 + printable(criterion.detail));
    }
}

void TextReport::whys()
{
    if (m_verdict.whys.isEmpty())
        return;
    section(u"Five whys"_s);
    constexpr int whyColumns = 9; // "confirmed"
    for (const WhyStatus &why : m_verdict.whys) {
        const Tone tone = why.verdict == WhyVerdict::Untested ? Tone::Quiet : Tone::Plain;
        line(stateText(shapeOf(why.verdict), name(why.verdict), tone, whyColumns) + printable(why.why) + u' '
             + printable(why.because));
        const QString proof = why.evidence.isEmpty() ? why.detail : why.evidence.join(u", "_s);
        if (!proof.isEmpty())
            line(QString(2 + 2 + whyColumns + 2, u' ') + toned(printable(proof), Tone::Quiet, m_colour));
    }
}

void TextReport::runs()
{
    if (m_incident.runs.isEmpty())
        return;
    section(u"Validation commands"_s);
    const int columns = widest(m_incident.runs, [](const Run &run) { return printable(run.name); });
    for (const Run &run : m_incident.runs) {
        line(stateText(u"◇"_s, name(RunVerdict::NotRun), Tone::Quiet) + padded(fitted(printable(run.name), columns), columns)
             + "  "_L1 + printable(run.title));
    }
}

void TextReport::verdict()
{
    m_lines.append(QString());
    const QString caution = u"clear at this moment; holds not judged"_s;
    if (!m_report.holdsJudged && m_verdict.overall == Overall::Clear && !m_verdict.sentence.contains(caution))
        line(caution);
    const QString sentence = shapeOf(m_verdict.overall) + u' ' + printable(m_verdict.sentence);
    line(toned(sentence, toneOf(m_verdict.overall), m_colour));
}

} // namespace

QString toText(const CheckReport &report, Colour colour) { return TextReport(report, colour).write(); }

} // namespace allclear
