#include "items/tile.h"
#include "support/incidentbuilder.h"
#include "support/testmain.h"

#include <cmath>

using namespace allclear;
using namespace allclear::test;

namespace
{

const QString api = u"api"_s;

Observation serverError(std::optional<Duration> wait)
{
    Observation observation = answered503(api, t0);
    observation.latency = 10211ms;
    observation.phases[static_cast<std::size_t>(Phase::Wait)] = wait;
    return observation;
}

Observation unmet(const QString &text, const QString &value, const QString &message)
{
    Observation observation = answered503(api, t0);
    observation.status = 200;
    observation.latency = 2500ms;
    observation.conditions = {conditionResult(u"[STATUS] == 200"_s, Truth::Met, u"200"_s),
                              conditionResult(text, Truth::Unmet, value)};
    observation.failure->message = message;
    return observation;
}

Observation refusedWith(FailureKind kind, const QString &message)
{
    Observation observation = failed(api, t0, kind);
    observation.failure->message = message;
    return observation;
}

Observation badChain(ChainVerdict verdict)
{
    Observation observation = refusedWith(FailureKind::Tls, u"the server did not send an intermediate certificate"_s);
    observation.tls = TlsFacts{};
    observation.tls->chainVerdict = verdict;
    return observation;
}

Observation slow()
{
    Observation observation = degraded(api, t0);
    observation.latency = 2345ms;
    observation.degradedWhen = {conditionResult(u"[RESPONSE_TIME] > 2000"_s, Truth::Met, u"2345"_s)};
    return observation;
}

Observation nearlyFull()
{
    Observation observation = degraded(api, t0);
    observation.degradedWhen = {conditionResult(u"[BODY].a > 1"_s, Truth::Unmet, u"0"_s),
                                conditionResult(u"[BODY].connections > 80"_s, Truth::Met, u"98"_s)};
    return observation;
}

Observation socketUp()
{
    Observation observation = passed(api, t0);
    observation.status = 101;
    observation.ping = 3ms;
    return observation;
}

struct Scene {
    Ledger ledger;
    Verdict verdict;
    Tile tile(int component = 0) const { return makeTile(ledger.incident()->components[component], verdict, ledger); }
};

Scene sceneOf(const IncidentBuilder &builder, const QList<Observation> &observations, TimePoint now = t0,
              const Circumstances &circumstances = {})
{
    Scene scene{Ledger(builder.build(), Mode::OverTime), {}};
    for (const Observation &observation : observations)
        scene.ledger.add(share(observation));
    scene.verdict = judge(scene.ledger, now, circumstances);
    return scene;
}

} // namespace

class TestTile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void oneEndpointInWords_data()
    {
        QTest::addColumn<Observation>("observation");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("reason");
        using enum State;
        using enum FailureKind;
        QTest::newRow("up shows the latency") << passed(api, t0) << Up << u"41 ms"_s << u"answers 200 · /health"_s;
        QTest::newRow("a socket shows its ping") << socketUp() << Up << u"41 ms"_s << u"connected · ping 3.0 ms"_s;
        QTest::newRow("degraded by time shows the time")
            << slow() << Degraded << u"2.3 s"_s << u"[RESPONSE_TIME] > 2000"_s;
        QTest::newRow("degraded by a value shows the value")
            << nearlyFull() << Degraded << u"98"_s << u"[BODY].connections > 80"_s;
        QTest::newRow("degraded without a reason shows the latency")
            << degraded(api, t0) << Degraded << u"41 ms"_s << u"degraded"_s;
        QTest::newRow("a 503 shows the status and the wait")
            << serverError(10150ms) << Down << u"503"_s << u"10.2 s to first byte · /health"_s;
        QTest::newRow("a 503 without a wait phase shows the whole time")
            << serverError({}) << Down << u"503"_s << u"answered after 10.2 s · /health"_s;
        QTest::newRow("an unmet value shows the value")
            << unmet(u"[BODY].state == READY"_s, u"ERROR"_s, u"[BODY].state (ERROR) == READY"_s) << Down << u"ERROR"_s
            << u"[BODY].state (ERROR) == READY"_s;
        QTest::newRow("an unmet time shows the time")
            << unmet(u"[RESPONSE_TIME] < 2000"_s, u"2500"_s, u"too slow"_s) << Down << u"2.5 s"_s << u"too slow"_s;
        QTest::newRow("an unmet condition without a value says so")
            << unmet(u"[BODY].state == READY"_s, u""_s, u"no state came"_s) << Down << u"no value"_s
            << u"no state came"_s;
        QTest::newRow("an answer without the value is unknown")
            << notEvaluable(api, t0) << Unknown << u"no value"_s
            << u"not evaluable: the answer has no value for `[BODY].status == healthy`"_s;
        QTest::newRow("rejected") << refusedWith(Rejected, u"server rejected WebSocket connection: HTTP 503"_s) << Down
                                  << u"rejected"_s << u"server rejected WebSocket connection: HTTP 503"_s;
        QTest::newRow("timeout, the first sentence only")
            << refusedWith(Timeout, u"No answer within 5 s. It was waiting for the connection."_s) << Down
            << u"timeout"_s << u"No answer within 5 s"_s;
        QTest::newRow("refused") << refusedWith(Refused, u"Connection refused."_s) << Down << u"refused"_s
                                 << u"Connection refused"_s;
        QTest::newRow("closed") << refusedWith(Closed, u"The peer closed early"_s) << Down << u"closed"_s
                                << u"The peer closed early"_s;
        QTest::newRow("dns") << refusedWith(Dns, u"api.example did not resolve"_s) << Down << u"dns"_s
                             << u"api.example did not resolve"_s;
        QTest::newRow("a bad chain shows the chain's verdict")
            << badChain(ChainVerdict::Incomplete) << Down << u"incomplete"_s
            << u"the server did not send an intermediate certificate"_s;
        QTest::newRow("a failed handshake with a good chain is tls")
            << badChain(ChainVerdict::Ok) << Down << u"tls"_s
            << u"the server did not send an intermediate certificate"_s;
        QTest::newRow("a long message is shortened and kept on one line")
            << refusedWith(Protocol,
                           u"The answer is\tno HTTP at all but something else that goes on and on and on and on"_s)
            << Down << u"protocol"_s << u"The answer is no HTTP at all but something else that goes on and on and…"_s;
        QTest::newRow("a fault of ours is no data") << refusedWith(Internal, u"The probe was given up"_s) << Unknown
                                                    << u"no data"_s << u"The probe was given up"_s;
    }

    void oneEndpointInWords()
    {
        QFETCH(Observation, observation);
        QFETCH(State, state);
        QFETCH(QString, value);
        QFETCH(QString, reason);
        IncidentBuilder builder;
        builder.endpoint(api);
        const Tile tile = sceneOf(builder, {observation}).tile();
        QCOMPARE(name(tile.state), name(state));
        QCOMPARE(tile.value, value);
        QCOMPARE(tile.reason, reason);
    }

    void withoutEvidenceTheTileSaysWhy_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("reason");
        QTest::newRow("the first result is awaited")
            << u"awaited"_s << u"checking"_s << u"never run: the first result is awaited"_s;
        QTest::newRow("a failure below the threshold is checked")
            << u"checking"_s << u"checking"_s << u"refused · 1 of 2 failures before it is down"_s;
        QTest::newRow("stale") << u"stale"_s << u"stale"_s << u"stale: the last result is older than 30.0 s"_s;
        QTest::newRow("the observer is offline")
            << u"offline"_s << u"offline"_s << u"observer offline: no usable network interface"_s;
        QTest::newRow("paused") << u"paused"_s << u"paused"_s << u"no probe runs until it is resumed"_s;
        QTest::newRow("a scheme without a probe")
            << u"unjudged"_s << u"not judged yet"_s << u"redis is not judged yet"_s;
        QTest::newRow("nothing watches it") << u"unwatched"_s << u"no data"_s << u"nothing watches it"_s;
        QTest::newRow("a journey that cannot be judged") << u"journey"_s << u"not judged yet"_s << u"step `log in`: variable ${USER} is not set"_s;
    }

    void withoutEvidenceTheTileSaysWhy()
    {
        QFETCH(QString, what);
        QFETCH(QString, value);
        QFETCH(QString, reason);
        IncidentBuilder builder;
        Circumstances circumstances;
        QList<Observation> observations;
        builder.component(api);
        if (what == "journey"_L1) {
            builder.journey(u"golden-path"_s, api).notJudged = u"step `log in`: variable ${USER} is not set"_s;
        } else if (what != "unwatched"_L1) {
            Endpoint &endpoint = builder.endpoint(api);
            endpoint.failureThreshold = 2;
            if (what == "unjudged"_L1)
                endpoint.notJudged = u"redis is not judged yet"_s;
        }
        if (what == "checking"_L1)
            observations.append(failed(api, t0));
        else if (what == "stale"_L1)
            observations.append(passed(api, t0 - 1h));
        else if (what == "paused"_L1)
            circumstances.paused.insert(api);
        else if (what == "offline"_L1) {
            circumstances.observer = ObserverState::Offline;
            circumstances.observerReason = u"no usable network interface"_s;
        }
        const Tile tile = sceneOf(builder, observations, t0, circumstances).tile();
        QCOMPARE(tile.value, value);
        QCOMPARE(tile.reason, reason);
    }

    void severalEndpointsNameTheWorst()
    {
        IncidentBuilder builder;
        builder.endpoint(u"health"_s, api).interval = 60s;
        builder.endpoint(u"dependencies"_s, api).interval = 20s;
        Observation bad = failed(u"dependencies"_s, t0);
        bad.failure->message = u"Connection refused"_s;
        const Tile tile = sceneOf(builder, {passed(u"health"_s, t0 + 1s), bad}, t0 + 2s).tile();
        QCOMPARE(tile.worst, u"dependencies"_s);
        QCOMPARE(tile.reason, u"dependencies: Connection refused"_s);
        QCOMPARE(tile.endpoints, (QStringList{u"health"_s, u"dependencies"_s}));
        QCOMPARE(tile.interval, Duration(20s));
        QCOMPARE(*tile.lastAt, t0);
    }

    void severalPassingEndpointsAreCounted()
    {
        IncidentBuilder builder;
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
            builder.endpoint(name, api);
        builder.endpoint(u"off"_s, api).enabled = false;
        const Tile tile = sceneOf(builder, {passed(u"a"_s, t0), passed(u"b"_s, t0), passed(u"c"_s, t0)}).tile();
        QCOMPARE(tile.reason, u"3 of 3 endpoints pass"_s);
        QCOMPARE(tile.endpoints.size(), 3);
    }

    void theGraphIsShownByTitles()
    {
        IncidentBuilder builder;
        Component &connector = builder.component(u"vpc"_s);
        connector.title = u"VPC connector"_s;
        connector.tier = u"Platform"_s;
        builder.component(api, {u"vpc"_s});
        builder.endpoint(u"vpc"_s).client.insecure = true;
        builder.endpoint(api);
        const Scene scene = sceneOf(builder, {failed(u"vpc"_s, t0), failed(api, t0)});
        const Tile cause = scene.tile(0);
        QVERIFY(cause.suspect);
        QVERIFY(cause.insecure);
        QCOMPARE(cause.tier, u"Platform"_s);
        QCOMPARE(cause.title, u"VPC connector"_s);
        QVERIFY(cause.waitsOn.isEmpty());
        const Tile effect = scene.tile(1);
        QCOMPARE(effect.waitsOn, u"VPC connector"_s);
        QVERIFY(!effect.suspect);
        QVERIFY(!effect.insecure);
    }

    void theRecentResultsAreShown()
    {
        IncidentBuilder builder;
        builder.endpoint(api);
        const Tile tile = sceneOf(builder,
                                  {passed(api, t0), degraded(api, t0 + 10s), failed(api, t0 + 20s),
                                   failed(api, t0 + 30s, FailureKind::Internal)},
                                  t0 + 30s)
                              .tile();
        QCOMPARE(tile.recent, (QList<State>{State::Up, State::Degraded, State::Down, State::Unknown}));
        QCOMPARE(tile.sparkline.size(), 4U);
        QCOMPARE(tile.sparkline[0], 41.0F);
        QVERIFY(std::isnan(tile.sparkline[2])); // a gap, never 0
    }

    void aSeededTileShowsYesterday()
    {
        IncidentBuilder builder;
        builder.endpoint(api);
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.seed(api, {toSample(passed(api, t0 - 20s)), toSample(failed(api, t0 - 10s))}, 2, 1);
        const Tile tile = makeTile(ledger.incident()->components[0], judge(ledger, t0), ledger);
        QCOMPARE(tile.recent.size(), 2);
        QCOMPARE(*tile.lastAt, t0 - 10s);
        QCOMPARE(name(tile.state), name(State::Checking));
    }

    void equalTilesWithGapsAreEqual()
    {
        IncidentBuilder builder;
        builder.endpoint(api);
        const Tile tile = sceneOf(builder, {failed(api, t0)}).tile();
        QVERIFY(tile == Tile(tile));
        Tile other = tile;
        other.sparkline[0] = 1;
        QVERIFY(!(tile == other));
        other = tile;
        other.rerun = RerunState::Running;
        QVERIFY(!(tile == other));
    }

    void ageIsReadable_data()
    {
        QTest::addColumn<int>("age"); // seconds; below -1000: never
        QTest::addColumn<int>("interval");
        QTest::addColumn<QString>("text");
        QTest::newRow("seconds") << 2 << 10 << u"2 s ago · every 10 s"_s;
        QTest::newRow("minutes") << 300 << 600 << u"5 min ago · every 10 min"_s;
        QTest::newRow("never run") << -2000 << 30 << u"never run · every 30 s"_s;
        QTest::newRow("slightly ahead of the clock is now") << -1 << 10 << u"0 s ago · every 10 s"_s;
        QTest::newRow("without an interval") << 2 << 0 << u"2 s ago"_s;
    }

    void ageIsReadable()
    {
        QFETCH(int, age);
        QFETCH(int, interval);
        QFETCH(QString, text);
        Tile tile;
        tile.endpoints = {api};
        tile.interval = std::chrono::seconds(interval);
        if (age > -1000)
            tile.lastAt = t0 - std::chrono::seconds(age);
        QCOMPARE(ageText(tile, t0), text);
    }

    void aScreenReaderHearsEverything()
    {
        Tile tile;
        tile.title = u"API"_s;
        tile.state = State::Down;
        tile.value = u"503"_s;
        tile.reason = u"10.2 s to first byte"_s;
        tile.waitsOn = u"VPC connector"_s;
        tile.lastAt = t0 - 2s;
        QCOMPARE(accessibleText(tile, t0), u"API: down. 503, 10.2 s to first byte. Waits on VPC connector. 2 s ago."_s);
        tile.waitsOn.clear();
        tile.suspect = true;
        tile.insecure = true;
        tile.rerun = RerunState::Running;
        tile.lastAt.reset();
        QCOMPARE(accessibleText(tile, t0),
                 u"API: down. 503, 10.2 s to first byte. Suspected cause. Certificates are not verified. "
                 "Rerun under way. Never run."_s);
    }
};

Q_DECLARE_METATYPE(allclear::Observation)

QTEST_GUILESS_MAIN(TestTile)
#include "tst_tile.moc"
