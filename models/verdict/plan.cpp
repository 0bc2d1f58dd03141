#include "verdict/plan.h"

#include <QUrl>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

QString hostOf(const QString &url) { return QUrl(url.contains("://"_L1) ? url : "host://"_L1 + url).host(); }

bool isLoopbackAddress(const QString &host)
{
    const QStringList parts = host.split(u'.');
    return parts.size() == 4 && parts.front() == "127"_L1 && std::ranges::all_of(parts, [](const QString &part) {
               bool number = false;
               return part.toUInt(&number) <= 255 && number;
           });
}

void fillUpstream(const Incident &incident, Plan &plan)
{
    std::vector<QList<int>> needs;
    for (const Component &component : incident.components) {
        QList<int> indexes;
        for (const QString &need : component.needs) {
            if (const auto found = plan.componentIndex.constFind(need); found != plan.componentIndex.constEnd())
                indexes.append(*found);
        }
        needs.push_back(indexes);
    }
    for (std::size_t component = 0; component < needs.size(); ++component) {
        Bits &upstream = plan.components[component].upstream;
        upstream = Bits(needs.size());
        QList<int> open = needs[component];
        while (!open.isEmpty()) {
            const int next = open.takeLast();
            if (next == static_cast<int>(component) || upstream.test(next))
                continue;
            upstream.set(next);
            open.append(needs[static_cast<std::size_t>(next)]);
        }
    }
}

RequirementPlan requirementPlan(const SuccessCriterion &criterion, int index)
{
    RequirementPlan plan{.criterion = index, .hold = criterion.hold, .texts = {}, .windowed = {}, .ownOutcome = false};
    plan.ownOutcome = criterion.require.isEmpty();
    for (const ConditionText &require : criterion.require) {
        const auto parsed = Condition::parse(require.text);
        const auto *condition = std::get_if<Condition>(&parsed);
        if (condition && condition->isWindowed())
            plan.windowed.append(*condition);
        else
            plan.texts.append(require.text);
    }
    return plan;
}

void fillCriteria(const Incident &incident, Plan &plan)
{
    for (int index = 0; index < incident.criteria.size(); ++index) {
        const SuccessCriterion &criterion = incident.criteria[index];
        const RequirementPlan requirement = requirementPlan(criterion, index);
        CriterionPlan selected;
        for (const EndpointKey &key : criterion.endpoints) {
            const int endpoint = plan.endpointIndex.value(key, -1);
            if (endpoint < 0 || !incident.endpoints[endpoint].enabled)
                continue;
            selected.endpoints.append(endpoint);
            plan.endpoints[static_cast<std::size_t>(endpoint)].requirements.append(requirement);
        }
        plan.criteria.push_back(selected);
    }
}

void fillAvailability(const Incident &incident, Plan &plan)
{
    const QSet<EndpointKey> counted(incident.availabilityOf.begin(), incident.availabilityOf.end());
    for (int index = 0; index < incident.endpoints.size(); ++index) {
        const Endpoint &endpoint = incident.endpoints[index];
        if (endpoint.enabled && (counted.isEmpty() || counted.contains(endpoint.key())))
            plan.availabilityOf.append(index);
    }
}

} // namespace

bool isLoopback(const Endpoint &endpoint)
{
    if (endpoint.journey) {
        return std::ranges::all_of(endpoint.journey->steps, [](const JourneyStep &step) { return isLoopback(step.endpoint); });
    }
    const QString host = hostOf(endpoint.url);
    return host == "::1"_L1 || host.compare("localhost"_L1, Qt::CaseInsensitive) == 0 || isLoopbackAddress(host);
}

bool Bits::intersects(const Bits &other) const
{
    for (std::size_t index = 0; index < std::min(m_words.size(), other.m_words.size()); ++index) {
        if ((m_words[index] & other.m_words[index]) != 0)
            return true;
    }
    return false;
}

Plan::Plan(const Incident &incident)
{
    components.resize(static_cast<std::size_t>(incident.components.size()));
    for (int index = 0; index < incident.components.size(); ++index)
        componentIndex.insert(incident.components[index].name, index);
    for (int index = 0; index < incident.endpoints.size(); ++index) {
        const Endpoint &endpoint = incident.endpoints[index];
        endpointIndex.insert(endpoint.key(), index);
        endpoints.push_back(
            {.loopback = isLoopback(endpoint),
             .staleReason = u"stale: the last result is older than %1"_s.arg(durationText(endpoint.staleAfter())),
             .requirements = {}});
        if (const int component = componentIndex.value(endpoint.component, -1); component >= 0 && endpoint.enabled)
            components[static_cast<std::size_t>(component)].endpoints.append(index);
    }
    fillUpstream(incident, *this);
    fillCriteria(incident, *this);
    fillAvailability(incident, *this);
}

} // namespace allclear
