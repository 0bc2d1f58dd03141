#include <QSignalSpy>

#include "items/series.h"
#include "support/testmain.h"

#include <cmath>
#include <random>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const TimePoint noon{std::chrono::sys_days{std::chrono::year{2025} / 9 / 16} + 12h};
constexpr float none = std::numeric_limits<float>::quiet_NaN();

Sample sample(int second, float latency = 41)
{
    return {.at = noon + second * 1s, .latencyMs = latency, .status = 200, .outcome = static_cast<quint8>(Outcome::Pass)};
}

Sample gap(int second)
{
    return {.at = noon + second * 1s, .latencyMs = none, .outcome = static_cast<quint8>(Outcome::Fail), .failure = 4};
}

std::vector<Sample> run(const QList<int> &seconds, float latency = 41)
{
    std::vector<Sample> made;
    for (const int second : seconds)
        made.push_back(sample(second, latency));
    return made;
}

QList<int> secondsOf(std::span<const Sample> samples)
{
    QList<int> seconds;
    for (const Sample &held : samples)
        seconds << static_cast<int>((held.at - noon) / 1s);
    return seconds;
}

} // namespace

class SeriesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void samplesStandInOrder_data();
    void samplesStandInOrder();
    void theLaterOfOneInstantStays();
    void retentionCountsFromTheNewest_data();
    void retentionCountsFromTheNewest();
    void aShorterRetentionTakesHoldAtOnce();
    void memoryStaysBounded();
    void betweenIsHalfOpen_data();
    void betweenIsHalfOpen();
    void columnsKeepEverySpike_data();
    void columnsKeepEverySpike();
    void columnsAgreeWithAPlainCount();
    void columnsOfACenturyDoNotOverflow();
    void unknownSeriesAreEmpty();
    void resetKeepsWhatItIsTold_data();
    void resetKeepsWhatItIsTold();
    void signalsSayWhatCame();
};

void SeriesTest::samplesStandInOrder_data()
{
    QTest::addColumn<QList<QList<int>>>("batches");
    QTest::addColumn<QList<int>>("expected");
    using Batches = QList<QList<int>>;
    QTest::addRow("in order, one by one") << Batches{{1}, {2}, {3}} << QList{1, 2, 3};
    QTest::addRow("in order, as batches") << Batches{{1, 2}, {3, 4}} << QList{1, 2, 3, 4};
    QTest::addRow("an empty batch changes nothing") << Batches{{1}, {}, {2}} << QList{1, 2};
    QTest::addRow("a late one goes between") << Batches{{1, 3}, {2}} << QList{1, 2, 3};
    QTest::addRow("a late one goes in front") << Batches{{5}, {1}} << QList{1, 5};
    QTest::addRow("yesterday after today") << Batches{{100, 101}, {1, 2, 3}} << QList{1, 2, 3, 100, 101};
    QTest::addRow("overlapping batches") << Batches{{1, 3, 5, 7}, {2, 4, 6, 8}} << QList{1, 2, 3, 4, 5, 6, 7, 8};
    QTest::addRow("a batch that is not in order") << Batches{{3, 1, 2}} << QList{1, 2, 3};
    QTest::addRow("what is there already is there once") << Batches{{1, 2, 3}, {2, 3, 4}} << QList{1, 2, 3, 4};
    QTest::addRow("twins within a batch") << Batches{{1, 1, 2, 2, 2}} << QList{1, 2};
    QTest::addRow("the newest comes twice") << Batches{{1, 2}, {2}} << QList{1, 2};
}

void SeriesTest::samplesStandInOrder()
{
    QFETCH(QList<QList<int>>, batches);
    QFETCH(QList<int>, expected);
    SeriesStore store;
    store.reset({u"a"_s});
    for (const auto &batch : batches)
        store.append(0, run(batch));
    QCOMPARE(secondsOf(store.samples(0)), expected);
}

void SeriesTest::theLaterOfOneInstantStays()
{
    SeriesStore store;
    store.reset({u"a"_s});
    store.append(0, run({1, 2, 3}, 10));
    store.append(0, run({2}, 99));
    QCOMPARE(store.samples(0)[1].latencyMs, 99.0f);
    QCOMPARE(store.samples(0)[2].latencyMs, 10.0f);
}

void SeriesTest::retentionCountsFromTheNewest_data()
{
    QTest::addColumn<QList<int>>("seconds");
    QTest::addColumn<QList<int>>("kept");
    QTest::addRow("all young") << QList{1, 2, 3} << QList{1, 2, 3};
    QTest::addRow("on the edge") << QList{0, 60} << QList{0, 60};
    QTest::addRow("past the edge") << QList{0, 61} << QList{61};
    QTest::addRow("after a long silence only the newest") << QList{0, 10, 20, 30, 3000} << QList{3000};
    QTest::addRow("a late one that is too old") << QList{100, 10} << QList{100};
}

void SeriesTest::retentionCountsFromTheNewest()
{
    QFETCH(QList<int>, seconds);
    QFETCH(QList<int>, kept);
    SeriesStore store;
    store.setRetention(1min);
    store.reset({u"a"_s});
    for (const int second : seconds)
        store.append(0, run({second}));
    QCOMPARE(secondsOf(store.samples(0)), kept);
}

void SeriesTest::aShorterRetentionTakesHoldAtOnce()
{
    SeriesStore store;
    store.reset({u"a"_s, u"b"_s});
    store.append(0, run({0, 50, 100}));
    store.setRetention(60s);
    QCOMPARE(secondsOf(store.samples(0)), (QList{50, 100}));
    QVERIFY(store.samples(1).empty());
}

void SeriesTest::memoryStaysBounded()
{
    SeriesStore store;
    store.setRetention(1000s);
    store.reset({u"a"_s});
    for (int second = 0; second < 100'000; ++second) {
        const Sample one = sample(second);
        store.append(0, {&one, 1});
        QVERIFY(store.samples(0).size() <= 1001);
    }
    QCOMPARE(secondsOf(store.samples(0)).first(), 98'999);
    QCOMPARE(secondsOf(store.samples(0)).last(), 99'999);
}

void SeriesTest::betweenIsHalfOpen_data()
{
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");
    QTest::addColumn<QList<int>>("expected");
    QTest::addRow("the start belongs to it, the end does not") << 20 << 40 << QList{20, 30};
    QTest::addRow("between two samples") << 21 << 29 << QList<int>{};
    QTest::addRow("all of it and more") << -100 << 100 << QList{10, 20, 30, 40};
    QTest::addRow("before") << -100 << 10 << QList<int>{};
    QTest::addRow("after") << 41 << 100 << QList<int>{};
    QTest::addRow("empty") << 20 << 20 << QList<int>{};
    QTest::addRow("the wrong way round") << 40 << 20 << QList<int>{};
}

void SeriesTest::betweenIsHalfOpen()
{
    QFETCH(int, from);
    QFETCH(int, to);
    QFETCH(QList<int>, expected);
    SeriesStore store;
    store.reset({u"a"_s});
    store.append(0, run({10, 20, 30, 40}));
    QCOMPARE(secondsOf(store.between(0, noon + from * 1s, noon + to * 1s)), expected);
}

void SeriesTest::columnsKeepEverySpike_data()
{
    QTest::addColumn<QList<float>>("latencies"); // one a second; NaN: no answer
    QTest::addColumn<int>("columns");
    QTest::addColumn<QList<float>>("mins");
    QTest::addColumn<QList<float>>("maxs");
    QTest::addColumn<QList<int>>("gaps");
    using F = QList<float>;
    QTest::addRow("one sample a column") << F{1, 2, 3} << 3 << F{1, 2, 3} << F{1, 2, 3} << QList{0, 0, 0};
    QTest::addRow("a spike among a thousand is seen") << F{1, 900, 2, 3} << 1 << F{1} << F{900} << QList{0};
    QTest::addRow("no answer is no value") << F{none, none} << 1 << F{none} << F{none} << QList{2};
    QTest::addRow("no answer beside an answer") << F{none, 7} << 1 << F{7} << F{7} << QList{1};
    QTest::addRow("more columns than samples") << F{5, 6} << 4 << F{5, none, 6, none} << F{5, none, 6, none} << QList{0, 0, 0, 0};
    QTest::addRow("a width that does not divide") << F{1, 2, 3, 4, 5} << 2 << F{1, 4} << F{3, 5} << QList{0, 0};
    QTest::addRow("no columns") << F{1} << 0 << F{} << F{} << QList<int>{};
}

void SeriesTest::columnsKeepEverySpike()
{
    QFETCH(QList<float>, latencies);
    QFETCH(int, columns);
    QFETCH(QList<float>, mins);
    QFETCH(QList<float>, maxs);
    QFETCH(QList<int>, gaps);
    SeriesStore store;
    store.reset({u"a"_s});
    std::vector<Sample> samples;
    for (int i = 0; i < latencies.size(); ++i)
        samples.push_back(std::isnan(latencies[i]) ? gap(i) : sample(i, latencies[i]));
    store.append(0, samples);
    const auto bins = store.columns(0, noon, noon + latencies.size() * 1s, columns);
    QCOMPARE(static_cast<qsizetype>(bins.size()), mins.size());
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const auto at = static_cast<qsizetype>(i);
        QCOMPARE(bins[i].min, mins[at]);
        QCOMPARE(bins[i].max, maxs[at]);
        QCOMPARE(bins[i].gaps, gaps[at]);
        QCOMPARE(bins[i].failures, gaps[at]);
    }
}

void SeriesTest::columnsAgreeWithAPlainCount()
{
    std::mt19937 random(7);
    SeriesStore store;
    store.reset({u"a"_s});
    std::vector<Sample> samples;
    for (int i = 0; i < 5000; ++i)
        samples.push_back(random() % 10 == 0 ? gap(i) : sample(i, static_cast<float>(random() % 1000)));
    store.append(0, samples);
    for (const int columns : {1, 7, 100, 333, 4096, 9999}) {
        const auto bins = store.columns(0, noon, noon + 5000s, columns);
        std::vector<ColumnBin> plain(static_cast<std::size_t>(columns));
        for (const Sample &one : samples) {
            // The bin whose exact start, from + range × i ÷ columns, is the last not after the sample.
            const auto offset = (one.at - noon).count();
            auto index = static_cast<std::size_t>(offset * columns / Duration(5000s).count());
            while (index + 1 < plain.size() && Duration(5000s).count() * static_cast<qint64>(index + 1) / columns <= offset)
                ++index;
            ++plain[index].samples;
            plain[index].gaps += std::isnan(one.latencyMs) ? 1 : 0;
            if (!std::isnan(one.latencyMs))
                plain[index].last = one.latencyMs;
        }
        for (std::size_t i = 0; i < plain.size(); ++i) {
            QCOMPARE(bins[i].samples, plain[i].samples);
            QCOMPARE(bins[i].gaps, plain[i].gaps);
            QCOMPARE(bins[i].last, plain[i].last);
        }
    }
}

void SeriesTest::columnsOfACenturyDoNotOverflow()
{
    SeriesStore store;
    store.reset({u"a"_s});
    store.append(0, run({0, 1}));
    const auto bins = store.columns(0, noon - 24h * 36'500, noon + 24h * 36'500, 4000);
    QCOMPARE(bins[2000].samples, 2);
}

void SeriesTest::unknownSeriesAreEmpty()
{
    SeriesStore store;
    QSignalSpy appended(&store, &SeriesStore::appended);
    for (const int series : {-1, 0, 7}) {
        store.append(series, run({1}));
        QVERIFY(store.samples(series).empty());
        QVERIFY(store.between(series, noon, noon + 1h).empty());
        QCOMPARE(store.columns(series, noon, noon + 1h, 3).size(), std::size_t(3));
        QCOMPARE(store.name(series), QString());
    }
    QCOMPARE(appended.size(), 0);
}

void SeriesTest::resetKeepsWhatItIsTold_data()
{
    QTest::addColumn<bool>("keep");
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QList<int>>("counts");
    QTest::addRow("nothing is kept unless asked") << false << QStringList{u"a"_s, u"b"_s} << QList{0, 0};
    QTest::addRow("the same names") << true << QStringList{u"a"_s, u"b"_s} << QList{2, 3};
    QTest::addRow("another order") << true << QStringList{u"b"_s, u"a"_s} << QList{3, 2};
    QTest::addRow("a new one between") << true << QStringList{u"a"_s, u"new"_s, u"b"_s} << QList{2, 0, 3};
    QTest::addRow("one is gone") << true << QStringList{u"b"_s} << QList{3};
    QTest::addRow("all are gone") << true << QStringList{} << QList<int>{};
}

void SeriesTest::resetKeepsWhatItIsTold()
{
    QFETCH(bool, keep);
    QFETCH(QStringList, names);
    QFETCH(QList<int>, counts);
    SeriesStore store;
    store.reset({u"a"_s, u"b"_s});
    store.append(0, run({1, 2}));
    store.append(1, run({1, 2, 3}));
    QSignalSpy wasReset(&store, &SeriesStore::wasReset);
    store.reset(names, keep ? SeriesStore::Keep::SameNames : SeriesStore::Keep::Nothing);
    QCOMPARE(wasReset.size(), 1);
    QCOMPARE(store.count(), static_cast<int>(names.size()));
    for (int i = 0; i < store.count(); ++i) {
        QCOMPARE(store.name(i), names[i]);
        QCOMPARE(static_cast<int>(store.samples(i).size()), counts[i]);
    }
}

void SeriesTest::signalsSayWhatCame()
{
    SeriesStore store;
    store.reset({u"a"_s, u"b"_s});
    QSignalSpy appended(&store, &SeriesStore::appended);
    QSignalSpy stretch(&store, &SeriesStore::stretchChanged);
    store.append(1, run({30, 10, 20}));
    store.append(1, {});
    QCOMPARE(appended.size(), 1);
    QCOMPARE(appended.at(0).at(0).toInt(), 1);
    QVERIFY(appended.at(0).at(1).value<Sample>().at == noon + 30s);
    QCOMPARE(stretch.size(), 1);
    QVERIFY(stretch.at(0).at(1).value<TimePoint>() == noon + 10s);
    QVERIFY(stretch.at(0).at(2).value<TimePoint>() == noon + 30s);
}

QTEST_GUILESS_MAIN(SeriesTest)
#include "tst_series.moc"
