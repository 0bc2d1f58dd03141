#include "incident/section.h"

#include "incident/values.h"

#include <algorithm>
#include <cmath>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

const MappingKeys &keysOf(const QString &path)
{
    const auto &table = knownKeys();
    const auto found = std::ranges::find(table, path, &MappingKeys::path);
    Q_ASSERT(found != table.end());
    return *found;
}

/// A top-level key that only holds an anchor for others, as Gatus users write it, or an `x-` extension.
bool isHolder(const Value &key, const Value &value)
{
    return value.anchored || key.text.startsWith("x-"_L1) || key.text.startsWith(u'.');
}

QString renamed(const QString &path, const QString &key)
{
    if (path.isEmpty() && key == "services"_L1)
        return u"Gatus calls it `endpoints` since version 3"_s;
    return {};
}

QList<Entry> mergedWith(const QList<Entry> &own, const QList<Entry> &fallback);

ValuePtr mergedMap(const Value &own, const Value &fallback)
{
    auto value = std::make_shared<Value>(own);
    value->entries = mergedWith(mergedEntries(own), mergedEntries(fallback));
    return value;
}

QList<Entry> mergedWith(const QList<Entry> &own, const QList<Entry> &fallback)
{
    QList<Entry> entries = own;
    for (const Entry &entry : fallback) {
        const auto same = std::ranges::find_if(entries, [&](const Entry &e) { return e.first->text == entry.first->text; });
        if (same == entries.end()) {
            entries.append(entry);
            continue;
        }
        const bool deep = entry.first->text == "client"_L1 || entry.first->text == "headers"_L1 || entry.first->text == "tls"_L1;
        if (deep && same->second->type == Value::Type::Map && entry.second->type == Value::Type::Map)
            same->second = mergedMap(*same->second, *entry.second);
        else if (same->second->type == Value::Type::Null)
            same->second = entry.second;
    }
    return entries;
}

} // namespace

Section::Section(Reading &reading, const ValuePtr &value, const QString &path)
    : Section(reading, value, path, value->type == Value::Type::Map ? mergedEntries(*value) : QList<Entry>())
{
}

Section::Section(Reading &reading, const ValuePtr &value, const QString &path, const QList<Entry> &entries)
    : m_reading(&reading), m_path(path), m_mark(value->mark), m_entries(entries), m_isMap(value->type == Value::Type::Map)
{
    if (m_isMap) {
        checkKeys();
        return;
    }
    const qsizetype dot = path.lastIndexOf(u'.');
    const QString name = path.isEmpty() ? u"the file"_s : u"`%1`"_s.arg(path.sliced(dot + 1));
    if (path.endsWith("[]"_L1))
        reading.error(m_mark, u"each entry of `%1` must be a mapping, not %2"_s.arg(path.sliced(dot + 1).chopped(2), typeName(*value)));
    else
        reading.error(m_mark, u"%1 must be a mapping, not %2"_s.arg(name, typeName(*value)));
}

Section Section::withDefaults(Reading &reading, const ValuePtr &value, const QString &path, const ValuePtr &defaults)
{
    QList<Entry> entries = mergedEntries(*value);
    if (defaults && defaults->type == Value::Type::Map) {
        QList<Entry> fallback = mergedEntries(*defaults);
        const QStringList &known = keysOf(u"defaults"_s).keys;
        fallback.removeIf([&](const Entry &entry) { return !known.contains(entry.first->text); });
        entries = mergedWith(entries, fallback);
    }
    return Section(reading, value, path, entries);
}

void Section::checkKeys() const
{
    const MappingKeys &known = keysOf(m_path);
    for (const Entry &entry : m_entries)
        checkKey(*entry.first, *entry.second, known);
}

void Section::checkKey(const Value &key, const Value &value, const MappingKeys &known) const
{
    if (known.keys.contains(key.text))
        return;
    if (known.gatus.contains(key.text)) {
        m_reading->gatusNotice(key.mark, m_path.isEmpty() ? key.text : m_path + u'.' + key.text);
        return;
    }
    if (m_path.isEmpty() && isHolder(key, value))
        return;
    const QString hint = renamed(m_path, key.text);
    m_reading->error(key.mark, u"unknown key `%1`"_s.arg(key.text),
                     hint.isEmpty() ? m_reading->didYouMean(key.text, known.keys + known.gatus) : hint);
}

QString Section::childPath(QLatin1StringView key) const
{
    const bool endpointLike = m_path == "defaults"_L1 || m_path == "suites[].endpoints[]"_L1;
    if (endpointLike && (key == "client"_L1 || key == "dns"_L1 || key == "conversation"_L1))
        return u"endpoints[]."_s + key;
    return m_path.isEmpty() ? QString(key) : m_path + u'.' + key;
}

ValuePtr Section::find(QLatin1StringView key) const
{
    Q_ASSERT(keysOf(m_path).keys.contains(key) || keysOf(m_path).gatus.contains(key));
    const auto found = std::ranges::find_if(m_entries, [&](const Entry &entry) { return entry.first->text == key; });
    return found == m_entries.end() || found->second->type == Value::Type::Null ? nullptr : found->second;
}

SourceMark Section::markOf(QLatin1StringView key) const
{
    const ValuePtr value = find(key);
    return value ? value->mark : m_mark;
}

void Section::wrongType(const Value &value, QLatin1StringView key, const QString &wanted, const QString &suggestion) const
{
    const QString came = value.type == Value::Type::Scalar ? u"`%1`"_s.arg(value.text.left(60)) : QString(typeName(value));
    m_reading->error(value.mark, u"`%1` must be %2, not %3"_s.arg(key, wanted, came), suggestion);
}

std::optional<Expanded> Section::scalar(QLatin1StringView key, QLatin1StringView wanted) const
{
    const ValuePtr value = find(key);
    if (!value)
        return std::nullopt;
    if (value->type != Value::Type::Scalar) {
        wrongType(*value, key, wanted);
        return std::nullopt;
    }
    return m_reading->expand(*value);
}

QString Section::text(QLatin1StringView key) const { return optionalText(key).value_or(QString()); }

std::optional<QString> Section::optionalText(QLatin1StringView key) const
{
    const std::optional<Expanded> found = scalar(key, "text"_L1);
    return found ? std::optional(found->text) : std::nullopt;
}

QString Section::required(QLatin1StringView key, QLatin1StringView owner) const
{
    const ValuePtr value = find(key);
    const QString found = text(key);
    if (!value)
        m_reading->error(m_mark, u"%1 needs a `%2`"_s.arg(owner, key));
    else if (value->type == Value::Type::Scalar && found.trimmed().isEmpty())
        m_reading->error(value->mark, u"`%1` must not be empty"_s.arg(key));
    return found;
}

bool Section::flag(QLatin1StringView key, bool fallback) const
{
    const std::optional<Expanded> found = scalar(key, "true or false"_L1);
    if (!found || !found->undefined.isEmpty())
        return fallback;
    const std::optional<bool> parsed = parseFlag(found->text);
    if (!parsed)
        wrongType(*find(key), key, u"true or false"_s, m_reading->didYouMean(found->text, {u"true"_s, u"false"_s}));
    return parsed.value_or(fallback);
}

std::optional<int> Section::integer(QLatin1StringView key, int least) const
{
    const std::optional<Expanded> found = scalar(key, "a whole number"_L1);
    if (!found || !found->undefined.isEmpty())
        return std::nullopt;
    bool ok = false;
    const int value = found->text.trimmed().toInt(&ok);
    if (!ok || value < least) {
        wrongType(*find(key), key, u"a whole number, %1 or more"_s.arg(least));
        return std::nullopt;
    }
    return value;
}

std::optional<double> Section::number(QLatin1StringView key) const
{
    const std::optional<Expanded> found = scalar(key, "a number"_L1);
    if (!found || !found->undefined.isEmpty())
        return std::nullopt;
    bool ok = false;
    const double value = found->text.trimmed().toDouble(&ok);
    if (!ok || !std::isfinite(value) || value < 0) {
        QString digits = found->text;
        digits.remove(u',').remove(u'_').remove(u' ').remove(u'\'');
        digits.toDouble(&ok);
        wrongType(*find(key), key, u"a number, 0 or more"_s, ok && !digits.startsWith(u'-') ? u"write `%1`"_s.arg(digits) : QString());
        return std::nullopt;
    }
    return value;
}

std::optional<Duration> Section::duration(QLatin1StringView key, Least least) const
{
    const std::optional<Expanded> found = scalar(key, "a duration"_L1);
    if (!found || !found->undefined.isEmpty())
        return std::nullopt;
    const std::optional<Duration> parsed = parseDuration(found->text);
    const SourceMark mark = markOf(key);
    if (!parsed) {
        m_reading->error(mark, u"`%1` is not a duration: `%2`"_s.arg(key, found->text.left(60)), durationHint(found->text));
        return std::nullopt;
    }
    if (*parsed < Duration::zero() || (*parsed == Duration::zero() && least == Least::Positive)) {
        m_reading->error(mark, u"`%1` must be %2, not `%3`"_s.arg(key, least == Least::Positive ? u"longer than 0"_s : u"0 or longer"_s, found->text),
                         durationHint(found->text));
        return std::nullopt;
    }
    return parsed;
}

std::optional<qint64> Section::bytes(QLatin1StringView key) const
{
    constexpr qint64 most = 1024LL * 1024 * 1024;
    const std::optional<Expanded> found = scalar(key, "a size"_L1);
    if (!found || !found->undefined.isEmpty())
        return std::nullopt;
    const std::optional<qint64> parsed = parseBytes(found->text);
    if (!parsed || *parsed < 1 || *parsed > most) {
        wrongType(*find(key), key, u"a size from 1 byte to 1GiB"_s, u"sizes look like `4MiB`, `512KiB` or `1048576`"_s);
        return std::nullopt;
    }
    return parsed;
}

std::optional<QString> Section::oneOf(QLatin1StringView key, const QStringList &words) const
{
    const std::optional<Expanded> found = scalar(key, "a word"_L1);
    if (!found)
        return std::nullopt;
    if (words.contains(found->text))
        return found->text;
    const QString near = m_reading->didYouMean(found->text, words);
    m_reading->error(markOf(key), u"`%1` cannot be `%2`"_s.arg(key, found->text.left(60)),
                     near.isEmpty() ? u"it is one of: %1"_s.arg(words.join(u", "_s)) : near);
    return std::nullopt;
}

std::optional<Section> Section::section(QLatin1StringView key) const
{
    const ValuePtr value = find(key);
    if (!value)
        return std::nullopt;
    const Section found(*m_reading, value, childPath(key));
    return found.isMap() ? std::optional(found) : std::nullopt;
}

} // namespace allclear::reading
