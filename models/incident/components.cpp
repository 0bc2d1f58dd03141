#include "incident/sections.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

using Needs = QHash<QString, QList<MarkedText>>;

QList<Component> readList(const Section &root, Needs &needs)
{
    QList<Component> components;
    QHash<QString, int> firsts;
    for (const Section &section : root.sections("components"_L1)) {
        Component component;
        component.mark = section.mark();
        component.name = section.required("name"_L1, "a component"_L1);
        component.title = section.optionalText("title"_L1).value_or(component.name);
        component.tier = section.text("tier"_L1);
        const QList<MarkedText> names = section.texts("needs"_L1);
        if (component.name.isEmpty())
            continue;
        if (const auto first = firsts.constFind(component.name); first != firsts.cend()) {
            root.reading().error(section.markOf("name"_L1), u"the component `%1` exists already"_s.arg(component.name),
                                 u"it is on line %1: change the name"_s.arg(*first));
            continue;
        }
        firsts.insert(component.name, section.markOf("name"_L1).line);
        for (const MarkedText &need : names) {
            if (!component.needs.contains(need.text))
                component.needs.append(need.text);
        }
        needs.insert(component.name, names);
        components.append(component);
    }
    return components;
}

/// Gives every endpoint a component that exists, making it when the file lists none of that name.
class Implied {
public:
    Implied(const Section &root, QList<Component> &components)
        : m_reading(root.reading()), m_components(components), m_declared(root.has("components"_L1))
    {
        for (const Component &component : components)
            m_names.append(component.name);
        m_known = QSet<QString>(m_names.cbegin(), m_names.cend());
        m_explicit = m_known;
    }

    void give(Endpoint &endpoint)
    {
        if (!endpoint.component.isEmpty()) {
            check(endpoint.component, endpoint.group, endpoint.mark);
            return;
        }
        const bool taken = m_known.contains(endpoint.name) && !m_explicit.contains(endpoint.name);
        endpoint.component = taken ? endpoint.key() : endpoint.name;
        add(endpoint.component, endpoint.name, endpoint.group, endpoint.mark);
    }

    /// `mark` is that of the endpoint that names the component.
    void check(const QString &name, const QString &tier, SourceMark mark)
    {
        if (name.isEmpty() || m_known.contains(name))
            return;
        if (m_declared)
            m_reading.error(m_reading.componentMarks.value({mark.line, mark.column}, mark), u"there is no component `%1`"_s.arg(name),
                            m_reading.didYouMean(name, m_names));
        else
            add(name, name, tier, mark);
    }

private:
    void add(const QString &name, const QString &title, const QString &tier, SourceMark mark)
    {
        if (name.isEmpty() || m_known.contains(name))
            return;
        m_known.insert(name);
        m_components.append({.name = name, .title = title, .tier = tier, .needs = {}, .implied = true, .mark = mark});
    }

    Reading &m_reading;
    QList<Component> &m_components;
    bool m_declared = false;
    QStringList m_names; // as the file lists them
    QSet<QString> m_known, m_explicit;
};

void checkNeeds(Reading &reading, const QList<Component> &components, const Needs &needs)
{
    QStringList names;
    for (const Component &component : components)
        names.append(component.name);
    const QSet<QString> known(names.cbegin(), names.cend());
    for (const Component &component : components) {
        for (const MarkedText &need : needs.value(component.name)) {
            if (!known.contains(need.text))
                reading.error(need.mark, u"`%1` needs `%2`, which is no component"_s.arg(component.name, need.text),
                              reading.didYouMean(need.text, names));
        }
    }
}

/// Depth first over `needs`; the first way back to a component on the path is a cycle.
class CycleSearch {
public:
    CycleSearch(Reading &reading, const QList<Component> &components, const Needs &needs) : m_reading(reading), m_needs(needs)
    {
        for (const Component &component : components)
            visit(component.name);
    }

private:
    void visit(const QString &name)
    {
        if (m_done.contains(name))
            return;
        m_path.append(name);
        for (const MarkedText &need : m_needs.value(name)) {
            if (const qsizetype start = m_path.indexOf(need.text); start >= 0)
                m_reading.error(need.mark, u"components need each other in a circle: %1"_s.arg((m_path.sliced(start) << need.text).join(u" → "_s)),
                                u"remove one of these needs"_s);
            else
                visit(need.text);
        }
        m_path.removeLast();
        m_done.insert(name);
    }

    Reading &m_reading;
    const Needs &m_needs;
    QStringList m_path;
    QSet<QString> m_done;
};

void noteUnwatched(Reading &reading, const Incident &incident)
{
    QSet<QString> watched;
    for (const Endpoint &endpoint : incident.endpoints)
        watched.insert(endpoint.component);
    for (const Component &component : incident.components) {
        if (!watched.contains(component.name))
            reading.notice(component.mark, u"nothing watches `%1`"_s.arg(component.name),
                           u"it stays unknown until an endpoint names it as its component"_s);
    }
}

} // namespace

void readComponents(const Section &root, Incident &incident)
{
    Needs needs;
    incident.components = readList(root, needs);
    Implied implied(root, incident.components);
    for (Endpoint &endpoint : incident.endpoints)
        implied.give(endpoint);
    checkNeeds(root.reading(), incident.components, needs);
    const CycleSearch search(root.reading(), incident.components, needs);
    noteUnwatched(root.reading(), incident);
}

} // namespace allclear::reading
