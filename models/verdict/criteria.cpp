#include "verdict/fold.h"
#include "verdict/scene.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int namedEndpoints = 50; ///< a verdict names the samples of so many endpoints a criterion

/// One selected endpoint before one criterion, now.
struct Standing {
    int endpoint = 0;
    Truth truth = Truth::NotEvaluable;
    const RequirementTrack *track = nullptr; ///< null: no result counts as evidence
    QString why; ///< why it is not evaluable
};

const RequirementTrack *requirementTrack(const Track &track, int criterion)
{
    const auto found = track.requirements.constFind(criterion);
    return found != track.requirements.constEnd() && found->lastResult ? &*found : nullptr;
}

Standing standingOf(const Scene &scene, int endpoint, int criterion)
{
    Standing standing;
    standing.endpoint = endpoint;
    standing.why = groundReason(scene, endpoint);
    if (scene.ground(endpoint) != Ground::Fresh)
        return standing;
    standing.track = requirementTrack(scene.track(endpoint), criterion);
    if (!standing.track) {
        standing.why = u"the first result since the file changed is awaited"_s;
        return standing;
    }
    standing.truth = standing.track->last == Truth::Met ? standing.track->window : standing.track->last;
    if (standing.truth == Truth::NotEvaluable)
        standing.why = u"not evaluable"_s;
    return standing;
}

/// Evidence from before this does not count for a hold: the observer was offline or the endpoint paused.
TimePoint windowStart(const Scene &scene, const Standing &standing)
{
    TimePoint start = *standing.track->metSince;
    const Circumstances &circumstances = scene.circumstances;
    const Endpoint &endpoint = scene.endpoint(standing.endpoint);
    if (const auto resumed = circumstances.resumed.constFind(endpoint.key());
        resumed != circumstances.resumed.constEnd())
        start = std::max(start, *resumed);
    if (circumstances.onlineSince && !scene.plan.endpoints[static_cast<std::size_t>(standing.endpoint)].loopback)
        start = std::max(start, *circumstances.onlineSince);
    return start;
}

/// How long all of them have met it together, from results alone: it ends at the last result of the endpoint that
/// was probed longest ago, not at `now`.
Duration commonWindow(const Scene &scene, const std::vector<Standing> &standings)
{
    TimePoint start = TimePoint::min();
    TimePoint end = TimePoint::max();
    for (const Standing &standing : standings) {
        start = std::max(start, windowStart(scene, standing));
        end = std::min(end, *standing.track->lastMet);
    }
    return std::max(end - start, Duration::zero());
}

QString worstText(const Scene &scene, const Standing &standing)
{
    const QString shown = standing.track->windowShown;
    if (standing.track->last == Truth::Met && !shown.isEmpty())
        return scene.endpoint(standing.endpoint).name + u' ' + shown;
    const Observation &latest = *scene.track(standing.endpoint).latest;
    if (latest.failed())
        return scene.endpoint(standing.endpoint).name + u' ' + shortOutcome(latest);
    const auto unmet = std::ranges::find(latest.requirements, Truth::Unmet, &ConditionResult::result);
    return scene.endpoint(standing.endpoint).name
        + (unmet == latest.requirements.end() ? QString() : u' ' + unmet->shown);
}

QString holdingText(const CriterionStatus &status, Mode mode)
{
    if (mode == Mode::OneShot)
        return u"true now; hold of %1 not judged"_s.arg(durationText(status.hold));
    return u"holding %1 of %2"_s.arg(durationText(status.held), durationText(status.hold));
}

QString unknownText(const Scene &scene, const CriterionStatus &status, const std::vector<Standing> &standings)
{
    if (status.selected == 0)
        return u"not judged: everything it selects is disabled"_s;
    const auto unknown = std::ranges::find(standings, Truth::NotEvaluable, &Standing::truth);
    return u"%1 of %2 · %3: %4"_s.arg(QString::number(status.passing), QString::number(status.selected),
                                      scene.endpoint(unknown->endpoint).name, unknown->why);
}

QString detailOf(const Scene &scene, const CriterionStatus &status, const std::vector<Standing> &standings)
{
    const QString count = u"%1 of %2"_s.arg(status.passing).arg(status.selected);
    switch (status.state) {
    case CriterionState::Met:
        return status.hold > Duration::zero() ? u"%1 · held %2"_s.arg(count, durationText(status.hold)) : count;
    case CriterionState::Holding: return holdingText(status, scene.ledger.mode());
    case CriterionState::Unmet: {
        const auto unmet = std::ranges::find(standings, Truth::Unmet, &Standing::truth);
        return u"%1 · worst: %2"_s.arg(count, worstText(scene, *unmet));
    }
    case CriterionState::Unknown: break;
    }
    return unknownText(scene, status, standings);
}

/// The samples that prove it (first and last of each run), or those that refute it.
QStringList evidenceOf(const Scene &scene, CriterionState state, const std::vector<Standing> &standings)
{
    const bool unmet = state == CriterionState::Unmet;
    QStringList evidence;
    int named = 0;
    for (const Standing &standing : standings) {
        if (!standing.track || (standing.truth == Truth::Unmet) != unmet || standing.truth == Truth::NotEvaluable)
            continue;
        if (++named > namedEndpoints)
            break;
        const Endpoint &endpoint = scene.endpoint(standing.endpoint);
        const RequirementTrack &track = *standing.track;
        if (!unmet && track.firstEvidence != track.lastEvidence)
            evidence.append(evidenceId(endpoint, track.firstEvidence));
        evidence.append(evidenceId(endpoint, track.lastEvidence));
    }
    return evidence;
}

CriterionState stateOf(const CriterionStatus &status, const std::vector<Standing> &standings, Mode mode)
{
    if (std::ranges::find(standings, Truth::Unmet, &Standing::truth) != standings.end())
        return CriterionState::Unmet;
    if (standings.empty()
        || std::ranges::find(standings, Truth::NotEvaluable, &Standing::truth) != standings.end())
        return CriterionState::Unknown;
    const bool isFull = mode == Mode::OneShot ? status.hold == Duration::zero() : status.held >= status.hold;
    return isFull ? CriterionState::Met : CriterionState::Holding;
}

CriterionStatus judgeCriterion(const Scene &scene, int index)
{
    const SuccessCriterion &criterion = scene.incident.criteria[index];
    const CriterionPlan &plan = scene.plan.criteria[static_cast<std::size_t>(index)];
    std::vector<Standing> standings;
    standings.reserve(static_cast<std::size_t>(plan.endpoints.size()));
    for (int endpoint : plan.endpoints)
        standings.push_back(standingOf(scene, endpoint, index));
    const auto isMet = [](const Standing &standing) { return standing.truth == Truth::Met; };

    CriterionStatus status;
    status.title = criterion.title;
    status.hold = criterion.hold;
    status.selected = static_cast<int>(plan.endpoints.size());
    status.passing = static_cast<int>(std::ranges::count_if(standings, isMet));
    if (!standings.empty() && std::ranges::all_of(standings, isMet))
        status.held = std::min(commonWindow(scene, standings), criterion.hold);
    status.state = stateOf(status, standings, scene.ledger.mode());
    status.evidence = evidenceOf(scene, status.state, standings);
    status.detail = detailOf(scene, status, standings);
    return status;
}

} // namespace

QList<CriterionStatus> judgeCriteria(const Scene &scene)
{
    QList<CriterionStatus> statuses;
    for (int index = 0; index < scene.incident.criteria.size(); ++index)
        statuses.append(judgeCriterion(scene, index));
    return statuses;
}

} // namespace allclear
