// The contract's section 6. Keys come in the order written there; absent values are null; fields that are ours
// besides stand behind those of the contract.
#include "publish/probereport.h"

#include <nlohmann/json.hpp>

#include <QHash>

#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

using Json = nlohmann::ordered_json;

std::string utf8(const QString &text) { return text.toStdString(); }
std::string utf8(QLatin1StringView text) { return std::string(text.data(), static_cast<std::size_t>(text.size())); }

Json orNull(const QString &text) { return text.isEmpty() ? Json() : Json(utf8(text)); }
Json instant(TimePoint time) { return utf8(toIso(time)); }

// Two decimals: the contract asks for a tenth of a millisecond at least.
Json milliseconds(Duration duration) { return std::round(toMs(duration) * 100) / 100; }

Json days(std::optional<double> value) { return value ? Json(std::round(*value * 100) / 100) : Json(); }

template <typename Value, typename Convert>
Json optional(const std::optional<Value> &value, Convert convert)
{
    return value ? Json(convert(*value)) : Json();
}

Json array(const QStringList &texts)
{
    Json list = Json::array();
    for (const QString &text : texts)
        list.push_back(utf8(text));
    return list;
}

Json phasesJson(const Phases &phases)
{
    using enum Phase;
    Json object = Json::object();
    for (const Phase phase : {Dns, Connect, Tls, Send, Wait, Receive}) {
        if (const auto &duration = phases[static_cast<std::size_t>(phase)])
            object[utf8(name(phase))] = milliseconds(*duration);
    }
    return object;
}

Json failureJson(const Failure &failure)
{
    Json object;
    object["kind"] = utf8(name(failure.kind));
    object["phase"] = optional(failure.phase, [](Phase phase) { return utf8(name(phase)); });
    object["message"] = utf8(failure.message);
    object["hint"] = orNull(failure.hint);
    return object;
}

Json conditionsJson(const QList<ConditionResult> &conditions)
{
    Json list = Json::array();
    for (const ConditionResult &condition : conditions) {
        Json object;
        object["text"] = utf8(condition.text);
        object["value"] = orNull(condition.value);
        object["result"] = utf8(name(condition.result));
        object["shown"] = orNull(condition.shown);
        list.push_back(std::move(object));
    }
    return list;
}

Json tlsJson(const TlsFacts &tls)
{
    Json object;
    object["version"] = orNull(tls.version);
    object["chain_verdict"] = utf8(name(tls.chainVerdict));
    object["days_left"] = days(tls.daysLeft);
    object["insecure"] = tls.insecure;
    object["chain"] = Json::array();
    for (const Certificate &certificate : tls.chain) {
        Json link;
        link["subject"] = utf8(certificate.subject);
        link["issuer"] = utf8(certificate.issuer);
        link["not_before"] = instant(certificate.notBefore);
        link["not_after"] = instant(certificate.notAfter);
        link["names"] = array(certificate.names);
        link["serial"] = orNull(certificate.serial);
        link["signature"] = orNull(certificate.signature);
        link["key"] = orNull(certificate.key);
        link["fingerprint"] = orNull(certificate.fingerprint);
        object["chain"].push_back(std::move(link));
    }
    object["chain_message"] = orNull(tls.chainMessage);
    object["shortest_days_left"] = days(tls.shortestDaysLeft);
    object["ocsp"] = utf8(name(tls.ocsp));
    object["cipher"] = orNull(tls.cipher);
    object["alpn"] = orNull(tls.alpn);
    return object;
}

Json conversationJson(const QList<Exchange> &conversation)
{
    Json list = Json::array();
    for (const Exchange &exchange : conversation) {
        Json object;
        object["at_ms"] = milliseconds(exchange.at);
        object["way"] = exchange.way == Exchange::Way::Sent ? "sent" : "received";
        object["entry"] = exchange.entry < 0 ? Json() : Json(exchange.entry + 1);
        object["text"] = utf8(exchange.text);
        list.push_back(std::move(object));
    }
    return list;
}

// The fields that only a probe can fill; each null or empty when it never ran.
void addObservation(Json &entry, const Observation *o)
{
    entry["outcome"] = o ? Json(utf8(name(o->outcome))) : Json();
    entry["started_at"] = o ? instant(o->startedAt) : Json();
    // Without a complete answer there is no last byte to measure to: how long the probe took is elapsed_ms.
    entry["latency_ms"] = o && o->answered ? milliseconds(o->latency) : Json();
    entry["queued_ms"] = o ? milliseconds(o->queued) : Json();
    entry["attempt"] = o ? Json(o->attempt) : Json();
    entry["phases_ms"] = o ? phasesJson(o->phases) : Json();
    entry["status"] = o && o->status ? Json(*o->status) : Json();
    entry["code"] = o && o->code ? Json(utf8(*o->code)) : Json();
    entry["remote"] = o ? orNull(o->remote) : Json();
    entry["protocol"] = o ? orNull(o->protocol) : Json();
    entry["bytes"] = o ? Json(o->bytes) : Json();
    entry["failure"] = o ? optional(o->failure, failureJson) : Json();
    entry["conditions"] = o ? conditionsJson(o->conditions) : Json::array();
    entry["tls"] = o ? optional(o->tls, tlsJson) : Json();
    entry["excerpt"] = o ? orNull(o->excerpt) : Json();
    entry["degraded_when"] = o ? conditionsJson(o->degradedWhen) : Json::array();
    entry["elapsed_ms"] = o ? milliseconds(o->latency) : Json();
    entry["ping_ms"] = o ? optional(o->ping, milliseconds) : Json();
    entry["hops"] = o ? array(o->hops) : Json::array();
    entry["notes"] = o ? array(o->notes) : Json::array();
    if (o && !o->conversation.isEmpty())
        entry["conversation"] = conversationJson(o->conversation);
}

Json endpointEntry(const Endpoint &endpoint, const Observation *observation)
{
    Json entry;
    entry["name"] = utf8(endpoint.name);
    entry["group"] = orNull(endpoint.group);
    entry["component"] = orNull(endpoint.component);
    entry["kind"] = utf8(name(endpoint.kind));
    entry["target"] = utf8(endpoint.target);
    addObservation(entry, observation);
    entry["not_judged"] = orNull(endpoint.notJudged);
    return entry;
}

Json stepsJson(const Journey &journey, const Observation *observation)
{
    Json list = Json::array();
    for (qsizetype index = 0; index < journey.steps.size(); ++index) {
        const StepResult *result = observation && index < observation->steps.size() ? &observation->steps[index] : nullptr;
        Json entry = endpointEntry(journey.steps[index].endpoint, result ? result->observation.get() : nullptr);
        if (result && !result->observation)
            entry["outcome"] = "not-run";
        entry["not_run"] = result ? orNull(result->notRun) : Json();
        entry["always_run"] = journey.steps[index].alwaysRun;
        list.push_back(std::move(entry));
    }
    return list;
}

Json suiteEntry(const Endpoint &suite, const Observation *o)
{
    const auto stopped = [](const Observation &journey) {
        const auto failed = std::ranges::find_if(journey.steps, [](const StepResult &step) {
            return step.observation && step.observation->failed();
        });
        return failed == journey.steps.end() ? Json() : Json(utf8(failed->name));
    };
    Json entry;
    entry["name"] = utf8(suite.name);
    entry["outcome"] = o ? Json(utf8(name(o->outcome))) : Json();
    entry["latency_ms"] = o && o->answered ? milliseconds(o->latency) : Json();
    entry["stopped_at"] = o ? stopped(*o) : Json();
    entry["steps"] = stepsJson(*suite.journey, o);
    entry["kind"] = utf8(name(suite.kind));
    entry["title"] = orNull(suite.journey->title);
    entry["group"] = orNull(suite.group);
    entry["component"] = orNull(suite.component);
    entry["started_at"] = o ? instant(o->startedAt) : Json();
    entry["elapsed_ms"] = o ? milliseconds(o->latency) : Json();
    entry["attempt"] = o ? Json(o->attempt) : Json();
    entry["failure"] = o ? optional(o->failure, failureJson) : Json();
    entry["not_judged"] = orNull(suite.notJudged);
    return entry;
}

/// Entries of `endpoints`, or of `suites`.
template <typename Belongs>
Json watchedJson(const CheckReport &report, Belongs belongs)
{
    QHash<EndpointKey, const EndpointStatus *> statuses;
    for (const EndpointStatus &status : report.verdict.endpoints)
        statuses.insert(status.key, &status);
    Json list = Json::array();
    for (const Endpoint &endpoint : report.incident->endpoints) {
        if (!belongs(endpoint))
            continue;
        const EndpointStatus *status = statuses.value(endpoint.key());
        const Observation *latest = status ? status->latest.get() : nullptr;
        Json entry = endpoint.journey ? suiteEntry(endpoint, latest) : endpointEntry(endpoint, latest);
        entry["state"] = utf8(name(status ? status->state : State::Unknown));
        entry["state_reason"] = status ? orNull(status->reason) : Json();
        list.push_back(std::move(entry));
    }
    return list;
}

Json componentsJson(const CheckReport &report)
{
    Json list = Json::array();
    for (const ComponentStatus &status : report.verdict.components) {
        Json entry;
        entry["name"] = utf8(status.name);
        entry["state"] = utf8(name(status.state));
        entry["waits_on"] = orNull(status.waitsOn);
        entry["since"] = optional(status.since, instant);
        const Component *component = report.incident->component(status.name);
        entry["title"] = component ? orNull(component->title) : Json();
        entry["suspect"] = status.suspect;
        list.push_back(std::move(entry));
    }
    return list;
}

Json suspectsJson(const QList<Suspect> &suspects)
{
    Json list = Json::array();
    for (const Suspect &suspect : suspects) {
        Json entry;
        entry["component"] = utf8(suspect.component);
        entry["explains"] = array(suspect.explains);
        list.push_back(std::move(entry));
    }
    return list;
}

Json criteriaJson(const QList<CriterionStatus> &criteria)
{
    Json list = Json::array();
    for (const CriterionStatus &criterion : criteria) {
        Json entry;
        entry["title"] = utf8(criterion.title);
        entry["state"] = utf8(name(criterion.state));
        entry["held_ms"] = milliseconds(criterion.held);
        entry["hold_ms"] = milliseconds(criterion.hold);
        entry["evidence"] = array(criterion.evidence);
        entry["selected"] = criterion.selected;
        entry["passing"] = criterion.passing;
        entry["detail"] = orNull(criterion.detail);
        list.push_back(std::move(entry));
    }
    return list;
}

Json whysJson(const QList<WhyStatus> &whys)
{
    Json list = Json::array();
    for (const WhyStatus &why : whys) {
        Json entry;
        entry["why"] = utf8(why.why);
        entry["verdict"] = utf8(name(why.verdict));
        entry["evidence"] = array(why.evidence);
        entry["because"] = orNull(why.because);
        entry["detail"] = orNull(why.detail);
        list.push_back(std::move(entry));
    }
    return list;
}

Json runsJson(const QList<Run> &runs)
{
    Json list = Json::array();
    for (const Run &run : runs) {
        Json entry;
        entry["name"] = utf8(run.name);
        entry["verdict"] = utf8(name(RunVerdict::NotRun));
        for (const char *count : {"passed", "failed", "errors", "skipped", "duration_ms"})
            entry[count] = 0;
        entry["title"] = orNull(run.title);
        list.push_back(std::move(entry));
    }
    return list;
}

// JSON lets DEL and the C1 controls stand as they are; some terminals obey them. Inside strings only, so that an
// escape always fits.
QByteArray withoutTerminalControls(const std::string &text)
{
    QByteArray safe;
    safe.reserve(static_cast<qsizetype>(text.size()));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (byte == 0x7f) {
            safe += "\\u007f";
        } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
            safe += "\\u00" + QByteArray::number(next, 16);
            ++i;
        } else {
            safe += text[i];
        }
    }
    return safe;
}

QByteArray dumped(const Json &json, int indent)
{
    return withoutTerminalControls(json.dump(indent, ' ', false, Json::error_handler_t::replace));
}

} // namespace

QByteArray toJson(const CheckReport &report)
{
    const Incident &incident = *report.incident;
    const Verdict &verdict = report.verdict;
    Json root;
    root["schema"] = "allclear/1";
    root["verdict"] = utf8(name(verdict.overall));
    root["checked_at"] = instant(report.checkedAt);
    root["duration_ms"] = milliseconds(report.duration);
    Json &header = root["incident"];
    header["title"] = utf8(incident.title);
    header["severity"] = orNull(incident.severity);
    header["availability"] = optional(verdict.availability, [](double value) { return value; });
    header["status"] = utf8(name(incident.status));
    root["endpoints"] = watchedJson(report, [](const Endpoint &endpoint) { return endpoint.kind != Kind::Journey; });
    root["suites"] = watchedJson(report, [](const Endpoint &endpoint) { return endpoint.kind == Kind::Journey; });
    root["components"] = componentsJson(report);
    root["suspects"] = suspectsJson(verdict.suspects);
    root["criteria"] = criteriaJson(verdict.criteria);
    root["five_whys"] = whysJson(verdict.whys);
    root["runs"] = runsJson(incident.runs);
    root["sentence"] = orNull(verdict.sentence);
    root["holds_judged"] = report.holdsJudged;
    root["observer"] = verdict.observer == ObserverState::Online ? "online" : "offline";
    root["observer_reason"] = orNull(verdict.observerReason);
    return dumped(root, 1) + '\n';
}

QByteArray endpointJson(const Endpoint &endpoint, const ObservationPtr &observation)
{
    return dumped(endpoint.journey ? suiteEntry(endpoint, observation.get()) : endpointEntry(endpoint, observation.get()), -1);
}

QByteArray probeJson(const Endpoint &endpoint, const QList<ObservationPtr> &observations)
{
    Json root;
    root["schema"] = "allclear/1";
    if (observations.size() == 1) {
        root.update(endpointEntry(endpoint, observations.front().get()));
        return dumped(root, 1) + '\n';
    }
    root["probes"] = Json::array();
    for (const ObservationPtr &observation : observations)
        root["probes"].push_back(endpointEntry(endpoint, observation.get()));
    const LatencySummary summary = summarise(observations);
    root["summary"] = {{"count", summary.count}, {"failed", summary.failed}, {"p50_ms", optional(summary.p50, milliseconds)},
                       {"p95_ms", optional(summary.p95, milliseconds)}, {"max_ms", optional(summary.max, milliseconds)}};
    return dumped(root, 1) + '\n';
}

} // namespace allclear
