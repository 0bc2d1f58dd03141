// https:// against real loopback TLS servers: every chain verdict, the chain kept whatever is wrong, mTLS, stalls.
#include "proberunner.h"
#include "support/faultserver.h"
#include "support/pki.h"

#include <QSslCertificate>
#include <QSslKey>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray okAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

QSslCertificate qt(const Identity &identity) { return QSslCertificate(identity.certificatePem(), QSsl::Pem); }

QSslConfiguration serving(const Identity &leaf, const QList<Identity> &others = {})
{
    QSslConfiguration configuration;
    QList<QSslCertificate> chain{qt(leaf)};
    for (const Identity &other : others)
        chain.append(qt(other));
    configuration.setLocalCertificateChain(chain);
    const bool rsa = EVP_PKEY_get_base_id(leaf.key.get()) == EVP_PKEY_RSA;
    configuration.setPrivateKey(QSslKey(leaf.keyPem(), rsa ? QSsl::Rsa : QSsl::Ec));
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

} // namespace

class TestTls : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    Identity m_root, m_intermediate;
    QString m_caFile;

private Q_SLOTS:
    void initTestCase()
    {
        m_root = makeIdentity({.commonName = u"Test Root CA"_s, .authority = true});
        m_intermediate = makeIdentity({.commonName = u"Test Issuing CA R11"_s, .authority = true}, &m_root);
        m_caFile = writeFile(m_folder, u"ca.pem"_s, m_root.certificatePem());
        QVERIFY(!m_caFile.isEmpty());
    }

    void init() { failOnWarnings(); }

    void verdicts_data()
    {
        QTest::addColumn<QString>("sends");
        QTest::addColumn<ChainVerdict>("verdict");
        QTest::addColumn<QString>("says");
        QTest::newRow("leaf and intermediate") << u"good"_s << ChainVerdict::Ok << u""_s;
        QTest::newRow("leaf without the intermediate, its address known") << u"incomplete"_s << ChainVerdict::Incomplete << u"not the intermediate Test Issuing CA R11 that signed it"_s;
        QTest::newRow("leaf without the intermediate, no address") << u"bare"_s << ChainVerdict::Incomplete << u"either the intermediate is not sent"_s;
        QTest::newRow("a certificate that signs itself") << u"self"_s << ChainVerdict::SelfSigned << u"vouches only for itself"_s;
        QTest::newRow("a chain to a foreign root") << u"foreign"_s << ChainVerdict::UntrustedRoot << u"Foreign Root"_s;
        QTest::newRow("a leaf of a foreign root, alone") << u"foreign-leaf"_s << ChainVerdict::UntrustedRoot << u"Foreign Root"_s;
        QTest::newRow("an expired leaf") << u"expired"_s << ChainVerdict::Expired << u"expired on"_s;
        QTest::newRow("a leaf from the future") << u"future"_s << ChainVerdict::NotYetValid << u"valid only from"_s;
        QTest::newRow("a leaf for another name") << u"name"_s << ChainVerdict::HostnameMismatch << u"is for other.example, not for 127.0.0.1"_s;
    }
    void verdicts()
    {
        QFETCH(QString, sends);
        QFETCH(ChainVerdict, verdict);
        QFETCH(QString, says);
        FaultServer server({.bytes = okAnswer}, configurationFor(sends));
        for (const bool insecure : {false, true}) {
            Endpoint endpoint = endpointFor(server.url(u"https"_s), {u"[STATUS] == 200"_s, u"[CHAIN] == %1"_s.arg(name(verdict))});
            endpoint.client.caFile = m_caFile;
            endpoint.client.insecure = insecure;
            const ObservationPtr seen = ProbeRunner().run(endpoint);
            QVERIFY(seen);
            QVERIFY2(seen->tls, seen->failure ? qPrintable(seen->failure->message) : "");
            QCOMPARE(name(seen->tls->chainVerdict), name(verdict));
            QVERIFY(!seen->tls->chain.isEmpty()); // kept also when the verification fails
            QVERIFY(seen->tls->daysLeft);
            QCOMPARE(seen->tls->insecure, insecure);
            QCOMPARE(seen->conditions[1].result, Truth::Met);
            QVERIFY(seen->phase(Phase::Tls));
            if (verdict == ChainVerdict::Ok || insecure) {
                QCOMPARE(seen->outcome, Outcome::Pass);
                continue;
            }
            QVERIFY(seen->failure);
            QCOMPARE(seen->failure->kind, FailureKind::Tls);
            QCOMPARE(seen->failure->phase.value(), Phase::Tls);
            QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
            QCOMPARE(server.requests(), 0); // nothing is sent to a server that is not trusted
        }
    }

    void factsOfTheChain()
    {
        FaultServer server({.bytes = okAnswer}, configurationFor(u"good"_s));
        Endpoint endpoint = endpointFor(server.url(u"https"_s), {u"[CERTIFICATE_EXPIRATION] > 48h"_s, u"[TLS_VERSION] == TLSv1.3"_s});
        endpoint.client.caFile = m_caFile;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->tls);
        QCOMPARE(seen->outcome, Outcome::Pass);
        QCOMPARE(seen->tls->chain.size(), 2);
        QCOMPARE(seen->tls->chain[0].subject, u"CN = localhost"_s);
        QCOMPARE(seen->tls->chain[0].issuer, u"CN = Test Issuing CA R11"_s);
        QCOMPARE(seen->tls->chain[0].names, (QStringList{u"localhost"_s, u"127.0.0.1"_s}));
        QVERIFY(*seen->tls->daysLeft > 88 && *seen->tls->daysLeft < 91);
        QCOMPARE(seen->tls->chain[0].fingerprint.size(), 64);
    }

    void expiryIsAValueAlsoWhenItIsPast()
    {
        FaultServer server({.bytes = okAnswer}, configurationFor(u"expired"_s));
        Endpoint endpoint = endpointFor(server.url(u"https"_s), {u"[CERTIFICATE_EXPIRATION] > 48h"_s});
        endpoint.client.caFile = m_caFile;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->tls);
        QVERIFY(*seen->tls->daysLeft < 0);
        QCOMPARE(seen->conditions[0].result, Truth::Unmet);
    }

    void namesAreCheckedNotOnlyAddresses()
    {
        FaultServer server({.bytes = okAnswer}, configurationFor(u"good"_s));
        Endpoint endpoint = endpointFor(u"https://localhost:%1/"_s.arg(server.port()), {u"[STATUS] == 200"_s});
        endpoint.client.caFile = m_caFile;
        QCOMPARE(ProbeRunner().run(endpoint)->outcome, Outcome::Pass);
        endpoint.client.serverName = u"elsewhere.example"_s;
        QCOMPARE(ProbeRunner().run(endpoint)->tls->chainVerdict, ChainVerdict::HostnameMismatch);
    }

    void clientCertificate()
    {
        QSslConfiguration configuration = configurationFor(u"good"_s);
        configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
        configuration.setCaCertificates({qt(m_root)});
        FaultServer server({.bytes = okAnswer}, configuration);
        Endpoint endpoint = endpointFor(server.url(u"https"_s), {u"[STATUS] == 200"_s});
        endpoint.client.caFile = m_caFile;
        const ObservationPtr refused = ProbeRunner().run(endpoint);
        QVERIFY(refused && refused->failure);
        QCOMPARE(name(refused->failure->kind), name(FailureKind::Tls));

        const Identity client = makeIdentity({.commonName = u"probe"_s}, &m_root);
        endpoint.client.certificateFile = writeFile(m_folder, u"client.pem"_s, client.certificatePem());
        endpoint.client.privateKeyFile = writeFile(m_folder, u"client.key"_s, client.keyPem());
        const ObservationPtr let = ProbeRunner().run(endpoint);
        QVERIFY(let);
        QVERIFY2(let->outcome == Outcome::Pass, let->failure ? qPrintable(let->failure->message) : "");
    }

    void filesThatDoNotFit_data()
    {
        QTest::addColumn<QString>("ca");
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("says");
        QTest::newRow("a CA file that is not there") << u"/nowhere/ca.pem"_s << u""_s << u"the CA file /nowhere/ca.pem could not be read"_s;
        QTest::newRow("a client certificate that is not there") << u""_s << u"/nowhere/me.pem"_s << u"the client certificate /nowhere/me.pem could not be used"_s;
    }
    void filesThatDoNotFit()
    {
        FaultServer server({.bytes = okAnswer}, configurationFor(u"good"_s));
        Endpoint endpoint = endpointFor(server.url(u"https"_s));
        QFETCH(QString, says);
        QFETCH(QString, ca);
        QFETCH(QString, certificate);
        endpoint.client.caFile = ca;
        endpoint.client.certificateFile = certificate;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Tls);
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
    }

    void faults_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("a handshake that stalls") << Script{.bytes = "", .when = When::OnConnect} << FailureKind::Timeout << u"phase tls"_s;
        QTest::newRow("plain HTTP on the TLS port") << Script{.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n", .then = Then::Close, .when = When::OnConnect} << FailureKind::Tls << u"plain HTTP"_s;
        QTest::newRow("nonsense instead of a handshake") << Script{.bytes = QByteArray(64, 'x'), .when = When::OnConnect} << FailureKind::Tls << u"handshake failed"_s;
        QTest::newRow("an alert") << Script{.bytes = QByteArray("\x15\x03\x03\x00\x02\x02\x28", 7), .when = When::OnConnect} << FailureKind::Tls << u"handshake failure"_s;
        QTest::newRow("closed in the handshake") << Script{.bytes = "", .then = Then::Close, .when = When::OnConnect} << FailureKind::Closed << u"during the TLS handshake"_s;
        QTest::newRow("reset in the handshake") << Script{.bytes = "", .then = Then::Reset, .when = When::OnConnect} << FailureKind::Closed << u"during the TLS handshake"_s;
    }
    void faults()
    {
        QFETCH(Script, script);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        FaultServer server(script);
        Endpoint endpoint = endpointFor(server.url(u"https"_s));
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QCOMPARE(seen->failure->phase.value(), Phase::Tls);
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
    }

    void redirectToPlainHttpIsRefused()
    {
        FaultServer plain({.bytes = okAnswer});
        FaultServer server({.bytes = "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: " + plain.url(u"http"_s).toLatin1() + "\r\n\r\n"}, configurationFor(u"good"_s));
        Endpoint endpoint = endpointFor(server.url(u"https"_s));
        endpoint.client.caFile = m_caFile;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Redirect);
        QCOMPARE(plain.connections(), 0);
    }

    void webSocketOverTls()
    {
        FaultServer server({.bytes = "", .isWebSocket = true}, configurationFor(u"good"_s));
        Endpoint endpoint = endpointFor(server.url(u"wss"_s));
        endpoint.client.caFile = m_caFile;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->tls);
    }

private:
    QSslConfiguration configurationFor(const QString &what)
    {
        const QStringList names{u"DNS:localhost"_s, u"IP:127.0.0.1"_s};
        IdentityOptions options{.commonName = u"localhost"_s, .names = names};
        if (what == "self"_L1)
            return serving(makeIdentity(options));
        if (what.startsWith("foreign"_L1)) {
            const Identity root = makeIdentity({.commonName = u"Foreign Root"_s, .authority = true});
            const Identity leaf = makeIdentity(options, &root);
            return what == "foreign"_L1 ? serving(leaf, {root}) : serving(leaf);
        }
        if (what == "incomplete"_L1)
            options.issuerUrl = u"http://pki.invalid/r11.der"_s;
        if (what == "expired"_L1) {
            options.validFromDays = -30;
            options.validToDays = -3;
        } else if (what == "future"_L1) {
            options.validFromDays = 3;
        } else if (what == "name"_L1) {
            options.names = {u"DNS:other.example"_s};
        }
        const Identity leaf = makeIdentity(options, &m_intermediate);
        return what == "incomplete"_L1 || what == "bare"_L1 ? serving(leaf) : serving(leaf, {m_intermediate});
    }
};

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
