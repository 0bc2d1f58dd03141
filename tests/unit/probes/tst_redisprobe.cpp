// redis:// against real loopback sockets: every refusal with its word, and every way to break RESP.
#include "proberunner.h"
#include "probes/redisanswers.h"
#include "probes/respreader.h"
#include "support/dialogueserver.h"
#include "support/pki.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSslCertificate>
#include <QSslKey>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

const QByteArray pong = "+PONG\r\n", ok = "+OK\r\n";

QByteArray bulk(const QByteArray &text) { return '$' + QByteArray::number(text.size()) + "\r\n" + text + "\r\n"; }

const QByteArray infoText =
    "# Server\r\nredis_version:7.2\r\nredis_mode:standalone\r\nuptime_in_seconds:86400\r\n\r\n"
    "# Clients\r\nconnected_clients:17\r\nmaxclients:100\r\nblocked_clients:2\r\n\r\n"
    "# Memory\r\nused_memory:900\r\nused_memory_peak:950\r\nmaxmemory:1000\r\nmaxmemory_policy:noeviction\r\n"
    "mem_fragmentation_ratio:1.25\r\n\r\n"
    "# Persistence\r\nloading:0\r\nrdb_last_bgsave_status:ok\r\n\r\n"
    "# Stats\r\nrejected_connections:3\r\n\r\n"
    "# Replication\r\nrole:master\r\nconnected_slaves:1\r\nmaster_replid:0123456789012345678901234567890123456789\r\n";

Endpoint redisAt(const QString &url, const QStringList &conditions = {u"[CONNECTED] == true"_s})
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.kind = Kind::Redis;
    return endpoint;
}

QSslConfiguration serving(const Identity &leaf)
{
    QSslConfiguration configuration;
    configuration.setLocalCertificateChain({QSslCertificate(leaf.certificatePem(), QSsl::Pem)});
    configuration.setPrivateKey(QSslKey(leaf.keyPem(), QSsl::Ec));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

} // namespace

class TestRedisProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void answers()
    {
        DialogueServer server({.answers = {pong, bulk(infoText)}});
        const ObservationPtr seen = ProbeRunner().run(redisAt(
            server.url(u"redis"_s),
            {u"[CONNECTED] == true"_s, u"[BODY].redis_version == 7.2"_s, u"[BODY].role == master"_s,
             u"[BODY].memory.used_ratio <= 0.9"_s, u"[BODY].clients.connected == 17"_s, u"[BODY].clients.max == 100"_s,
             u"[BODY].clients.blocked == 2"_s, u"[BODY].memory.fragmentation_ratio < 1.3"_s,
             u"[BODY].persistence.loading == 0"_s, u"[BODY].stats.rejected_connections == 3"_s,
             u"[BODY].replication.connected_slaves == 1"_s, u"[IP] == 127.0.0.1"_s, u"[RESPONSE_TIME] < 5000"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(server.heard(), (QList<QByteArray>{"*1\r\n$4\r\nPING\r\n", "*1\r\n$4\r\nINFO\r\n"}));
        QVERIFY(seen->answered && !seen->code);
        QCOMPARE(seen->protocol, u"redis"_s);
        QVERIFY(seen->phase(Phase::Connect) && seen->phase(Phase::Wait) && seen->phase(Phase::Receive));
        QVERIFY(!seen->phase(Phase::Dns) && !seen->phase(Phase::Tls));
        QVERIFY(*seen->phase(Phase::Wait) + *seen->phase(Phase::Connect) <= seen->latency);
    }

    void degradedByMemory()
    {
        DialogueServer server({.answers = {pong, bulk(infoText)}});
        Endpoint endpoint = redisAt(server.url(u"redis"_s));
        endpoint.degradedWhen.append({.text = u"[BODY].memory.used_ratio >= 0.9"_s, .mark = {}});
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Degraded);
    }

    void conversations_data()
    {
        QTest::addColumn<QString>("userInfo");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QList<QByteArray>>("answers");
        QTest::addColumn<QList<QByteArray>>("heard");
        QTest::addColumn<QString>("condition");
        const QByteArray ping = "*1\r\n$4\r\nPING\r\n", info = "*1\r\n$4\r\nINFO\r\n", full = bulk(infoText);
        using List = QList<QByteArray>;
        QTest::newRow("a password alone")
            << u":pass@"_s << u""_s << QByteArray() << List{ok, pong, full}
            << List{"*2\r\n$4\r\nAUTH\r\n$4\r\npass\r\n", ping, info} << u"[CONNECTED] == true"_s;
        QTest::newRow("a user and a password, percent-encoded")
            << u"me:p%40ss@"_s << u""_s << QByteArray() << List{ok, pong, full}
            << List{"*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$4\r\np@ss\r\n", ping, info} << u"[CONNECTED] == true"_s;
        QTest::newRow("a user without a password says nothing")
            << u"me@"_s << u""_s << QByteArray() << List{pong, full} << List{ping, info} << u"[CONNECTED] == true"_s;
        QTest::newRow("a database") << u""_s << u"/3"_s << QByteArray() << List{ok, pong, full}
                                    << List{"*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n", ping, info}
                                    << u"[CONNECTED] == true"_s;
        QTest::newRow("a slash is no database")
            << u""_s << u"/"_s << QByteArray() << List{pong, full} << List{ping, info} << u"[CONNECTED] == true"_s;
        QTest::newRow("a command of the file's own")
            << u""_s << u""_s << QByteArray(" GET  greeting\n") << List{pong, bulk("hello")}
            << List{ping, "*2\r\n$3\r\nGET\r\n$8\r\ngreeting\r\n"} << u"[BODY] == hello"_s;
        QTest::newRow("an integer") << u""_s << u""_s << QByteArray("DBSIZE") << List{pong, ":42\r\n"}
                                    << List{ping, "*1\r\n$6\r\nDBSIZE\r\n"} << u"[BODY] == 42"_s;
        QTest::newRow("nothing but PING")
            << u""_s << u""_s << QByteArray("PING") << List{pong, pong} << List{ping, ping} << u"[BODY] == PONG"_s;
        QTest::newRow("an empty text") << u""_s << u""_s << QByteArray("GET a") << List{pong, "$0\r\n\r\n"}
                                       << List{ping, "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"} << u"len([BODY]) == 0"_s;
        QTest::newRow("an array is JSON")
            << u""_s << u""_s << QByteArray("X") << List{pong, "*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n+b\r\n"}
            << List{ping, "*1\r\n$1\r\nX\r\n"} << u"[BODY][1][0] == 1"_s;
    }
    void conversations()
    {
        QFETCH(QString, userInfo);
        QFETCH(QString, path);
        QFETCH(QByteArray, body);
        QFETCH(QList<QByteArray>, answers);
        QFETCH(QList<QByteArray>, heard);
        QFETCH(QString, condition);
        DialogueServer server({.answers = answers});
        Endpoint endpoint =
            redisAt(u"redis://"_s + userInfo + u"127.0.0.1:"_s + QString::number(server.port()) + path, {condition});
        endpoint.body = body;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(server.heard(), heard);
    }

    void nilHasNoValue()
    {
        DialogueServer server({.answers = {pong, "$-1\r\n"}});
        Endpoint endpoint = redisAt(server.url(u"redis"_s), {u"[BODY] != x"_s});
        endpoint.body = "GET missing";
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Condition);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        QVERIFY(seen->notes[0].contains(u"nil"_s));
    }

    void withoutMaxmemoryThereIsNoRatio_data()
    {
        QTest::addColumn<QByteArray>("memory");
        QTest::newRow("no limit") << QByteArray("used_memory:900\r\nmaxmemory:0\r\n");
        QTest::newRow("the limit is not said") << QByteArray("used_memory:900\r\n");
        QTest::newRow("the use is not said") << QByteArray("maxmemory:900\r\n");
        QTest::newRow("the use is no number") << QByteArray("used_memory:much\r\nmaxmemory:900\r\n");
        QTest::newRow("the limit is negative") << QByteArray("used_memory:1\r\nmaxmemory:-900\r\n");
    }
    void withoutMaxmemoryThereIsNoRatio()
    {
        QFETCH(QByteArray, memory);
        DialogueServer server({.answers = {pong, bulk("# Server\r\nredis_version:7.2.4\r\n# Memory\r\n" + memory)}});
        const ObservationPtr seen =
            ProbeRunner().run(redisAt(server.url(u"redis"_s), {u"[BODY].memory.used_ratio < 0.9"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        QVERIFY(seen->answered);
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *error, const char *code, const char *says) {
            QTest::newRow(error) << QByteArray(error) << QString::fromLatin1(code) << QString::fromLatin1(says);
        };
        row("NOAUTH Authentication required.", "NOAUTH", "wants a password and the URL has none");
        row("WRONGPASS invalid username-password pair or user is disabled.", "WRONGPASS",
            "does not accept this user name and password");
        row("ERR invalid password", "ERR", "does not accept this password");
        row("ERR AUTH <password> called without any password configured for the default user. Are you sure?", "ERR",
            "has no password set");
        row("ERR Client sent AUTH, but no password is set", "ERR", "has no password set");
        row("NOPERM this user has no permissions to run the 'ping' command", "NOPERM", "may not run PING");
        row("LOADING Redis is loading the dataset in memory", "LOADING", "still loading its data");
        row("MISCONF Redis is configured to save RDB snapshots", "MISCONF", "last save to disk failed");
        row("READONLY You can't write against a read only replica.", "READONLY", "read-only replica");
        row("CLUSTERDOWN The cluster is down", "CLUSTERDOWN", "cluster is down");
        row("MASTERDOWN Link with MASTER is down", "MASTERDOWN", "lost its primary");
        row("OOM command not allowed when used memory > 'maxmemory'.", "OOM", "out of memory");
        row("NOREPLICAS Not enough good replicas to write.", "NOREPLICAS", "too few replicas");
        row("DENIED Redis is running in protected mode", "DENIED", "protected mode");
        row("BUSY Redis is busy running a script.", "BUSY", "busy with a script");
        row("MOVED 3999 127.0.0.1:6381", "MOVED", "another node");
        row("ERR max number of clients reached", "ERR", "maximum number of clients");
        row("ERR DB index is out of range", "ERR", "no database of this number");
        row("ERR unknown command 'PING'", "ERR", "does not know the command PING");
        row("ERR something new", "ERR", "refused PING: ERR something new");
        row("NEWWORD of a later version", "NEWWORD", "refused PING: NEWWORD");
        row("no word at all", "ERR", "refused PING");
        row("", "ERR", "refused PING");
    }
    void refusals()
    {
        QFETCH(QByteArray, error);
        QFETCH(QString, code);
        QFETCH(QString, says);
        DialogueServer server({.answers = {'-' + error + "\r\n"}});
        const ObservationPtr seen = ProbeRunner().run(
            redisAt(server.url(u"redis"_s), {u"[CONNECTED] == true"_s, u"[CODE] == %1"_s.arg(code), u"[BODY] != x"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Rejected));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QVERIFY(seen->failure->hint.isEmpty() == seen->failure->message.contains(u"refused PING"_s));
        QCOMPARE(seen->code.value(), code);
        QCOMPARE(seen->outcome, Outcome::Fail);
        QVERIFY(seen->answered);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::Met);
        QCOMPARE(seen->conditions[2].result, Truth::NotEvaluable);
        QCOMPARE(server.heard().size(), 1); // nothing more is asked
    }

    void refusedAtEveryStep_data()
    {
        QTest::addColumn<QList<QByteArray>>("answers");
        QTest::addColumn<QString>("code");
        using List = QList<QByteArray>;
        QTest::newRow("AUTH") << List{"-WRONGPASS no\r\n"} << u"WRONGPASS"_s;
        QTest::newRow("SELECT") << List{ok, "-ERR DB index is out of range\r\n"} << u"ERR"_s;
        QTest::newRow("PING") << List{ok, ok, "-LOADING wait\r\n"} << u"LOADING"_s;
        QTest::newRow("INFO") << List{ok, ok, pong, "-NOPERM no\r\n"} << u"NOPERM"_s;
    }
    void refusedAtEveryStep()
    {
        QFETCH(QList<QByteArray>, answers);
        QFETCH(QString, code);
        DialogueServer server({.answers = answers, .then = Then::Close});
        const ObservationPtr seen = ProbeRunner().run(redisAt(u"redis://u:p@127.0.0.1:%1/2"_s.arg(server.port())));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Rejected));
        QCOMPARE(seen->code.value(), code);
    }

    void maxClientsSaidAtTheDoor()
    {
        for (const Then then : {Then::Close, Then::Reset}) {
            DialogueServer server({.then = then, .greeting = "-ERR max number of clients reached\r\n"});
            const ObservationPtr seen = ProbeRunner().run(redisAt(server.url(u"redis"_s)));
            QVERIFY(seen && seen->failure);
            QCOMPARE(name(seen->failure->kind), name(FailureKind::Rejected));
            QCOMPARE(seen->code.value(), u"ERR"_s);
            QVERIFY2(seen->failure->message.contains(u"maximum number of clients"_s), told(seen));
        }
    }

    void faults_data()
    {
        QTest::addColumn<Dialogue>("dialogue");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, Dialogue dialogue, FailureKind kind, const char *says) {
            QTest::newRow(name) << dialogue << kind << QString::fromLatin1(says);
        };
        using enum FailureKind;
        const QByteArray head = "$" + QByteArray::number(infoText.size()) + "\r\n";
        row("silence instead of PONG", {}, Timeout, "phase wait");
        row("silence in PONG", {.answers = {"+PO"}}, Timeout, "phase receive");
        row("silence instead of INFO", {.answers = {pong}}, Timeout, "phase wait");
        row("silence in INFO's length", {.answers = {pong, "$12"}}, Timeout, "phase receive");
        row("silence in INFO", {.answers = {pong, head + infoText.first(100)}}, Timeout, "phase receive");
        row("INFO without its last line end", {.answers = {pong, bulk(infoText).chopped(2)}}, Timeout, "phase receive");
        row("a byte every 100 ms for ever", {.answers = {pong, "$1000\r\n"}, .then = Then::Drip, .dripEvery = 100ms},
            Timeout, "phase receive");
        row("PONG a byte at a time, without end", {.answers = {"+PO"}, .then = Then::Drip, .dripEvery = 100ms}, Timeout,
            "phase receive");
        row("closes instead of PONG", {.answers = {""}, .then = Then::Close}, Closed, "before it answered PING");
        row("closes in PONG", {.answers = {"+PON"}, .then = Then::Close}, Closed, "in the middle of its reply to PING");
        row("closes instead of INFO", {.answers = {pong, ""}, .then = Then::Close}, Closed, "before it answered INFO");
        row("closes in INFO", {.answers = {pong, head + infoText.first(100)}, .then = Then::Close}, Closed,
            "in the middle of its reply to INFO");
        row("closes on accept", {.then = Then::Close}, Closed, "before it answered PING");
        row("resets instead of PONG", {.answers = {""}, .then = Then::Reset}, Closed, "before it answered PING");
        row("resets in INFO", {.answers = {pong, head + infoText.first(100)}, .then = Then::Reset}, Closed,
            "in the middle of its reply to INFO");
        row("an HTTP server", {.answers = {"HTTP/1.1 400 Bad Request\r\n\r\n"}, .then = Then::Close}, Protocol,
            "an HTTP server answered");
        row("an SSH server", {.greeting = "SSH-2.0-OpenSSH_9.2\r\n"}, Protocol, "an SSH server answered");
        row("a TLS alert", {.answers = {QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7)}, .then = Then::Close}, Protocol,
            "wants TLS");
        row("garbage", {.answers = {QByteArray("\x00\x01\x02", 3)}}, Protocol, "starts with 00 01 02");
        row("RESP 3 that nobody asked for", {.answers = {"%1\r\n+a\r\n+b\r\n"}}, Protocol, "not Redis's protocol");
        row("something else than PONG", {.answers = {"+HELLO\r\n"}}, Protocol,
            "something else than PONG to PING: HELLO");
        row("a number for PONG", {.answers = {":1\r\n"}}, Protocol, "something else than PONG to PING: 1");
        row("nil for PONG", {.answers = {"$-1\r\n"}}, Protocol, "something else than PONG to PING: nil");
        row("two replies to PING", {.answers = {pong + pong}}, Protocol, "more than one reply to PING");
        row("PONG and garbage", {.answers = {pong + "x"}}, Protocol, "more than one reply to PING");
        row("INFO that is no INFO", {.answers = {pong, bulk("hello")}}, Protocol, "does not say which Redis");
        row("nil for INFO", {.answers = {pong, "$-1\r\n"}}, Protocol, "does not say which Redis");
        row("a number for INFO", {.answers = {pong, ":1\r\n"}}, Protocol, "does not say which Redis");
        row("a length that is no number", {.answers = {pong, "$abc\r\n"}}, Protocol, "breaks Redis's protocol");
        row("a negative length", {.answers = {pong, "$-2\r\n"}}, Protocol, "breaks Redis's protocol");
        row("a length over 64 bits", {.answers = {pong, "$99999999999999999999\r\n"}}, Protocol,
            "breaks Redis's protocol");
        row("a number that is none", {.answers = {pong, ":1x\r\n"}}, Protocol, "breaks Redis's protocol");
        row("a count that is no number", {.answers = {pong, "*x\r\n"}}, Protocol, "breaks Redis's protocol");
        row("a negative count", {.answers = {pong, "*-2\r\n"}}, Protocol, "breaks Redis's protocol");
        row("an element of no type", {.answers = {pong, "*1\r\n?\r\n"}}, Protocol, "breaks Redis's protocol");
        row("a count over 32 bits", {.answers = {pong, "*4294967297\r\n"}}, Protocol, "breaks Redis's protocol");
        row("arrays in arrays for ever", {.answers = {pong, QByteArray("*1\r\n").repeated(50)}}, Protocol,
            "breaks Redis's protocol");
        row("two thousand million elements announced", {.answers = {pong, "*2147483647\r\n"}}, Oversize,
            "more than 65536 elements");
        row("elements without end",
            {.answers = {pong, "*60000\r\n"}, .then = Then::Flood, .tail = QByteArray("*60000\r\n:1\r\n").repeated(50)},
            Protocol, "breaks");
        row("an array that never ends",
            {.answers = {pong, "*3\r\n*60000\r\n" + QByteArray(":1\r\n").repeated(60000) + "*60000\r\n"},
             .then = Then::Flood,
             .tail = QByteArray(":1\r\n").repeated(5000)},
            Oversize, "more than 65536 elements");
        row("two gigabytes announced", {.answers = {pong, "$2147483647\r\n"}}, Oversize, "announces 2147483647 bytes");
        row("63 bits announced", {.answers = {pong, "$9223372036854775807\r\n"}}, Oversize,
            "announces 9223372036854775807 bytes");
        row("a line that never ends", {.answers = {pong, "+"}, .then = Then::Flood, .tail = QByteArray(60000, 'x')},
            Oversize, "a line of the reply exceeds the limit of 64 KiB");
        row("a length that never ends", {.answers = {pong, "$"}, .then = Then::Flood, .tail = QByteArray(60000, '1')},
            Oversize, "a line of the reply exceeds the limit of 64 KiB");
        row("an error that never ends", {.answers = {"-"}, .then = Then::Flood, .tail = QByteArray(60000, 'E')},
            Oversize, "a line of the reply exceeds the limit of 64 KiB");
        row("PONG for ever", {.answers = {pong}, .then = Then::Flood, .tail = pong}, Protocol, "more than one reply");
    }
    void faults()
    {
        QFETCH(Dialogue, dialogue);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        DialogueServer server(dialogue);
        Endpoint endpoint = redisAt(server.url(u"redis"_s), {u"[BODY] != x"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(900ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QCOMPARE(name(seen->failure->kind), name(kind));
        QCOMPARE(seen->outcome, Outcome::Fail);
        QVERIFY(!seen->answered);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
    }

    void replyAtTheLimit()
    {
        const qint64 limit = 4096;
        for (const qint64 size : {limit - 9, limit - 8}) { // "$4087\r\n" and "\r\n" belong to the reply
            DialogueServer server({.answers = {pong, bulk(QByteArray(size, 'x'))}});
            Endpoint endpoint = redisAt(server.url(u"redis"_s), {u"len([BODY]) == %1"_s.arg(size)});
            endpoint.body = "GET a";
            endpoint.client.maxBodyBytes = limit;
            const ObservationPtr seen = ProbeRunner().run(endpoint);
            QVERIFY(seen);
            QCOMPARE(seen->outcome, size == limit - 9 ? Outcome::Pass : Outcome::Fail);
            QCOMPARE(seen->failure.has_value() && seen->failure->kind == FailureKind::Oversize, size != limit - 9);
        }
    }

    void bytesMayTrickle()
    {
        QByteArray said = "*2\r\n:7\r\n" + bulk("a\r\nb") + "-ERR x\r\n";
        RespReader reader(1024);
        std::vector<std::unique_ptr<RespValue>> replies;
        for (const char byte : said) {
            reader.feed(QByteArrayView(&byte, 1));
            if (auto reply = reader.next())
                replies.push_back(std::move(reply));
        }
        QVERIFY(!reader.failure() && !reader.hasPartial());
        QCOMPARE(replies.size(), std::size_t(2));
        QCOMPARE(respText(*replies[0]).value(), "[7,\"a\\r\\nb\"]"_ba);
        QCOMPARE(replies[1]->type, RespValue::Type::Error);
    }

    void overTls()
    {
        QTemporaryDir folder;
        const Identity root = makeIdentity({.commonName = u"Test Root CA"_s, .authority = true});
        const Identity leaf = makeIdentity({.commonName = u"localhost"_s, .names = {u"IP:127.0.0.1"_s}}, &root);
        DialogueServer server({.answers = {ok, pong, bulk(infoText)}}, serving(leaf));
        Endpoint endpoint = redisAt(u"rediss://:secret@127.0.0.1:%1"_s.arg(server.port()),
                                    {u"[CHAIN] == ok"_s, u"[BODY].role == master"_s});
        endpoint.client.caFile = writeFile(folder, u"ca.pem"_s, root.certificatePem());
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(seen->tls && seen->phase(Phase::Tls));
    }

    void noPasswordForAServerThatIsNotTrusted()
    {
        const Identity leaf = makeIdentity({.commonName = u"localhost"_s, .names = {u"IP:127.0.0.1"_s}});
        DialogueServer server({.answers = {ok, pong, bulk(infoText)}}, serving(leaf));
        const ObservationPtr seen = ProbeRunner().run(redisAt(u"rediss://:secret@127.0.0.1:%1"_s.arg(server.port())));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Tls));
        QCOMPARE(name(seen->tls->chainVerdict), name(ChainVerdict::SelfSigned));
        QVERIFY(server.heard().isEmpty());
    }

    void tlsAgainstPlainRedis()
    {
        DialogueServer server({.answers = {"-ERR Protocol error\r\n"}, .then = Then::Close});
        const ObservationPtr seen = ProbeRunner().run(redisAt(server.url(u"rediss"_s)));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Tls));
        QCOMPARE(seen->conditions[0].shown, u"[CONNECTED] (false) == true"_s);
    }

    void secretsAreMasked()
    {
        DialogueServer server({.answers = {"-ERR hunter2secret is wrong\r\n"}});
        const ObservationPtr seen = ProbeRunner().run(
            redisAt(u"redis://:hunter2secret@127.0.0.1:%1"_s.arg(server.port())), Secrets({u"hunter2secret"_s}));
        QVERIFY(seen && seen->failure);
        QVERIFY(!seen->failure->message.contains(u"hunter2"_s));
        QVERIFY(!seen->excerpt.contains(u"hunter2"_s) && seen->excerpt.contains(u"•••"_s));
    }

    void unreachable_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<FailureKind>("kind");
        QTest::newRow("refused") << u"redis://127.0.0.1:%1"_s.arg(closedPort()) << FailureKind::Refused;
        QTest::newRow("a name that does not resolve") << u"redis://cache.invalid"_s << FailureKind::Dns;
        QTest::newRow("no host") << u"redis://"_s << FailureKind::Internal;
    }
    void unreachable()
    {
        QFETCH(QString, url);
        QFETCH(FailureKind, kind);
        const ObservationPtr seen = ProbeRunner().run(redisAt(url));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY(seen->conditions[0].result != Truth::Met);
        QVERIFY(!seen->answered);
    }

    void destroyedInFlightSaysNothing()
    {
        for (const QList<QByteArray> &answers : {QList<QByteArray>{}, QList<QByteArray>{pong}}) {
            DialogueServer server({.answers = answers});
            ProbeRunner runner;
            auto probe = makeProbe({.endpoint = redisAt(server.url(u"redis"_s)),
                                    .conditions = std::make_shared<const ConditionSet>(),
                                    .secrets = {},
                                    .queued = {},
                                    .attempt = 1},
                                   runner.services);
            QSignalSpy spy(probe.get(), &Probe::finished);
            probe->start();
            QTRY_COMPARE(server.heard().size(), answers.size() + 1);
            probe.reset();
            QCoreApplication::sendPostedEvents();
            QCOMPARE(spy.size(), 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestRedisProbe)
#include "tst_redisprobe.moc"
