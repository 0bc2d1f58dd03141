#include "verdict/fold.h"
#include "verdict/scene.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

QString nothingSaid(const Observation &observation)
{
    if (observation.failure && observation.failure->kind != FailureKind::Condition)
        return observation.failure->message;
    const auto found = std::ranges::find(observation.conditions, Truth::NotEvaluable, &ConditionResult::result);
    return found == observation.conditions.end()
        ? u"not evaluable"_s
        : u"not evaluable: the answer has no value for `%1`"_s.arg(found->text);
}

QString awaited(const Track &track, const FoldRules &rules)
{
    if (track.consecutiveFailures > 0)
        return u"%1 of %2 failures before it is down"_s.arg(track.consecutiveFailures).arg(rules.failureThreshold);
    return u"%1 of %2 passes before it is up"_s.arg(track.consecutivePasses).arg(rules.successThreshold);
}

void fillEvident(const Scene &scene, int index, EndpointStatus &status)
{
    const Track &track = scene.track(index);
    status.state = track.evident;
    status.since = track.evidentSince;
    if (track.evident == State::Unknown)
        status.reason = nothingSaid(*track.latest);
    else if (track.evident == State::Checking)
        status.reason = awaited(track, foldRules(scene.endpoint(index), scene.ledger.mode()));
}

State groundState(Ground ground, Mode mode)
{
    switch (ground) {
    case Ground::Paused: return State::Paused;
    case Ground::NeverRun: return mode == Mode::OneShot ? State::Unknown : State::Checking;
    case Ground::Superseded: return State::Checking;
    case Ground::Fresh:
    case Ground::Disabled:
    case Ground::NotJudged:
    case Ground::Offline:
    case Ground::Stale: break;
    }
    return State::Unknown;
}

std::optional<TimePoint> groundSince(const Scene &scene, int index)
{
    const Track &track = scene.track(index);
    if (scene.ground(index) == Ground::Stale)
        return std::min(evidenceTime(*track.latest) + scene.endpoint(index).staleAfter(), scene.now);
    if (scene.ground(index) == Ground::Superseded)
        return scene.circumstances.onlineSince;
    return std::nullopt;
}

} // namespace

bool isOfflineFor(const Endpoint &endpoint, const Circumstances &circumstances)
{
    return circumstances.observer == ObserverState::Offline
        && (circumstances.observerCanaryFailed || !isLoopback(endpoint));
}

Ground groundOf(const Scene &scene, int index)
{
    const Endpoint &endpoint = scene.endpoint(index);
    if (!endpoint.enabled)
        return Ground::Disabled;
    if (!endpoint.notJudged.isEmpty())
        return Ground::NotJudged;
    const Circumstances &circumstances = scene.circumstances;
    if (!circumstances.paused.isEmpty() && circumstances.paused.contains(endpoint.key()))
        return Ground::Paused;
    const bool loopback = scene.plan.endpoints[static_cast<std::size_t>(index)].loopback;
    if (circumstances.observer == ObserverState::Offline && (circumstances.observerCanaryFailed || !loopback))
        return Ground::Offline;
    const Track &track = scene.track(index);
    if (!track.latest)
        return Ground::NeverRun;
    if (scene.ledger.mode() == Mode::OneShot)
        return Ground::Fresh;
    const TimePoint at = evidenceTime(*track.latest);
    const Duration age = scene.now - at;
    if (age > endpoint.staleAfter() || age < -endpoint.staleAfter()) // from the future: the clock was set back
        return Ground::Stale;
    if (circumstances.onlineSince && at < *circumstances.onlineSince && !loopback)
        return Ground::Superseded;
    return Ground::Fresh;
}

QString groundReason(const Scene &scene, int index)
{
    switch (scene.ground(index)) {
    case Ground::Fresh: return {};
    case Ground::Disabled: return u"disabled in the incident file"_s;
    case Ground::NotJudged: return scene.endpoint(index).notJudged;
    case Ground::Paused: return u"paused"_s;
    case Ground::Offline:
        return scene.circumstances.observerReason.isEmpty()
            ? u"observer offline"_s
            : u"observer offline: "_s + scene.circumstances.observerReason;
    case Ground::NeverRun:
        return scene.ledger.mode() == Mode::OneShot ? u"never run"_s : u"never run: the first result is awaited"_s;
    case Ground::Superseded: return u"the first result since the observer came back online is awaited"_s;
    case Ground::Stale: return scene.plan.endpoints[static_cast<std::size_t>(index)].staleReason;
    }
    return {};
}

QString evidenceId(const Endpoint &endpoint, TimePoint startedAt) { return endpoint.name + u'@' + toIso(startedAt); }

QString shortOutcome(const Observation &observation)
{
    if (!observation.failed())
        return name(observation.outcome);
    if (observation.failure && observation.failure->kind != FailureKind::Condition)
        return name(observation.failure->kind);
    if (observation.status && *observation.status >= 400)
        return QString::number(*observation.status);
    const auto failed = std::ranges::find_if(
        observation.conditions, [](const ConditionResult &condition) { return condition.result != Truth::Met; });
    if (failed != observation.conditions.end() && !failed->value.isEmpty())
        return failed->value;
    return name(observation.outcome);
}

bool isFailing(State state) { return state == State::Down || state == State::Flapping; }

QList<EndpointStatus> judgeEndpoints(const Scene &scene)
{
    QList<EndpointStatus> statuses;
    statuses.reserve(scene.incident.endpoints.size());
    for (int index = 0; index < scene.incident.endpoints.size(); ++index) {
        const Track &track = scene.track(index);
        const Ground ground = scene.ground(index);
        EndpointStatus status;
        status.key = scene.endpoint(index).key();
        status.stale = ground == Ground::Stale;
        status.reason = groundReason(scene, index);
        status.latest = track.latest;
        status.consecutiveFailures = track.consecutiveFailures;
        status.consecutivePasses = track.consecutivePasses;
        if (ground == Ground::Fresh) {
            fillEvident(scene, index, status);
        } else {
            status.state = groundState(ground, scene.ledger.mode());
            status.since = groundSince(scene, index);
        }
        statuses.append(status);
    }
    return statuses;
}

} // namespace allclear
