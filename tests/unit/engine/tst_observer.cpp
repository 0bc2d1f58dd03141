#include "support/testmain.h"
#include "support/tinyhttp.h"

#include "engine/observer.h"

#include <QSignalSpy>
#include <QTemporaryDir>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const QByteArray header = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
const QByteArray defaultV4 = "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
const QByteArray defaultV6 =
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 "
    "00000064 00000001 00000000 00000003     eth0\n";

class Tables {
public:
    ObserverSources sources(const QByteArray &v4, const QByteArray &v6, bool interface)
    {
        return {write(u"route"_s, v4), write(u"ipv6_route"_s, v6), [interface] { return interface; }};
    }

private:
    QString write(const QString &name, const QByteArray &text)
    {
        QFile file(m_directory.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }
    QTemporaryDir m_directory;
};

ObserverFinding last(const QSignalSpy &spy) { return spy.last().first().value<ObserverFinding>(); }

} // namespace

class TestObserver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void ipv4_data()
    {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<bool>("leadsOut");
        QTest::newRow("a default route") << header + defaultV4 << true;
        QTest::newRow("a default route behind others")
            << header + "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n" + defaultV4 << true;
        QTest::newRow("a default route without a gateway (point to point)")
            << header + "wg0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n" << true;
        QTest::newRow("a local network only")
            << header + "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" << false;
        QTest::newRow("half the address space is no default route")
            << header + "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000080\t0\t0\t0\n" << false;
        QTest::newRow("a default route that is down")
            << header + "eth0\t00000000\t010011AC\t0002\t0\t0\t0\t00000000\t0\t0\t0\n" << false;
        QTest::newRow("a default route that rejects")
            << header + "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n" << false;
        QTest::newRow("only the heading") << header << false;
        QTest::newRow("an empty table") << QByteArray() << false;
        QTest::newRow("not a table") << QByteArray("\0\xff garbage\n 00000000\n", 21) << false;
        QTest::newRow("a line cut short") << header + "eth0\t00000000\t010011AC\t0003\n" << false;
    }
    void ipv4()
    {
        QFETCH(QByteArray, table);
        QTEST(hasIpv4DefaultRoute(table), "leadsOut");
    }

    void ipv6_data()
    {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<bool>("leadsOut");
        QTest::newRow("a default route") << defaultV6 << true;
        QTest::newRow("the kernel's unreachable entry on lo")
            << QByteArray("00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                          "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n")
            << false;
        QTest::newRow("a link-local network only")
            << QByteArray("fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
                          "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n")
            << false;
        QTest::newRow("an empty table") << QByteArray() << false;
    }
    void ipv6()
    {
        QFETCH(QByteArray, table);
        QTEST(hasIpv6DefaultRoute(table), "leadsOut");
    }

    void local_data()
    {
        QTest::addColumn<QByteArray>("v4");
        QTest::addColumn<QByteArray>("v6");
        QTest::addColumn<bool>("interface");
        QTest::addColumn<QString>("reason");
        QTest::newRow("an interface and an IPv4 route") << header + defaultV4 << QByteArray() << true << QString();
        QTest::newRow("an interface and an IPv6 route") << header << defaultV6 << true << QString();
        QTest::newRow("no interface") << header + defaultV4 << QByteArray() << false << "no network interface is up";
        QTest::newRow("no route") << header << QByteArray() << true << "no default route";
    }
    void local()
    {
        QFETCH(QByteArray, v4);
        QFETCH(QByteArray, v6);
        QFETCH(bool, interface);
        QFETCH(QString, reason);
        Tables tables;
        const ObserverFinding finding = lookLocally(tables.sources(v4, v6, interface));
        QCOMPARE(finding.state, reason.isEmpty() ? ObserverState::Online : ObserverState::Offline);
        QVERIFY2(finding.reason.startsWith(reason), qPrintable(finding.reason));
        QVERIFY(!finding.canaryFailed);
    }

    void withoutRoutingTablesTheInterfaceDecides()
    {
        ObserverSources sources{u"/nonexistent/route"_s, u"/nonexistent/ipv6_route"_s, [] { return true; }};
        QCOMPARE(lookLocally(sources), ObserverFinding{});
    }

    void theFirstFindingIsToldAtOnceAndThenOnlyChanges()
    {
        Tables tables;
        bool interface = true;
        ObserverSources sources = tables.sources(header + defaultV4, {}, true);
        sources.usableInterface = [&interface] { return interface; };
        const auto clock = std::make_shared<ManualClock>(TimePoint(1h));
        Observer observer(clock, sources);
        QSignalSpy changed(&observer, &Observer::changed), settled(&observer, &Observer::settled);
        observer.start();
        QCOMPARE(changed.count(), 1);
        QCOMPARE(settled.count(), 1);
        QCOMPARE(last(changed).state, ObserverState::Online);

        clock->advance(1s);
        observer.checkSoon();
        QCOMPARE(changed.count(), 1);

        interface = false;
        observer.checkSoon(); // within the same second
        QCOMPARE(changed.count(), 1);
        clock->advance(1s);
        observer.checkSoon();
        QCOMPARE(changed.count(), 2);
        QCOMPARE(last(changed).state, ObserverState::Offline);
        QCOMPARE(settled.count(), 1);
    }

    void itLooksAgainByItself()
    {
        Tables tables;
        bool interface = true;
        ObserverSources sources = tables.sources(header + defaultV4, {}, true);
        sources.usableInterface = [&interface] { return interface; };
        Observer observer(std::make_shared<ScaledClock>(1000, TimePoint(1h)), sources);
        QSignalSpy changed(&observer, &Observer::changed);
        observer.start();
        interface = false;
        QTRY_COMPARE(changed.count(), 2);
    }

    void aCanaryThatAnswersKeepsItOnline()
    {
        Tables tables;
        test::TinyHttp canary;
        Observer observer(std::make_shared<SystemClock>(), tables.sources(header + defaultV4, {}, true));
        QSignalSpy changed(&observer, &Observer::changed);
        observer.setCanary(u"tcp://127.0.0.1:%1"_s.arg(canary.serverPort()));
        observer.start();
        QVERIFY(!observer.isSettled());
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(last(changed), ObserverFinding{});
    }

    void aCanaryDoesNotMakeUpForAMissingRoute()
    {
        Tables tables;
        test::TinyHttp canary;
        Observer observer(std::make_shared<SystemClock>(), tables.sources(header, {}, true));
        QSignalSpy changed(&observer, &Observer::changed);
        observer.setCanary(u"tcp://127.0.0.1:%1"_s.arg(canary.serverPort()));
        observer.start();
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(last(changed).state, ObserverState::Offline);
        QVERIFY(!last(changed).canaryFailed);
    }

    void badCanaries_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("reason");
        QTest::newRow("refused") << u"tcp://127.0.0.1:%1"_s.arg(test::refusedPort()) << "cannot be reached";
        QTest::newRow("another scheme") << u"http://127.0.0.1:80"_s << "not of the form";
        QTest::newRow("no port") << u"tcp://127.0.0.1"_s << "not of the form";
        QTest::newRow("no host") << u"tcp://:80"_s << "not of the form";
    }
    void badCanaries()
    {
        QFETCH(QString, target);
        QFETCH(QString, reason);
        Tables tables;
        Observer observer(std::make_shared<SystemClock>(), tables.sources(header + defaultV4, {}, true));
        QSignalSpy changed(&observer, &Observer::changed);
        observer.setCanary(target);
        observer.start();
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(last(changed).state, ObserverState::Offline);
        QVERIFY(last(changed).canaryFailed);
        QVERIFY2(last(changed).reason.contains(reason), qPrintable(last(changed).reason));
    }

    void anotherCanaryIsAskedAtOnce()
    {
        Tables tables;
        test::TinyHttp canary;
        Observer observer(std::make_shared<SystemClock>(), tables.sources(header + defaultV4, {}, true));
        QSignalSpy changed(&observer, &Observer::changed);
        observer.setCanary(u"tcp://127.0.0.1:%1"_s.arg(test::refusedPort()));
        observer.start();
        QTRY_COMPARE(changed.count(), 1);
        observer.setCanary(u"tcp://127.0.0.1:%1"_s.arg(canary.serverPort()));
        QTRY_COMPARE(changed.count(), 2);
        QCOMPARE(last(changed), ObserverFinding{});
    }

    void stoppedOrDestroyedWhileTheCanaryIsAsked()
    {
        Tables tables;
        test::TinyHttp canary;
        auto observer = std::make_unique<Observer>(std::make_shared<SystemClock>(),
                                                   tables.sources(header + defaultV4, {}, true));
        QSignalSpy changed(observer.get(), &Observer::changed);
        observer->setCanary(u"tcp://127.0.0.1:%1"_s.arg(canary.serverPort()));
        observer->start();
        observer->stop();
        QCoreApplication::processEvents();
        QCOMPARE(changed.count(), 0);
        observer->start();
        observer.reset();
        QCoreApplication::processEvents();
        QCOMPARE(changed.count(), 0);
    }
};

QTEST_GUILESS_MAIN(TestObserver)
#include "tst_observer.moc"
