#include "verdict/scene.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

bool isPassing(State state) { return state == State::Up || state == State::Degraded; }

QString evidenceText(const EndpointStatus &status, const Endpoint &endpoint)
{
    const QString id = status.latest ? evidenceId(endpoint, status.latest->startedAt) : endpoint.name;
    return id + u' ' + name(status.state);
}

/// Indexes of the watched endpoints among `keys`; disabled ones are left out.
QList<int> watched(const Scene &scene, const QList<EndpointKey> &keys)
{
    QList<int> indexes;
    for (const EndpointKey &key : keys) {
        const int index = scene.plan.endpointIndex.value(key, -1);
        if (index >= 0 && scene.endpoint(index).enabled)
            indexes.append(index);
    }
    return indexes;
}

QString untestedText(const Scene &scene, const QList<int> &evidence, const QList<EndpointStatus> &endpoints)
{
    if (evidence.isEmpty())
        return u"untested: nothing watches it"_s;
    QStringList parts;
    for (int index : evidence)
        parts.append(scene.endpoint(index).name + " is "_L1 + name(endpoints[index].state));
    return u"untested: "_s + parts.join(", "_L1);
}

WhyStatus judgeWhy(const Scene &scene, const Why &why, const QList<EndpointStatus> &endpoints)
{
    WhyStatus status;
    status.why = why.why;
    status.because = why.because;
    const QList<int> evidence = watched(scene, why.evidence);
    for (int index : evidence)
        status.evidence.append(evidenceText(endpoints[index], scene.endpoint(index)));
    const auto all = [&](auto predicate) {
        return !evidence.isEmpty()
            && std::ranges::all_of(evidence, [&](int index) { return predicate(endpoints[index].state); });
    };
    const bool failing = all([](State state) { return state == State::Down; });
    const bool passing = all(isPassing);
    const bool wantsFailing = why.confirmedWhen == ConfirmedWhen::Failing;
    if (failing || passing)
        status.verdict = failing == wantsFailing ? WhyVerdict::Confirmed : WhyVerdict::Refuted;
    else
        status.detail = untestedText(scene, evidence, endpoints);
    return status;
}

} // namespace

QList<WhyStatus> judgeWhys(const Scene &scene, const QList<EndpointStatus> &endpoints)
{
    QList<WhyStatus> statuses;
    for (const Why &why : scene.incident.whys)
        statuses.append(judgeWhy(scene, why, endpoints));
    return statuses;
}

QList<ActionStatus> judgeActions(const Scene &scene, const QList<EndpointStatus> &endpoints)
{
    QList<ActionStatus> statuses;
    for (const Action &action : scene.incident.actions) {
        ActionStatus status;
        status.title = action.title;
        if (scene.incident.declared && action.due)
            status.due = *scene.incident.declared + *action.due;
        const auto isUp = [&](const EndpointKey &key) {
            const int index = scene.plan.endpointIndex.value(key, -1);
            return index >= 0 && scene.endpoint(index).enabled && endpoints[index].state == State::Up;
        };
        status.byEvidence = !action.doneWhen.isEmpty() && std::ranges::all_of(action.doneWhen, isUp);
        if (status.byEvidence)
            status.state = ActionState::Done;
        else if (status.due && scene.now > *status.due)
            status.state = ActionState::Overdue;
        statuses.append(status);
    }
    return statuses;
}

} // namespace allclear
