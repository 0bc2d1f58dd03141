#include "incident/section.h"

#include "conditions/condition.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostEntries = 1000;
constexpr qsizetype mostEndpoints = 10'000;

SourceMark markInExpanded(const Document &document, const Value &scalar, const Expanded &expanded, int column)
{
    const qsizetype index = std::max(column - 1, 0);
    if (expanded.origin.isEmpty())
        return document.markAt(scalar, index);
    const qsizetype last = expanded.origin.size() - 1;
    return document.markAt(scalar, expanded.origin[std::min(index, last)] + std::max<qsizetype>(0, index - last));
}

} // namespace

QList<ValuePtr> Section::list(QLatin1StringView key) const
{
    const ValuePtr value = find(key);
    if (!value)
        return {};
    if (value->type != Value::Type::Sequence) {
        wrongType(*value, key, u"a list"_s, value->type == Value::Type::Scalar && value->text.size() < 60
                                                ? u"write `[%1]`"_s.arg(value->text) : QString());
        return {};
    }
    const qsizetype most = m_path.isEmpty() && key == "endpoints"_L1 ? mostEndpoints : mostEntries;
    if (value->items.size() <= most)
        return value->items;
    m_reading->error(value->mark, u"`%1` has %2 entries; at most %3 are read"_s.arg(key).arg(value->items.size()).arg(most),
                     u"split it into several files"_s);
    return value->items.first(most);
}

QList<Section> Section::sections(QLatin1StringView key) const
{
    QList<Section> found;
    for (const ValuePtr &item : list(key)) {
        Section section(*m_reading, item, childPath(key) + "[]"_L1);
        if (section.isMap())
            found.append(std::move(section));
    }
    return found;
}

QList<MarkedText> Section::texts(QLatin1StringView key) const
{
    QList<MarkedText> found;
    for (const ValuePtr &item : list(key)) {
        if (item->type == Value::Type::Scalar)
            found.append({m_reading->expand(*item).text, item->mark});
        else
            wrongType(*item, key, u"a list of text"_s, u"put each entry in quotes"_s);
    }
    return found;
}

QList<std::pair<QString, QString>> Section::pairs(QLatin1StringView key) const
{
    const ValuePtr value = find(key);
    if (!value)
        return {};
    if (value->type != Value::Type::Map) {
        wrongType(*value, key, u"a mapping of names to text"_s);
        return {};
    }
    QList<std::pair<QString, QString>> found;
    for (const auto &[name, content] : mergedEntries(*value)) {
        if (content->type == Value::Type::Scalar)
            found.append({name->text, m_reading->expand(*content).text});
        else if (content->type == Value::Type::Null)
            found.append({name->text, QString()});
        else
            m_reading->error(content->mark, u"`%1` in `%2` must be text, not %3"_s.arg(name->text, key, typeName(*content)));
    }
    return found;
}

QList<ConditionText> Section::conditions(QLatin1StringView key, Windowed windowed) const
{
    QList<ConditionText> found;
    for (const ValuePtr &item : list(key)) {
        if (item->type != Value::Type::Scalar) {
            wrongType(*item, key, u"a list of conditions"_s, u"put the condition in quotes: `\"[STATUS] == 200\"`"_s);
            continue;
        }
        const Expanded expanded = m_reading->expand(*item);
        if (expanded.undefined.isEmpty() && !expanded.tooLong)
            checkCondition(*item, expanded, windowed);
        found.append({expanded.text, m_reading->document.markAt(*item, 0)});
    }
    return found;
}

void Section::checkCondition(const Value &value, const Expanded &expanded, Windowed windowed) const
{
    const auto parsed = Condition::parse(expanded.text);
    if (const auto *error = std::get_if<ConditionError>(&parsed)) {
        m_reading->error(markInExpanded(m_reading->document, value, expanded, error->column), error->message, error->suggestion);
    } else if (windowed == Windowed::Refused && std::get<Condition>(parsed).isWindowed()) {
        m_reading->error(m_reading->document.markAt(value, 0), u"p50, p95, p99, max and mean look at a window of results, and one probe has none"_s,
                         u"move it to `require` of a success criterion"_s);
    }
}

} // namespace allclear::reading
