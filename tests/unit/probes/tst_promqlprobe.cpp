// promql+http:// against a server on loopback sockets that answers as Prometheus does, or as something else would.
#include "proberunner.h"
#include "support/faultserver.h"
#include "support/tinyhttp.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray vector(const QByteArray &series, const QByteArray &more = {})
{
    return "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + series + "]}" + more + "}";
}

QByteArray sample(const QByteArray &value, const QByteArray &job = "api")
{
    return "{\"metric\":{\"__name__\":\"up\",\"job\":\"" + job + "\"},\"value\":[1700000000.1,\"" + value + "\"]}";
}

Endpoint promQl(const QString &url, const QStringList &conditions = QStringList(u"[VALUE] == 1"_s))
{
    Endpoint endpoint = endpointFor(u"promql+"_s + url, conditions);
    endpoint.kind = Kind::PromQl;
    return endpoint;
}

} // namespace

class TestPromQlProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void paths_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("asked");
        QTest::newRow("the root") << u"/?query=up"_s << QByteArray("GET /api/v1/query?query=up HTTP/1.1");
        QTest::newRow("no path") << u"?query=up"_s << QByteArray("GET /api/v1/query?query=up HTTP/1.1");
        QTest::newRow("a prefix is kept") << u"/v1/projects/p/location/global/prometheus/?query=up"_s << QByteArray("GET /v1/projects/p/location/global/prometheus/api/v1/query?query=up HTTP/1.1");
        QTest::newRow("the whole path is not doubled") << u"/api/v1/query?query=up"_s << QByteArray("GET /api/v1/query?query=up HTTP/1.1");
        QTest::newRow("an encoded question") << u"/?query=sum(rate(x%5B5m%5D))%20%2B%201%20%3E%3D%20%22a%26b%22&time=5"_s << QByteArray("GET /api/v1/query?query=sum(rate(x%5B5m%5D))%20%2B%201%20%3E%3D%20%22a%26b%22&time=5 HTTP/1.1");
    }
    void paths()
    {
        QFETCH(QString, path);
        QFETCH(QByteArray, asked);
        TinyHttp server({.status = 200, .body = vector(sample("1"))});
        Endpoint endpoint = promQl(server.url(path));
        endpoint.method = u"POST"_s;
        endpoint.body = "x";
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QCOMPARE(server.received()[0].split('\r')[0], asked);
        QVERIFY(seen->phase(Phase::Wait));
    }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QStringList>("met");
        QTest::addColumn<QStringList>("notEvaluable");
        const auto row = [](const char *name, const QByteArray &body, const QStringList &met, const QStringList &blank = {}) { QTest::newRow(name) << body << met << blank; };
        row("one series", vector(sample("0.42")), {u"[VALUE] < 0.5"_s, u"[LABELS].job == api"_s, u"[LABELS].__name__ == up"_s, u"len([SERIES]) == 1"_s, u"[BODY].status == success"_s, u"[STATUS] == 200"_s});
        row("several series: the first counts", vector(sample("1") + ',' + sample("0", "auth")), {u"[VALUE] == 1"_s, u"len([SERIES]) == 2"_s, u"[SERIES][1].metric.job == auth"_s, u"[SERIES][1].value[1] == 0"_s});
        row("no series", vector(""), {u"len([SERIES]) == 0"_s, u"has([VALUE]) == false"_s}, {u"[VALUE] == 0"_s, u"[VALUE] < 5"_s, u"[VALUE] != 1"_s, u"[LABELS].job != x"_s});
        row("a scalar", R"({"status":"success","data":{"resultType":"scalar","result":[1700000000.1,"2.5"]}})", {u"[VALUE] == 2.5"_s, u"len([SERIES]) == 1"_s});
        row("NaN", vector(sample("NaN")), {u"len([SERIES]) == 1"_s}, {u"[VALUE] < 5"_s, u"[VALUE] >= 0"_s});
        row("infinity", vector(sample("+Inf")), {u"len([SERIES]) == 1"_s}, {u"[VALUE] > 5"_s});
        row("minus infinity", vector(sample("-Inf")), {}, {u"[VALUE] < 5"_s});
        row("a sample without a value", vector(R"({"metric":{}})"), {u"len([SERIES]) == 1"_s}, {u"[VALUE] < 5"_s});
        row("a large number", vector(sample("1.7e9")), {u"[VALUE] > 1000000000"_s, u"[VALUE] == 1700000000"_s});
    }
    void answers()
    {
        QFETCH(QByteArray, body);
        QFETCH(QStringList, met);
        QFETCH(QStringList, notEvaluable);
        TinyHttp server({.status = 200, .body = body});
        const ObservationPtr seen = ProbeRunner().run(promQl(server.url(u"/?query=up"_s), met + notEvaluable));
        QVERIFY(seen);
        for (qsizetype i = 0; i < seen->conditions.size(); ++i)
            QVERIFY2(seen->conditions[i].result == (i < met.size() ? Truth::Met : Truth::NotEvaluable), qPrintable(seen->conditions[i].shown));
        QCOMPARE(seen->outcome == Outcome::Pass, notEvaluable.isEmpty());
    }

    void warningsAreNotes()
    {
        TinyHttp server({.status = 200, .body = vector(sample("1"), R"(,"warnings":["one store is unreachable"])")});
        const ObservationPtr seen = ProbeRunner().run(promQl(server.url(u"/?query=up"_s)));
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QCOMPARE(seen->notes, QStringList{u"warning of the server: one store is unreachable"_s});
    }

    void refusals_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, int status, const QByteArray &body, FailureKind kind, const char *code, const char *says) {
            QTest::newRow(name) << status << body << kind << QString::fromLatin1(code) << QString::fromLatin1(says);
        };
        row("bad data", 400, R"({"status":"error","errorType":"bad_data","error":"parse error: unexpected end"})", FailureKind::Rejected, "bad_data", "the query failed (bad_data): parse error: unexpected end");
        row("an execution error", 422, R"({"status":"error","errorType":"execution","error":"too many samples"})", FailureKind::Rejected, "execution", "too many samples");
        row("a timeout of the query", 503, R"({"status":"error","errorType":"timeout","error":"query timed out"})", FailureKind::Rejected, "timeout", "query timed out");
        row("an error that comes with 200", 200, R"({"status":"error","errorType":"internal","error":"oops"})", FailureKind::Rejected, "internal", "oops");
        row("a proxy in front", 502, "<html>Bad Gateway</html>", FailureKind::Rejected, "", "HTTP 502 and no result");
        row("a log-in page", 401, "{}", FailureKind::Rejected, "", "HTTP 401 and no result");
        row("a disabled API", 403, R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"m","details":[{"@type":"google.rpc.ErrorInfo","reason":"SERVICE_DISABLED","metadata":{"service":"monitoring.googleapis.com","consumer":"projects/p"}}]}})", FailureKind::Rejected, "", "monitoring.googleapis.com is disabled in project p");
        row("another server", 200, "{\"status\": \"healthy\"}", FailureKind::Protocol, "", "not that of a Prometheus API");
        row("no JSON", 200, "hello", FailureKind::Protocol, "", "not that of a Prometheus API");
        row("an array", 200, "[]", FailureKind::Protocol, "", "not that of a Prometheus API");
        row("success without data", 200, R"({"status":"success"})", FailureKind::Protocol, "", "no result of a query");
        row("a result that is no list", 200, R"({"status":"success","data":{"resultType":"vector","result":7}})", FailureKind::Protocol, "", "no result of a query");
        row("a matrix", 200, R"({"status":"success","data":{"resultType":"matrix","result":[]}})", FailureKind::Protocol, "", "a range of samples");
        row("a text", 200, R"({"status":"success","data":{"resultType":"string","result":[1,"x"]}})", FailureKind::Protocol, "", "gives a text");
    }
    void refusals()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(FailureKind, kind);
        QFETCH(QString, code);
        QFETCH(QString, says);
        TinyHttp server({.status = status, .body = body});
        const ObservationPtr seen = ProbeRunner().run(promQl(server.url(u"/?query=up"_s), {u"[VALUE] < 5"_s, u"[STATUS] == %1"_s.arg(status)}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QCOMPARE(seen->code.value_or(QString()), code);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        QCOMPARE(seen->outcome, Outcome::Fail); // although [STATUS] is as the file wants it
    }

    void brokenTransport()
    {
        const ObservationPtr refused = ProbeRunner().run(promQl(u"http://127.0.0.1:%1/?query=up"_s.arg(closedPort())));
        QVERIFY(refused && refused->failure);
        QCOMPARE(refused->failure->kind, FailureKind::Refused);
        FaultServer half({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + vector(sample("1")), .then = Then::Close});
        const ObservationPtr cut = ProbeRunner().run(promQl(half.url(u"http"_s, u"/?query=up"_s)));
        QVERIFY(cut && cut->failure);
        QCOMPARE(cut->failure->kind, FailureKind::Closed);
        QVERIFY2(cut->conditions[0].result == Truth::NotEvaluable, qPrintable(cut->conditions[0].shown));
        FaultServer silent({});
        Endpoint endpoint = promQl(silent.url(u"http"_s, u"/?query=up"_s));
        endpoint.client.timeout = 300ms;
        const ObservationPtr late = ProbeRunner().run(endpoint);
        QVERIFY(late && late->failure);
        QCOMPARE(late->failure->kind, FailureKind::Timeout);
    }
};

QTEST_GUILESS_MAIN(TestPromQlProbe)
#include "tst_promqlprobe.moc"
