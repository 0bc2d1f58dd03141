// `allclear probe URL` as its user types it, against servers of the test.
#include "support/dnsserver.h"
#include "support/faultserver.h"
#include "support/runcli.h"
#include "support/testmain.h"
#include "support/tinyhttp.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

QJsonObject object(const CliResult &result) { return QJsonDocument::fromJson(result.out).object(); }

QString describe(const CliResult &result)
{
    return u"exit %1\n%2\n%3"_s.arg(result.code).arg(QString::fromUtf8(result.out), QString::fromUtf8(result.err));
}

} // namespace

class TestCliProbe : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void exitCodesSayWhatHeld_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("code");
        QTest::newRow("it answered") << QStringList{} << 0;
        QTest::newRow("every expectation held") << QStringList{u"--expect"_s, u"[STATUS] == 200"_s, u"--expect"_s, u"[BODY].a == 1"_s} << 0;
        QTest::newRow("one did not") << QStringList{u"--expect"_s, u"[STATUS] == 204"_s} << 1;
        QTest::newRow("one could not be judged") << QStringList{u"--expect"_s, u"[BODY].b == 1"_s} << 3;
        QTest::newRow("an expectation that does not parse") << QStringList{u"--expect"_s, u"[STATSU] == 200"_s} << 2;
        QTest::newRow("a header without a colon") << QStringList{u"--header"_s, u"Authorization"_s} << 2;
        QTest::newRow("a timeout that is none") << QStringList{u"--timeout"_s, u"soon"_s} << 2;
        QTest::newRow("no repetition") << QStringList{u"--repeat"_s, u"0"_s} << 2;
    }
    void exitCodesSayWhatHeld()
    {
        QFETCH(QStringList, options);
        QFETCH(int, code);
        TinyHttp server({.status = 200, .body = "{\"a\": 1}", .headers = {}});
        const CliResult result = CliFolder().run(QStringList{u"probe"_s, server.url()} + options);
        QVERIFY2(result.code == code, qPrintable(describe(result)));
        QCOMPARE(result.err.isEmpty(), code != 2);
    }

    void theTextShowsPhasesAndAnswer()
    {
        TinyHttp server({.status = 503, .body = "no backend", .headers = "X-Cloud: \xc2\x9b" "31mred\r\n"});
        const CliResult result = CliFolder().run({u"probe"_s, server.url(), u"--expect"_s, u"[STATUS] == 200"_s});
        const QString text = QString::fromUtf8(result.out);
        for (const QString &part : {u"✗ fail · status 503"_s, u"[STATUS] (503) == 200"_s, u"\n  connect "_s, u"\n  wait "_s, u"█"_s, u"X-Cloud: "_s, u"no backend"_s})
            QVERIFY2(text.contains(part), qPrintable(text));
        QVERIFY2(!text.contains(QChar(0x9b)), "the network moves no cursor");
    }

    void whatIsSentIsWhatWasTyped()
    {
        TinyHttp server;
        const CliResult result = CliFolder().run({u"probe"_s, server.url(u"/run"_s), u"-X"_s, u"PUT"_s, u"-H"_s, u"X-Who: sre"_s, u"-d"_s, u"{\"a\": 1}"_s});
        QCOMPARE(result.code, 0);
        QVERIFY(server.received()[0].startsWith("PUT /run HTTP/1.1\r\n"));
        QVERIFY(server.received()[0].contains("X-Who: sre\r\n"));
        QVERIFY(server.received()[0].endsWith("{\"a\": 1}"));
    }

    void jsonIsTheEntryOfTheContract()
    {
        const CliResult result = CliFolder().run({u"probe"_s, u"http://127.0.0.1:%1/"_s.arg(closedPort()), u"--format"_s, u"json"_s});
        QCOMPARE(result.code, 1);
        const QJsonObject entry = object(result);
        QCOMPARE(entry[u"schema"_s].toString(), u"allclear/1"_s);
        QCOMPARE(entry[u"failure"_s].toObject()[u"kind"_s].toString(), u"refused"_s);
        QCOMPARE(entry[u"failure"_s].toObject()[u"phase"_s].toString(), u"connect"_s);
        QVERIFY(entry[u"latency_ms"_s].isNull());
    }

    void repetitionsAreSummedUp()
    {
        TinyHttp server;
        const CliResult text = CliFolder().run({u"probe"_s, server.url(), u"--repeat"_s, u"5"_s});
        QCOMPARE(text.code, 0);
        QCOMPARE(text.out.count('\n'), 6);
        QVERIFY2(text.out.contains("5 probes, 0 failed · p50 "), text.out.constData());
        const CliResult json = CliFolder().run({u"probe"_s, server.url(), u"--repeat"_s, u"3"_s, u"--format"_s, u"json"_s});
        QCOMPARE(object(json)[u"probes"_s].toArray().size(), 3);
        QVERIFY(object(json)[u"summary"_s].toObject()[u"max_ms"_s].toDouble() > 0);
        QCOMPARE(server.requests(), 8);
    }

    void aWebSocketShowsItsConversation()
    {
        FaultServer server({.bytes = QByteArray("\x81\x05hello\x8a\x08" "allclear"), .isWebSocket = true, .skipBytes = 10});
        const CliResult result = CliFolder().run({u"probe"_s, server.url(u"ws"_s, u"/ws"_s), u"--body"_s, u"ping"_s, u"--expect"_s, u"[BODY] == hello"_s});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        const QString text = QString::fromUtf8(result.out);
        QVERIFY2(text.contains(u"→ ping\n"_s) && text.contains(u"← hello\n"_s), qPrintable(text));
    }

    void aRecordIsAskedFor()
    {
        dns::NameServer names(dns::always({.records = {dns::record(1, QByteArray("\xc0\x00\x02\x07", 4))}}));
        const CliResult result = CliFolder().run({u"probe"_s, names.url() + u"/www.example.org?type=a"_s, u"--expect"_s, u"[BODY] == 192.0.2.7"_s});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QVERIFY(names.questions[0].contains("\x03www\x07" "example\x03org"));
    }

    void secretsStayHidden()
    {
        TinyHttp server({.status = 200, .body = "you sent hunter2-secret", .headers = {}});
        const CliResult result = CliFolder().run({u"probe"_s, server.url(), u"-H"_s, u"Authorization: Bearer hunter2-secret"_s, u"--format"_s, u"json"_s});
        QVERIFY2(!result.out.contains("hunter2-secret"), result.out.constData());
    }

    void urlsAreChecked_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("a misspelt scheme") << u"htps://a.invalid"_s << QByteArray("unknown scheme `htps://`; did you mean `https://`?");
        QTest::newRow("no scheme") << u"a.invalid"_s << QByteArray("has no scheme");
        QTest::newRow("no URL") << QString() << QByteArray("a URL is expected");
    }
    void urlsAreChecked()
    {
        QFETCH(QString, url);
        QFETCH(QByteArray, says);
        const CliResult result = CliFolder().run(url.isEmpty() ? QStringList{u"probe"_s} : QStringList{u"probe"_s, url});
        QCOMPARE(result.code, 2);
        QVERIFY2(result.err.contains(says), result.err.constData());
        QVERIFY(result.out.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCliProbe)
#include "tst_cli_probe.moc"
