// promql+http:// against Debian's Prometheus, which scrapes itself.
#include "../unit/probes/proberunner.h"
#include "support/realserver.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

class TestRealPrometheus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void initTestCase()
    {
        const QByteArray address = "127.0.0.1:" + QByteArray::number(m_server.port());
        const QString config = m_server.write(u"prometheus.yml"_s, "global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: self\n  static_configs: [{targets: ['" + address + "']}]\n");
        QVERIFY2(m_server.start(u"/usr/bin/prometheus"_s, {u"--config.file="_s + config, u"--storage.tsdb.path="_s + m_server.path(u"data"_s), u"--web.listen-address="_s + QString::fromLatin1(address)}),
                 qPrintable(m_server.error()));
        const auto hasScraped = [this] { return ask(u"up"_s, {u"[VALUE] == 1"_s})->outcome == Outcome::Pass; };
        QVERIFY2(m_server.waitFor(hasScraped), qPrintable(m_server.error()));
    }

    void itself()
    {
        const ObservationPtr seen = ask(u"up{job=\"self\"}"_s, {u"[VALUE] == 1"_s, u"[LABELS].job == self"_s, u"[LABELS].instance == 127.0.0.1:%1"_s.arg(m_server.port()), u"len([SERIES]) == 1"_s, u"[RESPONSE_TIME] < 60000"_s});
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
    }

    void queries_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("condition");
        QTest::addColumn<Truth>("truth");
        QTest::newRow("a scalar") << u"1 + 1"_s << u"[VALUE] == 2"_s << Truth::Met;
        QTest::newRow("an aggregate") << u"count(up) + sum(vector(0.5))"_s << u"[VALUE] == 1.5"_s << Truth::Met;
        QTest::newRow("no series") << u"no_such_metric"_s << u"len([SERIES]) == 0"_s << Truth::Met;
        QTest::newRow("no series has no value") << u"no_such_metric"_s << u"[VALUE] < 5"_s << Truth::NotEvaluable;
        QTest::newRow("NaN has no value") << u"vector(0) / 0"_s << u"[VALUE] < 5"_s << Truth::NotEvaluable;
        QTest::newRow("infinity has no value") << u"vector(1) / 0"_s << u"[VALUE] > 5"_s << Truth::NotEvaluable;
    }
    void queries()
    {
        QFETCH(QString, query);
        QFETCH(QString, condition);
        QFETCH(Truth, truth);
        const ObservationPtr seen = ask(query, {condition});
        QVERIFY2(seen->conditions[0].result == truth, qPrintable(seen->conditions[0].shown));
    }

    void badQuery()
    {
        const ObservationPtr seen = ask(u"up{"_s, {u"[VALUE] == 1"_s});
        QVERIFY(seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Rejected);
        QCOMPARE(seen->code.value(), u"bad_data"_s);
    }

    void rangeIsNoValue()
    {
        const ObservationPtr seen = ask(u"up[1m]"_s, {u"[VALUE] == 1"_s});
        QVERIFY(seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Protocol);
    }

private:
    ObservationPtr ask(const QString &query, const QStringList &conditions)
    {
        const QString encoded = QString::fromLatin1(QUrl::toPercentEncoding(query));
        Endpoint endpoint = endpointFor(u"promql+http://127.0.0.1:%1/?query=%2"_s.arg(m_server.port()).arg(encoded), conditions);
        endpoint.kind = Kind::PromQl;
        endpoint.client.timeout = 10s;
        return ProbeRunner().run(endpoint);
    }

    RealServer m_server;
};

QTEST_GUILESS_MAIN(TestRealPrometheus)
#include "tst_real_prometheus.moc"
