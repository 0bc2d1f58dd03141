#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThread>

#include "history/database.h"
#include "history/history.h"
#include "history/schema.h"
#include "support/testmain.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const TimePoint noon{std::chrono::sys_days{std::chrono::year{2025} / 9 / 16} + 12h};
const TimePoint always{Duration(std::numeric_limits<qint64>::max())};
const TimePoint ever{Duration(0)};

ObservationPtr passed(const QString &key, TimePoint at, Duration latency = 41ms)
{
    Observation made;
    made.endpoint = key;
    made.startedAt = at;
    made.latency = latency;
    made.status = 200;
    made.answered = true;
    made.outcome = Outcome::Pass;
    return std::make_shared<const Observation>(made);
}

ObservationPtr failedWith(const QString &key, TimePoint at, FailureKind kind, const QString &message, bool answered = false)
{
    Observation made;
    made.endpoint = key;
    made.startedAt = at;
    made.latency = 10211300us;
    made.answered = answered;
    if (answered)
        made.status = 503;
    made.failure = Failure{.kind = kind, .phase = {}, .message = message, .hint = {}};
    return std::make_shared<const Observation>(made);
}

/// Asks the file itself, not the store.
QVariant ask(const QString &path, const QString &sql)
{
    history::Database database;
    QVariant result;
    if (auto fault = database.open(path, qint64(1) << 30))
        return fault->detail;
    if (auto fault = database.value(sql, result))
        return fault->detail;
    return result;
}

void spoil(const QString &path, qint64 offset, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(offset));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class HistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();

    void storesWhatWasSeen_data();
    void storesWhatWasSeen();
    void failureCodesAreTheFileFormat();
    void loadsOnlyTheStretchAndCountsFromItsOwnStart();
    void anUnknownEndpointLoadsEmpty();
    void theNewestFailureKeepsItsWords();
    void failureTextsAreStoredOnce();
    void oneInstantIsOneSample();
    void thousandsFlushAsOneBatch();
    void theBatchTimerFlushesUnasked();
    void loadSeesWhatIsStillPending();
    void closeAndDestructionFlush_data();
    void closeAndDestructionFlush();
    void nothingIsRecordedBeforeOpen();
    void reopeningGoesOn();
    void worksOnAThreadOfItsOwn();

    void ticksComeBack_data();
    void ticksComeBack();

    void filesAreTheOwnersAlone();
    void pathsFollowXdg();
    void schemaSaysItsVersion();

    void aDamagedFileIsSetAside_data();
    void aDamagedFileIsSetAside();
    void twoDamagedFilesAreBothKept();
    void damageFoundWhileRunningLosesNothingPending();
    void aNewerFileIsLeftAlone();
    void anUnusablePlaceFailsOnce_data();
    void anUnusablePlaceFailsOnce();
    void aLockedFileIsTriedAgain();
    void waitingResultsAreBounded();

private:
    QString path(const QString &name = u"history/i.sqlite"_s) const { return m_folder->filePath(name); }
    void fill(int count);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<ManualClock> m_clock;
};

void HistoryTest::init()
{
    test::failOnWarnings();
    m_folder = std::make_unique<QTemporaryDir>();
    m_clock = std::make_shared<ManualClock>(noon);
}

void HistoryTest::fill(int count)
{
    HistoryStore store(m_clock);
    store.open(path());
    for (int i = 0; i < count; ++i)
        store.record(passed(u"Services/api"_s, noon + i * 1s));
}

void HistoryTest::storesWhatWasSeen_data()
{
    QTest::addColumn<ObservationPtr>("observation");
    QTest::addRow("a pass with its latency to the microsecond") << passed(u"a"_s, noon + 1us, 1234567us);
    QTest::addRow("a complete answer that fails a condition")
        << failedWith(u"a"_s, noon, FailureKind::Condition, u"[STATUS] (503) == 200"_s, true);
    QTest::addRow("no answer is a gap and never 0 ms")
        << failedWith(u"a"_s, noon, FailureKind::Refused, u"connection refused"_s);
    QTest::addRow("a time before 1970") << passed(u"a"_s, TimePoint(-5s));
    QTest::addRow("a name in another script") << passed(u"Dienste/Prüfung – 健康"_s, noon);
}

void HistoryTest::storesWhatWasSeen()
{
    QFETCH(ObservationPtr, observation);
    HistoryStore store(m_clock);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    store.record(observation);
    store.flush();
    store.load({observation->endpoint}, TimePoint(-1h), always, TimePoint(-1h));

    const auto all = loaded.at(0).at(0).value<QList<StoredSeries>>();
    QCOMPARE(all.size(), 1);
    QCOMPARE(all[0].key, observation->endpoint);
    QCOMPARE(all[0].samples.size(), 1);
    const Sample came = all[0].samples[0];
    const Sample wanted = toSample(*observation);
    QVERIFY(came.at == wanted.at);
    QCOMPARE(std::isnan(came.latencyMs), std::isnan(wanted.latencyMs));
    if (!std::isnan(wanted.latencyMs))
        QCOMPARE(came.latencyMs, wanted.latencyMs);
    QCOMPARE(came.status, wanted.status);
    QCOMPARE(came.outcome, wanted.outcome);
    QCOMPARE(came.failure, wanted.failure);
    QCOMPARE(all[0].total, 1);
    QCOMPARE(all[0].passed, observation->failed() ? 0 : 1);
    QCOMPARE(all[0].lastFailure.has_value(), observation->failed());
}

void HistoryTest::failureCodesAreTheFileFormat()
{
    const QStringList words = {u"dns"_s, u"refused"_s, u"unreachable"_s, u"timeout"_s, u"closed"_s,
                               u"tls"_s, u"protocol"_s, u"redirect"_s, u"oversize"_s, u"rejected"_s,
                               u"condition"_s, u"store"_s, u"command"_s, u"untrusted"_s, u"internal"_s};
    for (int code = 0; code < words.size(); ++code)
        QCOMPARE(name(static_cast<FailureKind>(code)), words[code]);
    QCOMPARE(static_cast<int>(Outcome::Pass), 0);
    QCOMPARE(static_cast<int>(Outcome::Degraded), 1);
    QCOMPARE(static_cast<int>(Outcome::Fail), 2);
}

void HistoryTest::loadsOnlyTheStretchAndCountsFromItsOwnStart()
{
    HistoryStore store(m_clock);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    for (int i = 0; i < 10; ++i)
        store.record(i % 5 == 0 ? failedWith(u"a"_s, noon + i * 1s, FailureKind::Timeout, u"no answer"_s)
                                : passed(u"a"_s, noon + i * 1s));
    store.record(passed(u"b"_s, noon));
    store.load({u"b"_s, u"a"_s}, noon + 6s, noon + 9s, noon + 5s);

    const auto all = loaded.at(0).at(0).value<QList<StoredSeries>>();
    QCOMPARE(all.size(), 2);
    QCOMPARE(all[0].key, u"b"_s);
    QCOMPARE(all[0].samples.size(), 0);
    QCOMPARE(all[0].total, 0);
    QCOMPARE(all[1].samples.size(), 3);
    QVERIFY(all[1].samples.first().at == noon + 6s);
    QVERIFY(all[1].samples.last().at == noon + 8s);
    QCOMPARE(all[1].total, 4); // 5, 6, 7, 8
    QCOMPARE(all[1].passed, 3);
    QVERIFY(!all[1].lastFailure); // 5 lies before the stretch
}

void HistoryTest::anUnknownEndpointLoadsEmpty()
{
    HistoryStore store(m_clock);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.load({u"a"_s}, ever, always, ever); // before open: still answered
    store.open(path());
    store.load({u"a"_s}, ever, always, ever);
    QCOMPARE(loaded.size(), 2);
    for (const auto &answer : loaded) {
        const auto all = answer.at(0).value<QList<StoredSeries>>();
        QCOMPARE(all.size(), 1);
        QCOMPARE(all[0].key, u"a"_s);
        QCOMPARE(all[0].total, 0);
        QVERIFY(all[0].samples.isEmpty());
    }
}

void HistoryTest::theNewestFailureKeepsItsWords()
{
    HistoryStore store(m_clock);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    store.record(failedWith(u"a"_s, noon, FailureKind::Dns, u"the name did not resolve"_s));
    store.record(failedWith(u"a"_s, noon + 2s, FailureKind::Rejected,
                            u"server rejected WebSocket connection: HTTP 503"_s, true));
    store.record(passed(u"a"_s, noon + 4s));
    store.load({u"a"_s}, ever, always, ever);
    const auto all = loaded.at(0).at(0).value<QList<StoredSeries>>();
    QVERIFY(all[0].lastFailure.has_value());
    QVERIFY(all[0].lastFailure->at == noon + 2s);
    QCOMPARE(name(all[0].lastFailure->kind), "rejected"_L1);
    QCOMPARE(all[0].lastFailure->message, u"server rejected WebSocket connection: HTTP 503"_s);
}

void HistoryTest::failureTextsAreStoredOnce()
{
    {
        HistoryStore store(m_clock);
        store.open(path());
        for (int i = 0; i < 300; ++i) {
            store.record(failedWith(u"a"_s, noon + i * 1s, FailureKind::Condition, u"[STATUS] (503) == 200"_s, true));
            if (i % 100 == 0)
                store.flush();
        }
        store.record(failedWith(u"b"_s, noon, FailureKind::Internal, QString(100'000, u'x')));
    }
    QCOMPARE(ask(path(), u"SELECT count(*) FROM message"_s).toInt(), 2);
    QCOMPARE(ask(path(), u"SELECT count(*) FROM sample WHERE message IS NOT NULL"_s).toInt(), 301);
    QCOMPARE(ask(path(), u"SELECT max(length(text)) FROM message"_s).toInt(), 500);
}

void HistoryTest::oneInstantIsOneSample()
{
    {
        HistoryStore store(m_clock);
        store.open(path());
        store.record(passed(u"a"_s, noon));
        store.flush();
        store.record(failedWith(u"a"_s, noon, FailureKind::Closed, u"closed"_s));
    }
    QCOMPARE(ask(path(), u"SELECT count(*) FROM sample"_s).toInt(), 1);
    QCOMPARE(ask(path(), u"SELECT outcome FROM sample"_s).toInt(), 2);
}

void HistoryTest::thousandsFlushAsOneBatch()
{
    HistoryStore store(m_clock);
    QSignalSpy flushed(&store, &HistoryStore::flushed);
    store.open(path());
    for (int i = 0; i < 5000; ++i)
        store.record(passed(QString::number(i % 50), noon + i * 1ms));
    QCOMPARE(flushed.size(), 0);
    store.flush();
    store.flush(); // nothing left: nothing said
    QCOMPARE(flushed.size(), 1);
    QCOMPARE(flushed.at(0).at(0).toInt(), 5000);
}

void HistoryTest::theBatchTimerFlushesUnasked()
{
    HistoryStore store(m_clock, {.batch = 1ms});
    QSignalSpy flushed(&store, &HistoryStore::flushed);
    store.open(path());
    store.record(passed(u"a"_s, noon));
    QTRY_COMPARE(flushed.size(), 1);
    store.record(passed(u"a"_s, noon + 1s));
    QTRY_COMPARE(flushed.size(), 2);
}

void HistoryTest::loadSeesWhatIsStillPending()
{
    HistoryStore store(m_clock);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    store.record(passed(u"a"_s, noon));
    store.load({u"a"_s}, ever, always, ever);
    QCOMPARE(loaded.at(0).at(0).value<QList<StoredSeries>>().at(0).total, 1);
}

void HistoryTest::closeAndDestructionFlush_data()
{
    QTest::addColumn<bool>("close");
    QTest::addRow("close() writes what is pending") << true;
    QTest::addRow("destruction writes what is pending") << false;
}

void HistoryTest::closeAndDestructionFlush()
{
    QFETCH(bool, close);
    {
        HistoryStore store(m_clock);
        store.open(path());
        store.record(passed(u"a"_s, noon));
        if (close)
            store.close();
    }
    QCOMPARE(ask(path(), u"SELECT count(*) FROM sample"_s).toInt(), 1);
    QVERIFY(!QFileInfo::exists(path() + "-wal"_L1));
}

void HistoryTest::nothingIsRecordedBeforeOpen()
{
    HistoryStore store(m_clock, {.batch = 0ms});
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy flushed(&store, &HistoryStore::flushed);
    store.record(passed(u"a"_s, noon));
    store.record(nullptr);
    store.recordTick(u"t"_s, true, u"me"_s);
    store.flush();
    store.close();
    QCOMPARE(failed.size() + flushed.size(), 0);
}

void HistoryTest::reopeningGoesOn()
{
    HistoryStore store(m_clock);
    QSignalSpy opened(&store, &HistoryStore::opened);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    store.record(passed(u"a"_s, noon));
    store.open(path(u"history/other.sqlite"_s));
    store.record(passed(u"a"_s, noon));
    store.open(path());
    store.record(passed(u"a"_s, noon + 1s));
    store.load({u"a"_s}, ever, always, ever);
    QCOMPARE(loaded.at(0).at(0).value<QList<StoredSeries>>().at(0).total, 2);
    QCOMPARE(opened.size(), 3);
    QCOMPARE(opened.at(2).at(0).toString(), path());
    QCOMPARE(opened.at(2).at(1).toString(), QString());
}

void HistoryTest::worksOnAThreadOfItsOwn()
{
    QThread thread;
    auto *store = new HistoryStore(m_clock, {.batch = 1ms});
    store->moveToThread(&thread);
    connect(&thread, &QThread::finished, store, &QObject::deleteLater);
    thread.start();
    QSignalSpy loaded(store, &HistoryStore::loaded);
    QMetaObject::invokeMethod(store, "open", Q_ARG(QString, path()));
    QMetaObject::invokeMethod(store, "record", Q_ARG(allclear::ObservationPtr, passed(u"a"_s, noon)));
    QMetaObject::invokeMethod(store, "load", Q_ARG(QStringList, {u"a"_s}), Q_ARG(allclear::TimePoint, ever),
                              Q_ARG(allclear::TimePoint, always), Q_ARG(allclear::TimePoint, ever));
    QTRY_COMPARE(loaded.size(), 1);
    QCOMPARE(loaded.at(0).at(0).value<QList<StoredSeries>>().at(0).total, 1);
    QMetaObject::invokeMethod(store, "record", Q_ARG(allclear::ObservationPtr, passed(u"a"_s, noon + 1s)));
    thread.quit();
    thread.wait();
    QVERIFY(ask(path(), u"SELECT count(*) FROM sample"_s).toInt() >= 1);
}

void HistoryTest::ticksComeBack_data()
{
    QTest::addColumn<QList<bool>>("ticks");
    QTest::addColumn<bool>("isTicked");
    QTest::addColumn<int>("minute");
    QTest::addRow("never ticked") << QList<bool>{} << false << 0;
    QTest::addRow("ticked") << QList<bool>{true} << true << 0;
    QTest::addRow("ticked and taken back") << QList<bool>{true, false} << false << 0;
    QTest::addRow("ticked again: the last tick counts") << QList<bool>{true, false, true} << true << 2;
}

void HistoryTest::ticksComeBack()
{
    QFETCH(QList<bool>, ticks);
    QFETCH(bool, isTicked);
    QFETCH(int, minute);
    HistoryStore store(m_clock);
    store.open(path());
    for (const bool done : ticks) {
        store.recordTick(u"Engage the infrastructure team"_s, done, {});
        m_clock->advance(1min);
    }
    HistoryStore other(m_clock); // written at once: nobody closed the first
    QSignalSpy loaded(&other, &HistoryStore::ticksLoaded);
    other.open(path());
    QCOMPARE(loaded.size(), 1);
    const auto held = loaded.at(0).at(0).value<QHash<QString, TimePoint>>();
    QCOMPARE(held.size(), isTicked ? 1 : 0);
    if (isTicked)
        QVERIFY(held.value(u"Engage the infrastructure team"_s) == noon + minute * 1min);
    QCOMPARE(ask(path(), u"SELECT count(*) FROM tick"_s).toInt(), ticks.size());
}

void HistoryTest::filesAreTheOwnersAlone()
{
    constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther
        | QFile::ExeOther;
    HistoryStore store(m_clock);
    store.open(path(u"data/allclear/history/i.sqlite"_s));
    store.record(passed(u"a"_s, noon));
    store.flush();
    for (const QString &name : {u"data"_s, u"data/allclear"_s, u"data/allclear/history"_s, u"data/allclear/history/i.sqlite"_s,
                                u"data/allclear/history/i.sqlite-wal"_s, u"data/allclear/history/i.sqlite-shm"_s}) {
        QVERIFY2(QFileInfo::exists(path(name)), qPrintable(name));
        QVERIFY2(!(QFile::permissions(path(name)) & others), qPrintable(name));
    }
}

void HistoryTest::pathsFollowXdg()
{
    qputenv("XDG_DATA_HOME", m_folder->path().toLocal8Bit());
    QCOMPARE(HistoryStore::defaultPath(u"0123abcd"_s), path(u"allclear/history/0123abcd.sqlite"_s));
    QCOMPARE(HistoryStore::defaultPath(u"../../x"_s), path(u"allclear/history/.._.._x.sqlite"_s));
    qunsetenv("XDG_DATA_HOME");
}

void HistoryTest::schemaSaysItsVersion()
{
    fill(1);
    QCOMPARE(ask(path(), u"PRAGMA user_version"_s).toInt(), history::schemaVersion());
    QCOMPARE(ask(path(), u"PRAGMA application_id"_s).toInt(), history::applicationId);
    QCOMPARE(ask(path(), u"PRAGMA auto_vacuum"_s).toInt(), 2);
    QCOMPARE(ask(path(), u"PRAGMA journal_mode"_s).toString(), u"wal"_s);
    QCOMPARE(ask(path(), u"PRAGMA synchronous"_s).toInt(), 1);
}

void HistoryTest::aDamagedFileIsSetAside_data()
{
    QTest::addColumn<QString>("damage");
    QTest::addRow("bytes that are no database") << u"garbage"_s;
    QTest::addRow("a file cut in half") << u"truncated"_s;
    QTest::addRow("a page in its middle is overwritten") << u"page"_s;
    QTest::addRow("its header is overwritten") << u"header"_s;
    QTest::addRow("a folder in its place") << u"folder"_s;
    QTest::addRow("another program's database") << u"foreign"_s;
}

void HistoryTest::aDamagedFileIsSetAside()
{
    QFETCH(QString, damage);
    fill(2000);
    if (damage == "garbage"_L1) {
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QByteArray(70'000, 'g'));
    } else if (damage == "truncated"_L1) {
        QVERIFY(QFile::resize(path(), QFileInfo(path()).size() / 2));
    } else if (damage == "page"_L1) {
        spoil(path(), QFileInfo(path()).size() - 3 * 4096, QByteArray(4096, '\x5a'));
    } else if (damage == "header"_L1) {
        spoil(path(), 0, QByteArray(100, '\0'));
    } else if (damage == "folder"_L1) {
        QVERIFY(QFile::remove(path()));
        QVERIFY(QDir().mkdir(path()));
    } else {
        history::Database database;
        QVERIFY(!database.open(path(), 1 << 30));
        QVERIFY(!database.run(u"PRAGMA application_id=42"_s));
    }

    HistoryStore store(m_clock);
    QSignalSpy opened(&store, &HistoryStore::opened);
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    QCOMPARE(failed.size(), 0);
    QCOMPARE(opened.size(), 1);
    const QString aside = path() + ".corrupt-20250916T120000000Z"_L1;
    QVERIFY2(opened.at(0).at(1).toString().contains(aside), qPrintable(opened.at(0).at(1).toString()));
    QVERIFY(QFileInfo::exists(aside));
    store.record(passed(u"Services/api"_s, noon));
    store.load({u"Services/api"_s}, ever, always, ever);
    QCOMPARE(loaded.at(0).at(0).value<QList<StoredSeries>>().at(0).total, 1);
}

void HistoryTest::twoDamagedFilesAreBothKept()
{
    for (int i = 0; i < 2; ++i) {
        QDir().mkpath(QFileInfo(path()).path());
        QFile file(path());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("no database at all");
        file.close();
        HistoryStore store(m_clock);
        store.open(path());
    }
    QCOMPARE(QDir(QFileInfo(path()).path()).entryList({u"*.corrupt-*"_s}, QDir::Files).size(), 2);
}

void HistoryTest::damageFoundWhileRunningLosesNothingPending()
{
    fill(5000);
    HistoryStore store(m_clock);
    QSignalSpy opened(&store, &HistoryStore::opened);
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(path());
    QCOMPARE(opened.at(0).at(1).toString(), QString());
    history::Database other;
    QVERIFY(!other.open(path(), 1 << 30));
    const qint64 size = QFileInfo(path()).size();
    QVERIFY(size > 12 * 4096);
    for (qint64 page = 8; page * 4096 < size; ++page) // behind the roots of the tables
        spoil(path(), page * 4096, QByteArray(4096, '\x5a'));
    // A write of somebody else's makes the store forget the pages that it had read while they were whole.
    QVERIFY(!other.write(history::Tick{.action = u"t"_s, .done = true, .who = {}, .at = noon}));
    other.close();
    store.record(passed(u"Services/api"_s, noon + 1h));
    store.load({u"Services/api"_s}, ever, always, ever);
    store.record(passed(u"Services/api"_s, noon + 2h));
    store.load({u"Services/api"_s}, ever, always, ever);
    QCOMPARE(failed.size(), 0);
    QCOMPARE(opened.size(), 2);
    QVERIFY(opened.at(1).at(1).toString().contains(".corrupt-"_L1));
    QVERIFY(loaded.at(1).at(0).value<QList<StoredSeries>>().at(0).total >= 1);
}

void HistoryTest::aNewerFileIsLeftAlone()
{
    fill(3);
    {
        history::Database database;
        QVERIFY(!database.open(path(), 1 << 30));
        QVERIFY(!database.run(u"PRAGMA user_version=99"_s));
    }
    HistoryStore store(m_clock);
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy opened(&store, &HistoryStore::opened);
    store.open(path());
    store.record(passed(u"a"_s, noon));
    store.flush();
    QCOMPARE(opened.size(), 0);
    QCOMPARE(failed.size(), 1);
    QVERIFY(failed.at(0).at(0).toString().contains("newer Allclear"_L1));
    QCOMPARE(QDir(QFileInfo(path()).path()).entryList({u"*.corrupt-*"_s}).size(), 0);
}

void HistoryTest::anUnusablePlaceFailsOnce_data()
{
    QTest::addColumn<QString>("place");
    QTest::addRow("a folder that is a file") << u"file/history/i.sqlite"_s;
    QTest::addRow("a file system that cannot be written") << u"/proc/allclear/i.sqlite"_s;
    QTest::addRow("a name longer than the system takes") << QString(300, u'n');
}

void HistoryTest::anUnusablePlaceFailsOnce()
{
    QFETCH(QString, place);
    QFile file(path(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    HistoryStore store(m_clock, {.batch = 0ms});
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy opened(&store, &HistoryStore::opened);
    QSignalSpy flushed(&store, &HistoryStore::flushed);
    QSignalSpy loaded(&store, &HistoryStore::loaded);
    store.open(QDir::isAbsolutePath(place) ? place : path(place));
    for (int i = 0; i < 100; ++i)
        store.record(passed(u"a"_s, noon + i * 1s));
    store.recordTick(u"t"_s, true, {});
    store.flush();
    store.load({u"a"_s}, ever, always, ever);
    QCOMPARE(opened.size() + flushed.size(), 0);
    QCOMPARE(failed.size(), 1);
    QVERIFY2(failed.at(0).at(0).toString().contains("Probing goes on"_L1), qPrintable(failed.at(0).at(0).toString()));
    QCOMPARE(loaded.size(), 1); // who waits for yesterday is answered

    store.open(path()); // a later place is good
    store.record(passed(u"a"_s, noon));
    store.flush();
    QCOMPARE(opened.size(), 1);
    QCOMPARE(flushed.size(), 1);
}

void HistoryTest::aLockedFileIsTriedAgain()
{
    HistoryStore store(m_clock);
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy opened(&store, &HistoryStore::opened);
    QSignalSpy flushed(&store, &HistoryStore::flushed);
    store.open(path());
    {
        history::Database other;
        QVERIFY(!other.open(path(), 1 << 30));
        QVERIFY(!other.run(u"BEGIN IMMEDIATE"_s));
        store.record(passed(u"a"_s, noon));
        store.flush();
        store.flush();
        QCOMPARE(failed.size(), 1); // once an episode
        QCOMPARE(flushed.size(), 0);
        QVERIFY(!other.run(u"ROLLBACK"_s));
    }
    store.record(passed(u"a"_s, noon + 1s));
    store.flush();
    QCOMPARE(flushed.size(), 1);
    QCOMPARE(flushed.at(0).at(0).toInt(), 2);
    QCOMPARE(opened.size(), 2);
    QVERIFY(opened.at(1).at(1).toString().contains("nothing was lost"_L1));
}

void HistoryTest::waitingResultsAreBounded()
{
    HistoryStore store(m_clock);
    QSignalSpy failed(&store, &HistoryStore::failed);
    QSignalSpy opened(&store, &HistoryStore::opened);
    QSignalSpy flushed(&store, &HistoryStore::flushed);
    store.open(path());
    history::Database other;
    QVERIFY(!other.open(path(), 1 << 30));
    QVERIFY(!other.run(u"BEGIN IMMEDIATE"_s));
    store.record(passed(u"a"_s, noon));
    store.flush(); // fails: the other holds the file
    for (int i = 1; i <= maxPendingObservations; ++i)
        store.record(passed(u"a"_s, noon + i * 1ms));
    QCOMPARE(failed.size(), 2);
    QVERIFY2(failed.at(1).at(0).toString().contains("1000 oldest"_L1), qPrintable(failed.at(1).at(0).toString()));
    QVERIFY(!other.run(u"ROLLBACK"_s));
    store.flush();
    QCOMPARE(flushed.at(0).at(0).toInt(), maxPendingObservations + 1 - 1000);
    QVERIFY(opened.at(1).at(1).toString().contains("1000 results were lost"_L1));
}

QTEST_GUILESS_MAIN(HistoryTest)
#include "tst_history.moc"
