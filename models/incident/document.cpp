#include "incident/document.h"

#include "incident/treebuilder.h"

#include <QStringDecoder>

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

QByteArray normalised(QByteArray text)
{
    if (text.startsWith("\xEF\xBB\xBF"))
        text.remove(0, 3);
    text.replace("\r\n", "\n");
    text.replace('\r', '\n');
    return text;
}

/// The length of the UTF-8 sequence at `at`, or 0 when it is none (RFC 3629: no overlong forms, no surrogates).
int sequenceLength(const QByteArray &text, qsizetype at)
{
    const auto byte = [&](qsizetype i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](qsizetype i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(at), second = byte(at + 1);
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return tail(at + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool allowed = !(first == 0xE0 && second < 0xA0) && !(first == 0xED && second > 0x9F);
        return allowed && tail(at + 1) && tail(at + 2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool allowed = !(first == 0xF0 && second < 0x90) && !(first == 0xF4 && second > 0x8F);
        return allowed && tail(at + 1) && tail(at + 2) && tail(at + 3) ? 4 : 0;
    }
    return 0;
}

bool isForbiddenControl(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F;
}

QString hex(char byte) { return QString::number(static_cast<unsigned char>(byte), 16).toUpper().rightJustified(2, u'0'); }

/// The first byte that no YAML text may hold, as a diagnostic.
std::optional<Diagnostic> forbiddenByte(const QByteArray &text)
{
    int line = 1;
    int column = 1;
    for (qsizetype at = 0; at < text.size();) {
        const int length = sequenceLength(text, at);
        if (length == 0) {
            return Diagnostic{.mark = {line, column}, .message = u"the byte 0x%1 is not UTF-8"_s.arg(hex(text[at])),
                              .suggestion = u"save the file as UTF-8"_s, .excerpt = {}};
        }
        if (isForbiddenControl(text[at])) {
            return Diagnostic{.mark = {line, column}, .message = u"the control character 0x%1 is not allowed"_s.arg(hex(text[at])),
                              .suggestion = u"delete it"_s, .excerpt = {}};
        }
        column = text[at] == '\n' ? 1 : column + (length == 4 ? 2 : 1);
        line += text[at] == '\n' ? 1 : 0;
        at += length;
    }
    return std::nullopt;
}

bool isBlank(const QByteArray &text)
{
    for (const QByteArray &line : text.split('\n')) {
        const QByteArray trimmed = line.trimmed();
        if (!trimmed.isEmpty() && !trimmed.startsWith('#'))
            return false;
    }
    return true;
}

QString syntaxHint(const QString &line)
{
    const QString trimmed = line.trimmed();
    if (line.first(line.size() - QStringView(line).trimmed().size()).contains(u'\t') && line.startsWith(u'\t'))
        return u"indent with spaces: YAML does not allow tabs"_s;
    const QString item = trimmed.startsWith("- "_L1) ? trimmed.sliced(2).trimmed() : trimmed;
    if (item.startsWith(u'[') && item.contains(u']') && item.size() > 1 && item[1].isUpper())
        return u"put the condition in quotes: `\"%1\"`"_s.arg(item);
    if (line.contains("${"_L1) && line.contains(u'{') && !line.contains(u'"'))
        return u"put values that hold ${…} in quotes inside { }"_s;
    return u"check indentation, quotes and colons here and on the line before"_s;
}

char16_t unicode(char c) { return static_cast<unsigned char>(c); }
char16_t unicode(QChar c) { return c.unicode(); }

/// Past `&anchor` and `!tag`, which stand before a scalar.
template <typename Text>
qsizetype afterProperties(const Text &text, qsizetype at)
{
    const auto is = [&](auto... marks) { return at < text.size() && ((unicode(text[at]) == marks) || ...); };
    while (is(u'&', u'!')) {
        while (at < text.size() && !is(u' ', u'\n'))
            ++at;
        while (is(u' ', u'\n'))
            ++at;
    }
    return at;
}

/// yaml-cpp takes the end of the file for the closing quote when a line break comes before it.
bool isQuoteOpen(const QByteArray &text, qsizetype offset)
{
    qsizetype at = afterProperties(text, offset);
    const char quote = at < text.size() ? text[at] : '\0';
    if (quote != '"' && quote != '\'')
        return false;
    for (++at; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\')
            ++at;
        else if (text[at] == quote && !(quote == '\'' && at + 1 < text.size() && text[at + 1] == quote))
            return false;
        else if (text[at] == quote)
            ++at;
    }
    return true;
}

qsizetype escapeLength(QStringView raw)
{
    if (raw.size() < 2)
        return 1;
    switch (raw[1].unicode()) {
    case u'x': return 4;
    case u'u': return 6;
    case u'U': return 10;
    default: return 2;
    }
}

} // namespace

QLatin1StringView typeName(const Value &value)
{
    switch (value.type) {
    case Value::Type::Null: return "nothing"_L1;
    case Value::Type::Scalar: return "text"_L1;
    case Value::Type::Sequence: return "a list"_L1;
    case Value::Type::Map: return "a mapping"_L1;
    }
    return "nothing"_L1;
}

namespace {

void addMissing(QList<Entry> &entries, QSet<QString> &seen, const Value &source)
{
    for (const Entry &entry : mergedEntries(source)) {
        if (!seen.contains(entry.first->text)) {
            seen.insert(entry.first->text);
            entries.append(entry);
        }
    }
}

} // namespace

QList<Entry> mergedEntries(const Value &map)
{
    QList<Entry> entries;
    QSet<QString> seen;
    for (const Entry &entry : map.entries) {
        if (entry.first->text != "<<"_L1) {
            entries.append(entry);
            seen.insert(entry.first->text);
        }
    }
    for (const Entry &entry : map.entries) {
        if (entry.first->text != "<<"_L1)
            continue;
        if (entry.second->type == Value::Type::Map)
            addMissing(entries, seen, *entry.second);
        for (const ValuePtr &item : entry.second->items)
            addMissing(entries, seen, *item);
    }
    return entries;
}

Document::Document(QByteArray text) : m_text(std::move(text))
{
    for (const QByteArray &bytes : m_text.split('\n')) {
        const bool ascii = std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        m_lines.append({bytes, ascii});
    }
}

Document Document::parse(const QByteArray &yaml, Diagnostics &diagnostics)
{
    Document document(normalised(yaml));
    if (std::optional<Diagnostic> bad = forbiddenByte(document.m_text)) {
        diagnostics.append(*bad);
        return document;
    }
    if (isBlank(document.m_text)) {
        diagnostics.append({.mark = {1, 1}, .message = u"the file is empty"_s,
                            .suggestion = u"start with `incident:` and `endpoints:`"_s, .excerpt = {}});
        return document;
    }
    TreeBuilder builder(document, diagnostics);
    try {
        std::istringstream stream(document.m_text.toStdString());
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        const ValuePtr root = builder.takeRoot();
        if (parser.HandleNextDocument(builder) && builder.takeRoot()) {
            diagnostics.append({.mark = builder.documentMark(), .message = u"a second YAML document begins here"_s,
                                .suggestion = u"one file describes one incident: remove the `---`"_s, .excerpt = {}});
        }
        if (builder.lastQuotedOffset() >= 0 && isQuoteOpen(document.m_text, builder.lastQuotedOffset()))
            diagnostics.append({.mark = builder.lastQuotedMark(), .message = u"YAML syntax: this quote is not closed"_s,
                                .suggestion = u"add the closing quote"_s, .excerpt = {}});
        else if (root)
            document.m_root = root;
        else
            diagnostics.append({.mark = {1, 1}, .message = u"the file holds a single value where `incident:` and `endpoints:` are expected"_s,
                                .suggestion = u"start with `endpoints:` at the beginning of a line"_s, .excerpt = {}});
    } catch (const YAML::Exception &e) {
        SourceMark at = e.mark.is_null() ? SourceMark{1, 1} : document.mark(e.mark.line, e.mark.column);
        at.line = std::min(at.line, static_cast<int>(document.m_lines.size()));
        diagnostics.append({.mark = at, .message = u"YAML syntax: %1"_s.arg(QString::fromStdString(e.msg)),
                            .suggestion = syntaxHint(document.line(at.line)), .excerpt = {}});
    } catch (const std::exception &e) { // the standard library's, through yaml-cpp
        diagnostics.append({.mark = {1, 1}, .message = u"the YAML cannot be read: %1"_s.arg(QString::fromUtf8(e.what())),
                            .suggestion = {}, .excerpt = {}});
    }
    return document;
}

QString Document::line(int number) const
{
    return number >= 1 && number <= m_lines.size() ? QString::fromUtf8(m_lines[number - 1].bytes) : QString();
}

SourceMark Document::mark(int line, int byteColumn) const
{
    if (line < 0 || line >= m_lines.size() || byteColumn < 0)
        return {std::max(line, 0) + 1, std::max(byteColumn, 0) + 1};
    const Line &source = m_lines[line];
    if (source.ascii || source.bytes.size() > 10'000) // counting long lines again and again would be quadratic
        return {line + 1, byteColumn + 1};
    return {line + 1, static_cast<int>(QString::fromUtf8(source.bytes.first(std::min<qsizetype>(byteColumn, source.bytes.size()))).size()) + 1};
}

SourceMark Document::markAt(const Value &scalar, qsizetype index) const
{
    const QString text = line(scalar.mark.line);
    qsizetype at = scalar.mark.column - 1;
    if (at >= 0)
        at = afterProperties(text, at);
    if (at < 0 || at >= text.size() || text[at] == u'|' || text[at] == u'>')
        return scalar.mark;
    const QChar quote = text[at] == u'"' || text[at] == u'\'' ? text[at] : QChar();
    if (!quote.isNull())
        ++at;
    for (qsizetype i = 0; i < index && at < text.size(); ++i) {
        if (quote == u'"' && text[at] == u'\\')
            at += escapeLength(QStringView(text).sliced(at));
        else if (quote == u'\'' && text[at] == u'\'')
            at += 2;
        else
            ++at;
    }
    return {scalar.mark.line, static_cast<int>(std::min(at, text.size())) + 1};
}

} // namespace allclear::reading
