// The chain of whys, in every form that issues write it: items, headings, bold lines, rows, questions.
#include "importer/draft.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto anyCaseOfWhy = QRegularExpression::CaseInsensitiveOption;

/// One entry as it is found: its head, and what stands under it until the next one.
struct Found {
    QString head; ///< with marks, without "Why #1:"
    std::optional<int> number;
    int line = 0;
    QList<Line> below;
};

struct Head {
    QString rest;
    std::optional<int> number;
};

/// "WHY #1: text", "1. Why 2 - text", "First why: text", "Why does it fail?": what follows the counting.
std::optional<Head> whyHead(const QString &marked)
{
    const QString text = withoutNumber(clean(marked));
    static const QRegularExpression counted(
        u"^why\\s*(?:level\\s*)?(?:#|no\\.?|nr\\.?|number)?\\s*(\\d{1,2})\\b\\s*(?:\\(([^)]*)\\))?\\s*[:.)–—|?→-]*\\s*"_s,
        anyCaseOfWhy);
    static const QRegularExpression ordinal(
        u"^(first|second|third|fourth|fifth|sixth|seventh|(\\d)(?:st|nd|rd|th)|level\\s+(\\d)|root)\\s+why\\s*[:.)–—?-]*\\s*"_s,
        anyCaseOfWhy);
    static const QStringList ordinals = u"first second third fourth fifth sixth seventh"_s.split(u' ');
    if (const auto match = counted.match(text); match.hasMatch()) {
        const QString rest = text.sliced(match.capturedLength());
        return Head{rest.isEmpty() ? match.captured(2) : rest, match.captured(1).toInt()};
    }
    if (const auto match = ordinal.match(text); match.hasMatch()) {
        const int named = static_cast<int>(ordinals.indexOf(match.captured(1).toLower())) + 1;
        const int number = match.hasCaptured(3)                    ? match.captured(3).toInt()
            : match.hasCaptured(2) && !match.captured(2).isEmpty() ? match.captured(2).toInt()
                                                                   : named;
        return Head{text.sliced(match.capturedLength()), number > 0 ? std::optional(number) : std::nullopt};
    }
    static const QRegularExpression question(u"^(?:\\d+\\.?\\s*)?(?:but\\s+|and\\s+)?why\\b.*\\?"_s, anyCaseOfWhy);
    static const QRegularExpression named(u"^why\\s*[:–—-]\\s*(?=\\S)"_s, anyCaseOfWhy);
    if (const auto match = named.match(text); match.hasMatch())
        return Head{text.sliced(match.capturedLength()), std::nullopt};
    return question.match(text).hasMatch() ? std::optional(Head{text, leadingNumber(clean(marked).left(4))})
                                           : std::nullopt;
}

bool isAnswer(const QString &name)
{
    static const QRegularExpression answer(u"^(?:answer|because|a\\d?|finding|reason|cause|response|root cause|→)$"_s,
                                           anyCaseOfWhy);
    return answer.match(name.trimmed()).hasMatch();
}

/// "because" from what stands under the head.
Line answerIn(const QList<Line> &below)
{
    static const QRegularExpression because(u"^(?:because(?: of)?|answer|a\\d?|→|->|=>)\\s*[:.]?\\s*"_s, anyCaseOfWhy);
    for (const Line &line : below) {
        if (const std::optional<Label> label = labelOf(line.text);
            label && isAnswer(label->name) && !label->rest.isEmpty())
            return {clean(label->rest), line.line};
        const QString text = clean(line.text);
        if (const auto match = because.match(text);
            match.hasMatch() && match.capturedLength() > 0 && text.size() > match.capturedLength())
            return {text.sliced(match.capturedLength()), line.line};
    }
    for (const Line &line : below) {
        if (!clean(line.text).isEmpty() && !labelOf(line.text))
            return {clean(line.text), line.line};
    }
    return {};
}

/// "HTTP 503 → the balancer reaches nothing" is question and answer in one line.
std::pair<QString, QString> partedHead(const QString &head)
{
    for (const QString &mark : {u"→"_s, u"->"_s, u"=>"_s, u"⇒"_s, u" because "_s, u" Because "_s, u" BECAUSE "_s}) {
        const qsizetype at = head.indexOf(mark);
        if (at > 0 && at + mark.size() < head.size())
            return {head.first(at).trimmed(), head.sliced(at + mark.size()).trimmed()};
    }
    const qsizetype question = head.indexOf(u"? "_s);
    if (question > 0 && question + 2 < head.size())
        return {head.first(question + 1), head.sliced(question + 2).trimmed()};
    return {head, {}};
}

QString withoutDashes(const QString &text)
{
    qsizetype start = 0;
    while (start < text.size() && QStringView(u":–—- ").contains(text[start]))
        ++start;
    return text.sliced(start).trimmed();
}

DraftWhy whyFrom(const Found &found)
{
    static const QRegularExpression rootCause(u"^(?:ultimate |true |actual )?root cause\\s*[:–—-]\\s*"_s, anyCaseOfWhy);
    QString head = clean(found.head);
    const bool isRoot = rootCause.match(head).hasMatch();
    head.remove(rootCause);
    auto [why, because] = partedHead(head);
    DraftWhy made{.why = why, .because = withoutDashes(because), .line = found.line, .becauseLine = found.line};
    const QString counted = found.number ? u"Why %1"_s.arg(*found.number) : u"Why"_s;
    if (made.because.isEmpty()) {
        const Line answer = answerIn(found.below);
        if (!answer.text.isEmpty()) {
            made.because = withoutDashes(answer.text);
            made.becauseLine = answer.line;
        } else if (!head.endsWith(u'?') && !head.isEmpty()) { // a statement is an answer without its question
            made.because = head;
            made.why = isRoot ? u"Root cause"_s : counted;
        }
    }
    if (made.why.isEmpty())
        made.why = counted;
    made.why = withoutSecrets(shortened(made.why, 300));
    made.because = withoutSecrets(shortened(made.because, 500));
    return made;
}

class WhyReader
{
public:
    explicit WhyReader(const Issue &issue) : m_issue(issue) { }

    /// In the parts that announce whys. There, plain numbered items are whys as well.
    QList<Found> announced()
    {
        for (int i = 0; i < m_issue.outline.size(); ++i) {
            const Topic topic = m_issue.outline[i].topic;
            if (topic == Topic::Whys || topic == Topic::RootCause)
                readPart(i);
        }
        for (const Part &part : m_issue.outline) {
            if (part.topic == Topic::Whys && m_found.isEmpty())
                readPlainItems(part);
        }
        return m_found;
    }

    /// Counted ones ("Why #1") anywhere else.
    QList<Found> anywhere()
    {
        for (int i = 0; i < m_issue.outline.size(); ++i) {
            const Topic topic = m_issue.outline[i].topic;
            if (topic != Topic::HowTo && topic != Topic::Related)
                readPart(i);
        }
        m_found.removeIf([](const Found &found) { return !found.number; });
        return m_found;
    }

private:
    void start(const Head &head, int line) { m_found.append({head.rest, head.number, line, {}}); }

    void below(const QList<Line> &lines)
    {
        if (m_open)
            m_found.last().below += lines;
    }

    bool startLine(const Line &line)
    {
        const std::optional<Head> head = whyHead(line.text);
        if (!head)
            return false;
        start(*head, line.line);
        m_open = true;
        return true;
    }

    void readPart(int index)
    {
        const Part &part = m_issue.outline[index];
        m_open = m_open && part.parent >= 0 && part.parent == m_openPart;
        if (part.kind != Part::Kind::Preamble && topicOf(clean(part.title)) != Topic::Whys
            && startLine({part.title, part.line}))
            m_openPart = index;
        for (const Block &block : part.blocks)
            readBlock(block);
    }

    void readBlock(const Block &block)
    {
        switch (block.type) {
        case Block::Type::Paragraph:
            for (const Line &line : linesOf(block)) {
                if (!startLine(line))
                    below({line});
            }
            return;
        case Block::Type::List:
            for (const Block &item : block.children)
                readItem(item);
            return;
        case Block::Type::Table: readTable(block); return;
        default: return;
        }
    }

    void readItem(const Block &item)
    {
        if (item.children.isEmpty())
            return;
        QList<Line> lines = linesOf(item.children.first());
        const bool starts = startLine(lines.first());
        if (starts && lines.size() > 1 && !labelOf(lines[1].text) && !whyHead(lines[1].text)
            && m_found.last().head.endsWith(clean(lines.first().text).right(3)))
            m_found.last().head += u' ' + clean(lines.takeAt(1).text);
        for (const Line &line : lines.sliced(starts ? 1 : 0)) {
            if (!startLine(line))
                below({line});
        }
        for (const Block &child : item.children.sliced(1))
            readBlock(child);
        m_open = m_open && m_openPart >= 0;
    }

    void readTable(const Block &table)
    {
        QStringList columns;
        for (const Block &row : table.children) {
            if (row.header) {
                for (const Block &cell : row.children)
                    columns.append(clean(cell.text).toLower());
                continue;
            }
            readRow(row, columns);
        }
    }

    void readRow(const Block &row, const QStringList &columns)
    {
        if (row.children.isEmpty())
            return;
        const bool whyColumn = !columns.isEmpty()
            && (columns.first().contains("why"_L1) || columns.first() == "#"_L1 || columns.first() == "level"_L1);
        const std::optional<Head> head = whyHead(row.children.first().text);
        if (!head && !(whyColumn && std::ranges::any_of(columns, [](const QString &c) {
                           return c.contains("why"_L1) || c.contains("question"_L1) || c.contains("answer"_L1);
                       })))
            return;
        QStringList cells;
        for (const Block &cell : row.children.sliced(1))
            cells.append(clean(cell.text));
        cells.removeAll(QString());
        const bool bareNumber = !head && clean(row.children.first().text).size() <= 3;
        Found found{.head = head     ? head->rest
                        : bareNumber ? QString()
                                     : row.children.first().text,
                    .number = head ? head->number : leadingNumber(clean(row.children.first().text)),
                    .line = row.line,
                    .below = {}};
        if (clean(found.head).isEmpty() && !cells.isEmpty())
            found.head = cells.takeFirst();
        if (!cells.isEmpty())
            found.below.append({u"because "_s + cells.first(), row.line});
        m_found.append(found);
    }

    /// "1. HTTP 503 → …" under a heading that says five whys.
    void readPlainItems(const Part &part)
    {
        for (const Block &block : part.blocks) {
            if (block.type != Block::Type::List || (!block.ordered && block.children.size() < 3))
                continue;
            int number = 1;
            for (const Block &item : block.children) {
                if (item.children.isEmpty() || item.children.first().type != Block::Type::Paragraph)
                    continue;
                const QList<Line> lines = linesOf(item.children.first());
                QString head = lines.first().text;
                QList<Line> under = lines.sliced(1);
                for (const Block &child : item.children.sliced(1))
                    under += allLines(child);
                m_found.append({head, number++, lines.first().line, under});
            }
        }
    }

    const Issue &m_issue;
    QList<Found> m_found;
    int m_openPart = -1;
    bool m_open = false; // what comes next stands under the last why
};

} // namespace

void readWhys(Issue &issue)
{
    QList<Found> found = WhyReader(issue).announced();
    if (found.isEmpty())
        found = WhyReader(issue).anywhere();
    constexpr qsizetype most = 200;
    for (const Found &entry : found.first(std::min(found.size(), most))) {
        const DraftWhy why = whyFrom(entry);
        const bool again = std::ranges::any_of(issue.draft.whys, [&](const DraftWhy &other) {
            return other.why == why.why && other.because == why.because;
        });
        issue.use(entry.line);
        issue.use(why.becauseLine);
        if (!again)
            issue.draft.whys.append(why);
    }
}

} // namespace allclear::issue
