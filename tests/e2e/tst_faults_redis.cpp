// The fault table of Redis, plain and over TLS: each reply, refusals with their code, replies that never end.
#include "support/faulttable.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

const QByteArray pong = "+PONG\r\n";

QByteArray bulk(const QByteArray &text) { return '$' + QByteArray::number(text.size()) + "\r\n" + text + "\r\n"; }

class RedisFaults : public FaultTable
{
public:
    RedisFaults() { setConditions({u"[CONNECTED] == true"_s, u"[BODY] != never"_s, u"[RESPONSE_TIME] < 60000"_s}); }

    FaultRow &row(const QString &name, Dialogue dialogue, const char *kind, const char *phase = "",
                  Wrapped wrapped = Wrapped::Plain)
    {
        const bool isTls = wrapped == Wrapped::Tls;
        const DialogueServer &server =
            isTls ? serve<DialogueServer>(std::move(dialogue), tls()) : serve<DialogueServer>(std::move(dialogue));
        const QString scheme = isTls ? u"rediss"_s : u"redis"_s;
        return add(scheme + u": "_s + name, server.url(scheme), QString::fromLatin1(kind), QString::fromLatin1(phase));
    }

    void addStages(Wrapped wrapped);
    void addRefusals();
    void addMalformed();
    void addFloods();
    void addConnections();
};

void RedisFaults::addStages(Wrapped wrapped)
{
    struct Place {
        const char *name;
        QList<QByteArray> answers;
        QByteArray tail;
        const char *waiting;
    };
    const QList<Place> places{{"instead of PONG", {""}, "+PONG and more of it and more", "wait"},
                              {"in PONG", {"+PO"}, "NG and more of it and so on", "receive"},
                              {"instead of INFO", {pong, ""}, "$99999\r\nzzzzzzzzzzzzzz", "wait"},
                              {"in the length of INFO", {pong, "$9"}, "0", "receive"},
                              {"in INFO", {pong, "$99999\r\nredis_version:7"}, "z", "receive"},
                              {"before the last line end",
                               {pong, bulk("# Server\r\nredis_version:7.0\r\n").chopped(2)},
                               QByteArray(),
                               "receive"}};
    for (const Place &place : places) {
        const QString where = QString::fromLatin1(place.name);
        row(u"silent "_s + where, {.answers = place.answers}, "timeout", place.waiting, wrapped);
        row(u"closes "_s + where, {.answers = place.answers, .then = Then::Close}, "closed", place.waiting, wrapped);
        row(u"half-closes "_s + where, {.answers = place.answers, .then = Then::HalfClose}, "closed", place.waiting,
            wrapped);
        row(u"resets "_s + where, {.answers = place.answers, .then = Then::Reset}, "closed", place.waiting, wrapped);
        if (!place.tail.isEmpty())
            row(u"a byte every 100 ms "_s + where,
                {.answers = place.answers, .then = Then::Drip, .tail = place.tail, .dripEvery = 100ms},
                place.tail == "0" ? "timeout|oversize" : "timeout", "receive", wrapped);
    }
    row(u"closes on accept"_s, {.then = Then::Close}, "closed", "wait", wrapped);
    row(u"resets on accept"_s, {.then = Then::Reset}, "closed", "wait", wrapped);
    row(u"answers as it should"_s, {.answers = {pong, bulk("# Server\r\nredis_version:7.0\r\nrole:master\r\n")}}, "",
        "", wrapped);
}

void RedisFaults::addRefusals()
{
    for (const auto &[code, text] : std::initializer_list<std::pair<const char *, const char *>>{
             {"NOAUTH", "Authentication required."},
             {"LOADING", "Redis is loading the dataset in memory"},
             {"MISCONF", "Errors writing to the AOF file"},
             {"READONLY", "You can't write against a read only replica."},
             {"WRONGPASS", "invalid username-password pair"},
             {"NOPERM", "no permission"},
             {"MASTERDOWN", "Link with MASTER is down"},
             {"CLUSTERDOWN", "The cluster is down"},
             {"MOVED", "3999 127.0.0.1:6381"},
             {"BUSY", "Redis is busy running a script"},
             {"OOM", "command not allowed when used memory > 'maxmemory'."},
             {"ERR", "max number of clients reached"}}) {
        const QByteArray reply = '-' + QByteArray(code) + ' ' + text + "\r\n";
        row(u"%1 instead of PONG"_s.arg(QLatin1StringView(code)), {.answers = {reply}}, "rejected").code =
            QString::fromLatin1(code);
        row(u"%1 instead of INFO"_s.arg(QLatin1StringView(code)), {.answers = {pong, reply}, .then = Then::Close},
            "rejected")
            .code = QString::fromLatin1(code);
    }
    row(u"a refusal at the door"_s, {.then = Then::Close, .greeting = "-ERR max number of clients reached\r\n"},
        "rejected")
        .code = u"ERR"_s;
    row(u"a refusal at the door and a reset"_s,
        {.then = Then::Reset, .greeting = "-ERR max number of clients reached\r\n"}, "rejected")
        .code = u"ERR"_s;
    row(u"an empty error"_s, {.answers = {"-\r\n"}}, "rejected");
    row(u"an error that is not UTF-8"_s, {.answers = {"-ERR \xff\xfe\x1b[31m\r\n"}}, "rejected").code = u"ERR"_s;
    row(u"protected mode"_s, {.answers = {"-DENIED Redis is running in protected mode\r\n"}}, "rejected").code =
        u"DENIED"_s;
}

void RedisFaults::addMalformed()
{
    const auto wrong = [this](const char *name, const QByteArray &reply, const char *kind = "protocol") {
        row(QString::fromUtf8(name), {.answers = {reply}}, kind);
        row(QString::fromUtf8(name) + u" instead of INFO"_s, {.answers = {pong, reply}}, kind);
    };
    wrong("HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n");
    wrong("an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n");
    wrong("a TLS alert", QByteArray::fromHex("15030100020246"));
    wrong("an unknown type byte", "@what\r\n");
    wrong("a NUL", QByteArray(1, '\0'));
    wrong("garbage", QByteArray(300, '\x7f'));
    wrong("zeros", QByteArray(300, '\0'));
    wrong("memcached", "ERROR\r\n");
    wrong("a bulk length that is no number", "$x\r\n");
    wrong("a bulk length below -1", "$-2\r\n");
    wrong("a bulk length beyond 64 bits", "$99999999999999999999\r\n", "protocol|oversize");
    wrong("an array length below -1", "*-2\r\n");
    wrong("an array length beyond 64 bits", "*99999999999999999999\r\n", "protocol|oversize");
    wrong("an integer that is none", ":x\r\n");
    wrong("arrays 100,000 deep", QByteArray("*1\r\n").repeated(100'000));
    row(u"a bulk longer than it said"_s, {.answers = {pong, "$5\r\nhello, world\r\n"}}, "protocol");
    row(u"something else than PONG"_s, {.answers = {"+HELLO\r\n"}}, "protocol");
    row(u"an integer instead of PONG"_s, {.answers = {":1\r\n"}}, "protocol");
    row(u"nil instead of PONG"_s, {.answers = {"$-1\r\n"}}, "protocol");
    row(u"two replies to one command"_s, {.answers = {pong + pong}}, "protocol");
    row(u"nil instead of INFO"_s, {.answers = {pong, "$-1\r\n"}}, "protocol");
    row(u"an array instead of INFO"_s, {.answers = {pong, "*1\r\n:1\r\n"}}, "protocol");
    row(u"INFO that says nothing of Redis"_s, {.answers = {pong, bulk("hello")}}, "protocol");
    row(u"an empty INFO"_s, {.answers = {pong, bulk("")}}, "protocol");
    row(u"INFO with bytes that are no text"_s,
        {.answers = {pong, bulk("# Server\r\nredis_version:\xff\xfe\r\nused_memory:99999999999999999999999\r\n")}}, "");
}

void RedisFaults::addFloods()
{
    const QByteArray much(65536, 'x');
    const auto endless = [&](const char *name, const QByteArray &start, const QByteArray &tail,
                             const char *kind = "oversize") {
        row(QString::fromUtf8(name), {.answers = {start}, .then = Then::Flood, .tail = tail}, kind, "receive");
        row(QString::fromUtf8(name) + u" instead of INFO"_s,
            {.answers = {pong, start}, .then = Then::Flood, .tail = tail}, kind, "receive");
    };
    endless("a bulk of two gigabytes", "$2147483646\r\n", much);
    endless("a bulk of an exabyte", "$1152921504606846976\r\n", much);
    endless("a line without end", "+", much);
    endless("an error without end", "-ERR ", much);
    endless("an integer without end", ":", QByteArray(65536, '1'), "oversize|protocol");
    endless("a length without end", "$", QByteArray(65536, '1'), "oversize|protocol");
    endless("an array of two thousand million", "*2147483647\r\n", ":1\r\n");
    endless("arrays in arrays", "*8\r\n", QByteArray("*60000\r\n:1\r\n").repeated(500), "oversize|protocol");
    endless("an array of large texts", "*60000\r\n", bulk(QByteArray(60'000, 'x')));
    row(u"a bulk of two gigabytes that does not come"_s, {.answers = {pong, "$2147483646\r\n"}}, "oversize", "receive");
    row(u"replies without end"_s, {.answers = {""}, .then = Then::Flood, .tail = pong.repeated(1000)}, "protocol");
}

void RedisFaults::addConnections()
{
    add(u"redis: refused"_s, u"redis://127.0.0.1:%1"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    add(u"rediss: refused"_s, u"rediss://127.0.0.1:%1"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    add(u"redis: a name that does not resolve"_s, u"redis://nothing.here.invalid"_s, u"dns"_s, u"dns"_s);
    add(u"redis: a full accept queue"_s, u"redis://127.0.0.1:%1"_s.arg(serve<FullQueue>().port()), u"timeout"_s,
        u"connect"_s);
    add(u"redis: TLS on the port"_s, serve<DialogueServer>(Dialogue{}, tls()).url(u"redis"_s),
        u"protocol|closed|timeout"_s);
    add(u"rediss: plain Redis on the port"_s,
        serve<DialogueServer>(Dialogue{.answers = {"-ERR Protocol error\r\n"}}).url(u"rediss"_s), u"tls"_s, u"tls"_s);
    const auto raw = [this](const char *name, Script script, const char *kind) {
        script.when = When::OnConnect;
        add(u"rediss: "_s + QString::fromUtf8(name), serve<FaultServer>(std::move(script)).url(u"rediss"_s, {}),
            QString::fromLatin1(kind), u"tls"_s);
    };
    raw("silent in the handshake", {}, "timeout");
    raw("closes in the handshake", {.then = Then::Close}, "closed");
    raw("resets in the handshake", {.then = Then::Reset}, "closed");
    addChainVerdicts(*this, u"rediss"_s);
}

} // namespace

class TestFaultsRedis : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyFault()
    {
        RedisFaults table;
        table.addStages(Wrapped::Plain);
        table.addStages(Wrapped::Tls);
        table.addRefusals();
        table.addMalformed();
        table.addFloods();
        table.addConnections();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsRedis)
#include "tst_faults_redis.moc"
