// starttls:// against a real server: SMTP, IMAP and PostgreSQL, every refusal, silence and lie before the handshake.
#include "handshakes.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

constexpr auto smtp = StartTlsProtocol::Smtp;
constexpr auto imap = StartTlsProtocol::Imap;
constexpr auto postgres = StartTlsProtocol::Postgres;

const QByteArray sslRequest("\x00\x00\x00\x08\x04\xd2\x16\x2f", 8);
const Turn smtpGreeting{.say = "220 mail.example ESMTP\r\n"};
const Turn smtpOffers{.waitFor = "EHLO localhost\r\n",
                      .say = "250-mail.example\r\n250-SIZE 1000\r\n250-starttls\r\n250 8BITMIME\r\n"};
const Turn smtpAgrees{.waitFor = "STARTTLS\r\n", .say = "220 2.0.0 Ready\r\n"};
const Turn imapGreeting{.say = "* OK IMAP4rev1 ready\r\n"};
const Turn imapOffers{.waitFor = "a1 CAPABILITY\r\n",
                      .say = "* CAPABILITY IMAP4rev1 StartTLS LOGINDISABLED\r\na1 OK done\r\n"};
const Turn imapAgrees{.waitFor = "a2 STARTTLS\r\n", .say = "a2 OK begin\r\n"};
const Turn postgresAgrees{.waitFor = sslRequest, .say = "S"};

QByteArray postgresError(const QByteArray &fields)
{
    const auto length = static_cast<char>(fields.size() + 4);
    return QByteArray("E\0\0\0", 4) + length + fields;
}

} // namespace

class TestStartTlsProbe : public QObject
{
    Q_OBJECT

    Authority m_ca;

    Endpoint endpoint(const TlsServer &server, std::optional<StartTlsProtocol> protocol,
                      const QStringList &conditions = {u"[CONNECTED] == true"_s})
    {
        Endpoint made = handshakeEndpoint(server.url(u"starttls"_s), m_ca, conditions);
        made.client.startTls = protocol;
        return made;
    }

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void agreements_data()
    {
        QTest::addColumn<QList<Turn>>("talk");
        QTest::addColumn<std::optional<StartTlsProtocol>>("protocol");
        QTest::addColumn<QString>("shown");
        const auto row = [](const char *name, const QList<Turn> &talk, std::optional<StartTlsProtocol> protocol,
                            const QString &shown) { QTest::newRow(name) << talk << protocol << shown; };
        row("SMTP", {smtpGreeting, smtpOffers, smtpAgrees}, smtp, u"smtp"_s);
        row("SMTP, by its greeting", {smtpGreeting, smtpOffers, smtpAgrees}, std::nullopt, u"smtp"_s);
        row("SMTP with a greeting of several lines",
            {{.say = "220-welcome\r\n220-to\r\n220 mail.example\r\n"}, smtpOffers, smtpAgrees}, std::nullopt,
            u"smtp"_s);
        row("SMTP that offers nothing else", {smtpGreeting, {.waitFor = "EHLO", .say = "250 STARTTLS\r\n"}, smtpAgrees},
            smtp, u"smtp"_s);
        row("SMTP with bare line feeds",
            {{.say = "220 mail\n"},
             {.waitFor = "EHLO", .say = "250-mail\n250 STARTTLS\n"},
             {.waitFor = "STARTTLS\r\n", .say = "220 go\n"}},
            smtp, u"smtp"_s);
        row("IMAP", {imapGreeting, imapOffers, imapAgrees}, imap, u"imap"_s);
        row("IMAP, by its greeting", {imapGreeting, imapOffers, imapAgrees}, std::nullopt, u"imap"_s);
        row("IMAP that talks more than it must",
            {{.say = "* OK hi\r\n* NO not yet\r\n"},
             {.waitFor = "a1", .say = "* CAPABILITY IMAP4rev1\r\n* CAPABILITY STARTTLS\r\n* OK x\r\na1 OK\r\n"},
             imapAgrees},
            imap, u"imap"_s);
        row("PostgreSQL", {postgresAgrees}, postgres, u"postgres"_s);
    }

    void agreements()
    {
        QFETCH(QList<Turn>, talk);
        QFETCH(std::optional<StartTlsProtocol>, protocol);
        QFETCH(QString, shown);
        TlsServer server({.sends = m_ca.chain(), .talk = talk});
        const ObservationPtr seen = ProbeRunner().run(
            endpoint(server, protocol,
                     {u"[CONNECTED] == true"_s, u"[CHAIN] == ok"_s, u"[CERTIFICATE_EXPIRATION] > 48h"_s,
                      u"[RESPONSE_TIME] < 5000"_s, u"[TLS_VERSION] == TLSv1.3"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
        QCOMPARE(seen->protocol, shown);
        QVERIFY(seen->phase(Phase::Connect) && seen->phase(Phase::Wait) && seen->phase(Phase::Tls));
        QVERIFY(!seen->code);
        QCOMPARE(seen->excerpt.isEmpty(), protocol == postgres);
    }

    void theChainIsJudgedAsOverTls()
    {
        IdentityOptions options = Authority::good();
        options.validToDays = -1;
        options.validFromDays = -9;
        TlsServer server({.sends = m_ca.chain(options), .talk = {smtpGreeting, smtpOffers, smtpAgrees}});
        const ObservationPtr seen =
            ProbeRunner().run(endpoint(server, smtp, {u"[CHAIN] == expired"_s, u"[CERTIFICATE_EXPIRATION] < 0"_s}));
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->kind == FailureKind::Tls, told(seen).constData());
        QCOMPARE(seen->tls->chainVerdict, ChainVerdict::Expired);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::Met);
        QCOMPARE(seen->protocol, u"smtp"_s);
    }

    void refusals_data()
    {
        QTest::addColumn<QList<Turn>>("talk");
        QTest::addColumn<StartTlsProtocol>("protocol");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QList<Turn> &talk, StartTlsProtocol protocol, const QString &code,
                            const QString &says) { QTest::newRow(name) << talk << protocol << code << says; };
        row("SMTP: refuses at the greeting", {{.say = "554 5.7.1 go away\r\n"}}, smtp, u"554"_s,
            u"refused at its greeting: \"554 5.7.1 go away\""_s);
        row("SMTP: too busy", {{.say = "421-mail.example\r\n421 try later\r\n"}}, smtp, u"421"_s, u"try later"_s);
        row("SMTP: refuses EHLO", {smtpGreeting, {.waitFor = "EHLO", .say = "502 what\r\n"}}, smtp, u"502"_s,
            u"refused EHLO"_s);
        row("SMTP: does not offer it",
            {smtpGreeting, {.waitFor = "EHLO", .say = "250-mail\r\n250-XSTARTTLS\r\n250 SIZE 1\r\n"}}, smtp, u"250"_s,
            u"does not offer STARTTLS"_s);
        row("SMTP: refuses STARTTLS",
            {smtpGreeting, smtpOffers, {.waitFor = "STARTTLS", .say = "454 4.7.0 TLS not available\r\n"}}, smtp,
            u"454"_s, u"refused STARTTLS: \"454 4.7.0 TLS not available\""_s);
        row("IMAP: goodbye at the greeting", {{.say = "* BYE overloaded\r\n"}}, imap, u"BYE"_s,
            u"refused at its greeting: \"* BYE overloaded\""_s);
        row("IMAP: logged in already", {{.say = "* PREAUTH hello root\r\n"}}, imap, u"PREAUTH"_s,
            u"STARTTLS is not possible"_s);
        row("IMAP: refuses CAPABILITY", {imapGreeting, {.waitFor = "a1", .say = "a1 BAD what\r\n"}}, imap, u"BAD"_s,
            u"refused CAPABILITY"_s);
        row("IMAP: does not offer it",
            {imapGreeting, {.waitFor = "a1", .say = "* CAPABILITY IMAP4rev1\r\na1 OK done\r\n"}}, imap, u"OK"_s,
            u"does not offer STARTTLS"_s);
        row("IMAP: refuses STARTTLS", {imapGreeting, imapOffers, {.waitFor = "a2", .say = "a2 NO not now\r\n"}}, imap,
            u"NO"_s, u"refused STARTTLS: \"a2 NO not now\""_s);
        row("IMAP: goodbye instead of TLS",
            {imapGreeting, imapOffers, {.waitFor = "a2", .say = "* BYE shutting down\r\n"}}, imap, u"BYE"_s,
            u"said goodbye"_s);
        row("PostgreSQL: no TLS", {{.waitFor = sslRequest, .say = "N"}}, postgres, u"N"_s, u"does not offer TLS"_s);
        row("PostgreSQL: an error",
            {{.waitFor = sslRequest,
              .say = postgresError(QByteArray("SFATAL\0C53300\0Msorry, too many clients\0\0", 40))}},
            postgres, u"53300"_s, u"refused TLS: \"sorry, too many clients"_s);
    }

    void refusals()
    {
        QFETCH(QList<Turn>, talk);
        QFETCH(StartTlsProtocol, protocol);
        QFETCH(QString, code);
        QFETCH(QString, says);
        TlsServer server({.talk = talk, .speaksTls = false});
        const ObservationPtr seen = ProbeRunner().run(
            endpoint(server, protocol, {u"[CONNECTED] == false"_s, u"[CHAIN] != ok"_s, u"[CODE] == %1"_s.arg(code)}));
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->kind == FailureKind::Rejected, told(seen).constData());
        QVERIFY2(seen->failure->message.contains(says), told(seen).constData());
        QCOMPARE(seen->code.value(), code);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
        QCOMPARE(seen->conditions[2].result, Truth::Met);
    }

    void faults_data()
    {
        QTest::addColumn<TlsScript>("script");
        QTest::addColumn<std::optional<StartTlsProtocol>>("protocol");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        silenceRows();
        closedRows();
        wrongRows();
        injectionRows();
    }

    void faults()
    {
        QFETCH(TlsScript, script);
        QFETCH(std::optional<StartTlsProtocol>, protocol);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        TlsServer server(script);
        Endpoint target =
            endpoint(server, protocol, {u"[CONNECTED] == false"_s, u"[CHAIN] != ok"_s, u"[RESPONSE_TIME] < 5000"_s});
        target.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(target);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->kind == kind, told(seen).constData());
        QVERIFY2(seen->failure->message.contains(says), told(seen).constData());
        QVERIFY(seen->failure->phase);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
        QCOMPARE(seen->conditions[2].result, Truth::NotEvaluable);
        QVERIFY(seen->latency < target.client.timeout + 5s);
    }

    void wellKnownPorts_data()
    {
        QTest::addColumn<int>("port");
        for (const int port : {25, 587, 2525, 143, 5432})
            QTest::addRow("port %d", port) << port;
    }
    void wellKnownPorts()
    {
        QFETCH(int, port);
        const ObservationPtr seen =
            ProbeRunner().run(handshakeEndpoint(u"starttls://nowhere.invalid:%1"_s.arg(port), m_ca));
        QVERIFY(seen && seen->failure);
        const bool known = port != 143 && port != 5432;
        QCOMPARE(seen->protocol, known ? u"smtp"_s : port == 143 ? u"imap"_s : u"postgres"_s);
    }

    void refusedConnection()
    {
        const ObservationPtr seen =
            ProbeRunner().run(handshakeEndpoint(u"starttls://127.0.0.1:%1"_s.arg(closedPort()), m_ca));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
        QCOMPARE(seen->failure->phase.value(), Phase::Connect);
    }

    void clientCertificatesAreGivenAfterStartTls()
    {
        TlsServer server({.sends = m_ca.chain(),
                          .client = ClientCertificate::Demanded,
                          .clientAuthority = m_ca.root,
                          .talk = {postgresAgrees}});
        Endpoint target = endpoint(server, postgres);
        const ObservationPtr refused = ProbeRunner().run(target);
        QVERIFY(refused && refused->failure);
        QVERIFY2(refused->failure->message.contains(u"asked for a client certificate, got none"_s),
                 told(refused).constData());
        const Identity client = makeIdentity({.commonName = u"probe"_s}, &m_ca.root);
        target.client.certificateFile = writeFile(m_ca.folder, u"client.pem"_s, client.certificatePem());
        target.client.privateKeyFile = writeFile(m_ca.folder, u"client.key"_s, client.keyPem());
        QCOMPARE(told(ProbeRunner().run(target)), "no failure"_ba);
    }

    void destroyedInFlightSaysNothing_data()
    {
        QTest::addColumn<TlsScript>("script");
        QTest::newRow("in the talk") << TlsScript{.talk = {smtpGreeting}, .speaksTls = false};
        QTest::newRow("in the handshake")
            << TlsScript{.sends = m_ca.chain(), .talk = {smtpGreeting, smtpOffers, smtpAgrees}, .cutAfter = 60};
    }
    void destroyedInFlightSaysNothing()
    {
        QFETCH(TlsScript, script);
        TlsServer server(script);
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = endpoint(server, smtp),
                                .conditions = std::make_shared<const ConditionSet>(),
                                .secrets = {},
                                .queued = {},
                                .attempt = 1},
                               runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.connections(), 1);
        QTest::qWait(50); // well into the talk; any moment will do
        probe.reset();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(spy.size(), 0);
    }

private:
    static void row(const char *name, const TlsScript &script, std::optional<StartTlsProtocol> protocol,
                    FailureKind kind, const QString &says)
    {
        QTest::newRow(name) << script << protocol << kind << says;
    }
    static TlsScript talk(const QList<Turn> &turns, Ending ending = Ending::KeepOpen)
    {
        return {.talk = turns, .speaksTls = false, .ending = ending};
    }

    void silenceRows()
    {
        const auto silent = [](const char *name, const QList<Turn> &turns, std::optional<StartTlsProtocol> protocol,
                               const QString &says) { row(name, talk(turns), protocol, FailureKind::Timeout, says); };
        silent("silence, and nobody said what is spoken", {}, std::nullopt,
               u"(time ran out in phase wait): the server sends no greeting, so neither SMTP nor IMAP"_s);
        silent("SMTP: silence", {}, smtp, u"phase wait): the server sends no SMTP greeting"_s);
        silent("SMTP: silence in the greeting", {{.say = "220-wel"}}, smtp,
               u"phase conversation): the server sends no SMTP greeting"_s);
        silent("SMTP: silence after EHLO", {smtpGreeting}, smtp,
               u"phase conversation): the server does not answer EHLO"_s);
        silent("SMTP: silence in its offers", {smtpGreeting, {.waitFor = "EHLO", .say = "250-STARTTLS\r\n"}}, smtp,
               u"does not answer EHLO"_s);
        silent("SMTP: silence after STARTTLS", {smtpGreeting, smtpOffers}, smtp, u"does not answer STARTTLS"_s);
        silent("IMAP: silence", {}, imap, u"the server sends no IMAP greeting"_s);
        silent("IMAP: silence after CAPABILITY", {imapGreeting}, imap, u"does not answer CAPABILITY"_s);
        silent("IMAP: silence after STARTTLS", {imapGreeting, imapOffers}, imap, u"does not answer STARTTLS"_s);
        silent("PostgreSQL: silence", {}, postgres,
               u"phase wait): the server does not answer PostgreSQL's SSLRequest"_s);
        silent("PostgreSQL: silence in an error", {{.waitFor = sslRequest, .say = QByteArray("E\0\0\0\x40SFATAL", 11)}},
               postgres, u"does not answer"_s);
        silent("agrees and is silent", {smtpGreeting, smtpOffers, smtpAgrees}, smtp,
               u"phase tls): the server does not finish the TLS handshake"_s);
        row("stalls in the handshake",
            {.sends = m_ca.chain(), .talk = {imapGreeting, imapOffers, imapAgrees}, .cutAfter = 60}, imap,
            FailureKind::Timeout, u"phase tls"_s);
    }

    void closedRows()
    {
        const auto closed = [](const char *name, const QList<Turn> &turns, StartTlsProtocol protocol,
                               const QString &says, Ending ending = Ending::Close) {
            row(name, talk(turns, ending), protocol, FailureKind::Closed, says);
        };
        closed("closes at once", {}, smtp, u"without a word: the server sends no SMTP greeting"_s);
        closed("closes in the greeting", {{.say = "220 mai"}}, smtp, u"before it agreed to TLS"_s);
        closed("closes after EHLO", {smtpGreeting, {.waitFor = "EHLO"}}, smtp, u"does not answer EHLO"_s);
        closed("closes after STARTTLS", {imapGreeting, imapOffers, {.waitFor = "a2"}}, imap,
               u"does not answer STARTTLS"_s);
        closed("closes on the SSLRequest", {{.waitFor = sslRequest}}, postgres, u"without a word"_s);
        closed("resets at once", {}, smtp, u"reset"_s, Ending::Reset);
        closed("resets after EHLO", {smtpGreeting, {.waitFor = "EHLO"}}, smtp, u"reset"_s, Ending::Reset);
        closed("agrees and closes", {smtpGreeting, smtpOffers, smtpAgrees, {.waitFor = "\x16"}}, smtp,
               u"during the TLS handshake"_s);
    }

    void wrongRows()
    {
        using enum FailureKind;
        row("HTTP where nobody said what is spoken", talk({{.say = "HTTP/1.1 400 Bad Request\r\n\r\n"}}), std::nullopt,
            Protocol, u"neither SMTP nor IMAP"_s);
        row("an SSH banner", talk({{.say = "SSH-2.0-OpenSSH\r\n"}}), std::nullopt, Protocol,
            u"greets with \"SSH-2.0-OpenSSH\""_s);
        row("SMTP: nonsense", talk({{.say = "hello\r\n"}}), smtp, Protocol, u"\"hello\", which is no SMTP reply"_s);
        row("SMTP: an empty line", talk({{.say = "\r\n"}}), smtp, Protocol, u"no SMTP reply"_s);
        row("SMTP: control characters are not passed on", talk({{.say = "\x1b[31mred\r\n"}}), smtp, Protocol,
            u"\"·[31mred\""_s);
        row("SMTP: IMAP instead", talk({imapGreeting}), smtp, Protocol, u"no SMTP reply"_s);
        row("SMTP: answers before it is asked", talk({{.say = "220 hi\r\n250 STARTTLS\r\n"}}), smtp, Protocol,
            u"before it was asked"_s);
        row("IMAP: SMTP instead", talk({smtpGreeting}), imap, Protocol, u"which is not IMAP"_s);
        row("IMAP: another tag", talk({imapGreeting, {.waitFor = "a1", .say = "z9 OK\r\n"}}), imap, Protocol,
            u"no IMAP response"_s);
        row("PostgreSQL: HTTP instead", talk({{.waitFor = sslRequest, .say = "HTTP/1.1 400\r\n"}}), postgres, Protocol,
            u"S or N was expected"_s);
        row("PostgreSQL: an error without end",
            talk({{.waitFor = sslRequest, .say = QByteArray("E\x7f\xff\xff\xff", 5)}}), postgres, Protocol,
            u"makes no sense"_s);
        row("SMTP: a greeting without end", {.speaksTls = false, .endless = "220-more\r\n"}, smtp, Oversize,
            u"limit of 100 lines"_s);
        row("SMTP: a line without end", {.speaksTls = false, .endless = QByteArray(1000, '2')}, smtp, Oversize,
            u"limit of 8 KiB"_s);
        row("SMTP: offers without end",
            {.talk = {smtpGreeting, {.waitFor = "EHLO"}}, .speaksTls = false, .endless = "250-X\r\n"}, smtp, Oversize,
            u"limit of 100 lines"_s);
        row("IMAP: chatter without end",
            {.talk = {imapGreeting, {.waitFor = "a1"}}, .speaksTls = false, .endless = "* 1 EXISTS\r\n"}, imap,
            Oversize, u"limit of 100 lines"_s);
        row("a line without end where nobody said what is spoken",
            {.speaksTls = false, .endless = QByteArray(1000, 'x')}, std::nullopt, Oversize, u"limit of 8 KiB"_s);
    }

    void injectionRows()
    {
        const auto injected = [](const char *name, QList<Turn> turns, const QByteArray &more,
                                 StartTlsProtocol protocol) {
            turns.last().say += more;
            row(name, talk(turns), protocol, FailureKind::Protocol,
                u"went on in plain text after it had agreed to TLS"_s);
        };
        injected("SMTP: a reply injected behind the agreement", {smtpGreeting, smtpOffers, smtpAgrees}, "250 OK\r\n",
                 smtp);
        injected("IMAP: a response injected behind the agreement", {imapGreeting, imapOffers, imapAgrees}, "* BYE\r\n",
                 imap);
        injected("PostgreSQL: bytes injected behind the agreement", {postgresAgrees}, "R", postgres);
        row("SMTP: plain text in place of the handshake",
            talk({smtpGreeting, smtpOffers, smtpAgrees, {.waitFor = "\x16", .say = "250 what is that?\r\n"}}), smtp,
            FailureKind::Protocol, u"went on in plain text"_s);
    }
};

QTEST_GUILESS_MAIN(TestStartTlsProbe)
#include "tst_starttlsprobe.moc"
