// What the issue reports of runs that somebody made: counts and durations, in sentences, tables and pasted output.
#include "importer/draft.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto countsInAnyCase = QRegularExpression::CaseInsensitiveOption;

/// What one line says; false: nothing of the kind.
bool readResult(const QString &text, DraftBaseline &baseline)
{
    static const QRegularExpression share(
        u"\\b(\\d{1,5})\\s*(?:/|of|out of)\\s*(\\d{1,5})\\s*(?:tests?\\s*)?(passed|passing|pass|failed|failing|failures?)"_s,
        countsInAnyCase);
    static const QRegularExpression counted(
        u"\\b(\\d{1,5})\\s+(?:tests?\\s+)?(passed|passing|failed|failing|failures?|errors?|skipped)\\b"_s,
        countsInAnyCase);
    static const QRegularExpression named(u"\\b(passed|failed|errors?|skipped)\\s*[:=]\\s*(\\d{1,5})\\b"_s,
                                          countsInAnyCase);
    bool any = false;
    const auto put = [&](const QString &word, int count) {
        std::optional<int> &place = word.startsWith("pass"_L1, Qt::CaseInsensitive) ? baseline.passed
            : word.startsWith("fail"_L1, Qt::CaseInsensitive)                       ? baseline.failed
            : word.startsWith("skip"_L1, Qt::CaseInsensitive)                       ? baseline.skipped
                                                                                    : baseline.errors;
        any = any || !place;
        if (!place)
            place = count;
    };
    bool shares = false;
    for (const auto &match : share.globalMatch(text)) {
        const int count = match.captured(1).toInt(), all = match.captured(2).toInt();
        if (count > all)
            continue;
        put(match.captured(3), count);
        const bool passed = match.captured(3).startsWith("pass"_L1, Qt::CaseInsensitive);
        if (!text.contains(passed ? "fail"_L1 : "pass"_L1, Qt::CaseInsensitive))
            put(passed ? u"failed"_s : u"passed"_s, all - count);
        shares = true;
    }
    if (shares)
        return any;
    for (const auto &match : counted.globalMatch(text))
        put(match.captured(2), match.captured(1).toInt());
    for (const auto &match : named.globalMatch(text))
        put(match.captured(1), match.captured(2).toInt());
    return any;
}

bool isDurationName(const QString &name)
{
    return name.contains("duration"_L1) || name.contains("execution time"_L1) || name == "time"_L1
        || name.contains("runtime"_L1) || name.contains("run time"_L1) || name.contains("elapsed"_L1);
}

/// "… in 48.80s" and "duration: 96.42 seconds".
void readTime(const QString &text, DraftBaseline &baseline)
{
    static const QRegularExpression tail(u"\\bin (\\d+(?:\\.\\d+)?\\s?(?:s|sec|seconds|ms|m|min|minutes)\\b.*)"_s,
                                         countsInAnyCase);
    if (const auto match = tail.match(text); match.hasMatch() && !baseline.duration)
        baseline.duration = durationIn(match.captured(1));
}

class BaselineReader
{
public:
    explicit BaselineReader(Issue &issue) : m_issue(issue) { }

    QList<std::pair<DraftBaseline, int>> read()
    {
        for (int i = 0; i < m_issue.outline.size(); ++i) {
            const Topic topic = m_issue.outline[i].topic;
            if (topic == Topic::HowTo || topic == Topic::Criteria || topic == Topic::Actions || topic == Topic::Impact
                || topic == Topic::Metrics)
                continue;
            m_part = i;
            m_title = clean(m_issue.outline[i].title);
            while (m_title.endsWith(u':'))
                m_title.chop(1);
            m_baseline = {};
            for (const Block &block : m_issue.outline[i].blocks)
                readBlock(block);
            finish();
        }
        return std::move(m_found);
    }

private:
    void readBlock(const Block &block)
    {
        if (block.type == Block::Type::Table)
            return readTable(block);
        if (block.type == Block::Type::Code)
            return readCode(block);
        for (const Line &line : block.text.isEmpty() ? QList<Line>() : linesOf(block))
            readLine(line);
        for (const Block &child : block.children)
            readBlock(child);
    }

    void readLine(const Line &line)
    {
        const std::optional<Label> label = labelOf(line.text);
        const QString text = label ? clean(label->rest) : clean(line.text);
        if (label && isDurationName(label->name.toLower()) && durationIn(text)) {
            if (m_baseline.duration)
                finish(); // the next one in the same part
            m_baseline.duration = durationIn(text);
            return take(line.line);
        }
        DraftBaseline next = m_baseline;
        if (!readResult(text, next))
            return;
        m_baseline = next;
        readTime(text, m_baseline);
        take(line.line);
    }

    /// pytest's last line, pasted: "==== 3 failed, 1 passed in 48.80s ====".
    void readCode(const Block &block)
    {
        static const QRegularExpression summary(u"\\b\\d+ (?:passed|failed|errors?|skipped)\\b.*\\bin [\\d.]+ ?s"_s);
        for (const Line &line : linesOf(block)) {
            if (!summary.match(line.text).hasMatch() || !readResult(line.text, m_baseline))
                continue;
            readTime(line.text, m_baseline);
            take(line.line);
        }
    }

    /// | Suite | Passed | Failed | Duration |
    void readTable(const Block &table)
    {
        QStringList columns;
        for (const Block &row : table.children) {
            if (row.header) {
                for (const Block &cell : row.children)
                    columns.append(clean(cell.text).toLower());
                continue;
            }
            DraftBaseline made{.line = row.line};
            bool any = false;
            for (qsizetype i = 0; i < std::min(columns.size(), row.children.size()); ++i) {
                const QString text = clean(row.children[i].text);
                const bool number = !text.isEmpty() && std::ranges::all_of(text, [](QChar c) { return c.isDigit(); });
                const QString named = number ? text + u' ' + columns[i] : text;
                if (isDurationName(columns[i]) && durationIn(text))
                    made.duration = durationIn(text);
                else if (i > 0)
                    any |= readResult(named, made);
            }
            if (!any || row.children.isEmpty())
                continue;
            made.title = clean(row.children.first().text);
            m_found.append({made, m_part});
            m_issue.use(row.line);
        }
    }

    void take(int line)
    {
        if (m_baseline.line == 0)
            m_baseline.line = line;
        m_issue.use(line);
    }

    void finish()
    {
        if (m_baseline.line > 0) {
            m_baseline.title = m_title;
            m_found.append({m_baseline, m_part});
        }
        m_baseline = {};
    }

    Issue &m_issue;
    QList<std::pair<DraftBaseline, int>> m_found;
    DraftBaseline m_baseline;
    QString m_title;
    int m_part = 0;
};

} // namespace

QList<std::pair<DraftBaseline, int>> readBaselines(Issue &issue) { return BaselineReader(issue).read(); }

} // namespace allclear::issue
