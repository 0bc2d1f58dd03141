#include "support/testmain.h"

#include "engine/schedule.h"

#include <algorithm>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

QList<ScheduledEndpoint> endpoints(int count, Duration interval)
{
    QList<ScheduledEndpoint> all;
    for (int i = 0; i < count; ++i)
        all.append({u"e%1"_s.arg(i, 4, 10, QChar(u'0')), interval});
    return all;
}

/// Runs one endpoint through `results`, each probe taking `latency`; returns when the probes began.
QList<int> startsMs(Duration interval, const QString &results, Duration latency)
{
    Schedule schedule;
    schedule.take({{u"a"_s, interval}}, {}, 0s);
    QList<int> starts;
    for (const QChar result : results) {
        const Duration due = *schedule.nextDue();
        schedule.takeDue(due);
        starts.append(static_cast<int>(toMs(due)));
        schedule.finished(u"a"_s, result == u'p' ? Health::Passing : Health::Failing, due + latency);
    }
    starts.append(static_cast<int>(toMs(*schedule.nextDue())));
    return starts;
}

QStringList keysOf(const QList<DueEndpoint> &due)
{
    QStringList keys;
    std::ranges::transform(due, std::back_inserter(keys), &DueEndpoint::key);
    return keys;
}

} // namespace

class TestSchedule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void recheck_data()
    {
        QTest::addColumn<int>("intervalMs");
        QTest::addColumn<int>("recheckMs");
        QTest::newRow("a third of the interval") << 30000 << 10000;
        QTest::newRow("10 s becomes 3.333 s") << 10000 << 3333;
        QTest::newRow("never under a second") << 2000 << 1000;
        QTest::newRow("never longer than a very short interval") << 500 << 500;
    }
    void recheck()
    {
        QFETCH(int, intervalMs);
        QFETCH(int, recheckMs);
        QCOMPARE(std::chrono::floor<std::chrono::milliseconds>(recheckInterval(fromMs(intervalMs))).count(), recheckMs);
    }

    void starts_data()
    {
        QTest::addColumn<int>("intervalMs");
        QTest::addColumn<QString>("results");
        QTest::addColumn<int>("latencyMs");
        QTest::addColumn<QList<int>>("expected");
        QTest::newRow("passing: every interval, whatever the latency")
            << 9000 << "ppp" << 400 << QList<int>{0, 9000, 18000, 27000};
        QTest::newRow("failing: every third of it") << 9000 << "fff" << 10 << QList<int>{0, 3000, 6000, 9000};
        QTest::newRow("recovered: back on the whole interval")
            << 9000 << "ffpp" << 10 << QList<int>{0, 3000, 6000, 15000, 24000};
        QTest::newRow("a probe longer than its interval skips the slots it covered")
            << 1000 << "pp" << 2500 << QList<int>{0, 3000, 6000};
        QTest::newRow("failing slowly: the next third after the end, no burst")
            << 9000 << "ff" << 10200 << QList<int>{0, 12000, 24000};
        QTest::newRow("ending exactly on a slot waits for the next one") << 1000 << "p" << 1000 << QList<int>{0, 2000};
    }
    void starts()
    {
        QFETCH(int, intervalMs);
        QFETCH(QString, results);
        QFETCH(int, latencyMs);
        QFETCH(QList<int>, expected);
        QCOMPARE(startsMs(fromMs(intervalMs), results, fromMs(latencyMs)), expected);
    }

    void spread_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("intervalMs");
        QTest::addColumn<int>("lastBeforeMs");
        QTest::addColumn<int>("mostInAnySecond");
        QTest::newRow("one starts at once") << 1 << 10000 << 1 << 1;
        QTest::newRow("twenty start within a second") << 20 << 10000 << 1000 << 20;
        QTest::newRow("sixty start within three") << 60 << 60000 << 3000 << 21;
        QTest::newRow("a thousand at 10 s fill their interval") << 1000 << 10000 << 10000 << 101;
        QTest::newRow("a thousand at 60 s start twenty a second") << 1000 << 60000 << 50000 << 21;
        QTest::newRow("a short interval is never exceeded") << 20 << 500 << 500 << 20;
    }
    void spread()
    {
        QFETCH(int, count);
        QFETCH(int, intervalMs);
        QFETCH(int, lastBeforeMs);
        QFETCH(int, mostInAnySecond);
        Schedule schedule;
        const Duration origin = 1h;
        schedule.take(endpoints(count, fromMs(intervalMs)), {}, origin);
        std::vector<Duration> starts;
        while (const auto due = schedule.nextDue()) {
            for (const DueEndpoint &endpoint : schedule.takeDue(*due))
                starts.push_back(endpoint.due - origin);
        }
        QCOMPARE(starts.size(), static_cast<std::size_t>(count));
        QCOMPARE(starts.front(), Duration::zero());
        QVERIFY(starts.back() < fromMs(lastBeforeMs));
        for (const Duration from : starts) {
            const auto inSecond = std::ranges::count_if(starts, [from](Duration at) { return at >= from && at < from + 1s; });
            QVERIFY(inSecond <= mostInAnySecond);
        }
    }

    void aThousandEndpointsNeverStartTogether()
    {
        Schedule schedule;
        schedule.take(endpoints(1000, 10s), {}, 0s);
        qsizetype most = 0;
        int probes = 0;
        while (*schedule.nextDue() < 5min) {
            const Duration now = *schedule.nextDue();
            const QList<DueEndpoint> due = schedule.takeDue(now);
            most = std::max(most, due.size());
            probes += static_cast<int>(due.size());
            for (const DueEndpoint &endpoint : due)
                schedule.finished(endpoint.key, Health::Passing, now + 1ms);
        }
        QCOMPARE(most, 1);
        QCOMPARE(probes, 30 * 1000);
    }

    void theOrderIsThatOfTheFile()
    {
        Schedule schedule;
        schedule.take({{u"z"_s, 10s}, {u"a"_s, 10s}, {u"m"_s, 10s}}, {}, 0s);
        QCOMPARE(keysOf(schedule.takeDue(1s)), (QStringList{u"z"_s, u"a"_s, u"m"_s}));
    }

    void whatIsUnderWayIsNotDueAgain()
    {
        Schedule schedule;
        schedule.take(endpoints(1, 1s), {}, 0s);
        QCOMPARE(schedule.takeDue(0s).size(), 1);
        QVERIFY(!schedule.nextDue());
        QVERIFY(schedule.takeDue(1min).isEmpty());
    }

    void aRerunLeavesTheSlotsWhereTheyAre()
    {
        Schedule schedule;
        schedule.take({{u"a"_s, 10s}}, {}, 0s);
        schedule.takeDue(0s);
        schedule.finished(u"a"_s, Health::Passing, 1s);
        schedule.begin(u"a"_s);
        QVERIFY(!schedule.nextDue());
        schedule.finished(u"a"_s, Health::Passing, 5s);
        QCOMPARE(*schedule.nextDue(), Duration(10s));
    }

    void aRerunThatFailsBringsTheNextProbeForward()
    {
        Schedule schedule;
        schedule.take({{u"a"_s, 30s}}, {}, 0s);
        schedule.takeDue(0s);
        schedule.finished(u"a"_s, Health::Passing, 1s);
        schedule.begin(u"a"_s);
        schedule.finished(u"a"_s, Health::Failing, 12s);
        QCOMPARE(*schedule.nextDue(), Duration(20s));
    }

    void aRerunBeforeTheFirstSlotKeepsIt()
    {
        Schedule schedule;
        schedule.take(endpoints(4, 10s), {}, 0s);
        schedule.begin(u"e0003"_s);
        schedule.finished(u"e0003"_s, Health::Passing, 20ms);
        QCOMPARE(schedule.takeDue(150ms).last(), (DueEndpoint{u"e0003"_s, 150ms}));
    }

    void pausedEndpointsAreNotDueAndResumeSpread()
    {
        Schedule schedule;
        schedule.take(endpoints(3, 10s), {}, 0s);
        schedule.setPaused({u"e0000"_s, u"e0001"_s}, true, 0s);
        QCOMPARE(keysOf(schedule.takeDue(1s)), (QStringList{u"e0002"_s}));
        schedule.setPaused({u"e0000"_s, u"e0001"_s, u"unknown"_s}, false, 5min);
        QCOMPARE(schedule.takeDue(5min), (QList<DueEndpoint>{{u"e0000"_s, 5min}}));
        QCOMPARE(*schedule.nextDue(), Duration(5min + 50ms));
    }

    void pausingTwiceChangesNothing()
    {
        Schedule schedule;
        schedule.take(endpoints(1, 10s), {}, 0s);
        schedule.setPaused({u"e0000"_s}, false, 5s);
        QCOMPARE(*schedule.nextDue(), Duration::zero());
    }

    void aProbeThatEndsWhilePausedIsNotScheduledUntilResumed()
    {
        Schedule schedule;
        schedule.take(endpoints(1, 10s), {}, 0s);
        schedule.takeDue(0s);
        schedule.setPaused({u"e0000"_s}, true, 1s);
        schedule.finished(u"e0000"_s, Health::Passing, 2s);
        QVERIFY(!schedule.nextDue());
        schedule.setPaused({u"e0000"_s}, false, 3s);
        QCOMPARE(*schedule.nextDue(), Duration(3s));
    }

    void pausedAndResumedWhileUnderWayWaitsForItsEnd()
    {
        Schedule schedule;
        schedule.take(endpoints(1, 10s), {}, 0s);
        schedule.takeDue(0s);
        schedule.setPaused({u"e0000"_s}, true, 1s);
        schedule.setPaused({u"e0000"_s}, false, 2s);
        QVERIFY(!schedule.nextDue());
        schedule.finished(u"e0000"_s, Health::Passing, 3s);
        QCOMPARE(*schedule.nextDue(), Duration(10s));
    }

    void aChangedFileKeepsUnchangedPlacesAndProbesTheRestNow()
    {
        Schedule schedule;
        schedule.take({{u"kept"_s, 10s}, {u"changed"_s, 10s}, {u"gone"_s, 10s}}, {}, 0s);
        for (const DueEndpoint &due : schedule.takeDue(1s))
            schedule.finished(due.key, Health::Passing, 1s);
        schedule.take({{u"kept"_s, 10s}, {u"changed"_s, 20s}, {u"new"_s, 10s}}, {u"kept"_s}, 4s);
        QCOMPARE(keysOf(schedule.takeDue(4s + 50ms)), (QStringList{u"changed"_s, u"new"_s}));
        QCOMPARE(*schedule.nextDue(), Duration(10s));
        QCOMPARE(keysOf(schedule.takeDue(10s)), (QStringList{u"kept"_s}));
    }

    void aKeptEndpointUnderWayStaysUnderWay()
    {
        Schedule schedule;
        schedule.take(endpoints(1, 10s), {}, 0s);
        schedule.takeDue(0s);
        schedule.take(endpoints(1, 10s), {u"e0000"_s}, 5s);
        QVERIFY(!schedule.nextDue());
        schedule.finished(u"e0000"_s, Health::Passing, 6s);
        QCOMPARE(*schedule.nextDue(), Duration(10s));
    }

    void afterALongSleepNothingBursts()
    {
        Schedule schedule;
        schedule.take(endpoints(1000, 10s), {}, 0s);
        for (const DueEndpoint &due : schedule.takeDue(10s))
            schedule.finished(due.key, Health::Passing, 10s);
        const Duration awake = 8h;
        QCOMPARE(schedule.takeDue(awake).size(), 1);
        QVERIFY(schedule.takeDue(awake + 1s).size() <= 100);
    }

    void aShortDelayIsCaughtUpAtOnce()
    {
        Schedule schedule;
        schedule.take(endpoints(10, 10s), {}, 0s);
        QCOMPARE(schedule.takeDue(5s).size(), 10);
    }

    void oneOverdueEndpointIsSimplyProbed()
    {
        Schedule schedule;
        schedule.take(endpoints(1, 10s), {}, 0s);
        QCOMPARE(schedule.takeDue(1h), (QList<DueEndpoint>{{u"e0000"_s, 0s}}));
        schedule.finished(u"e0000"_s, Health::Passing, 1h);
        QCOMPARE(*schedule.nextDue(), Duration(1h + 10s));
    }

    void unknownKeysAndClearedSchedulesAreQuiet()
    {
        Schedule schedule;
        schedule.begin(u"nobody"_s);
        schedule.finished(u"nobody"_s, Health::Passing, 1s);
        QVERIFY(!schedule.nextDue());
        schedule.take(endpoints(3, 10s), {}, 0s);
        schedule.clear();
        QVERIFY(!schedule.nextDue());
        QVERIFY(schedule.takeDue(1h).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
