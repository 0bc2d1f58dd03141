// tls:// against a real server: what has a value when, every fault of a handshake, client certificates, exactly once.
#include "handshakes.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

class TestTlsProbe : public QObject
{
    Q_OBJECT

    Authority m_ca;

    static bool holds(const Observation &seen, qsizetype index) { return seen.conditions[index].result == Truth::Met; }

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void aGoodHandshake()
    {
        TlsServer server({.sends = m_ca.chain()});
        const QStringList conditions{u"[CONNECTED] == true"_s,    u"[CERTIFICATE_EXPIRATION] > 48h"_s,
                                     u"[RESPONSE_TIME] < 5000"_s, u"[IP] == 127.0.0.1"_s,
                                     u"[CHAIN] == ok"_s,          u"[TLS_VERSION] == TLSv1.3"_s};
        const ObservationPtr seen = ProbeRunner().run(handshakeEndpoint(server.url(u"tls"_s), m_ca, conditions));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
        QVERIFY(seen->answered);
        QCOMPARE(seen->protocol, u"tls"_s);
        QCOMPARE(seen->remote, u"127.0.0.1:%1"_s.arg(server.port()));
        QVERIFY(seen->phase(Phase::Connect) && seen->phase(Phase::Tls));
        QVERIFY(!seen->phase(Phase::Wait) && !seen->phase(Phase::Receive));
        QVERIFY(seen->latency >= *seen->phase(Phase::Connect) + *seen->phase(Phase::Tls));
        QVERIFY(seen->tls && seen->tls->cipher.startsWith("TLS_"_L1));
        QCOMPARE(seen->tls->ocsp, OcspStatus::Absent);
        QTRY_COMPARE(server.handshakes(), 1);
    }

    void placeholdersOutliveABadChain()
    {
        IdentityOptions options = Authority::good();
        options.validFromDays = -30;
        options.validToDays = -3;
        TlsServer server({.sends = m_ca.chain(options)});
        const QStringList conditions{u"[CHAIN] == expired"_s, u"[CERTIFICATE_EXPIRATION] < 0"_s,
                                     u"[CONNECTED] == true"_s, u"[RESPONSE_TIME] < 5000"_s,
                                     u"[CERTIFICATE_EXPIRATION] > 48h"_s};
        const ObservationPtr seen = ProbeRunner().run(handshakeEndpoint(server.url(u"tls"_s), m_ca, conditions));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->outcome, Outcome::Fail);
        QCOMPARE(seen->failure->kind, FailureKind::Tls);
        QVERIFY(holds(*seen, 0) && holds(*seen, 1) && holds(*seen, 2) && holds(*seen, 3));
        QCOMPARE(seen->conditions[4].result, Truth::Unmet);
        QVERIFY(*seen->tls->daysLeft < 0);
        QVERIFY(seen->answered); // the handshake came to its end: its time is known
    }

    void insecureLetsTheConditionsDecide()
    {
        TlsServer server({.sends = {makeIdentity(Authority::good())}});
        Endpoint endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca, {u"[CHAIN] == ok"_s});
        endpoint.client.insecure = true;
        const ObservationPtr judged = ProbeRunner().run(endpoint);
        QVERIFY(judged && judged->failure);
        QCOMPARE(judged->failure->kind, FailureKind::Condition);
        QCOMPARE(judged->failure->message, u"[CHAIN] (self-signed) == ok"_s);
        QVERIFY(judged->tls->insecure);
    }

    void thePortIs443UnlessToldOtherwise()
    {
        const ObservationPtr seen = ProbeRunner().run(handshakeEndpoint(u"tls://127.0.0.1"_s, m_ca));
        QVERIFY(seen);
        if (seen->failure && seen->failure->kind == FailureKind::Refused)
            QVERIFY2(seen->failure->message.contains(u"127.0.0.1:443"_s), told(seen).constData());
        else
            QCOMPARE(seen->remote, u"127.0.0.1:443"_s);
    }

    void nothingIsOfferedThatAServerMightRefuse()
    {
        TlsServer server({.sends = m_ca.chain(), .protocols = {"mqtt"}}); // a fatal alert to every other offer
        QCOMPARE(told(ProbeRunner().run(handshakeEndpoint(server.url(u"tls"_s), m_ca))), "no failure"_ba);
    }

    void namesAreSentAndChecked()
    {
        TlsServer server({.sends = m_ca.chain()});
        Endpoint endpoint = handshakeEndpoint(server.url(u"tls"_s, u"localhost"_s), m_ca);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
        QVERIFY(seen->phase(Phase::Dns));
    }

    void faults_data()
    {
        QTest::addColumn<TlsScript>("script");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const QByteArray &name, const TlsScript &script, FailureKind kind, const QString &says) {
            QTest::newRow(name.constData()) << script << kind << says;
        };
        const auto plain = [](const QByteArray &bytes, Ending ending = Ending::KeepOpen) {
            return TlsScript{.talk = {{.say = bytes}}, .speaksTls = false, .ending = ending};
        };
        for (const int bytes : {0, 1, 5, 40, 200, 700}) {
            const QByteArray at = " after " + QByteArray::number(bytes) + " bytes of the handshake";
            const auto cut = [&](Ending ending) {
                return TlsScript{
                    .sends = m_ca.chain(), .maxVersion = TLS1_2_VERSION, .cutAfter = bytes, .ending = ending};
            };
            row("stalls" + at, cut(Ending::KeepOpen), FailureKind::Timeout,
                u"(time ran out in phase tls): the server does not finish the TLS handshake"_s);
            row("closes" + at, cut(Ending::Close), FailureKind::Closed, u"during the TLS handshake"_s);
            row("resets" + at, cut(Ending::Reset), FailureKind::Closed, u"during the TLS handshake"_s);
        }
        row("accepts and is silent", plain({}), FailureKind::Timeout, u"phase tls"_s);
        row("plain HTTP", plain("HTTP/1.1 400 Bad Request\r\n\r\n", Ending::Close), FailureKind::Tls,
            u"it answered in plain HTTP"_s);
        row("an SMTP greeting", plain("220 mail.example ESMTP\r\n"), FailureKind::Tls, u"handshake failed"_s);
        row("an SSH banner", plain("SSH-2.0-OpenSSH_9.2p1\r\n"), FailureKind::Tls, u"handshake failed"_s);
        row("nonsense", plain(QByteArray(64, '\xff')), FailureKind::Tls, u"handshake failed"_s);
        row("nonsense without end", {.speaksTls = false, .endless = QByteArray(4096, 'x')}, FailureKind::Tls,
            u"handshake failed"_s);
        row("a record that says it is longer than allowed",
            plain(QByteArray("\x16\x03\x03\xff\xff", 5) + QByteArray(64, '\0')), FailureKind::Tls,
            u"handshake failed"_s);
        row("an alert: unrecognized name", plain(QByteArray("\x15\x03\x03\x00\x02\x02\x70", 7)), FailureKind::Tls,
            u"unrecognized name"_s);
        row("an alert: internal error", plain(QByteArray("\x15\x03\x03\x00\x02\x02\x50", 7)), FailureKind::Tls,
            u"internal error"_s);
        row("no certificate to serve with", {.maxVersion = TLS1_2_VERSION}, FailureKind::Tls, u"handshake failure"_s);
    }

    void faults()
    {
        QFETCH(TlsScript, script);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        TlsServer server(script);
        Endpoint endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca,
                                              {u"[CONNECTED] == false"_s, u"[CHAIN] != ok"_s,
                                               u"[CERTIFICATE_EXPIRATION] < 48h"_s, u"[RESPONSE_TIME] < 5000"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->kind == kind, told(seen).constData());
        QCOMPARE(seen->failure->phase.value(), Phase::Tls);
        QVERIFY2(seen->failure->message.contains(says), told(seen).constData());
        QCOMPARE(seen->outcome, Outcome::Fail);
        QVERIFY(!seen->answered);
        QVERIFY(holds(*seen, 0));
        for (qsizetype i = 1; i < seen->conditions.size(); ++i) // no handshake, no value
            QVERIFY2(seen->conditions[i].result == Truth::NotEvaluable, qPrintable(seen->conditions[i].shown));
        QVERIFY(seen->phase(Phase::Connect));
        QVERIFY(seen->latency < endpoint.client.timeout + 5s);
    }

    void clients_data()
    {
        QTest::addColumn<ClientCertificate>("asks");
        QTest::addColumn<int>("version");
        QTest::addColumn<QString>("gives");
        QTest::addColumn<QString>("says"); // empty: passes
        using enum ClientCertificate;
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            const char *name = version == TLS1_2_VERSION ? "TLS 1.2" : "TLS 1.3";
            QTest::addRow("%s: not asked, none given", name) << NotAsked << version << u""_s << u""_s;
            QTest::addRow("%s: not asked, one given", name) << NotAsked << version << u"good"_s << u""_s;
            QTest::addRow("%s: asked, none given", name) << Asked << version << u""_s << u""_s;
            QTest::addRow("%s: demanded, none given", name)
                << Demanded << version << u""_s << u"the server asked for a client certificate, got none"_s;
            QTest::addRow("%s: demanded, a good one given", name) << Demanded << version << u"good"_s << u""_s;
            QTest::addRow("%s: demanded, a stranger's given", name)
                << Demanded << version << u"stranger"_s << u"unknown ca"_s;
        }
    }

    void clients()
    {
        QFETCH(ClientCertificate, asks);
        QFETCH(int, version);
        QFETCH(QString, gives);
        QFETCH(QString, says);
        TlsServer server({.sends = m_ca.chain(), .maxVersion = version, .client = asks, .clientAuthority = m_ca.root});
        Endpoint endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca, {u"[CHAIN] == ok"_s});
        if (!gives.isEmpty()) {
            const Identity stranger = makeIdentity({.commonName = u"Stranger"_s, .authority = true});
            const Identity client =
                makeIdentity({.commonName = u"probe"_s}, gives == "good"_L1 ? &m_ca.root : &stranger);
            endpoint.client.certificateFile = writeFile(m_ca.folder, u"client.pem"_s, client.certificatePem());
            endpoint.client.privateKeyFile = writeFile(m_ca.folder, u"client.key"_s, client.keyPem());
        }
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        if (says.isEmpty()) {
            QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
            QVERIFY2(seen->notes.isEmpty(), qPrintable(seen->notes.join(u'\n')));
            return;
        }
        QVERIFY(seen->failure);
        QVERIFY2(seen->failure->kind == FailureKind::Tls, told(seen).constData());
        QCOMPARE(seen->failure->phase.value(), Phase::Tls);
        QVERIFY2(seen->failure->message.contains(says), told(seen).constData());
        QVERIFY(!seen->answered);
        if (version == TLS1_3_VERSION) // the chain came before the refusal, and is kept
            QVERIFY(holds(*seen, 0));
    }

    void aServerThatDoesNotSayWhetherItAcceptsTheClientIsNoted()
    {
        TlsServer server({.sends = m_ca.chain(),
                          .minVersion = TLS1_3_VERSION,
                          .client = ClientCertificate::Asked,
                          .tickets = false});
        const ObservationPtr seen = ProbeRunner().run(handshakeEndpoint(server.url(u"tls"_s), m_ca));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
        QCOMPARE(
            seen->notes,
            QStringList{
                u"the server asked for a client certificate and did not say whether it accepts a client without one"_s});
        QVERIFY(seen->finishedAt - seen->startedAt >= seen->latency + 900ms); // the wait is not part of the handshake
    }

    void refusedConnection()
    {
        const ObservationPtr seen = ProbeRunner().run(
            handshakeEndpoint(u"tls://127.0.0.1:%1"_s.arg(closedPort()), m_ca, {u"[CONNECTED] == false"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
        QCOMPARE(seen->failure->phase.value(), Phase::Connect);
        QVERIFY(holds(*seen, 0));
    }

    void aFullAcceptQueueIsATimeoutInConnect()
    {
        FullQueue queue;
        Endpoint endpoint =
            handshakeEndpoint(u"tls://127.0.0.1:%1"_s.arg(queue.port()), m_ca, {u"[CONNECTED] == false"_s});
        endpoint.client.timeout = 300ms;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->kind == FailureKind::Timeout, told(seen).constData());
        QCOMPARE(seen->failure->phase.value(), Phase::Connect);
        QVERIFY(holds(*seen, 0));
    }

    void aNameThatDoesNotResolve()
    {
        Endpoint endpoint = handshakeEndpoint(u"tls://nowhere.invalid:443"_s, m_ca);
        endpoint.client.timeout = 15s; // a slow name server is not what is tested
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Dns);
        QCOMPARE(seen->failure->phase.value(), Phase::Dns);
    }

    void aCaFileThatIsNotThere()
    {
        TlsServer server({.sends = m_ca.chain()});
        Endpoint endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca);
        endpoint.client.caFile = u"/nowhere/ca.pem"_s;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->message.contains(u"the CA file /nowhere/ca.pem could not be read"_s),
                 told(seen).constData());
    }

    void destroyedInFlightSaysNothing()
    {
        TlsServer server({.sends = m_ca.chain(), .cutAfter = 40});
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca),
                                .conditions = std::make_shared<const ConditionSet>(),
                                .secrets = {},
                                .queued = {},
                                .attempt = 1},
                               runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.connections(), 1);
        probe.reset();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(spy.size(), 0);
    }

    void destroyedByItsOwnSignal()
    {
        TlsServer server({.sends = m_ca.chain()});
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca),
                                .conditions = std::make_shared<const ConditionSet>(),
                                .secrets = {},
                                .queued = {},
                                .attempt = 1},
                               runner.services);
        int count = 0;
        connect(probe.get(), &Probe::finished, this, [&] {
            ++count;
            probe.reset();
        });
        probe->start();
        QTRY_COMPARE(count, 1);
    }
};

QTEST_GUILESS_MAIN(TestTlsProbe)
#include "tst_tlsprobe.moc"
