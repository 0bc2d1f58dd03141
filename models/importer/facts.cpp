#include "importer/draft.h"

#include "core/secrets.h"

#include <QRegularExpression>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

class FactReader
{
public:
    explicit FactReader(Issue &issue) : m_issue(issue) { }

    void read()
    {
        for (int i = 0; i < m_issue.outline.size(); ++i) {
            const Part &part = m_issue.outline[i];
            if (part.topic == Topic::HowTo)
                continue;
            m_part = i;
            if (part.kind != Part::Kind::Group && part.kind != Part::Kind::Preamble)
                addTitled(part);
            for (const Block &block : part.blocks)
                readBlock(block);
        }
    }

private:
    /// "**Severity:** P0" and "## Severity" above "P0" are the same.
    void addTitled(const Part &part)
    {
        if (part.blocks.isEmpty() || part.blocks.first().type != Block::Type::Paragraph)
            return;
        const Line first = linesOf(part.blocks.first()).first();
        add(clean(part.title), first.text, first.line);
    }

    void readBlock(const Block &block)
    {
        if (block.type == Block::Type::Paragraph) {
            for (const Line &line : linesOf(block)) {
                if (const std::optional<Label> label = labelOf(line.text); label && !label->rest.isEmpty())
                    add(label->name, label->rest, line.line);
            }
            return;
        }
        const bool pair = block.type == Block::Type::Row && block.children.size() == 2;
        if (pair)
            add(clean(block.children[0].text), block.children[1].text, block.line);
        if (block.type == Block::Type::Code || pair)
            return;
        for (const Block &child : block.children)
            readBlock(child);
    }

    void add(const QString &name, const QString &text, int line)
    {
        constexpr qsizetype most = 2000;
        if (m_issue.facts.size() < most)
            m_issue.facts.append({name.toLower(), text, line, m_part});
    }

    Issue &m_issue;
    int m_part = 0;
};

} // namespace

void readFacts(Issue &issue) { FactReader(issue).read(); }

QString uniqueName(const QString &name, QSet<QString> &taken)
{
    QString unique = name;
    for (int i = 2; taken.contains(unique); ++i)
        unique = u"%1-%2"_s.arg(name).arg(i);
    taken.insert(unique);
    return unique;
}

QString withoutSecrets(const QString &text)
{
    static const QRegularExpression userInfo(u"([a-z][a-z0-9+.-]*://)[^\\s/@:]*:[^\\s/@]+@"_s,
                                             QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression bearer(u"\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{8,}"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression named(
        u"((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[\"']?\\s*[=:]\\s*[\"']?)(?!\\$|\\s|<|\\*)([^\\s\"'&,;]{6,})"_s,
        QRegularExpression::CaseInsensitiveOption);
    QString masked = text;
    masked.replace(userInfo, u"\\1%1@"_s.arg(QStringView(maskText)));
    masked.replace(bearer, u"\\1 %1"_s.arg(QStringView(maskText)));
    masked.replace(named, u"\\1%1"_s.arg(QStringView(maskText)));
    return masked;
}

} // namespace allclear::issue
