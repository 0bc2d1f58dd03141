#include "support/testmain.h"
#include "support/tinyhttp.h"

#include "engine/engine.h"

#include <QSignalSpy>
#include <QThread>

#include <algorithm>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

/// A probe that ends when the test says so, or inside start().
class FakeProbe : public Probe {
public:
    FakeProbe(ProbeRequest made, bool endsAtOnce) : request(std::move(made)), m_endsAtOnce(endsAtOnce) {}
    void start() override
    {
        started = true;
        if (m_endsAtOnce)
            end(Outcome::Pass);
    }
    void end(Outcome outcome)
    {
        auto observation = std::make_shared<Observation>();
        observation->endpoint = request.endpoint.key();
        observation->outcome = outcome;
        observation->queued = request.queued;
        observation->attempt = request.attempt;
        Q_EMIT finished(observation);
    }

    ProbeRequest request;
    bool started = false;

private:
    bool m_endsAtOnce;
};

/// Makes FakeProbes and remembers those that live.
struct Probes {
    QList<QPointer<FakeProbe>> made;
    bool endAtOnce = false;

    EngineOptions options()
    {
        EngineOptions result;
        result.makeProbe = [this](ProbeRequest request, ProbeServices &) -> std::unique_ptr<Probe> {
            auto probe = std::make_unique<FakeProbe>(std::move(request), endAtOnce);
            made.append(probe.get());
            return probe;
        };
        result.observer.usableInterface = [] { return true; };
        result.observer.ipv4Routes = result.observer.ipv6Routes = u"/nonexistent/route"_s;
        return result;
    }
    /// The latest probe of the endpoint; null when it was cancelled.
    FakeProbe *of(const QString &key) const
    {
        for (auto probe = made.crbegin(); probe != made.crend(); ++probe) {
            if (*probe && (*probe)->request.endpoint.key() == key)
                return *probe;
        }
        return nullptr;
    }
    QStringList startOrder() const
    {
        QStringList keys;
        for (const auto &probe : made)
            keys.append(probe ? probe->request.endpoint.key() : u"gone"_s);
        return keys;
    }
    void endAll(Outcome outcome = Outcome::Pass)
    {
        const auto all = made; // ending one may start another
        for (const auto &probe : all) {
            if (probe && probe->started)
                probe->end(outcome);
        }
    }
};

Endpoint endpoint(const QString &name, const QString &url = u"http://127.0.0.1:1/"_s, Duration interval = 10s)
{
    Endpoint made;
    made.name = name;
    made.url = made.target = url;
    made.kind = Kind::Http;
    made.interval = interval;
    made.conditions = {{u"[STATUS] == 200"_s, {}}};
    return made;
}

IncidentPtr incidentOf(const QList<Endpoint> &endpoints)
{
    auto incident = std::make_shared<Incident>();
    incident->endpoints = endpoints;
    return incident;
}

IncidentPtr incidentOf(const QStringList &names)
{
    QList<Endpoint> endpoints;
    for (const QString &name : names)
        endpoints.append(endpoint(name));
    return incidentOf(endpoints);
}

ObservationPtr observation(const QSignalSpy &spy, qsizetype index)
{
    return spy.at(index).first().value<ObservationPtr>();
}

} // namespace

class TestEngine : public QObject {
    Q_OBJECT
private:
    std::shared_ptr<ManualClock> m_clock;

private Q_SLOTS:
    void init()
    {
        allclear::test::failOnWarnings();
        m_clock = std::make_shared<ManualClock>(TimePoint(1h));
    }

    void everyJudgedEndpointIsProbedOnce()
    {
        Probes probes;
        Endpoint off = endpoint(u"off"_s), later = endpoint(u"later"_s), redis = endpoint(u"unknown"_s);
        off.enabled = false;
        later.notJudged = u"not judged yet"_s;
        redis.kind = Kind::Unknown;
        Engine engine(m_clock, probes.options());
        QSignalSpy observed(&engine, &Engine::observed), all(&engine, &Engine::allProbed);
        engine.load(incidentOf({endpoint(u"a"_s), off, later, redis, endpoint(u"b"_s)}));
        engine.probeAllOnce();
        QCOMPARE(probes.startOrder(), (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(all.count(), 0);
        probes.endAll();
        QCOMPARE(observed.count(), 2);
        QCOMPARE(all.count(), 1);
        QCoreApplication::processEvents();
        QCOMPARE(all.count(), 1);
        QCOMPARE(probes.made.size(), 2);
    }

    void withNothingToProbeAllIsProbedAtOnce()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy all(&engine, &Engine::allProbed);
        engine.load(incidentOf(QStringList{}));
        engine.probeAllOnce();
        QTRY_COMPARE(all.count(), 1);
    }

    void allProbedWaitsForTheCanary()
    {
        Probes probes;
        test::TinyHttp canary;
        auto incident = std::make_shared<Incident>(*incidentOf(QStringList{u"a"_s}));
        incident->observerTarget = u"tcp://127.0.0.1:%1"_s.arg(canary.serverPort());
        Engine engine(m_clock, probes.options());
        QSignalSpy all(&engine, &Engine::allProbed), observer(&engine, &Engine::observerChanged);
        engine.load(incident);
        engine.probeAllOnce();
        probes.endAll();
        QCOMPARE(all.count(), 0);
        QTRY_COMPARE(all.count(), 1);
        QCOMPARE(observer.count(), 1);
        QCOMPARE(observer.first().first().value<ObserverState>(), ObserverState::Online);
    }

    void atMostMaxConcurrentAreUnderWayAndTheRestSayHowLongTheyWaited()
    {
        Probes probes;
        EngineOptions options = probes.options();
        options.maxConcurrent = 2;
        Engine engine(m_clock, options);
        QSignalSpy observed(&engine, &Engine::observed);
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s, u"c"_s}));
        engine.probeAllOnce();
        QCOMPARE(probes.made.size(), 2);
        m_clock->advance(700ms);
        probes.of(u"a"_s)->end(Outcome::Pass);
        QCOMPARE(probes.made.size(), 3);
        probes.of(u"c"_s)->end(Outcome::Pass);
        QCOMPARE(observation(observed, 0)->queued, Duration::zero());
        QCOMPARE(observation(observed, 1)->queued, Duration(700ms));
    }

    void aHundredRerunsAreOneProbe()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy started(&engine, &Engine::rerunStarted), finished(&engine, &Engine::rerunFinished);
        engine.load(incidentOf(QStringList{u"a"_s}));
        for (int i = 0; i < 100; ++i)
            engine.rerun({u"a"_s, u"a"_s});
        QCOMPARE(probes.made.size(), 1);
        QCOMPARE(started.count(), 1);
        QCOMPARE(finished.count(), 0);
        probes.endAll();
        QCOMPARE(finished.count(), 1);
        QCOMPARE(finished.first().first().toString(), u"a"_s);
        engine.rerun({u"a"_s});
        QCOMPARE(probes.made.size(), 2);
    }

    void aHundredRerunsReachARealServerOneAtATime()
    {
        test::TinyHttp server({}, test::TinyHttp::Manner::HoldsUntilReleased);
        EngineOptions options = Probes().options();
        options.makeProbe = allclear::makeProbe;
        Engine engine(std::make_shared<SystemClock>(), options);
        QSignalSpy observed(&engine, &Engine::observed);
        engine.load(incidentOf({endpoint(u"a"_s, server.url())}));
        for (int i = 0; i < 100; ++i)
            engine.rerun({u"a"_s});
        QTRY_COMPARE(server.waiting(), 1);
        engine.rerun({u"a"_s});
        server.release();
        QTRY_COMPARE(observed.count(), 1);
        QCOMPARE(observation(observed, 0)->outcome, Outcome::Pass);
        QCOMPARE(server.requests(), 1);
        QCOMPARE(server.mostAtOnce(), 1);
    }

    void unknownAndUnjudgedEndpointsCannotBeRerun()
    {
        Probes probes;
        Endpoint later = endpoint(u"later"_s);
        later.notJudged = u"not judged yet"_s;
        Engine engine(m_clock, probes.options());
        QSignalSpy started(&engine, &Engine::rerunStarted);
        engine.load(incidentOf({later}));
        engine.rerun({u"later"_s, u"nobody"_s});
        QCOMPARE(started.count(), 0);
        QVERIFY(probes.made.isEmpty());
    }

    void aRerunGoesBeforeWhatWaits()
    {
        Probes probes;
        EngineOptions options = probes.options();
        options.maxConcurrent = 1;
        Engine engine(m_clock, options);
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s, u"c"_s, u"d"_s}));
        engine.probeAllOnce();
        engine.rerun({u"c"_s, u"d"_s});
        for (int i = 0; i < 4; ++i)
            probes.made.last()->end(Outcome::Pass);
        QCOMPARE(probes.startOrder(), (QStringList{u"a"_s, u"c"_s, u"d"_s, u"b"_s}));
    }

    void attemptsCountTheFailuresInARow()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy observed(&engine, &Engine::observed);
        engine.load(incidentOf(QStringList{u"a"_s}));
        using enum Outcome;
        for (const Outcome outcome : {Pass, Fail, Fail, Fail, Degraded, Pass}) {
            engine.rerun({u"a"_s});
            probes.of(u"a"_s)->end(outcome);
        }
        QList<int> attempts;
        for (qsizetype i = 0; i < observed.count(); ++i)
            attempts.append(observation(observed, i)->attempt);
        QCOMPARE(attempts, (QList<int>{1, 1, 2, 3, 4, 1}));
    }

    void aThousandEndpointsDoNotStartTogether()
    {
        Probes probes;
        QStringList names;
        for (int i = 0; i < 1000; ++i)
            names.append(u"e%1"_s.arg(i));
        Engine engine(m_clock, probes.options());
        engine.load(incidentOf(names));
        engine.start();
        QCOMPARE(probes.made.size(), 1);
        m_clock->advance(1s);
        QTRY_COMPARE(probes.made.size(), 101);
        m_clock->advance(1s);
        QTRY_COMPARE(probes.made.size(), 201);
    }

    void theScheduleRunsOnItsOwn()
    {
        Probes probes;
        probes.endAtOnce = true;
        Engine engine(std::make_shared<ScaledClock>(200, TimePoint(1h)), probes.options());
        QSignalSpy observed(&engine, &Engine::observed);
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s}));
        engine.start();
        engine.start();
        QTRY_VERIFY(observed.count() >= 6);
        engine.stop();
        const qsizetype count = observed.count();
        QCoreApplication::processEvents();
        QCOMPARE(observed.count(), count);
    }

    void pausedEndpointsAreLeftAloneButObeyAPerson()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy paused(&engine, &Engine::pausedChanged);
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s}));
        engine.setPaused({u"a"_s, u"nobody"_s}, true);
        QCOMPARE(paused.count(), 1);
        QCOMPARE(paused.first().first().toStringList(), QStringList{u"a"_s});
        engine.setPaused({u"a"_s}, true);
        QCOMPARE(paused.count(), 1);
        engine.start();
        m_clock->advance(1s);
        QTRY_COMPARE(probes.startOrder(), QStringList{u"b"_s});
        engine.rerun({u"a"_s});
        QCOMPARE(probes.startOrder(), (QStringList{u"b"_s, u"a"_s}));
        probes.of(u"a"_s)->end(Outcome::Fail);
        engine.setPaused({u"a"_s}, false);
        QTRY_COMPARE(probes.made.size(), 3);
        QCOMPARE(probes.startOrder().last(), u"a"_s);
    }

    void anEmptyListPausesAllAndWhateverANewFileBrings()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy paused(&engine, &Engine::pausedChanged);
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s}));
        engine.setPaused({}, true);
        QCOMPARE(paused.last().first().toStringList(), (QStringList{u"a"_s, u"b"_s}));
        engine.start();
        engine.load(incidentOf(QStringList{u"a"_s, u"c"_s}));
        m_clock->advance(1min);
        QCoreApplication::processEvents();
        QVERIFY(probes.made.isEmpty());
        engine.setPaused({}, false);
        QCOMPARE(paused.last().first().toStringList(), (QStringList{u"a"_s, u"c"_s}));
        m_clock->advance(1s);
        QTRY_COMPARE(probes.startOrder(), (QStringList{u"a"_s, u"c"_s}));
    }

    void pausingTakesBackWhatWaits()
    {
        Probes probes;
        EngineOptions options = probes.options();
        options.maxConcurrent = 1;
        Engine engine(m_clock, options);
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s}));
        engine.start();
        m_clock->advance(1s);
        QTRY_COMPARE(probes.startOrder(), QStringList{u"a"_s});
        QCoreApplication::processEvents();
        engine.setPaused({u"b"_s}, true);
        probes.endAll();
        QCOMPARE(probes.made.size(), 1);
    }

    void aChangedFileKeepsCancelsAndBeginsProbes()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy observed(&engine, &Engine::observed), rerunFinished(&engine, &Engine::rerunFinished);
        engine.load(incidentOf({endpoint(u"kept"_s), endpoint(u"changed"_s), endpoint(u"gone"_s)}));
        engine.start();
        m_clock->advance(1s);
        QTRY_COMPARE(probes.made.size(), 3);
        const QPointer<FakeProbe> kept = probes.of(u"kept"_s), changed = probes.of(u"changed"_s), gone = probes.of(u"gone"_s);

        engine.load(incidentOf({endpoint(u"kept"_s), endpoint(u"changed"_s, u"http://127.0.0.1:2/"_s)}));
        QVERIFY(kept);
        QVERIFY(!changed);
        QVERIFY(!gone);
        QTRY_COMPARE(probes.made.size(), 4);
        QCOMPARE(probes.of(u"changed"_s)->request.endpoint.url, u"http://127.0.0.1:2/"_s);
        QCOMPARE(observed.count(), 0);
        kept->end(Outcome::Pass);
        QCOMPARE(observed.count(), 1);
        QCOMPARE(rerunFinished.count(), 0);
    }

    void aRerunThatANewFileCancelsIsReportedAsFinished()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy rerunFinished(&engine, &Engine::rerunFinished);
        engine.load(incidentOf(QStringList{u"gone"_s}));
        engine.rerun({u"gone"_s});
        engine.load(incidentOf(QStringList{u"other"_s}));
        QCOMPARE(rerunFinished.count(), 1);
    }

    void probingOnceEndsAlthoughTheFileChanged()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy all(&engine, &Engine::allProbed);
        engine.load(incidentOf(QStringList{u"a"_s, u"gone"_s}));
        engine.probeAllOnce();
        probes.of(u"a"_s)->end(Outcome::Pass);
        engine.load(incidentOf(QStringList{u"a"_s}));
        QCOMPARE(all.count(), 1);
    }

    void newRequirementsReachTheNextProbe()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        engine.load(incidentOf(QStringList{u"a"_s}));
        engine.rerun({u"a"_s});
        probes.endAll();
        auto stricter = std::make_shared<Incident>(*incidentOf(QStringList{u"a"_s}));
        SuccessCriterion criterion;
        criterion.endpoints = {u"a"_s};
        criterion.require = {{u"[RESPONSE_TIME] < 2000"_s, {}}};
        stricter->criteria = {criterion};
        engine.load(stricter);
        engine.rerun({u"a"_s});
        Observation judged;
        probes.of(u"a"_s)->request.conditions->judge(judged, Evidence{});
        QCOMPARE(judged.requirements.size(), 1);
        QCOMPARE(judged.requirements.first().text, u"[RESPONSE_TIME] < 2000"_s);
    }

    void stopCancelsWhatIsUnderWay()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy observed(&engine, &Engine::observed);
        engine.load(incidentOf(QStringList{u"a"_s}));
        engine.start();
        QCOMPARE(probes.made.size(), 1);
        engine.stop();
        QVERIFY(!probes.made.first());
        m_clock->advance(1h);
        QCoreApplication::processEvents();
        QCOMPARE(observed.count(), 0);
        QCOMPARE(probes.made.size(), 1);
        engine.start();
        QCOMPARE(probes.made.size(), 2);
    }

    void stoppedByTheFirstResult()
    {
        Probes probes;
        probes.endAtOnce = true;
        Engine engine(m_clock, probes.options());
        int results = 0;
        connect(&engine, &Engine::observed, &engine, [&] {
            ++results;
            engine.stop();
        });
        engine.load(incidentOf(QStringList{u"a"_s, u"b"_s, u"c"_s}));
        engine.probeAllOnce();
        QCOMPARE(results, 1);
    }

    void aProbeThatReportsTwiceIsHeardOnce()
    {
        Probes probes;
        Engine engine(m_clock, probes.options());
        QSignalSpy observed(&engine, &Engine::observed);
        engine.load(incidentOf(QStringList{u"a"_s}));
        engine.rerun({u"a"_s});
        FakeProbe *probe = probes.of(u"a"_s);
        probe->end(Outcome::Pass);
        probe->end(Outcome::Fail); // deleted only when control returns to the event loop
        QCOMPARE(observed.count(), 1);
    }

    void aThousandProbesThatEndInsideStartDoNotRecurse()
    {
        Probes probes;
        probes.endAtOnce = true;
        QStringList names;
        for (int i = 0; i < 1000; ++i)
            names.append(QString::number(i));
        EngineOptions options = probes.options();
        options.maxConcurrent = 1;
        Engine engine(m_clock, options);
        QSignalSpy observed(&engine, &Engine::observed), all(&engine, &Engine::allProbed);
        engine.load(incidentOf(names));
        engine.probeAllOnce();
        QTRY_COMPARE(all.count(), 1);
        QCOMPARE(observed.count(), 1000);
    }

    void aProbeThatNeverEndsIsReportedAsAFaultOfOurs()
    {
        Probes probes;
        Endpoint stuck = endpoint(u"stuck"_s);
        stuck.client.timeout = 1ms;
        Engine engine(m_clock, probes.options());
        QSignalSpy observed(&engine, &Engine::observed), finished(&engine, &Engine::rerunFinished);
        engine.load(incidentOf({stuck}));
        engine.rerun({u"stuck"_s});
        QTRY_COMPARE_WITH_TIMEOUT(observed.count(), 1, 20000);
        const ObservationPtr result = observation(observed, 0);
        QVERIFY(result->failed());
        QCOMPARE(result->failure->kind, FailureKind::Internal);
        QVERIFY(result->failure->message.contains(u"stuck"_s));
        QCOMPARE(result->startedAt, TimePoint(1h));
        QCOMPARE(finished.count(), 1);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(!probes.made.first());
    }

    void destroyedWhileProbesAreUnderWay()
    {
        test::TinyHttp server({}, test::TinyHttp::Manner::HoldsUntilReleased);
        EngineOptions options = Probes().options();
        options.makeProbe = allclear::makeProbe;
        auto engine = std::make_unique<Engine>(std::make_shared<SystemClock>(), options);
        QList<Endpoint> endpoints;
        for (int i = 0; i < 30; ++i)
            endpoints.append(endpoint(u"e%1"_s.arg(i), server.url()));
        QSignalSpy observed(engine.get(), &Engine::observed);
        engine->load(incidentOf(endpoints));
        engine->probeAllOnce();
        QTRY_COMPARE(server.waiting(), 30);
        engine.reset();
        QCoreApplication::processEvents();
        QCOMPARE(observed.count(), 0);
    }

    void realServersFromAThreadOfItsOwn()
    {
        test::TinyHttp up, down({503, "busy", {}});
        EngineOptions options = Probes().options();
        options.makeProbe = allclear::makeProbe;
        QThread thread;
        auto *engine = new Engine(std::make_shared<SystemClock>(), options);
        engine->moveToThread(&thread);
        connect(&thread, &QThread::finished, engine, &QObject::deleteLater);
        QSignalSpy observed(engine, &Engine::observed), all(engine, &Engine::allProbed);
        const auto incident = incidentOf({endpoint(u"up"_s, up.url()), endpoint(u"down"_s, down.url()),
                                          endpoint(u"refused"_s, u"http://127.0.0.1:%1/"_s.arg(test::refusedPort()))});
        thread.start();
        QMetaObject::invokeMethod(engine, [engine, incident] {
            engine->load(incident);
            engine->probeAllOnce();
        });
        QTRY_COMPARE(all.count(), 1);
        thread.quit();
        QVERIFY(thread.wait());
        QCOMPARE(observed.count(), 3);
        QMap<QString, ObservationPtr> results;
        for (qsizetype i = 0; i < observed.count(); ++i)
            results.insert(observation(observed, i)->endpoint, observation(observed, i));
        QCOMPARE(results[u"up"_s]->outcome, Outcome::Pass);
        QCOMPARE(results[u"down"_s]->status, 503);
        QCOMPARE(results[u"down"_s]->failure->kind, FailureKind::Condition);
        QCOMPARE(results[u"refused"_s]->failure->kind, FailureKind::Refused);
    }
};

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
