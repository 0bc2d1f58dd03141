// tcp:// against real loopback sockets: a connection, a banner, a question and its answer, and how they end.
#include "proberunner.h"
#include "support/dialogueserver.h"

#include <QTimer>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

Endpoint tcpAt(const QString &url, const QStringList &conditions = {u"[CONNECTED] == true"_s},
               const QByteArray &body = {})
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.kind = Kind::Tcp;
    endpoint.body = body;
    return endpoint;
}

} // namespace

class TestTcpProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void aConnectionIsEnough_data()
    {
        QTest::addColumn<Dialogue>("dialogue");
        QTest::newRow("a server that says nothing") << Dialogue{};
        QTest::newRow("a server that says something") << Dialogue{.greeting = "hello"};
        QTest::newRow("a server that closes at once") << Dialogue{.then = Then::Close};
        QTest::newRow("a server that floods") << Dialogue{.then = Then::Flood, .tail = QByteArray(1000, 'x')};
    }
    void aConnectionIsEnough()
    {
        QFETCH(Dialogue, dialogue);
        DialogueServer server(dialogue);
        const ObservationPtr seen = ProbeRunner().run(tcpAt(
            server.url(u"tcp"_s), {u"[CONNECTED] == true"_s, u"[RESPONSE_TIME] < 5000"_s, u"[IP] == 127.0.0.1"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(seen->answered);
        QCOMPARE(seen->protocol, u"tcp"_s);
        QVERIFY(seen->phase(Phase::Connect) && !seen->phase(Phase::Wait) && !seen->phase(Phase::Receive)
                && !seen->phase(Phase::Send));
        QVERIFY(*seen->phase(Phase::Connect) <= seen->latency);
    }

    void answers_data()
    {
        QTest::addColumn<Dialogue>("dialogue");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("condition");
        QTest::newRow("a banner") << Dialogue{.greeting = "SSH-2.0-OpenSSH_9.2\r\n"} << QByteArray()
                                  << u"[BODY] == pat(SSH-2.0-*)"_s;
        QTest::newRow("a banner and the end") << Dialogue{.then = Then::Close, .greeting = "220 mail ESMTP\r\n"}
                                              << QByteArray() << u"[BODY] == pat(220 *)"_s;
        QTest::newRow("an answer to what was sent")
            << Dialogue{.answers = {"pong"}} << QByteArray("ping") << u"[BODY] == pong"_s;
        QTest::newRow("an answer and the end")
            << Dialogue{.answers = {"pong"}, .then = Then::Close} << QByteArray("ping") << u"[BODY] == pong"_s;
        QTest::newRow("an answer nobody asks about is waited for after a body")
            << Dialogue{.answers = {"pong"}} << QByteArray("ping") << u"[CONNECTED] == true"_s;
        QTest::newRow("JSON") << Dialogue{.answers = {"{\"state\": \"up\"}"}} << QByteArray("state\n")
                              << u"[BODY].state == up"_s;
        QTest::newRow("bytes that are no text")
            << Dialogue{.answers = {QByteArray("\x00\xff\xfe", 3)}} << QByteArray("x") << u"len([BODY]) == 3"_s;
    }
    void answers()
    {
        QFETCH(Dialogue, dialogue);
        QFETCH(QByteArray, body);
        QFETCH(QString, condition);
        DialogueServer server(dialogue);
        const ObservationPtr seen = ProbeRunner().run(tcpAt(server.url(u"tcp"_s), {condition}, body));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(server.heard().value(0), body);
        QVERIFY(seen->phase(Phase::Wait) && seen->phase(Phase::Receive));
        QCOMPARE(seen->phase(Phase::Send).has_value(), !body.isEmpty());
        QVERIFY(!seen->excerpt.isEmpty() && seen->bytes > 0);
        // The silence that ends an answer is no part of its latency.
        Duration sum{};
        for (const std::optional<Duration> &phase : seen->phases)
            sum += phase.value_or(Duration::zero());
        QVERIFY(seen->latency - sum < 100ms);
    }

    void anAnswerInPieces()
    {
        QTcpServer server; // DialogueServer answers in one piece
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            for (const auto &[after, part] : {std::pair(20, "one "), std::pair(70, "two "), std::pair(120, "three")})
                QTimer::singleShot(after, socket, [socket, bytes = QByteArray(part)] { socket->write(bytes); });
        });
        const ObservationPtr seen =
            ProbeRunner().run(tcpAt(u"tcp://127.0.0.1:%1"_s.arg(server.serverPort()), {u"[BODY] == one two three"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(seen->latency >= 120ms);
    }

    void degradedWhenReadsTheBodyToo()
    {
        DialogueServer server({.greeting = "busy"});
        Endpoint endpoint = tcpAt(server.url(u"tcp"_s));
        endpoint.degradedWhen.append({.text = u"[BODY] == busy"_s, .mark = {}});
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->outcome, Outcome::Degraded);
    }

    void faults_data()
    {
        QTest::addColumn<Dialogue>("dialogue");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, Dialogue dialogue, const char *body, FailureKind kind, const char *says) {
            QTest::newRow(name) << dialogue << QByteArray(body) << kind << QString::fromLatin1(says);
        };
        using enum FailureKind;
        row("silence instead of a banner", {}, "", Timeout, "phase wait");
        row("silence instead of an answer", {}, "ping", Timeout, "phase wait");
        row("a byte every 100 ms for ever", {.then = Then::Drip, .dripEvery = 100ms}, "", Timeout, "phase receive");
        row("an answer a byte at a time, without end", {.answers = {"x"}, .then = Then::Drip}, "ping", Timeout,
            "phase receive");
        row("closes without a banner", {.then = Then::Close}, "", Closed, "without sending anything");
        row("closes without an answer", {.answers = {""}, .then = Then::Close}, "ping", Closed,
            "without sending anything");
        row("resets without an answer", {.answers = {""}, .then = Then::Reset}, "ping", Closed, "reset the connection");
        row("resets in its answer", {.answers = {"half"}, .then = Then::Reset}, "ping", Closed, "reset the connection");
        row("an answer without end", {.then = Then::Flood, .tail = QByteArray(60000, 'x')}, "", Oversize,
            "exceeds the limit of 4096 KiB");
    }
    void faults()
    {
        QFETCH(Dialogue, dialogue);
        QFETCH(QByteArray, body);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        DialogueServer server(dialogue);
        Endpoint endpoint = tcpAt(server.url(u"tcp"_s),
                                  {u"[CONNECTED] == true"_s, u"[BODY] != x"_s, u"[RESPONSE_TIME] < 5000"_s}, body);
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(900ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QVERIFY(!seen->answered);
        QCOMPARE(seen->conditions[0].result, Truth::Met); // the connection did stand
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
        QCOMPARE(seen->conditions[2].result, Truth::NotEvaluable);
    }

    void unreachable_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<FailureKind>("kind");
        QTest::newRow("refused") << u"tcp://127.0.0.1:%1"_s.arg(closedPort()) << FailureKind::Refused;
        QTest::newRow("refused over IPv6") << u"tcp://[::1]:%1"_s.arg(closedPort()) << FailureKind::Refused;
        QTest::newRow("a name that does not resolve") << u"tcp://gone.invalid:22"_s << FailureKind::Dns;
        QTest::newRow("no port") << u"tcp://127.0.0.1"_s << FailureKind::Internal;
    }
    void unreachable()
    {
        QFETCH(QString, url);
        QFETCH(FailureKind, kind);
        const ObservationPtr seen =
            ProbeRunner().run(tcpAt(url, {u"[CONNECTED] == true"_s, u"[RESPONSE_TIME] < 5000"_s}));
        QVERIFY(seen && seen->failure);
        if (kind == FailureKind::Refused && url.contains(u"::1"_s) && seen->failure->kind == FailureKind::Unreachable)
            QSKIP("this computer has no IPv6");
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY(seen->conditions[0].result != Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
    }

    void destroyedInFlightSaysNothing()
    {
        DialogueServer server({});
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = tcpAt(server.url(u"tcp"_s), {}, "ping"),
                                .conditions = std::make_shared<const ConditionSet>(),
                                .secrets = {},
                                .queued = {},
                                .attempt = 1},
                               runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.heard().size(), 1);
        probe.reset();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(spy.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestTcpProbe)
#include "tst_tcpprobe.moc"
