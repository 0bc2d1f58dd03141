#include "verdict/fold.h"

#include <algorithm>

namespace allclear
{

namespace
{

QStringList textsOf(const QList<ConditionText> &conditions)
{
    QStringList texts;
    for (const ConditionText &condition : conditions)
        texts.append(condition.text);
    return texts;
}

/// True when results of `a` mean the same for `b`.
bool judgedAlike(const Endpoint &a, const Endpoint &b)
{
    return a.url == b.url && a.kind == b.kind && a.method == b.method && a.headers == b.headers && a.body == b.body
        && a.graphql == b.graphql && a.client == b.client && a.interval == b.interval
        && a.failureThreshold == b.failureThreshold && a.successThreshold == b.successThreshold
        && textsOf(a.conditions) == textsOf(b.conditions) && textsOf(a.degradedWhen) == textsOf(b.degradedWhen)
        && a.enabled == b.enabled && a.notJudged == b.notJudged;
}

/// Index in `before` of the criterion that asks the same of an endpoint; -1 when there is none.
int sameRequirement(const SuccessCriterion &criterion, const Incident &before, const EndpointPlan &known)
{
    for (const RequirementPlan &plan : known.requirements) {
        const SuccessCriterion &candidate = before.criteria[plan.criterion];
        if (candidate.hold == criterion.hold && textsOf(candidate.require) == textsOf(criterion.require))
            return plan.criterion;
    }
    return -1;
}

} // namespace

Ledger::Ledger(IncidentPtr incident, Mode mode) : m_incident(std::move(incident)), m_mode(mode)
{
    if (!m_incident)
        return;
    m_plan = std::make_shared<const Plan>(*m_incident);
    m_tracks.resize(m_incident->endpoints.size());
}

int Ledger::endpointIndex(const EndpointKey &key) const { return m_plan ? m_plan->endpointIndex.value(key, -1) : -1; }

const Track *Ledger::track(const EndpointKey &key) const
{
    const int index = endpointIndex(key);
    return index < 0 ? nullptr : &m_tracks[index];
}

void Ledger::add(const ObservationPtr &observation)
{
    const int index = observation ? endpointIndex(observation->endpoint) : -1;
    if (index < 0)
        return;
    Track &track = m_tracks[index];
    if (track.latest
        && (observation->startedAt <= track.latest->startedAt
            || evidenceTime(*observation) < evidenceTime(*track.latest)))
        return;
    const FoldRules rules = foldRules(m_incident->endpoints[index], m_mode);
    for (const RequirementPlan &plan : m_plan->endpoints[static_cast<std::size_t>(index)].requirements)
        foldRequirement(track.requirements[plan.criterion], plan, rules, *observation);
    foldResult(track, rules, observation, m_incident->declared);
}

void Ledger::seed(const EndpointKey &key, const QList<Sample> &recent, qint64 total, qint64 passed)
{
    const int index = endpointIndex(key);
    if (index < 0 || m_tracks[index].seeded)
        return;
    Track &track = m_tracks[index];
    track.seeded = true;
    QList<Sample> all;
    for (const Sample &sample : recent) {
        if (!track.firstLive || sample.at < *track.firstLive) {
            all.append(sample);
        } else if (!m_incident->declared || sample.at >= *m_incident->declared) {
            --total; // history already holds what was added live
            passed -= sample.failed() ? 0 : 1;
        }
    }
    all.append(track.recent);
    track.recent = all.size() > recentResultCount ? all.sliced(all.size() - recentResultCount) : all;
    track.total += std::max<qint64>(total, 0);
    track.passed += std::clamp<qint64>(passed, 0, std::max<qint64>(total, 0));
}

Ledger Ledger::adopted(IncidentPtr incident) const
{
    Ledger next(std::move(incident), m_mode);
    if (!m_incident || !next.m_incident)
        return next;
    for (int index = 0; index < next.m_tracks.size(); ++index) {
        const Endpoint &endpoint = next.m_incident->endpoints[index];
        const int known = endpointIndex(endpoint.key());
        if (known < 0 || !judgedAlike(m_incident->endpoints[known], endpoint))
            continue;
        Track &track = next.m_tracks[index];
        track = m_tracks[known];
        if (m_incident->declared != next.m_incident->declared)
            track.total = track.passed = 0;
        track.requirements.clear();
        const EndpointPlan &before = m_plan->endpoints[static_cast<std::size_t>(known)];
        for (const RequirementPlan &plan : next.m_plan->endpoints[static_cast<std::size_t>(index)].requirements) {
            const int same = sameRequirement(next.m_incident->criteria[plan.criterion], *m_incident, before);
            if (same >= 0)
                track.requirements.insert(plan.criterion, m_tracks[known].requirements.value(same));
        }
    }
    return next;
}

int Ledger::componentIndex(const QString &component) const
{
    return m_plan ? m_plan->componentIndex.value(component, -1) : -1;
}

QList<int> Ledger::endpointsOf(int component) const
{
    return m_plan->components[static_cast<std::size_t>(component)].endpoints;
}

} // namespace allclear
