#include "items/tile.h"

#include <QUrl>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxValue = 24;  // characters of the big word
constexpr qsizetype maxReason = 90; // characters of the line below it

const EndpointStatus *statusOf(const Verdict &verdict, const Ledger &ledger, const EndpointKey &key)
{
    const int index = ledger.endpointIndex(key);
    return index >= 0 && index < verdict.endpoints.size() ? &verdict.endpoints[index] : nullptr;
}

QString shortened(const QString &text, qsizetype most)
{
    return text.size() <= most ? text : text.first(most - 1).trimmed() + u'…';
}

QString oneLine(QString text)
{
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control)
            c = u' ';
    }
    return text.simplified();
}

const ConditionResult *firstBad(const Observation &observation)
{
    const auto bad = std::ranges::find_if(observation.conditions, [](const ConditionResult &c) { return c.result != Truth::Met; });
    return bad == observation.conditions.end() ? nullptr : &*bad;
}

const ConditionResult *firstDegrading(const Observation &observation)
{
    const auto met = std::ranges::find_if(observation.degradedWhen, [](const ConditionResult &c) { return c.result == Truth::Met; });
    return met == observation.degradedWhen.end() ? nullptr : &*met;
}

QString failingValue(const Observation &observation)
{
    const Failure &failure = *observation.failure;
    if (failure.kind == FailureKind::Condition) {
        const ConditionResult *bad = firstBad(observation);
        if (bad != nullptr && !bad->value.isEmpty())
            return bad->value;
        return observation.status ? QString::number(*observation.status) : u"no value"_s;
    }
    if (failure.kind == FailureKind::Tls && observation.tls && observation.tls->chainVerdict != ChainVerdict::Ok)
        return name(observation.tls->chainVerdict);
    return name(failure.kind);
}

QString pathOf(const Endpoint &endpoint)
{
    const QString path = QUrl(endpoint.target).path();
    return path.size() > 1 ? path : QString();
}

/// "10.2 s to first byte · /health"
QString answerReason(const Observation &observation, const Endpoint &endpoint)
{
    const Duration wait = observation.phase(Phase::Wait).value_or(observation.latency);
    QString text = durationText(wait) + " to first byte"_L1;
    if (const QString path = pathOf(endpoint); !path.isEmpty())
        text += u" · "_s + path;
    return text;
}

QString failingReason(const Observation &observation, const Endpoint &endpoint)
{
    const Failure &failure = *observation.failure;
    if (failure.kind != FailureKind::Condition)
        return failure.message;
    const ConditionResult *bad = firstBad(observation);
    const bool aboutStatus = bad != nullptr && bad->text.startsWith("[STATUS]"_L1, Qt::CaseInsensitive);
    return aboutStatus ? answerReason(observation, endpoint) : failure.message;
}

QString quietValue(State state, const EndpointStatus *worst)
{
    switch (state) {
    case State::Checking: return u"checking"_s;
    case State::Paused: return u"paused"_s;
    default: break;
    }
    if (worst == nullptr)
        return u"not watched"_s;
    if (worst->stale)
        return u"stale"_s;
    if (worst->reason.contains("offline"_L1))
        return u"offline"_s;
    if (!worst->latest && !worst->reason.isEmpty())
        return u"not judged yet"_s;
    return u"no data"_s;
}

QString passingReason(int endpoints, const Observation &observation)
{
    if (endpoints > 1)
        return u"%1 of %1 endpoints pass"_s.arg(endpoints);
    if (observation.ping)
        return u"connected · ping %1"_s.arg(durationText(*observation.ping));
    if (!observation.status)
        return u"all conditions hold"_s;
    return observation.tls && observation.tls->daysLeft
        ? u"HTTP %1 · certificate %2 d left"_s.arg(*observation.status).arg(static_cast<int>(*observation.tls->daysLeft))
        : u"HTTP %1 · all conditions hold"_s.arg(*observation.status);
}

void describe(Tile &tile, const EndpointStatus *worst, const Endpoint *endpoint, int endpointCount)
{
    const ObservationPtr latest = worst != nullptr ? worst->latest : nullptr;
    const bool failing = tile.state == State::Down || tile.state == State::Flapping || tile.state == State::Checking;
    if (latest && latest->failure && failing) {
        tile.value = failingValue(*latest);
        tile.reason = failingReason(*latest, *endpoint);
        if (endpointCount > 1 && !tile.reason.startsWith(endpoint->name))
            tile.reason = endpoint->name + ": "_L1 + tile.reason;
    } else if (latest && (tile.state == State::Up || tile.state == State::Degraded || tile.state == State::Flapping)) {
        const ConditionResult *degrading = firstDegrading(*latest);
        const bool aboutTime = degrading == nullptr || degrading->text.contains("[RESPONSE_TIME]"_L1, Qt::CaseInsensitive);
        tile.value = aboutTime ? durationText(latest->latency) : degrading->value;
        tile.reason = degrading != nullptr ? degrading->shown : passingReason(endpointCount, *latest);
    } else {
        tile.value = quietValue(tile.state, worst);
        tile.reason = worst == nullptr ? u"nothing watches it"_s
            : !worst->reason.isEmpty() ? worst->reason
                                       : u"awaiting the first result"_s;
    }
    tile.value = shortened(oneLine(tile.value), maxValue);
    tile.reason = shortened(oneLine(tile.reason), maxReason);
}

State resultState(const Sample &sample)
{
    switch (static_cast<Outcome>(sample.outcome)) {
    case Outcome::Pass: return State::Up;
    case Outcome::Degraded: return State::Degraded;
    case Outcome::Fail: return State::Down;
    }
    return State::Unknown;
}

QString titleOf(const Incident &incident, const QString &name)
{
    const Component *component = incident.component(name);
    return component != nullptr && !component->title.isEmpty() ? component->title : name;
}

} // namespace

bool Tile::operator==(const Tile &other) const
{
    const auto sameLatency = [](float a, float b) { return a == b || (qIsNaN(a) && qIsNaN(b)); };
    return component == other.component && title == other.title && tier == other.tier && state == other.state
        && value == other.value && reason == other.reason && waitsOn == other.waitsOn && suspect == other.suspect
        && insecure == other.insecure && recent == other.recent && lastAt == other.lastAt && interval == other.interval
        && since == other.since && rerun == other.rerun && endpoints == other.endpoints && worst == other.worst
        && std::ranges::equal(sparkline, other.sparkline, sameLatency);
}

Tile makeTile(const Component &component, const Verdict &verdict, const Ledger &ledger)
{
    Tile tile;
    tile.component = component.name;
    tile.title = component.title.isEmpty() ? component.name : component.title;
    tile.tier = component.tier;
    const int index = ledger.componentIndex(component.name);
    if (index < 0 || index >= verdict.components.size())
        return tile;
    const ComponentStatus &status = verdict.components[index];
    const Incident &incident = *ledger.incident();
    tile.state = status.state;
    tile.since = status.since;
    tile.suspect = status.suspect;
    if (!status.waitsOn.isEmpty())
        tile.waitsOn = titleOf(incident, status.waitsOn);
    const QList<int> endpoints = ledger.endpointsOf(index);
    for (int endpoint : endpoints) {
        tile.endpoints.append(incident.endpoints[endpoint].key());
        tile.insecure = tile.insecure || incident.endpoints[endpoint].client.insecure;
    }
    tile.worst = status.worst.isEmpty() && !tile.endpoints.isEmpty() ? tile.endpoints.front() : status.worst;
    const EndpointStatus *worst = statusOf(verdict, ledger, tile.worst);
    const Endpoint *endpoint = incident.endpoint(tile.worst);
    describe(tile, worst, endpoint, static_cast<int>(endpoints.size()));
    if (worst == nullptr || endpoint == nullptr)
        return tile;
    tile.interval = endpoint->interval;
    for (const Sample &sample : ledger.trackAt(ledger.endpointIndex(tile.worst)).recent) {
        tile.sparkline.push_back(sample.latencyMs);
        tile.recent.append(resultState(sample));
        tile.lastAt = sample.at;
    }
    return tile;
}

QString ageText(const Tile &tile, TimePoint now)
{
    const QString every = tile.interval > Duration::zero() ? u"every "_s + shortDurationText(tile.interval) : QString();
    if (!tile.lastAt)
        return every.isEmpty() ? u"never run"_s : u"never run · "_s + every;
    return shortDurationText(std::max(Duration::zero(), now - *tile.lastAt)) + " ago · "_L1 + every;
}

QString accessibleText(const Tile &tile, TimePoint now)
{
    QString text = u"%1: %2. %3"_s.arg(tile.title, name(tile.state), tile.value);
    if (!tile.reason.isEmpty())
        text += ", "_L1 + tile.reason;
    text += u". "_s;
    if (!tile.waitsOn.isEmpty())
        text += u"Waits on %1. "_s.arg(tile.waitsOn);
    if (tile.suspect)
        text += u"Most upstream failure. "_s;
    if (tile.insecure)
        text += u"Certificates are not verified. "_s;
    return text + ageText(tile, now) + u'.';
}

} // namespace allclear
