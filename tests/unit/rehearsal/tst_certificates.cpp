#include "core/clock.h"
#include "rehearsal/certificates.h"
#include "support/testmain.h"

#include <QDateTime>
#include <QSslCertificate>
#include <QSslKey>

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

class TestCertificates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void areAChain();
    void coverTheClockAndTheRealTime_data();
    void coverTheClockAndTheRealTime();
    void areNewEveryTime();
};

void TestCertificates::areAChain()
{
    const auto made = makeCertificates(SystemClock().now());
    QVERIFY(made);
    const QSslCertificate authority(made->authority), intermediate(made->intermediate), leaf(made->leaf);
    QVERIFY(authority.isSelfSigned());
    QVERIFY(!leaf.isSelfSigned());
    QCOMPARE(leaf.issuerInfo(QSslCertificate::CommonName), intermediate.subjectInfo(QSslCertificate::CommonName));
    QCOMPARE(intermediate.issuerInfo(QSslCertificate::CommonName), authority.subjectInfo(QSslCertificate::CommonName));
    const auto names = leaf.subjectAlternativeNames();
    QVERIFY(names.values(QSsl::DnsEntry).contains(u"localhost"_s));
    QVERIFY(names.values(QSsl::IpAddressEntry).contains(u"127.0.0.1"_s));
    QVERIFY(!QSslKey(made->leafKey, QSsl::Ec).isNull());
    QCOMPARE(leaf.publicKey().length(), 256);
    const QList<QSslError> incomplete = QSslCertificate::verify({leaf});
    QVERIFY(!incomplete.isEmpty());
}

void TestCertificates::coverTheClockAndTheRealTime_data()
{
    QTest::addColumn<qint64>("offsetHours");
    QTest::newRow("the clock shows the real time") << qint64(0);
    QTest::newRow("the clock shows the past") << qint64(-300 * 24);
    QTest::newRow("the clock shows the future") << qint64(300 * 24);
}

void TestCertificates::coverTheClockAndTheRealTime()
{
    QFETCH(qint64, offsetHours);
    const TimePoint real = SystemClock().now(), shown = real + std::chrono::hours(offsetHours);
    const auto made = makeCertificates(shown);
    QVERIFY(made);
    for (const QByteArray &pem : {made->authority, made->intermediate, made->leaf}) {
        const QSslCertificate certificate(pem);
        for (const TimePoint at : {real, shown}) {
            const auto ms = std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
            const QDateTime moment = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
            QVERIFY(certificate.effectiveDate() < moment);
            QVERIFY(certificate.expiryDate() > moment.addDays(41).addSecs(-60));
        }
    }
}

void TestCertificates::areNewEveryTime()
{
    const auto first = makeCertificates(SystemClock().now()), second = makeCertificates(SystemClock().now());
    QVERIFY(first && second);
    QVERIFY(first->leafKey != second->leafKey);
    QVERIFY(QSslCertificate(first->leaf).serialNumber() != QSslCertificate(second->leaf).serialNumber());
}

QTEST_GUILESS_MAIN(TestCertificates)
#include "tst_certificates.moc"
