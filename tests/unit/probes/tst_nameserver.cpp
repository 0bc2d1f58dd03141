// client.dns-resolver: an HTTP endpoint by a name that only the file's own name server knows.
#include "proberunner.h"
#include "support/dnsserver.h"
#include "support/faultserver.h"
#include "support/tinyhttp.h"

using namespace allclear;
using namespace allclear::test;
using namespace allclear::test::dns;
using namespace Qt::StringLiterals;

namespace {

constexpr int typeA = 1, typeAaaa = 28, nxDomain = 0x8183, servFail = 0x8182;
const QByteArray loopback("\x7f\x00\x00\x01", 4);

int typeOf(const QByteArray &question) { return static_cast<unsigned char>(question[question.size() - 3]); }

/// 127.0.0.1 for A, nothing for AAAA.
QList<QByteArray> knows(const QByteArray &question)
{
    const bool asksA = typeOf(question) == typeA;
    return {reply(question, {.records = asksA ? QList{record(typeA, loopback)} : QList<QByteArray>()})};
}

} // namespace

class TestNameServer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void theNameIsAskedThere_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<NameServer::Answers>("udp");
        QTest::addColumn<bool>("overUdp");
        QTest::newRow("over UDP") << u"udp"_s << NameServer::Answers(knows) << true;
        QTest::newRow("over TCP") << u"tcp"_s << NameServer::Answers(knows) << false;
        QTest::newRow("truncated over UDP, whole over TCP") << u"udp"_s << always({.flags = answerFlags | truncatedFlag}) << true;
        QTest::newRow("behind an answer to another question") << u"udp"_s << NameServer::Answers([](const QByteArray &question) {
            QByteArray foreign = reply(question, {.records = {record(typeA, QByteArray("\x7f\x00\x00\x09", 4))}});
            foreign[0] = static_cast<char>(foreign[0] ^ 0x55);
            return QList{foreign} + knows(question);
        }) << true;
    }
    void theNameIsAskedThere()
    {
        QFETCH(QString, scheme);
        QFETCH(NameServer::Answers, udp);
        QFETCH(bool, overUdp);
        NameServer names(udp, Tcp::Answers, knows);
        const TinyHttp server;
        Endpoint endpoint = endpointFor(u"http://api.somewhere.invalid:%1/"_s.arg(server.serverPort()), {u"[STATUS] == 200"_s, u"[IP] == 127.0.0.1"_s});
        endpoint.client.dnsResolver = names.url(scheme);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(seen->phase(Phase::Dns));
        QCOMPARE(!names.questions.isEmpty(), overUdp);
    }

    void bothFamiliesAreAskedFor()
    {
        NameServer names([](const QByteArray &question) {
            return QList{reply(question, {.records = {typeOf(question) == typeAaaa ? record(typeAaaa, QByteArray(15, '\0') + '\x01') : record(typeA, loopback)}})};
        });
        const TinyHttp server; // on IPv4 only: the other address is refused and the next one tried
        Endpoint endpoint = endpointFor(u"http://api.somewhere.invalid:%1/"_s.arg(server.serverPort()), {u"[STATUS] == 200"_s});
        endpoint.client.dnsResolver = names.url(u"udp"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(names.questions.size(), 2);
    }

    void faults_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<NameServer::Answers>("udp");
        QTest::addColumn<Tcp>("tcp");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const NameServer::Answers silent = [](const QByteArray &) { return QList<QByteArray>(); };
        using enum FailureKind;
        QTest::newRow("it does not know the name") << u"udp"_s << always({.flags = nxDomain}) << Tcp::Absent << Dns << u"it says NXDOMAIN"_s;
        QTest::newRow("it fails") << u"udp"_s << always({.flags = servFail}) << Tcp::Absent << Dns << u"it says SERVFAIL"_s;
        QTest::newRow("it knows no address") << u"udp"_s << always({}) << Tcp::Absent << Dns << u"it knows no address"_s;
        QTest::newRow("it answers nonsense") << u"udp"_s << NameServer::Answers([](const QByteArray &question) { return QList{question.first(2) + "\x81\x80 nonsense"}; })
                                             << Tcp::Absent << Dns << u"its answer breaks DNS"_s;
        QTest::newRow("it is silent") << u"udp"_s << silent << Tcp::Absent << Timeout << u"time ran out in phase dns"_s;
        QTest::newRow("it is silent over TCP") << u"tcp"_s << silent << Tcp::Silent << Timeout << u"time ran out in phase dns"_s;
        QTest::newRow("it drips over TCP") << u"tcp"_s << silent << Tcp::Drips << Timeout << u"time ran out in phase dns"_s;
        QTest::newRow("it closes over TCP") << u"tcp"_s << silent << Tcp::Closes << Dns << u"it closed the connection"_s;
        QTest::newRow("it closes inside its answer") << u"tcp"_s << silent << Tcp::ClosesInside << Dns << u"it closed the connection"_s;
    }
    void faults()
    {
        QFETCH(QString, scheme);
        QFETCH(NameServer::Answers, udp);
        QFETCH(Tcp, tcp);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        NameServer names(udp, tcp, knows);
        Endpoint endpoint = endpointFor(u"http://api.somewhere.invalid/"_s);
        endpoint.client.dnsResolver = names.url(scheme);
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(5s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->kind == kind, told(seen));
        QCOMPARE(seen->failure->phase, std::optional(Phase::Dns));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
    }

    void nobodyListens_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::newRow("over UDP") << u"udp"_s;
        QTest::newRow("over TCP") << u"tcp"_s;
    }
    void nobodyListens()
    {
        QFETCH(QString, scheme);
        Endpoint endpoint = endpointFor(u"http://api.somewhere.invalid/"_s);
        endpoint.client.dnsResolver = u"%1://127.0.0.1:%2"_s.arg(scheme).arg(closedPort());
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Dns);
        QVERIFY2(seen->failure->message.contains(u"connection refused"_s), told(seen));
    }

    void anAddressIsNotAskedFor()
    {
        NameServer names(always({.flags = nxDomain}));
        const TinyHttp server;
        Endpoint endpoint = endpointFor(server.url(), {u"[STATUS] == 200"_s});
        endpoint.client.dnsResolver = names.url(u"udp"_s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY2(seen && seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(names.questions.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestNameServer)
#include "tst_nameserver.moc"
