// The fault table of WebSocket, plain and over TLS: the handshake, frames, messages, close codes, conversations.
#include "support/faulttable.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

/// Unmasked, with the length in its shortest form.
QByteArray frame(int first, const QByteArray &payload)
{
    QByteArray bytes(1, static_cast<char>(first));
    const auto size = static_cast<quint64>(payload.size());
    if (size < 126)
        return bytes + static_cast<char>(size) + payload;
    const int digits = size <= 0xffff ? 2 : 8;
    bytes += static_cast<char>(digits == 2 ? 126 : 127);
    for (int i = digits - 1; i >= 0; --i)
        bytes += static_cast<char>(size >> (8 * i));
    return bytes + payload;
}

QByteArray closeFrame(int code, const QByteArray &reason = {})
{
    return frame(0x88, QByteArray(1, static_cast<char>(code >> 8)) + static_cast<char>(code & 0xff) + reason);
}

/// A frame that announces `length` in eight bytes, whatever follows.
QByteArray announced(int first, quint64 length)
{
    QByteArray bytes = QByteArray(1, static_cast<char>(first)) + '\x7f';
    for (int i = 7; i >= 0; --i)
        bytes += static_cast<char>(length >> (8 * i));
    return bytes;
}

const QByteArray switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

class WebSocketFaults : public FaultTable
{
public:
    WebSocketFaults() { setConditions({u"[CONNECTED] == true"_s, u"[BODY] != never"_s, u"[RESPONSE_TIME] < 60000"_s}); }

    FaultServer &server(const QString &name, Script script, const QString &kind, const QString &phase = {},
                        Wrapped wrapped = Wrapped::Plain)
    {
        const bool isTls = wrapped == Wrapped::Tls;
        FaultServer &made =
            isTls ? serve<FaultServer>(std::move(script), tls()) : serve<FaultServer>(std::move(script));
        add((isTls ? u"wss: "_s : u"ws: "_s) + name, made.url(isTls ? u"wss"_s : u"ws"_s), kind, phase);
        return made;
    }
    /// After a right handshake.
    FaultRow &frames(const QString &name, const QByteArray &bytes, const char *kind, const char *phase = "receive",
                     Then then = Then::KeepOpen, const QByteArray &tail = {})
    {
        server(name, {.bytes = bytes, .then = then, .tail = tail, .isWebSocket = true}, QString::fromLatin1(kind),
               QString::fromLatin1(phase));
        return last();
    }

    void addStages(Wrapped wrapped);
    void addHandshakes();
    void addFrames();
    void addFloods();
    void addCloses();
    void addConversations();
    void addConnections();
};

void WebSocketFaults::addStages(Wrapped wrapped)
{
    const QByteArray longFrame = announced(0x82, 1'000'000);
    const QList<Stage> inHandshake{{u"after the request"_s, "", switching, u"wait"_s},
                                   {u"in the status line"_s, "HTTP/1.1 1", "01 Switching, and so on", u"receive"_s},
                                   {u"in the headers"_s, switching + "X: ", "y", u"receive"_s}};
    const QList<Stage> inFrames{
        {u"after the handshake"_s, "", longFrame + QByteArray(99, 'z'), u"wait"_s},
        {u"in a frame's head"_s, longFrame.first(1), longFrame.sliced(1) + QByteArray(99, 'z'), u"receive"_s},
        {u"in a frame's length"_s, longFrame.first(5), longFrame.sliced(5) + QByteArray(99, 'z'), u"receive"_s},
        {u"in a frame"_s, longFrame + "abc", "z", u"receive"_s},
        {u"between fragments"_s, frame(0x01, "abc"), frame(0x00, "abc"), u"receive"_s},
        {u"in a close frame"_s, closeFrame(1000, "going").first(3), QByteArray(), u"receive"_s}};
    for (const QList<Stage> *stages : {&inHandshake, &inFrames}) {
        const bool upgraded = stages == &inFrames;
        for (const Stage &stage : *stages) {
            const auto leave = [&](const QString &how, Then then, const QString &kind, const QString &phase) {
                server(how + stage.name,
                       {.bytes = stage.bytes,
                        .then = then,
                        .tail = stage.tail,
                        .isWebSocket = upgraded,
                        .dripEvery = 100ms},
                       kind, phase, wrapped);
            };
            leave(u"silent "_s, Then::KeepOpen, u"timeout"_s, stage.waiting);
            for (const auto &[how, then] : {std::pair(u"closes "_s, Then::Close),
                                            {u"half-closes "_s, Then::HalfClose},
                                            {u"resets "_s, Then::Reset}})
                leave(how, then, u"closed"_s, upgraded ? u"receive"_s : stage.waiting);
            if (!stage.tail.isEmpty())
                leave(u"a byte every 100 ms "_s, Then::Drip, u"timeout"_s, u"receive"_s);
        }
    }
    server(u"closes on accept"_s, {.then = Then::Close, .when = When::OnConnect}, u"closed"_s, u"wait"_s, wrapped);
    server(u"resets on accept"_s, {.then = Then::Reset, .when = When::OnConnect}, u"closed"_s, u"wait"_s, wrapped);
    server(u"a good message"_s, {.bytes = frame(0x81, "fine"), .isWebSocket = true}, {}, {}, wrapped);
}

void WebSocketFaults::addHandshakes()
{
    for (const int status : {200, 204, 301, 400, 401, 403, 404, 426, 429, 500, 502, 503, 999}) {
        server(u"the upgrade is answered with %1"_s.arg(status),
               {.bytes =
                    "HTTP/1.1 " + QByteArray::number(status) + " No\r\nLocation: /x\r\nContent-Length: 4\r\n\r\nbusy"},
               u"rejected"_s);
        last().status = status;
    }
    const auto rejected = [this](const char *name, Script script) {
        server(QString::fromUtf8(name), std::move(script), u"rejected"_s);
        last().status = 503;
    };
    rejected("503 and silence in its body", {.bytes = "HTTP/1.1 503 No\r\nContent-Length: 99\r\n\r\n"});
    rejected("503 and a body without end",
             {.bytes = "HTTP/1.1 503 No\r\n\r\n", .then = Then::Flood, .tail = QByteArray(65536, 'x')});
    rejected("503 and a gzip bomb",
             {.bytes = "HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\n\r\n" + gzipBomb(1024), .then = Then::Close});
    rejected("503 and it resets", {.bytes = "HTTP/1.1 503 No\r\n\r\n", .then = Then::Reset});
    const auto wrong = [this](const char *name, Script script) {
        server(QString::fromUtf8(name), std::move(script), u"protocol"_s);
    };
    wrong("a wrong accept key", {.bytes = switching + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"});
    wrong("an empty accept key", {.bytes = switching + "Sec-WebSocket-Accept:\r\n\r\n"});
    wrong("no accept key", {.bytes = switching + "\r\n"});
    wrong("no Upgrade", {.bytes = "HTTP/1.1 101 S\r\nConnection: Upgrade\r\n\r\n"});
    wrong("no Connection", {.bytes = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"});
    wrong("an upgrade to something else", {.bytes = "HTTP/1.1 101 S\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"});
    wrong("an extension nobody offered",
          {.isWebSocket = true, .extraHeaders = "Sec-WebSocket-Extensions: permessage-deflate\r\n"});
    wrong("a subprotocol nobody offered", {.isWebSocket = true, .extraHeaders = "Sec-WebSocket-Protocol: x\r\n"});
    wrong("a subprotocol other than those offered",
          {.isWebSocket = true, .extraHeaders = "Sec-WebSocket-Protocol: token.abc\r\n"});
    last().client = u"subprotocols: [access_token, other]"_s;
    wrong("two of the subprotocols offered",
          {.isWebSocket = true, .extraHeaders = "Sec-WebSocket-Protocol: access_token, other\r\n"});
    last().client = u"subprotocols: [access_token, other]"_s;
    wrong("a status line that is none", {.bytes = "nonsense\r\n\r\n"});
    wrong("an SSH banner", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n"});
    wrong("a Redis error", {.bytes = "-ERR unknown command\r\n"});
    wrong("the status 000", {.bytes = "HTTP/1.1 000 No\r\n\r\n"});
    wrong("a header without a colon", {.bytes = switching + "nonsense\r\n\r\n"});
    wrong("frames without a handshake", {.bytes = frame(0x81, "fine")});
    server(u"headers without end"_s,
           {.bytes = switching, .then = Then::Flood, .tail = "X: " + QByteArray(1000, 'x') + "\r\n"}, u"oversize"_s);
    server(u"interim answers without end"_s, {.then = Then::Flood, .tail = "HTTP/1.1 100 Continue\r\n\r\n"},
           u"oversize"_s);
    server(u"103 before the upgrade"_s, {.bytes = "HTTP/1.1 103 Early Hints\r\n\r\n"}, u"timeout"_s, u"receive"_s);
    server(u"the subprotocol that was offered"_s,
           {.bytes = frame(0x81, "fine"), .isWebSocket = true, .extraHeaders = "Sec-WebSocket-Protocol: other\r\n"},
           {});
    last().client = u"subprotocols: [access_token, other]"_s;
}

void WebSocketFaults::addFrames()
{
    for (const int bits : {0x10, 0x20, 0x40, 0x70})
        frames(u"reserved bits %1"_s.arg(bits, 2, 16), frame(0x81 | bits, "x"), "protocol");
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        frames(u"the reserved opcode %1"_s.arg(opcode), frame(0x80 | opcode, "x"), "protocol");
    frames(u"a masked frame"_s, QByteArray("\x81\x81\x01\x02\x03\x04\x79", 7), "protocol");
    frames(u"a masked close frame"_s, QByteArray("\x88\x82\x00\x00\x00\x00\x03\xe8", 8), "protocol");
    frames(u"a frame of a terabyte"_s, announced(0x82, 1ULL << 40), "oversize");
    frames(u"a frame of a negative length"_s, announced(0x82, 1ULL << 63), "protocol");
    frames(u"a frame of the greatest length"_s, announced(0x82, ~0ULL), "protocol");
    frames(u"a length in eight bytes that fits in one"_s, announced(0x82, 5) + "hello", "protocol");
    frames(u"a length in two bytes that fits in one"_s, QByteArray("\x82\x7e\x00\x05hello", 9), "protocol");
    frames(u"a frame a byte over the limit"_s, announced(0x82, (1 << 20) + 1), "oversize");
    frames(u"a frame just within the limit"_s, frame(0x82, QByteArray(1 << 20, 'x')), "", "");
    frames(u"a message over the limit by its fragments"_s,
           frame(0x01, QByteArray(700'000, 'x')) + frame(0x80, QByteArray(700'000, 'x')), "oversize");
    frames(u"a fragmented ping"_s, frame(0x09, "x"), "protocol");
    frames(u"a fragmented close"_s, frame(0x08, ""), "protocol");
    frames(u"a ping of 126 bytes"_s, frame(0x89, QByteArray(126, 'x')), "protocol");
    frames(u"a close of 126 bytes"_s, frame(0x88, QByteArray("\x03\xe8", 2) + QByteArray(124, 'x')), "protocol");
    frames(u"a continuation of nothing"_s, frame(0x80, "x"), "protocol");
    frames(u"a new message inside another"_s, frame(0x01, "x") + frame(0x81, "y"), "protocol");
    frames(u"text that is not UTF-8"_s, frame(0x81, "\xff\xfe"), "protocol");
    frames(u"text that ends inside a character"_s, frame(0x81, "\xe2\x82"), "protocol");
    frames(u"text with a surrogate"_s, frame(0x81, "\xed\xa0\x80"), "protocol");
    frames(u"HTTP where frames belong"_s, "HTTP/1.1 500 No\r\n\r\n", "protocol");
    frames(u"a character cut by fragments"_s, frame(0x01, "\xe2\x82") + frame(0x80, "\xac"), "", "");
    frames(u"binary bytes that are not UTF-8"_s, frame(0x82, "\xff\xfe"), "", "");
    frames(u"a ping between fragments"_s, frame(0x01, "a") + frame(0x89, "hi") + frame(0x80, "b"), "", "");
    frames(u"a pong that nobody asked for, then a message"_s, frame(0x8a, "x") + frame(0x81, "fine"), "", "");
    frames(u"an empty message"_s, frame(0x81, ""), "", "");
    frames(u"a message, and no pong ever"_s, frame(0x81, "fine"), "", "");
    frames(u"a message, then a broken frame"_s, frame(0x81, "fine") + frame(0xf1, "x"), "protocol");
    frames(u"a message, then a reset"_s, frame(0x81, "fine"), "closed", "receive", Then::Reset);
    frames(u"a message, then the connection is dropped"_s, frame(0x81, "fine"), "closed", "receive", Then::Close);
    frames(u"JSON 100,000 deep"_s, frame(0x81, QByteArray(100'000, '[')), "condition", "").conditions = {
        u"[BODY].a != 1"_s};
}

void WebSocketFaults::addFloods()
{
    const QByteArray fragment = frame(0x00, QByteArray(60'000, 'x'));
    frames(u"fragments without end"_s, frame(0x01, "x"), "oversize", "receive", Then::Flood, fragment);
    frames(u"empty fragments without end"_s, frame(0x01, "x"), "timeout|protocol|oversize", "receive", Then::Flood,
           frame(0x00, "").repeated(1000));
    frames(u"a frame's payload without end"_s, announced(0x82, (1 << 20) - 1), "", "", Then::Flood,
           QByteArray(65536, 'x'));
    last().kinds = {u"protocol"_s, u"closed"_s}; // the payload fits; what follows it are frames of nonsense
    frames(u"pings without end"_s, "", "timeout", "", Then::Flood, frame(0x89, QByteArray(125, 'x')).repeated(500));
    frames(u"pings without end, the pongs are not read"_s, "", "timeout", "", Then::FloodDeaf,
           frame(0x89, QByteArray(125, 'x')).repeated(500));
    frames(u"empty pings without end, the pongs are not read"_s, "", "timeout", "", Then::FloodDeaf,
           frame(0x89, "").repeated(5000));
    frames(u"pongs without end"_s, "", "timeout", "", Then::Flood, frame(0x8a, "x").repeated(1000));
    frames(u"messages without end behind the first"_s, "", "", "", Then::Flood, frame(0x81, QByteArray(60'000, 'x')));
    server(u"pings without end, the pongs are not read"_s,
           {.then = Then::FloodDeaf, .tail = frame(0x89, QByteArray(125, 'x')).repeated(500), .isWebSocket = true},
           u"timeout"_s, {}, Wrapped::Tls);
}

void WebSocketFaults::addCloses()
{
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4001, 4999}) {
        frames(u"closes with %1 at once"_s.arg(code), closeFrame(code, "why"), "closed").code = QString::number(code);
        last().says = QString::number(code);
        frames(u"closes with %1 after a message"_s.arg(code), frame(0x81, "fine") + closeFrame(code, "why"),
               code > 1001 ? "closed" : "", "")
            .code = QString::number(code);
    }
    for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
        frames(u"closes with the illegal %1 at once"_s.arg(code), closeFrame(code), "protocol").says =
            QString::number(code);
        frames(u"closes with the illegal %1 after a message"_s.arg(code), frame(0x81, "fine") + closeFrame(code),
               "protocol");
    }
    frames(u"closes without a code"_s, frame(0x88, ""), "closed").code = u"1005"_s;
    frames(u"closes with half a code"_s, frame(0x88, "\x03"), "protocol");
    frames(u"closes with a reason that is not UTF-8"_s, closeFrame(1011, "\xff\xfe"), "protocol");
    frames(u"closes and says more"_s, closeFrame(1011) + frame(0x81, "fine"), "closed").code = u"1011"_s;
    frames(u"closes inside a message"_s, frame(0x01, "half") + closeFrame(1001), "closed").code = u"1001"_s;
    frames(u"closes and resets"_s, closeFrame(1008, "no token"), "closed", "receive", Then::Reset).code = u"1008"_s;
}

void WebSocketFaults::addConversations()
{
    const auto talk = [this](const char *name, const QByteArray &bytes, const char *kind, const QString &script,
                             Then then = Then::KeepOpen, const QByteArray &tail = {}) {
        frames(QString::fromUtf8(name), bytes, kind, *kind != '\0' ? "conversation" : "", then, tail).more =
            u"conversation: "_s + script;
        last().conditions = {u"[CONNECTED] == true"_s};
    };
    const QString ready = u"[ { expect: [\"[MESSAGE].type == ready\"] } ]"_s;
    const QString soon = u"[ { expect: [\"[MESSAGE].type == ready\"], within: 300ms } ]"_s;
    const QByteArray other = frame(0x81, "{\"type\":\"other\"}");
    talk("a conversation to its end", other + frame(0x81, "{\"type\":\"ready\"}"), "", ready);
    talk("a conversation and silence", "", "timeout", ready);
    talk("a conversation and silence for longer than `within`", other, "timeout", soon);
    talk("a conversation of other messages without end", "", "timeout", ready, Then::Flood, other.repeated(200));
    talk("a conversation of other messages without end and `within`", "", "timeout", soon, Then::Flood,
         other.repeated(200));
    talk("a conversation of large messages without end", "", "timeout", ready, Then::Flood,
         frame(0x81, QByteArray(60'000, 'x')));
    talk("a conversation of messages 100,000 deep", frame(0x81, QByteArray(100'000, '[')), "timeout", ready);
    talk("a conversation that the server closes", closeFrame(1011), "closed", ready);
    last().code = u"1011"_s;
    talk("a conversation that is dropped", other, "closed", ready, Then::Close);
    talk("a conversation that is reset", other, "closed", ready, Then::Reset);
    talk("a conversation that needs a value that did not come", frame(0x81, "{\"type\":\"ready\"}"), "store",
         u"[ { expect: [\"[MESSAGE].type == ready\"], store: { id: \"[MESSAGE].id\" } } ]"_s);
}

void WebSocketFaults::addConnections()
{
    add(u"ws: refused"_s, u"ws://127.0.0.1:%1/"_s.arg(closedPort()), u"refused"_s, u"connect"_s).status = 0;
    add(u"wss: refused"_s, u"wss://127.0.0.1:%1/"_s.arg(closedPort()), u"refused"_s, u"connect"_s).status = 0;
    add(u"ws: a name that does not resolve"_s, u"ws://nothing.here.invalid/"_s, u"dns"_s, u"dns"_s);
    add(u"ws: a full accept queue"_s, u"ws://127.0.0.1:%1/"_s.arg(serve<FullQueue>().port()), u"timeout"_s,
        u"connect"_s);
    FaultServer &tlsPort = serve<FaultServer>(Script{}, tls());
    add(u"ws: TLS on the port"_s, tlsPort.url(u"ws"_s), u"protocol|closed"_s);
    add(u"wss: plain HTTP on the port"_s,
        serve<FaultServer>(Script{.bytes = "HTTP/1.1 400 No\r\n\r\n", .when = When::OnConnect}).url(u"wss"_s), u"tls"_s,
        u"tls"_s);
    add(u"wss: silent in the handshake"_s, serve<FaultServer>(Script{.when = When::OnConnect}).url(u"wss"_s),
        u"timeout"_s, u"tls"_s);
    add(u"wss: closes in the handshake"_s,
        serve<FaultServer>(Script{.then = Then::Close, .when = When::OnConnect}).url(u"wss"_s), u"closed"_s, u"tls"_s);
    addChainVerdicts(*this, u"wss"_s, u"/"_s);
}

} // namespace

class TestFaultsWebSocket : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyStage()
    {
        WebSocketFaults table;
        table.addStages(Wrapped::Plain);
        table.addStages(Wrapped::Tls);
        table.addCloses();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }

    void everyFault()
    {
        WebSocketFaults table;
        table.addHandshakes();
        table.addFrames();
        table.addFloods();
        table.addConversations();
        table.addConnections();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsWebSocket)
#include "tst_faults_websocket.moc"
