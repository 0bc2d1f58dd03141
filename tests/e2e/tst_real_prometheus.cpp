// promql+http:// against Debian's Prometheus, which scrapes itself.
#include "realprobe.h"
#include "support/realserver.h"

#include <QFile>

#include <sys/stat.h>

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
        QVERIFY2(start(m_server, config), qPrintable(m_server.error()));
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

    void refusals_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("failure"); // how described() begins
        QTest::newRow("a query that is none") << u"up{"_s << 400 << u"rejected bad_data: the query failed (bad_data): invalid parameter"_s;
        QTest::newRow("a function that is none") << u"fly(up)"_s << 400 << u"rejected bad_data"_s;
        QTest::newRow("no query") << u""_s << 400 << u"rejected bad_data"_s;
        QTest::newRow("a query that cannot be carried out") << u"up + on() scrape_duration_seconds{job=\"self\"} + on() {__name__=~\"up|scrape_.*\"}"_s << 422 << u"rejected execution"_s;
        QTest::newRow("a range of values") << u"up[1m]"_s << 200 << u"protocol/receive: the query gives a range of samples"_s;
        QTest::newRow("a text") << u"\"text\""_s << 200 << u"protocol/receive: the query gives a text"_s;
    }
    void refusals()
    {
        QFETCH(QString, query);
        QFETCH(QString, failure);
        const ObservationPtr seen = ask(query, {u"[VALUE] == 1"_s, u"[RESPONSE_TIME] < 60000"_s});
        QVERIFY2(tells(seen, failure), qPrintable(described(seen)));
        QTEST(seen->status.value_or(0), "status");
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
    }

    /// Prometheus answers 503 until its rules are read; here they come out of a pipe that nobody has written to.
    void notReadyYet()
    {
        RealServer server;
        const QString rules = server.path(u"rules.yml"_s);
        QCOMPARE(::mkfifo(QFile::encodeName(rules).constData(), 0666), 0);
        QCOMPARE(::chmod(QFile::encodeName(rules).constData(), 0666), 0);
        const QString config = server.write(u"prometheus.yml"_s, "rule_files: [" + rules.toUtf8() + "]\n");
        QVERIFY2(start(server, config), qPrintable(server.error()));
        QVERIFY2(server.waitFor([&] { return server.takesConnections(); }), qPrintable(server.error()));
        const auto check = [&] { return ask(u"vector(1)"_s, {u"[VALUE] == 1"_s, u"[STATUS] == 503"_s}, server.port()); };
        const ObservationPtr early = check();
        QVERIFY2(tells(early, u"rejected: the API answered HTTP 503 and no result"_s), qPrintable(described(early)));
        QCOMPARE(early->conditions[0].result, Truth::NotEvaluable);
        QFile pipe(rules);
        QVERIFY(pipe.open(QIODevice::WriteOnly | QIODevice::ExistingOnly | QIODevice::Unbuffered));
        QVERIFY(pipe.write("groups: []\n") > 0);
        pipe.close();
        ObservationPtr seen;
        QTRY_VERIFY_WITH_TIMEOUT((seen = check()) && seen->status == 200, 10'000);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
    }

    void killed()
    {
        RealServer server;
        QVERIFY2(start(server, server.write(u"prometheus.yml"_s, "global: {}\n")), qPrintable(server.error()));
        ObservationPtr seen;
        QTRY_VERIFY_WITH_TIMEOUT((seen = ask(u"vector(1)"_s, {u"[VALUE] == 1"_s}, server.port())) && !seen->failure, 10'000);
        server.stop(SIGKILL);
        seen = ask(u"vector(1)"_s, {u"[VALUE] == 1"_s}, server.port());
        QVERIFY2(tells(seen, u"refused/connect"_s), qPrintable(described(seen)));
    }

private:
    static bool start(RealServer &server, const QString &config)
    {
        return server.start(u"/usr/bin/prometheus"_s, {u"--config.file="_s + config, u"--storage.tsdb.path="_s + server.path(u"data"_s), u"--web.listen-address=127.0.0.1:%1"_s.arg(server.port())});
    }
    ObservationPtr ask(const QString &query, const QStringList &conditions, quint16 port = 0)
    {
        const QString encoded = QString::fromLatin1(QUrl::toPercentEncoding(query));
        Endpoint endpoint = endpointFor(u"promql+http://127.0.0.1:%1/?query=%2"_s.arg(port != 0 ? port : m_server.port()).arg(encoded), conditions);
        endpoint.kind = Kind::PromQl;
        endpoint.client.timeout = 10s;
        return ProbeRunner().run(endpoint);
    }

    RealServer m_server;
};

QTEST_GUILESS_MAIN(TestRealPrometheus)
#include "tst_real_prometheus.moc"
