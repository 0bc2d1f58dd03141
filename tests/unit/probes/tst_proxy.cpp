// Probes through real loopback proxies: which one is taken, what it is told, and how its failures are named.
#include "proberunner.h"
#include "support/faultserver.h"
#include "support/http2server.h"
#include "support/pki.h"
#include "support/proxyserver.h"

#include "probes/proxy.h"

#include <QSslCertificate>
#include <QSslKey>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

using Variables = QHash<QString, QString>;
Q_DECLARE_METATYPE(Variables)

namespace {

const QByteArray okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Clears the variables that the machine may have and sets one for the test's time.
class SystemProxy {
public:
    SystemProxy(const char *name, const QString &value) : m_name(name) { qputenv(name, value.toUtf8()); }
    ~SystemProxy() { qunsetenv(m_name); }
    SystemProxy(const SystemProxy &) = delete;
    SystemProxy &operator=(const SystemProxy &) = delete;

private:
    const char *m_name;
};

} // namespace

class TestProxy : public QObject {
    Q_OBJECT

    QSslConfiguration m_tls;

private Q_SLOTS:
    void initTestCase()
    {
        for (const char *name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
            qunsetenv(name);
        const Identity identity = makeIdentity({.commonName = u"localhost"_s, .names = {u"IP:127.0.0.1"_s}});
        m_tls.setLocalCertificate(QSslCertificate(identity.certificatePem(), QSsl::Pem));
        m_tls.setPrivateKey(QSslKey(identity.keyPem(), QSsl::Ec));
        m_tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    }

    void init() { failOnWarnings(); }

    void choice_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("proxyUrl");
        QTest::addColumn<Variables>("variables");
        QTest::addColumn<QString>("chosen"); ///< "" is direct, "!" an error
        const auto row = [](const char *name, const char *url, const char *proxyUrl, Variables variables, const char *chosen) {
            QTest::newRow(name) << QString::fromUtf8(url) << QString::fromUtf8(proxyUrl) << std::move(variables) << QString::fromUtf8(chosen);
        };
        const Variables both{{u"http_proxy"_s, u"http://plain.test:3128"_s}, {u"https_proxy"_s, u"http://secure.test:3129"_s}};
        const auto without = [&](const char *list) {
            Variables variables = both;
            variables.insert(u"no_proxy"_s, QString::fromUtf8(list));
            return variables;
        };
        row("nothing says so", "http://a.test/", "", {}, "");
        row("the file says so", "http://a.test/", "http://p.test:8080", {}, "0 p.test:8080");
        row("the file wins over the environment", "http://a.test/", "http://p.test:8080", both, "0 p.test:8080");
        row("the file wins over no_proxy", "http://a.test/", "http://p.test:8080", without("a.test"), "0 p.test:8080");
        row("the file may send loopback through a proxy", "http://127.0.0.1/", "http://p.test:8080", {}, "0 p.test:8080");
        row("http_proxy for http", "http://a.test/", "", both, "0 plain.test:3128");
        row("https_proxy for https", "https://a.test/", "", both, "0 secure.test:3129");
        row("http_proxy for ws", "ws://a.test/", "", both, "0 plain.test:3128");
        row("https_proxy for wss", "wss://a.test/", "", both, "0 secure.test:3129");
        row("HTTPS_PROXY", "https://a.test/", "", {{u"HTTPS_PROXY"_s, u"http://p.test:1"_s}}, "0 p.test:1");
        row("HTTP_PROXY is not trusted", "http://a.test/", "", {{u"HTTP_PROXY"_s, u"http://p.test:1"_s}}, "");
        row("all_proxy", "http://a.test/", "", {{u"all_proxy"_s, u"socks5://p.test"_s}}, "2 p.test:1080");
        row("ALL_PROXY", "https://a.test/", "", {{u"ALL_PROXY"_s, u"socks5h://p.test"_s}}, "2 p.test:1080");
        row("all_proxy for other kinds", "redis://a.test/", "", {{u"all_proxy"_s, u"socks5://p.test"_s}, {u"http_proxy"_s, u"http://q.test"_s}}, "2 p.test:1080");
        row("the scheme's own variable wins over all_proxy", "http://a.test/", "", {{u"all_proxy"_s, u"socks5://p.test"_s}, {u"http_proxy"_s, u"http://q.test"_s}}, "0 q.test:80");
        row("a proxy without a scheme is an HTTP proxy", "http://a.test/", "", {{u"http_proxy"_s, u"p.test:3128"_s}}, "0 p.test:3128");
        row("an https proxy", "http://a.test/", "https://p.test", {}, "1 p.test:443");
        row("an IPv6 proxy", "http://a.test/", "http://[::1]:3128", {}, "0 [::1]:3128");
        row("a scheme that is unknown", "http://a.test/", "", {{u"http_proxy"_s, u"quic://p.test"_s}}, "!");
        row("no host", "http://a.test/", "http://:3128", {}, "!");
        row("loopback: a name", "http://localhost:8080/", "", both, "");
        row("loopback: a name below localhost", "http://app.localhost/", "", both, "");
        row("loopback: IPv4", "http://127.1.2.3/", "", both, "");
        row("loopback: IPv6", "https://[::1]/", "", both, "");
        row("no_proxy: everything", "http://a.test/", "", without("*"), "");
        row("no_proxy: the host", "http://a.test/", "", without("b.test,a.test"), "");
        row("no_proxy: the domain", "http://x.a.test/", "", without("a.test"), "");
        row("no_proxy: a domain with a dot", "http://x.a.test/", "", without(".a.test"), "");
        row("no_proxy: a domain with a dot means the domain too", "http://a.test/", "", without(".a.test"), "");
        row("no_proxy: spaces part it too", "http://a.test/", "", without("b.test a.test"), "");
        row("no_proxy: in capitals", "http://A.TEST/", "", without("a.Test"), "");
        row("no_proxy: not a part of a word", "http://nota.test/", "", without("a.test"), "0 plain.test:3128");
        row("no_proxy: not a star within", "http://a.test/", "", without("*.test"), "0 plain.test:3128");
        row("no_proxy: an address", "http://192.0.2.7/", "", without("192.0.2.7"), "");
        row("no_proxy: a network", "http://192.0.2.7/", "", without("192.0.2.0/24"), "");
        row("no_proxy: another network", "http://192.0.3.7/", "", without("192.0.2.0/24"), "0 plain.test:3128");
        row("no_proxy: an IPv6 address", "http://[2001:db8::1]/", "", without("[2001:db8::1]"), "");
        row("NO_PROXY", "http://a.test/", "", {{u"NO_PROXY"_s, u"a.test"_s}, {u"http_proxy"_s, u"http://p.test:1"_s}}, "");
        row("an empty variable", "http://a.test/", "", {{u"http_proxy"_s, u""_s}}, "");
    }
    void choice()
    {
        QFETCH(QString, url);
        QFETCH(QString, proxyUrl);
        QFETCH(Variables, variables);
        QFETCH(QString, chosen);
        ClientOptions client;
        client.proxyUrl = proxyUrl;
        const auto result = proxyFor(QUrl(url), client, [&](const char *name) { return variables.value(QString::fromLatin1(name)); });
        if (chosen == u'!') {
            QVERIFY(!result);
            QVERIFY(!result.error().message.contains(u"p.test"_s));
            return;
        }
        QVERIFY(result);
        const QString got = *result ? u"%1 %2"_s.arg(static_cast<int>((*result)->kind)).arg((*result)->address()) : QString();
        QCOMPARE(got, chosen);
    }

    void ways_data()
    {
        QTest::addColumn<QString>("proxyScheme");
        QTest::addColumn<QString>("targetScheme");
        QTest::addColumn<bool>("forwarded");
        for (const QString &proxy : {u"http"_s, u"https"_s, u"socks5"_s, u"socks5h"_s}) {
            for (const QString &target : {u"http"_s, u"https"_s, u"ws"_s, u"wss"_s})
                QTest::newRow(qPrintable(target + u" through "_s + proxy)) << proxy << target << (target == u"http"_s && proxy.startsWith(u"http"_s));
        }
    }
    void ways()
    {
        QFETCH(QString, proxyScheme);
        QFETCH(QString, targetScheme);
        QFETCH(bool, forwarded);
        const bool webSocket = targetScheme.startsWith(u"ws"_s);
        const bool secure = targetScheme == u"https"_s || targetScheme == u"wss"_s;
        const Script script = webSocket ? Script{.bytes = {}, .isWebSocket = true} : Script{.bytes = okAnswer};
        std::unique_ptr<FaultServer> server = secure ? std::make_unique<FaultServer>(script, m_tls) : std::make_unique<FaultServer>(script);
        ProxyServer proxy({.speaks = proxyScheme.startsWith(u"socks"_s) ? Speaks::Socks5 : Speaks::Http, .user = "me", .password = "pass:word"},
                          proxyScheme == u"https"_s ? std::optional(m_tls) : std::nullopt);
        Endpoint endpoint = endpointFor(u"%1://only-the-proxy-knows.invalid:%2/"_s.arg(targetScheme).arg(server->port()));
        endpoint.client.insecure = true;
        endpoint.client.proxyUrl = proxy.url(proxyScheme, u"me:pass%3Aword"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint, Secrets({u"pass:word"_s}));
        QVERIFY(seen);
        QVERIFY2(!seen->failure, seen->failure ? qPrintable(seen->failure->message) : "");
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(proxy.targets(), QStringList{u"only-the-proxy-knows.invalid:%1"_s.arg(server->port())});
        QVERIFY2(seen->notes.contains(u"through the proxy "_s + proxy.address()), qPrintable(seen->notes.join(u' ')));
        QVERIFY(!seen->phase(Phase::Dns) && seen->phase(Phase::Connect));
        QCOMPARE(seen->phase(Phase::Tls).has_value(), secure);
        QCOMPARE(seen->remote, QString()); // the proxy does not tell
        QCOMPARE(server->lastRequest().startsWith("GET http://only-the-proxy-knows.invalid:"), forwarded);
        if (!forwarded)
            QVERIFY(!server->lastRequest().contains("Proxy-Authorization")); // the proxy's password is the proxy's
    }

    void addressOfTheTargetHasNoValue()
    {
        FaultServer server({.bytes = okAnswer});
        ProxyServer proxy({});
        Endpoint endpoint = endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s, u"[IP] == 127.0.0.1"_s});
        endpoint.client.proxyUrl = proxy.url(u"http"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
    }

    void http2ThroughATunnel()
    {
        Http2Server server({.body = "x"}, m_tls);
        ProxyServer proxy({});
        Endpoint endpoint = endpointFor(server.url(), {u"[STATUS] == 200"_s});
        endpoint.client.insecure = true;
        endpoint.client.proxyUrl = proxy.url(u"http"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(seen->protocol, u"h2"_s);
    }

    void socksTakesAddresses_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("asked");
        QTest::newRow("IPv4") << u"127.0.0.1"_s << u"127.0.0.1"_s;
        QTest::newRow("IPv6") << u"[::1]"_s << u"::1"_s;
    }
    void socksTakesAddresses()
    {
        QFETCH(QString, host);
        QFETCH(QString, asked);
        FaultServer server({.bytes = okAnswer});
        ProxyServer proxy({.speaks = Speaks::Socks5});
        Endpoint endpoint = endpointFor(u"http://%1:%2/"_s.arg(host).arg(server.port()), {u"[STATUS] == 200"_s});
        endpoint.client.proxyUrl = proxy.url(u"socks5"_s);
        QCOMPARE(ProbeRunner().run(endpoint)->outcome, Outcome::Pass);
        QCOMPARE(proxy.targets(), QStringList{u"%1:%2"_s.arg(asked).arg(server.port())});
    }

    void faults_data()
    {
        QTest::addColumn<ProxyScript>("script");
        QTest::addColumn<QString>("url"); ///< of the target
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, ProxyScript script, const char *url, FailureKind kind, int status, const char *says) {
            QTest::newRow(name) << std::move(script) << QString::fromUtf8(url) << kind << status << QString::fromUtf8(says);
        };
        using enum FailureKind;
        const char *const tls = "https://t.invalid/", *const plain = "http://t.invalid/";
        const auto socks = [](QByteArray instead) { return ProxyScript{.speaks = Speaks::Socks5, .instead = std::move(instead)}; };
        const QByteArray welcome("\5\0", 2);
        row("a tunnel: wants a password", {.user = "me", .password = "x"}, tls, Rejected, 407, "wants a user name and a password");
        row("forwarding: wants a password", {.user = "me", .password = "x"}, plain, Rejected, 407, "wants a user name and a password");
        row("a tunnel: cannot reach the target", {}, "https://t.invalid:1/", Rejected, 502, "refused to connect to t.invalid:1: 502 Bad Gateway");
        row("a tunnel: forbids it", {.instead = "HTTP/1.1 403 Forbidden\r\n\r\nno"}, tls, Rejected, 403, "refused to connect to t.invalid:443: 403 Forbidden");
        row("a tunnel: silence", {.instead = ""}, tls, Timeout, 0, "phase connect");
        row("a tunnel: silence in the answer", {.instead = "HTTP/1.1 200 O"}, tls, Timeout, 0, "phase connect");
        row("a tunnel: closes", {.instead = "", .then = Then::Close}, tls, Closed, 0, "closed the connection before the way to t.invalid:443 was open");
        row("a tunnel: resets", {.instead = "", .then = Then::Reset}, tls, Closed, 0, "broke: connection reset");
        row("a tunnel: another protocol", {.instead = "SSH-2.0-x\r\n"}, tls, Protocol, 0, "does not answer as a proxy does");
        row("a tunnel: an answer without end", {.instead = "HTTP/1.1 200 OK\r\nA: " + QByteArray(100'000, 'x')}, tls, Oversize, 0, "does not answer as a proxy does");
        row("a tunnel that leads to nothing", {.instead = "HTTP/1.1 200 OK\r\n\r\n", .then = Then::Close}, tls, Closed, 0, "during the TLS handshake");
        row("SOCKS: silence", socks(""), plain, Timeout, 0, "phase connect");
        row("SOCKS: another protocol", socks("HTTP/1.1 400 Bad Request\r\n\r\n"), plain, Protocol, 0, "does not speak SOCKS 5");
        row("SOCKS: wants a password", {.speaks = Speaks::Socks5, .user = "me", .password = "x"}, plain, Rejected, 0, "wants a user name and a password");
        row("SOCKS: nothing listens at the target", {.speaks = Speaks::Socks5}, "http://t.invalid:1/", Refused, 0, "could not connect to t.invalid:1: the connection was refused");
        row("SOCKS: forbids it", socks(welcome + QByteArray("\5\2\0\1\0\0\0\0\0\0", 10)), plain, Rejected, 0, "its rules forbid it");
        row("SOCKS: no route", socks(welcome + QByteArray("\5\4\0\1\0\0\0\0\0\0", 10)), plain, Unreachable, 0, "the host is unreachable");
        row("SOCKS: an unknown reply", socks(welcome + QByteArray("\5\x63\0\1\0\0\0\0\0\0", 10)), plain, Rejected, 0, "SOCKS reply 99");
        row("SOCKS: an unknown address", socks(welcome + QByteArray("\5\0\0\x09\0\0\0\0\0\0", 10)), plain, Protocol, 0, "unknown kind of address");
        row("SOCKS: half a reply", socks(welcome + QByteArray("\5\0\0\1\0", 5)), plain, Timeout, 0, "phase connect");
    }
    void faults()
    {
        QFETCH(ProxyScript, script);
        QFETCH(QString, url);
        QFETCH(FailureKind, kind);
        QFETCH(int, status);
        QFETCH(QString, says);
        ProxyServer proxy(script);
        Endpoint endpoint = endpointFor(url, {u"[STATUS] == 200"_s, u"[CONNECTED] == true"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(10s);
        endpoint.client.proxyUrl = proxy.url(script.speaks == Speaks::Http ? u"http"_s : u"socks5"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QCOMPARE(name(seen->failure->kind), name(kind));
        QCOMPARE(seen->status.value_or(0), status);
        QVERIFY(seen->notes.contains(u"through the proxy "_s + proxy.address()));
        QVERIFY(!seen->answered);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        QVERIFY(seen->conditions[1].result != Truth::Met || says.contains(u"TLS handshake"_s));
        QCOMPARE(proxy.connections(), 1);
    }

    void proxyThatIsNotThere()
    {
        Endpoint endpoint = endpointFor(u"https://t.invalid/"_s);
        endpoint.client.proxyUrl = u"http://127.0.0.1:%1"_s.arg(closedPort());
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
        QVERIFY2(seen->failure->message.startsWith(u"the proxy 127.0.0.1:"_s), qPrintable(seen->failure->message));
    }

    void proxyWhoseNameDoesNotResolve()
    {
        Endpoint endpoint = endpointFor(u"https://t.invalid/"_s);
        endpoint.client.proxyUrl = u"http://no-such-proxy.invalid:3128"_s;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Dns);
        QVERIFY2(seen->failure->message.contains(u"the proxy cannot be reached: the name no-such-proxy.invalid"_s), qPrintable(seen->failure->message));
    }

    void certificateOfAnHttpsProxyIsJudged()
    {
        FaultServer server({.bytes = okAnswer});
        ProxyServer proxy({}, m_tls);
        Endpoint endpoint = endpointFor(server.url(u"http"_s));
        endpoint.client.proxyUrl = proxy.url(u"https"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Tls);
        QVERIFY2(seen->failure->message.contains(u"the certificate of the proxy"_s), qPrintable(seen->failure->message));
        QCOMPARE(server.requests(), 0);
    }

    void systemProxyIsTakenButNotForLoopback()
    {
        FaultServer server({.bytes = okAnswer});
        ProxyServer proxy({});
        const SystemProxy variable("http_proxy", proxy.url(u"http"_s));
        const ObservationPtr through = ProbeRunner().run(endpointFor(u"http://t.invalid:%1/"_s.arg(server.port()), {u"[STATUS] == 200"_s}));
        QVERIFY(through);
        QCOMPARE(through->outcome, Outcome::Pass);
        QCOMPARE(proxy.connections(), 1);
        const ObservationPtr direct = ProbeRunner().run(endpointFor(server.url(u"http"_s), {u"[STATUS] == 200"_s}));
        QVERIFY(direct);
        QCOMPARE(direct->outcome, Outcome::Pass);
        QCOMPARE(proxy.connections(), 1);
        QVERIFY(direct->notes.isEmpty());
    }

    void destroyedInTheTunnelSaysNothing()
    {
        ProxyServer proxy({.instead = QByteArray()});
        ProbeRunner runner;
        Endpoint endpoint = endpointFor(u"https://t.invalid/"_s);
        endpoint.client.proxyUrl = proxy.url(u"http"_s);
        auto probe = makeProbe({.endpoint = endpoint, .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(proxy.connections(), 1);
        probe.reset();
        QCoreApplication::processEvents();
        QCOMPARE(spy.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestProxy)
#include "tst_proxy.moc"
