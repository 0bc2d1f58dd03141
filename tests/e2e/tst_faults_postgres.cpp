// The fault table of PostgreSQL: the consent to TLS, the log-in, the query, refusals with their SQLSTATE.
#include "support/faulttable.h"
#include "support/scriptedpostgres.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using pg::int16;
using pg::int32;
using pg::message;

namespace
{

using Turns = QList<pg::Turn>;

const QByteArray letIn = message('R', int32(0));
const QByteArray askMd5 = message('R', int32(5) + "salt");

QByteArray start() { return pg::begun() + pg::parsed() + pg::columns({{"x", 25, ""}}); }
QByteArray notice() { return pg::report('N', "NOTICE", "00000", QByteArray(500, 'x')); }

class PostgresFaults : public FaultTable
{
public:
    PostgresFaults() { setConditions({u"[CONNECTED] == true"_s, u"[BODY] != never"_s, u"[RESPONSE_TIME] < 60000"_s}); }

    FaultRow &row(const QString &name, const Turns &turns, const char *kind, const char *phase = "",
                  Wrapped wrapped = Wrapped::Plain)
    {
        const bool isTls = wrapped == Wrapped::Tls;
        const auto &server =
            isTls ? serve<pg::ScriptedServer>(Turns{{"S"}} + turns, tls()) : serve<pg::ScriptedServer>(turns);
        const QString mode = isTls ? u"db?sslmode=verify-full"_s : u"db?sslmode=disable"_s;
        return add((isTls ? u"postgres over TLS: "_s : u"postgres: "_s) + name, server.url(mode),
                   QString::fromLatin1(kind), QString::fromLatin1(phase));
    }
    FaultRow &asking(const QString &name, const QString &mode, const Turns &turns, const char *kind,
                     const char *phase = "")
    {
        const auto &server = serve<pg::ScriptedServer>(turns);
        return add(u"postgres, sslmode=%1: "_s.arg(mode) + name, server.url(u"db?sslmode="_s + mode),
                   QString::fromLatin1(kind), QString::fromLatin1(phase));
    }
    void raw(const char *name, Script script, const char *kind)
    {
        script.when = When::OnConnect;
        add(u"postgres: "_s + QString::fromUtf8(name),
            serve<FaultServer>(std::move(script)).url(u"postgres"_s, u"/db?sslmode=disable"_s),
            QString::fromLatin1(kind));
    }

    void addStages(Wrapped wrapped);
    void addConsent();
    void addRefusals();
    void addMalformed();
    void addFloods();
    void addConnections();
};

void PostgresFaults::addStages(Wrapped wrapped)
{
    struct Place {
        const char *name;
        Turns before;
        QByteArray said;
        QByteArray tail;
        const char *waiting;
    };
    const QByteArray longRow = pg::head('D', 100'000);
    const QList<Place> places{{"at the start-up", {}, "", notice(), "wait"},
                              {"in the first message", {}, askMd5.first(7), QByteArray(), "receive"},
                              {"after it asked for the password", {{askMd5}}, "", notice(), "wait"},
                              {"after the log-in", {}, letIn, notice(), "wait"},
                              {"after the query", {{pg::welcome()}}, "", notice(), "wait"},
                              {"in the answer", {{pg::welcome()}}, start(), pg::row({{"x", 25, "slow"}}), "receive"},
                              {"in a row", {{pg::welcome()}}, start() + longRow, "z", "receive"},
                              {"before it is ready again",
                               {{pg::welcome()}},
                               start() + pg::row({{"x", 25, "1"}}) + pg::done("SELECT 1"),
                               notice(),
                               "receive"}};
    for (const Place &place : places) {
        const auto leave = [&](const QString &how, Then then, const char *kind, const char *phase) {
            row(how + QString::fromLatin1(place.name), place.before + Turns{{place.said, then, place.tail, 100ms}},
                kind, phase, wrapped);
        };
        leave(u"silent "_s, Then::KeepOpen, "timeout", place.waiting);
        leave(u"closes "_s, Then::Close, "closed", place.waiting);
        leave(u"half-closes "_s, Then::HalfClose, "closed", place.waiting);
        leave(u"resets "_s, Then::Reset, "closed", place.waiting);
        if (!place.tail.isEmpty())
            leave(u"a byte every 100 ms "_s, Then::Drip, "timeout", "receive");
    }
    row(u"answers as it should"_s, {{pg::welcome()}, {pg::answer({{"x", 25, "1"}})}}, "", "", wrapped);
}

void PostgresFaults::addConsent()
{
    const QString require = u"require"_s;
    asking(u"N to the request for TLS"_s, require, {{"N"}}, "tls", "tls");
    asking(u"N to the request for TLS"_s, u"verify-full"_s, {{"N"}}, "tls", "tls");
    asking(u"N, and then it goes on in plain text"_s, u"prefer"_s,
           {{"N"}, {pg::welcome()}, {pg::answer({{"x", 25, "1"}})}}, "");
    asking(u"silent when asked for TLS"_s, require, {}, "timeout");
    asking(u"closes when asked for TLS"_s, require, {{"", Then::Close}}, "closed");
    asking(u"resets when asked for TLS"_s, require, {{"", Then::Reset}}, "closed");
    asking(u"S and silence"_s, require, {{"S"}}, "timeout", "tls");
    asking(u"S and the end"_s, require, {{"S", Then::Close}}, "closed", "tls");
    asking(u"S and a reset"_s, require, {{"S", Then::Reset}}, "closed", "tls");
    asking(u"S with more behind it"_s, require, {{"S" + pg::welcome()}}, "protocol");
    asking(u"S and then plain text"_s, require, {{"S"}, {pg::welcome()}}, "protocol|tls");
    asking(u"S and a byte every 100 ms"_s, require,
           {{"S"}, {"", Then::Drip, QByteArray::fromHex("1603033fff02003ffb030300000000000000"), 100ms}}, "timeout",
           "tls");
    asking(u"an error instead"_s, require, {{pg::error("53300", "too many clients")}}, "rejected").code = u"53300"_s;
    asking(u"HTTP instead"_s, require, {{"HTTP/1.1 400 Bad Request\r\n\r\n"}}, "protocol");
    asking(u"a byte that nobody knows"_s, require, {{"x"}}, "protocol");
    asking(u"N with an injected welcome"_s, require, {{"N" + pg::welcome()}}, "protocol|tls");
    addChainVerdicts(*this, u"postgres"_s, u"/db?sslmode=verify-full"_s,
                     {{.waitFor = QByteArray::fromHex("04d2162f"), .say = "S"}});
}

void PostgresFaults::addRefusals()
{
    for (const char *code :
         {"53300", "57P03", "57P01", "28P01", "28000", "3D000", "53200", "53100", "08P01", "XX000", "42501"}) {
        row(u"%1 at the log-in"_s.arg(QLatin1StringView(code)), {{pg::error(code, "told"), Then::Close}}, "rejected")
            .code = QString::fromLatin1(code);
        row(u"%1 to the query"_s.arg(QLatin1StringView(code)),
            {{pg::welcome()}, {pg::begun() + pg::error(code, "told") + pg::ready()}}, "rejected")
            .code = QString::fromLatin1(code);
    }
    row(u"an error in the middle of the rows"_s,
        {{pg::welcome()}, {start() + pg::row({{"x", 25, "1"}}) + pg::error("57P01", "shut down"), Then::Close}},
        "rejected")
        .code = u"57P01"_s;
    row(u"an error without fields"_s, {{message('E', QByteArray(1, '\0'))}}, "rejected");
    row(u"an error whose fields never end"_s, {{message('E', "SFATAL")}}, "rejected");
    row(u"an error that is no text"_s, {{pg::report('E', "FATAL", "XX000", "\xff\xfe\x1b[31m")}}, "rejected").code =
        u"XX000"_s;
    row(u"an SQLSTATE that is none"_s, {{pg::report('E', "FATAL", "\x1b[31m", "no")}}, "rejected");
    row(u"a way to log in that nobody knows"_s, {{message('R', int32(99))}}, "rejected");
    row(u"Kerberos"_s, {{message('R', int32(2))}}, "rejected");
    row(u"GSSAPI"_s, {{message('R', int32(7))}}, "rejected");
    row(u"SASL of another kind"_s, {{message('R', int32(10) + QByteArray("SCRAM-SHA-512\0\0", 15))}}, "rejected");
}

void PostgresFaults::addMalformed()
{
    const auto wrong = [this](const char *name, const QByteArray &reply, const char *kind = "protocol") {
        row(QString::fromUtf8(name), {{reply}}, kind);
    };
    const auto wrongAnswer = [this](const char *name, const QByteArray &reply, const char *kind = "protocol") {
        row(QString::fromUtf8(name), {{pg::welcome()}, {reply}}, kind);
    };
    wrong("HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n");
    wrong("an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n");
    wrong("a Redis error", "-ERR unknown command\r\n");
    wrong("a TLS alert", QByteArray::fromHex("15030100020246"));
    wrong("words that start like a message", "Error: no\r\n");
    wrong("garbage", QByteArray(300, '\x7f'));
    wrong("zeros", QByteArray(300, '\0'));
    wrong("a length of zero", pg::head('R', 0));
    wrong("a negative length", pg::head('R', -5));
    wrong("a message of two gigabytes", pg::head('R', 2147483647));
    wrong("an error of two gigabytes", pg::head('E', 2147483647));
    wrong("a notice of two gigabytes", letIn + pg::head('N', 2147483647));
    wrong("an unknown message", letIn + message('?', ""));
    wrong("a row before the log-in", letIn + message('D', int16(0)));
    wrong("ready before the log-in", message('N', QByteArray(1, '\0')) + pg::ready());
    wrong("a log-in message that is too short", message('R', "ab"));
    wrong("SASL that ends before it began", message('R', int32(12) + "v=abc"));
    wrong("SASL that goes on before it began", message('R', int32(11) + "r=abc,s=c2FsdA==,i=4096"));
    row(u"SCRAM with another's nonce"_s,
        {{message('R', int32(10) + QByteArray("SCRAM-SHA-256\0\0", 15))},
         {message('R', int32(11) + "r=abc,s=c2FsdA==,i=4096")}},
        "protocol");
    row(u"SCRAM and let in without a proof"_s,
        {{message('R', int32(10) + QByteArray("SCRAM-SHA-256\0\0", 15))}, {letIn}}, "protocol");
    wrongAnswer("ready without an answer", pg::ready());
    wrongAnswer("columns that do not add up", pg::begun() + pg::parsed() + message('T', int16(3) + "x"));
    wrongAnswer("a negative number of columns", pg::begun() + pg::parsed() + message('T', int16(-1)));
    wrongAnswer("a row without columns", pg::begun() + pg::parsed() + pg::row({{"x", 25, "1"}}));
    wrongAnswer("a row that does not fit", start() + message('D', int16(2) + int32(0) + int32(0)));
    wrongAnswer("a value longer than its row", start() + message('D', int16(1) + int32(99) + "x"));
    wrongAnswer("a value of negative length", start() + message('D', int16(1) + int32(-7) + "x"));
    wrongAnswer("copying", pg::begun() + pg::parsed() + message('H', QByteArray(3, '\0')));
    wrongAnswer("another request to log in", askMd5);
    wrongAnswer("a row of two gigabytes", start() + pg::head('D', 2147483647), "oversize");
    wrongAnswer("columns of two gigabytes", pg::begun() + pg::parsed() + pg::head('T', 2147483647),
                "oversize|protocol");
    wrongAnswer("a row of 5 MiB", start() + pg::row({{"x", 25, QByteArray(5 << 20, 'x')}}), "oversize");
}

void PostgresFaults::addFloods()
{
    const auto endless = [this](const char *name, const Turns &before, const QByteArray &said, const QByteArray &tail,
                                const char *kind = "oversize") {
        row(QString::fromUtf8(name), before + Turns{{said, Then::Flood, tail}}, kind, "receive");
    };
    const Turns in{{pg::welcome()}};
    endless("notices without end at the start-up", {}, "", notice());
    endless("notices without end after the log-in", {}, letIn, notice());
    endless("notices without end after the query", in, "", notice());
    endless("parameters without end", {}, letIn, message('S', QByteArray("a\0b\0", 4)).repeated(100));
    endless("keys without end", {}, letIn, message('K', int32(1) + int32(2)).repeated(100));
    endless("rows without end", in, start(), pg::row({{"x", 25, QByteArray(1000, 'x')}}));
    endless("empty rows without end", in, start(), pg::row({{"x", 25, ""}}).repeated(100));
    endless("a row without end", in, start() + pg::head('D', 2147483647), QByteArray(65536, 'x'));
    endless("statements parsed without end", in, "", pg::parsed().repeated(100));
    endless("statements done without end", in, "", pg::done("SELECT 1").repeated(100), "oversize|protocol");
    row(u"requests for the password without end"_s, {{"", Then::Flood, message('R', int32(3)).repeated(100)}},
        "protocol|oversize|rejected");
    row(u"requests for the password without end, the answers are not read"_s,
        {{"", Then::FloodDeaf, askMd5.repeated(1000)}}, "protocol|oversize|rejected");
}

void PostgresFaults::addConnections()
{
    const QString url = u"postgres://probe:hunter2secret@127.0.0.1:%1/db"_s;
    add(u"postgres: refused"_s, url.arg(closedPort()), u"refused"_s, u"connect"_s);
    add(u"postgres: refused, verify-full"_s, url.arg(closedPort()) + u"?sslmode=verify-full"_s, u"refused"_s,
        u"connect"_s);
    add(u"postgres: a name that does not resolve"_s, u"postgres://nothing.here.invalid/db"_s, u"dns"_s, u"dns"_s);
    add(u"postgres: a full accept queue"_s, url.arg(serve<FullQueue>().port()), u"timeout"_s, u"connect"_s);
    raw("closes on accept", {.then = Then::Close}, "closed");
    raw("resets on accept", {.then = Then::Reset}, "closed");
    raw("half-closes on accept", {.then = Then::HalfClose}, "closed");
    raw("too many clients, said before it was asked",
        {.bytes = pg::error("53300", "too many clients"), .then = Then::Close}, "rejected");
    raw("an SSH banner before it was asked", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n"}, "protocol");
    raw("garbage without end", {.then = Then::Flood, .tail = QByteArray(65536, 'x')}, "protocol");
    add(u"postgres: TLS on the port"_s,
        serve<FaultServer>(Script{}, tls()).url(u"postgres"_s, u"/db?sslmode=disable"_s), u"protocol|closed|timeout"_s);
}

} // namespace

class TestFaultsPostgres : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyFault()
    {
        PostgresFaults table;
        table.addStages(Wrapped::Plain);
        table.addStages(Wrapped::Tls);
        table.addConsent();
        table.addRefusals();
        table.addMalformed();
        table.addFloods();
        table.addConnections();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsPostgres)
#include "tst_faults_postgres.moc"
