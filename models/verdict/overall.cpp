#include "verdict/scene.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

QString titleOf(const Scene &scene, const QString &component)
{
    const int index = scene.plan.componentIndex.value(component, -1);
    const QString title = index < 0 ? QString() : scene.incident.components[index].title;
    return title.isEmpty() ? component : title;
}

bool isOpen(State state) { return state == State::Unknown || state == State::Checking || state == State::Paused; }

template <typename Rows, typename Predicate> qsizetype countIf(const Rows &rows, Predicate predicate)
{
    return std::ranges::count_if(rows, predicate);
}

/// Endpoints count beside components: a degraded component may hide an unknown endpoint.
bool hasEndpoint(const Scene &scene, const Verdict &verdict, bool (*predicate)(State))
{
    for (int index = 0; index < verdict.endpoints.size(); ++index) {
        if (scene.endpoint(index).enabled && predicate(verdict.endpoints[index].state))
            return true;
    }
    return false;
}

Overall overallOf(const Scene &scene, const Verdict &verdict)
{
    const auto hasComponent = [&](bool (*predicate)(State)) {
        return std::ranges::any_of(verdict.components, [&](const ComponentStatus &c) { return predicate(c.state); });
    };
    const auto hasCriterion = [&](CriterionState state) {
        return std::ranges::find(verdict.criteria, state, &CriterionStatus::state) != verdict.criteria.end();
    };
    if (hasComponent(isFailing) || hasEndpoint(scene, verdict, isFailing) || hasCriterion(CriterionState::Unmet))
        return Overall::NotClear;
    const bool nothingJudged = !hasEndpoint(scene, verdict, [](State state) { return !isOpen(state); });
    if (nothingJudged || verdict.observer == ObserverState::Offline || hasComponent(isOpen)
        || hasEndpoint(scene, verdict, isOpen) || hasCriterion(CriterionState::Unknown))
        return Overall::Unknown;
    if (scene.ledger.mode() == Mode::OverTime && hasCriterion(CriterionState::Holding))
        return Overall::NotClear;
    return Overall::Clear;
}

QString suspectText(const Scene &scene, const Verdict &verdict)
{
    if (verdict.suspects.isEmpty())
        return {};
    const Suspect &leading = verdict.suspects.front();
    QString text = "suspect "_L1 + titleOf(scene, leading.component);
    const qsizetype others =
        countIf(verdict.components, [](const ComponentStatus &c) { return isFailing(c.state); }) - 1;
    if (others > 0)
        text += u" explains %1 of %2 other failing components"_s.arg(leading.explains.size()).arg(others);
    if (verdict.suspects.size() > 1)
        text += u" (%1 suspects)"_s.arg(verdict.suspects.size());
    return text;
}

/// The criterion that keeps it from clear: an unmet one, else the one with the longest way to hold.
QString blockingText(const Verdict &verdict)
{
    const auto unmet = std::ranges::find(verdict.criteria, CriterionState::Unmet, &CriterionStatus::state);
    if (unmet != verdict.criteria.end())
        return u"not met: %1 (%2)"_s.arg(unmet->title, unmet->detail);
    const CriterionStatus *longest = nullptr;
    for (const CriterionStatus &criterion : verdict.criteria) {
        if (criterion.state == CriterionState::Holding
            && (!longest || criterion.hold - criterion.held > longest->hold - longest->held))
            longest = &criterion;
    }
    return longest ? longest->detail + ": "_L1 + longest->title : QString();
}

QString criteriaText(const Verdict &verdict)
{
    return verdict.criteria.isEmpty()
        ? QString()
        : u"%1 of %2 criteria met"_s.arg(verdict.criteriaMet()).arg(verdict.criteria.size());
}

QString join(QStringList parts)
{
    parts.removeAll(QString());
    return parts.join("; "_L1);
}

QString notClearText(const Scene &scene, const Verdict &verdict)
{
    const qsizetype failing = countIf(verdict.components, [](const ComponentStatus &c) { return isFailing(c.state); });
    QString first = criteriaText(verdict);
    if (first.isEmpty())
        first = u"%1 of %2 components failing"_s.arg(failing).arg(verdict.components.size());
    const QString offline = verdict.observer == ObserverState::Offline ? u"observer offline"_s : QString();
    return "NOT CLEAR: "_L1 + join({first, failing > 0 ? suspectText(scene, verdict) : blockingText(verdict), offline});
}

QString unknownText(const Scene &scene, const Verdict &verdict)
{
    if (verdict.observer == ObserverState::Offline)
        return "UNKNOWN: "_L1
            + (verdict.observerReason.isEmpty() ? u"observer offline"_s
                                                : "observer offline: "_L1 + verdict.observerReason);
    if (verdict.endpoints.isEmpty())
        return u"UNKNOWN: nothing is watched"_s;
    const auto open = [](const ComponentStatus &component) { return isOpen(component.state); };
    const auto component = std::ranges::find_if(verdict.components, open);
    if (component != verdict.components.end()) {
        const QString reason = component->reason.isEmpty() ? QString(name(component->state)) : component->reason;
        return u"UNKNOWN: %1 of %2 components without a verdict; %3: %4"_s.arg(
            QString::number(countIf(verdict.components, open)), QString::number(verdict.components.size()),
            titleOf(scene, component->name), reason);
    }
    const auto criterion = std::ranges::find(verdict.criteria, CriterionState::Unknown, &CriterionStatus::state);
    if (criterion != verdict.criteria.end())
        return u"UNKNOWN: %1; %2: %3"_s.arg(criteriaText(verdict), criterion->title, criterion->detail);
    return u"UNKNOWN: not every endpoint has a verdict"_s;
}

QString clearText(const Scene &scene, const Verdict &verdict)
{
    QStringList degraded;
    for (const ComponentStatus &component : verdict.components) {
        if (component.state == State::Degraded)
            degraded.append(titleOf(scene, component.name));
    }
    const QString note = degraded.isEmpty()
        ? QString()
        : degraded.join(", "_L1) + (degraded.size() > 1 ? " are degraded"_L1 : " is degraded"_L1);
    const auto isHolding = [](const CriterionStatus &c) { return c.state == CriterionState::Holding; };
    if (const qsizetype holding = countIf(verdict.criteria, isHolding); holding > 0)
        return "CLEAR: "_L1
            + join({u"clear at this moment; holds not judged"_s,
                    u"%1 of %1 criteria true now"_s.arg(verdict.criteria.size()), note});
    const QString criteria = criteriaText(verdict);
    return "ALL CLEAR: "_L1
        + join({criteria.isEmpty() ? u"%1 of %1 components pass"_s.arg(verdict.components.size()) : criteria, note});
}

} // namespace

void judgeOverall(const Scene &scene, Verdict &verdict)
{
    verdict.overall = overallOf(scene, verdict);
    switch (verdict.overall) {
    case Overall::Clear: verdict.sentence = clearText(scene, verdict); break;
    case Overall::NotClear: verdict.sentence = notClearText(scene, verdict); break;
    case Overall::Unknown: verdict.sentence = unknownText(scene, verdict); break;
    }
}

} // namespace allclear
