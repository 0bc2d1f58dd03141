#include "support/runcli.h"
#include "support/testmain.h"
#include "support/tinyhttp.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray incidentWith(const QString &url, const QByteArray &more = {})
{
    return "incident: { title: Test incident, severity: P1 }\n"
           "endpoints:\n"
           "  - name: a\n"
           "    url: \"" + url.toUtf8() + "\"\n"
           "    conditions: [\"[STATUS] == 200\"]\n" + more +
           "success-criteria:\n"
           "  - { title: It answers, of: [a], require: [\"[STATUS] == 200\"], hold: 1m }\n";
}

QJsonObject object(const CliResult &result) { return QJsonDocument::fromJson(result.out).object(); }

QJsonObject firstEndpoint(const CliResult &result) { return object(result)[u"endpoints"_s].toArray().first().toObject(); }

QString describe(const CliResult &result)
{
    return u"exit %1\n%2\n%3"_s.arg(result.code).arg(QString::fromUtf8(result.out), QString::fromUtf8(result.err));
}

} // namespace

class TestCliCheck : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void nothingToProbeEndsAtOnce()
    {
        const CliFolder folder;
        const CliResult result = folder.run({u"check"_s, folder.write(u"i.yaml"_s, "endpoints: [{ name: a, url: \"${NOT_SET}\", conditions: [\"[STATUS] == 200\"] }]\n")});
        QVERIFY2(result.code == 3, qPrintable(describe(result)));
    }

    void whatAnswersIsClear()
    {
        TinyHttp server;
        const CliFolder folder;
        const CliResult result = folder.run({u"check"_s, folder.write(u"i.yaml"_s, incidentWith(server.url())), u"--format"_s, u"json"_s});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        const QJsonObject report = object(result);
        QCOMPARE(report[u"schema"_s].toString(), u"allclear/1"_s);
        QCOMPARE(report[u"verdict"_s].toString(), u"clear"_s);
        QCOMPARE(report[u"incident"_s].toObject()[u"title"_s].toString(), u"Test incident"_s);
        QCOMPARE(report[u"criteria"_s].toArray().first().toObject()[u"state"_s].toString(), u"holding"_s);
        const QJsonObject endpoint = firstEndpoint(result);
        QCOMPARE(endpoint[u"outcome"_s].toString(), u"pass"_s);
        QCOMPARE(endpoint[u"status"_s].toInt(), 200);
        QCOMPARE(endpoint[u"attempt"_s].toInt(), 1);
        QVERIFY(endpoint[u"failure"_s].isNull());
        QVERIFY(endpoint[u"latency_ms"_s].toDouble() > 0);
        QCOMPARE(server.requests(), 1);
    }

    void textSaysThatHoldsAreNotJudged()
    {
        TinyHttp server;
        const CliFolder folder;
        const CliResult result = folder.run({u"check"_s, folder.write(u"i.yaml"_s, incidentWith(server.url()))});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QVERIFY2(result.out.contains("clear at this moment; holds not judged"), result.out.constData());
        QVERIFY(result.out.endsWith('\n'));
        QVERIFY2(!result.out.contains('\x1b'), "colours although no terminal reads them");
        QVERIFY2(result.err.isEmpty(), result.err.constData());
    }

    void failures_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("kind");
        QTest::newRow("refused") << u"http://127.0.0.1:%1/"_s.arg(refusedPort()) << "refused";
        QTest::newRow("refused WebSocket") << u"ws://127.0.0.1:%1/ws"_s.arg(refusedPort()) << "refused";
        QTest::newRow("a name that cannot exist") << u"http://nowhere.invalid/"_s << "dns";
    }
    void failures()
    {
        QFETCH(QString, url);
        QFETCH(QString, kind);
        TinyHttp server({503, "busy", {}});
        const CliFolder folder;
        const QByteArray second = "  - { name: b, url: \"" + server.url().toUtf8() + "\", conditions: [\"[STATUS] == 200\"] }\n";
        const CliResult result =
            folder.run({u"check"_s, folder.write(u"i.yaml"_s, incidentWith(url, second)), u"--format=json"_s});
        QVERIFY2(result.code == 1, qPrintable(describe(result)));
        QCOMPARE(object(result)[u"verdict"_s].toString(), u"not-clear"_s);
        const QJsonArray endpoints = object(result)[u"endpoints"_s].toArray();
        QCOMPARE(endpoints.size(), 2);
        QCOMPARE(endpoints[0].toObject()[u"failure"_s].toObject()[u"kind"_s].toString(), kind);
        QVERIFY(endpoints[0].toObject()[u"status"_s].isNull());
        QCOMPARE(endpoints[1].toObject()[u"failure"_s].toObject()[u"kind"_s].toString(), u"condition"_s);
        QCOMPARE(endpoints[1].toObject()[u"status"_s].toInt(), 503);
        QCOMPARE(endpoints[1].toObject()[u"outcome"_s].toString(), u"fail"_s);
    }

    void aRejectedWebSocketNamesTheStatus()
    {
        TinyHttp server({503, "busy", {}});
        const CliFolder folder;
        const QByteArray file = "endpoints:\n  - { name: a, url: \"ws://127.0.0.1:" + QByteArray::number(server.serverPort())
            + "/ws\", conditions: [\"[CONNECTED] == true\"] }\n";
        const CliResult result = folder.run({u"check"_s, folder.write(u"i.yaml"_s, file), u"--format"_s, u"json"_s});
        QVERIFY2(result.code == 1, qPrintable(describe(result)));
        QCOMPARE(firstEndpoint(result)[u"failure"_s].toObject()[u"kind"_s].toString(), u"rejected"_s);
        QCOMPARE(firstEndpoint(result)[u"status"_s].toInt(), 503);
    }

    void unusableFiles_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("place");
        QTest::newRow("a YAML error") << QByteArray("incident:\n  title: x\nendpoints:\n  - name: a\n   url: b\n") << QByteArray("i.yaml:5:");
        QTest::newRow("an unknown key")
            << QByteArray("endpoints:\n  - name: a\n    url: http://127.0.0.1/\n    intervall: 5s\n    conditions: [\"[STATUS] == 200\"]\n")
            << QByteArray("i.yaml:4:5:");
        QTest::newRow("a condition without spaces")
            << QByteArray("endpoints:\n  - name: a\n    url: http://127.0.0.1/\n    conditions: [\"[STATUS]==200\"]\n") << QByteArray("i.yaml:4:");
    }
    void unusableFiles()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, place);
        const CliFolder folder;
        folder.write(u"i.yaml"_s, text);
        const CliResult result = folder.run({u"check"_s, u"i.yaml"_s, u"--format"_s, u"json"_s});
        QVERIFY2(result.code == 2, qPrintable(describe(result)));
        QVERIFY2(result.out.isEmpty(), result.out.constData());
        QVERIFY2(result.err.contains(place), result.err.constData());
        QVERIFY(result.err.contains("error"));
    }

    void aMissingFileIsNamed()
    {
        const CliFolder folder;
        const CliResult result = folder.run({u"check"_s, u"nowhere.yaml"_s});
        QCOMPARE(result.code, 2);
        QVERIFY(result.out.isEmpty());
        QVERIFY2(result.err.contains("nowhere.yaml"), result.err.constData());
    }

    void secretsAreNeverPrinted_data()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("text") << "text";
        QTest::newRow("json") << "json";
    }
    void secretsAreNeverPrinted()
    {
        QFETCH(QString, format);
        TinyHttp server;
        server.answer = [](const QByteArray &request) {
            return HttpAnswer{500, "you sent: " + request, "Set-Cookie: session=cookie-5c2e\r\n"};
        };
        const CliFolder folder;
        const QByteArray file = "variables: { DB_PASS: from-the-file-7d1a }\n"
                                "endpoints:\n  - name: a\n    url: \"" + server.url(u"/?token=${API_TOKEN}&p=${DB_PASS}"_s).toUtf8()
            + "\"\n    headers: { Authorization: \"Bearer ${API_TOKEN}\", X-Api-Key: literal-key-9f3b }\n"
              "    conditions: [\"[STATUS] == 200\", \"[BODY] == ${API_TOKEN}\"]\n";
        const CliResult result = folder.run({u"check"_s, folder.write(u"i.yaml"_s, file), u"--format"_s, format},
                                            {u"API_TOKEN=from-the-environment-4e8c"_s});
        QVERIFY2(result.code == 1, qPrintable(describe(result)));
        QVERIFY(server.received().first().contains("from-the-environment-4e8c"));
        for (const char *secret : {"from-the-environment-4e8c", "from-the-file-7d1a", "cookie-5c2e", "literal-key-9f3b"})
            QVERIFY2(!(result.out + result.err).contains(secret), qPrintable(describe(result)));
    }

    void forADurationEndsWhenClear()
    {
        TinyHttp server;
        const CliFolder folder;
        QByteArray file = incidentWith(server.url(), "    interval: 1s\n");
        file.replace("hold: 1m", "hold: 2s");
        const CliResult result =
            folder.run({u"check"_s, folder.write(u"i.yaml"_s, file), u"--for"_s, u"80s"_s, u"--format"_s, u"json"_s});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QCOMPARE(object(result)[u"verdict"_s].toString(), u"clear"_s);
        QCOMPARE(object(result)[u"criteria"_s].toArray().first().toObject()[u"state"_s].toString(), u"met"_s);
        QVERIFY(server.requests() >= 2);
    }

    void forADurationGivesUpAtItsEnd()
    {
        TinyHttp server({503, "busy", {}});
        const CliFolder folder;
        const CliResult result =
            folder.run({u"check"_s, folder.write(u"i.yaml"_s, incidentWith(server.url(), "    interval: 1s\n")), u"--for"_s, u"1500ms"_s});
        QVERIFY2(result.code == 1, qPrintable(describe(result)));
        QVERIFY(server.requests() >= 2);
    }

    void terminatedWhileAProbeIsUnderWayItSaysWhatItKnows()
    {
        TinyHttp server({}, TinyHttp::Manner::HoldsUntilReleased);
        const CliFolder folder;
        const auto process = folder.command({u"check"_s, folder.write(u"i.yaml"_s, incidentWith(server.url())), u"--format"_s, u"json"_s});
        process->start();
        QTRY_COMPARE(server.waiting(), 1);
        process->terminate();
        const CliResult result = CliFolder::finish(*process);
        QVERIFY2(result.code == 1 || result.code == 3, qPrintable(describe(result)));
        QVERIFY(object(result)[u"verdict"_s].toString() != u"clear"_s);
    }

    void aHundredEndpointsAreProbedOnceEach()
    {
        TinyHttp server;
        QByteArray file = "endpoints:\n";
        for (int i = 0; i < 100; ++i)
            file += "  - { name: e" + QByteArray::number(i) + ", url: \"" + server.url().toUtf8() + "\", conditions: [\"[STATUS] == 200\"] }\n";
        const CliFolder folder;
        const CliResult result = folder.run({u"check"_s, folder.write(u"i.yaml"_s, file), u"--format"_s, u"json"_s});
        QVERIFY2(result.code != 2, qPrintable(describe(result)));
        QCOMPARE(server.requests(), 100);
        const QJsonArray endpoints = object(result)[u"endpoints"_s].toArray();
        QCOMPARE(endpoints.size(), 100);
        for (const auto &endpoint : endpoints)
            QCOMPARE(endpoint.toObject()[u"outcome"_s].toString(), u"pass"_s);
    }
};

QTEST_GUILESS_MAIN(TestCliCheck)
#include "tst_cli_check.moc"
