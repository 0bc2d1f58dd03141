#include "conditions/evaluate.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

Failure unmetFailure(const ConditionResult &condition)
{
    if (condition.result == Truth::Unmet)
        return Failure{.kind = FailureKind::Condition, .phase = {}, .message = condition.shown, .hint = {}};
    return Failure{.kind = FailureKind::Condition,
                   .phase = {},
                   .message = condition.shown + ": not evaluable"_L1,
                   .hint = u"The answer does not hold what this condition compares; look at the excerpt."_s};
}

bool isMet(const ConditionResult &condition) { return condition.result == Truth::Met; }

} // namespace

ConditionSet::ConditionSet(const QList<ConditionText> &conditions, const QList<ConditionText> &degradedWhen,
                           const QStringList &requirements)
{
    const auto entry = [](const QString &text) {
        auto parsed = Condition::parse(text);
        auto *condition = std::get_if<Condition>(&parsed);
        return Entry{.text = text, .condition = condition ? std::optional(*condition) : std::nullopt};
    };
    for (const ConditionText &condition : conditions)
        m_conditions.append(entry(condition.text));
    for (const ConditionText &condition : degradedWhen)
        m_degradedWhen.append(entry(condition.text));
    for (const QString &text : requirements)
        m_requirements.append(entry(text));
}

QList<ConditionResult> ConditionSet::evaluate(const QList<Entry> &entries, const Evidence &evidence)
{
    QList<ConditionResult> results;
    results.reserve(entries.size());
    for (const Entry &entry : entries) {
        results.append(entry.condition ? entry.condition->evaluate(evidence)
                                       : ConditionResult{.text = entry.text, .value = {}, .shown = entry.text});
    }
    return results;
}

void ConditionSet::judge(Observation &observation, const Evidence &evidence) const
{
    observation.conditions = evaluate(m_conditions, evidence);
    observation.degradedWhen = evaluate(m_degradedWhen, evidence);
    observation.requirements = evaluate(m_requirements, evidence);
    observation.outcome = Outcome::Fail;
    if (observation.failure)
        return;
    const auto failed = std::ranges::find_if_not(observation.conditions, isMet);
    if (failed != observation.conditions.end()) {
        observation.failure = unmetFailure(*failed);
        return;
    }
    const bool degraded = std::ranges::any_of(observation.degradedWhen, isMet);
    observation.outcome = degraded ? Outcome::Degraded : Outcome::Pass;
}

} // namespace allclear
