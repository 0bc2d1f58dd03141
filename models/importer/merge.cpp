#include "importer/merge.h"

#include "incident/document.h"

#include <QCryptographicHash>
#include <QMap>
#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;
using reading::Document;
using reading::Value;
using reading::ValuePtr;

namespace
{

constexpr QLatin1StringView recordMark("#= ");

QString hashOf(const QString &text)
{
    return QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha1).toHex().first(8));
}

/// The value alone, however it is written.
QString canonical(const Value &value)
{
    QString text;
    if (value.type == Value::Type::Scalar)
        text = u's' + value.text;
    for (const ValuePtr &item : value.items)
        text += u"["_s + canonical(*item) + u']';
    for (const auto &[key, child] : value.entries)
        text += u"{"_s + key->text + u'=' + canonical(*child) + u'}';
    return text;
}

ValuePtr parsedLine(const QString &line)
{
    Diagnostics diagnostics;
    const Document document = Document::parse(line.toUtf8(), diagnostics);
    return hasErrors(diagnostics) ? nullptr : document.root();
}

ValuePtr childOf(const ValuePtr &map, const QString &key)
{
    if (!map || map->type != Value::Type::Map)
        return nullptr;
    const auto found =
        std::ranges::find_if(map->entries, [&](const reading::Entry &entry) { return entry.first->text == key; });
    return found == map->entries.end() ? nullptr : found->second;
}

int lineOfKey(const ValuePtr &map, const QString &key)
{
    const auto found =
        std::ranges::find_if(map->entries, [&](const reading::Entry &entry) { return entry.first->text == key; });
    return found == map->entries.end() ? 0 : found->first->mark.line;
}

ValuePtr descendantOf(ValuePtr map, const QString &path)
{
    for (const QString &key : path.split(u'.'))
        map = childOf(map, key);
    return map;
}

QString hashOfField(const Field &field)
{
    const ValuePtr value = parsedLine(u"v: "_s + field.value);
    const ValuePtr content = childOf(value, u"v"_s);
    return hashOf(content ? canonical(*content) : QString());
}

/// What tells the entries of a list apart.
QString idKey(const Sheet &sheet)
{
    if (sheet.key == "success-criteria"_L1 || sheet.key == "actions"_L1)
        return u"title"_s;
    if (sheet.key == "five-whys"_L1)
        return u"why"_s;
    return sheet.key == "links"_L1 ? u"url"_s : u"name"_s;
}

QString valueOfId(const Sheet &sheet, const Entry &entry)
{
    const auto found = std::ranges::find(entry.fields, idKey(sheet), &Field::key);
    const ValuePtr value = found == entry.fields.end() ? nullptr : childOf(parsedLine(u"v: "_s + found->value), u"v"_s);
    return value ? value->text : entry.id;
}

using Record = QMap<QString, QString>; // field → hash

class Merger
{
public:
    Merger(const QByteArray &existing, Removal removal) : m_removal(removal)
    {
        Diagnostics diagnostics;
        m_root = Document::parse(existing, diagnostics).root();
        split(QString::fromUtf8(existing));
    }

    Merged merge(const QList<Sheet> &sheets)
    {
        for (const Sheet &sheet : sheets)
            mergeSheet(sheet);
        return {patched(), m_findings};
    }

private:
    /// The body, which is patched, and the records, which are read; notes and records are written anew.
    void split(const QString &text)
    {
        const QStringList lines = text.split(u'\n');
        const qsizetype lastRecord = lines.size() - 1
            - std::distance(lines.crbegin(), std::find_if(lines.crbegin(), lines.crend(), [](const QString &line) {
                                         return line.startsWith(recordMark);
                                     }));
        bool notes = false;
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const QString &line = lines[i];
            notes = (notes || line.startsWith(QStringView(notesMark))) && i <= lastRecord;
            if (line.startsWith(recordMark))
                readRecord(line);
            else if (!notes || !(line.startsWith(u'#') || line.trimmed().isEmpty()))
                m_lines.append(line);
            else
                m_lines.append(QString(QChar(0))); // keeps the numbers of the lines
        }
    }

    void readRecord(const QString &line)
    {
        const QStringList words = line.sliced(recordMark.size()).simplified().split(u' ', Qt::SkipEmptyParts);
        for (const QString &word : words.sliced(std::min<qsizetype>(1, words.size())))
            m_records[words.first()].insert(word.section(u'=', 0, 0), word.section(u'=', 1));
        m_lines.append(QString(QChar(0)));
    }

    QString lineAt(int number) const { return m_lines.value(number - 1); }

    void note(FindingKind kind, const QString &text) { m_findings.append({kind, 0, text}); }

    void mergeSheet(const Sheet &sheet)
    {
        const ValuePtr section = descendantOf(m_root, sheet.path());
        if (sheet.isMap()) {
            if (section && section->type == Value::Type::Map && !sheet.entries.isEmpty())
                mergeFields(sheet, sheet.entries.first(), section, sheet.key, 0);
            else if (!section && !knowsAny(sheet))
                appendSheet(sheet, sheet.entries);
            return;
        }
        QSet<QString> seen;
        QList<Entry> added;
        QHash<QString, int> counts;
        for (const Entry &entry : sheet.entries) {
            const QString path = sheet.key + u'/' + hashOf(entry.id);
            seen.insert(path);
            const QString id = valueOfId(sheet, entry);
            const ValuePtr item = itemOf(section, idKey(sheet), id, counts[id]++);
            if (item)
                mergeFields(sheet, entry, item, path, item->mark.line);
            else if (m_records.contains(path))
                note(FindingKind::Kept,
                     u"%1 `%2` stays away: you removed or renamed it"_s.arg(sheet.key, shortened(id, 60)));
            else
                added.append(entry);
        }
        removeGone(sheet, section, seen);
        if (!added.isEmpty())
            addEntries(sheet, section, added);
    }

    bool knowsAny(const Sheet &sheet) const { return m_records.contains(sheet.key); }

    static ValuePtr itemOf(const ValuePtr &list, const QString &key, const QString &id, int skip)
    {
        if (!list)
            return nullptr;
        for (const ValuePtr &item : list->items) {
            const ValuePtr value = childOf(item, key);
            if (value && value->text == id && skip-- == 0)
                return item;
        }
        return nullptr;
    }

    void mergeFields(const Sheet &sheet, const Entry &entry, const ValuePtr &map, const QString &path, int itemLine)
    {
        const Record record = m_records.value(path);
        const QString name = sheet.isMap() ? QString() : u" of `%1`"_s.arg(shortened(valueOfId(sheet, entry), 60));
        QStringList inserted;
        for (const Field &field : entry.fields) {
            const ValuePtr value = descendantOf(map, field.key);
            const QString old = record.value(field.key), now = hashOfField(field);
            if (!value && old.isEmpty()) {
                addField(sheet, field, map, itemLine);
                note(FindingKind::Updated, u"%1 `%2`%3 is new in the issue"_s.arg(sheet.key, field.key, name));
            } else if (value && (old.isEmpty() || hashOf(canonical(*value)) != old)) {
                if (hashOf(canonical(*value)) != now)
                    note(FindingKind::Kept,
                         u"%1 `%2`%3 stays as you wrote it; the issue says %4"_s.arg(sheet.key, field.key, name,
                                                                                     shortened(field.value, 80)));
            } else if (value) {
                replaceField(sheet, field, map, now != old, name);
            }
        }
        for (auto gone = record.cbegin(); gone != record.cend(); ++gone) {
            const bool still =
                std::ranges::any_of(entry.fields, [&](const Field &field) { return field.key == gone.key(); });
            const ValuePtr value = still ? nullptr : descendantOf(map, gone.key());
            if (value && hashOf(canonical(*value)) == gone.value() && m_removal == Removal::Allowed)
                removeField(map, gone.key(), sheet.key, name);
        }
    }

    static int keyLine(const ValuePtr &map, const QString &path)
    {
        const ValuePtr holder = path.contains(u'.') ? childOf(map, path.section(u'.', 0, 0)) : map;
        return holder && holder->type == Value::Type::Map ? lineOfKey(holder, path.section(u'.', -1)) : 0;
    }

    /// The line holds this key, its value and nothing else but a comment.
    bool isAlone(int line, const QString &key, const ValuePtr &value) const
    {
        QString text = lineAt(line).trimmed();
        if (text.startsWith("- "_L1))
            text = text.sliced(2);
        const ValuePtr map = parsedLine(text);
        return map && map->type == Value::Type::Map && map->entries.size() == 1
            && map->entries.first().first->text == key.section(u'.', -1)
            && canonical(*map->entries.first().second) == canonical(*value);
    }

    void replaceField(const Sheet &sheet, const Field &field, const ValuePtr &map, bool changed, const QString &name)
    {
        const int line = keyLine(map, field.key);
        if (line == 0 || !isAlone(line, field.key, descendantOf(map, field.key))) {
            if (changed)
                note(FindingKind::Kept,
                     u"%1 `%2`%3 shares its line, so it stays; the issue says %4"_s.arg(sheet.key, field.key, name,
                                                                                        shortened(field.value, 80)));
            return;
        }
        const QString old = lineAt(line);
        static const QRegularExpression ours(u"\\s+# (?:lines? \\d|guessed)[^\"']*$"_s);
        const auto comment = ours.match(old);
        if (!changed && !comment.hasMatch())
            return; // a person's own comment, or none
        const qsizetype indent = old.indexOf(QRegularExpression(u"[^ -]"_s));
        const QString fresh =
            old.first(std::max<qsizetype>(indent, 0)) + field.key.section(u'.', -1) + u": "_s + field.value;
        const qsizetype column = comment.hasMatch() ? old.indexOf(u'#', comment.capturedStart()) - 2 : 0;
        QString tail = field.comment.isEmpty() ? QString() : u"  # "_s + field.comment;
        if (changed && !comment.hasMatch()) {
            static const QRegularExpression own(
                u"\\s#(?![^\"']*[\"'])(.*)$"_s); // a person's comment goes on behind ours
            if (const auto match = own.match(old); match.hasMatch())
                tail += u" ("_s + match.captured(1).trimmed() + u')';
        }
        m_replaced.insert(line, fresh.leftJustified(tail.isEmpty() ? 0 : column) + tail);
        if (changed)
            note(FindingKind::Updated,
                 u"%1 `%2`%3 follows the issue: %4"_s.arg(sheet.key, field.key, name, shortened(field.value, 80)));
    }

    void removeField(const ValuePtr &map, const QString &key, const QString &sheet, const QString &name)
    {
        const int line = keyLine(map, key);
        if (line == 0 || !isAlone(line, key, descendantOf(map, key)) || lineAt(line).trimmed().startsWith("- "_L1))
            return;
        m_removed.insert(line);
        note(FindingKind::Updated, u"%1 `%2`%3 is gone: the issue no longer says it"_s.arg(sheet, key, name));
    }

    void addField(const Sheet &sheet, const Field &field, const ValuePtr &map, int itemLine)
    {
        if (itemLine > 0 && lineAt(itemLine).trimmed().startsWith("- {"_L1))
            return note(FindingKind::Kept,
                        u"%1 `%2` has no line to stand on: the entry is written in braces"_s.arg(sheet.key, field.key));
        const QString parent = field.key.contains(u'.') ? field.key.section(u'.', 0, 0) : QString();
        const int parentLine = parent.isEmpty() ? 0 : lineOfKey(map, parent);
        if (parentLine > 0) {
            m_inserted[parentLine].append(lineOf(sheet, field));
            return;
        }
        QStringList lines;
        if (!parent.isEmpty())
            lines.append(u"  %1:"_s.arg(parent));
        lines.append(lineOf(sheet, field));
        const int last = itemLine > 0 ? itemLine
            : map->entries.isEmpty()  ? map->mark.line
                                      : map->entries.first().first->mark.line;
        m_inserted[last] += lines;
    }

    static qsizetype indentOf(const QString &line)
    {
        qsizetype indent = 0;
        while (indent < line.size() && line[indent] == u' ')
            ++indent;
        return indent;
    }

    static bool isEmptyLine(const QString &line)
    {
        return line.trimmed().isEmpty() || line.trimmed().startsWith(u'#') || line.startsWith(QChar(0));
    }

    /// The last line of what starts at `line` and is indented further.
    int endOf(int line) const
    {
        const qsizetype indent = indentOf(lineAt(line));
        int end = line;
        for (int i = line + 1; i <= m_lines.size(); ++i) {
            const QString text = lineAt(i);
            if (isEmptyLine(text))
                continue;
            const bool item = text.trimmed().startsWith("- "_L1) && !lineAt(line).trimmed().startsWith(u'-');
            if (indentOf(text) < indent || (indentOf(text) == indent && !item))
                break;
            end = i;
        }
        return end;
    }

    void removeGone(const Sheet &sheet, const ValuePtr &section, const QSet<QString> &seen)
    {
        for (const ValuePtr &item : section ? section->items : QList<ValuePtr>()) {
            const ValuePtr id = childOf(item, idKey(sheet));
            const QString path = id ? sheet.key + u'/' + hashOf(id->text) : QString();
            if (!id || seen.contains(path) || !m_records.contains(path))
                continue;
            const Record record = m_records.value(path);
            const bool untouched = std::ranges::all_of(item->entries, [&](const reading::Entry &entry) {
                return record.value(entry.first->text) == hashOf(canonical(*entry.second));
            });
            const bool last = section->items.size() == 1; // an empty list would be left
            if (!untouched || m_removal == Removal::Refused || last) {
                note(FindingKind::Kept,
                     u"%1 `%2` stays, although the issue no longer has it"_s.arg(sheet.key, shortened(id->text, 60)));
                continue;
            }
            for (int line = item->mark.line, end = endOf(item->mark.line); line <= end; ++line)
                m_removed.insert(line);
            note(FindingKind::Updated,
                 u"%1 `%2` is gone: the issue no longer has it"_s.arg(sheet.key, shortened(id->text, 60)));
        }
    }

    void addEntries(const Sheet &sheet, const ValuePtr &section, const QList<Entry> &entries)
    {
        for (const Entry &entry : entries)
            note(FindingKind::Updated,
                 u"%1 `%2` is new in the issue"_s.arg(sheet.key, shortened(valueOfId(sheet, entry), 60)));
        if (!section)
            return appendSheet(sheet, entries);
        const bool block = section->type == Value::Type::Sequence && !section->items.isEmpty()
            && lineAt(section->items.first()->mark.line).trimmed().startsWith(u'-');
        if (!block)
            return note(FindingKind::Kept, u"%1 is written in brackets, so nothing was added to it"_s.arg(sheet.key));
        const int last = endOf(section->items.last()->mark.line);
        const qsizetype indent = indentOf(lineAt(section->items.last()->mark.line)) - (sheet.key == "links"_L1 ? 4 : 2);
        for (const Entry &entry : entries) {
            for (const QString &line : linesOf(sheet, entry))
                m_inserted[last].append(indent >= 0 ? QString(indent, u' ') + line
                                                    : line.sliced(std::min(-indent, indentOf(line))));
        }
    }

    void appendSheet(const Sheet &sheet, const QList<Entry> &entries)
    {
        if (sheet.key == "links"_L1) {
            const ValuePtr incident = childOf(m_root, u"incident"_s);
            if (!incident || incident->type != Value::Type::Map || incident->entries.isEmpty())
                return;
            QStringList lines{u"  links:"_s};
            for (const Entry &entry : entries)
                lines += linesOf(sheet, entry);
            m_inserted[endOf(lineOfKey(m_root, u"incident"_s))] += lines;
            return;
        }
        Sheet rest = sheet;
        rest.entries = entries;
        rest.remarks.clear();
        m_appended += linesOf(rest);
    }

    QStringList patched() const
    {
        QStringList lines;
        for (int number = 1; number <= m_lines.size(); ++number) {
            const QString text = lineAt(number);
            if (!m_removed.contains(number) && !text.startsWith(QChar(0)))
                lines.append(m_replaced.value(number, text));
            lines += m_inserted.value(number);
        }
        while (!lines.isEmpty() && lines.last().trimmed().isEmpty())
            lines.removeLast();
        return lines + m_appended;
    }

    Removal m_removal;
    ValuePtr m_root;
    QStringList m_lines;
    QMap<QString, Record> m_records;
    QMap<int, QString> m_replaced;
    QSet<int> m_removed;
    QMap<int, QStringList> m_inserted; // behind the line
    QStringList m_appended;
    QList<Finding> m_findings;
};

} // namespace

QStringList recordsOf(const QList<Sheet> &sheets)
{
    QStringList records;
    for (const Sheet &sheet : sheets) {
        for (const Entry &entry : sheet.entries) {
            QString record = recordMark + sheet.key + (sheet.isMap() ? QString() : u'/' + hashOf(entry.id));
            for (const Field &field : entry.fields)
                record += u' ' + field.key + u'=' + hashOfField(field);
            records.append(record);
        }
    }
    return records;
}

Merged merge(const QByteArray &existing, const QList<Sheet> &sheets, Removal removal)
{
    return Merger(existing, removal).merge(sheets);
}

bool hasRecords(const QByteArray &yaml) { return yaml.contains("\n#= incident "); }

} // namespace allclear::issue
