// One more result of one endpoint, folded into what is remembered. Private to verdict/.
#pragma once

#include "verdict/plan.h"

namespace allclear
{

/// How one endpoint's results are folded: its thresholds and ageing, already seen through the mode.
struct FoldRules {
    int failureThreshold = 1;
    int successThreshold = 1;
    Duration staleAfter = Duration::max(); ///< a longer distance between results is a gap
};

FoldRules foldRules(const Endpoint &endpoint, Mode mode);

/// Counters, settled and evident state. `declared` starts the counting of passed and total results.
void foldResult(Track &track, const FoldRules &rules, const ObservationPtr &observation,
                std::optional<TimePoint> declared);

/// One criterion's run of met results.
void foldRequirement(RequirementTrack &track, const RequirementPlan &plan, const FoldRules &rules,
                     const Observation &observation);

/// What one result says of one criterion, windowed conditions aside. A probe that failed before a complete answer
/// came meets nothing, whatever its conditions say.
Truth requirementTruth(const RequirementPlan &plan, const Observation &observation);

} // namespace allclear
