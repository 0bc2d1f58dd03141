// A sheet as lines of YAML.
#include "importer/sheet.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

QString yamlText(const QString &text)
{
    static const QRegularExpression simple(u"^[A-Za-z][A-Za-z0-9_/.-]*(?: [A-Za-z0-9_/.-]+)*$"_s);
    static const QRegularExpression word(u"^(?:true|false|yes|no|on|off|null|y|n)$"_s,
                                         QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression duration(u"^\\d+(?:\\.\\d+)?(?:ms|s|m|h)$"_s);
    if (duration.match(text).hasMatch()
        || (text.size() < 100 && simple.match(text).hasMatch() && !word.match(text).hasMatch()))
        return text;
    QString out = u"\""_s;
    for (const QChar c : text) {
        const char16_t code = c.unicode();
        const bool hidden = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029
            || code == 0xfeff || code >= 0xfffe || (code >= 0xe000 && code < 0xf900);
        if (c == u'"' || c == u'\\')
            out += u'\\';
        out += hidden ? u"\\u%1"_s.arg(code, 4, 16, QChar(u'0')) : QString(c);
    }
    return out + u'"';
}

bool isLinks(const Sheet &sheet) { return sheet.key == "links"_L1; }

} // namespace

QString quoted(const QString &text)
{
    QString escaped = text;
    escaped.replace(u"$$"_s, u"$$$$"_s).replace(u"${"_s, u"$${"_s);
    return yamlText(escaped);
}

QString quotedWithVariables(const QString &text) { return yamlText(text); }

QString lineOf(const Sheet &sheet, const Field &field)
{
    const bool inner = field.key.contains(u'.');
    const int indent = (sheet.isMap() ? 2 : isLinks(sheet) ? 6 : 4) + (inner ? 2 : 0);
    const QString text = QString(indent, u' ') + field.key.section(u'.', -1) + u": "_s + field.value;
    return field.comment.isEmpty() ? text : text + u"  # "_s + field.comment;
}

QStringList linesOf(const Sheet &sheet, const Entry &entry)
{
    constexpr qsizetype widest = 64;
    QList<Field> fields = entry.fields;
    qsizetype column = 0;
    const auto width = [&](const Field &field) { return lineOf(sheet, {field.key, field.value, {}}).size(); };
    for (const Field &field : std::as_const(fields)) {
        if (width(field) <= widest)
            column = std::max(column, width(field));
    }
    QStringList lines;
    QString outer;
    for (const Field &field : std::as_const(fields)) {
        const QString parent = field.key.contains(u'.') ? field.key.section(u'.', 0, 0) : QString();
        if (!parent.isEmpty() && parent != outer)
            lines.append(u"  %1:"_s.arg(parent));
        outer = parent;
        const QString bare = lineOf(sheet, {field.key, field.value, {}});
        lines.append(field.comment.isEmpty() ? bare : bare.leftJustified(column) + u"  # "_s + field.comment);
    }
    if (!sheet.isMap() && !lines.isEmpty())
        lines.first()[isLinks(sheet) ? 4 : 2] = u'-';
    return lines;
}

QStringList linesOf(const Sheet &sheet)
{
    QStringList lines;
    if (!isLinks(sheet))
        lines.append(QString());
    if (!sheet.heading.isEmpty())
        lines.append(u"# "_s + sheet.heading);
    if (!sheet.entries.isEmpty())
        lines.append((isLinks(sheet) ? u"  "_s : QString()) + sheet.key + u':');
    for (const Entry &entry : sheet.entries)
        lines += linesOf(sheet, entry);
    for (const QString &remark : sheet.remarks)
        lines.append(u"  # "_s + remark);
    return lines;
}

} // namespace allclear::issue
