// What is to be done, and by when; further reading; and what found no place.
#include "importer/draft.h"

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto letterCase = QRegularExpression::CaseInsensitiveOption;

/// "**Owner:** infra" under an action, or beside it as an item, says something about it and is none.
bool isActionDetail(const QString &text)
{
    static const QRegularExpression detail(
        u"^(?:owners?|assignee|assigned to|responsible|eta|due|due date|deadline|timeline|priority|status|estimated? "
        u"(?:time|effort)|effort|risk|impact|"
        "expected(?: result| outcome)?|commands?|notes?|rationale|reason|why|result|outcome|success criteria|dependencies|time ?frame|duration|severity)\\s*:"_s,
        letterCase);
    return detail.match(text).hasMatch();
}

/// "**Files:**" above a list says where, "**Risks:**" what may happen: nothing to do.
bool isBesideActions(const QString &title)
{
    static const QRegularExpression beside(
        u"^(?:files?|file changes|affected "
        u"files|expected|benefits?|risks?|rationale|evidence|notes?|dependencies|prerequisites|why|owners?|details?|"
        u"code|examples?|commands?|output|status|"
        "context|background|findings?|issues?|problems?|symptoms?|root cause|current|before|after|impact|references?|assumptions|results?)\\b"_s,
        letterCase);
    return beside.match(title).hasMatch();
}

/// Words of urgency in front of an action say when, not what.
QString actionTitle(const QString &marked)
{
    static const QRegularExpression urgency(
        u"^(?:emergency|urgent|immediate(?:ly)?|critical|p[0-4]|high|medium|low|priority \\d|action|todo|task|now|asap|fix)\\s*(?:\\([^)]*\\))?\\s*[:–—-]\\s*(?=\\S)"_s,
        letterCase);
    static const QRegularExpression tag(u"^\\[(?:p[0-4]|high|medium|low|critical|urgent|todo|done)\\]\\s*:?\\s*"_s,
                                        letterCase);
    QString text = withoutNumber(clean(marked));
    text.remove(tag).remove(urgency);
    if (text.endsWith(u':'))
        text.chop(1);
    return withoutSecrets(shortened(text, 300));
}

QString cellOf(const Item &item, const QRegularExpression &column)
{
    for (auto cell = item.cells.cbegin(); cell != item.cells.cend(); ++cell) {
        if (column.match(cell.key()).hasMatch())
            return clean(cell.value());
    }
    return {};
}

Sourced detailOf(const Item &item, const QRegularExpression &name)
{
    if (const QString cell = cellOf(item, name); !cell.isEmpty())
        return {cell, item.line};
    for (const Line &line : item.details) {
        const std::optional<Label> label = labelOf(line.text);
        if (label && name.match(label->name).hasMatch() && !clean(label->rest).isEmpty())
            return {clean(label->rest), line.line};
    }
    return {};
}

Sourced ownerOf(const Item &item)
{
    static const QRegularExpression name(u"^(?:owners?|assignee|assigned to|responsible|who|team|lead)\\b"_s,
                                         letterCase);
    static const QRegularExpression inlined(u"[(\\[](?:owner|assignee|assigned to)\\s*:\\s*([^)\\],;]{1,60})"_s,
                                            letterCase),
        handle(u"(?:^|\\s)(@[A-Za-z][\\w-]{1,38})\\b"_s);
    if (const Sourced found = detailOf(item, name); !found.isEmpty())
        return {shortened(found.text, 80), found.line};
    const QString text = clean(item.text);
    for (const QRegularExpression *pattern : {&inlined, &handle}) {
        if (const auto match = pattern->match(text); match.hasMatch())
            return {match.captured(1).trimmed(), item.line};
    }
    return {};
}

Sourced dueOf(const Item &item)
{
    static const QRegularExpression name(u"^(?:eta|due|due date|deadline|timeline|when|time ?frame|by when)\\b"_s,
                                         letterCase);
    static const QRegularExpression inlined(
        u"(?:\\(([^)]{1,40})\\)|\\b(?:within|in the next|due(?: in)?:?|eta:?|by)\\s+([^,;.]{1,30}))"_s, letterCase);
    if (const Sourced found = detailOf(item, name); !found.isEmpty()) {
        if (const QString due = dueIn(found.text); !due.isEmpty())
            return {due, found.line};
    }
    const QString text = clean(item.text);
    for (const auto &match : inlined.globalMatch(text)) {
        if (const QString due = dueIn(match.captured(1) + match.captured(2)); !due.isEmpty())
            return {due, item.line};
    }
    for (qsizetype i = item.groups.size(); i-- > 0;) {
        if (const QString due = dueIn(item.groups[i]); !due.isEmpty())
            return {due, 0};
    }
    return {};
}

/// "### 1. Fix the connector" with its explanation below is an action; "### Phase 1" groups some.
bool isNumberedHeading(const Issue &issue, const Part &part)
{
    static const QRegularExpression numbered(
        u"^(?:#?\\d+[.):]|(?:action|step|fix|task)\\s*#?\\d+\\s*[:.)–—-])\\s*\\S"_s, letterCase);
    static const QRegularExpression group(
        u"\\b(phase|immediate|short[- ]term|long[- ]term|medium[- ]term|hours?|days?|weeks?|today|priority|p[0-4]|actions|steps|stage|urgent|prevention|monitoring|follow)\\b"_s,
        letterCase);
    const QString title = clean(part.title);
    const bool below =
        part.kind == Part::Kind::Heading && part.parent >= 0 && issue.outline[part.parent].topic == part.topic;
    return below && numbered.match(title).hasMatch() && !group.match(title).hasMatch();
}

bool hasBoxes(const QList<Item> &items)
{
    return std::ranges::any_of(items, [](const Item &item) { return item.ticked.has_value(); });
}

QList<Item> actionsOf(const Issue &issue, Topic topic)
{
    QList<Item> all;
    for (int i = 0; i < issue.outline.size(); ++i) {
        const Part &part = issue.outline[i];
        if (part.topic != topic || (part.kind == Part::Kind::Group && isBesideActions(clean(part.title))))
            continue;
        QList<Item> items = itemsOf(issue.outline, i);
        if (isNumberedHeading(issue, part) && !hasBoxes(items)) {
            Item item{.text = part.title,
                      .line = part.line,
                      .ticked = {},
                      .groups = groupsOf(issue.outline, part.parent),
                      .cells = {},
                      .details = {},
                      .lastLine = part.line};
            for (const Block &block : part.blocks) {
                if (block.type != Block::Type::Code)
                    item.details += allLines(block);
            }
            all.append(item);
            continue;
        }
        const bool inAction = part.parent >= 0 && issue.outline[part.parent].topic == topic
            && isNumberedHeading(issue, issue.outline[part.parent]);
        if (inAction)
            continue;
        if (items.isEmpty() && part.kind == Part::Kind::Label)
            for (const Block &block : part.blocks)
                if (block.type == Block::Type::Paragraph)
                    items.append({.text = linesOf(block).first().text, .line = block.line, .lastLine = block.line});
        all += items;
    }
    return all;
}

/// "## Next steps" above a plain sentence.
QList<Item> sentencesAsActions(const Issue &issue, Topic topic)
{
    QList<Item> sentences;
    for (const Part &part : issue.outline) {
        for (const Block &block : part.topic == topic ? part.blocks : QList<Block>()) {
            if (block.type == Block::Type::Paragraph && !clean(block.text).isEmpty()
                && !clean(block.text).endsWith(u':'))
                sentences.append({.text = block.text, .line = block.line, .lastLine = block.line});
        }
    }
    return sentences;
}

/// Where a group names its time: "## Immediate actions (0-2 hours)".
QHash<QString, int> linesOfGroups(const Issue &issue)
{
    QHash<QString, int> lines;
    for (const Part &part : issue.outline) {
        const QString due = isList(part.topic) ? dueIn(clean(part.title)) : QString();
        if (!due.isEmpty() && !lines.contains(due))
            lines.insert(due, part.line);
    }
    return lines;
}

} // namespace

void readActions(Issue &issue)
{
    QList<Item> items = actionsOf(issue, Topic::Actions) + actionsOf(issue, Topic::Prevention);
    if (items.isEmpty())
        items = actionsOf(issue, Topic::Solution);
    if (items.isEmpty())
        items = sentencesAsActions(issue, Topic::Actions);
    static const QRegularExpression column(u"^(?:action|task|step|what|description|item|recommendation|fix)"_s,
                                           letterCase);
    std::ranges::stable_sort(items, {}, &Item::line);
    const QHash<QString, int> groups = linesOfGroups(issue);
    QSet<QString> titles;
    for (const Item &item : std::as_const(items)) {
        const QString cell = cellOf(item, column);
        const QString title = actionTitle(cell.isEmpty() ? item.text : cell);
        constexpr qsizetype most = 300;
        if (title.isEmpty() || isActionDetail(clean(item.text)) || issue.draft.actions.size() >= most)
            continue;
        issue.use(item.line);
        for (const Line &line : item.details)
            issue.use(line.line);
        if (titles.contains(title.toLower()))
            continue;
        titles.insert(title.toLower());
        DraftAction action{
            .title = title, .line = item.line, .owner = ownerOf(item), .due = dueOf(item), .component = {}};
        if (!action.due.isEmpty() && action.due.line == 0)
            action.due.line = groups.value(action.due.text, item.line);
        const std::optional<ComponentKind> kind = componentKindIn(title);
        const auto found = std::ranges::find_if(issue.draft.components, [&](const DraftComponent &component) {
            return component.guess.isEmpty() && kind && *kind != ComponentKind::Service && component.kind == *kind;
        });
        if (found != issue.draft.components.end())
            action.component = {found->name, item.line, u"the action speaks of it"_s};
        issue.draft.actions.append(action);
    }
}

void readLinks(Issue &issue)
{
    static const QRegularExpression path(
        u"(?<![\\w/])(/?(?:[\\w.-]+/)+[\\w.-]+\\.\\w{1,5}|[\\w-]+\\.(?:md|pdf|ya?ml|log|json|tf))(?![\\w/])"_s);
    static const QRegularExpression address(u"\\bhttps?://[^\\s\"'`<>|)]+"_s), number(u"(?<!\\w)#(\\d{1,7})\\b"_s);
    constexpr qsizetype most = 200;
    for (int i = 0; i < issue.outline.size(); ++i) {
        const Part &part = issue.outline[i];
        if (part.topic != Topic::Related)
            continue;
        QList<Line> lines;
        for (const Block &block : part.blocks)
            lines += allLines(block);
        for (const Line &line : std::as_const(lines)) {
            QString url;
            if (const qsizetype at = line.text.indexOf(QChar(linkOn)); at >= 0)
                url = line.text.sliced(at + 1, line.text.indexOf(QChar(linkOff), at) - at - 1);
            const QString text = clean(line.text);
            for (const QRegularExpression *pattern : {&address, &path, &number}) {
                if (url.isEmpty())
                    url = pattern->match(text).captured(0);
            }
            if (url.isEmpty() || issue.draft.links.size() >= most)
                continue;
            QString title = QString(text).remove(url).simplified();
            while (!title.isEmpty() && QStringView(u":-–—()").contains(title.back()))
                title = title.chopped(1).trimmed();
            issue.draft.links.append(
                {withoutSecrets(shortened(title.isEmpty() ? url : title)), withoutSecrets(url), line.line});
            issue.use(line.line);
        }
    }
}

// ── What is left ─────────────────────────────────────────────────────────────────────────────────

namespace
{

void listBlock(Issue &issue, const Block &block, const QString &where)
{
    if (block.type == Block::Type::Rule)
        return;
    if (block.type == Block::Type::Code || block.type == Block::Type::Html) {
        const QList<Line> lines = linesOf(block);
        const bool used = std::ranges::any_of(lines, [&](const Line &line) { return issue.used.contains(line.line); });
        const auto first = std::ranges::find_if(lines, [](const Line &line) { return !line.text.trimmed().isEmpty(); });
        if (!used && first != lines.end())
            issue.find(FindingKind::Unmapped, block.line,
                       u"%1%2 lines of %3, from `%4`"_s.arg(where)
                           .arg(std::ranges::count_if(lines, [](const Line &l) { return !l.text.trimmed().isEmpty(); }))
                           .arg(block.type == Block::Type::Html ? u"HTML"_s
                                    : block.language.isEmpty()  ? u"text"_s
                                                                : block.language,
                                withoutSecrets(shortened(first->text, 60))));
        return;
    }
    if (block.type == Block::Type::Row && !block.header && !issue.used.contains(block.line)) {
        QStringList cells;
        for (const Block &cell : block.children)
            cells.append(clean(cell.text));
        return issue.find(FindingKind::Unmapped, block.line,
                          where + withoutSecrets(shortened(cells.join(u" | "_s), 120)));
    }
    if (block.type == Block::Type::Row)
        return;
    for (const Line &line : block.text.isEmpty() ? QList<Line>() : linesOf(block)) {
        const QString text = clean(line.text);
        if (!issue.used.contains(line.line) && !text.isEmpty())
            issue.find(FindingKind::Unmapped, line.line, where + withoutSecrets(shortened(text, 120)));
    }
    for (const Block &child : block.children)
        listBlock(issue, child, where);
}

} // namespace

void listUnmapped(Issue &issue)
{
    for (const Part &part : std::as_const(issue.outline)) {
        if (part.topic == Topic::HowTo)
            continue;
        QString title = shortened(clean(part.title), 40);
        while (title.endsWith(u':'))
            title.chop(1);
        for (const Block &block : part.blocks)
            listBlock(issue, block, title.isEmpty() ? QString() : title + ": "_L1);
    }
    for (const DraftBaseline &baseline : std::as_const(issue.draft.unmatched))
        issue.find(FindingKind::Unmapped, baseline.line,
                   u"%1 is reported, but the issue gives no command for it"_s.arg(shortened(baseline.title, 80)));
    std::ranges::stable_sort(issue.draft.findings, {}, [](const Finding &finding) {
        return std::pair(finding.kind == FindingKind::Unmapped, finding.line);
    });
}

} // namespace allclear::issue
