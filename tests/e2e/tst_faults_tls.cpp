// The fault table of TLS: each flight of the handshake, every chain verdict, TLS after a talk in plain text.
#include "support/faulttable.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

class TlsFaults : public FaultTable
{
public:
    TlsFaults()
    {
        setConditions({u"[CONNECTED] == true"_s, u"[CERTIFICATE_EXPIRATION] > 1h"_s, u"[RESPONSE_TIME] < 60000"_s});
    }

    FaultRow &handshake(const QString &name, TlsScript script, const char *kind, const char *phase = "tls")
    {
        const TlsServer &server = serve<TlsServer>(std::move(script));
        return add(u"tls: "_s + name, server.url(u"tls"_s), QString::fromLatin1(kind), QString::fromLatin1(phase));
    }
    FaultRow &raw(const char *name, Script script, const char *kind)
    {
        script.when = When::OnConnect;
        const FaultServer &server = serve<FaultServer>(std::move(script));
        return add(u"tls: "_s + QString::fromUtf8(name), server.url(u"tls"_s, {}), QString::fromLatin1(kind), u"tls"_s);
    }

    void addFlights();
    void addHandshakes();
    void addNoTls();
    void addStartTls();
};

/// Where the server breaks off: in the record's head, in its hello, in its certificates, and in its second flight.
void TlsFaults::addFlights()
{
    const QList<Identity> chain{leaf(), intermediate()};
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        QList<std::pair<int, int>> cuts{{1, 0}, {1, 1}, {1, 5}, {1, 40}, {1, 90}, {1, 200}, {1, 700}};
        if (version == TLS1_2_VERSION) // in 1.3 the client is done after one
            cuts += {{2, 0}, {2, 3}, {2, 30}};
        for (const auto &[flight, cut] : cuts) {
            const auto row = [&](const QString &how, Ending ending, const char *kind) {
                handshake(u"TLS 1.%1 %2 after %3 bytes of flight %4"_s.arg(version == TLS1_2_VERSION ? 2 : 3)
                              .arg(how)
                              .arg(cut)
                              .arg(flight),
                          {.sends = chain,
                           .minVersion = version,
                           .maxVersion = version,
                           .tickets = false,
                           .cutAfter = cut,
                           .cutInFlight = flight,
                           .ending = ending},
                          kind);
            };
            row(u"stalls"_s, Ending::KeepOpen, "timeout");
            row(u"closes"_s, Ending::Close, "closed");
            row(u"resets"_s, Ending::Reset, "closed");
        }
    }
    handshake(u"a handshake, then garbage without end"_s,
              {.sends = chain, .cutAfter = 60, .endless = QByteArray(4096, 'x')}, "tls");
    handshake(u"a good chain"_s, {.sends = chain}, "", "").verdict = u"ok"_s;
}

void TlsFaults::addHandshakes()
{
    const QList<Identity> chain{leaf(), intermediate()};
    const Identity stranger = makeIdentity({.commonName = u"Stranger"_s, .authority = true});
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
        handshake(u"a client certificate is demanded, version %1"_s.arg(version, 4, 16),
                  {.sends = chain,
                   .minVersion = version,
                   .maxVersion = version,
                   .client = ClientCertificate::Demanded,
                   .clientAuthority = root()},
                  "tls");
    handshake(u"no certificate to serve with"_s, {}, "tls");
    handshake(u"the certificates in the wrong order"_s, {.sends = {leaf(), root(), intermediate()}}, "", "").verdict =
        u"ok"_s;
    handshake(u"the root is sent too"_s, {.sends = {leaf(), intermediate(), root()}}, "", "").verdict = u"ok"_s;
    handshake(u"a stranger's certificate is sent too"_s, {.sends = {leaf(), intermediate(), stranger}}, "", "")
        .verdict = u"ok"_s;
    handshake(u"twenty certificates"_s,
              {.sends = QList<Identity>{leaf(), intermediate()} + QList<Identity>(18, stranger)}, "", "")
        .verdict = u"ok"_s;
    handshake(u"a staple that is garbage"_s, {.sends = chain, .staple = QByteArray(500, 'x')}, "", "").verdict =
        u"ok"_s;
    handshake(u"expired, but the file says insecure"_s,
              {.sends = {leaf({.validFromDays = -9, .validToDays = -2}), intermediate()}}, "condition", "")
        .client = u"insecure: true"_s;
    last().verdict = u"expired"_s;
    last().says = u"[CERTIFICATE_EXPIRATION]"_s;
    addChainVerdicts(*this, u"tls"_s);
}

void TlsFaults::addNoTls()
{
    add(u"tls: refused"_s, u"tls://127.0.0.1:%1"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    add(u"tls: a name that does not resolve"_s, u"tls://nothing.here.invalid:443"_s, u"dns"_s, u"dns"_s);
    add(u"tls: a full accept queue"_s, u"tls://127.0.0.1:%1"_s.arg(serve<FullQueue>().port()), u"timeout"_s,
        u"connect"_s);
    raw("silent", {}, "timeout");
    raw("closes on accept", {.then = Then::Close}, "closed");
    raw("half-closes on accept", {.then = Then::HalfClose}, "closed");
    raw("resets on accept", {.then = Then::Reset}, "closed");
    raw("plain HTTP", {.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n"}, "tls").says = u"plain HTTP"_s;
    raw("an SSH banner", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n"}, "tls");
    raw("an SMTP greeting", {.bytes = "220 mail.test ESMTP\r\n"}, "tls");
    raw("a Redis error", {.bytes = "-ERR unknown command\r\n"}, "tls");
    raw("garbage", {.bytes = QByteArray(500, 'x')}, "tls");
    raw("zeros", {.bytes = QByteArray(500, '\0')}, "tls");
    raw("garbage without end", {.then = Then::Flood, .tail = QByteArray(65536, '\xff')}, "tls");
    raw("a record longer than allowed", {.bytes = QByteArray("\x16\x03\x03\xff\xff", 5) + QByteArray(64, '\0')}, "tls");
    raw("a hello that announces 16 MB",
        {.bytes = QByteArray::fromHex("1603033fff02fffffb") + QByteArray(16379, '\0'),
         .then = Then::Flood,
         .tail = QByteArray::fromHex("1603033fff") + QByteArray(16383, '\0')},
        "tls");
    raw("empty records without end", {.then = Then::Flood, .tail = QByteArray::fromHex("1603030000").repeated(1000)},
        "tls|timeout");
    raw("warnings without end", {.then = Then::Flood, .tail = QByteArray::fromHex("15030300020100").repeated(1000)},
        "tls|closed");
    raw("an alert: unrecognized name", {.bytes = QByteArray::fromHex("15030300020270")}, "tls").says =
        u"unrecognized name"_s;
    raw("an alert: internal error", {.bytes = QByteArray::fromHex("15030300020250")}, "tls");
    raw("a close notification", {.bytes = QByteArray::fromHex("15030300020100"), .then = Then::Close}, "tls|closed");
    raw("application data before the handshake", {.bytes = QByteArray::fromHex("1703030010") + QByteArray(16, 'x')},
        "tls");
    raw("a byte every 100 ms",
        {.bytes = QByteArray::fromHex("1603033fff02003ffb"),
         .then = Then::Drip,
         .tail = QByteArray(1, '\0'),
         .dripEvery = 100ms},
        "timeout|tls");
    raw("its record's head, a byte every 100 ms",
        {.then = Then::Drip, .tail = QByteArray::fromHex("1603033fff02003ffb030300000000000000"), .dripEvery = 100ms},
        "timeout");
}

void TlsFaults::addStartTls()
{
    const QByteArray ehlo = "250-mail.test\r\n250 STARTTLS\r\n";
    const QList<Turn> consent{{.say = "220 mail.test ESMTP\r\n"},
                              {.waitFor = "EHLO", .say = ehlo},
                              {.waitFor = "STARTTLS", .say = "220 go ahead\r\n"}};
    const auto smtp = [this](const char *name, TlsScript script, const char *kind) {
        const TlsServer &server = serve<TlsServer>(std::move(script));
        add(u"starttls: "_s + QString::fromUtf8(name), server.url(u"starttls"_s), QString::fromLatin1(kind)).client =
            u"starttls: smtp"_s;
    };
    const auto plain = [](const QList<Turn> &talk, Ending ending = Ending::KeepOpen) {
        return TlsScript{.talk = talk, .speaksTls = false, .ending = ending};
    };
    smtp("a good chain", {.sends = {leaf(), intermediate()}, .talk = consent}, "");
    smtp("silent at the door", plain({}), "timeout");
    smtp("closes at the door", plain({}, Ending::Close), "closed");
    smtp("half a greeting", plain({{.say = "22"}}), "timeout");
    smtp("554 at the door", plain({{.say = "554 no\r\n"}}), "rejected");
    smtp("HTTP at the door", plain({{.say = "HTTP/1.1 400 Bad Request\r\n\r\n"}}), "protocol");
    smtp("a greeting without end", {.speaksTls = false, .endless = QByteArray(4096, '2')}, "oversize|protocol");
    smtp("greetings without end", {.speaksTls = false, .endless = "220-more\r\n"}, "oversize|protocol");
    smtp("no STARTTLS on offer",
         plain({{.say = "220 mail.test ESMTP\r\n"}, {.waitFor = "EHLO", .say = "250 mail.test\r\n"}}),
         "tls|protocol|rejected");
    smtp("STARTTLS refused",
         plain({{.say = "220 mail.test ESMTP\r\n"},
                {.waitFor = "EHLO", .say = ehlo},
                {.waitFor = "STARTTLS", .say = "454 not now\r\n"}}),
         "rejected");
    smtp("plain text after the consent",
         plain(consent + QList<Turn>{{.waitFor = "\x16\x03", .say = "250 still plain\r\n"}}), "protocol");
    smtp("silent after the consent", plain(consent), "timeout");
    smtp("closes after the consent", plain(consent, Ending::Close), "closed");
    smtp("expired", {.sends = {leaf({.validFromDays = -9, .validToDays = -2}), intermediate()}, .talk = consent},
         "tls");
    last().verdict = u"expired"_s;
}

} // namespace

class TestFaultsTls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyFault()
    {
        TlsFaults table;
        table.addFlights();
        table.addHandshakes();
        table.addNoTls();
        table.addStartTls();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsTls)
#include "tst_faults_tls.moc"
