// Incidents and observations by hand, for tests that judge: short enough that a table row reads as a sentence.
#pragma once

#include "core/observation.h"
#include "incident/incident.h"

#include <algorithm>

namespace allclear::test
{

using namespace Qt::StringLiterals;

/// When hand-made incidents happen.
inline const TimePoint t0 = *fromIso(u"2025-09-16T04:00:00Z");

/// Builds an incident; each call returns what it added, to be refined in place.
class IncidentBuilder
{
public:
    IncidentBuilder() { m_incident.title = u"Staging: every service answers 503"_s; }

    Component &component(const QString &name, const QStringList &needs = {})
    {
        Component component;
        component.name = name;
        component.title = name.toUpper();
        component.needs = needs;
        m_incident.components.append(component);
        return m_incident.components.last();
    }

    /// Every 10 s, thresholds of 1, the target not on this computer. The component is made when it is new.
    Endpoint &endpoint(const QString &name, const QString &ofComponent = {})
    {
        const QString owner = ofComponent.isEmpty() ? name : ofComponent;
        const auto known = std::ranges::find(m_incident.components, owner, &Component::name);
        if (known == m_incident.components.end())
            component(owner);
        Endpoint endpoint;
        endpoint.name = name;
        endpoint.component = owner;
        endpoint.url = u"https://%1.example/health"_s.arg(name);
        endpoint.target = endpoint.url;
        endpoint.kind = Kind::Http;
        endpoint.interval = 10s;
        m_incident.endpoints.append(endpoint);
        return m_incident.endpoints.last();
    }

    /// One step, `<name>.example`, and nothing against judging it.
    Endpoint &journey(const QString &name, const QString &owner)
    {
        Endpoint &suite = endpoint(name, owner);
        auto journey = std::make_shared<Journey>();
        journey->steps.append({.endpoint = suite, .alwaysRun = false, .store = {}});
        suite.kind = Kind::Journey;
        suite.journey = journey;
        suite.url.clear();
        suite.target = u"1 step"_s;
        return suite;
    }

    SuccessCriterion &criterion(const QStringList &endpoints, Duration hold = 0s, const QStringList &require = {})
    {
        SuccessCriterion criterion;
        criterion.title = u"criterion %1"_s.arg(m_incident.criteria.size() + 1);
        criterion.of = criterion.endpoints = endpoints;
        criterion.hold = hold;
        for (const QString &text : require)
            criterion.require.append({.text = text, .mark = {}});
        m_incident.criteria.append(criterion);
        return m_incident.criteria.last();
    }

    Why &why(const QStringList &evidence, ConfirmedWhen when = ConfirmedWhen::Failing)
    {
        Why why;
        why.why = u"Why?"_s;
        why.because = u"Because."_s;
        why.evidence = evidence;
        why.confirmedWhen = when;
        m_incident.whys.append(why);
        return m_incident.whys.last();
    }

    Action &action(const QString &title, std::optional<Duration> due = {}, const QStringList &doneWhen = {})
    {
        Action action;
        action.title = title;
        action.due = due;
        action.doneWhen = doneWhen;
        m_incident.actions.append(action);
        return m_incident.actions.last();
    }

    Incident &incident() { return m_incident; }
    IncidentPtr build() const { return std::make_shared<const Incident>(m_incident); }

private:
    Incident m_incident;
};

/// A pass that answered 200 after 41 ms, finished the moment it started unless told otherwise.
inline Observation passed(const EndpointKey &endpoint, TimePoint at)
{
    Observation observation;
    observation.endpoint = endpoint;
    observation.startedAt = observation.finishedAt = at;
    observation.latency = 41ms;
    observation.outcome = Outcome::Pass;
    observation.status = 200;
    observation.answered = true;
    return observation;
}

inline Observation degraded(const EndpointKey &endpoint, TimePoint at)
{
    Observation observation = passed(endpoint, at);
    observation.outcome = Outcome::Degraded;
    return observation;
}

/// No complete answer came.
inline Observation failed(const EndpointKey &endpoint, TimePoint at, FailureKind kind = FailureKind::Refused)
{
    Observation observation = passed(endpoint, at);
    observation.outcome = Outcome::Fail;
    observation.status.reset();
    observation.answered = false;
    observation.failure = Failure{.kind = kind, .phase = {}, .message = u"it failed"_s, .hint = {}};
    return observation;
}

inline ConditionResult conditionResult(const QString &text, Truth truth, const QString &value = {})
{
    return {.text = text, .value = value, .shown = text, .result = truth};
}

/// A complete answer whose condition is unmet: 503 where 200 was asked for.
inline Observation answered503(const EndpointKey &endpoint, TimePoint at)
{
    Observation observation = failed(endpoint, at, FailureKind::Condition);
    observation.answered = true;
    observation.status = 503;
    observation.conditions = {conditionResult(u"[STATUS] == 200"_s, Truth::Unmet, u"503"_s)};
    return observation;
}

/// A complete answer without the value that the condition asks for.
inline Observation notEvaluable(const EndpointKey &endpoint, TimePoint at)
{
    Observation observation = failed(endpoint, at, FailureKind::Condition);
    observation.answered = true;
    observation.status = 200;
    observation.conditions = {conditionResult(u"[BODY].status == healthy"_s, Truth::NotEvaluable)};
    return observation;
}

inline ObservationPtr share(Observation observation)
{
    return std::make_shared<const Observation>(std::move(observation));
}

} // namespace allclear::test
