#include "engine/compare.h"

#include <algorithm>

namespace allclear {

namespace {

bool sameTexts(const QList<ConditionText> &a, const QList<ConditionText> &b)
{
    return std::ranges::equal(a, b, {}, &ConditionText::text, &ConditionText::text);
}

} // namespace

bool probedAlike(const Endpoint &a, const Endpoint &b)
{
    return a.key() == b.key() && a.url == b.url && a.kind == b.kind && a.method == b.method && a.headers == b.headers
        && a.body == b.body && a.graphql == b.graphql && a.enabled == b.enabled && a.interval == b.interval
        && a.client == b.client && a.notJudged == b.notJudged && sameTexts(a.conditions, b.conditions)
        && sameTexts(a.degradedWhen, b.degradedWhen);
}

QStringList requirementsOf(const EndpointKey &key, const Incident &incident)
{
    QStringList texts;
    for (const SuccessCriterion &criterion : incident.criteria) {
        if (!criterion.endpoints.contains(key))
            continue;
        for (const ConditionText &condition : criterion.require) {
            if (!texts.contains(condition.text))
                texts.append(condition.text);
        }
    }
    return texts;
}

} // namespace allclear
