#include "importer/body.h"

#include "incident/document.h"

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

// ── Front matter ─────────────────────────────────────────────────────────────────────────────────

QString joined(const reading::Value &value)
{
    if (value.type == reading::Value::Type::Scalar)
        return value.text;
    QStringList texts;
    for (const reading::ValuePtr &item : value.items)
        texts.append(joined(*item));
    return texts.join(u", "_s);
}

/// `title: [P0] it: broke` is no YAML, but everybody can read it.
QList<Fact> readByColon(const QStringList &lines)
{
    QList<Fact> facts;
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const qsizetype colon = lines[i].indexOf(u':');
        if (colon > 0 && !lines[i].startsWith(u' ') && !lines[i].startsWith(u'-'))
            facts.append({lines[i].first(colon).trimmed().toLower(),
                          lines[i].sliced(colon + 1).trimmed().remove(u'"').remove(u'\''), static_cast<int>(i) + 1, 0});
    }
    return facts;
}

QList<Fact> frontMatterIn(const QStringList &lines)
{
    Diagnostics diagnostics;
    const reading::Document document =
        reading::Document::parse((u"\n"_s + lines.sliced(1).join(u'\n')).toUtf8(), diagnostics);
    if (!document.root() || document.root()->type != reading::Value::Type::Map || hasErrors(diagnostics))
        return readByColon(lines);
    QList<Fact> facts;
    for (const auto &[key, value] : document.root()->entries)
        facts.append({key->text.toLower(), joined(*value), key->mark.line, 0});
    return facts;
}

/// The lines before the closing `---`; 0: the text has no front matter.
qsizetype frontMatterEnd(const QStringList &lines)
{
    constexpr qsizetype most = 80;
    if (lines.value(0).trimmed() != "---"_L1)
        return 0;
    bool named = false;
    for (qsizetype i = 1; i < std::min(lines.size(), most); ++i) {
        const QString line = lines[i].trimmed();
        if (line == "---"_L1 || line == "..."_L1)
            return named ? i : 0;
        if (line.startsWith("# "_L1) || line.startsWith("##"_L1) || (i == 1 && line.isEmpty()))
            return 0; // a rule above the issue, not front matter
        named |= line.indexOf(u':') > 0;
    }
    return 0;
}

// ── A body inside a fence ────────────────────────────────────────────────────────────────────────
// Whoever pastes an issue into ```markdown … ``` pastes its own fences with it. The first inner ``` then ends the outer
// one for every Markdown parser: only counting openings and closings tells what was meant.

struct Fence {
    qsizetype line = 0; // index
    qsizetype length = 0;
    QChar character;
    QString info;
};

std::optional<Fence> fenceAt(const QString &line, qsizetype index)
{
    const QString text = line.trimmed();
    if (text.size() < 3 || (text[0] != u'`' && text[0] != u'~'))
        return std::nullopt;
    qsizetype length = 0;
    while (length < text.size() && text[length] == text[0])
        ++length;
    const QString info = text.sliced(length).trimmed();
    if (length < 3 || info.contains(u'`'))
        return std::nullopt;
    return Fence{index, length, text[0], info.toLower()};
}

bool isMarkdownFence(const Fence &fence)
{
    const QString language = fence.info.section(u' ', 0, 0);
    return language == "markdown"_L1 || language == "md"_L1 || language == "gfm"_L1;
}

/// The fence that was meant to close `opening`: each one with an info word opens and takes the next bare one with it;
/// of the others the last one closes. Nothing follows it but how to file the text.
qsizetype closingOf(const QList<Fence> &fences, qsizetype opening, qsizetype lineCount)
{
    const Fence &outer = fences[opening];
    QList<qsizetype> bare;
    bool inside = false;
    for (qsizetype i = opening + 1; i < fences.size(); ++i) {
        const Fence &fence = fences[i];
        if (fence.character != outer.character || fence.length < outer.length)
            continue;
        if (!inside && isMarkdownFence(fence))
            break; // the next pasted body
        if (!fence.info.isEmpty())
            inside = true;
        else if (inside)
            inside = false;
        else
            bare.append(fence.line);
    }
    if (bare.isEmpty())
        return lineCount;
    const bool pairs = bare.size() % 2 == 0; // then one of them closes nothing
    return pairs ? bare[bare.size() - 2] : bare.last();
}

int headingsIn(const QStringList &lines)
{
    const Block document = parseMarkdown(lines.join(u'\n'));
    return static_cast<int>(std::ranges::count_if(document.children, [](const Block &block) {
        const Topic topic = topicOf(clean(block.text));
        return block.type == Block::Type::Heading && topic != Topic::None && topic != Topic::HowTo
            && topic != Topic::Title && topic != Topic::Labels && topic != Topic::Severity;
    }));
}

/// Empties the lines of fences that hold the issue itself.
class Unwrapper
{
public:
    explicit Unwrapper(QStringList &lines) : m_lines(lines)
    {
        while (m_firstText < lines.size() && lines[m_firstText].trimmed().isEmpty())
            ++m_firstText;
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (const std::optional<Fence> fence = fenceAt(lines[i], i))
                m_fences.append(*fence);
        }
    }

    QList<int> unwrap()
    {
        for (qsizetype i = 0; i < m_fences.size(); ++i) {
            if ((!isMarkdownFence(m_fences[i]) && !opensTheText(m_fences[i])) || m_fences[i].line < m_done)
                continue;
            const qsizetype end = closingOf(m_fences, i, m_lines.size());
            m_regions.append({m_fences[i].line, end});
            m_done = end;
        }
        if (m_regions.isEmpty() || !areTheIssue())
            return {};
        QList<int> opened;
        for (const auto &[first, last] : std::as_const(m_regions)) {
            m_lines[first].clear();
            if (last < m_lines.size())
                m_lines[last].clear();
            opened.append(static_cast<int>(first) + 1);
        }
        return opened;
    }

private:
    /// A bare fence above everything else.
    bool opensTheText(const Fence &fence) const { return fence.info.isEmpty() && fence.line == m_firstText; }

    /// Otherwise it is an example inside an issue.
    bool areTheIssue() const
    {
        QStringList outside = m_lines, inside;
        for (const auto &[first, last] : m_regions) {
            for (qsizetype i = first; i <= last && i < m_lines.size(); ++i) {
                inside.append(i == first || i == last ? QString() : m_lines[i]);
                outside[i].clear();
            }
        }
        const int in = headingsIn(inside), out = headingsIn(outside);
        return in >= 1 && out <= 1 && in > out;
    }

    QStringList &m_lines;
    QList<Fence> m_fences;
    QList<std::pair<qsizetype, qsizetype>> m_regions;
    qsizetype m_done = 0;
    qsizetype m_firstText = 0;
};

/// Nobody writes such lines; programs do, and every look at one costs time.
void cutLongLines(QStringList &lines, QList<Finding> &findings)
{
    constexpr qsizetype longest = 4000;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (lines[i].size() <= longest)
            continue;
        findings.append({FindingKind::Unmapped, static_cast<int>(i) + 1,
                         u"the line has %1 characters; only %2 were read"_s.arg(lines[i].size()).arg(longest)});
        lines[i].truncate(lines[i][longest - 1].isHighSurrogate() ? longest - 1 : longest);
    }
}

} // namespace

Body bodyOf(const QString &text)
{
    Body body;
    QStringList lines = text.split(u'\n');
    cutLongLines(lines, body.findings);
    if (const qsizetype end = frontMatterEnd(lines); end > 0) {
        body.frontMatter = frontMatterIn(lines.first(end));
        for (qsizetype i = 0; i <= end; ++i)
            lines[i].clear();
    }
    for (const int line : Unwrapper(lines).unwrap())
        body.findings.append(
            {FindingKind::Repaired, line, u"the issue stands inside a code fence; it was read as if it did not"_s});
    body.text = lines.join(u'\n');
    return body;
}

} // namespace allclear::issue
