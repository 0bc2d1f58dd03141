// What judge() works on, and its steps in order: endpoints, components, criteria, whys and actions, the sentence.
// Private to verdict/.
#pragma once

#include "verdict/plan.h"

namespace allclear
{

/// Whether an endpoint's latest result may be used as evidence at this instant, and if not, why.
enum class Ground { Fresh, Disabled, NotJudged, Paused, Offline, NeverRun, Superseded, Stale };

struct Scene {
    const Incident &incident;
    const Plan &plan;
    const Ledger &ledger;
    TimePoint now;
    const Circumstances &circumstances;
    std::vector<Ground> grounds; ///< by endpoint

    Ground ground(int endpoint) const { return grounds[static_cast<std::size_t>(endpoint)]; }
    const Endpoint &endpoint(int index) const { return incident.endpoints[index]; }
    const Track &track(int endpoint) const { return ledger.trackAt(endpoint); }
};

Ground groundOf(const Scene &scene, int endpoint);

/// "stale: …", "paused", "the observer is offline: …": why there is no evidence; empty for Fresh.
QString groundReason(const Scene &scene, int endpoint);

/// "api-health@2025-09-16T05:01:02.003Z"
QString evidenceId(const Endpoint &endpoint, TimePoint startedAt);

/// What came instead, in a word: "503", "timeout", "rejected".
QString shortOutcome(const Observation &observation);

bool isFailing(State state);

QList<EndpointStatus> judgeEndpoints(const Scene &scene);
/// Fills `components` and `suspects`.
void judgeComponents(const Scene &scene, Verdict &verdict);
QList<CriterionStatus> judgeCriteria(const Scene &scene);
QList<WhyStatus> judgeWhys(const Scene &scene, const QList<EndpointStatus> &endpoints);
QList<ActionStatus> judgeActions(const Scene &scene, const QList<EndpointStatus> &endpoints);
/// Fills `overall` and `sentence` from everything else.
void judgeOverall(const Scene &scene, Verdict &verdict);

} // namespace allclear
