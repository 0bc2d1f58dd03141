#include "verdict/judge.h"

#include "verdict/scene.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

std::optional<double> availability(const Scene &scene)
{
    qint64 total = 0;
    qint64 passed = 0;
    for (int endpoint : scene.plan.availabilityOf) {
        total += scene.track(endpoint).total;
        passed += scene.track(endpoint).passed;
    }
    if (total == 0)
        return std::nullopt;
    return static_cast<double>(passed) / static_cast<double>(total);
}

std::optional<TimePoint> lastProbeAt(const Verdict &verdict)
{
    std::optional<TimePoint> last;
    for (const EndpointStatus &endpoint : verdict.endpoints) {
        if (endpoint.latest && (!last || endpoint.latest->startedAt > *last))
            last = endpoint.latest->startedAt;
    }
    return last;
}

} // namespace

int Verdict::criteriaMet() const
{
    return static_cast<int>(std::ranges::count(criteria, CriterionState::Met, &CriterionStatus::state));
}

Verdict judge(const Ledger &ledger, TimePoint now, const Circumstances &circumstances)
{
    Verdict verdict;
    verdict.at = now;
    verdict.sentence = u"UNKNOWN: no incident file is open"_s;
    verdict.observer = circumstances.observer;
    verdict.observerReason = circumstances.observerReason;
    if (!ledger.incident())
        return verdict;
    Scene scene{.incident = *ledger.incident(),
                .plan = ledger.plan(),
                .ledger = ledger,
                .now = now,
                .circumstances = circumstances,
                .grounds = {}};
    scene.grounds.reserve(static_cast<std::size_t>(scene.incident.endpoints.size()));
    for (int endpoint = 0; endpoint < scene.incident.endpoints.size(); ++endpoint)
        scene.grounds.push_back(groundOf(scene, endpoint));
    verdict.endpoints = judgeEndpoints(scene);
    judgeComponents(scene, verdict);
    verdict.criteria = judgeCriteria(scene);
    verdict.whys = judgeWhys(scene, verdict.endpoints);
    verdict.actions = judgeActions(scene, verdict.endpoints);
    verdict.availability = availability(scene);
    verdict.lastProbeAt = lastProbeAt(verdict);
    judgeOverall(scene, verdict);
    return verdict;
}

} // namespace allclear
