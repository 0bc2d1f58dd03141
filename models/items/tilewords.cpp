#include "items/tilewords.h"

#include <QUrl>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype longestReason = 72; ///< characters; a tile shows one line
constexpr qsizetype longestValue = 24;

/// One line, without control characters.
QString shortened(QString text, qsizetype longest)
{
    for (QChar &character : text) {
        if (character.category() == QChar::Other_Control)
            character = u' ';
    }
    text = text.simplified();
    return text.size() <= longest ? text : text.first(longest - 1).trimmed() + u'…';
}

QString firstSentence(const QString &text)
{
    const QString line = text.section(u'\n', 0, 0).trimmed();
    const qsizetype end = line.indexOf(". "_L1);
    QString sentence = end < 0 ? line : line.first(end);
    if (sentence.endsWith(u'.'))
        sentence.chop(1);
    return shortened(sentence, longestReason);
}

bool isResponseTime(const ConditionResult &condition)
{
    return condition.text.startsWith("[RESPONSE_TIME]"_L1, Qt::CaseInsensitive);
}

/// What the left side was, in the words of people.
QString valueOf(const ConditionResult &condition, const Observation &observation)
{
    return isResponseTime(condition) ? durationText(observation.latency) : shortened(condition.value, longestValue);
}

QString conditionWord(const Observation &observation)
{
    const auto failed = std::ranges::find_if(
        observation.conditions, [](const ConditionResult &condition) { return condition.result != Truth::Met; });
    if (failed != observation.conditions.end() && !failed->value.isEmpty())
        return valueOf(*failed, observation);
    if (observation.status && *observation.status >= 400)
        return QString::number(*observation.status);
    return failed == observation.conditions.end() ? u"failed"_s : u"no value"_s;
}

QString failureWord(const Observation &observation)
{
    if (!observation.failure)
        return u"failed"_s;
    switch (observation.failure->kind) {
    case FailureKind::Condition: return conditionWord(observation);
    case FailureKind::Tls:
        if (observation.tls && observation.tls->chainVerdict != ChainVerdict::Ok)
            return name(observation.tls->chainVerdict);
        break;
    default: break;
    }
    return name(observation.failure->kind);
}

QString pathOf(const Endpoint &endpoint) { return QUrl(endpoint.target).path(); }

QString withPath(const QString &text, const Endpoint &endpoint)
{
    const QString path = pathOf(endpoint);
    return path.isEmpty() || path == "/"_L1 ? text : shortened(text + u" · "_s + path, longestReason);
}

QString failureReason(const Endpoint &endpoint, const Observation &observation)
{
    if (observation.status && *observation.status >= 500 && observation.answered) {
        const std::optional<Duration> wait = observation.phase(Phase::Wait);
        return withPath(wait ? durationText(*wait) + " to first byte"_L1
                             : "answered after "_L1 + durationText(observation.latency),
                        endpoint);
    }
    return observation.failure ? firstSentence(observation.failure->message) : u"the last result failed"_s;
}

TileWords failingWords(const Endpoint &endpoint, const EndpointStatus &status)
{
    if (!status.latest)
        return {u"down"_s, {}};
    if (!status.latest->failed())
        return {name(status.state), u"pass and fail keep changing"_s};
    return {failureWord(*status.latest), failureReason(endpoint, *status.latest)};
}

TileWords passingWords(const Endpoint &endpoint, const EndpointStatus &status, qsizetype endpointCount)
{
    if (!status.latest)
        return {name(status.state), {}};
    const QString latency = durationText(status.latest->latency);
    if (endpointCount > 1)
        return {latency, u"%1 of %1 endpoints pass"_s.arg(endpointCount)};
    if (status.latest->ping)
        return {latency, u"connected · ping %1"_s.arg(durationText(*status.latest->ping))};
    if (status.latest->status && *status.latest->status > 0)
        return {latency, withPath("answers "_L1 + QString::number(*status.latest->status), endpoint)};
    return {latency, withPath(u"its conditions hold"_s, endpoint)};
}

TileWords degradedWords(const EndpointStatus &status)
{
    if (!status.latest)
        return {u"degraded"_s, {}};
    const Observation &latest = *status.latest;
    const auto met = std::ranges::find(latest.degradedWhen, Truth::Met, &ConditionResult::result);
    if (met == latest.degradedWhen.end())
        return {durationText(latest.latency), u"degraded"_s};
    const QString value = valueOf(*met, latest);
    return {value.isEmpty() ? durationText(latest.latency) : value,
            shortened(met->shown.isEmpty() ? met->text : met->shown, longestReason)};
}

QString checkingReason(const EndpointStatus &status)
{
    const bool failed = status.latest && status.latest->failed();
    return failed ? failureWord(*status.latest) + u" · "_s + status.reason : firstSentence(status.reason);
}

QString unknownWord(const Endpoint &endpoint, const EndpointStatus &status)
{
    if (!endpoint.notJudged.isEmpty())
        return u"not judged yet"_s;
    if (status.stale)
        return u"stale"_s;
    if (status.reason.startsWith("observer offline"_L1))
        return u"offline"_s;
    if (status.reason.startsWith("not evaluable"_L1))
        return u"no value"_s;
    return u"no data"_s;
}

} // namespace

TileWords tileWords(const Endpoint &worst, const EndpointStatus &status, qsizetype endpointCount)
{
    TileWords words;
    switch (status.state) {
    case State::Up: return passingWords(worst, status, endpointCount);
    case State::Degraded: words = degradedWords(status); break;
    case State::Down:
    case State::Flapping: words = failingWords(worst, status); break;
    case State::Unknown: words = {unknownWord(worst, status), firstSentence(status.reason)}; break;
    case State::Checking: words = {u"checking"_s, checkingReason(status)}; break;
    case State::Paused: words = {u"paused"_s, u"no probe runs until it is resumed"_s}; break;
    }
    if (endpointCount > 1)
        words.reason =
            shortened(words.reason.isEmpty() ? worst.name : worst.name + ": "_L1 + words.reason, longestReason);
    return words;
}

} // namespace allclear
