// kill -9 in the middle of recording: what was acknowledged is there, and the file is whole.
#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>

#include "history/database.h"
#include "history/history.h"
#include "support/testmain.h"

#include <cstdio>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

constexpr auto childArgument = "--record-until-killed"_L1;

/// The child: observation n starts at n µs; every acknowledged count is printed before the next is recorded.
int recordUntilKilled(const QString &path, qint64 first)
{
    HistoryStore store(std::make_shared<SystemClock>(), {.retention = 24h * 366 * 100, .batch = 2ms});
    qint64 recorded = first;
    qint64 acknowledged = first;
    QObject::connect(&store, &HistoryStore::flushed, &store, [&](int observations) {
        acknowledged += observations;
        std::printf("%lld\n", static_cast<long long>(acknowledged));
        std::fflush(stdout);
    });
    QObject::connect(&store, &HistoryStore::failed, &store, [](const QString &message) {
        std::printf("failed: %s\n", qPrintable(message));
        std::fflush(stdout);
        QCoreApplication::exit(1);
    });
    store.open(path);
    QTimer busy;
    QObject::connect(&busy, &QTimer::timeout, &store, [&] {
        for (int i = 0; i < 50; ++i) {
            Observation made;
            made.endpoint = u"a"_s;
            made.startedAt = TimePoint(Duration(recorded++));
            made.failure = Failure{.kind = FailureKind::Timeout, .phase = {}, .message = QString::number(recorded), .hint = {}};
            store.record(std::make_shared<const Observation>(made));
        }
    });
    busy.start(0);
    return QCoreApplication::exec();
}

} // namespace

class KillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void acknowledgedObservationsSurviveSigkill();
};

void KillTest::acknowledgedObservationsSurviveSigkill()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"i.sqlite"_s);
    qint64 begun = 0; // rows before this are certain
    for (int round = 0; round < 6; ++round) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {childArgument, path, QString::number(begun)});
        QVERIFY(child.waitForStarted());
        // A different moment each round: after so many acknowledgements.
        QByteArray said;
        while (said.count('\n') < 3 + 5 * round) {
            QVERIFY2(child.waitForReadyRead(30'000), said.constData());
            said += child.readAllStandardOutput();
        }
        child.kill();
        QVERIFY(child.waitForFinished());
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        said += child.readAllStandardOutput();
        QVERIFY2(!said.contains("failed"), said.constData());
        const QByteArray whole = said.left(said.lastIndexOf('\n'));
        const qint64 acknowledged = whole.mid(whole.lastIndexOf('\n') + 1).toLongLong();
        QVERIFY(acknowledged > begun);

        history::Database database;
        QVERIFY(!database.open(path, qint64(1) << 30));
        QVariant integrity, held, highest, texts;
        QVERIFY(!database.value(u"PRAGMA integrity_check"_s, integrity));
        QCOMPARE(integrity.toString(), u"ok"_s);
        QVERIFY(!database.value(u"SELECT count(*) FROM sample WHERE t<?"_s, held, {acknowledged}));
        QCOMPARE(held.toLongLong(), acknowledged);
        QVERIFY(!database.value(u"SELECT max(t) FROM sample"_s, highest));
        QVERIFY(!database.value(u"SELECT count(*) FROM sample JOIN message ON message.id=sample.message"_s, texts));
        QCOMPARE(texts.toLongLong(), highest.toLongLong() + 1); // no gap, and every row with its text
        begun = highest.toLongLong() + 1;
    }
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    if (const auto arguments = app.arguments(); arguments.size() == 4 && arguments[1] == childArgument)
        return recordUntilKilled(arguments[2], arguments[3].toLongLong());
    KillTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kill.moc"
