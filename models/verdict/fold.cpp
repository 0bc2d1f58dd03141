#include "verdict/fold.h"

#include <algorithm>
#include <bit>

namespace allclear
{

namespace
{

constexpr quint32 flappingMask = (1U << flappingWindow) - 1;

bool isFlapping(const Track &track) { return 2 * std::popcount(track.changes & flappingMask) > flappingWindow; }

State evidentState(const Track &track, Bearing bearing)
{
    if (bearing == Bearing::Nothing)
        return State::Unknown;
    if (isFlapping(track))
        return State::Flapping;
    const bool passed = bearing == Bearing::Pass;
    if (track.settled == State::Unknown || passed == (track.settled == State::Down))
        return State::Checking; // not settled, or the latest result contradicts what is
    return track.settled;
}

/// Evidence older than a gap proves no green; red needs no new proof.
void forgetBeforeGap(Track &track)
{
    track.consecutivePasses = 0;
    track.changes = 0;
    track.lastPassed.reset();
    if (track.settled != State::Down) {
        track.settled = State::Unknown;
        track.settledSince.reset();
    }
}

void settle(Track &track, State state, TimePoint at)
{
    if (track.settled == state)
        return;
    track.settled = state;
    track.settledSince = at;
}

void countChange(Track &track, bool passed)
{
    const bool changed = track.lastPassed && *track.lastPassed != passed;
    track.changes = (track.changes << 1) | (changed ? 1U : 0U);
    track.lastPassed = passed;
}

void foldPass(Track &track, const FoldRules &rules, Outcome outcome, TimePoint at)
{
    ++track.consecutivePasses;
    track.consecutiveFailures = 0;
    countChange(track, true);
    const bool isGreen = track.settled == State::Up || track.settled == State::Degraded;
    if (isGreen || track.consecutivePasses >= rules.successThreshold)
        settle(track, outcome == Outcome::Degraded ? State::Degraded : State::Up, at);
}

void foldFailure(Track &track, const FoldRules &rules, TimePoint at)
{
    ++track.consecutiveFailures;
    track.consecutivePasses = 0;
    countChange(track, false);
    if (track.consecutiveFailures >= rules.failureThreshold)
        settle(track, State::Down, at);
}

void foldWindow(RequirementTrack &track, const RequirementPlan &plan, const Observation &observation)
{
    const TimePoint at = evidenceTime(observation);
    auto &times = track.responseTimes;
    times.append({at, observation.latency});
    const bool hasHold = plan.hold > Duration::zero();
    const int most = hasHold ? windowedLatencyCount : recentResultCount;
    while (times.size() > most || (hasHold && at - times.front().first > plan.hold))
        times.removeFirst();
    std::vector<Duration> values;
    values.reserve(static_cast<std::size_t>(times.size()));
    std::ranges::transform(times, std::back_inserter(values), [](const auto &time) { return time.second; });
    track.window = Truth::Met;
    track.windowShown.clear();
    for (const Condition &condition : plan.windowed) {
        const ConditionResult result = condition.evaluateWindow(values);
        if (result.result == Truth::Met || track.window == Truth::Unmet)
            continue;
        track.window = result.result;
        track.windowShown = result.shown;
    }
}

} // namespace

TimePoint evidenceTime(const Observation &observation)
{
    return std::max(observation.startedAt, observation.finishedAt);
}

Bearing bearingOf(const Observation &observation)
{
    if (!observation.failed())
        return Bearing::Pass;
    if (!observation.failure)
        return Bearing::Fail;
    switch (observation.failure->kind) {
    case FailureKind::Internal:
    case FailureKind::Untrusted: return Bearing::Nothing;
    case FailureKind::Condition: break;
    default: return Bearing::Fail;
    }
    if (const auto step = std::ranges::find_if(observation.steps, [](const StepResult &s) { return s.observation && s.observation->failed(); });
        step != observation.steps.end())
        return bearingOf(*step->observation);
    const auto has = [&](Truth truth) {
        return std::ranges::any_of(observation.conditions,
                                   [truth](const ConditionResult &condition) { return condition.result == truth; });
    };
    return has(Truth::NotEvaluable) && !has(Truth::Unmet) ? Bearing::Nothing : Bearing::Fail;
}

FoldRules foldRules(const Endpoint &endpoint, Mode mode)
{
    if (mode == Mode::OneShot)
        return {};
    return {.failureThreshold = std::max(endpoint.failureThreshold, 1),
            .successThreshold = std::max(endpoint.successThreshold, 1),
            .staleAfter = endpoint.staleAfter()};
}

void foldResult(Track &track, const FoldRules &rules, const ObservationPtr &observation,
                std::optional<TimePoint> declared)
{
    const TimePoint at = evidenceTime(*observation);
    const bool gap = track.latest && at - evidenceTime(*track.latest) > rules.staleAfter;
    if (gap)
        forgetBeforeGap(track);
    const Bearing bearing = bearingOf(*observation);
    switch (bearing) {
    case Bearing::Pass: foldPass(track, rules, observation->outcome, at); break;
    case Bearing::Fail: foldFailure(track, rules, at); break;
    case Bearing::Nothing: track.consecutivePasses = 0; break;
    }
    const State evident = evidentState(track, bearing);
    if (evident != track.evident || gap || !track.latest)
        track.evidentSince = at;
    track.evident = evident;
    if (observation->failed() && observation->failure && bearing == Bearing::Nothing
        && observation->failure->kind != FailureKind::Condition) {
        // a fault of ours: no result of the target
    } else if (!declared || observation->startedAt >= *declared) {
        ++track.total;
        track.passed += observation->failed() ? 0 : 1;
    }
    track.recent.append(toSample(*observation));
    if (track.recent.size() > recentResultCount)
        track.recent.removeFirst();
    if (!track.firstLive)
        track.firstLive = observation->startedAt;
    track.latest = observation;
}

Truth requirementTruth(const RequirementPlan &plan, const Observation &observation)
{
    const Bearing bearing = bearingOf(observation);
    if (plan.ownOutcome)
        return bearing == Bearing::Pass ? Truth::Met : bearing == Bearing::Fail ? Truth::Unmet : Truth::NotEvaluable;
    if (observation.failed()) {
        const FailureKind kind = observation.failure ? observation.failure->kind : FailureKind::Condition;
        if (kind == FailureKind::Internal || kind == FailureKind::Untrusted)
            return Truth::NotEvaluable;
        if (kind != FailureKind::Condition)
            return Truth::Unmet;
    }
    Truth truth = !plan.windowed.isEmpty() && !observation.answered ? Truth::NotEvaluable : Truth::Met;
    for (const QString &text : plan.texts) {
        const auto found = std::ranges::find(observation.requirements, text, &ConditionResult::text);
        const Truth one = found == observation.requirements.end() ? Truth::NotEvaluable : found->result;
        if (one == Truth::Unmet)
            return Truth::Unmet;
        if (one == Truth::NotEvaluable)
            truth = Truth::NotEvaluable;
    }
    return truth;
}

void foldRequirement(RequirementTrack &track, const RequirementPlan &plan, const FoldRules &rules,
                     const Observation &observation)
{
    const TimePoint at = evidenceTime(observation);
    const bool gap = track.lastResult && at - *track.lastResult > rules.staleAfter;
    track.lastResult = at;
    track.lastEvidence = observation.startedAt;
    track.last = requirementTruth(plan, observation);
    if (track.last != Truth::Met || gap) {
        track.metSince.reset();
        track.lastMet.reset();
        track.responseTimes.clear();
    }
    if (track.last != Truth::Met)
        return;
    if (!track.metSince) {
        track.metSince = at;
        track.firstEvidence = observation.startedAt;
    }
    track.lastMet = at;
    if (!plan.windowed.isEmpty())
        foldWindow(track, plan, observation);
}

} // namespace allclear
