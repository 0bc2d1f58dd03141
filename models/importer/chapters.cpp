// Several incidents in one text.
#include "importer/outline.h"

#include "importer/words.h"

#include <QSet>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

bool startsWithAny(const QString &text, std::initializer_list<QLatin1StringView> words)
{
    return std::ranges::any_of(words, [&](QLatin1StringView word) {
        return text.startsWith(word, Qt::CaseInsensitive)
            && (text.size() == word.size() || !text[word.size()].isLetter());
    });
}

/// "Issue 2", "Incident #3: …", "Bug 1 – …".
bool isNumberedIncident(const QString &heading)
{
    const QString text = withoutNumber(heading);
    if (!startsWithAny(text,
                       {"issue"_L1, "incident"_L1, "bug"_L1, "ticket"_L1, "github issue"_L1, "problem"_L1, "defect"_L1,
                        "outage"_L1}))
        return false;
    const std::optional<int> number = leadingNumber(text.sliced(std::min<qsizetype>(text.size(), 3)));
    return number.has_value() || text.section(u' ', 1, 1).size() <= 2;
}

bool isProcess(const QString &heading)
{
    return startsWithAny(withoutNumber(heading),
                         {"attempt"_L1, "phase"_L1, "step"_L1, "iteration"_L1, "cycle"_L1, "round"_L1, "part"_L1,
                          "option"_L1, "priority"_L1, "section"_L1, "week"_L1, "day"_L1, "test"_L1, "update"_L1,
                          "session"_L1, "appendix"_L1, "stage"_L1, "why"_L1})
        || startsWithAny(heading, {"attempt"_L1, "phase"_L1, "step"_L1, "action"_L1, "task"_L1});
}

/// What tells an incident of its own: what is announced inside.
QSet<Topic> tellingTopics(const QList<Block> &blocks)
{
    static const QSet<Topic> telling{Topic::Impact,   Topic::Whys,     Topic::RootCause, Topic::Criteria,
                                     Topic::Actions,  Topic::Current,  Topic::Summary,   Topic::Validation,
                                     Topic::Severity, Topic::Expected, Topic::Title,     Topic::Solution};
    QSet<Topic> topics;
    for (const Part &part : outlineOf(blocks)) {
        if (telling.contains(part.topic))
            topics.insert(part.topic);
    }
    return topics;
}

QList<Chapter> chaptersAt(const QList<Block> &blocks, int level)
{
    QList<Chapter> chapters;
    for (const Block &block : blocks) {
        const bool heading =
            block.type == Block::Type::Heading && !block.text.contains(u'\n') && !isFactLine(block.text);
        if (heading && block.level <= level)
            chapters.append(
                Chapter{.title = block.level == level ? block.text : QString(), .line = block.line, .blocks = {}});
        if (!chapters.isEmpty())
            chapters.last().blocks.append(block);
    }
    return chapters;
}

/// The deeper a heading, the more it takes to be more than a part of one incident.
bool isIncident(const Chapter &chapter, int level)
{
    const QString heading = clean(chapter.title);
    if (heading.isEmpty() || isProcess(heading))
        return false;
    const bool numbered = isNumberedIncident(heading);
    if (!numbered && topicOf(heading) != Topic::None)
        return false;
    return tellingTopics(chapter.blocks.sliced(1)).size() >= (numbered ? 1 : level == 1 ? 2 : 3);
}

/// Nothing beside the incidents lists criteria, actions or whys that belong to them all.
bool standAlone(const QList<Chapter> &chapters, int level)
{
    return std::ranges::none_of(chapters, [level](const Chapter &chapter) {
        const Topic topic = topicOf(clean(chapter.title));
        return !isIncident(chapter, level)
            && (topic == Topic::Criteria || topic == Topic::Actions || topic == Topic::Whys
                || topic == Topic::Validation);
    });
}

/// Texts that begin with "Title: …" again and again.
QList<Chapter> chaptersByTitle(const QList<Block> &blocks)
{
    QList<Chapter> chapters;
    for (const Block &block : blocks) {
        const std::optional<Label> label = block.type == Block::Type::Paragraph || block.type == Block::Type::Heading
            ? labelOf(linesOf(block).first().text)
            : std::nullopt;
        if (label && topicOfLabel(label->name) == Topic::Title && !label->rest.isEmpty())
            chapters.append(Chapter{.title = label->rest, .line = block.line, .blocks = {}});
        if (!chapters.isEmpty())
            chapters.last().blocks.append(block);
    }
    return chapters;
}

} // namespace

QList<Chapter> chaptersOf(const Block &document)
{
    for (int level = 1; level <= 3; ++level) {
        const QList<Chapter> all = chaptersAt(document.children, level);
        constexpr qsizetype most = 300; // of headings of one level in a text that a person wrote
        if (all.size() > most)
            continue;
        QList<Chapter> incidents;
        std::ranges::copy_if(all, std::back_inserter(incidents),
                             [level](const Chapter &chapter) { return isIncident(chapter, level); });
        if (incidents.size() > 1 && standAlone(all, level))
            return incidents;
    }
    if (const QList<Chapter> titled = chaptersByTitle(document.children); titled.size() > 1)
        return titled;
    return {Chapter{.title = {}, .line = 1, .blocks = document.children}};
}

} // namespace allclear::issue
