#include "widgets/latency/limits.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

std::optional<double> milliseconds(const QString &text)
{
    bool isNumber = false;
    if (const double number = text.toDouble(&isNumber); isNumber)
        return number;
    const auto duration = parseDuration(text);
    return duration ? std::optional(toMs(*duration)) : std::nullopt;
}

QList<ConditionText> conditionsOf(const SuccessCriterion &criterion, const Incident &incident)
{
    if (!criterion.require.isEmpty())
        return criterion.require;
    QList<ConditionText> conditions;
    for (const EndpointKey &key : criterion.endpoints) {
        if (const Endpoint *endpoint = incident.endpoint(key))
            conditions += endpoint->conditions;
    }
    return conditions;
}

} // namespace

std::optional<double> responseTimeLimit(const QString &condition)
{
    static const QRegularExpression limitLast(
        u"^\\s*(?:(?:p50|p95|p99|max|mean)\\(\\s*)?\\[RESPONSE_TIME\\]\\s*\\)?\\s*<=?\\s*(\\S+)\\s*$"_s);
    static const QRegularExpression limitFirst(
        u"^\\s*(\\S+)\\s*>=?\\s*(?:(?:p50|p95|p99|max|mean)\\(\\s*)?\\[RESPONSE_TIME\\]\\s*\\)?\\s*$"_s);
    for (const QRegularExpression *form : {&limitLast, &limitFirst}) {
        if (const auto match = form->match(condition); match.hasMatch())
            return milliseconds(match.captured(1));
    }
    return std::nullopt;
}

QList<LimitLine> limitLines(const Incident &incident)
{
    QList<LimitLine> lines;
    for (qsizetype i = 0; i < incident.criteria.size(); ++i) {
        for (const ConditionText &condition : conditionsOf(incident.criteria[i], incident)) {
            const auto limit = responseTimeLimit(condition.text);
            if (!limit || *limit <= 0)
                continue;
            const int number = static_cast<int>(i) + 1;
            const auto same = std::ranges::find(lines, *limit, &LimitLine::ms);
            if (same == lines.end())
                lines.append(LimitLine{.ms = *limit, .criteria = {number}});
            else if (!same->criteria.contains(number))
                same->criteria.append(number);
        }
    }
    std::ranges::sort(lines, {}, &LimitLine::ms);
    return lines;
}

} // namespace allclear
