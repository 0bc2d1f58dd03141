// The fault table of the other kinds: tcp://, promql+http:// and DNS over UDP.
#include "support/faulttable.h"
#include "support/testmain.h"

#include <QNetworkDatagram>
#include <QUdpSocket>

using namespace allclear::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

QByteArray ok(const QByteArray &body, const QByteArray &headers = {}, int status = 200)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " Said\r\nContent-Length: " + QByteArray::number(body.size())
        + "\r\n" + headers + "\r\n" + body;
}

/// Answers each question with what is made of it.
class NameServer : public QObject
{
public:
    explicit NameServer(std::function<QByteArray(const QByteArray &question)> answer)
    {
        m_socket.bind(QHostAddress::LocalHost);
        connect(&m_socket, &QUdpSocket::readyRead, this, [this, answer] {
            while (m_socket.hasPendingDatagrams()) {
                const QNetworkDatagram asked = m_socket.receiveDatagram();
                if (const QByteArray bytes = answer(asked.data()); !bytes.isNull())
                    m_socket.writeDatagram(asked.makeReply(bytes));
            }
        });
    }
    QString url() const { return u"dns://127.0.0.1:%1"_s.arg(m_socket.localPort()); }

private:
    QUdpSocket m_socket;
};

/// The question again with these flags, `records` answers announced, and `tail` for them.
QByteArray reply(const QByteArray &question, const QByteArray &flags, int records = 0, const QByteArray &tail = {})
{
    return question.first(2) + flags + QByteArray("\0\1\0", 3) + static_cast<char>(records) + QByteArray(4, '\0')
        + question.sliced(12) + tail;
}

class OtherFaults : public FaultTable
{
public:
    void addTcp();
    void addPromQl();
    void addDns();
};

void OtherFaults::addTcp()
{
    setConditions({u"[CONNECTED] == true"_s, u"[BODY] != never"_s, u"[RESPONSE_TIME] < 60000"_s});
    const auto row = [this](const char *name, Dialogue dialogue, const char *kind, const char *phase = "") {
        add(u"tcp: "_s + QString::fromUtf8(name), serve<DialogueServer>(std::move(dialogue)).url(u"tcp"_s),
            QString::fromLatin1(kind), QString::fromLatin1(phase))
            .more = u"body: hello"_s;
    };
    add(u"tcp: refused"_s, u"tcp://127.0.0.1:%1"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    add(u"tcp: a name that does not resolve"_s, u"tcp://nothing.here.invalid:1"_s, u"dns"_s, u"dns"_s);
    add(u"tcp: a full accept queue"_s, u"tcp://127.0.0.1:%1"_s.arg(serve<FullQueue>().port()), u"timeout"_s,
        u"connect"_s);
    row("silent", {}, "timeout", "wait");
    row("closes on accept", {.then = Then::Close}, "closed", "wait");
    row("resets on accept", {.then = Then::Reset}, "closed", "wait");
    row("closes after what was sent", {.answers = {""}, .then = Then::Close}, "closed", "wait");
    row("resets after what was sent", {.answers = {""}, .then = Then::Reset}, "closed", "wait");
    row("an answer that never ends", {.answers = {""}, .then = Then::Flood, .tail = QByteArray(65536, 'x')}, "oversize",
        "receive");
    row("an answer, a byte every 20 ms", {.answers = {"a"}, .then = Then::Drip, .tail = "x"}, "timeout", "receive");
    row("an answer", {.answers = {"fine"}}, "");
    row("bytes that are no text", {.answers = {QByteArray("\0\xff\x1b[31m", 7)}}, "");
}

void OtherFaults::addPromQl()
{
    setConditions({u"[VALUE] >= 0"_s, u"len([SERIES]) >= 0"_s, u"[RESPONSE_TIME] < 60000"_s});
    const auto row = [this](const char *name, const QByteArray &bytes, const char *kind, Then then = Then::KeepOpen,
                            const QByteArray &tail = {}) -> FaultRow & {
        const FaultServer &server = serve<FaultServer>(Script{.bytes = bytes, .then = then, .tail = tail});
        return add(u"promql: "_s + QString::fromUtf8(name), server.url(u"promql+http"_s, u"/?query=up"_s),
                   QString::fromLatin1(kind));
    };
    const auto result = [](const QByteArray &data) { return ok("{\"status\":\"success\",\"data\":" + data + "}"); };
    const auto vector = [&](const QByteArray &value) {
        return result("{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1," + value + "]}]}");
    };
    add(u"promql: refused"_s, u"promql+http://127.0.0.1:%1/?query=up"_s.arg(closedPort()), u"refused"_s, u"connect"_s);
    row("a value", vector("\"1\""), "");
    row("no series", result("{\"resultType\":\"vector\",\"result\":[]}"), "condition");
    row("NaN is no value", vector("\"NaN\""), "condition");
    row("infinity is no value", vector("\"+Inf\""), "condition");
    row("a value that is no text", vector("1"), "condition");
    row("a value beyond all numbers", vector("\"1e999\""), "condition");
    row("a range", result("{\"resultType\":\"matrix\",\"result\":[]}"), "protocol");
    row("a result that is null", result("null"), "protocol");
    row("no JSON", ok("<html>"), "protocol");
    row("an empty answer", ok(""), "protocol");
    row("an array 100,000 deep", ok(QByteArray(100'000, '[')), "protocol");
    row("an error", ok("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}", {}, 400), "rejected")
        .code = u"bad_data"_s;
    row("503 without a result", ok("busy", {}, 503), "rejected").status = 503;
    row("a gzip bomb", ok(gzipBomb(1024), "Content-Encoding: gzip\r\n"), "oversize");
    row("series without end",
        "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[", "oversize",
        Then::Flood, QByteArray("{\"metric\":{},\"value\":[1,\"1\"]},").repeated(1000));
    row("silent in the answer", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"status\"", "timeout");
    row("closes in the answer", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"status\"", "closed", Then::Close);
}

void OtherFaults::addDns()
{
    setConditions({u"[DNS_RCODE] == NOERROR"_s, u"[BODY] == 192.0.2.1"_s, u"[RESPONSE_TIME] < 60000"_s});
    const QByteArray fine("\x81\x80", 2), cut("\x83\x80", 2), refused("\x81\x85", 2), noName("\x81\x83", 2);
    const QByteArray address = QByteArray("\xc0\x0c\0\1\0\1\0\0\0\1\0\4\xc0\0\2\1", 16);
    const auto row = [this](const char *name, const std::function<QByteArray(const QByteArray &)> &answer,
                            const char *kind) {
        add(u"dns: "_s + QString::fromUtf8(name), serve<NameServer>(answer).url(), QString::fromLatin1(kind)).more =
            u"dns: { query-name: example.org, query-type: A }"_s;
    };
    row(
        "an address", [=](const QByteArray &asked) { return reply(asked, fine, 1, address); }, "");
    row(
        "silent", [](const QByteArray &) { return QByteArray(); }, "timeout");
    row(
        "no such name", [=](const QByteArray &asked) { return reply(asked, noName); }, "condition");
    row(
        "refused by the server", [=](const QByteArray &asked) { return reply(asked, refused); }, "condition");
    row(
        "nothing found", [=](const QByteArray &asked) { return reply(asked, fine); }, "condition");
    row(
        "an empty datagram", [](const QByteArray &) { return QByteArray(""); }, "protocol|timeout");
    row(
        "garbage of the right number", [](const QByteArray &asked) { return asked.first(2) + QByteArray(200, '\xff'); },
        "protocol|timeout");
    row(
        "garbage", [](const QByteArray &) { return QByteArray(200, '\x7f'); }, "timeout|protocol");
    row(
        "an answer to another question",
        [=](const QByteArray &asked) { return QByteArray("zz") + reply(asked, fine, 1, address).sliced(2); },
        "timeout");
    row(
        "the question again", [](const QByteArray &asked) { return asked; }, "timeout|protocol");
    row(
        "a record cut off", [=](const QByteArray &asked) { return reply(asked, fine, 1, address.first(9)); },
        "protocol");
    row(
        "a pointer at itself",
        [=](const QByteArray &asked) {
            return reply(asked, fine, 1, QByteArray("\xc0") + static_cast<char>(asked.size()));
        },
        "protocol");
    row(
        "200 records announced and one sent", [=](const QByteArray &asked) { return reply(asked, fine, 200, address); },
        "protocol");
    row(
        "cut, and nobody listens on TCP", [=](const QByteArray &asked) { return reply(asked, cut); }, "refused");
}

} // namespace

class TestFaultsOthers : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyFault()
    {
        OtherFaults table;
        table.addTcp();
        table.addPromQl();
        table.addDns();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsOthers)
#include "tst_faults_others.moc"
