#include "engine/compare.h"

#include <algorithm>

namespace allclear {

namespace {

bool sameTexts(const QList<ConditionText> &a, const QList<ConditionText> &b)
{
    return std::ranges::equal(a, b, {}, &ConditionText::text, &ConditionText::text);
}

bool sameConversation(const QList<ConversationStep> &a, const QList<ConversationStep> &b)
{
    return std::ranges::equal(a, b, [](const ConversationStep &x, const ConversationStep &y) {
        return x.send == y.send && x.within == y.within && x.store == y.store && sameTexts(x.expect, y.expect);
    });
}

bool sameJourney(const Journey *a, const Journey *b)
{
    if (a == nullptr || b == nullptr)
        return a == b;
    return a->context == b->context && std::ranges::equal(a->steps, b->steps, [](const JourneyStep &x, const JourneyStep &y) {
        return x.alwaysRun == y.alwaysRun && x.store == y.store && probedAlike(x.endpoint, y.endpoint);
    });
}

} // namespace

bool probedAlike(const Endpoint &a, const Endpoint &b)
{
    return a.key() == b.key() && a.url == b.url && a.kind == b.kind && a.method == b.method && a.headers == b.headers
        && a.body == b.body && a.dns == b.dns && a.graphql == b.graphql && a.enabled == b.enabled && a.interval == b.interval
        && a.client == b.client && a.notJudged == b.notJudged && sameTexts(a.conditions, b.conditions)
        && sameTexts(a.degradedWhen, b.degradedWhen)
        && sameConversation(a.conversation, b.conversation) && sameJourney(a.journey.get(), b.journey.get());
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
