#include "items/desk.h"
#include "support/incidentbuilder.h"
#include "support/testmain.h"

#include <QSignalSpy>

using namespace allclear;
using namespace allclear::test;

namespace
{

const QString api = u"api"_s;
const QString redis = u"redis"_s;

/// Two components, each with one endpoint of its name.
IncidentPtr twoComponents(const QString &address = u"https://api.example"_s)
{
    IncidentBuilder builder;
    builder.endpoint(api).url = address;
    builder.endpoint(redis);
    return builder.build();
}

class Fixture
{
public:
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(t0);
    Desk desk{clock, Mode::OverTime};
    QSignalSpy spy{&desk, &Desk::framed};

    int count() const { return static_cast<int>(spy.count()); }
    FramePtr last() const { return qvariant_cast<FramePtr>(spy.last().at(0)); }
    FramePtr at(int index) const { return qvariant_cast<FramePtr>(spy.at(index).at(0)); }
    QList<int> lastRows() const
    {
        QList<int> rows;
        for (const auto &[row, tile] : last()->tiles)
            rows.append(row);
        return rows;
    }
};

} // namespace

class TestDesk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void aNewIncidentSendsEveryTile()
    {
        Fixture f;
        const IncidentPtr incident = twoComponents();
        f.desk.take(incident);
        QTRY_COMPARE(f.count(), 1);
        QCOMPARE(f.last()->incident, incident);
        QCOMPARE(f.last()->number, 1U);
        QCOMPARE(f.lastRows(), (QList<int>{0, 1}));
        QCOMPARE(name(f.last()->verdict->overall), name(Overall::Unknown));
    }

    void onlyChangedTilesFollow()
    {
        Fixture f;
        f.desk.take(twoComponents());
        QTRY_COMPARE(f.count(), 1);
        f.desk.add(share(failed(redis, t0)));
        QTRY_COMPARE(f.count(), 2);
        QCOMPARE(f.lastRows(), QList<int>{1});
        QCOMPARE(name(f.last()->tiles[0].second.state), name(State::Down));
    }

    void aTileWithGapsIsNotSentAgain()
    {
        Fixture f;
        f.desk.take(twoComponents());
        f.desk.add(share(failed(api, t0)));
        QTRY_COMPARE(f.count(), 1);
        f.desk.tick();
        QTRY_COMPARE(f.count(), 2);
        QVERIFY(f.last()->tiles.isEmpty());
        QVERIFY(f.last()->samples.isEmpty());
    }

    void resultsAreCoalesced()
    {
        Fixture f;
        f.desk.take(twoComponents());
        for (int index = 0; index < 50; ++index) {
            f.clock->advance(1ms);
            f.desk.add(share(passed(api, f.clock->now())));
        }
        QTRY_COMPARE(f.count(), 1);
        QCOMPARE(f.last()->samples.size(), 50);
        for (const auto &[endpoint, sample] : f.last()->samples)
            QCOMPARE(endpoint, 0);
        QVERIFY(std::ranges::is_sorted(f.last()->samples, {}, [](const auto &entry) { return entry.second.at; }));
    }

    void framesKeepTheirDistance()
    {
        Fixture f;
        QElapsedTimer sinceFrame;
        qint64 shortest = 1'000'000;
        connect(&f.desk, &Desk::framed, &f.desk, [&] {
            if (sinceFrame.isValid())
                shortest = std::min(shortest, sinceFrame.elapsed());
            sinceFrame.start();
            f.clock->advance(1ms);
            f.desk.add(share(passed(api, f.clock->now()))); // always more to show
        });
        f.desk.take(twoComponents());
        QTRY_VERIFY(f.count() >= 4);
        QVERIFY2(shortest >= frameInterval.count() - 2, qPrintable(QString::number(shortest)));
    }

    void nothingNewMeansNoFrame()
    {
        Fixture f;
        f.desk.add(share(passed(api, t0))); // no incident yet
        f.desk.tick();
        f.desk.take(twoComponents());
        QTRY_COMPARE(f.count(), 1);
        f.desk.add(share(passed(u"nobody"_s, t0)));
        f.desk.add(nullptr);
        f.desk.setRunning(u"nobody"_s, true);
        f.desk.seed(u"nobody"_s, {}, 0, 0);
        QVERIFY(!f.desk.findChild<QTimer *>()->isActive());
        QCOMPARE(f.count(), 1);
    }

    void anOlderResultIsNotDrawnTwice()
    {
        Fixture f;
        f.desk.take(twoComponents());
        const ObservationPtr result = share(passed(api, t0));
        f.desk.add(result);
        f.desk.add(result);
        QTRY_COMPARE(f.count(), 1);
        QCOMPARE(f.last()->samples.size(), 1);
    }

    void timeAloneMakesATileStale()
    {
        Fixture f;
        f.desk.take(twoComponents());
        f.desk.add(share(passed(api, t0)));
        QTRY_COMPARE(f.count(), 1);
        f.clock->advance(31s);
        f.desk.tick();
        QTRY_COMPARE(f.count(), 2);
        QCOMPARE(f.lastRows(), QList<int>{0});
        QCOMPARE(f.last()->tiles[0].second.value, u"stale"_s);
    }

    void seedsAreDrawnButProveNothing()
    {
        Fixture f;
        f.desk.take(twoComponents());
        f.desk.add(share(passed(api, t0)));
        const QList<Sample> stored{toSample(passed(api, t0 - 10s)), toSample(passed(api, t0))};
        f.desk.seed(api, stored, 2, 2);
        f.desk.seed(api, stored, 2, 2);
        f.desk.seed(redis, {toSample(passed(redis, t0 - 10s))}, 1, 1);
        QTRY_COMPARE(f.count(), 1);
        QCOMPARE(f.last()->samples.size(), 1);
        QCOMPARE(f.last()->seeds.size(), 2);
        QCOMPARE(f.last()->seeds[0].second.size(), 1); // the stored copy of a live result is not drawn again
        QCOMPARE(f.last()->seeds[1].second.size(), 1);
        QCOMPARE(name(f.last()->tiles[1].second.state), name(State::Checking));
        QCOMPARE(f.last()->tiles[1].second.recent.size(), 1);
    }

    void aRerunShowsRunningThenDoneThenIdle()
    {
        Fixture f;
        f.desk.take(twoComponents());
        QTRY_COMPARE(f.count(), 1);
        f.desk.setRunning(api, true);
        QTRY_COMPARE(f.count(), 2);
        QCOMPARE(f.lastRows(), QList<int>{0});
        QCOMPARE(f.last()->tiles[0].second.rerun, RerunState::Running);
        QCOMPARE(f.last()->running, QSet<EndpointKey>{api});
        f.desk.setRunning(api, false);
        QTRY_COMPARE(f.count(), 3);
        QCOMPARE(f.last()->tiles[0].second.rerun, RerunState::Done);
        QVERIFY(f.last()->running.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT((f.desk.tick(), f.count() > 3 && !f.last()->tiles.isEmpty()), 10000);
        QCOMPARE(f.last()->tiles[0].second.rerun, RerunState::Idle);
    }

    void pausingShowsAndResumingForgetsTheHold()
    {
        Fixture f;
        f.desk.take(twoComponents());
        f.desk.add(share(passed(api, t0)));
        f.desk.setPaused({api}, true);
        QCOMPARE(name(f.desk.judgeNow()->endpoints[0].state), name(State::Paused));
        f.desk.setPaused({}, true);
        QCOMPARE(name(f.desk.judgeNow()->endpoints[1].state), name(State::Paused));
        f.desk.setPaused({}, false);
        QCOMPARE(name(f.desk.judgeNow()->endpoints[0].state), name(State::Up));
        QCOMPARE(name(f.desk.judgeNow()->endpoints[1].state), name(State::Checking));
        QTRY_COMPARE(f.count(), 1);
    }

    void failuresWhileOfflineAreDrawnButNotCounted()
    {
        Fixture f;
        f.desk.take(twoComponents());
        f.desk.add(share(passed(api, t0)));
        f.desk.setObserver(ObserverState::Offline, u"no route"_s, false);
        f.clock->advance(1s);
        f.desk.add(share(failed(api, t0 + 1s)));
        QCOMPARE(*f.desk.judgeNow()->availability, 1.0);
        QCOMPARE(f.desk.judgeNow()->sentence, u"UNKNOWN: observer offline: no route"_s);
        QTRY_COMPARE(f.count(), 1);
        QCOMPARE(f.last()->samples.size(), 2);
        QCOMPARE(f.last()->tiles[0].second.value, u"offline"_s);
        f.desk.setObserver(ObserverState::Online, {}, false);
        QCOMPARE(name(f.desk.judgeNow()->endpoints[0].state), name(State::Checking)); // not down, not up
        f.clock->advance(1s);
        f.desk.add(share(passed(api, t0 + 2s)));
        QCOMPARE(name(f.desk.judgeNow()->endpoints[0].state), name(State::Up));
    }

    void failuresOfLoopbackWhileOfflineCount()
    {
        Fixture f;
        f.desk.take(twoComponents(u"http://127.0.0.1:1/"_s));
        f.desk.setObserver(ObserverState::Offline, u"no route"_s, false);
        f.desk.add(share(failed(api, t0)));
        QCOMPARE(name(f.desk.judgeNow()->endpoints[0].state), name(State::Down));
    }

    void aChangedFileSendsEveryTileAndKeepsStates()
    {
        Fixture f;
        f.desk.take(twoComponents());
        f.desk.add(share(passed(redis, t0)));
        QTRY_COMPARE(f.count(), 1);
        IncidentBuilder builder; // redis is first now, api is gone
        builder.endpoint(redis);
        builder.endpoint(u"auth"_s);
        builder.endpoint(u"frontend"_s);
        f.clock->advance(1s);
        f.desk.add(share(passed(redis, t0 + 1s)));
        f.desk.add(share(passed(api, t0 + 1s)));
        const IncidentPtr changed = builder.build();
        f.desk.take(changed);
        QTRY_COMPARE(f.count(), 2);
        QCOMPARE(f.last()->incident, changed);
        QCOMPARE(f.lastRows(), (QList<int>{0, 1, 2}));
        QCOMPARE(name(f.last()->tiles[0].second.state), name(State::Up));
        QCOMPARE(f.last()->samples.size(), 1); // by the new file's index; api's is dropped
        QCOMPARE(f.last()->samples[0].first, 0);
    }

    void numbersCountFrames()
    {
        Fixture f;
        f.desk.take(twoComponents());
        QTRY_COMPARE(f.count(), 1);
        f.desk.tick();
        QTRY_COMPARE(f.count(), 2);
        f.desk.tick();
        QTRY_COMPARE(f.count(), 3);
        for (int index = 0; index < 3; ++index)
            QCOMPARE(f.at(index)->number, static_cast<quint64>(index + 1));
    }
};

QTEST_GUILESS_MAIN(TestDesk)
#include "tst_desk.moc"
