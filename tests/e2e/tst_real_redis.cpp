// redis:// and rediss:// against Debian's Redis 7.0: what is true of the real server, every refusal with its word, its
// memory, its certificates, its end.
#include "realprobe.h"
#include "support/debianservers.h"

#include <QDir>
#include <QTcpSocket>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

const QString connected = u"[CONNECTED] == true"_s;

Endpoint redisAt(quint16 port, const QStringList &conditions = {connected}, const QString &user = {},
                 const QByteArray &command = {})
{
    Endpoint made = endpointFor(u"redis://"_s + user + u"127.0.0.1:"_s + QString::number(port), conditions);
    made.kind = Kind::Redis;
    made.body = command;
    return made;
}

/// A client that is no probe: sends commands and waits for the last reply's beginning.
class Client
{
public:
    explicit Client(quint16 port) { m_socket.connectToHost(QHostAddress::LocalHost, port); }
    bool ask(const QByteArray &commands, const QByteArray &reply)
    {
        m_heard.clear();
        m_socket.write(commands + "\r\n");
        return QTest::qWaitFor(
            [&] {
                m_heard += m_socket.readAll();
                return m_heard.contains(reply);
            },
            10'000);
    }
    const QByteArray &heard() const { return m_heard; }

private:
    QTcpSocket m_socket;
    QByteArray m_heard;
};

} // namespace

class TestRealRedis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void answers_data();
    void answers();
    void tooManyClients();
    void memory_data();
    void memory();
    void certificates_data();
    void certificates();
    void tooManyClientsOverTls();
    void lostItsPrimary();
    void lastSaveFailed();
    void loading();
    void busyWithAScript();
    void frozen();
    void killedWhileAsked();
    void restarted();
    void askedInHttp();
};

void TestRealRedis::answers_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QString>("condition"); // holds in any case
    QTest::addColumn<QString>("failure"); // how described() begins
    const auto row = [](const char *title, const QStringList &options, const QString &user, const QByteArray &command,
                        const QString &condition, const QString &failure = {}) {
        QTest::newRow(title) << options << user << command << condition << failure;
    };
    const QStringList none, locked{u"--requirepass"_s, u"hunter2secret"_s};
    const QStringList poor{u"--user"_s, u"poor"_s, u"on"_s, u">penny"_s, u"~*"_s, u"+ping"_s},
        noInfo{u"--user"_s, u"quiet"_s, u"on"_s, u">penny"_s, u"~*"_s, u"+@all"_s, u"-info"_s};
    const QStringList orphan{u"--replicaof"_s, u"127.0.0.1"_s, QString::number(freePort())};
    row("what it says of itself", none, {}, {}, u"[BODY].redis_version == pat(7.*)"_s);
    row("its role", none, {}, {}, u"[BODY].role == master"_s);
    row("its clients", none, {}, {}, u"[BODY].clients.connected == 1"_s);
    row("the clients that it takes", {u"--maxclients"_s, u"55"_s}, {}, {}, u"[BODY].clients.max == 55"_s);
    row("the right password", locked, u":hunter2secret@"_s, {}, u"[BODY].persistence.loading == 0"_s);
    row("the right user and password", locked, u"default:hunter2secret@"_s, {}, connected);
    row("no password where one is wanted", locked, {}, {}, u"[CODE] == NOAUTH"_s, u"rejected NOAUTH"_s);
    row("a wrong password", locked, u":no@"_s, {}, u"[CODE] == WRONGPASS"_s, u"rejected WRONGPASS"_s);
    row("a user that it does not know", locked, u"nobody:hunter2secret@"_s, {}, u"[CODE] == WRONGPASS"_s,
        u"rejected WRONGPASS"_s);
    row("a password where none is set", none, u":no@"_s, {}, u"[CODE] == ERR"_s,
        u"rejected ERR: Redis has no password set"_s);
    row("a user who may only PING", poor, u"poor:penny@"_s, {}, u"[CODE] == NOPERM"_s,
        u"rejected NOPERM: this Redis user may not run INFO"_s);
    row("a user who may only PING is asked for no more", poor, u"poor:penny@"_s, "PING", u"[BODY] == PONG"_s);
    row("a user who may do all but INFO", noInfo, u"quiet:penny@"_s, "DBSIZE", u"[BODY] == 0"_s);
    row("a replica without a primary still tells its role", orphan, {}, {}, u"[BODY].role == slave"_s);
    row("a replica without a primary tells that the link is down", orphan, {}, {},
        u"[BODY].replication.master_link_status == down"_s);
    row("writing to a replica", orphan, {}, "SET a b", u"[CODE] == READONLY"_s, u"rejected READONLY"_s);
    row("too few replicas to write to", {u"--min-replicas-to-write"_s, u"1"_s}, {}, "SET a b",
        u"[CODE] == NOREPLICAS"_s, u"rejected NOREPLICAS"_s);
    row("a cluster without its slots", {u"--cluster-enabled"_s, u"yes"_s}, {}, "GET a", u"[CODE] == CLUSTERDOWN"_s,
        u"rejected CLUSTERDOWN"_s);
    row("a command that it does not know", none, {}, "FLY", u"[CODE] == ERR"_s,
        u"rejected ERR: this server does not know the command FLY"_s);
    row("a command that was renamed", {u"--rename-command"_s, u"INFO"_s, u"HIDDEN"_s}, {}, {}, u"[CODE] == ERR"_s,
        u"rejected ERR: this server does not know the command INFO"_s);
    row("a value that is not there", none, {}, "GET a", connected);
    row("a list", none, {}, "CONFIG GET maxclients", u"[BODY][0] == maxclients"_s);
}

void TestRealRedis::answers()
{
    QFETCH(QStringList, options);
    QFETCH(QString, user);
    QFETCH(QByteArray, command);
    QFETCH(QString, condition);
    QFETCH(QString, failure);
    RealServer server;
    QVERIFY2(startRedis(server, options), qPrintable(server.error()));
    const ObservationPtr seen = ProbeRunner().run(redisAt(server.port(), {connected, condition}, user, command));
    QVERIFY2(tells(seen, failure), qPrintable(described(seen)));
    for (const ConditionResult &result : seen->conditions)
        QVERIFY2(result.result == Truth::Met, qPrintable(result.shown));
    QVERIFY(!seen->excerpt.contains("hunter2"_L1));
}

void TestRealRedis::tooManyClients()
{
    RealServer server;
    QVERIFY2(startRedis(server, {u"--maxclients"_s, u"2"_s}), qPrintable(server.error()));
    const QStringList conditions{connected, u"[CODE] == ERR"_s, u"[BODY].clients.connected < 3"_s};
    {
        Client first(server.port()), second(server.port());
        QVERIFY(first.ask("PING", "+PONG") && second.ask("PING", "+PONG"));
        const ObservationPtr seen = ProbeRunner().run(redisAt(server.port(), conditions));
        QVERIFY2(tells(seen, u"rejected ERR: Redis has reached its maximum number of clients"_s),
                 qPrintable(described(seen)));
        QCOMPARE(seen->conditions[1].result, Truth::Met);
        QCOMPARE(seen->conditions[2].result, Truth::NotEvaluable);
        QVERIFY(seen->failure->hint.contains(u"maxclients"_s));
    }
    ObservationPtr again;
    QTRY_VERIFY_WITH_TIMEOUT((again = ProbeRunner().run(redisAt(server.port()))) && !again->failure, 10'000);
    QVERIFY2(again->outcome == Outcome::Pass, qPrintable(described(again)));
}

void TestRealRedis::memory_data()
{
    QTest::addColumn<QString>("limit");
    QTest::addColumn<int>("fill"); // bytes
    QTest::addColumn<Truth>("nearLimit");
    QTest::addColumn<Outcome>("outcome");
    QTest::newRow("near its limit") << u"6mb"_s << 8'000'000 << Truth::Met << Outcome::Degraded;
    QTest::newRow("far from its limit") << u"100mb"_s << 1000 << Truth::Unmet << Outcome::Pass;
    QTest::newRow("without a limit there is no ratio") << u"0"_s << 1000 << Truth::NotEvaluable << Outcome::Pass;
}

void TestRealRedis::memory()
{
    QFETCH(QString, limit);
    QFETCH(int, fill);
    QFETCH(Truth, nearLimit);
    RealServer server;
    QVERIFY2(startRedis(server, {u"--maxmemory"_s, limit, u"--maxmemory-policy"_s, u"noeviction"_s}),
             qPrintable(server.error()));
    Client client(server.port());
    QByteArray commands;
    for (int left = fill; left > 0; left -= 1000)
        commands += "SET k" + QByteArray::number(left) + ' ' + QByteArray(1000, 'v') + "\r\n";
    QVERIFY(client.ask(commands + "ECHO done", "done"));
    QCOMPARE(client.heard().contains("-OOM"), limit == "6mb"_L1);
    Endpoint made = redisAt(server.port(), {connected, u"[BODY].memory.policy == noeviction"_s});
    made.degradedWhen.append({.text = u"[BODY].memory.used_ratio > 0.9"_s, .mark = {}});
    const ObservationPtr seen = ProbeRunner().run(made);
    QVERIFY2(!seen->failure, qPrintable(described(seen)));
    QVERIFY2(seen->degradedWhen[0].result == nearLimit, qPrintable(seen->degradedWhen[0].shown));
    QTEST(seen->outcome, "outcome");
    const ObservationPtr write =
        ProbeRunner().run(redisAt(server.port(), {u"[BODY] == OK"_s}, {}, "SET more " + QByteArray(1000, 'v')));
    QVERIFY2(limit == "6mb"_L1 ? tells(write, u"rejected OOM"_s) : described(write).isEmpty(), qPrintable(described(write)));
}

void TestRealRedis::certificates_data()
{
    QTest::addColumn<QString>("clients"); // tls-auth-clients
    QTest::addColumn<bool>("hasCertificate");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("failure");
    QTest::newRow("the right name and root") << u"no"_s << false << u"localhost"_s << QString();
    QTest::newRow("another name") << u"no"_s << false << u"127.0.0.1"_s << u"tls/tls/hostname-mismatch"_s;
    QTest::newRow("a client certificate that it demands") << u"yes"_s << true << u"localhost"_s << QString();
    QTest::newRow("no client certificate although it demands one")
        << u"yes"_s << false << u"localhost"_s << u"tls/tls/ok: the server asked for a client certificate, got none"_s;
}

void TestRealRedis::certificates()
{
    QFETCH(QString, clients);
    QFETCH(bool, hasCertificate);
    QFETCH(QString, host);
    QFETCH(QString, failure);
    RealServer server;
    const Identity root = makeIdentity({.commonName = u"Test Root"_s, .authority = true});
    const Identity leaf = makeIdentity({.commonName = u"localhost"_s, .names = {u"DNS:localhost"_s}}, &root);
    const quint16 port = freePort();
    const QString authority = server.write(u"root.crt"_s, root.certificatePem());
    QVERIFY2(startRedis(server,
                        {u"--tls-port"_s, QString::number(port), u"--tls-cert-file"_s,
                         server.write(u"leaf.crt"_s, leaf.certificatePem()), u"--tls-key-file"_s,
                         server.write(u"leaf.key"_s, leaf.keyPem()), u"--tls-ca-cert-file"_s, authority,
                         u"--tls-auth-clients"_s, clients},
                        port),
             qPrintable(server.error()));
    QTemporaryDir folder;
    Endpoint made = redisAt(port, {connected, u"[BODY].role == master"_s, u"[CHAIN] == ok"_s});
    made.url = made.target = u"rediss://%1:%2"_s.arg(host).arg(port);
    made.client.caFile = writeFile(folder, u"root.crt"_s, root.certificatePem());
    if (hasCertificate) {
        const Identity client = makeIdentity({.commonName = u"client"_s}, &root);
        made.client.certificateFile = writeFile(folder, u"client.crt"_s, client.certificatePem());
        made.client.privateKeyFile = writeFile(folder, u"client.key"_s, client.keyPem());
    }
    const ObservationPtr seen = ProbeRunner().run(made);
    QVERIFY2(tells(seen, failure), qPrintable(described(seen)));
    QVERIFY(seen->tls && !seen->tls->chain.isEmpty());
    made.url = made.target = u"redis://%1:%2"_s.arg(host).arg(port);
    const ObservationPtr plain = ProbeRunner().run(made); // plain Redis on the TLS port
    QVERIFY2(tells(plain, u"closed/wait"_s) || tells(plain, u"protocol"_s), qPrintable(described(plain)));
}

void TestRealRedis::tooManyClientsOverTls()
{
    RealServer server;
    const Identity root = makeIdentity({.commonName = u"Test Root"_s, .authority = true});
    const Identity leaf = makeIdentity({.commonName = u"localhost"_s, .names = {u"IP:127.0.0.1"_s}}, &root);
    const quint16 port = freePort();
    QVERIFY2(startRedis(server,
                        {u"--maxclients"_s, u"1"_s, u"--tls-port"_s, QString::number(port), u"--tls-cert-file"_s,
                         server.write(u"leaf.crt"_s, leaf.certificatePem()), u"--tls-key-file"_s,
                         server.write(u"leaf.key"_s, leaf.keyPem()), u"--tls-ca-cert-file"_s,
                         server.write(u"root.crt"_s, root.certificatePem()), u"--tls-auth-clients"_s, u"no"_s}),
             qPrintable(server.error()));
    Client first(server.port());
    QVERIFY(first.ask("PING", "+PONG"));
    Endpoint made = redisAt(port);
    made.url = made.target = u"rediss://127.0.0.1:%1"_s.arg(port);
    made.client.insecure = true;
    const ObservationPtr seen =
        ProbeRunner().run(made); // Redis drops it before any handshake: there is no word to tell
    QVERIFY2(tells(seen, u"closed/tls"_s), qPrintable(described(seen)));
}

void TestRealRedis::lostItsPrimary()
{
    RealServer primary, replica;
    QVERIFY2(startRedis(primary, {u"--repl-diskless-sync-delay"_s, u"0"_s}), qPrintable(primary.error()));
    QVERIFY2(
        startRedis(replica,
                   {u"--replicaof"_s, u"127.0.0.1"_s, QString::number(primary.port()), u"--replica-serve-stale-data"_s,
                    u"no"_s, u"--repl-timeout"_s, u"5"_s, u"--repl-diskless-load"_s, u"disabled"_s}),
        qPrintable(replica.error()));
    ObservationPtr seen;
    const Endpoint made = redisAt(replica.port(), {connected, u"[BODY].replication.master_link_status == up"_s});
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(made)) && !seen->failure, 15'000);
    primary.stop(SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(made)) && seen->failure, 10'000);
    QVERIFY2(tells(seen, u"rejected MASTERDOWN"_s), qPrintable(described(seen)));
}

void TestRealRedis::lastSaveFailed()
{
    RealServer server;
    QVERIFY2(startRedis(server, {u"--save"_s, u"3600 1"_s}), qPrintable(server.error()));
    QVERIFY(QDir(server.folder()).mkdir(u"dump.rdb"_s)); // it cannot take the place of a folder
    Client client(server.port());
    QVERIFY(client.ask("SET a b\r\nBGSAVE", "Background saving started"));
    QTRY_VERIFY_WITH_TIMEOUT(
        client.ask("INFO persistence", "aof_enabled") && client.heard().contains("rdb_last_bgsave_status:err"), 10'000);
    const ObservationPtr seen = ProbeRunner().run(redisAt(server.port(), {connected, u"[CODE] == MISCONF"_s}));
    QVERIFY2(tells(seen, u"rejected MISCONF: Redis refuses commands because its last save to disk failed"_s),
             qPrintable(described(seen)));
    QCOMPARE(seen->conditions[1].result, Truth::Met);
    server.stop(SIGKILL); // asked to end, it would try to save for ten seconds
}

void TestRealRedis::loading()
{
    RealServer server;
    QVERIFY2(startRedis(server), qPrintable(server.error()));
    Client client(server.port());
    QByteArray commands;
    for (int i = 0; i < 2000; ++i)
        commands += "SET key" + QByteArray::number(i) + ' ' + QByteArray(20, 'v') + "\r\n";
    QVERIFY(client.ask(commands + "SAVE\r\nECHO done", "done"));
    server.stop(SIGKILL);
    QVERIFY2(launchRedis(server,
                         {u"--key-load-delay"_s, u"1000"_s, u"--loading-process-events-interval-bytes"_s, u"1024"_s}),
             qPrintable(server.error()));
    ObservationPtr seen;
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(redisAt(server.port())))
                                 && (!seen->failure || seen->failure->kind != FailureKind::Refused),
                             10'000);
    QVERIFY2(tells(seen, u"rejected LOADING: Redis is still loading its data"_s), qPrintable(described(seen)));
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(redisAt(server.port(), {u"[BODY] == 2000"_s}, {}, "DBSIZE")))
                                 && !seen->failure,
                             20'000);
}

void TestRealRedis::busyWithAScript()
{
    RealServer server;
    QVERIFY2(startRedis(server, {u"--busy-reply-threshold"_s, u"50"_s}), qPrintable(server.error()));
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, server.port());
    client.write("EVAL \"while true do end\" 0\r\n");
    ObservationPtr seen;
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(redisAt(server.port()))) && seen->failure, 10'000);
    QVERIFY2(tells(seen, u"rejected BUSY"_s), qPrintable(described(seen)));
    server.stop(SIGKILL);
}

void TestRealRedis::frozen()
{
    RealServer server;
    QVERIFY2(startRedis(server), qPrintable(server.error()));
    server.signal(SIGSTOP);
    Endpoint made = redisAt(server.port(), {connected, u"[RESPONSE_TIME] < 60000"_s});
    made.client.timeout = 500ms;
    const ObservationPtr seen = ProbeRunner().run(made); // the kernel still accepts for it
    server.signal(SIGCONT);
    QVERIFY2(tells(seen, u"timeout/wait"_s), qPrintable(described(seen)));
    QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
    QCOMPARE(described(ProbeRunner().run(redisAt(server.port()))), QString());
}

void TestRealRedis::killedWhileAsked()
{
    RealServer server;
    QVERIFY2(startRedis(server), qPrintable(server.error()));
    Client client(server.port());
    const Endpoint made = redisAt(server.port(), {connected}, {}, "BLPOP queue 30");
    ProbeInFlight probe(made);
    QTRY_VERIFY_WITH_TIMEOUT(
        client.ask("INFO clients", "clients_in_timeout_table") && client.heard().contains("blocked_clients:1"), 10'000);
    server.signal(SIGKILL);
    const ObservationPtr seen = probe.result();
    QVERIFY2(tells(seen, u"closed/wait: the server closed or reset the connection before it answered BLPOP"_s),
             qPrintable(described(seen)));
}

void TestRealRedis::restarted()
{
    RealServer server;
    QVERIFY2(startRedis(server), qPrintable(server.error()));
    QCOMPARE(described(ProbeRunner().run(redisAt(server.port()))), QString());
    server.stop();
    QVERIFY2(tells(ProbeRunner().run(redisAt(server.port())), u"refused/connect"_s), "it is down");
    QVERIFY2(startRedis(server), qPrintable(server.error()));
    QCOMPARE(described(ProbeRunner().run(redisAt(server.port(), {u"[BODY].uptime_seconds < 30"_s}))), QString());
}

void TestRealRedis::askedInHttp()
{
    RealServer server;
    QVERIFY2(startRedis(server), qPrintable(server.error()));
    const ObservationPtr seen =
        ProbeRunner().run(endpointFor(u"http://127.0.0.1:%1/"_s.arg(server.port()), {u"[STATUS] == 200"_s}));
    QVERIFY2(tells(seen, u"closed"_s) || tells(seen, u"protocol"_s), qPrintable(described(seen)));
    QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
}

QTEST_GUILESS_MAIN(TestRealRedis)
#include "tst_real_redis.moc"
