// icmp:// against this computer itself, whether its kernel allows unprivileged pings or not.
#include "proberunner.h"
#include "probes/icmpmessage.h"
#include "probes/icmpprobe.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

Endpoint pingAt(const QString &url,
                const QStringList &conditions = {u"[CONNECTED] == true"_s, u"[RESPONSE_TIME] < 5000"_s})
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.kind = Kind::Icmp;
    return endpoint;
}

bool mayPing(int family, int protocol)
{
    const int descriptor = ::socket(family, SOCK_DGRAM, protocol);
    if (descriptor >= 0)
        ::close(descriptor);
    return descriptor >= 0;
}

bool hasIpv6()
{
    const int descriptor = ::socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
    sockaddr_in6 self{};
    self.sin6_family = AF_INET6;
    self.sin6_addr = in6addr_loopback;
    const bool bound =
        descriptor >= 0 && ::bind(descriptor, reinterpret_cast<const sockaddr *>(&self), sizeof self) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    return bound;
}

} // namespace

class TestIcmpProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void thisComputer_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("v6");
        QTest::newRow("IPv4") << u"icmp://127.0.0.1"_s << false;
        QTest::newRow("IPv6, bare as Gatus takes it") << u"icmp://::1"_s << true;
        QTest::newRow("IPv6 in brackets") << u"icmp://[::1]"_s << true;
        QTest::newRow("a name") << u"icmp://localhost"_s << false;
    }
    void thisComputer()
    {
        QFETCH(QString, url);
        QFETCH(bool, v6);
        if (v6 && !hasIpv6())
            QSKIP("this computer has no IPv6");
        const ObservationPtr seen = ProbeRunner().run(pingAt(url));
        QVERIFY(seen);
        if (!mayPing(v6 ? AF_INET6 : AF_INET, v6 ? int(IPPROTO_ICMPV6) : int(IPPROTO_ICMP))) {
            QVERIFY(seen->failure);
            QCOMPARE(name(seen->failure->kind), name(FailureKind::Unreachable));
            QVERIFY2(seen->failure->message.contains(u"does not let this user send pings"_s), told(seen));
            QVERIFY(seen->failure->hint.contains(u"sysctl -w net.ipv4.ping_group_range"_s));
            QCOMPARE(seen->conditions[0].shown, u"[CONNECTED] (false) == true"_s);
            QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
            QVERIFY(!seen->answered && seen->remote.isEmpty());
            return;
        }
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen));
        QVERIFY(seen->answered && seen->phase(Phase::Wait));
        QVERIFY(*seen->phase(Phase::Wait) <= seen->latency);
        QCOMPARE(seen->phase(Phase::Dns).has_value(), url.contains(u"localhost"_s));
        QVERIFY(seen->protocol.startsWith(u"icmp"_s) && !seen->remote.isEmpty());
        QVERIFY(seen->notes.isEmpty());
    }

    void manyAtOnceDoNotMixTheirReplies()
    {
        if (!mayPing(AF_INET, IPPROTO_ICMP))
            QSKIP("the kernel does not allow unprivileged pings");
        ProbeRunner runner;
        std::vector<std::unique_ptr<Probe>> probes;
        int passed = 0;
        for (int i = 0; i < 50; ++i) {
            const Endpoint endpoint = pingAt(u"icmp://127.0.0.1"_s);
            auto conditions =
                std::make_shared<const ConditionSet>(endpoint.conditions, endpoint.degradedWhen, QStringList());
            probes.push_back(
                makeProbe({.endpoint = endpoint, .conditions = conditions, .secrets = {}, .queued = {}, .attempt = 1},
                          runner.services));
            connect(probes.back().get(), &Probe::finished, this, [&](const ObservationPtr &seen) {
                passed += seen->outcome == Outcome::Pass && seen->notes.isEmpty();
            });
        }
        for (const auto &probe : probes)
            probe->start();
        QTRY_COMPARE(passed, 50);
    }

    void faults_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<FailureKind>("kind");
        QTest::newRow("a name that does not resolve") << u"icmp://gone.invalid"_s << FailureKind::Dns;
        QTest::newRow("no host") << u"icmp://"_s << FailureKind::Internal;
        QTest::newRow("an address that may not be pinged")
            << u"icmp://255.255.255.255"_s << FailureKind::Unreachable; // the kernel refuses, nothing is sent
    }
    void faults()
    {
        QFETCH(QString, url);
        QFETCH(FailureKind, kind);
        const ObservationPtr seen = ProbeRunner().run(pingAt(url));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY(!seen->failure->message.isEmpty() && !seen->failure->hint.isEmpty());
        QVERIFY(seen->conditions[0].result != Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
    }

    void destroyedInFlightSaysNothing()
    {
        for (const QString &url : {u"icmp://127.0.0.1"_s, u"icmp://gone.invalid"_s}) {
            ProbeRunner runner;
            auto probe = makeProbe({.endpoint = pingAt(url),
                                    .conditions = std::make_shared<const ConditionSet>(),
                                    .secrets = {},
                                    .queued = {},
                                    .attempt = 1},
                                   runner.services);
            QSignalSpy spy(probe.get(), &Probe::finished);
            probe->start();
            probe.reset();
            QCoreApplication::sendPostedEvents();
            QCOMPARE(spy.size(), 0);
        }
    }

    void hosts_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("host");
        QTest::newRow("a name") << u"icmp://a.test"_s << u"a.test"_s;
        QTest::newRow("a slash") << u"icmp://a.test/"_s << u"a.test"_s;
        QTest::newRow("a path and a query") << u"icmp://a.test/x?y#z"_s << u"a.test"_s;
        QTest::newRow("a port") << u"icmp://a.test:80"_s << u"a.test"_s;
        QTest::newRow("bare IPv6") << u"icmp://2001:db8::1"_s << u"2001:db8::1"_s;
        QTest::newRow("IPv6 in brackets") << u"icmp://[2001:db8::1]:80/"_s << u"2001:db8::1"_s;
    }
    void hosts()
    {
        QFETCH(QString, url);
        QTEST(pingHostOf(url), "host");
    }

    void replies_data()
    {
        QTest::addColumn<IpVersion>("version");
        QTest::addColumn<QByteArray>("message"); // in hexadecimal
        QTest::addColumn<EchoMatch>("match");
        using enum EchoMatch;
        const auto v4 = [](const char *name, const char *hex, EchoMatch match) {
            QTest::newRow(name) << IpVersion::V4 << QByteArray(hex) << match;
        };
        v4("the reply", "0000abcd12340007aabb", Reply);
        v4("the request itself", "0800abcd12340007aabb", NoReply);
        v4("an ICMPv6 reply", "8100abcd12340007aabb", NoReply);
        v4("a code", "0001abcd12340007aabb", NoReply);
        v4("a wrong sequence", "0000abcd12340008aabb", OtherSequence);
        v4("a sequence in the wrong byte order", "0000abcd12340700aabb", OtherSequence);
        v4("a wrong payload", "0000abcd12340007aabc", OtherPayload);
        v4("a payload cut short", "0000abcd12340007aa", OtherPayload);
        v4("a longer payload", "0000abcd12340007aabbcc", OtherPayload);
        v4("no payload", "0000abcd12340007", OtherPayload);
        v4("7 bytes", "0000abcd123400", NoReply);
        v4("nothing", "", NoReply);
        QTest::newRow("the reply over IPv6") << IpVersion::V6 << QByteArray("8100abcd12340007aabb") << Reply;
        QTest::newRow("an IPv4 reply over IPv6") << IpVersion::V6 << QByteArray("0000abcd12340007aabb") << NoReply;
    }
    void replies()
    {
        QFETCH(IpVersion, version);
        QFETCH(QByteArray, message);
        QFETCH(EchoMatch, match);
        QCOMPARE(matchEchoReply(version, QByteArray::fromHex(message), 7, QByteArray::fromHex("aabb")), match);
    }

    void requests()
    {
        QCOMPARE(echoRequest(IpVersion::V4, 7, "ab"), QByteArray::fromHex("0800000000000007") + "ab");
        QCOMPARE(echoRequest(IpVersion::V6, 258, ""), QByteArray::fromHex("8000000000000102"));
    }

    void errors_data()
    {
        QTest::addColumn<IpVersion>("version");
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        using enum IpVersion;
        QTest::newRow("no such host") << V4 << 3 << 1 << u"no such host"_s;
        QTest::newRow("prohibited") << V4 << 3 << 13 << u"forbids it"_s;
        QTest::newRow("unreachable for another reason") << V4 << 3 << 99 << u"cannot be reached"_s;
        QTest::newRow("time exceeded") << V4 << 11 << 0 << u"time to live"_s;
        QTest::newRow("no route over IPv6") << V6 << 1 << 0 << u"no route"_s;
        QTest::newRow("hop limit") << V6 << 3 << 0 << u"hop limit"_s;
        QTest::newRow("something else") << V6 << 77 << 5 << u"ICMP type 77 code 5"_s;
    }
    void errors()
    {
        QFETCH(IpVersion, version);
        QFETCH(int, type);
        QFETCH(int, code);
        QFETCH(QString, says);
        QVERIFY2(icmpErrorText(version, type, code).contains(says), qPrintable(icmpErrorText(version, type, code)));
    }
};

QTEST_GUILESS_MAIN(TestIcmpProbe)
#include "tst_icmpprobe.moc"
