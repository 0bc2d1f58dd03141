// The fault table: the real `allclear check` against servers that break every rule, all at once in one process. Each row
// has its outcome, kind and phase, ends in its time, and the whole table stays under 150 MiB.
#include "support/dialogueserver.h"
#include "support/faultserver.h"
#include "support/runcli.h"
#include "support/scriptedpostgres.h"
#include "support/testmain.h"
#include "support/tlsserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <sys/resource.h>

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int timeoutMs = 1500;
constexpr int boundMs = 9000; ///< timeout, and what a loaded machine may add
constexpr qint64 memoryMiB = 150;

struct Row {
    QString name;
    QString url;
    QString kind;  ///< of the failure; empty: it passes
    QString phase; ///< empty: not looked at
    QString verdict = {}; ///< tls.chain_verdict
    QString code = {};
    QStringList conditions = {u"[CONNECTED] == true"_s};
    QString more = {}; ///< further YAML of the endpoint, in flow style
};

QByteArray ok(const QByteArray &body, const QByteArray &headers = {})
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + headers + "\r\n" + body;
}

QByteArray frame(int first, const QByteArray &payload)
{
    return QByteArray(1, static_cast<char>(first)) + static_cast<char>(payload.size()) + payload;
}

QByteArray closeFrame(int code)
{
    return frame(0x88, QByteArray(1, static_cast<char>(code >> 8)) + static_cast<char>(code & 0xff));
}

class Table {
public:
    void add(const QString &name, const QString &url, const QString &kind, const QString &phase = {}) { rows.append({name, url, kind, phase}); }
    Row &last() { return rows.last(); }

    void http(const QString &name, Script script, const QString &kind, const QString &phase = {})
    {
        servers.push_back(std::make_unique<FaultServer>(std::move(script)));
        add(name, static_cast<FaultServer &>(*servers.back()).url(u"http"_s), kind, phase);
        last().conditions = {u"[STATUS] == 200"_s};
    }
    void webSocket(const QString &name, Script script, const QString &kind, const QString &phase = {})
    {
        servers.push_back(std::make_unique<FaultServer>(std::move(script)));
        add(name, static_cast<FaultServer &>(*servers.back()).url(u"ws"_s), kind, phase);
        last().conditions = {u"[CONNECTED] == true"_s, u"[BODY] != never"_s};
    }
    void raw(const QString &scheme, const QString &name, Script script, const QString &kind, const QString &phase = {})
    {
        script.when = When::OnConnect;
        servers.push_back(std::make_unique<FaultServer>(std::move(script)));
        add(name, static_cast<FaultServer &>(*servers.back()).url(scheme, {}), kind, phase);
    }
    void dialogue(const QString &scheme, const QString &name, Dialogue dialogue, const QString &kind, const QString &phase = {})
    {
        servers.push_back(std::make_unique<DialogueServer>(std::move(dialogue)));
        add(name, static_cast<DialogueServer &>(*servers.back()).url(scheme, scheme == "postgres"_L1 ? u"/db?sslmode=disable"_s : QString()), kind, phase);
    }
    void tls(const QString &name, TlsScript script, const QString &kind, const QString &verdict, const QString &phase = u"tls"_s)
    {
        tlsServers.push_back(std::make_unique<TlsServer>(std::move(script)));
        add(name, tlsServers.back()->url(u"tls"_s), kind, phase);
        last().verdict = verdict;
    }

    QByteArray authority; ///< PEM, for client.tls.ca-file
    QList<Row> rows;
    std::vector<std::unique_ptr<QTcpServer>> servers;
    std::vector<std::unique_ptr<TlsServer>> tlsServers;
};

void fillHttp(Table &t)
{
    t.add(u"http refused"_s, u"http://127.0.0.1:%1/"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    t.add(u"http name that does not resolve"_s, u"http://nothing.here.invalid/"_s, u"dns"_s, u"dns"_s);
    t.http(u"http resets on accept"_s, {.then = Then::Reset, .when = When::OnConnect}, u"closed"_s);
    t.http(u"http closes on accept"_s, {.then = Then::Close, .when = When::OnConnect}, u"closed"_s);
    t.http(u"http silent after the request"_s, {}, u"timeout"_s, u"wait"_s);
    t.http(u"http closes after the request"_s, {.then = Then::Close}, u"closed"_s);
    t.http(u"http resets after the request"_s, {.then = Then::Reset}, u"closed"_s);
    t.http(u"http silent in the status line"_s, {.bytes = "HTTP/1.1 2"}, u"timeout"_s, u"receive"_s);
    t.http(u"http closes in the headers"_s, {.bytes = "HTTP/1.1 200 OK\r\nContent-Le", .then = Then::Close}, u"closed"_s);
    t.http(u"http resets in the headers"_s, {.bytes = "HTTP/1.1 200 OK\r\nContent-Le", .then = Then::Reset}, u"closed"_s);
    t.http(u"http drips headers"_s, {.bytes = "HTTP/1.1 200 OK\r\nX: ", .then = Then::Drip, .tail = "y"}, u"timeout"_s, u"receive"_s);
    t.http(u"http silent in the body"_s, {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"}, u"timeout"_s, u"receive"_s);
    t.http(u"http drips the body"_s, {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", .then = Then::Drip, .tail = "z"}, u"timeout"_s, u"receive"_s);
    t.http(u"http says more than it sends"_s, {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .then = Then::Close}, u"closed"_s);
    t.http(u"http resets in the body"_s, {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", .then = Then::Reset}, u"closed"_s);
    t.http(u"http cut chunk"_s, {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab", .then = Then::Close}, u"closed"_s);
    for (const auto &[name, bytes] : std::initializer_list<std::pair<const char *, QByteArray>>{
             {"an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n"}, {"garbage", QByteArray(300, '\x7f')}, {"a TLS alert", QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7)},
             {"HTTP/9.9", "HTTP/9.9 200 OK\r\n\r\n"}, {"status 000", "HTTP/1.1 000 No\r\n\r\n"}, {"status 99", "HTTP/1.1 99 No\r\n\r\n"},
             {"a redis error", "-ERR unknown command\r\n"}, {"a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"},
             {"a NUL in a header", QByteArray("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 28)}, {"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
             {"a length with a plus", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello"}, {"a length beyond 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"},
             {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
             {"a bad chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
             {"a negative chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n"},
             {"an overflowing chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"},
             {"a chunk longer than it said", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n"},
             {"chunked, identity", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
             {"101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"},
             {"gzip that is none", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"}})
        t.http(u"http "_s + QString::fromLatin1(name), {.bytes = bytes, .then = Then::Close}, u"protocol"_s);
    t.http(u"http endless body"_s, {.bytes = "HTTP/1.1 200 OK\r\n\r\n", .then = Then::Flood, .tail = QByteArray(65536, 'x')}, u"oversize"_s);
    t.http(u"http endless chunks"_s, {.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .then = Then::Flood, .tail = "1000\r\n" + QByteArray(4096, 'x') + "\r\n"}, u"oversize"_s);
    t.http(u"http endless headers"_s, {.bytes = "HTTP/1.1 200 OK\r\n", .then = Then::Flood, .tail = "X: " + QByteArray(1000, 'x') + "\r\n"}, u"oversize"_s);
    t.http(u"http one header of 10 MB"_s, {.bytes = "HTTP/1.1 200 OK\r\nX: " + QByteArray(10 << 20, 'x') + "\r\n\r\n"}, u"oversize"_s);
    t.http(u"http compressed bomb"_s, {.bytes = ok(qCompress(QByteArray(64 << 20, '\0'), 9).sliced(4), "Content-Encoding: deflate\r\n")}, u"oversize"_s);
    t.http(u"http interim answers for ever"_s, {.then = Then::Flood, .tail = "HTTP/1.1 100 Continue\r\n\r\n"}, u"oversize"_s);
    t.http(u"http 103 before the answer"_s, {.bytes = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("fine")}, {});
    t.http(u"http 100 before the answer"_s, {.bytes = "HTTP/1.1 100 Continue\r\n\r\n" + ok("fine")}, {});
    t.http(u"http garbage behind a whole answer"_s, {.bytes = ok("fine") + "garbage"}, {});
    t.http(u"http stays open behind a whole answer"_s, {.bytes = ok("fine")}, {});
    t.http(u"http 2,000 headers"_s, {.bytes = ok("fine", QByteArray("X: y\r\n").repeated(2000))}, {});
    t.http(u"http redirect loop"_s, {.bytes = "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .then = Then::Close}, u"redirect"_s);
    t.http(u"http redirect to a file"_s, {.bytes = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"}, u"redirect"_s);
    t.http(u"http redirects without end"_s, {.then = Then::Close}, u"redirect"_s);
    static_cast<FaultServer &>(*t.servers.back()).answer = [n = 0](const QByteArray &) mutable {
        return "HTTP/1.1 302 Found\r\nLocation: /" + QByteArray::number(++n) + "\r\nContent-Length: 0\r\n\r\n";
    };
    t.http(u"http JSON 100,000 deep"_s, {.bytes = ok(QByteArray(100'000, '[') + QByteArray(100'000, ']'))}, u"condition"_s);
    t.last().conditions = {u"[BODY].a == 1"_s};
    t.http(u"http invalid UTF-8"_s, {.bytes = ok("{\"a\": \"\xff\xfe\"}")}, u"condition"_s);
    t.last().conditions = {u"[BODY].a.b != x"_s};
    t.http(u"http 503 with a body"_s, {.bytes = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"}, u"condition"_s);
}

void fillWebSocket(Table &t)
{
    t.add(u"ws refused"_s, u"ws://127.0.0.1:%1/"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    t.webSocket(u"ws silent instead of the upgrade"_s, {}, u"timeout"_s, u"wait"_s);
    t.webSocket(u"ws closes in the upgrade"_s, {.bytes = "HTTP/1.1 101 Sw", .then = Then::Close}, u"closed"_s);
    t.webSocket(u"ws 503"_s, {.bytes = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"}, u"rejected"_s);
    t.webSocket(u"ws wrong accept key"_s, {.bytes = "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n"}, u"protocol"_s);
    t.webSocket(u"ws extension nobody offered"_s, {.isWebSocket = true, .extraHeaders = "Sec-WebSocket-Extensions: x\r\n"}, u"protocol"_s);
    t.webSocket(u"ws silent after the upgrade"_s, {.isWebSocket = true}, u"timeout"_s);
    t.webSocket(u"ws resets after the upgrade"_s, {.then = Then::Reset, .isWebSocket = true}, u"closed"_s);
    t.webSocket(u"ws reserved bits"_s, {.bytes = frame(0xf1, "x"), .isWebSocket = true}, u"protocol"_s);
    t.webSocket(u"ws reserved opcode"_s, {.bytes = frame(0x87, "x"), .isWebSocket = true}, u"protocol"_s);
    t.webSocket(u"ws masked frame"_s, {.bytes = QByteArray("\x81\x81\x01\x02\x03\x04\x79", 7), .isWebSocket = true}, u"protocol"_s);
    t.webSocket(u"ws invalid UTF-8"_s, {.bytes = frame(0x81, "\xff\xfe"), .isWebSocket = true}, u"protocol"_s);
    t.webSocket(u"ws frame of a terabyte"_s, {.bytes = QByteArray("\x82\x7f\x00\x00\x01\x00\x00\x00\x00\x00", 10), .isWebSocket = true}, u"oversize"_s);
    t.webSocket(u"ws fragments for ever"_s, {.bytes = frame(0x01, "x"), .then = Then::Flood, .tail = QByteArray("\x00\x7e\xff\xff", 4) + QByteArray(65535, 'x'), .isWebSocket = true}, u"oversize"_s);
    t.webSocket(u"ws pings for ever"_s, {.then = Then::Drip, .tail = frame(0x89, {}), .isWebSocket = true}, u"timeout"_s);
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4001, 4999}) {
        t.webSocket(u"ws close %1"_s.arg(code), {.bytes = closeFrame(code), .isWebSocket = true}, u"closed"_s);
        t.last().code = QString::number(code);
    }
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2000, 5000, 65535})
        t.webSocket(u"ws illegal close %1"_s.arg(code), {.bytes = closeFrame(code), .isWebSocket = true}, u"protocol"_s);
}

void fillTls(Table &t)
{
    t.add(u"tls refused"_s, u"tls://127.0.0.1:%1"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    t.raw(u"tls"_s, u"tls silent"_s, {}, u"timeout"_s, u"tls"_s);
    t.raw(u"tls"_s, u"tls closes"_s, {.then = Then::Close}, u"closed"_s, u"tls"_s);
    t.raw(u"tls"_s, u"tls resets"_s, {.then = Then::Reset}, u"closed"_s);
    t.raw(u"tls"_s, u"tls plain HTTP on the port"_s, {.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n"}, u"tls"_s, u"tls"_s);
    t.raw(u"tls"_s, u"tls garbage"_s, {.bytes = QByteArray(500, 'x')}, u"tls"_s, u"tls"_s);
    t.raw(u"tls"_s, u"tls a byte now and then"_s, {.bytes = QByteArray::fromHex("1603033fff02003ffb"), .then = Then::Drip, .tail = QByteArray(1, '\0')}, u"timeout"_s, u"tls"_s);
    const Identity root = makeIdentity({.commonName = u"Fault root"_s, .authority = true});
    const Identity middle = makeIdentity({.commonName = u"Fault intermediate"_s, .authority = true}, &root);
    const auto leaf = [](IdentityOptions options, const Identity *issuer) {
        options.commonName = u"127.0.0.1"_s;
        if (options.names.isEmpty())
            options.names = {u"IP:127.0.0.1"_s};
        return makeIdentity(options, issuer);
    };
    const Identity good = leaf({}, &middle);
    t.tls(u"tls whole chain"_s, {.sends = {good, middle}}, {}, u"ok"_s, {});
    t.tls(u"tls intermediate not sent"_s, {.sends = {leaf({.issuerUrl = u"http://ca.invalid/i.crt"_s}, &middle)}}, u"tls"_s, u"incomplete"_s);
    t.tls(u"tls self-signed"_s, {.sends = {leaf({}, nullptr)}}, u"tls"_s, u"self-signed"_s);
    t.tls(u"tls expired"_s, {.sends = {leaf({.validFromDays = -90, .validToDays = -1}, &middle), middle}}, u"tls"_s, u"expired"_s);
    t.tls(u"tls not yet valid"_s, {.sends = {leaf({.validFromDays = 5}, &middle), middle}}, u"tls"_s, u"not-yet-valid"_s);
    t.tls(u"tls another name"_s, {.sends = {leaf({.names = {u"DNS:other.test"_s}}, &middle), middle}}, u"tls"_s, u"hostname-mismatch"_s);
    t.tls(u"tls weak key"_s, {.sends = {leaf({.key = KeyKind::Rsa1024}, &middle), middle}}, u"tls"_s, u"weak"_s);
    t.tls(u"tls revoked"_s, {.sends = {good, middle}, .staple = makeOcspResponse(good, middle, middle, {.answer = OcspAnswer::Revoked})}, u"tls"_s, u"revoked"_s);
    const Identity strange = makeIdentity({.commonName = u"Strange root"_s, .authority = true});
    t.tls(u"tls unknown root"_s, {.sends = {leaf({}, &strange), strange}}, u"tls"_s, u"untrusted-root"_s);
    t.tls(u"tls stalls after its first flight"_s, {.sends = {good, middle}, .cutAfter = 200}, u"timeout"_s, {});
    t.tls(u"tls closes in the handshake"_s, {.sends = {good, middle}, .cutAfter = 200, .ending = Ending::Close}, u"closed"_s, {});
    t.authority = root.certificatePem();
}

void fillRedis(Table &t)
{
    const auto redis = [&](const char *name, Dialogue script, const QString &kind, const QString &phase = {}) {
        t.dialogue(u"redis"_s, u"redis "_s + QString::fromLatin1(name), std::move(script), kind, phase);
    };
    t.add(u"redis refused"_s, u"redis://127.0.0.1:%1"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    redis("silent", {}, u"timeout"_s, u"wait"_s);
    redis("closes on accept", {.then = Then::Close}, u"closed"_s);
    redis("half a reply and silence", {.answers = {"+PO"}}, u"timeout"_s, u"receive"_s);
    redis("closes in a reply", {.answers = {"+PO"}, .then = Then::Close}, u"closed"_s);
    redis("HTTP on the port", {.answers = {"HTTP/1.1 400 Bad Request\r\n\r\n"}}, u"protocol"_s);
    redis("unknown type byte", {.answers = {"@what\r\n"}}, u"protocol"_s);
    redis("a bulk of two gigabytes", {.answers = {"$2147483646\r\n"}}, u"oversize"_s);
    redis("an endless bulk", {.answers = {"$2147483646\r\n"}, .then = Then::Flood, .tail = QByteArray(65536, 'x')}, u"oversize"_s);
    redis("an endless line", {.answers = {"+"}, .then = Then::Flood, .tail = QByteArray(65536, 'x')}, u"oversize"_s);
    for (const auto &[word, reply] : std::initializer_list<std::pair<const char *, QByteArray>>{
             {"NOAUTH", "-NOAUTH Authentication required.\r\n"}, {"LOADING", "-LOADING Redis is loading the dataset in memory\r\n"},
             {"MISCONF", "-MISCONF Errors writing to the AOF file\r\n"}, {"READONLY", "-READONLY You can't write against a read only replica.\r\n"},
             {"ERR", "-ERR max number of clients reached\r\n"}}) {
        redis(word, {.answers = {reply}}, u"rejected"_s);
        t.last().code = QString::fromLatin1(word);
    }
}

void fillPostgres(Table &t)
{
    const auto postgres = [&](const char *name, Dialogue script, const QString &kind, const QString &phase = {}) {
        t.dialogue(u"postgres"_s, u"postgres "_s + QString::fromLatin1(name), std::move(script), kind, phase);
    };
    t.add(u"postgres refused"_s, u"postgres://127.0.0.1:%1/db"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    postgres("silent", {}, u"timeout"_s);
    postgres("closes on accept", {.then = Then::Close}, u"closed"_s);
    postgres("HTTP on the port", {.answers = {"HTTP/1.1 400 Bad Request\r\n\r\n"}}, u"protocol"_s);
    postgres("a message of two gigabytes", {.answers = {pg::head('R', 2147483647)}}, u"protocol"_s);
    postgres("a way to log in that nobody knows", {.answers = {pg::message('R', pg::int32(99))}}, u"rejected"_s);
    postgres("notices for ever", {.answers = {pg::message('R', pg::int32(0))}, .then = Then::Flood, .tail = pg::report('N', "NOTICE", "00000", QByteArray(1000, 'x'))}, u"oversize"_s);
    for (const char *code : {"53300", "57P03", "28P01", "3D000"}) {
        postgres(code, {.answers = {pg::error(code, "no")}}, u"rejected"_s);
        t.last().code = QString::fromLatin1(code);
    }
}

QByteArray yamlOf(const Table &table, const QString &caFile)
{
    QByteArray yaml = "defaults: { interval: 60s, client: { timeout: " + QByteArray::number(timeoutMs) + "ms, tls: { ca-file: '" + caFile.toUtf8() + "' } } }\nendpoints:\n";
    for (const Row &row : table.rows) {
        yaml += "  - { name: \"" + row.name.toUtf8() + "\", url: \"" + row.url.toUtf8() + "\", conditions: [";
        for (const QString &condition : row.conditions)
            yaml += "\"" + condition.toUtf8() + "\", ";
        yaml += "] }\n";
    }
    return yaml;
}

using Fill = void (*)(Table &);

QString difference(const Row &row, const QJsonObject &entry)
{
    const QJsonObject failure = entry[u"failure"_s].toObject();
    const auto differs = [&](const QString &what, const QString &came, const QString &expected) {
        return u"%1: %2 is \"%3\", not \"%4\" – %5\n"_s.arg(row.name, what, came, expected, failure[u"message"_s].toString());
    };
    QString all;
    if (const QString kind = failure[u"kind"_s].toString(); kind != row.kind)
        all += differs(u"kind"_s, kind, row.kind);
    if (const QString outcome = entry[u"outcome"_s].toString(); outcome != (row.kind.isEmpty() ? "pass"_L1 : "fail"_L1))
        all += differs(u"outcome"_s, outcome, row.kind.isEmpty() ? u"pass"_s : u"fail"_s);
    if (const QString phase = failure[u"phase"_s].toString(); !row.phase.isEmpty() && phase != row.phase)
        all += differs(u"phase"_s, phase, row.phase);
    if (const QString verdict = entry[u"tls"_s].toObject()[u"chain_verdict"_s].toString(); !row.verdict.isEmpty() && verdict != row.verdict)
        all += differs(u"chain_verdict"_s, verdict, row.verdict);
    if (const QString code = entry[u"code"_s].toString(); !row.code.isEmpty() && code != row.code)
        all += differs(u"code"_s, code, row.code);
    if (entry[u"elapsed_ms"_s].toDouble() > boundMs)
        all += differs(u"elapsed_ms"_s, QString::number(entry[u"elapsed_ms"_s].toDouble()), u"under %1"_s.arg(boundMs));
    for (const QJsonValue condition : entry[u"conditions"_s].toArray()) {
        const QString text = condition.toObject()[u"text"_s].toString();
        const bool blind = entry[u"latency_ms"_s].isNull() && !text.startsWith("[CONNECTED]"_L1); // a handshake is a fact of its own
        if (blind && condition.toObject()[u"result"_s] == "met"_L1)
            all += differs(text, u"met"_s, u"not-evaluable: no answer came"_s);
    }
    return all;
}

} // namespace

class TestFaults : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void everyFaultIsTold_data()
    {
        QTest::addColumn<Fill>("fill");
        QTest::newRow("http") << Fill(&fillHttp);
        QTest::newRow("websocket") << Fill(&fillWebSocket);
        QTest::newRow("tls") << Fill(&fillTls);
        QTest::newRow("redis") << Fill(&fillRedis);
        QTest::newRow("postgres") << Fill(&fillPostgres);
    }
    void everyFaultIsTold()
    {
        QFETCH(Fill, fill);
        Table table;
        fill(table);
        const CliFolder folder;
        const QString authority = folder.write(u"ca.pem"_s, table.authority.isEmpty() ? makeIdentity({.commonName = u"Any"_s, .authority = true}).certificatePem() : table.authority);
        const CliResult result = folder.run({u"check"_s, folder.write(u"faults.yaml"_s, yamlOf(table, authority)), u"--format"_s, u"json"_s});
        QVERIFY2(result.code == 1, result.err.constData());
        QCOMPARE(result.err, QByteArray());
        const QJsonArray entries = QJsonDocument::fromJson(result.out).object()[u"endpoints"_s].toArray();
        QCOMPARE(entries.size(), table.rows.size());
        QString differences;
        for (qsizetype i = 0; i < entries.size(); ++i)
            differences += difference(table.rows[i], entries[i].toObject());
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
        rusage children{};
        getrusage(RUSAGE_CHILDREN, &children);
        QVERIFY2(children.ru_maxrss / 1024 < memoryMiB, qPrintable(u"%1 MiB"_s.arg(children.ru_maxrss / 1024)));
    }
};

QTEST_GUILESS_MAIN(TestFaults)
#include "tst_faults.moc"
