// http:// on its way from hop to hop: redirects, the method and the headers that go along, and cookies.
#include "proberunner.h"
#include "support/faultserver.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray ok(const QByteArray &body, const QByteArray &headers = {})
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
}

} // namespace

class TestHttpRedirects : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void redirects_data()
    {
        QTest::addColumn<QByteArray>("location");
        QTest::addColumn<QString>("kind"); ///< empty: followed to 200
        QTest::addColumn<QString>("says");
        QTest::newRow("to another path") << QByteArray("/ok") << u""_s << u""_s;
        QTest::newRow("to a relative path") << QByteArray("ok") << u""_s << u""_s;
        QTest::newRow("to itself") << QByteArray("/") << u"redirect"_s << u"in a loop"_s;
        QTest::newRow("to another scheme") << QByteArray("ftp://x.invalid/") << u"redirect"_s << u"not HTTP"_s;
        QTest::newRow("to a file") << QByteArray("file:///etc/passwd") << u"redirect"_s << u"not HTTP"_s;
        QTest::newRow("to no host") << QByteArray("http://") << u"redirect"_s << u"names no host"_s;
        QTest::newRow("to a name that does not resolve") << QByteArray("http://gone.invalid/") << u"dns"_s << u"gone.invalid"_s;
    }
    void redirects()
    {
        QFETCH(QByteArray, location);
        QFETCH(QString, kind);
        QFETCH(QString, says);
        FaultServer server({});
        server.answer = [&](const QByteArray &request) {
            return request.startsWith("GET /ok ") ? ok("there") : "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n";
        };
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s}));
        QVERIFY(seen);
        if (kind.isEmpty()) {
            QCOMPARE(seen->outcome, Outcome::Pass);
            QCOMPARE(seen->hops.size(), 1);
        } else {
            QVERIFY(seen->failure);
            QCOMPARE(name(seen->failure->kind), kind);
            QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        }
    }

    void endlessRedirectsEnd()
    {
        FaultServer server({});
        int step = 0;
        server.answer = [&](const QByteArray &) { return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /" + QByteArray::number(++step) + "\r\n\r\n"; };
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"http"_s)));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Redirect);
        QCOMPARE(server.requests(), 11); // the first and ten more
    }

    void ignoredRedirectIsTheAnswer()
    {
        FaultServer server({.bytes = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n"});
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 302"_s, u"[HEADER].location == /x"_s});
        endpoint.client.ignoreRedirect = true;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
    }

    void credentialsStayWithTheirOrigin()
    {
        FaultServer other({.bytes = ok("there")});
        FaultServer server({});
        server.answer = [&](const QByteArray &) { return "HTTP/1.1 307 T\r\nContent-Length: 0\r\nLocation: " + other.url(u"http"_s).toLatin1() + "\r\n\r\n"; };
        Endpoint endpoint = endpointFor(server.url(u"http"_s));
        endpoint.headers = {{"Authorization", "Bearer token1"}, {"Cookie", "a=b"}, {"X-Api-Key", "k"}, {"X-Plain", "p"}};
        QVERIFY(ProbeRunner().run(endpoint));
        const QByteArray request = other.lastRequest();
        QVERIFY(!request.contains("Authorization") && !request.contains("Cookie") && !request.contains("X-Api-Key"));
        QVERIFY(request.contains("X-Plain: p"));
    }

    void methods_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("length"); ///< of the request's Content-Length; empty: none
        QTest::newRow("GET") << u"GET"_s << QByteArray() << QByteArray();
        QTest::newRow("GET with a body") << u"GET"_s << QByteArray("q") << QByteArray("1");
        QTest::newRow("HEAD") << u"HEAD"_s << QByteArray() << QByteArray();
        QTest::newRow("OPTIONS") << u"OPTIONS"_s << QByteArray() << QByteArray();
        QTest::newRow("DELETE") << u"DELETE"_s << QByteArray() << QByteArray();
        QTest::newRow("POST") << u"POST"_s << QByteArray("a=b") << QByteArray("3");
        QTest::newRow("POST of nothing") << u"POST"_s << QByteArray() << QByteArray("0");
        QTest::newRow("PUT of nothing") << u"PUT"_s << QByteArray() << QByteArray("0");
        QTest::newRow("PATCH") << u"PATCH"_s << QByteArray("{\"a\":1}") << QByteArray("7");
        QTest::newRow("a body in UTF-8") << u"PUT"_s << QByteArray("\xc3\xa9") << QByteArray("2");
        QTest::newRow("a body of bytes") << u"PUT"_s << QByteArray("\0\xff\r\n", 4) << QByteArray("4");
        QTest::newRow("a method of its own") << u"PURGE"_s << QByteArray() << QByteArray();
    }
    void methods()
    {
        QFETCH(QString, method);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, length);
        FaultServer server({.bytes = method == u"HEAD"_s ? QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") : ok("x")});
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.method = method;
        endpoint.body = body;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY(server.lastRequest().startsWith(method.toLatin1() + " / HTTP/1.1\r\n"));
        QCOMPARE(server.lastRequest().contains("\r\nContent-Length: " + length + "\r\n"), !length.isEmpty());
        QCOMPARE(server.lastRequest().contains("\r\nContent-Length:"), !length.isEmpty());
    }

    void methodAfterRedirect_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("method");
        QTest::addColumn<QByteArray>("next");
        QTest::addColumn<bool>("bodyGoesAlong");
        QTest::newRow("301 makes POST a GET") << 301 << u"POST"_s << QByteArray("GET") << false;
        QTest::newRow("302 makes POST a GET") << 302 << u"POST"_s << QByteArray("GET") << false;
        QTest::newRow("302 leaves PUT alone") << 302 << u"PUT"_s << QByteArray("PUT") << true;
        QTest::newRow("303 makes PUT a GET") << 303 << u"PUT"_s << QByteArray("GET") << false;
        QTest::newRow("303 leaves HEAD alone") << 303 << u"HEAD"_s << QByteArray("HEAD") << true;
        QTest::newRow("307 leaves POST alone") << 307 << u"POST"_s << QByteArray("POST") << true;
        QTest::newRow("308 leaves POST alone") << 308 << u"POST"_s << QByteArray("POST") << true;
        QTest::newRow("308 leaves PATCH alone") << 308 << u"PATCH"_s << QByteArray("PATCH") << true;
    }
    void methodAfterRedirect()
    {
        QFETCH(int, status);
        QFETCH(QString, method);
        QFETCH(QByteArray, next);
        FaultServer server({});
        server.answer = [&](const QByteArray &request) {
            return request.contains(" /done ") ? QByteArray("HTTP/1.1 204 No Content\r\n\r\n")
                                               : "HTTP/1.1 " + QByteArray::number(status) + " Moved\r\nContent-Length: 0\r\nLocation: /done\r\n\r\n";
        };
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 204"_s});
        endpoint.method = method;
        endpoint.body = "abc";
        endpoint.headers = {{"Content-Type", "text/plain"}, {"Authorization", "Bearer t"}};
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY2(server.lastRequest().startsWith(next + " /done "), server.lastRequest().constData());
        QTEST(server.lastRequest().contains("\r\nContent-Length: 3\r\n"), "bodyGoesAlong");
        QTEST(server.lastRequest().contains("\r\nContent-Type: text/plain\r\n"), "bodyGoesAlong");
        QVERIFY(server.lastRequest().contains("\r\nAuthorization: Bearer t\r\n")); // the same origin
    }

    void cookies_data()
    {
        QTest::addColumn<bool>("kept");
        QTest::addColumn<QByteArray>("setCookie");
        QTest::addColumn<QByteArray>("sent"); ///< the whole Cookie header's value; empty: none
        QTest::newRow("kept when asked") << true << QByteArray("sid=abcdef") << QByteArray("sid=abcdef");
        QTest::newRow("dropped when not asked") << false << QByteArray("sid=abcdef") << QByteArray();
        QTest::newRow("with attributes") << true << QByteArray("sid=abcdef; Path=/; HttpOnly; SameSite=Lax") << QByteArray("sid=abcdef");
        QTest::newRow("two of them") << true << QByteArray("a=1\r\nSet-Cookie: b=2") << QByteArray("a=1; b=2");
        QTest::newRow("for another path") << true << QByteArray("sid=abcdef; Path=/elsewhere") << QByteArray();
        QTest::newRow("for another domain") << true << QByteArray("sid=abcdef; Domain=other.test") << QByteArray();
        QTest::newRow("for https alone") << true << QByteArray("sid=abcdef; Secure") << QByteArray();
        QTest::newRow("that have expired") << true << QByteArray("sid=abcdef; Max-Age=0") << QByteArray();
        QTest::newRow("that are too large") << true << "sid=" + QByteArray(5000, 'x') << QByteArray();
        QTest::newRow("that are nonsense") << true << QByteArray(";;;=;") << QByteArray();
    }
    void cookies()
    {
        QFETCH(bool, kept);
        QFETCH(QByteArray, setCookie);
        QFETCH(QByteArray, sent);
        FaultServer server({});
        server.answer = [&](const QByteArray &request) {
            return request.contains(" /in ") ? ok("welcome abcdef") : "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /in\r\nSet-Cookie: " + setCookie + "\r\n\r\n";
        };
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.client.storeCookies = kept;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(server.lastRequest().count("\r\nCookie: "), sent.isEmpty() ? 0 : 1);
        if (sent.isEmpty())
            return;
        QVERIFY2(server.lastRequest().contains("\r\nCookie: " + sent + "\r\n"), server.lastRequest().constData());
        QVERIFY(!sent.contains("abcdef") || !seen->excerpt.contains(u"abcdef"_s)); // a session is a secret
    }

    void cookiesOfTheFileComeFirst()
    {
        FaultServer server({});
        server.answer = [&](const QByteArray &request) {
            return request.contains(" /in ") ? ok("x") : QByteArray("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /in\r\nSet-Cookie: b=2\r\n\r\n");
        };
        Endpoint endpoint = endpointFor(server.url(u"http"_s));
        endpoint.client.storeCookies = true;
        endpoint.headers = {{"cookie", "a=1"}};
        QVERIFY(ProbeRunner().run(endpoint));
        QVERIFY2(server.lastRequest().contains("\r\ncookie: a=1; b=2\r\n"), server.lastRequest().constData());
    }

    void aRedirectToItselfWithACookieIsNoLoop()
    {
        FaultServer server({});
        server.answer = [&](const QByteArray &request) {
            return request.contains("Cookie: seen=yes") ? ok("x") : QByteArray("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\nSet-Cookie: seen=yes\r\n\r\n");
        };
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.client.storeCookies = true;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
    }

    void stepsOfAJourneyShareCookies()
    {
        FaultServer server({.bytes = ok("x", "Set-Cookie: sid=abcdef\r\n")});
        ProbeRunner runner;
        const auto journey = std::make_shared<JourneyContext>();
        for (const bool keeps : {true, false, true}) {
            Endpoint endpoint = endpointFor(server.url(u"http"_s));
            endpoint.client.storeCookies = keeps;
            const auto step = makeProbe({.endpoint = endpoint, .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1, .journey = journey}, runner.services);
            QSignalSpy spy(step.get(), &Probe::finished);
            const int before = server.requests();
            step->start();
            QTRY_COMPARE(spy.size(), 1);
            QCOMPARE(server.lastRequest().contains("\r\nCookie: sid=abcdef\r\n"), keeps && before > 0);
        }
        QCOMPARE(journey->secrets.mask(u"abcdef"_s), u"•••"_s);
    }

    void seeOtherBecomesGet()
    {
        FaultServer server({});
        server.answer = [&](const QByteArray &request) {
            return request.startsWith("GET /done ") ? ok("done") : QByteArray("HTTP/1.1 303 See Other\r\nContent-Length: 0\r\nLocation: /done\r\n\r\n");
        };
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.method = u"POST"_s;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
    }
};

QTEST_GUILESS_MAIN(TestHttpRedirects)
#include "tst_httpredirects.moc"
