// https:// against a real HTTP/2 server on loopback: right answers, every fault as raw frames, and every flood bounded.
#include "proberunner.h"
#include "support/http2server.h"
#include "support/pki.h"
#include "support/tlsserver.h"

#include <QSslCertificate>
#include <QSslKey>

#include <zlib.h>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int endStream = 1, endHeaders = 4, ack = 1, padded = 8;

QByteArray deflated(const QByteArray &plain)
{
    uLongf size = compressBound(static_cast<uLong>(plain.size()));
    QByteArray out(static_cast<qsizetype>(size), Qt::Uninitialized);
    compress2(reinterpret_cast<Bytef *>(out.data()), &size, reinterpret_cast<const Bytef *>(plain.constData()), static_cast<uLong>(plain.size()), 9);
    return out.first(static_cast<qsizetype>(size));
}

QByteArray headersFrame(const Http2Fields &fields, int flags = endHeaders) { return frame(NGHTTP2_HEADERS, flags, 1, headerBlock(fields)); }
QByteArray okHead(int flags = endHeaders) { return headersFrame({{":status", "200"}}, flags); }
QByteArray data(const QByteArray &bytes, int flags = 0) { return frame(NGHTTP2_DATA, flags, 1, bytes); }
QByteArray reset(quint32 code) { return frame(NGHTTP2_RST_STREAM, 0, 1, bigEndian(code)); }
QByteArray goaway(quint32 last, quint32 code, const QByteArray &text = {}) { return frame(NGHTTP2_GOAWAY, 0, 0, bigEndian(last) + bigEndian(code) + text); }

} // namespace

class TestHttp2Probe : public QObject {
    Q_OBJECT

    QSslConfiguration m_tls;

    Endpoint target(const Http2Server &server, const QStringList &conditions = {u"[STATUS] == 200"_s}, const QString &path = u"/"_s)
    {
        Endpoint endpoint = endpointFor(server.url(path), conditions);
        endpoint.client.insecure = true;
        return endpoint;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const Identity identity = makeIdentity({.commonName = u"localhost"_s, .names = {u"IP:127.0.0.1"_s}});
        m_tls.setLocalCertificate(QSslCertificate(identity.certificatePem(), QSsl::Pem));
        m_tls.setPrivateKey(QSslKey(identity.keyPem(), QSsl::Ec));
        m_tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    }

    void init() { failOnWarnings(); }

    void answers_data()
    {
        QTest::addColumn<Http2Script>("script");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("excerpt");
        const auto row = [](const char *name, Http2Script script, int status, const QByteArray &excerpt) {
            QTest::newRow(name) << std::move(script) << status << excerpt;
        };
        row("a body", {.body = "healthy"}, 200, "healthy");
        row("a body with its length", {.headers = {{"content-length", "7"}}, .body = "healthy"}, 200, "healthy");
        row("no body", {.status = "204"}, 204, "");
        row("a failure is an answer", {.status = "503", .body = "no"}, 503, "no");
        row("trailers after the body", {.body = "x", .trailers = {{"x-checksum", "1"}}}, 200, "x");
        row("100 and 103 come before the answer", {.body = "real", .interim = {"100", "103"}}, 200, "real");
        row("a compressed body", {.headers = {{"content-encoding", "deflate"}}, .body = deflated("small")}, 200, "small");
        row("a body of many frames", {.body = QByteArray(3'000'000, 'x')}, 200, QByteArray(excerptSize(), 'x'));
        row("a head over two frames", {.raw = frame(NGHTTP2_HEADERS, endStream, 1, headerBlock({{":status", "200"}})) + frame(NGHTTP2_CONTINUATION, endHeaders, 1, headerBlock({{"a", "b"}}))}, 200, "");
        row("padding", {.raw = okHead() + data(QByteArray(1, '\3') + "ab" + QByteArray(3, '\0'), padded | endStream)}, 200, "ab");
        row("an answer after a friendly GOAWAY", {.raw = goaway(1, NGHTTP2_NO_ERROR) + okHead() + data("bye", endStream)}, 200, "bye");
        row("a reset without error after the whole answer", {.raw = okHead() + data("done", endStream) + reset(NGHTTP2_NO_ERROR)}, 200, "done");
        row("frames of an unknown type", {.raw = frame(0xbb, 0, 0, "grease") + okHead() + data("x", endStream)}, 200, "x");
        row("a push behind the answer", {.raw = okHead() + data("x", endStream) + frame(NGHTTP2_PUSH_PROMISE, endHeaders, 1, bigEndian(2) + headerBlock({{":method", "GET"}, {":path", "/"}}))}, 200, "x");
        row("a broken header behind the answer", {.raw = okHead() + data("x", endStream) + headersFrame({{"a", "b\nc"}}, endHeaders | endStream)}, 200, "x");
        row("a ping in the middle", {.raw = okHead() + frame(NGHTTP2_PING, 0, 0, "12345678") + data("x", endStream)}, 200, "x");
    }
    void answers()
    {
        QFETCH(Http2Script, script);
        QFETCH(QByteArray, excerpt);
        Http2Server server(script, m_tls);
        const ObservationPtr seen = ProbeRunner().run(target(server, {u"[STATUS] > 0"_s}));
        QVERIFY(seen);
        QVERIFY2(!seen->failure, seen->failure ? qPrintable(seen->failure->message) : "");
        QTEST(*seen->status, "status");
        QCOMPARE(seen->excerpt.toUtf8(), excerpt);
        QCOMPARE(seen->protocol, u"h2"_s);
        QCOMPARE(seen->tls->alpn, u"h2"_s);
        QVERIFY(seen->answered);
        QVERIFY(seen->phase(Phase::Connect) && seen->phase(Phase::Tls) && seen->phase(Phase::Wait) && seen->phase(Phase::Receive));
        QCOMPARE(server.connections(), 1);
    }

    void faults_data()
    {
        QTest::addColumn<Http2Script>("script");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, Http2Script script, FailureKind kind, const char *phase, const char *says) {
            QTest::newRow(name) << std::move(script) << kind << QString::fromLatin1(phase) << QString::fromLatin1(says);
        };
        using enum FailureKind;
        const QByteArray ping = frame(NGHTTP2_PING, 0, 0, "12345678");
        const QByteArray settings = frame(NGHTTP2_SETTINGS, 0, 0, {});
        row("silence after the request", {.raw = ping}, Timeout, "wait", "no complete answer within");
        row("silence after the head", {.raw = okHead()}, Timeout, "receive", "no complete answer");
        row("pings now and then, for ever", {.then = Then::Drip, .tail = ping}, Timeout, "wait", "no complete answer");
        row("bytes now and then, for ever", {.raw = okHead(), .then = Then::Drip, .tail = data("x")}, Timeout, "receive", "no complete answer");
        row("closes instead of an answer", {.raw = settings, .then = Then::Close}, Closed, "wait", "without answering");
        row("closes in the body", {.raw = okHead() + data("abc"), .then = Then::Close}, Closed, "receive", "in the middle");
        row("resets the connection in the body", {.raw = okHead() + data("abc"), .then = Then::Reset}, Closed, "receive", "reset the connection");
        row("resets the stream: its own fault", {.raw = reset(NGHTTP2_INTERNAL_ERROR)}, Closed, "wait", "INTERNAL_ERROR");
        row("resets the stream: refused", {.raw = reset(NGHTTP2_REFUSED_STREAM)}, Closed, "wait", "REFUSED_STREAM");
        row("resets the stream in the body", {.raw = okHead() + data("abc") + reset(NGHTTP2_CANCEL)}, Closed, "receive", "CANCEL");
        row("resets the stream without error before the end", {.raw = okHead() + data("abc") + reset(NGHTTP2_NO_ERROR)}, Closed, "receive", "NO_ERROR");
        row("resets the stream: our fault", {.raw = reset(NGHTTP2_PROTOCOL_ERROR)}, Protocol, "wait", "PROTOCOL_ERROR");
        row("resets the stream: wants HTTP/1.1", {.raw = reset(NGHTTP2_HTTP_1_1_REQUIRED)}, Protocol, "wait", "HTTP_1_1_REQUIRED");
        row("a GOAWAY that leaves the request out", {.raw = goaway(0, NGHTTP2_NO_ERROR)}, Closed, "wait", "GOAWAY");
        row("a GOAWAY with words", {.raw = goaway(0, NGHTTP2_ENHANCE_YOUR_CALM, "too many")}, Closed, "wait", "ENHANCE_YOUR_CALM, \"too many\"");
        row("a GOAWAY in the body", {.raw = okHead() + data("a") + goaway(1, NGHTTP2_INTERNAL_ERROR)}, Closed, "receive", "INTERNAL_ERROR");
        row("a friendly GOAWAY, then the end", {.raw = goaway(1, NGHTTP2_NO_ERROR), .then = Then::Close}, Closed, "wait", "GOAWAY: NO_ERROR");
        row("less than the announced length", {.headers = {{"content-length", "10"}}, .body = "abc"}, Protocol, "receive", "announced 10 bytes and brought 3");
        row("more than the announced length", {.headers = {{"content-length", "2"}}, .body = "abc"}, Protocol, "receive", "announced 2 bytes");
        row("a length that is no number", {.headers = {{"content-length", "ten"}}, .body = "abc"}, Protocol, "receive", "rules of HTTP/2");
        row("an empty 200 that announces a body", {.headers = {{"content-length", "5"}}}, Protocol, "receive", "rules of HTTP/2");
        row("no status", {.raw = headersFrame({{"a", "b"}}, endHeaders | endStream)}, Protocol, "receive", "rules of HTTP/2");
        row("a status that is no number", {.status = "2x0"}, Protocol, "receive", "rules of HTTP/2");
        row("a status below 100", {.status = "009"}, Protocol, "receive", "status is 009, which HTTP does not have");
        row("a status of HTTP/1.1 only", {.status = "101"}, Protocol, "receive", "rules of HTTP/2");
        row("a header with a capital letter", {.raw = headersFrame({{":status", "200"}, {"Server", "x"}}, endHeaders | endStream)}, Protocol, "receive", "rules of HTTP/2");
        row("a header of HTTP/1.1", {.headers = {{"connection", "close"}}}, Protocol, "receive", "rules of HTTP/2");
        row("a line break in a header", {.headers = {{"a", "b\r\nc: d"}}}, Protocol, "receive", "a header is malformed");
        row("body before the head", {.raw = data("abc", endStream)}, Protocol, "wait", "rules of HTTP/2");
        row("a body where none may be", {.status = "204", .body = "abc"}, Protocol, "receive", "rules of HTTP/2");
        row("compression of headers that is broken", {.raw = frame(NGHTTP2_HEADERS, endHeaders, 1, QByteArray(4, '\xff'))}, Protocol, "receive", "rules of HTTP/2");
        row("a frame larger than allowed", {.raw = okHead() + data(QByteArray(70'000, 'x'))}, Protocol, "receive", "rules of HTTP/2");
        row("a ping of the wrong size", {.raw = frame(NGHTTP2_PING, 0, 0, "123")}, Protocol, "wait", "rules of HTTP/2");
        row("another stream", {.raw = frame(NGHTTP2_HEADERS, endHeaders, 2, headerBlock({{":status", "200"}}))}, Protocol, "wait", "rules of HTTP/2");
        row("HTTP/1.1 after the handshake", {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}, Protocol, "wait", "rules of HTTP/2");
        row("a push", {.raw = frame(NGHTTP2_PUSH_PROMISE, endHeaders, 1, bigEndian(2) + headerBlock({{":method", "GET"}, {":path", "/"}}))}, Protocol, "wait", "push");
        row("compression that is none", {.headers = {{"content-encoding", "gzip"}}, .body = "no gzip at all"}, Protocol, "receive", "corrupt");
        row("compression that is cut off", {.headers = {{"content-encoding", "deflate"}}, .body = deflated(QByteArray(1000, 'x')).chopped(6)}, Protocol, "receive", "cut off");
        row("a bomb", {.headers = {{"content-encoding", "deflate"}}, .body = deflated(QByteArray(64 * 1024 * 1024, '\0'))}, Oversize, "receive", "after decompression");
        row("a body over the limit", {.body = QByteArray(5 * 1024 * 1024, 'x')}, Oversize, "receive", "exceeds the limit of 4096 KiB");
        row("a header over the limit, small on the wire", {.raw = hpackBomb()}, Oversize, "receive", "headers exceed the limit of 256 KiB");
        row("pings without end", {.then = Then::Flood, .tail = ping}, Protocol, "wait", "over 1000 frames");
        row("settings without end", {.then = Then::Flood, .tail = settings}, Protocol, "wait", "frames");
        row("empty settings acknowledged without end", {.then = Then::Flood, .tail = frame(NGHTTP2_SETTINGS, ack, 0, {})}, Protocol, "wait", "");
        row("empty data without end", {.raw = okHead(), .then = Then::Flood, .tail = data({})}, Protocol, "receive", "over 1000 frames");
        row("data of padding without end", {.raw = okHead(), .then = Then::Flood, .tail = data(QByteArray(1, '\x0a') + QByteArray(10, '\0'), padded)}, Protocol, "receive", "over 1000 frames");
        row("continuations without end", {.raw = headersFrame({{":status", "200"}}, 0), .then = Then::Flood, .tail = frame(NGHTTP2_CONTINUATION, 0, 1, headerBlock({{"a", "b"}}))}, Protocol, "receive", "CONTINUATION");
        row("empty continuations without end", {.raw = headersFrame({{":status", "200"}}, 0), .then = Then::Flood, .tail = frame(NGHTTP2_CONTINUATION, 0, 1, {})}, Protocol, "receive", "CONTINUATION");
        row("interim answers without end", {.then = Then::Flood, .tail = headersFrame({{":status", "103"}})}, Protocol, "receive", "over 100 interim answers");
        row("frames of an unknown type without end", {.then = Then::Flood, .tail = frame(0xbb, 0, 0, QByteArray(16'000, 'x'))}, Protocol, "wait", "more frames than an answer");
    }
    void faults()
    {
        QFETCH(Http2Script, script);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        Http2Server server(script, m_tls);
        Endpoint endpoint = target(server, {u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 60000"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(400ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY(seen->failure);
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QCOMPARE(name(seen->failure->kind), name(kind));
        QTEST(QString(name(seen->failure->phase.value())), "phase");
        QVERIFY(!seen->answered);
        QCOMPARE(server.connections(), 1); // nothing is silently sent again
        for (const ConditionResult &condition : seen->conditions)
            QCOMPARE(condition.result, Truth::NotEvaluable);
    }

    void requestIsWhatTheFileSays()
    {
        Http2Server server({.body = "x"}, m_tls);
        Endpoint endpoint = target(server, {u"[STATUS] == 200"_s}, u"/a%20b?q=1#part"_s);
        endpoint.method = u"PATCH"_s;
        endpoint.body = QByteArray(300'000, 'b'); // more than the server's first window
        endpoint.headers = {{"X-Mixed-Case", " value\r\nx-injected: yes "}, {"Connection", "keep-alive"}, {"TE", "gzip"}, {"Host", "other.test"}};
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(server.requests().size(), 1);
        const Http2Request &request = server.requests().front();
        QCOMPARE(request.header(":method"), "PATCH"_ba);
        QCOMPARE(request.header(":path"), "/a%20b?q=1"_ba);
        QCOMPARE(request.header(":scheme"), "https"_ba);
        QCOMPARE(request.header(":authority"), "other.test"_ba);
        QCOMPARE(request.header("x-mixed-case"), "value  x-injected: yes"_ba);
        QCOMPARE(request.header("content-length"), "300000"_ba);
        QCOMPARE(request.body, endpoint.body);
        QVERIFY(request.header("user-agent").startsWith("Allclear/"));
        for (const char *name : {"connection", "te", "host", "x-injected"})
            QVERIFY2(request.header(name).isEmpty(), name);
        QTRY_VERIFY(server.sawGoodbye());
    }

    void headAsksForNoBody()
    {
        Http2Server server({.headers = {{"content-length", "1073741824"}}}, m_tls);
        Endpoint endpoint = target(server);
        endpoint.method = u"HEAD"_s;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
    }

    void redirectsAreFollowed()
    {
        Http2Server server({}, m_tls);
        server.answer = [](const Http2Request &request) {
            return request.header(":path") == "/ok" ? Http2Script{.body = "there"} : Http2Script{.status = "302", .headers = {{"location", "/ok"}}};
        };
        const ObservationPtr seen = ProbeRunner().run(target(server, {u"[STATUS] == 200"_s, u"[BODY] == there"_s}));
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(seen->hops.size(), 1);
    }

    void headersAreComparedWithoutCase()
    {
        Http2Server server({.headers = {{"x-served-by", "edge-1"}}, .body = "x"}, m_tls);
        const ObservationPtr seen = ProbeRunner().run(target(server, {u"[HEADER].X-Served-By == edge-1"_s}));
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
    }

    void serverThatRefusesAllThatIsOffered()
    {
        TlsServer server({.sends = {makeIdentity({.commonName = u"127.0.0.1"_s})}, .protocols = {"http/1.1"}});
        Endpoint endpoint = endpointFor(server.url(u"https"_s));
        endpoint.client.httpVersion = HttpVersion::Http2;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Tls);
        QCOMPARE(seen->failure->phase.value(), Phase::Tls);
        QVERIFY2(seen->failure->message.endsWith(u"offered in the TLS handshake: h2"_s), qPrintable(seen->failure->message));
    }

    void versionThatTheFileAsksFor_data()
    {
        QTest::addColumn<HttpVersion>("version");
        QTest::addColumn<bool>("keepAlive");
        QTest::addColumn<bool>("serverKnowsIt");
        QTest::addColumn<QString>("protocol"); ///< empty: it fails
        QTest::newRow("nothing, the server knows HTTP/2") << HttpVersion::Negotiated << false << true << u"h2"_s;
        QTest::newRow("nothing, the server does not know HTTP/2") << HttpVersion::Negotiated << false << false << u"http/1.1"_s;
        QTest::newRow("HTTP/2, the server knows it") << HttpVersion::Http2 << false << true << u"h2"_s;
        QTest::newRow("HTTP/2, the server does not know it") << HttpVersion::Http2 << false << false << u""_s;
        QTest::newRow("HTTP/1.1") << HttpVersion::Http11 << false << false << u"http/1.1"_s;
        QTest::newRow("keep-alive means HTTP/1.1") << HttpVersion::Negotiated << true << false << u"http/1.1"_s;
        QTest::newRow("keep-alive with HTTP/2") << HttpVersion::Http2 << true << true << u"h2"_s;
    }
    void versionThatTheFileAsksFor()
    {
        QFETCH(HttpVersion, version);
        QFETCH(bool, keepAlive);
        QFETCH(bool, serverKnowsIt);
        QFETCH(QString, protocol);
        Http2Server two({.body = "x"}, m_tls);
        FaultServer one({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"}, m_tls);
        Endpoint endpoint = target(two);
        endpoint.client.httpVersion = version;
        endpoint.client.keepAlive = keepAlive;
        if (!serverKnowsIt)
            endpoint.url = one.url(u"https"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        if (protocol.isEmpty()) {
            QCOMPARE(seen->failure->kind, FailureKind::Protocol);
            QVERIFY2(seen->failure->message.contains(u"does not speak HTTP/2"_s), qPrintable(seen->failure->message));
            QCOMPARE(one.requests(), 0);
            return;
        }
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QCOMPARE(seen->protocol, protocol);
    }

    void priorKnowledgeWithoutTls()
    {
        Http2Server server({.body = "clear"});
        Endpoint endpoint = target(server);
        endpoint.client.httpVersion = HttpVersion::Http2;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(seen->protocol, u"h2"_s);
        QCOMPARE(seen->excerpt, u"clear"_s);
    }

    void destroyedInFlightSaysNothing()
    {
        Http2Server server({.raw = okHead() + data("a")}, m_tls);
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = target(server), .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.requests().size(), 1);
        probe.reset();
        QCoreApplication::processEvents();
        QCOMPARE(spy.size(), 0);
    }

private:
    static qsizetype excerptSize() { return 2048; }

    /// One long header put into the table once, then named by one byte a thousand times (RFC 7541, section 6.1).
    static QByteArray hpackBomb()
    {
        const QByteArray entry = QByteArray(1, '\x40') + QByteArray(1, '\x01') + "a" + QByteArray("\x7f\x91\x17", 3) + QByteArray(3088, 'x');
        const QByteArray block = headerBlock({{":status", "200"}}) + entry + QByteArray(1000, '\xbe');
        return frame(NGHTTP2_HEADERS, endHeaders | endStream, 1, block);
    }
};

QTEST_GUILESS_MAIN(TestHttp2Probe)
#include "tst_http2probe.moc"
