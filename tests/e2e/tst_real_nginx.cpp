// http://, https://, ws:// and tls:// against Debian's nginx: its answers, its refusals, its certificates, its end.
#include "realprobe.h"
#include "support/debianservers.h"
#include "support/faultserver.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

/// What nginx listens on besides its own port.
enum Door { Plain, Tls, LeafOnly, Expired, OtherName, AsksCertificate, OldTls, NoHttp2, RefusesNames, doorCount };

const QByteArray locations = R"(
  location = /ok { return 200 "all is well\n"; }
  location = /maintenance { return 503; }
  location = /nothing { return 444; }
  location = /gone { return 410; }
  location = /moved { return 301 /ok; }
  location = /elsewhere { return 302 /moved; }
  location = /round { return 302 /about; }
  location = /about { return 302 /round; }
  location = /downgrade { return 302 http://127.0.0.1:$server_port/ok; }
  location = /big.txt { }
  location = /slow { limit_rate 2k; alias big.txt; }
  location = /one { limit_conn one 1; limit_conn_status 503; limit_rate 2k; alias big.txt; }
  location = /seldom { limit_req zone=seldom; limit_req_status 503; alias small.txt; }
  location = /small.txt { }
  location = /limited { client_max_body_size 1k; proxy_pass http://127.0.0.1:DEAD; }
)";

const QByteArray passedOn = R"(
  proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
  proxy_read_timeout 300ms; proxy_buffering off;
  location /dead/ { proxy_pass http://127.0.0.1:DEAD; }
  location /upstream/ { proxy_pass http://127.0.0.1:UPSTREAM; }
  location /patient/ { proxy_read_timeout 5s; proxy_pass http://127.0.0.1:UPSTREAM; }
)";

} // namespace

class TestRealNginx : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { failOnWarnings(); }

    void aMissingServerNamesItsPackage();
    void answers_data();
    void answers();
    void upstreams_data();
    void upstreams();
    void crowd_data();
    void crowd();
    void certificates_data();
    void certificates();
    void compressed();
    void keepAlive();
    void webSockets_data();
    void webSockets();
    void killedWhileAnswering_data();
    void killedWhileAnswering();

private:
    bool start();
    QString at(Door door, const QString &path, const QString &scheme = {}) const
    {
        const QString name = !scheme.isEmpty() ? scheme : door == Plain ? u"http"_s : u"https"_s;
        return u"%1://127.0.0.1:%2%3"_s.arg(name).arg(m_ports[door]).arg(path);
    }
    Endpoint endpoint(const QString &url, const QStringList &conditions) const
    {
        Endpoint made = endpointFor(url, conditions);
        if (url.startsWith("tls:"_L1))
            made.kind = Kind::Tls;
        made.client.caFile = m_caFile;
        return made;
    }

    std::unique_ptr<RealServer> m_server;
    std::array<quint16, doorCount> m_ports{};
    QByteArray m_http;
    QTemporaryDir m_folder;
    QString m_caFile;
    Identity m_root, m_intermediate;
    std::unique_ptr<FaultServer> m_upstream;
};

void TestRealNginx::initTestCase()
{
    m_server = std::make_unique<RealServer>();
    m_upstream = std::make_unique<FaultServer>(Script{});
    m_ports[Plain] = m_server->port();
    for (int door = Tls; door < doorCount; ++door)
        m_ports[static_cast<std::size_t>(door)] = freePort();
    m_root = makeIdentity({.commonName = u"Test Root"_s, .authority = true});
    m_intermediate = makeIdentity({.commonName = u"Test Issuing CA R11"_s, .authority = true}, &m_root);
    m_caFile = writeFile(m_folder, u"root.pem"_s, m_root.certificatePem());
    const QStringList here{u"IP:127.0.0.1"_s};
    const Identity good = makeIdentity({.commonName = u"good"_s, .names = here}, &m_intermediate);
    const Identity old =
        makeIdentity({.commonName = u"old"_s, .names = here, .validFromDays = -90, .validToDays = -3}, &m_intermediate);
    const Identity other = makeIdentity({.commonName = u"other"_s, .names = {u"DNS:other.test"_s}}, &m_intermediate);
    const QByteArray link = m_intermediate.certificatePem();
    m_server->write(u"root.crt"_s, m_root.certificatePem() + link);
    m_server->write(u"big.txt"_s, QByteArray(64 * 1024, 'x'));
    m_server->write(u"small.txt"_s, "small\n");
    const auto served = [&](Door door, const Identity &leaf, const QByteArray &chain, const QByteArray &more = {},
                            const QByteArray &version = "http2") {
        const QByteArray number = QByteArray::number(door);
        m_server->write(QString::fromLatin1(number + ".crt"), chain);
        m_server->write(QString::fromLatin1(number + ".key"), leaf.keyPem());
        return " server { listen 127.0.0.1:" + QByteArray::number(m_ports[door]) + " ssl " + version
            + ";\n  ssl_certificate " + number + ".crt; ssl_certificate_key " + number + ".key;\n " + more + locations
            + passedOn + " }\n";
    };
    m_http = " limit_conn_zone $server_port zone=one:64k;\n limit_req_zone $server_port zone=seldom:64k rate=1r/m;\n "
             "gzip on;\n gzip_types text/plain;\n ssl_protocols TLSv1.2 TLSv1.3;\n"
             " server { listen 127.0.0.1:"
        + QByteArray::number(m_ports[Plain]) + ";\n" + locations + passedOn + " }\n"
        + served(Tls, good, good.certificatePem() + link) + served(LeafOnly, good, good.certificatePem())
        + served(Expired, old, old.certificatePem() + link) + served(OtherName, other, other.certificatePem() + link)
        + served(AsksCertificate, good, good.certificatePem() + link,
                 "ssl_verify_client on; ssl_client_certificate root.crt;")
        + served(OldTls, good, good.certificatePem() + link, "ssl_protocols TLSv1.2;")
        + served(NoHttp2, good, good.certificatePem() + link, {}, {})
        + served(RefusesNames, good, good.certificatePem() + link, "ssl_reject_handshake on;");
    m_http.replace("DEAD", QByteArray::number(closedPort()))
        .replace("UPSTREAM", QByteArray::number(m_upstream->port()));
    QVERIFY2(start(), qPrintable(m_server->error()));
}

bool TestRealNginx::start() { return startNginx(*m_server, m_http); }

void TestRealNginx::aMissingServerNamesItsPackage()
{
    RealServer server;
    QVERIFY(!server.start(u"/nowhere/nginx"_s, {}));
    QVERIFY2(server.error().contains(u"Debian package nginx-light"_s), qPrintable(server.error()));
}

void TestRealNginx::answers_data()
{
    using Change = std::function<void(Endpoint &)>;
    QTest::addColumn<QString>("url");
    QTest::addColumn<Change>("change");
    QTest::addColumn<QStringList>("holds");
    QTest::addColumn<QString>("failure"); // how described() begins
    const Change none = [](Endpoint &) {};
    const auto header = [](const QByteArray &key, const QByteArray &value) -> Change {
        return [=](Endpoint &made) { made.headers.emplaceBack(key, value); };
    };
    const auto row = [](const char *title, const QString &url, const Change &change, const QStringList &holds,
                        const QString &failure = {}) { QTest::newRow(title) << url << change << holds << failure; };
    const QString bad = u"condition: [STATUS]"_s;
    row("a page", at(Plain, u"/ok"_s), none,
        {u"[STATUS] == 200"_s, u"[BODY] == pat(all is well*)"_s, u"[HEADER].server == pat(nginx/*)"_s});
    row("a page over HTTP/2", at(Tls, u"/ok"_s), none,
        {u"[STATUS] == 200"_s, u"[BODY] == pat(all is well*)"_s, u"[TLS_VERSION] == TLSv1.3"_s, u"[CHAIN] == ok"_s});
    row("HEAD", at(Plain, u"/ok"_s), [](Endpoint &made) { made.method = u"HEAD"_s; },
        {u"[STATUS] == 200"_s, u"[HEADER].content-length == 12"_s});
    row("HEAD over HTTP/2", at(Tls, u"/ok"_s), [](Endpoint &made) { made.method = u"HEAD"_s; }, {u"[STATUS] == 200"_s});
    row("a file of 64 KiB", at(Plain, u"/big.txt"_s), none, {u"len([BODY]) == 65536"_s});
    row("a file of 64 KiB over HTTP/2", at(Tls, u"/big.txt"_s), none, {u"len([BODY]) == 65536"_s});
    row("503 for maintenance", at(Plain, u"/maintenance"_s), none,
        {u"[STATUS] == 503"_s, u"[BODY] == pat(*503 Service Temporarily Unavailable*)"_s}, bad);
    row("503 for maintenance over HTTP/2", at(Tls, u"/maintenance"_s), none, {u"[STATUS] == 503"_s}, bad);
    row("404", at(Plain, u"/nowhere"_s), none, {u"[STATUS] == 404"_s}, bad);
    row("no answer at all (444)", at(Plain, u"/nothing"_s), none, {}, u"closed/wait"_s);
    row("no answer at all (444) over HTTP/2", at(Tls, u"/nothing"_s), none, {},
        u"protocol/wait: the server reset the stream before its answer was complete"_s);
    row("a redirect is followed", at(Plain, u"/elsewhere"_s), none,
        {u"[STATUS] == 200"_s, u"[BODY] == pat(all is well*)"_s});
    row("a redirect over HTTP/2 is followed", at(Tls, u"/moved"_s), none, {u"[STATUS] == 200"_s});
    row(
        "a redirect is an answer where none is to be followed", at(Plain, u"/moved"_s),
        [](Endpoint &made) { made.client.ignoreRedirect = true; },
        {u"[STATUS] == 301"_s, u"[HEADER].location == pat(*/ok)"_s}, bad);
    row("redirects in a circle", at(Plain, u"/round"_s), none, {}, u"redirect/receive"_s);
    row("a redirect that gives up encryption", at(Tls, u"/downgrade"_s), none, {}, u"redirect/receive"_s);
    row("a request header that is too large is 400", at(Plain, u"/ok"_s), header("X-Large", QByteArray(40'000, 'h')),
        {u"[STATUS] == 400"_s, u"[BODY] == pat(*Request Header Or Cookie Too Large*)"_s}, bad);
    row("a request header that is too large ends the connection over HTTP/2", at(Tls, u"/ok"_s),
        header("X-Large", QByteArray(40'000, 'h')), {},
        u"closed/wait: the server ended the connection (GOAWAY) before it answered: ENHANCE_YOUR_CALM"_s);
    row("an address that is too long is 414", at(Plain, u"/ok?"_s + QString(9000, u'q')), none, {u"[STATUS] == 414"_s},
        bad);
    row(
        "a body that is too large is 413, although nobody reads it", at(Plain, u"/limited"_s),
        [](Endpoint &made) {
            made.method = u"POST"_s;
            made.body = QByteArray(3'000'000, 'b');
        },
        {u"[STATUS] == 413"_s}, bad);
    row(
        "a body that is too large over HTTP/2 is 413", at(Tls, u"/limited"_s),
        [](Endpoint &made) {
            made.method = u"POST"_s;
            made.body = QByteArray(3'000'000, 'b');
        },
        {u"[STATUS] == 413"_s}, bad);
    row("plain HTTP on the TLS port is 400", at(Tls, u"/ok"_s, u"http"_s), none,
        {u"[STATUS] == 400"_s, u"[BODY] == pat(*plain HTTP request was sent to HTTPS port*)"_s}, bad);
    row("TLS on the plain port", at(Plain, u"/ok"_s, u"https"_s), none, {},
        u"tls/tls: the server does not speak TLS on this port"_s);
    row(
        "HTTP/2 where there is only 1.1", at(NoHttp2, u"/ok"_s),
        [](Endpoint &made) { made.client.httpVersion = HttpVersion::Http2; }, {},
        u"tls/tls: the server speaks none of the protocols that were offered in the TLS handshake: h2"_s);
    row("HTTP/1.1 asked of a server that has both", at(Tls, u"/ok"_s),
        [](Endpoint &made) { made.client.httpVersion = HttpVersion::Http11; }, {u"[STATUS] == 200"_s});
    row(
        "HTTP/2 without TLS where there is none", at(Plain, u"/ok"_s),
        [](Endpoint &made) { made.client.httpVersion = HttpVersion::Http2; }, {}, u"protocol"_s);
    row(
        "slower than the deadline", at(Plain, u"/slow"_s), [](Endpoint &made) { made.client.timeout = 700ms; }, {},
        u"timeout/receive"_s);
    row(
        "larger than the limit", at(Plain, u"/big.txt"_s), [](Endpoint &made) { made.client.maxBodyBytes = 1000; }, {},
        u"oversize"_s);
}

void TestRealNginx::answers()
{
    QFETCH(QString, url);
    QFETCH(std::function<void(Endpoint &)>, change);
    QFETCH(QStringList, holds);
    QFETCH(QString, failure);
    Endpoint made = endpoint(url, QStringList{u"[STATUS] == 200"_s} + holds);
    change(made);
    const ObservationPtr seen = ProbeRunner().run(made);
    QVERIFY2(tells(seen, failure), qPrintable(described(seen)));
    for (const ConditionResult &result : seen->conditions.sliced(1))
        QVERIFY2(result.result == Truth::Met, qPrintable(result.shown));
    if (seen->answered) {
        const bool one = made.client.httpVersion == HttpVersion::Http11 || url.startsWith("http:"_L1);
        QCOMPARE(seen->protocol, one ? u"http/1.1"_s : u"h2"_s);
    } else {
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
    }
}

void TestRealNginx::upstreams_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Script>("script");
    QTest::addColumn<QString>("failure"); // how described() begins
    QTest::addColumn<QString>("overHttp2");
    const auto row = [](const char *title, const QString &path, const Script &script, const QString &failure,
                        const std::optional<QString> &overHttp2 = {}) {
        QTest::newRow(title) << path << script << failure << overHttp2.value_or(failure);
    };
    const QString two = u"condition: [STATUS] (502) == 200"_s, four = u"condition: [STATUS] (504) == 200"_s;
    const QByteArray large = "X-Large: " + QByteArray(20'000, 'h') + "\r\n";
    row("an upstream on which nothing listens is 502", u"/dead/"_s, Script{}, two);
    row("an upstream that takes the request and says nothing is 504", u"/upstream/"_s, Script{}, four);
    row("an upstream that closes is 502", u"/upstream/"_s, Script{.then = Then::Close}, two);
    row("an upstream that resets is 502", u"/upstream/"_s, Script{.then = Then::Reset}, two);
    row("an upstream that is no HTTP server passes for HTTP/0.9", u"/upstream/"_s,
        Script{.bytes = "+PONG\r\n\r\n", .then = Then::Close}, u"protocol/receive: the answer is not HTTP"_s,
        u"protocol/receive: the answer's status is 000"_s);
    row("an upstream with a header beyond nginx's buffer is 502", u"/upstream/"_s,
        Script{.bytes = "HTTP/1.1 200 OK\r\n" + large + "Content-Length: 2\r\n\r\nok", .then = Then::Close}, two);
    row("an upstream's own 503 is passed on", u"/upstream/"_s,
        Script{.bytes = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy", .then = Then::Close},
        u"condition: [STATUS] (503) == 200"_s);
    row("an upstream that breaks off in the middle is closed", u"/upstream/"_s,
        Script{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf of it", .then = Then::Close},
        u"closed/receive"_s);
    row("an upstream that falls silent in the middle is closed", u"/upstream/"_s,
        Script{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nhalf of it"}, u"closed/receive"_s);
    row("an upstream that breaks off in the middle of a chunk is closed", u"/upstream/"_s,
        Script{.bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf of it", .then = Then::Close},
        u"closed/receive"_s);
    row("an upstream that answers", u"/upstream/"_s,
        Script{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine", .then = Then::Close}, QString());
}

void TestRealNginx::upstreams()
{
    QFETCH(QString, path);
    QFETCH(Script, script);
    QFETCH(QString, failure);
    QFETCH(QString, overHttp2);
    m_upstream->setScript(script);
    for (const Door door : {Plain, Tls}) {
        const ObservationPtr seen = ProbeRunner().run(endpoint(at(door, path), {u"[STATUS] == 200"_s}));
        QVERIFY2(tells(seen, door == Plain ? failure : overHttp2), qPrintable(at(door, path) + u' ' + described(seen)));
    }
}

void TestRealNginx::crowd_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("more connections than limit_conn") << u"/one"_s;
    QTest::newRow("more requests than limit_req") << u"/seldom"_s;
}

void TestRealNginx::crowd()
{
    QFETCH(QString, path);
    QTcpSocket first;
    first.connectToHost(QHostAddress::LocalHost, m_ports[Plain]);
    first.write("GET " + path.toLatin1() + " HTTP/1.1\r\nHost: x\r\n\r\n");
    QTRY_VERIFY(first.bytesAvailable() > 0);
    QVERIFY(first.peek(15).startsWith("HTTP/1.1 200"));
    const ObservationPtr seen = ProbeRunner().run(endpoint(at(Plain, path), {u"[STATUS] == 200"_s}));
    QVERIFY2(described(seen) == "condition: [STATUS] (503) == 200"_L1, qPrintable(described(seen)));
    QCOMPARE(seen->status.value(), 503);
}

void TestRealNginx::certificates_data()
{
    QTest::addColumn<Door>("door");
    QTest::addColumn<QString>("https");
    QTest::addColumn<QString>("tls");
    const QString asks = u"condition: [STATUS] (400) == 200"_s;
    QTest::newRow("a whole chain") << Tls << QString() << QString();
    QTest::newRow("only the leaf is served") << LeafOnly << u"tls/tls/incomplete"_s << u"tls/tls/incomplete"_s;
    QTest::newRow("expired") << Expired << u"tls/tls/expired"_s << u"tls/tls/expired"_s;
    QTest::newRow("for another name") << OtherName << u"tls/tls/hostname-mismatch"_s << u"tls/tls/hostname-mismatch"_s;
    QTest::newRow("only TLS 1.2") << OldTls << QString() << QString();
    QTest::newRow("no certificate for this name (ssl_reject_handshake)")
        << RefusesNames << u"tls/tls: "_s << u"tls/tls: "_s;
    QTest::newRow("demands a client certificate: nginx lets the handshake pass and answers 400")
        << AsksCertificate << asks << QString();
}

void TestRealNginx::certificates()
{
    QFETCH(Door, door);
    QFETCH(QString, https);
    QFETCH(QString, tls);
    const ObservationPtr page = ProbeRunner().run(endpoint(at(door, u"/ok"_s), {u"[STATUS] == 200"_s}));
    QVERIFY2(tells(page, https), qPrintable(described(page)));
    const ObservationPtr socket = ProbeRunner().run(endpoint(at(door, {}, u"tls"_s), {u"[CONNECTED] == true"_s}));
    QVERIFY2(tells(socket, tls), qPrintable(described(socket)));
    if (door == LeafOnly) {
        QVERIFY2(page->failure->message.contains(u"Test Issuing CA R11"_s), qPrintable(page->failure->message));
        QCOMPARE(page->tls->chain.size(), 1);
        Endpoint lenient = endpoint(at(door, u"/ok"_s), {u"[STATUS] == 200"_s, u"[CHAIN] == incomplete"_s});
        lenient.client.insecure = true;
        QCOMPARE(described(ProbeRunner().run(lenient)), QString());
    } else if (door == OldTls) {
        QCOMPARE(page->tls->version, u"TLSv1.2"_s);
    } else if (door == AsksCertificate) {
        QVERIFY2(page->excerpt.contains(u"No required SSL certificate was sent"_s), qPrintable(page->excerpt));
        const Identity client = makeIdentity({.commonName = u"client"_s}, &m_root),
                       stranger = makeIdentity({.commonName = u"stranger"_s});
        Endpoint known = endpoint(at(door, u"/ok"_s), {u"[STATUS] == 200"_s});
        known.client.certificateFile = writeFile(m_folder, u"client.crt"_s, client.certificatePem());
        known.client.privateKeyFile = writeFile(m_folder, u"client.key"_s, client.keyPem());
        QCOMPARE(described(ProbeRunner().run(known)), QString());
        known.client.certificateFile = writeFile(m_folder, u"stranger.crt"_s, stranger.certificatePem());
        known.client.privateKeyFile = writeFile(m_folder, u"stranger.key"_s, stranger.keyPem());
        const ObservationPtr refused = ProbeRunner().run(known);
        QCOMPARE(described(refused), u"condition: [STATUS] (400) == 200"_s);
        QVERIFY2(refused->excerpt.contains(u"The SSL certificate error"_s), qPrintable(refused->excerpt));
    }
}

void TestRealNginx::compressed()
{
    for (const Door door : {Plain, Tls}) {
        Endpoint made =
            endpoint(at(door, u"/big.txt"_s), {u"len([BODY]) == 65536"_s, u"[HEADER].content-encoding == gzip"_s});
        made.headers.emplaceBack("Accept-Encoding", "gzip");
        QCOMPARE(described(ProbeRunner().run(made)), QString());
        made.headers.clear();
        const ObservationPtr plain = ProbeRunner().run(made);
        QCOMPARE(plain->conditions[1].result, Truth::NotEvaluable); // it compresses only what asks for it
    }
}

void TestRealNginx::keepAlive()
{
    ProbeRunner runner;
    Endpoint made = endpoint(at(Plain, u"/ok"_s), {u"[STATUS] == 200"_s});
    made.client.keepAlive = true;
    const auto isReused = [&] {
        const ObservationPtr seen = runner.run(made);
        return described(seen) + (seen->notes.contains(u"measured on a reused connection"_s) ? u"reused"_s : u"new"_s);
    };
    QCOMPARE(isReused(), u"new"_s);
    QCOMPARE(isReused(), u"reused"_s);
    m_server->stop(SIGKILL);
    QVERIFY2(start(), qPrintable(m_server->error()));
    QCOMPARE(isReused(), u"new"_s); // the idle connection went with the old nginx: that is not a failure
    QCOMPARE(isReused(), u"reused"_s);
}

void TestRealNginx::webSockets_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<Script>("script");
    QTest::addColumn<QString>("failure");
    QTest::addColumn<int>("status");
    const QString rejected = u"rejected: server rejected WebSocket connection: HTTP %1"_s;
    QTest::newRow("to a dead upstream") << u"/dead/"_s << Script{} << rejected.arg(502) << 502;
    QTest::newRow("to a silent upstream") << u"/upstream/"_s << Script{} << rejected.arg(504) << 504;
    QTest::newRow("during maintenance") << u"/maintenance"_s << Script{} << rejected.arg(503) << 503;
    QTest::newRow("to a page") << u"/ok"_s << Script{} << rejected.arg(200) << 200;
    QTest::newRow("to nowhere") << u"/nowhere"_s << Script{} << rejected.arg(404) << 404;
    QTest::newRow("to a redirect") << u"/moved"_s << Script{} << rejected.arg(301) << 301;
    QTest::newRow("to an upstream that takes it") << u"/patient/"_s << Script{.isWebSocket = true} << QString() << 101;
    QTest::newRow("to an upstream that takes it and then hangs up")
        << u"/patient/"_s
        << Script{.bytes = QByteArray("\x88\x02\x03\xf3", 4), .then = Then::Close, .isWebSocket = true} << u"closed"_s
        << 101;
}

void TestRealNginx::webSockets()
{
    QFETCH(QString, path);
    QFETCH(Script, script);
    QFETCH(QString, failure);
    m_upstream->setScript(script);
    for (const Door door : {Plain, Tls}) {
        const QString url = at(door, path, door == Plain ? u"ws"_s : u"wss"_s);
        QStringList conditions{u"[CONNECTED] == true"_s};
        if (failure == "closed"_L1)
            conditions += u"[MESSAGE] == x"_s; // waits for a message that does not come
        const ObservationPtr seen = ProbeRunner().run(endpoint(url, conditions));
        QVERIFY2(tells(seen, failure), qPrintable(described(seen)));
        QTEST(seen->status.value_or(0), "status");
    }
}

void TestRealNginx::killedWhileAnswering_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("failure");
    QTest::newRow("in the middle of a body") << at(Plain, u"/slow"_s) << u"closed/receive"_s;
    QTest::newRow("in the middle of a body over HTTP/2") << at(Tls, u"/slow"_s) << u"closed/receive"_s;
    QTest::newRow("while the upstream is silent") << at(Plain, u"/upstream/"_s) << u"closed/wait"_s;
    QTest::newRow("while the upstream is silent, over HTTP/2") << at(Tls, u"/upstream/"_s) << u"closed/"_s;
    QTest::newRow("in the middle of a WebSocket's handshake")
        << at(Plain, u"/upstream/"_s, u"ws"_s) << u"closed/wait"_s;
}

void TestRealNginx::killedWhileAnswering()
{
    QFETCH(QString, url);
    QFETCH(QString, failure);
    m_upstream->setScript({});
    const int before = m_upstream->requests();
    const Endpoint made = endpoint(url, {u"[STATUS] == 200"_s});
    ProbeInFlight probe(made);
    if (url.contains("/slow"_L1))
        QTest::qWait(500); // the first 2 KiB come at once, the last after half a minute
    else
        QTRY_VERIFY(m_upstream->requests() > before);
    m_server->signal(SIGKILL);
    const ObservationPtr seen = probe.result();
    m_server->stop();
    const ObservationPtr gone = ProbeRunner().run(made);
    QVERIFY2(start(), qPrintable(m_server->error()));
    QVERIFY2(described(seen).startsWith(failure), qPrintable(described(seen)));
    QCOMPARE(gone->failure->kind, FailureKind::Refused);
}

QTEST_GUILESS_MAIN(TestRealNginx)
#include "tst_real_nginx.moc"
