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
