#include "importer/issuemarkdown.h"

#include "importer/body.h"
#include "importer/mojibake.h"

#include <QHash>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

/// The bytes of a text by lines; "\n", "\r\n" and "\r" end one, as in the decoded text.
class RawLines
{
public:
    explicit RawLines(const QByteArray &bytes)
    {
        qsizetype start = 0;
        for (qsizetype i = 0; i < bytes.size(); ++i) {
            if (bytes[i] != '\n' && bytes[i] != '\r')
                continue;
            const qsizetype end = bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n' ? i + 2 : i + 1;
            m_lines.append({bytes.sliced(start, i - start), bytes.sliced(i, end - i)});
            i = end - 1;
            start = end;
        }
        m_lines.append({bytes.sliced(start), {}});
    }

    /// 1-based; null when there is none.
    QByteArray *text(int line) { return line > 0 && line <= m_lines.size() ? &m_lines[line - 1].first : nullptr; }

    QByteArray joined() const
    {
        QByteArray bytes;
        for (const auto &[text, end] : m_lines)
            bytes += text + end;
        return bytes;
    }

private:
    QList<std::pair<QByteArray, QByteArray>> m_lines;
};

struct Box {
    QString title; ///< clean
    int line = 0; ///< of the box
    int lastLine = 0; ///< of its sentence
};

/// What issueMarkdown() writes behind a box.
constexpr QStringView metMark = u" — met ", notMetMark = u" — not met ";

QString withoutEvidence(const QString &title)
{
    const qsizetype met = title.lastIndexOf(metMark), notMet = title.lastIndexOf(notMetMark);
    const qsizetype at = std::max(met, notMet);
    return at > 0 ? title.first(at) : title;
}

void collectBoxes(const issue::Block &block, QList<Box> &boxes)
{
    const bool item = block.type == issue::Block::Type::Item && block.ticked && !block.children.isEmpty();
    if (item) {
        const QList<issue::Line> lines = issue::linesOf(block.children.first());
        QString text;
        for (const issue::Line &line : lines)
            text += u' ' + line.text.trimmed();
        boxes.append({withoutEvidence(issue::clean(text)), lines.first().line, lines.last().line});
    }
    for (const issue::Block &child : block.children)
        collectBoxes(child, boxes);
}

QString comparable(const QString &title)
{
    return issue::withoutSecrets(issue::shortened(issue::clean(title), 300)).toLower();
}

/// The box's character: behind the first `[` of its line, where only list marks and quotes may stand before.
qsizetype boxIn(const QByteArray &line)
{
    const qsizetype open = line.indexOf('[');
    const bool whole = open >= 0 && open + 2 < line.size() && line[open + 2] == ']';
    return whole ? open + 1 : -1;
}

void removeEvidence(QByteArray &line)
{
    const QByteArray met = metMark.toUtf8(), notMet = notMetMark.toUtf8();
    const qsizetype at = std::max(line.lastIndexOf(met), line.lastIndexOf(notMet));
    if (at > 0 && line.sliced(at).contains("Z"))
        line.truncate(at);
}

/// Text of the network in somebody's Markdown: nothing that Markdown or HTML would take for its own.
QString escaped(const QString &text)
{
    QString safe;
    for (const QChar c : issue::shortened(text, 400)) {
        if (QStringView(u"\\`*_[]<>|#").contains(c))
            safe += u'\\';
        safe += c;
    }
    return safe;
}

QByteArray evidenceOf(const CriterionStatus &status, bool met, TimePoint now)
{
    constexpr qsizetype most = 6;
    QStringList samples;
    for (const QString &sample : status.evidence.first(std::min(status.evidence.size(), most)))
        samples.append(escaped(sample));
    if (status.evidence.size() > most)
        samples.append(u"and %1 more"_s.arg(status.evidence.size() - most));
    const QString why = met || status.detail.isEmpty() ? samples.join(u", "_s) : escaped(status.detail);
    const QString held =
        met && status.hold > Duration::zero() ? u", held %1"_s.arg(durationText(status.held)) : QString();
    const QString text =
        (met ? metMark : notMetMark).toString() + toIso(now) + held + (why.isEmpty() ? QString() : u": "_s + why);
    return text.toUtf8();
}

} // namespace

QByteArray issueMarkdown(const QByteArray &original, const Incident &incident, const Verdict &verdict, TimePoint now)
{
    if (original.size() > 4 * 1024 * 1024)
        return original;
    const issue::Body body = issue::bodyOf(issue::decode(original).text);
    QList<Box> boxes;
    collectBoxes(issue::parseMarkdown(body.text), boxes);
    QHash<QString, const CriterionStatus *> criteria;
    for (qsizetype i = 0; i < std::min(incident.criteria.size(), verdict.criteria.size()); ++i)
        criteria.insert(comparable(incident.criteria[i].title), &verdict.criteria[i]);

    RawLines lines(original);
    for (const Box &box : std::as_const(boxes)) {
        const CriterionStatus *status = criteria.value(comparable(box.title));
        QByteArray *first = lines.text(box.line), *last = lines.text(box.lastLine);
        const qsizetype at = first ? boxIn(*first) : -1;
        if (!status || !last || at < 0)
            continue;
        const bool met = status->state == CriterionState::Met;
        const bool wasTicked = (*first)[at] != ' ';
        removeEvidence(*last);
        if (met != wasTicked)
            (*first)[at] = met ? 'x' : ' ';
        if (met || wasTicked)
            last->append(evidenceOf(*status, met, now));
    }
    return lines.joined();
}

} // namespace allclear
