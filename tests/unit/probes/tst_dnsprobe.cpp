// The dns kind against a name server on loopback that answers whatever the row says, over UDP and TCP.
#include "proberunner.h"
#include "probes/dnsmessage.h"
#include "support/dnsserver.h"
#include "support/faultserver.h"

#include <QUdpSocket>

using namespace allclear;
using namespace allclear::test;
using namespace allclear::test::dns;
using namespace Qt::StringLiterals;

namespace
{

Endpoint dnsAt(const QString &url, const QString &type, const QStringList &conditions = {u"[CONNECTED] == true"_s},
               const QString &name = u"www.example.org"_s)
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.kind = Kind::Dns;
    endpoint.dns = {.name = name, .type = type};
    return endpoint;
}

const QByteArray address("\xc0\x00\x02\x01", 4); // 192.0.2.1
const QByteArray mail = be16(10) + wireName("mx.example.org");

} // namespace

class TestDnsProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void answers_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QList<QByteArray>>("records");
        QTest::addColumn<QString>("body");
        const auto row = [](const char *name, const char *type, const QList<QByteArray> &records, const char *body) {
            QTest::newRow(name) << QString::fromLatin1(type) << records << QString::fromUtf8(body);
        };
        row("A", "A", {record(1, address)}, "192.0.2.1");
        row("A, in small letters", "a", {record(1, address)}, "192.0.2.1");
        row("the last of several A, as Gatus takes it", "A",
            {record(1, address), record(1, QByteArray("\xc0\x00\x02\x02", 4))}, "192.0.2.2");
        row("A behind a CNAME", "A",
            {record(5, wireName("real.example.org")), record(1, address, wireName("real.example.org"))}, "192.0.2.1");
        row("A before its CNAME", "A",
            {record(1, address, wireName("real.example.org")), record(5, wireName("real.example.org"))}, "192.0.2.1");
        row("AAAA", "AAAA", {record(28, QByteArray::fromHex("20010db8000000000000000000000001"))}, "2001:db8::1");
        row("CNAME, compressed", "CNAME", {record(5, QByteArray("\x04real\xc0\x10", 7))}, "real.example.org.");
        row("MX", "MX", {record(15, mail)}, "mx.example.org.");
        row("NS", "NS", {record(2, wireName("ns1.example.org"))}, "ns1.example.org.");
        row("PTR", "PTR", {record(12, wireName("host.example.org"))}, "host.example.org.");
        row("SRV", "SRV", {record(33, be16(1) + be16(2) + be16(5060) + wireName("sip.example.org"))},
            "sip.example.org.:5060");
        row("TXT", "TXT", {record(16, "\x06v=spf1\x05 -all")}, "v=spf1 -all");
        row("TXT that is empty inside", "TXT", {record(16, QByteArray("\x00\x01x", 3))}, "x");
        row("SOA", "SOA",
            {record(6, wireName("ns.a") + wireName("admin.a") + QByteArray(16, '\0') + QByteArray("\0\0\0\x3c", 4))},
            "ns.a. admin.a. 0 0 0 0 60");
        row("CAA", "CAA", {record(257, QByteArray("\x00\x05issueca.test", 14))}, "0 issue \"ca.test\"");
        row("beside a record of an unknown kind", "A", {record(1, address), record(65, "xyz")}, "192.0.2.1");
        row("a name with a dot inside a label", "CNAME",
            {record(5,
                    QByteArray("\x03"
                               "a.b\x01"
                               "c\x00",
                               7))},
            "a\\.b.c.");
        row("a name with a byte that is no letter", "CNAME",
            {record(5,
                    QByteArray("\x02"
                               "a\x07\x00",
                               4))},
            "a\\007.");
    }
    void answers()
    {
        QFETCH(QString, type);
        QFETCH(QList<QByteArray>, records);
        QFETCH(QString, body);
        NameServer server(always({.records = records}));
        const ObservationPtr seen =
            ProbeRunner().run(dnsAt(server.url(), type,
                                    {u"[DNS_RCODE] == NOERROR"_s, u"[CONNECTED] == true"_s, u"[IP] == 127.0.0.1"_s,
                                     u"[RESPONSE_TIME] < 5000"_s, u"has([BODY]) == true"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        Endpoint endpoint = dnsAt(server.url(), type, {u"[BODY] == x"_s});
        const ObservationPtr shown = ProbeRunner().run(endpoint);
        QVERIFY(shown);
        QCOMPARE(shown->conditions[0].value, body);
        QCOMPARE(seen->protocol, u"dns/udp"_s);
        QVERIFY(seen->phase(Phase::Wait) && !seen->phase(Phase::Connect) && !seen->phase(Phase::Receive)
                && !seen->phase(Phase::Dns));
        QVERIFY(seen->excerpt.startsWith(u"NOERROR\n"_s) && seen->bytes > 12);
    }

    void theQuestion_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("type");
        QTest::addColumn<QByteArray>("wire");
        QTest::newRow("a name") << u"www.example.org"_s << u"A"_s << wireName("www.example.org") + be16(1);
        QTest::newRow("a name with its last dot") << u"example.org."_s << u"MX"_s << wireName("example.org") + be16(15);
        QTest::newRow("an underscore") << u"_sip._tcp.example.org"_s << u"SRV"_s
                                       << wireName("_sip._tcp.example.org") + be16(33);
        QTest::newRow("letters that are no ASCII")
            << QString(u"b\u00fccher.example"_s) << u"A"_s << wireName("xn--bcher-kva.example") + be16(1);
        QTest::newRow("an address for PTR")
            << u"192.0.2.1"_s << u"PTR"_s << wireName("1.2.0.192.in-addr.arpa") + be16(12);
        QTest::newRow("an IPv6 address for PTR")
            << u"2001:db8::1"_s << u"PTR"_s
            << wireName("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa") + be16(12);
        QTest::newRow("a reverse name for PTR")
            << u"1.2.0.192.in-addr.arpa"_s << u"PTR"_s << wireName("1.2.0.192.in-addr.arpa") + be16(12);
        QTest::newRow("the root") << u"."_s << u"NS"_s << QByteArray(1, '\0') + be16(2);
    }
    void theQuestion()
    {
        QFETCH(QString, name);
        QFETCH(QString, type);
        QFETCH(QByteArray, wire);
        NameServer server(always({}));
        const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), type, {u"[DNS_RCODE] == NOERROR"_s}, name));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(server.questions.size(), 1);
        QCOMPARE(server.questions[0].sliced(2), QByteArray::fromHex("01000001000000000000") + wire + be16(1));
    }

    void namesThatCannotBeAsked_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("nothing") << QString();
        QTest::newRow("an empty part") << u"a..b"_s;
        QTest::newRow("a part of 64 characters") << QString(64, u'a') + u".org"_s;
        QTest::newRow("255 characters") << QString(u"abcdefg."_s).repeated(32);
    }
    void namesThatCannotBeAsked()
    {
        QFETCH(QString, name);
        const ObservationPtr seen = ProbeRunner().run(
            dnsAt(u"dns://127.0.0.1:%1"_s.arg(closedPort()), u"A"_s, {u"[CONNECTED] == true"_s}, name));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Internal);
        QVERIFY2(seen->failure->message.contains(u"cannot be a DNS name"_s), told(seen));
    }

    void codes_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("word");
        int code = 0;
        for (const char *word : {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN",
                                 "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "RCODE11"})
            QTest::newRow(word) << code++ << QString::fromLatin1(word);
    }
    void codes()
    {
        QFETCH(int, code);
        QFETCH(QString, word);
        NameServer server(always({.flags = answerFlags | code}));
        const ObservationPtr seen = ProbeRunner().run(
            dnsAt(server.url(), u"A"_s, {u"[DNS_RCODE] == %1"_s.arg(word), u"[CONNECTED] == true"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(seen->answered);
        QVERIFY(seen->notes.contains(u"the answer holds no A record"_s));
    }

    void withoutARecordThereIsNoBody()
    {
        for (const QList<QByteArray> &records : {QList<QByteArray>{}, QList{record(5, wireName("real.example.org"))}}) {
            NameServer server(always({.records = records}));
            const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), u"A"_s, {u"[BODY] != 192.0.2.1"_s}));
            QVERIFY(seen && seen->failure);
            QCOMPARE(seen->failure->kind, FailureKind::Condition);
            QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        }
    }

    void aServerThatDoesNotRepeatTheQuestionItDidNotUnderstand()
    {
        NameServer server(
            [](const QByteArray &question) { return QList{question.first(2) + be16(0x8181) + QByteArray(8, '\0')}; });
        const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), u"A"_s, {u"[DNS_RCODE] == FORMERR"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
    }

    void foreignAnswersAreIgnored()
    {
        NameServer server([](const QByteArray &question) {
            QByteArray otherId = reply(question, {.records = {record(1, QByteArray(4, '\x07'))}});
            otherId[0] = static_cast<char>(~otherId[0]);
            QByteArray otherName = reply(question, {.records = {record(1, QByteArray(4, '\x07'))}});
            otherName[13] = 'x';
            QByteArray shouting = reply(question, {.records = {record(1, address)}});
            shouting[13] = 'W';
            return QList{otherId, otherName, shouting};
        });
        const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), u"A"_s, {u"[BODY] == 192.0.2.1"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(seen->notes, QStringList{u"2 datagrams that answered another question were ignored"_s});
    }

    void malformed_data()
    {
        QTest::addColumn<QByteArray>("tail"); // after header and question
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &tail, const char *says, int count = 1) {
            QTest::newRow(name) << tail << count << QString::fromLatin1(says);
        };
        row("a record that is missing", {}, "ends in the middle");
        row("more records than bytes", record(1, address), "ends in the middle", 65535);
        row("a record cut in its name",
            QByteArray("\x05"
                       "abc"),
            "ends in the middle");
        row("a record cut in its head", toQuestion + be16(1), "ends in the middle");
        row("a record longer than the message",
            toQuestion + be16(1) + be16(1) + QByteArray(4, '\0') + be16(400) + address,
            "announces 400 bytes; 4 are left");
        row("an A record of 3 bytes", record(1, "abc"), "ends in the middle");
        row("an A record of 5 bytes", record(1, "abcde"), "does not fill its 5 bytes");
        row("an A record of 3 bytes before another", record(1, "abc") + record(1, address),
            "does not fill its 3 bytes");
        row("an A record of no bytes", record(1, ""), "ends in the middle");
        row("an AAAA record of 4 bytes", record(28, address), "ends in the middle");
        row("a TXT string longer than its record", record(16, "\x0axyz") + record(1, address),
            "does not fill its 4 bytes");
        row("a CAA tag longer than its record", record(257, QByteArray("\x00\x14issue", 7)) + record(1, address),
            "longer than the record");
        row("a pointer at itself", record(5, address, QByteArray("\xc0\x21", 2)), "points forward or at itself");
        row("a pointer forward", record(5, address, QByteArray("\xc0\xff", 2)), "points forward or at itself");
        row("a pointer in the data at itself", record(5, QByteArray("\xc0\x2d\xc0\x2d", 4)),
            "points forward or at itself");
        row("a pointer cut in half", QByteArray("\xc0"), "ends in the middle");
        row("a label of a reserved kind",
            record(1, address,
                   QByteArray("\x41"
                              "a\x00",
                              3)),
            "reserved kind");
        row("a name of over 255 bytes", record(5, (QByteArray(1, '\x3f') + QByteArray(63, 'a')).repeated(4) + '\0'),
            "longer than 255 bytes");
    }
    void malformed()
    {
        QFETCH(QByteArray, tail);
        QFETCH(int, count);
        QFETCH(QString, says);
        NameServer server(
            [&](const QByteArray &question) { return QList{reply(question, {.count = count, .records = {tail}})}; });
        const ObservationPtr seen =
            ProbeRunner().run(dnsAt(server.url(), u"A"_s, {u"[BODY] != x"_s, u"[DNS_RCODE] != x"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Protocol));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QVERIFY(!seen->answered);
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
    }

    void noAnswer_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("says");
        QTest::newRow("an empty datagram") << QByteArray() << u"has 0 bytes"_s;
        QTest::newRow("11 bytes") << QByteArray(11, '\0') << u"has 11 bytes"_s;
        QTest::newRow("garbage of the right id")
            << QByteArray("ID") + QByteArray(40, '\xff') << u"a DNS question came"_s;
    }
    void noAnswer()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, says);
        NameServer server([&](const QByteArray &question) {
            return QList{answer.startsWith("ID") ? question.first(2) + answer.sliced(2) : answer};
        });
        const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), u"A"_s));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Protocol));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QCOMPARE(seen->conditions[0].shown, u"[CONNECTED] (false) == true"_s);
    }

    void theQuestionSentBack()
    {
        NameServer server([](const QByteArray &question) { return QList{question}; });
        const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), u"A"_s));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Protocol));
        QVERIFY2(seen->failure->message.contains(u"a DNS question came"_s), told(seen));
    }

    void silence_data()
    {
        QTest::addColumn<bool>("chatters");
        QTest::newRow("nothing comes") << false;
        QTest::newRow("only answers to other questions come") << true;
    }
    void silence()
    {
        QFETCH(bool, chatters);
        NameServer server([chatters](const QByteArray &question) {
            QByteArray other = reply(question, {});
            other[1] = static_cast<char>(~other[1]);
            return chatters ? QList{other, other} : QList<QByteArray>();
        });
        Endpoint endpoint = dnsAt(server.url(), u"A"_s);
        endpoint.client.timeout = 400ms;
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Timeout));
        QCOMPARE(seen->failure->phase.value(), Phase::Wait);
        QVERIFY(seen->failure->hint.contains(u"UDP"_s));
        QCOMPARE(seen->notes.size(), chatters ? 1 : 0);
        QCOMPARE(server.questions.size(), 1); // nothing is sent twice
    }

    void overTcp()
    {
        const QList<QByteArray> many(2000, record(1, address));
        NameServer server(always({.flags = answerFlags | truncatedFlag}), Tcp::Answers, always({.records = many}));
        const ObservationPtr seen =
            ProbeRunner().run(dnsAt(server.url(), u"A"_s, {u"[BODY] == 192.0.2.1"_s, u"[IP] == 127.0.0.1"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QCOMPARE(seen->protocol, u"dns/tcp"_s);
        QVERIFY(seen->phase(Phase::Connect) && seen->phase(Phase::Receive));
        QVERIFY(seen->notes[0].contains(u"over TCP"_s));
        QVERIFY(seen->excerpt.size() <= 2048);
    }

    void faultsOverTcp_data()
    {
        QTest::addColumn<Tcp>("tcp");
        QTest::addColumn<Reply>("answer");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const Reply fine{.records = {record(1, address)}};
        QTest::newRow("no TCP at all") << Tcp::Absent << fine << FailureKind::Refused << u"refused the connection"_s;
        QTest::newRow("silence") << Tcp::Silent << fine << FailureKind::Timeout << u"phase wait"_s;
        QTest::newRow("a byte every 100 ms, the last one never")
            << Tcp::Drips << fine << FailureKind::Timeout << u"phase receive"_s;
        QTest::newRow("closes without an answer")
            << Tcp::Closes << fine << FailureKind::Closed << u"without answering"_s;
        QTest::newRow("closes in its answer")
            << Tcp::ClosesInside << fine << FailureKind::Closed << u"in the middle of its answer"_s;
        QTest::newRow("truncated again") << Tcp::Answers << Reply{.flags = answerFlags | truncatedFlag}
                                         << FailureKind::Protocol << u"truncated over TCP"_s;
        QTest::newRow("malformed") << Tcp::Answers << Reply{.count = 3} << FailureKind::Protocol
                                   << u"ends in the middle"_s;
    }
    void faultsOverTcp()
    {
        QFETCH(Tcp, tcp);
        QFETCH(Reply, answer);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        NameServer server(always({.flags = answerFlags | truncatedFlag}), tcp, always(answer));
        Endpoint endpoint = dnsAt(server.url(), u"A"_s, {u"[BODY] != x"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(900ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
    }

    void anEmptyMessageOverTcp()
    {
        NameServer server(always({.flags = answerFlags | truncatedFlag}), Tcp::Answers,
                          [](const QByteArray &) { return QList<QByteArray>(); });
        const ObservationPtr seen = ProbeRunner().run(dnsAt(server.url(), u"A"_s));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(FailureKind::Protocol));
    }

    void unreachable_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        QTest::newRow("ICMP says that nothing listens")
            << u"dns://127.0.0.1:%1"_s.arg(closedPort()) << FailureKind::Refused << u"no name server listens"_s;
        QTest::newRow("a name server that has no address")
            << u"dns://ns.invalid"_s << FailureKind::Dns << u"has no address"_s;
        QTest::newRow("no name server") << u"dns://"_s << FailureKind::Internal << u"names no name server"_s;
    }
    void unreachable()
    {
        QFETCH(QString, url);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        const ObservationPtr seen = ProbeRunner().run(
            dnsAt(url, u"A"_s, {u"[CONNECTED] == true"_s, u"[DNS_RCODE] != NOERROR"_s, u"[RESPONSE_TIME] < 5000"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), told(seen));
        QVERIFY(seen->conditions[0].result != Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
        QCOMPARE(seen->conditions[2].result, Truth::NotEvaluable);
    }

    void destroyedInFlightSaysNothing_data()
    {
        QTest::addColumn<bool>("truncated");
        QTest::newRow("while UDP is silent") << false;
        QTest::newRow("while TCP is silent") << true;
    }
    void destroyedInFlightSaysNothing()
    {
        QFETCH(bool, truncated);
        NameServer server(
            truncated ? always({.flags = answerFlags | truncatedFlag})
                      : [](const QByteArray &) { return QList<QByteArray>(); },
            truncated ? Tcp::Silent : Tcp::Absent);
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = dnsAt(server.url(), u"A"_s),
                                .conditions = std::make_shared<const ConditionSet>(),
                                .secrets = {},
                                .queued = {},
                                .attempt = 1},
                               runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.questions.size(), 1);
        probe.reset();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(spy.size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestDnsProbe)
#include "tst_dnsprobe.moc"
