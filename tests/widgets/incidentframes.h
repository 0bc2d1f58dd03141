// The founding incident as hand-made frames for widget tests: crisis, recovery, all clear, with believable samples.
#pragma once

#include "items/board.h"

#include <QRegularExpression>
#include <QTest>

#include <cmath>

namespace allclear::test {

using namespace Qt::StringLiterals;

/// As failOnWarnings, but for what the offscreen platform says of itself whenever a window has size hints.
inline void failOnOwnWarnings()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
}

enum class Stage { Crisis, Recovery, Clear };

inline const TimePoint declared = *fromIso(u"2025-09-16T04:00:00Z");
inline const TimePoint outageBegan = *fromIso(u"2025-09-16T04:24:00Z");

inline Incident foundingIncident(int extraEndpoints = 0)
{
    Incident incident;
    incident.title = u"Staging: every service answers 503"_s;
    incident.severity = u"P0"_s;
    incident.declared = declared;
    const auto component = [&](const QString &name, const QString &title, const QString &tier, const QStringList &needs) {
        incident.components.append({.name = name, .title = title, .tier = tier, .needs = needs, .implied = false, .mark = {}});
    };
    component(u"vpc-connector"_s, u"VPC connector"_s, u"Platform"_s, {});
    component(u"postgres"_s, u"PostgreSQL"_s, u"Data"_s, {u"vpc-connector"_s});
    component(u"redis"_s, u"Redis"_s, u"Data"_s, {u"vpc-connector"_s});
    component(u"cloud-run"_s, u"Cloud Run"_s, u"Platform"_s, {u"postgres"_s, u"redis"_s});
    component(u"certificates"_s, u"TLS chain"_s, u"Edge"_s, {});
    component(u"load-balancer"_s, u"Load balancer"_s, u"Edge"_s, {u"cloud-run"_s, u"certificates"_s});
    component(u"api"_s, u"API"_s, u"Services"_s, {u"load-balancer"_s});
    component(u"auth"_s, u"Auth"_s, u"Services"_s, {u"load-balancer"_s});
    component(u"frontend"_s, u"Frontend"_s, u"Services"_s, {u"load-balancer"_s});
    component(u"websocket"_s, u"WebSocket"_s, u"Services"_s, {u"load-balancer"_s});
    component(u"agents"_s, u"Agent pipeline"_s, u"Services"_s, {u"api"_s, u"websocket"_s});
    const auto endpoint = [&](const QString &name, const QString &of, const QString &group, const QString &target) {
        Endpoint made;
        made.name = name;
        made.component = of;
        made.group = group;
        made.target = target;
        made.kind = Kind::Http;
        made.interval = 10s;
        incident.endpoints.append(made);
    };
    endpoint(u"api-health"_s, u"api"_s, u"Services"_s, u"https://api.staging.netrasystems.ai/health"_s);
    endpoint(u"auth-health"_s, u"auth"_s, u"Services"_s, u"https://auth.staging.netrasystems.ai/health"_s);
    endpoint(u"redis-ping"_s, u"redis"_s, u"Infrastructure"_s, u"redis://10.166.204.83:6379"_s);
    endpoint(u"postgres-connections"_s, u"postgres"_s, u"Infrastructure"_s, u"postgres://•••@127.0.0.1:5432/netra_staging"_s);
    endpoint(u"api-dependencies"_s, u"api"_s, u"Services"_s, u"https://api.staging.netrasystems.ai/api/health"_s);
    endpoint(u"chat-socket"_s, u"websocket"_s, u"Services"_s, u"wss://api.staging.netrasystems.ai/ws"_s);
    for (int i = 0; i < extraEndpoints; ++i)
        endpoint(u"extra-%1"_s.arg(i), u"agents"_s, u"Agent pipeline"_s, u"https://api.staging.netrasystems.ai/extra"_s);
    incident.availabilityOf = {u"Services/api-health"_s, u"Services/auth-health"_s};
    const auto criterion = [&](const QString &title, const QStringList &require) {
        SuccessCriterion made;
        made.title = title;
        made.endpoints = {u"Services/api-health"_s};
        made.hold = 5min;
        for (const QString &text : require)
            made.require.append({.text = text, .mark = {}});
        incident.criteria.append(made);
    };
    criterion(u"All staging services respond with HTTP 200"_s, {u"[STATUS] == 200"_s});
    criterion(u"Response times under 2 seconds for all endpoints"_s, {u"[RESPONSE_TIME] < 2000"_s});
    criterion(u"WebSocket connections establish"_s, {u"[CONNECTED] == true"_s});
    criterion(u"Agent pipeline APIs are accessible and functional"_s, {});
    criterion(u"The complete golden path validates (login → AI response)"_s, {});
    return incident;
}

inline Certificate certificateOf(const QString &subject, const QString &issuer, const char16_t *until)
{
    return {.subject = subject, .issuer = issuer, .notBefore = *fromIso(u"2025-07-29T00:00:00Z"), .notAfter = *fromIso(until),
            .names = {u"api.staging.netrasystems.ai"_s}, .serial = {}, .signature = u"sha256WithRSAEncryption"_s,
            .key = u"RSA 2048"_s, .fingerprint = {}};
}

inline std::shared_ptr<Observation> observationOf(const Endpoint &endpoint, TimePoint at, bool failing)
{
    auto made = std::make_shared<Observation>();
    made->endpoint = endpoint.key();
    made->startedAt = at;
    made->latency = failing ? 10211ms : 41ms;
    made->finishedAt = at + made->latency;
    made->outcome = failing ? Outcome::Fail : Outcome::Pass;
    made->answered = true;
    made->status = failing ? 503 : 200;
    made->protocol = u"http/1.1"_s;
    made->remote = u"203.0.113.7:443"_s;
    made->bytes = 67;
    made->phases = {Duration(1200), Duration(20100), Duration(31000), Duration(200), failing ? Duration(10158000) : Duration(8000),
                    Duration(300)};
    if (failing)
        made->failure = Failure{FailureKind::Condition, {}, u"[STATUS] (503) == 200: expected status 200, but 503 came."_s,
                                u"Ask what the load balancer's backends answer."_s};
    made->conditions = {{u"[STATUS] == 200"_s, QString::number(*made->status), {}, failing ? Truth::Unmet : Truth::Met},
                        {u"[BODY].status == healthy"_s, failing ? QString() : u"healthy"_s, {},
                         failing ? Truth::NotEvaluable : Truth::Met}};
    made->degradedWhen = {{u"[RESPONSE_TIME] > 2000"_s, QString::number(toMs(made->latency)), {}, failing ? Truth::Met : Truth::Unmet}};
    made->headers = {{u"content-type"_s, u"text/html; charset=UTF-8"_s}, {u"server"_s, u"Google Frontend"_s},
                     {u"set-cookie"_s, u"•••"_s}, {u"x-cloud-trace-context"_s, u"0af7651916cd43dd8448eb211c80319c/1;o=1"_s}};
    made->excerpt = failing ? u"<b>upstream</b> connect error or disconnect/reset before headers\x1b[31m. reset reason: timeout"_s
                            : u"{\"status\":\"healthy\",\"service\":\"netra-ai-platform\"}"_s;
    TlsFacts tls;
    tls.version = u"TLSv1.3"_s;
    tls.cipher = u"TLS_AES_256_GCM_SHA384"_s;
    tls.chain = {certificateOf(u"CN=api.staging.netrasystems.ai"_s, u"CN=WR3,O=Google Trust Services,C=US"_s, u"2025-10-27T00:00:00Z"),
                 certificateOf(u"CN=WR3,O=Google Trust Services,C=US"_s, u"CN=GTS Root R1,O=Google Trust Services LLC"_s,
                               u"2029-02-20T14:00:00Z")};
    made->tls = tls;
    return made;
}

inline State stateOf(const QString &component, Stage stage)
{
    static const QStringList repaired{u"vpc-connector"_s, u"redis"_s, u"certificates"_s};
    if (stage == Stage::Clear || (stage == Stage::Recovery && repaired.contains(component)))
        return State::Up;
    if (component == u"postgres"_s)
        return stage == Stage::Recovery ? State::Up : State::Degraded;
    return component == u"certificates"_s ? State::Up : State::Down;
}

inline QList<CriterionStatus> criteriaOf(const Incident &incident, Stage stage)
{
    QList<CriterionStatus> rows;
    for (const SuccessCriterion &criterion : incident.criteria)
        rows.append({.title = criterion.title, .state = stage == Stage::Clear ? CriterionState::Met : CriterionState::Unmet,
                     .held = stage == Stage::Clear ? Duration(5min) : Duration(), .hold = criterion.hold,
                     .evidence = {u"api-health@2025-09-16T05:21:02.003Z"_s, u"auth-health@2025-09-16T05:21:04.500Z"_s},
                     .selected = 4, .passing = stage == Stage::Clear ? 4 : 0,
                     .detail = stage == Stage::Clear ? u"4 of 4 · held 5 min"_s : u"0 of 4 · worst: api-health 503"_s});
    if (stage == Stage::Clear)
        return rows;
    rows[1].detail = u"p95 10.2 s · limit 2 s"_s;
    rows[3].state = CriterionState::Holding;
    rows[3].held = 70s;
    rows[3].detail = u"holding 1 m 10 s of 5 m"_s;
    rows[4].state = CriterionState::Unknown;
    rows[4].evidence.clear();
    rows[4].detail = u"not judged yet: journeys come later"_s;
    return rows;
}

inline VerdictPtr verdictOf(const Incident &incident, Stage stage, TimePoint now)
{
    auto verdict = std::make_shared<Verdict>();
    verdict->at = now;
    for (const Endpoint &endpoint : incident.endpoints) {
        const State state = stateOf(endpoint.component, stage);
        const bool failing = state == State::Down;
        auto latest = observationOf(endpoint, now - 2s, failing);
        if (failing && endpoint.name == u"redis-ping"_s) {
            latest->answered = false;
            latest->failure = Failure{FailureKind::Timeout, Phase::Connect,
                                      u"No connection to 10.166.204.83:6379 within 5.0 s."_s, u"Check the VPC connector."_s};
        }
        verdict->endpoints.append({.key = endpoint.key(), .state = state, .since = outageBegan, .stale = false, .reason = {},
                                   .latest = latest, .consecutiveFailures = 0, .consecutivePasses = 0});
    }
    for (const Component &component : incident.components) {
        const State state = stateOf(component.name, stage);
        const bool suspect = stage == Stage::Crisis ? component.name == u"vpc-connector"_s
                                                    : stage == Stage::Recovery && component.name == u"cloud-run"_s;
        verdict->components.append({.name = component.name, .state = state, .since = outageBegan, .worst = {}, .waitsOn = {},
                                    .suspect = suspect});
    }
    if (stage == Stage::Crisis)
        verdict->suspects = {{.component = u"vpc-connector"_s, .explains = {u"redis"_s, u"cloud-run"_s, u"load-balancer"_s, u"api"_s,
                                                                             u"auth"_s, u"frontend"_s, u"websocket"_s, u"agents"_s}}};
    if (stage == Stage::Recovery)
        verdict->suspects = {{.component = u"cloud-run"_s, .explains = {u"load-balancer"_s, u"api"_s, u"auth"_s, u"frontend"_s,
                                                                         u"websocket"_s, u"agents"_s}}};
    verdict->criteria = criteriaOf(incident, stage);
    verdict->whys = {{.why = u"Why do all services answer 503?"_s, .because = {}, .verdict = WhyVerdict::Confirmed, .evidence = {}, .detail = {}},
                     {.why = u"Why did the limits bite now?"_s, .because = {}, .verdict = WhyVerdict::Untested, .evidence = {}, .detail = {}}};
    verdict->actions = {{.title = u"Verify VPC connector staging-connector in us-central1"_s,
                         .state = stage == Stage::Crisis ? ActionState::Doing : ActionState::Done, .due = declared + 2h,
                         .byEvidence = stage != Stage::Crisis},
                        {.title = u"Check Cloud SQL connectivity for the staging databases"_s, .state = ActionState::Open, .due = declared + 2h, .byEvidence = false},
                        {.title = u"Investigate Redis connection failures to 10.166.204.83:6379"_s, .state = ActionState::Open, .due = declared + 88min, .byEvidence = false},
                        {.title = u"Engage the infrastructure team"_s, .state = ActionState::Open, .due = declared + 76min, .byEvidence = false}};
    return verdict;
}

inline Sample sampleAt(TimePoint at, float ms, Outcome outcome = Outcome::Pass)
{
    Sample sample;
    sample.at = at;
    sample.latencyMs = ms;
    sample.outcome = static_cast<quint8>(outcome);
    return sample;
}

/// Healthy until the outage began, slow answers after it; Redis does not answer at all for the first minutes of it.
inline std::vector<Sample> samplesOf(int series, TimePoint from, TimePoint to, Duration interval)
{
    std::vector<Sample> made;
    int i = 0;
    for (TimePoint at = from; at < to; at += interval, ++i) {
        const float wobble = static_cast<float>((i * 37 + series * 11) % 23) * (series % 4 == 3 ? 30.0F : 8.0F);
        if (at < outageBegan + Duration(30s) * series || series == 3)
            made.push_back(sampleAt(at, 40.0F + 12.0F * static_cast<float>(series) + wobble));
        else if (series == 2 && at < outageBegan + Duration(6min))
            made.push_back(sampleAt(at, std::nanf(""), Outcome::Fail));
        else
            made.push_back(sampleAt(at, (series == 2 ? 5000.0F : 10200.0F - 60.0F * static_cast<float>(series)) + wobble / 2, Outcome::Fail));
    }
    return made;
}

/// A board that took in one frame of the stage.
struct FoundingBoard {
    explicit FoundingBoard(Stage stage, int extraEndpoints = 0, TimePoint now = *fromIso(u"2025-09-16T05:22:07Z"))
        : clock(std::make_shared<ManualClock>(now)), incident(std::make_shared<Incident>(foundingIncident(extraEndpoints))), board(clock)
    {
        apply(stage);
    }

    void apply(Stage stage, const QList<std::pair<int, Sample>> &samples = {})
    {
        auto frame = std::make_shared<Frame>();
        frame->number = ++number;
        frame->incident = incident;
        frame->verdict = verdictOf(*incident, stage, clock->now());
        for (int i = 0; i < incident->components.size(); ++i)
            frame->tiles.append({i, tileOf(i, stage)});
        frame->samples = samples;
        board.apply(frame);
    }

    Tile tileOf(int row, Stage stage) const
    {
        const Component &component = incident->components[row];
        Tile tile;
        tile.component = component.name;
        tile.title = component.title;
        tile.tier = component.tier;
        tile.state = stateOf(component.name, stage);
        tile.value = tile.state == State::Down ? u"503"_s : u"41 ms"_s;
        tile.reason = tile.state == State::Down ? u"10.2 s to first byte"_s : QString();
        tile.since = outageBegan;
        tile.lastAt = clock->now() - 2s;
        tile.interval = 10s;
        tile.rerun = rerun;
        for (const Endpoint &endpoint : incident->endpoints) {
            if (endpoint.component == component.name)
                tile.endpoints.append(endpoint.key());
        }
        tile.worst = tile.endpoints.value(0);
        return tile;
    }

    void fill(TimePoint from, Duration interval)
    {
        for (int series = 0; series < incident->endpoints.size(); ++series)
            board.series()->append(series, samplesOf(series, from, clock->now(), interval));
    }

    std::shared_ptr<ManualClock> clock;
    std::shared_ptr<Incident> incident;
    Board board;
    RerunState rerun = RerunState::Idle;
    quint64 number = 0;
};

} // namespace allclear::test
