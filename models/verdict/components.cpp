#include "verdict/scene.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

ComponentStatus judgeComponent(const Component &component, const ComponentPlan &plan,
                               const QList<EndpointStatus> &endpoints)
{
    ComponentStatus status;
    status.name = component.name;
    if (plan.endpoints.isEmpty()) {
        status.reason = u"nothing watches it"_s;
        return status;
    }
    const int worst = *std::ranges::max_element(plan.endpoints, {},
                                                [&](int endpoint) { return severity(endpoints[endpoint].state); });
    status.state = endpoints[worst].state;
    status.worst = endpoints[worst].key;
    status.reason = endpoints[worst].reason;
    for (int index : plan.endpoints) {
        const EndpointStatus &endpoint = endpoints[index];
        if (endpoint.state == status.state && endpoint.since && (!status.since || *endpoint.since < *status.since))
            status.since = endpoint.since;
    }
    return status;
}

std::vector<int> failingComponents(const Verdict &verdict)
{
    std::vector<int> failing;
    for (int index = 0; index < verdict.components.size(); ++index) {
        if (isFailing(verdict.components[index].state))
            failing.push_back(index);
    }
    return failing;
}

/// Failing components with no failing need, the one that explains most first, then file order.
std::vector<int> rankSuspects(const Scene &scene, Verdict &verdict, const std::vector<int> &failing)
{
    Bits failingBits(scene.plan.components.size());
    for (int index : failing)
        failingBits.set(index);
    const auto upstream = [&](int index) -> const Bits & {
        return scene.plan.components[static_cast<std::size_t>(index)].upstream;
    };
    std::vector<std::pair<int, Suspect>> ranked;
    for (int index : failing) {
        if (upstream(index).intersects(failingBits))
            continue;
        verdict.components[index].suspect = true;
        Suspect suspect{.component = verdict.components[index].name, .explains = {}};
        for (int other : failing) {
            if (upstream(other).test(index))
                suspect.explains.append(verdict.components[other].name);
        }
        ranked.emplace_back(index, std::move(suspect));
    }
    std::ranges::stable_sort(ranked, std::ranges::greater(),
                             [](const auto &entry) { return entry.second.explains.size(); });
    std::vector<int> order;
    for (const auto &[index, suspect] : ranked) {
        order.push_back(index);
        verdict.suspects.append(suspect);
    }
    return order;
}

/// The leading suspect when it is upstream of the component, else the first upstream suspect in file order.
int mostUpstream(const Bits &upstream, const std::vector<int> &suspects)
{
    if (upstream.test(suspects.front()))
        return suspects.front();
    int found = -1;
    for (int suspect : suspects) {
        if (upstream.test(suspect) && (found < 0 || suspect < found))
            found = suspect;
    }
    return found;
}

} // namespace

void judgeComponents(const Scene &scene, Verdict &verdict)
{
    verdict.components.reserve(scene.incident.components.size());
    for (int index = 0; index < scene.incident.components.size(); ++index) {
        verdict.components.append(judgeComponent(scene.incident.components[index],
                                                 scene.plan.components[static_cast<std::size_t>(index)],
                                                 verdict.endpoints));
    }
    const std::vector<int> failing = failingComponents(verdict);
    const std::vector<int> suspects = rankSuspects(scene, verdict, failing);
    if (suspects.empty())
        return;
    for (int index : failing) {
        const int cause = mostUpstream(scene.plan.components[static_cast<std::size_t>(index)].upstream, suspects);
        if (cause >= 0)
            verdict.components[index].waitsOn = verdict.components[cause].name;
    }
}

} // namespace allclear
