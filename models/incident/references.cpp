#include "incident/references.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView groupPrefix("group:");
constexpr QLatin1StringView componentPrefix("component:");

void addNew(QList<EndpointKey> &list, QSet<EndpointKey> &seen, const QList<EndpointKey> &more)
{
    for (const EndpointKey &key : more) {
        if (seen.contains(key))
            continue;
        seen.insert(key);
        list.append(key);
    }
}

} // namespace

References::References(const Incident &incident)
{
    for (const Endpoint &endpoint : incident.endpoints) {
        if (endpoint.name.isEmpty() || m_endpoints.contains(endpoint.key()))
            continue;
        m_endpoints.insert(endpoint.key(), &endpoint);
        m_byKey[endpoint.key()].append(endpoint.key());
        m_byName[endpoint.name].append(endpoint.key());
        m_byGroup[endpoint.group].append(endpoint.key());
        m_byComponent[endpoint.component].append(endpoint.key());
        m_names << endpoint.name << endpoint.key();
    }
    for (const Component &component : incident.components)
        m_components.append(component.name);
    m_names.removeDuplicates();
}

const Endpoint *References::endpoint(const EndpointKey &key) const { return m_endpoints.value(key); }

void References::reportUnknown(Reading &reading, const MarkedText &reference) const
{
    const QString &text = reference.text;
    const auto near = [&](QLatin1StringView prefix, const QStringList &names) {
        const QString best = closest(text.sliced(prefix.size()).trimmed(), names);
        return best.isEmpty() ? QString() : u"did you mean `%1%2`?"_s.arg(prefix, best);
    };
    if (text.startsWith(groupPrefix))
        reading.error(reference.mark, u"no endpoint or suite is in the group `%1`"_s.arg(text.sliced(groupPrefix.size()).trimmed()),
                      near(groupPrefix, m_byGroup.keys()));
    else if (text.startsWith(componentPrefix))
        reading.error(reference.mark, u"no endpoint or suite watches a component `%1`"_s.arg(text.sliced(componentPrefix.size()).trimmed()),
                      near(componentPrefix, m_components));
    else if (m_byGroup.contains(text))
        reading.error(reference.mark, u"no endpoint or suite is called `%1`"_s.arg(text), u"for the group write `group:%1`"_s.arg(text));
    else
        reading.error(reference.mark, u"no endpoint or suite is called `%1`"_s.arg(text), reading.didYouMean(text, m_names));
}

const QList<EndpointKey> *References::find(Reading &reading, const MarkedText &reference) const
{
    const QString &text = reference.text;
    const auto in = [](const QHash<QString, QList<EndpointKey>> &table, const QString &name) -> const QList<EndpointKey> * {
        const auto found = table.constFind(name);
        return found == table.cend() || name.isEmpty() ? nullptr : &*found;
    };
    if (text.startsWith(groupPrefix))
        return in(m_byGroup, text.sliced(groupPrefix.size()).trimmed());
    if (text.startsWith(componentPrefix))
        return in(m_byComponent, text.sliced(componentPrefix.size()).trimmed());
    if (const QList<EndpointKey> *exact = in(m_byKey, text))
        return exact;
    const QList<EndpointKey> *named = in(m_byName, text);
    if (named && named->size() > 1) {
        static const QList<EndpointKey> none;
        reading.error(reference.mark, u"`%1` is ambiguous"_s.arg(text),
                      u"write one of: %1"_s.arg(named->join(u", "_s)));
        return &none;
    }
    return named;
}

References::Found References::resolve(Reading &reading, const QList<MarkedText> &references) const
{
    Found found;
    QSet<QString> done;
    QSet<EndpointKey> endpoints;
    for (const MarkedText &reference : references) {
        if (done.contains(reference.text))
            continue;
        done.insert(reference.text);
        const QList<EndpointKey> *targets = find(reading, reference);
        if (!targets)
            reportUnknown(reading, reference);
        if (!targets || targets->isEmpty()) {
            found.complete = false;
            continue;
        }
        addNew(found.endpoints, endpoints, *targets);
    }
    return found;
}

QList<EndpointKey> References::keys(Reading &reading, const QList<MarkedText> &references) const
{
    return resolve(reading, references).endpoints;
}

} // namespace allclear::reading
