// Probes through Debian's HAProxy: its own answers for a backend that is missing, down, full or slow, its TLS, and
// TCP that it passes on to a real Redis.
#include "realprobe.h"
#include "support/debianservers.h"
#include "support/faultserver.h"

#include <QTcpSocket>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

enum Door { Http, Tls, LeafOnly, Redis, DeadRedis, Narrow, ProxyProtocol, Buffered, doorCount };

const QString ok = u"[STATUS] == 200"_s;
const QByteArray page = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

} // namespace

class TestRealHaproxy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init()
    {
        failOnWarnings();
        m_fine->setScript({.bytes = page, .then = Then::Close});
        m_silent->setScript({});
    }

    void answers_data();
    void answers();
    void fullServer_data();
    void fullServer();
    void fullFrontend();
    void downByHealthCheckAndUpAgain();
    void tcpConversations_data();
    void tcpConversations();
    void redis();
    void redisGoesAway();
    void killedWhileAnswering();

private:
    QString at(Door door, const QString &path, const QString &scheme = u"http"_s) const
    {
        return u"%1://127.0.0.1:%2%3"_s.arg(scheme).arg(m_ports[door]).arg(path);
    }
    Endpoint endpoint(const QString &url, const QStringList &conditions) const
    {
        Endpoint made = endpointFor(url, conditions);
        for (const auto &[scheme, kind] :
             {std::pair("redis:"_L1, Kind::Redis), std::pair("tcp:"_L1, Kind::Tcp), std::pair("tls:"_L1, Kind::Tls)}) {
            if (url.startsWith(scheme))
                made.kind = kind;
        }
        made.client.caFile = m_caFile;
        return made;
    }

    RealServer m_server, m_redis;
    std::array<quint16, doorCount> m_ports{};
    std::unique_ptr<FaultServer> m_fine, m_silent, m_checked;
    QByteArray m_config;
    QTemporaryDir m_folder;
    QString m_caFile;
};

void TestRealHaproxy::initTestCase()
{
    m_fine = std::make_unique<FaultServer>(Script{});
    m_silent = std::make_unique<FaultServer>(Script{});
    m_checked = std::make_unique<FaultServer>(Script{.bytes = page, .then = Then::Close});
    m_ports[Http] = m_server.port();
    for (int door = Tls; door < doorCount; ++door)
        m_ports[static_cast<std::size_t>(door)] = freePort();
    QVERIFY2(startRedis(m_redis), qPrintable(m_redis.error()));
    const Identity root = makeIdentity({.commonName = u"Test Root"_s, .authority = true});
    const Identity intermediate = makeIdentity({.commonName = u"Test Issuing CA R11"_s, .authority = true}, &root);
    const Identity leaf = makeIdentity({.commonName = u"balancer"_s, .names = {u"IP:127.0.0.1"_s}}, &intermediate);
    m_caFile = writeFile(m_folder, u"root.pem"_s, root.certificatePem());
    const QByteArray whole =
        m_server.write(u"whole.pem"_s, leaf.certificatePem() + intermediate.certificatePem() + leaf.keyPem())
            .toLatin1();
    const QByteArray alone = m_server.write(u"alone.pem"_s, leaf.certificatePem() + leaf.keyPem()).toLatin1();
    const auto bind = [&](Door door) { return "  bind 127.0.0.1:" + QByteArray::number(m_ports[door]); };
    const auto to = [](quint16 port) { return " 127.0.0.1:" + QByteArray::number(port); };
    m_config = "frontend web\n" + bind(Http) + "\n" + bind(Tls) + " ssl crt " + whole + " alpn h2,http/1.1\n"
        + bind(LeafOnly) + " ssl crt " + alone + R"(
  http-request deny deny_status 429 if { path /denied }
  http-request return status 503 content-type text/plain string "maintenance" if { path /maintenance }
  http-request redirect location /fine if { path /moved }
  use_backend %[path,field(2,/)]
  default_backend empty
backend empty
backend fine
  server s)"
        + to(m_fine->port()) + "\nbackend dead\n  server s" + to(closedPort())
        + "\nbackend silent\n  timeout server 300ms\n  server s" + to(m_silent->port())
        + "\nbackend checked\n  option httpchk GET /health\n  server s" + to(m_checked->port())
        + " check inter 100ms fall 1 rise 1" + "\nbackend refusedbycheck\n  server s" + to(closedPort())
        + " check inter 100ms fall 1" + "\nbackend one\n  server s" + to(m_silent->port()) + " maxconn 1"
        + "\nbackend few\n  fullconn 100\n  server s" + to(m_silent->port()) + " minconn 1 maxconn 10"
        + "\nfrontend narrow\n" + bind(Narrow) + "\n  maxconn 1\n  default_backend silent" + "\nfrontend buffered\n"
        + bind(Buffered) + "\n  option http-buffer-request\n  default_backend fine" + "\nfrontend knowing\n"
        + bind(ProxyProtocol) + " accept-proxy\n  default_backend fine" + "\nlisten redis\n  mode tcp\n" + bind(Redis)
        + "\n  server s" + to(m_redis.port()) + "\nlisten deadredis\n  mode tcp\n" + bind(DeadRedis) + "\n  server s"
        + to(closedPort()) + "\n";
    init();
    QVERIFY2(startHaproxy(m_server, m_config), qPrintable(m_server.error()));
}

void TestRealHaproxy::answers_data()
{
    using Change = std::function<void(Endpoint &)>;
    QTest::addColumn<QString>("url");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QStringList>("holds");
    QTest::addColumn<QString>("failure"); // how described() begins
    const Change none = [](Endpoint &) {};
    const Change post = [](Endpoint &made) {
        made.method = u"POST"_s;
        made.body = "part";
        made.headers.emplaceBack("Content-Length", "1000");
    };
    const auto row = [](const char *title, const QString &url, const Change &change, const QStringList &holds,
                        const QString &failure = {}) { QTest::newRow(title) << url << change << holds << failure; };
    const QString s = u"https"_s, no = u"condition: [STATUS] (%1) == 200"_s, no503 = no.arg(503);
    row("a backend that answers", at(Http, u"/fine"_s), none, {u"[BODY] == fine"_s});
    row("a backend that answers, behind TLS and HTTP/2", at(Tls, u"/fine"_s, s), none,
        {u"[BODY] == fine"_s, u"[CHAIN] == ok"_s});
    row("a backend without servers is 503", at(Http, u"/empty"_s), none,
        {u"[BODY] == pat(*No server is available to handle this request*)"_s}, no503);
    row("no such backend, so the empty one", at(Http, u"/nowhere"_s), none, {u"[STATUS] == 503"_s}, no503);
    row("a backend without servers is 503 over HTTP/2", at(Tls, u"/empty"_s, s), none, {u"[STATUS] == 503"_s}, no503);
    row("a server that refuses is 503", at(Http, u"/dead"_s), none, {u"[STATUS] == 503"_s}, no503);
    row("a server that is silent is 504", at(Http, u"/silent"_s), none, {u"[STATUS] == 504"_s}, no.arg(504));
    row("a server that is silent is 504 over HTTP/2", at(Tls, u"/silent"_s, s), none, {u"[STATUS] == 504"_s},
        no.arg(504));
    row("maintenance", at(Http, u"/maintenance"_s), none, {u"[BODY] == maintenance"_s}, no503);
    row("a limit on requests is 429", at(Http, u"/denied"_s), none, {u"[STATUS] == 429"_s}, no.arg(429));
    row("a redirect", at(Http, u"/moved"_s), none, {u"[BODY] == fine"_s});
    row("a body that never comes is 408", at(Buffered, u"/fine"_s), post, {u"[STATUS] == 408"_s}, no.arg(408));
    row(
        "a header that is too large is 400", at(Http, u"/fine"_s),
        [](Endpoint &made) { made.headers.emplaceBack("X-Large", QByteArray(40'000, 'h')); }, {u"[STATUS] == 400"_s},
        no.arg(400));
    row("a WebSocket to a backend without servers", at(Http, u"/empty"_s, u"ws"_s), none, {},
        u"rejected: server rejected WebSocket connection: HTTP 503"_s);
    row("a WebSocket to a server that refuses", at(Tls, u"/dead"_s, u"wss"_s), none, {},
        u"rejected: server rejected WebSocket connection: HTTP 503"_s);
    row("a certificate without its intermediate", at(LeafOnly, u"/fine"_s, s), none, {}, u"tls/tls/incomplete"_s);
    row("a certificate without its intermediate, only TLS asked", at(LeafOnly, {}, u"tls"_s), none,
        {u"[CHAIN] == incomplete"_s}, u"tls/tls/incomplete"_s);
    row("TLS on the plain port", at(Http, u"/fine"_s, s), none, {}, u"tls/tls"_s);
    row("plain HTTP on the TLS port", at(Tls, u"/fine"_s), none, {}, u"closed/wait"_s);
    row("a port that wants the PROXY protocol", at(ProxyProtocol, u"/fine"_s), none, {}, u"closed/wait"_s);
}

void TestRealHaproxy::answers()
{
    QFETCH(QString, url);
    QFETCH(std::function<void(Endpoint &)>, change);
    QFETCH(QStringList, holds);
    QFETCH(QString, failure);
    Endpoint made = endpoint(url, QStringList{ok} + holds);
    change(made);
    const ObservationPtr seen = ProbeRunner().run(made);
    QVERIFY2(tells(seen, failure), qPrintable(described(seen)));
    for (const ConditionResult &result : seen->conditions.sliced(1))
        QVERIFY2(result.result == Truth::Met, qPrintable(result.shown));
    if (!holds.isEmpty() && !url.startsWith("tls"_L1))
        QCOMPARE(seen->protocol, url.startsWith("https"_L1) ? u"h2"_s : u"http/1.1"_s);
}

void TestRealHaproxy::fullServer_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("maxconn of the server is reached") << u"/one"_s;
    QTest::newRow("minconn is reached and fullconn is far") << u"/few"_s;
}

void TestRealHaproxy::fullServer()
{
    QFETCH(QString, path);
    const int before = m_silent->requests();
    QTcpSocket first;
    first.connectToHost(QHostAddress::LocalHost, m_ports[Http]);
    first.write("GET " + path.toLatin1() + " HTTP/1.1\r\nHost: x\r\n\r\n");
    QTRY_COMPARE(m_silent->requests(), before + 1);
    const ObservationPtr seen =
        ProbeRunner().run(endpoint(at(Http, path), {ok, u"[PHASE].wait > 200"_s})); // its time in the queue
    QCOMPARE(described(seen), u"condition: [STATUS] (503) == 200"_s);
    QVERIFY2(seen->conditions[1].result == Truth::Met, qPrintable(seen->conditions[1].shown));
    QCOMPARE(m_silent->requests(), before + 1);
    first.abort();
}

void TestRealHaproxy::fullFrontend()
{
    m_silent->setScript({.bytes = page, .then = Then::Close});
    QTcpSocket first;
    first.connectToHost(QHostAddress::LocalHost, m_ports[Narrow]);
    first.write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    QTRY_VERIFY(first.bytesAvailable() > 0); // answered, and kept alive
    Endpoint made = endpoint(at(Narrow, u"/x"_s), {ok});
    made.client.timeout = 200ms;
    const ObservationPtr seen = ProbeRunner().run(made); // the kernel took the connection, HAProxy did not
    QVERIFY2(tells(seen, u"timeout/wait"_s), qPrintable(described(seen)));
    first.abort();
    made.client.timeout = 5s;
    QCOMPARE(described(ProbeRunner().run(made)), QString());
}

void TestRealHaproxy::downByHealthCheckAndUpAgain()
{
    const Endpoint made = endpoint(at(Http, u"/checked"_s), {ok});
    ObservationPtr seen;
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(made)) && !seen->failure, 5000);
    m_checked->setScript({.bytes = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", .then = Then::Close});
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(made)) && seen->status == 503, 5000);
    QCOMPARE(described(seen), u"condition: [STATUS] (503) == 200"_s);
    m_checked->setScript({.bytes = page, .then = Then::Close});
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(made)) && !seen->failure, 5000);
    const ObservationPtr refused = ProbeRunner().run(endpoint(at(Http, u"/refusedbycheck"_s), {ok}));
    QCOMPARE(described(refused), u"condition: [STATUS] (503) == 200"_s);
}

void TestRealHaproxy::tcpConversations_data()
{
    QTest::addColumn<Door>("door");
    QTest::addColumn<QByteArray>("send");
    QTest::addColumn<QString>("condition");
    QTest::addColumn<QString>("failure");
    QTest::newRow("half a request is answered with 408")
        << Http << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n") << u"[BODY] == pat(HTTP/1.? 408 *)"_s << QString();
    QTest::newRow("no HTTP is answered with 400")
        << Http << QByteArray("PING\r\n\r\n") << u"[BODY] == pat(HTTP/1.? 400 *)"_s << QString();
    QTest::newRow("Redis behind it answers")
        << Redis << QByteArray("PING\r\n") << u"[BODY] == pat(+PONG*)"_s << QString();
    QTest::newRow("with a dead Redis behind it the connection stands and breaks")
        << DeadRedis << QByteArray("PING\r\n") << u"[BODY] == pat(+PONG*)"_s << u"closed/"_s;
    QTest::newRow("with a dead Redis behind it a mere connection proves nothing more")
        << DeadRedis << QByteArray() << u"[CONNECTED] == true"_s << QString();
}

void TestRealHaproxy::tcpConversations()
{
    QFETCH(Door, door);
    QFETCH(QByteArray, send);
    QFETCH(QString, condition);
    QFETCH(QString, failure);
    Endpoint made = endpoint(at(door, {}, u"tcp"_s), {condition});
    made.body = send;
    const ObservationPtr seen = ProbeRunner().run(made);
    QVERIFY2(tells(seen, failure), qPrintable(described(seen) + seen->conditions[0].shown));
}

void TestRealHaproxy::redis()
{
    const QStringList conditions{u"[CONNECTED] == true"_s, u"[BODY].redis_version == pat(7.*)"_s};
    QCOMPARE(described(ProbeRunner().run(endpoint(at(Redis, {}, u"redis"_s), conditions))), QString());
    const ObservationPtr dead = ProbeRunner().run(endpoint(at(DeadRedis, {}, u"redis"_s), conditions));
    QVERIFY2(tells(dead, u"closed/wait: the server closed or reset the connection before it answered PING"_s),
             qPrintable(described(dead)));
    QVERIFY2(dead->failure->hint.contains(u"proxy"_s), qPrintable(dead->failure->hint));
    QCOMPARE(dead->conditions[1].result, Truth::NotEvaluable);
}

void TestRealHaproxy::redisGoesAway()
{
    m_redis.stop(SIGKILL);
    const Endpoint made = endpoint(at(Redis, {}, u"redis"_s), {u"[CONNECTED] == true"_s});
    const ObservationPtr gone = ProbeRunner().run(made);
    QVERIFY2(startRedis(m_redis), qPrintable(m_redis.error()));
    QVERIFY2(tells(gone, u"closed/wait"_s), qPrintable(described(gone)));
    QCOMPARE(described(ProbeRunner().run(made)), QString());
}

void TestRealHaproxy::killedWhileAnswering()
{
    m_fine->setScript({.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf of it"});
    const int before = m_fine->requests();
    const Endpoint made = endpoint(at(Http, u"/fine"_s), {ok});
    ProbeInFlight probe(made);
    QTRY_COMPARE(m_fine->requests(), before + 1);
    QTest::qWait(200); // the half has come through
    m_server.stop(SIGKILL);
    const ObservationPtr seen = probe.result();
    QVERIFY2(tells(seen, u"closed/receive"_s), qPrintable(described(seen)));
    QVERIFY2(tells(ProbeRunner().run(made), u"refused"_s), "HAProxy is gone");
    QVERIFY2(startHaproxy(m_server, m_config), qPrintable(m_server.error()));
    m_fine->setScript({.bytes = page, .then = Then::Close});
    QCOMPARE(described(ProbeRunner().run(made)), QString());
}

QTEST_GUILESS_MAIN(TestRealHaproxy)
#include "tst_real_haproxy.moc"
