// http:// against real loopback sockets: what is said of every answer and of every fault.
#include "proberunner.h"
#include "support/faultserver.h"

#include <zlib.h>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray gzip(const QByteArray &plain)
{
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(plain.size()))) + 64, Qt::Uninitialized);
    QByteArray in = plain;
    stream.next_in = reinterpret_cast<Bytef *>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return out;
}

QByteArray ok(const QByteArray &body, const QByteArray &headers = {})
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
}

} // namespace

class TestHttpProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<Then>("then");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("excerpt");

        QTest::newRow("a body with a length") << ok("healthy") << Then::Close << 200 << u"healthy"_s;
        QTest::newRow("a body with a length on a connection that stays open") << ok("x") << Then::KeepOpen << 200 << u"x"_s;
        QTest::newRow("an empty body") << ok("") << Then::KeepOpen << 200 << u""_s;
        QTest::newRow("chunks") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n") << Then::KeepOpen << 200 << u"abcde"_s;
        QTest::newRow("chunks with a trailer") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n") << Then::KeepOpen << 200 << u"a"_s;
        QTest::newRow("a body that the close ends") << QByteArray("HTTP/1.0 200 OK\r\n\r\nbye") << Then::Close << 200 << u"bye"_s;
        QTest::newRow("103 Early Hints come before the answer") << QByteArray("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") + ok("real") << Then::KeepOpen << 200 << u"real"_s;
        QTest::newRow("100 Continue comes before the answer") << QByteArray("HTTP/1.1 100 Continue\r\n\r\n") + ok("real") << Then::KeepOpen << 200 << u"real"_s;
        QTest::newRow("204 has no body") << QByteArray("HTTP/1.1 204 No Content\r\n\r\n") << Then::KeepOpen << 204 << u""_s;
        QTest::newRow("304 has no body although a length is given") << QByteArray("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n") << Then::KeepOpen << 304 << u""_s;
        QTest::newRow("a status line without a reason") << QByteArray("HTTP/1.1 503\r\nContent-Length: 2\r\n\r\nno") << Then::KeepOpen << 503 << u"no"_s;
        QTest::newRow("lines that end in a bare line feed") << QByteArray("HTTP/1.1 200 OK\nContent-Length: 1\n\nx") << Then::KeepOpen << 200 << u"x"_s;
        QTest::newRow("gzip although identity was asked for") << ok(gzip("compressed"), "Content-Encoding: gzip\r\n") << Then::KeepOpen << 200 << u"compressed"_s;
        QTest::newRow("the same length twice") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx") << Then::KeepOpen << 200 << u"x"_s;
        QTest::newRow("401 is an answer") << QByteArray("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") << Then::KeepOpen << 401 << u""_s;
        QTest::newRow("418 is an answer") << QByteArray("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n") << Then::KeepOpen << 418 << u""_s;
        QTest::newRow("a redirect without a Location is an answer") << QByteArray("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n") << Then::KeepOpen << 301 << u""_s;
        QTest::newRow("a folded header line is joined") << QByteArray("HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 1\r\n\r\nx") << Then::KeepOpen << 200 << u"x"_s;
        QTest::newRow("204 has no body although one follows") << QByteArray("HTTP/1.1 204 No Content\r\n\r\nsurprise") << Then::KeepOpen << 204 << u""_s;
        QTest::newRow("304 has no body although one follows") << QByteArray("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n") << Then::KeepOpen << 304 << u""_s;
        QTest::newRow("chunks win over a length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n") << Then::KeepOpen << 200 << u"abcde"_s;
        QTest::newRow("a chunk size with a space behind it") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n") << Then::KeepOpen << 200 << u"a"_s;
        QTest::newRow("an empty body that says it is compressed") << ok("", "Content-Encoding: gzip\r\n") << Then::KeepOpen << 200 << u""_s;
        QTest::newRow("bytes that are not text are shown as hex") << ok(QByteArray("\x00\xff", 2)) << Then::KeepOpen << 200 << u"2 bytes, not text: 00 ff"_s;
    }
    void answers()
    {
        QFETCH(QByteArray, answer);
        QFETCH(Then, then);
        FaultServer server({.bytes = answer, .then = then});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"http"_s), {u"[STATUS] > 0"_s}));
        QVERIFY(seen);
        QVERIFY2(!seen->failure, seen->failure ? qPrintable(seen->failure->message) : "");
        QCOMPARE(seen->outcome, Outcome::Pass);
        QTEST(*seen->status, "status");
        QTEST(seen->excerpt, "excerpt");
        QVERIFY(seen->answered);
        QVERIFY(seen->latency > Duration::zero());
        QVERIFY(seen->phase(Phase::Connect) && seen->phase(Phase::Wait) && seen->phase(Phase::Receive));
        QVERIFY(!seen->phase(Phase::Dns) && !seen->phase(Phase::Tls));
    }

    void faults_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, Script script, FailureKind kind, const char *phase, const char *says) {
            QTest::newRow(name) << script << kind << QString::fromLatin1(phase) << QString::fromLatin1(says);
        };
        using enum FailureKind;
        row("silence after the request", {.bytes = ""}, Timeout, "wait", "no complete answer within");
        row("silence in the status line", {.bytes = "HTTP/1.1 2"}, Timeout, "receive", "no complete answer");
        row("silence in the headers", {.bytes = "HTTP/1.1 200 OK\r\nA: b"}, Timeout, "receive", "no complete answer");
        row("silence in the body", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}, Timeout, "receive", "no complete answer");
        row("a byte now and then, for ever", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", .then = Then::Drip}, Timeout, "receive", "no complete answer");
        row("headers that drip for ever", {.bytes = "HTTP/1.1 200 OK\r\n", .then = Then::Drip, .tail = "A: b\r\n"}, Timeout, "receive", "no complete answer");
        row("a gigabyte announced, ten bytes sent", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n0123456789"}, Timeout, "receive", "no complete answer");
        row("closes at once", {.bytes = "", .then = Then::HalfClose, .when = When::OnConnect}, Closed, "wait", "without answering");
        row("closes after the request", {.bytes = "", .then = Then::Close}, Closed, "wait", "without answering");
        row("resets after the request", {.bytes = "", .then = Then::Reset}, Closed, "wait", "reset the connection");
        row("closes in the headers", {.bytes = "HTTP/1.1 200 OK\r\nA: ", .then = Then::Close}, Closed, "receive", "in the middle of its answer");
        row("resets in the headers", {.bytes = "HTTP/1.1 200 OK\r\nA: ", .then = Then::Reset}, Closed, "receive", "reset the connection");
        row("closes before the announced length", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .then = Then::Close}, Closed, "receive", "after 3 of the 10 bytes");
        row("resets in a body without length", {.bytes = "HTTP/1.1 200 OK\r\n\r\nabc", .then = Then::Reset}, Closed, "receive", "reset the connection");
        row("closes in a chunk", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", .then = Then::Close}, Closed, "receive", "in the middle");
        row("closes before the last chunk", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", .then = Then::Close}, Closed, "receive", "in the middle");
        row("another protocol", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n", .when = When::OnConnect}, Protocol, "receive", "is not HTTP: it starts with \"SSH-2.0");
        row("bytes that are no text", {.bytes = QByteArray("\x15\x03\x01\x00\x02\x02\x16", 7)}, Protocol, "receive", "\\x15\\x03");
        row("HTTP/2 without being asked", {.bytes = QByteArray("HTTP/2 200\r\n\r\n")}, Protocol, "receive", "status line is malformed");
        row("a status that is no number", {.bytes = "HTTP/1.1 2x0 OK\r\n\r\n"}, Protocol, "receive", "status line is malformed");
        row("a header without a colon", {.bytes = "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"}, Protocol, "receive", "header line is malformed");
        row("a header with a space in its name", {.bytes = "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n"}, Protocol, "receive", "header line is malformed");
        row("a NUL in a header", {.bytes = QByteArray("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 28)}, Protocol, "receive", "control character");
        row("a length that is no number", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n"}, Protocol, "receive", "Content-Length is no number");
        row("a negative length", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"}, Protocol, "receive", "Content-Length is no number");
        row("two lengths that disagree", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"}, Protocol, "receive", "disagree");
        row("a chunk size that is no number", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("a chunk size that overflows", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("a chunk longer than it says", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n"}, Protocol, "receive", "longer than the size");
        row("an unknown transfer encoding", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: br\r\n\r\n"}, Protocol, "receive", "transfer encoding");
        row("a negative chunk size", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("a chunk size with a sign", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("a chunk size with 0x", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("a chunk size with a space before it", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 1\r\na\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("an empty chunk size", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;x\r\na\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("a carriage return in a chunk extension", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;\rx\r\na\r\n"}, Protocol, "receive", "chunk size is no hexadecimal");
        row("one chunk extension without end", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", .then = Then::Flood, .tail = QByteArray(65536, 'x')}, Protocol, "receive", "chunk size line is longer than 4096");
        row("chunks that are all extension", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .then = Then::Flood, .tail = "1;" + QByteArray(4000, 'x') + "\r\na\r\n"}, Protocol, "receive", "more framing than data");
        row("chunks announced twice", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}, Protocol, "receive", "transfer encoding \"chunked, chunked\"");
        row("chunks and another coding", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"}, Protocol, "receive", "transfer encoding");
        row("chunks in HTTP/1.0", {.bytes = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}, Protocol, "receive", "HTTP/1.0 answer cannot come in chunks");
        row("a trailer that is none", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\n\r\n"}, Protocol, "receive", "trailer line is malformed");
        row("trailers without end", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", .then = Then::Flood, .tail = "X-Flood: " + QByteArray(1000, 'x') + "\r\n"}, Oversize, "receive", "headers exceed the limit of 256 KiB");
        row("a length with a sign", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na"}, Protocol, "receive", "Content-Length is no number");
        row("a length that overflows", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\na"}, Protocol, "receive", "Content-Length is no number");
        row("two lengths in one header", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\na"}, Protocol, "receive", "Content-Length is no number");
        row("a length that is folded", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 0\r\n\r\na"}, Protocol, "receive", "Content-Length is no number");
        row("a space before the colon", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na"}, Protocol, "receive", "header line is malformed");
        row("a first header that is folded", {.bytes = "HTTP/1.1 200 OK\r\n A: b\r\n\r\n"}, Protocol, "receive", "starts with a space");
        row("a carriage return in a header", {.bytes = "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n"}, Protocol, "receive", "control character");
        row("an escape sequence in a header", {.bytes = "HTTP/1.1 200 OK\r\nA: \x1b[2J\r\n\r\n"}, Protocol, "receive", "control character");
        row("a NUL in the reason", {.bytes = QByteArray("HTTP/1.1 200 O\0K\r\n\r\n", 20)}, Protocol, "receive", "status line is malformed");
        row("HTTP/0.9", {.bytes = "<html>hello</html>", .then = Then::Close}, Protocol, "receive", "is not HTTP: it starts with \"<html>");
        row("HTTP/2.0 as text", {.bytes = "HTTP/2.0 200 OK\r\n\r\n"}, Protocol, "receive", "status line is malformed");
        row("HTTP/1.2", {.bytes = "HTTP/1.2 200 OK\r\n\r\n"}, Protocol, "receive", "status line is malformed");
        row("a status of two digits", {.bytes = "HTTP/1.1 20 OK\r\n\r\n"}, Protocol, "receive", "status line is malformed");
        row("a status under 100", {.bytes = "HTTP/1.1 099 OK\r\n\r\n"}, Protocol, "receive", "status line is malformed");
        row("gzip that ends before it says anything", {.bytes = ok(gzip("x").first(10), "Content-Encoding: gzip\r\n")}, Protocol, "receive", "cut off");
        row("a switch of protocols nobody asked for", {.bytes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"}, Protocol, "receive", "switched protocols");
        row("gzip that is not", {.bytes = ok("this is no gzip", "Content-Encoding: gzip\r\n")}, Protocol, "receive", "corrupt");
        row("gzip that is cut off", {.bytes = ok(gzip(QByteArray(100'000, 'x')).chopped(20), "Content-Encoding: gzip\r\n")}, Protocol, "receive", "cut off");
        row("a bomb of zeros in gzip", {.bytes = ok(gzip(QByteArray(64 * 1024 * 1024, '\0')), "Content-Encoding: gzip\r\n")}, Oversize, "receive", "after decompression");
        row("a bomb whose checksum is wrong as well", {.bytes = ok(gzip(QByteArray(4 * 1024 * 1024 + 100, '\0')).chopped(8) + QByteArray(8, 'x'), "Content-Encoding: gzip\r\n")}, Oversize, "receive", "after decompression");
        row("a body without end", {.bytes = "HTTP/1.1 200 OK\r\n\r\n", .then = Then::Flood, .tail = QByteArray(65536, 'x')}, Oversize, "receive", "exceeds the limit of 4096 KiB");
        row("chunks without end", {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .then = Then::Flood, .tail = "1000\r\n" + QByteArray(4096, 'x') + "\r\n"}, Oversize, "receive", "exceeds the limit of 4096 KiB");
        row("headers without end", {.bytes = "HTTP/1.1 200 OK\r\n", .then = Then::Flood, .tail = "X-Flood: " + QByteArray(1000, 'x') + "\r\n"}, Oversize, "receive", "headers exceed the limit of 256 KiB");
        row("one header line without end", {.bytes = "HTTP/1.1 200 OK\r\nA: ", .then = Then::Flood, .tail = QByteArray(65536, 'x')}, Oversize, "receive", "headers exceed");
        row("interim answers without end", {.bytes = "", .then = Then::Flood, .tail = "HTTP/1.1 100 Continue\r\n\r\n"}, Oversize, "receive", "headers exceed");
    }
    void faults()
    {
        QFETCH(Script, script);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        FaultServer server(script);
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 60000"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY(seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QTEST(QString(name(seen->failure->phase.value())), "phase");
        QCOMPARE(seen->outcome, Outcome::Fail);
        QVERIFY(!seen->answered);
        QCOMPARE(server.connections(), 1); // nothing is silently sent again
        for (const ConditionResult &condition : seen->conditions)
            QCOMPARE(condition.result, Truth::NotEvaluable); // an incomplete answer is no answer
    }

    void refusedConnection()
    {
        const ObservationPtr seen = ProbeRunner().run(endpointFor(u"http://127.0.0.1:%1/"_s.arg(closedPort())));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
        QCOMPARE(seen->failure->phase.value(), Phase::Connect);
        QCOMPARE(seen->conditions[0].shown, u"[CONNECTED] (false) == true"_s);
    }

    void nameThatDoesNotResolve()
    {
        const ObservationPtr seen = ProbeRunner().run(endpointFor(u"http://no-such-host.invalid/"_s));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Dns);
        QCOMPARE(seen->failure->phase.value(), Phase::Dns);
        QVERIFY(seen->failure->message.contains(u"no-such-host.invalid"_s));
    }

    void localhostIsTriedOnEveryAddress()
    {
        FaultServer server({.bytes = ok("v4 only")}); // listens on 127.0.0.1 alone; ::1 refuses
        const ObservationPtr seen = ProbeRunner().run(endpointFor(u"http://localhost:%1/"_s.arg(server.port()), {u"[STATUS] == 200"_s, u"[IP] == 127.0.0.1"_s}));
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY(seen->phase(Phase::Dns));
        QCOMPARE(seen->remote, u"127.0.0.1:%1"_s.arg(server.port()));
    }

    void conditionFailureNamesTheCondition()
    {
        FaultServer server({.bytes = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 24\r\n\r\n{\"status\": \"unhealthy\"}\n"});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"http"_s), {u"[BODY].status == unhealthy"_s, u"[STATUS] == 200"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Condition);
        QCOMPARE(seen->failure->message, u"[STATUS] (503) == 200"_s);
        QVERIFY(!seen->failure->phase);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
    }

    void degradedWhenIsMet()
    {
        FaultServer server({.bytes = ok("slow")});
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.degradedWhen = {{.text = u"[RESPONSE_TIME] >= 0"_s, .mark = {}}};
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Degraded);
    }

    void requestIsWhatTheFileSays()
    {
        FaultServer server({.bytes = ok("x")});
        Endpoint endpoint = endpointFor(server.url(u"http"_s, u"/a%20b?q=1&r=%C3%A9#part"_s));
        endpoint.method = u"POST"_s;
        endpoint.body = "{}";
        endpoint.headers = {{"Content-Type", "application/json"}, {"X-Evil", "a\r\nInjected: yes"}};
        QVERIFY(ProbeRunner().run(endpoint));
        const QByteArray request = server.lastRequest();
        QVERIFY2(request.startsWith("POST /a%20b?q=1&r=%C3%A9 HTTP/1.1\r\nHost: 127.0.0.1:"), request.constData());
        QVERIFY(request.contains("\r\nContent-Length: 2\r\n"));
        QVERIFY(request.contains("\r\nConnection: close\r\n"));
        QVERIFY(request.contains("\r\nUser-Agent: Allclear/"));
        QVERIFY(!request.contains("\r\nInjected:"));
    }

    void userInfoBecomesBasicAuthentication()
    {
        FaultServer server({.bytes = ok("x")});
        QVERIFY(ProbeRunner().run(endpointFor(u"http://me:s%20ecret@127.0.0.1:%1/"_s.arg(server.port()))));
        QVERIFY(server.lastRequest().contains("\r\nAuthorization: Basic " + QByteArray("me:s ecret").toBase64() + "\r\n"));
    }

    void headAsksForNoBody()
    {
        FaultServer server({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"});
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.method = u"HEAD"_s;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
    }

    void secretsAreMaskedWhereTheyEnter()
    {
        FaultServer server({.bytes = ok("{\"echo\": \"hunter2secret\"}", "Set-Cookie: sid=1\r\nX-Echo: hunter2secret\r\n")});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"http"_s), {u"[BODY].echo == hunter2secret"_s, u"[BODY].echo == other"_s}), Secrets({u"hunter2secret"_s}));
        QVERIFY(seen);
        QString all = seen->excerpt + seen->failure->message;
        for (const ConditionResult &condition : seen->conditions)
            all += condition.text + condition.value + condition.shown;
        for (const auto &[header, value] : seen->headers)
            all += value;
        QVERIFY2(!all.contains(u"hunter2secret"_s), qPrintable(all));
        QVERIFY(!all.contains(u"sid=1"_s));
        QVERIFY(seen->excerpt.contains(u"•••"_s));
    }

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

    void connectionsAreNotReusedUnlessAsked()
    {
        FaultServer server({.bytes = ok("x")});
        ProbeRunner runner;
        Endpoint endpoint = endpointFor(server.url(u"http"_s));
        QVERIFY(runner.run(endpoint) && runner.run(endpoint));
        QCOMPARE(server.connections(), 2);
        endpoint.client.keepAlive = true;
        QVERIFY(runner.run(endpoint));
        QCOMPARE(server.connections(), 3);
        const ObservationPtr reused = runner.run(endpoint);
        QVERIFY(reused);
        QCOMPARE(server.connections(), 3);
        QVERIFY(!reused->phase(Phase::Connect));
        QVERIFY(reused->notes.contains(u"measured on a reused connection"_s));
    }

    void connectionsThatAreOutOfStepAreNotReused_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("note");
        QTest::newRow("framed twice") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") << u"both Content-Length and Transfer-Encoding"_s;
        QTest::newRow("bytes after the answer") << ok("x") + "HTTP/1.1 200 OK\r\n" << u"bytes came after the end"_s;
        QTest::newRow("a body after 204") << QByteArray("HTTP/1.1 204 No\r\n\r\nbody") << u"bytes came after the end"_s;
    }
    void connectionsThatAreOutOfStepAreNotReused()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, note);
        FaultServer server({.bytes = answer});
        ProbeRunner runner;
        Endpoint endpoint = endpointFor(server.url(u"http"_s));
        endpoint.client.keepAlive = true;
        const ObservationPtr seen = runner.run(endpoint);
        QVERIFY(seen && runner.run(endpoint));
        QCOMPARE(server.connections(), 2);
        QVERIFY2(seen->notes.join(u' ').contains(note), qPrintable(seen->notes.join(u' ')));
    }

    void deadIdleConnectionIsNotTheServersFault()
    {
        FaultServer server({.bytes = ok("x")});
        ProbeRunner runner;
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s});
        endpoint.client.keepAlive = true;
        QVERIFY(runner.run(endpoint));
        server.setScript({.bytes = ok("x"), .then = Then::Close});
        QVERIFY(runner.run(endpoint)); // answered, then closed while idle
        const ObservationPtr seen = runner.run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
    }

    void manyProbesOfOneHostDoNotQueue()
    {
        FaultServer server({.bytes = ""}); // all are held open
        ProbeRunner runner;
        std::vector<std::unique_ptr<Probe>> probes;
        for (int i = 0; i < 30; ++i) {
            const Endpoint endpoint = endpointFor(server.url(u"http"_s));
            probes.push_back(makeProbe({.endpoint = endpoint, .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services));
            probes.back()->start();
        }
        QTRY_COMPARE(server.requests(), 30);
    } // destroyed in flight

    void destroyedInFlightSaysNothing()
    {
        FaultServer server({.bytes = "HTTP/1.1 200 OK\r\n"});
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = endpointFor(server.url(u"http"_s)), .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.requests(), 1);
        probe.reset();
        QCoreApplication::processEvents();
        QCOMPARE(spy.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestHttpProbe)
#include "tst_httpprobe.moc"
