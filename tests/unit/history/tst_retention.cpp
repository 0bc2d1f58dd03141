#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "history/database.h"
#include "history/retention.h"
#include "support/testmain.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const TimePoint noon{std::chrono::sys_days{std::chrono::year{2025} / 9 / 16} + 12h};

ObservationPtr observed(const QString &key, TimePoint at, const QString &failure = {})
{
    Observation made;
    made.endpoint = key;
    made.startedAt = at;
    made.latency = 41234us + Duration(at.time_since_epoch().count() % 100'000);
    made.status = 200;
    made.answered = true;
    made.outcome = Outcome::Pass;
    if (!failure.isEmpty()) {
        made.outcome = Outcome::Fail;
        made.failure = Failure{.kind = FailureKind::Condition, .phase = {}, .message = failure, .hint = {}};
    }
    return std::make_shared<const Observation>(made);
}

} // namespace

class RetentionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();

    void whatIsOldGoesOnOpen_data();
    void whatIsOldGoesOnOpen();
    void whatIsOldGoesEveryTenMinutes();
    void deletionComesInSmallSteps();
    void textsGoWithTheirSamples();
    void theFileStopsGrowing();
    void aFullFileMakesRoomAndGoesOn();
    void aSampleTakesFewBytes();

private:
    qint64 ask(const QString &sql);
    qint64 sizeOnDisk() const { return QFileInfo(m_path).size(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<ManualClock> m_clock;
    QString m_path;
};

void RetentionTest::init()
{
    test::failOnWarnings();
    m_folder = std::make_unique<QTemporaryDir>();
    m_clock = std::make_shared<ManualClock>(noon);
    m_path = m_folder->filePath(u"i.sqlite"_s);
}

qint64 RetentionTest::ask(const QString &sql)
{
    history::Database database;
    QVariant result;
    if (database.open(m_path, qint64(1) << 30) || database.value(sql, result))
        return -1;
    return result.toLongLong();
}

void RetentionTest::whatIsOldGoesOnOpen_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("ageHours");
    QTest::addColumn<int>("left");
    QTest::addRow("all of it is young") << 100 << 0 << 100;
    QTest::addRow("all of it is old") << 100 << 9 * 24 << 0;
    QTest::addRow("the sample on the edge stays") << 100 << 7 * 24 << 100;
    QTest::addRow("an hour past the edge, one sample a minute") << 200 << 7 * 24 + 1 << 140;
    QTest::addRow("more than one step") << 2 * history::trimChunk + 7 << 60 * 24 << 0;
    QTest::addRow("exactly one step") << history::trimChunk << 60 * 24 << 0;
    QTest::addRow("nothing at all") << 0 << 9 * 24 << 0;
}

void RetentionTest::whatIsOldGoesOnOpen()
{
    QFETCH(int, count);
    QFETCH(int, ageHours);
    QFETCH(int, left);
    {
        HistoryStore store(m_clock, {.retention = 24h * 365});
        store.open(m_path);
        for (int i = 0; i < count; ++i)
            store.record(observed(u"a"_s, noon + i * 1min));
    }
    m_clock->advance(std::chrono::hours(ageHours));
    HistoryStore store(m_clock);
    store.open(m_path);
    QTRY_COMPARE(ask(u"SELECT count(*) FROM sample"_s), left);
}

void RetentionTest::whatIsOldGoesEveryTenMinutes()
{
    HistoryStore store(m_clock, {.retention = 1h});
    QSignalSpy failed(&store, &HistoryStore::failed);
    store.open(m_path);
    for (int minute = 0; minute < 240; ++minute) {
        for (const QString &key : {u"a"_s, u"b"_s, u"c"_s})
            store.record(observed(key, m_clock->now()));
        store.flush();
        m_clock->advance(1min);
    }
    QTRY_VERIFY(ask(u"SELECT count(*) FROM sample"_s) <= 3 * 70);
    QVERIFY(ask(u"SELECT count(*) FROM sample"_s) >= 3 * 60);
    QCOMPARE(failed.size(), 0);
}

void RetentionTest::deletionComesInSmallSteps()
{
    history::Database database;
    QVERIFY(!database.open(m_path, qint64(1) << 30));
    std::vector<history::Row> rows;
    for (int i = 0; i < 3 * history::trimChunk; ++i)
        rows.push_back(history::toRow(*observed(u"a"_s, noon + i * 1s)));
    QVERIFY(!database.write(rows));

    history::Retention retention(database);
    QVERIFY(!retention.start(noon + 24h, noon + 24h, qint64(1) << 30));
    QVariant before;
    QVERIFY(!database.value(u"SELECT count(*) FROM sample"_s, before));
    int steps = 0;
    for (bool more = true; more && steps < 100; ++steps) {
        QVERIFY(!retention.step(more));
        QVariant after;
        QVERIFY(!database.value(u"SELECT count(*) FROM sample"_s, after));
        QVERIFY(before.toInt() - after.toInt() <= history::trimChunk);
        before = after;
    }
    QCOMPARE(before.toInt(), 0);
    QVERIFY(retention.hasDeleted());
    QVERIFY2(steps >= 5 && steps < 20, qPrintable(QString::number(steps)));
    QVariant unused;
    QVERIFY(!database.value(u"PRAGMA freelist_count"_s, unused));
    QCOMPARE(unused.toInt(), 0); // given back to the file system
}

void RetentionTest::textsGoWithTheirSamples()
{
    {
        HistoryStore store(m_clock, {.retention = 24h * 365});
        store.open(m_path);
        for (int i = 0; i < 100; ++i)
            store.record(observed(u"a"_s, noon + i * 1h, u"no answer after %1 ms"_s.arg(i)));
    }
    m_clock->advance(7 * 24h + 99h);
    HistoryStore store(m_clock);
    store.open(m_path);
    QTRY_COMPARE(ask(u"SELECT count(*) FROM message"_s), 1);
    QCOMPARE(ask(u"SELECT count(*) FROM sample"_s), 1);
}

// Two hours' retention at 20 endpoints every 10 s, for eight hours: from the first full window on the file stays as it is.
void RetentionTest::theFileStopsGrowing()
{
    HistoryStore store(m_clock, {.retention = 2h});
    store.open(m_path);
    qint64 halfway = 0;
    for (int step = 0; step < 8 * 6; ++step) {
        for (int i = 0; i < 60 * 20; ++i)
            store.record(observed(QString::number(i % 20), m_clock->now() + (i / 20) * 10s));
        m_clock->advance(10min);
        store.flush();
        QTRY_VERIFY_WITH_TIMEOUT(ask(u"SELECT count(*) FROM sample"_s) <= 20 * 6 * 60 * 3, 20'000);
        if (step == 4 * 6)
            halfway = sizeOnDisk();
    }
    store.close();
    QVERIFY(halfway > 0);
    QVERIFY2(sizeOnDisk() <= halfway + halfway / 4, qPrintable(QString::number(sizeOnDisk())));
}

void RetentionTest::aFullFileMakesRoomAndGoesOn()
{
    constexpr qint64 allowed = 1024 * 1024;
    HistoryStore store(m_clock, {.retention = 24h * 365, .maxBytes = allowed});
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy opened(&store, &HistoryStore::opened);
    store.open(m_path);
    int recorded = 0;
    while (failed.isEmpty() && recorded < 200'000) {
        for (int i = 0; i < 1000; ++i, ++recorded) {
            store.record(observed(u"a"_s, m_clock->now()));
            m_clock->advance(100us);
        }
        store.flush();
    }
    QCOMPARE(failed.size(), 1);
    QVERIFY2(failed.at(0).at(0).toString().contains("full"_L1), qPrintable(failed.at(0).at(0).toString()));
    QTRY_COMPARE(opened.size(), 2); // room was made and what waited was written
    QVERIFY(opened.at(1).at(1).toString().contains("nothing was lost"_L1));
    store.close();
    QVERIFY2(sizeOnDisk() <= allowed + allowed / 4, qPrintable(QString::number(sizeOnDisk())));
    const qint64 held = ask(u"SELECT count(*) FROM sample"_s);
    QVERIFY2(held > 1000 && held < recorded, qPrintable(QString::number(held)));
}

void RetentionTest::aSampleTakesFewBytes()
{
    constexpr int count = 200'000;
    {
        HistoryStore store(m_clock);
        store.open(m_path);
        for (int i = 0; i < count; ++i) {
            store.record(observed(QString::number(i % 20), noon + (i / 20) * 10s + Duration(i * 7919 % 100'000)));
            if (i % 200 == 199)
                store.flush();
        }
    }
    const double each = static_cast<double>(sizeOnDisk()) / count;
    qInfo("%.1f bytes a sample", each);
    QVERIFY2(each < 40, qPrintable(QString::number(each)));
}

QTEST_GUILESS_MAIN(RetentionTest)
#include "tst_retention.moc"
