// ws:// against real loopback sockets: refusals as the founding issue words them, and every way to break RFC 6455.
#include "proberunner.h"
#include "support/faultserver.h"

#include <sys/resource.h>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

/// A server frame: not masked.
QByteArray frame(quint8 first, const QByteArray &payload)
{
    QByteArray bytes(1, static_cast<char>(first));
    if (payload.size() < 126) {
        bytes += static_cast<char>(payload.size());
    } else {
        bytes += static_cast<char>(126);
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    }
    return bytes + payload;
}

QByteArray text(const QByteArray &payload) { return frame(0x81, payload); }

QByteArray closeFrame(int code, const QByteArray &reason = {})
{
    return frame(0x88, QByteArray(1, static_cast<char>(code >> 8)) + static_cast<char>(code & 0xff) + reason);
}

QByteArray pong() { return frame(0x8a, "allclear"); }

} // namespace

class TestWebSocketProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void handshakeAndPing()
    {
        FaultServer server({.bytes = pong(), .isWebSocket = true, .skipBytes = 14});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"ws"_s, u"/ws"_s), {u"[CONNECTED] == true"_s, u"[RESPONSE_TIME] < 5000"_s}));
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(seen->status.value(), 101);
        QCOMPARE(seen->protocol, u"websocket"_s);
        QVERIFY(seen->ping && *seen->ping >= Duration::zero());
        QVERIFY(server.lastRequest().startsWith("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:"));
    }

    void missingPongIsNotedNotFailed()
    {
        FaultServer server({.bytes = "", .isWebSocket = true});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"ws"_s)));
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY(!seen->ping);
        QVERIFY(seen->notes[0].contains(u"did not answer a ping"_s));
    }

    void waitingForThePongDoesNotOutliveTheDeadline()
    {
        FaultServer server({.bytes = text("fine"), .isWebSocket = true});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s), {u"[BODY] == fine"_s});
        endpoint.client.timeout = 800ms; // shorter than the patience with a pong
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->notes[0].contains(u"did not answer a ping"_s));
    }

    void aRefusalWhoseBodyNeverEndsIsNoTimeout()
    {
        FaultServer server({.bytes = "HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\n"});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s));
        endpoint.client.timeout = 800ms;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Rejected);
        QCOMPARE(seen->status.value(), 503);
    }

    void pongsThatNobodyReadsDoNotPileUp()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("memory of a sanitizer is not the program's");
#endif
        FaultServer server({.then = Then::FloodDeaf, .tail = frame(0x89, QByteArray(125, 'x')).repeated(1000), .isWebSocket = true});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s), {u"[BODY] == fine"_s});
        endpoint.client.timeout = 3s;
        const auto peakMiB = [] {
            rusage usage{};
            getrusage(RUSAGE_SELF, &usage);
            return usage.ru_maxrss / 1024;
        };
        const auto before = peakMiB();
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Timeout);
        QVERIFY2(peakMiB() - before < 16, qPrintable(u"%1 MiB more"_s.arg(peakMiB() - before)));
    }

    void halfAMessageIsReceived_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<Phase>("phase");
        QTest::newRow("nothing") << QByteArray() << Phase::Wait;
        QTest::newRow("half a frame") << text("fine").first(3) << Phase::Receive;
        QTest::newRow("half a message") << frame(0x01, "fi") << Phase::Receive;
        QTest::newRow("a ping is no message") << frame(0x89, "hi") << Phase::Wait;
    }
    void halfAMessageIsReceived()
    {
        QFETCH(QByteArray, bytes);
        FaultServer server({.bytes = bytes, .isWebSocket = true});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s), {u"[BODY] == fine"_s});
        endpoint.client.timeout = 300ms;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Timeout);
        QTEST(seen->failure->phase.value(), "phase");
    }

    void firstMessageIsTheBody()
    {
        FaultServer server({.bytes = text("{\"type\": \"connection_established\"}") + pong(), .isWebSocket = true});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"ws"_s), {u"[BODY].type == connection_established"_s, u"[MESSAGE].type == connection_established"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->excerpt.contains(u"connection_established"_s));
    }

    void bodyIsSentAndAnswered()
    {
        FaultServer server({.bytes = frame(0x01, "hel") + frame(0x89, "hi") + frame(0x80, "lo") + pong(), .isWebSocket = true, .skipBytes = 10});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s), {u"[BODY] == hello"_s});
        endpoint.body = "ping";
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<Then>("then");
        QTest::addColumn<int>("status");
        for (const int status : {200, 301, 400, 401, 403, 404, 426, 500, 503}) {
            const QByteArray line = "HTTP/1.1 " + QByteArray::number(status) + " No\r\n";
            QTest::addRow("HTTP %d with a body", status) << QByteArray(line + "Content-Length: 4\r\n\r\nbusy") << Then::KeepOpen << status;
            QTest::addRow("HTTP %d and closes", status) << QByteArray(line + "\r\nbusy") << Then::Close << status;
            QTest::addRow("HTTP %d and resets", status) << QByteArray(line + "Content-Length: 40\r\n\r\nbusy") << Then::Reset << status;
        }
        QTest::newRow("a body that never ends") << QByteArray("HTTP/1.1 503 No\r\nContent-Length: 9999\r\n\r\n") << Then::Drip << 503;
        QTest::newRow("a body without limit") << QByteArray("HTTP/1.1 503 No\r\n\r\n") << Then::Flood << 503;
    }
    void refusals()
    {
        QFETCH(QByteArray, answer);
        QFETCH(Then, then);
        QFETCH(int, status);
        FaultServer server({.bytes = answer, .then = then, .tail = QByteArray(4096, 'x')});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"ws"_s), {u"[CONNECTED] == true"_s, u"[STATUS] == 101"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Rejected);
        QCOMPARE(seen->failure->message, u"server rejected WebSocket connection: HTTP %1"_s.arg(status));
        QCOMPARE(seen->status.value(), status);
        QCOMPARE(seen->conditions[0].shown, u"[CONNECTED] (false) == true"_s);
        QVERIFY(!seen->excerpt.isEmpty() || then == Then::Drip);
    }

    void faults_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, Script script, FailureKind kind, const char *says) {
            QTest::newRow(name) << script << kind << QString::fromLatin1(says);
        };
        const auto ws = [](const QByteArray &bytes, Then then = Then::KeepOpen, const QByteArray &tail = {}) {
            return Script{.bytes = bytes, .then = then, .tail = tail, .isWebSocket = true};
        };
        const QByteArray switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
        using enum FailureKind;
        row("silence instead of an upgrade", {.bytes = ""}, Timeout, "no complete answer");
        row("silence in the upgrade", {.bytes = "HTTP/1.1 101 Sw"}, Timeout, "no complete answer");
        row("silence after the upgrade", ws(""), Timeout, "no complete answer");
        row("a message that drips for ever", ws(frame(0x81, QByteArray(125, 'x')).first(2), Then::Drip), Timeout, "no complete answer");
        row("pings for ever instead of a message", ws("", Then::Drip, frame(0x89, "")), Timeout, "no complete answer");
        row("closes instead of an upgrade", {.bytes = "", .then = Then::Close}, Closed, "without answering");
        row("closes in the upgrade", {.bytes = "HTTP/1.1 101 Sw", .then = Then::Close}, Closed, "in the middle");
        row("resets instead of an upgrade", {.bytes = "", .then = Then::Reset}, Closed, "reset");
        row("drops the connection after the upgrade", ws("", Then::Close), Closed, "dropped the connection");
        row("resets after the upgrade", ws("", Then::Reset), Closed, "reset");
        row("no HTTP at all", {.bytes = "nonsense\r\n"}, Protocol, "not HTTP");
        row("a wrong accept key", {.bytes = switching + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"}, Protocol, "does not fit the key");
        row("no accept key", {.bytes = switching + "\r\n"}, Protocol, "does not fit the key");
        row("a switch to something else", {.bytes = "HTTP/1.1 101 S\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"}, Protocol, "not to WebSocket");
        row("a subprotocol nobody offered", {.bytes = "", .isWebSocket = true, .extraHeaders = "Sec-WebSocket-Protocol: x\r\n"}, Protocol, "subprotocol");
        row("an extension nobody offered", {.bytes = "", .isWebSocket = true, .extraHeaders = "Sec-WebSocket-Extensions: permessage-deflate\r\n"}, Protocol, "extension");
        row("reserved bits", ws(frame(0xc1, "x")), Protocol, "reserved bits");
        row("a reserved opcode", ws(frame(0x83, "x")), Protocol, "reserved WebSocket opcode 3");
        row("a reserved control opcode", ws(frame(0x8b, "x")), Protocol, "reserved WebSocket opcode 11");
        row("a masked frame", ws(QByteArray("\x81\x81\x01\x02\x03\x04\x79", 7)), Protocol, "masked");
        row("a fragmented ping", ws(frame(0x09, "x")), Protocol, "control frame is fragmented");
        row("a ping that is too long", ws(frame(0x89, QByteArray(126, 'x'))), Protocol, "longer than 125");
        row("a continuation of nothing", ws(frame(0x80, "x")), Protocol, "continues nothing");
        row("a message inside a message", ws(frame(0x01, "x") + frame(0x81, "y")), Protocol, "before the last one ended");
        row("text that is not UTF-8", ws(text("\xff\xfe")), Protocol, "not valid UTF-8");
        row("a length not in its shortest form", ws(QByteArray("\x81\x7e\x00\x01x", 5)), Protocol, "shortest form");
        row("a length with the sign bit", ws(QByteArray("\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10)), Protocol, "length is invalid");
        row("a frame over the limit", ws(QByteArray("\x81\x7f\x00\x00\x00\x00\x00\x10\x00\x01", 10)), Oversize, "exceeds the limit of 1024 KiB");
        row("fragments without end", ws(frame(0x01, "x"), Then::Flood, frame(0x00, QByteArray(60000, 'x'))), Oversize, "exceeds the limit of 1024 KiB");
        row("close 1008", ws(closeFrame(1008, "auth")), Closed, "1008 (policy violation): auth");
        row("close 1011", ws(closeFrame(1011)), Closed, "1011 (internal server error)");
        row("close 4001", ws(closeFrame(4001, "token")), Closed, "4001: token");
        row("close 1000 before the message", ws(closeFrame(1000)), Closed, "1000 (normal closure)");
        row("close without a code", ws(frame(0x88, "")), Closed, "1005 (no code given)");
        row("close with one byte", ws(frame(0x88, "x")), Protocol, "one byte");
        row("close with code 1005", ws(closeFrame(1005)), Protocol, "invalid code");
        row("close with code 999", ws(closeFrame(999)), Protocol, "invalid code");
        row("close with code 2000", ws(closeFrame(2000)), Protocol, "invalid code");
        row("close with a reason that is not UTF-8", ws(closeFrame(1000, "\xff")), Protocol, "invalid code or reason");
        row("headers without end", {.bytes = switching, .then = Then::Flood, .tail = "X: " + QByteArray(1000, 'x') + "\r\n"}, Oversize, "headers exceed");
    }
    void faults()
    {
        QFETCH(Script, script);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        FaultServer server(script);
        Endpoint endpoint = endpointFor(server.url(u"ws"_s), {u"[BODY] != x"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QCOMPARE(name(seen->failure->kind), name(kind));
        QCOMPARE(seen->outcome, Outcome::Fail);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
    }

    void closeCodeIsKept()
    {
        FaultServer server({.bytes = closeFrame(1008), .isWebSocket = true});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"ws"_s), {u"[CONNECTED] == true"_s}));
        QVERIFY(seen && seen->failure); // a server that lets in and throws out is not well
        QCOMPARE(seen->failure->kind, FailureKind::Closed);
        QCOMPARE(seen->code.value(), u"1008"_s);
    }

    void normalClosureAfterTheUpgradeIsNoted()
    {
        FaultServer server({.bytes = closeFrame(1000), .isWebSocket = true});
        const ObservationPtr seen = ProbeRunner().run(endpointFor(server.url(u"ws"_s)));
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY(seen->notes[0].contains(u"1000"_s));
    }

    void subprotocolsAndHeaders()
    {
        FaultServer server({.bytes = "", .isWebSocket = true, .extraHeaders = "Sec-WebSocket-Protocol: jwt.abc\r\n"});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s));
        endpoint.client.subprotocols = {u"jwt.abc"_s};
        endpoint.headers = {{"Authorization", "Bearer t"}, {"Origin", "https://x"}, {"Sec-WebSocket-Protocol", "other"}};
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY(server.lastRequest().contains("\r\nSec-WebSocket-Protocol: jwt.abc, other\r\n"));
        QVERIFY(server.lastRequest().contains("\r\nAuthorization: Bearer t\r\n"));
        QVERIFY(server.lastRequest().contains("\r\nOrigin: https://x\r\n"));
    }

    void ignoredSubprotocolIsNoted()
    {
        FaultServer server({.bytes = "", .isWebSocket = true});
        Endpoint endpoint = endpointFor(server.url(u"ws"_s));
        endpoint.client.subprotocols = {u"chat"_s};
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QVERIFY(seen->notes[0].contains(u"ignored the offered subprotocols"_s));
    }

    void refusedConnection()
    {
        const ObservationPtr seen = ProbeRunner().run(endpointFor(u"ws://127.0.0.1:%1/ws"_s.arg(closedPort())));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
    }

    void destroyedInFlightSaysNothing()
    {
        FaultServer server({.bytes = ""});
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = endpointFor(server.url(u"ws"_s)), .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.requests(), 1);
        probe.reset();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(spy.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestWebSocketProbe)
#include "tst_websocketprobe.moc"
