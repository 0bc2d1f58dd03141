// postgres:// against Debian's PostgreSQL 15: what is true of the real server, its refusals, its certificates, its end.
#include "realprobe.h"
#include "support/debianservers.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int maxConnections = 8, reserved = 3;

} // namespace

class TestRealPostgres : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { failOnWarnings(); }

    void defaultQuery();
    void poorUserSeesCountsButNoAges();
    void ownSelect();
    void logIns_data();
    void logIns();
    void clientCertificate();
    void refusals_data();
    void refusals();
    void ratioFollowsTheClients();
    void tooManyClients();
    void certificates_data();
    void certificates();
    void terminatedWhileAsking();
    void killedWhileAsking();
    void restart();

private:
    QString url(const QString &rest = u"staging"_s, const QString &user = u"probe:pencil%20case"_s) const
    {
        return u"postgres://%1@127.0.0.1:%2/%3"_s.arg(user).arg(m_server->port()).arg(rest);
    }
    static Endpoint endpoint(const QString &target, const QStringList &conditions = QStringList(u"[CONNECTED] == true"_s), const QByteArray &body = {})
    {
        Endpoint made = endpointFor(target, conditions);
        made.kind = Kind::Postgres;
        made.client.timeout = 20s;
        made.body = body;
        return made;
    }
    bool administrate(const QString &sql) { return allclear::test::administrate(*m_server, sql); }
    bool startServer() { return startPostgres(*m_server, m_settings, m_access); }
    std::unique_ptr<QProcess> sleeper() const { return sleepingClient(*m_server, u"probe"_s, u"pencil case"_s, u"staging"_s); }
    void endSleepers(std::vector<std::unique_ptr<QProcess>> &sleepers);

    std::unique_ptr<RealServer> m_server;
    QByteArray m_settings, m_access;
    Identity m_root, m_leaf;
};

void TestRealPostgres::initTestCase()
{
    m_server = std::make_unique<RealServer>();
    m_root = makeIdentity({.commonName = u"Test Root"_s, .authority = true});
    m_leaf = makeIdentity({.commonName = u"db.test"_s, .names = {u"DNS:localhost"_s}}, &m_root);
    const QString certificate = m_server->write(u"server.crt"_s, m_leaf.certificatePem());
    const QString authority = m_server->write(u"root.crt"_s, m_root.certificatePem());
    const QString key = m_server->write(u"server.key"_s, m_leaf.keyPem());
    m_access = "hostssl all certified 127.0.0.1/32 cert\nhost all old 127.0.0.1/32 md5\nhost all clear 127.0.0.1/32 password\n"
               "host all all 127.0.0.1/32 scram-sha-256\n";
    m_settings = "max_connections = " + QByteArray::number(maxConnections) + "\nsuperuser_reserved_connections = " + QByteArray::number(reserved)
        + "\nssl = on\nssl_cert_file = '" + certificate.toUtf8() + "'\nssl_key_file = '" + key.toUtf8() + "'\nssl_ca_file = '" + authority.toUtf8() + "'\n";
    QVERIFY2(startServer(), qPrintable(m_server->error()));
    for (const QString &sql : {u"CREATE ROLE probe LOGIN PASSWORD 'pencil case' IN ROLE pg_monitor"_s, u"CREATE ROLE accent LOGIN PASSWORD 'pässwörd №1'"_s,
                               u"CREATE ROLE clear LOGIN PASSWORD 'in the open'"_s, u"CREATE ROLE certified LOGIN"_s,
                               u"SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'of old'"_s, u"CREATE ROLE poor LOGIN PASSWORD 'penny farthing'"_s,
                               u"CREATE DATABASE staging OWNER probe"_s})
        QVERIFY2(administrate(sql), qPrintable(m_server->error()));
}

void TestRealPostgres::endSleepers(std::vector<std::unique_ptr<QProcess>> &sleepers)
{
    for (const auto &sleeper : sleepers) {
        sleeper->kill();
        sleeper->waitForFinished();
    }
    QVERIFY(administrate(u"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"_s));
}

void TestRealPostgres::defaultQuery()
{
    const ObservationPtr seen = ProbeRunner().run(endpoint(url(), {u"[BODY].connections == 1"_s, u"[BODY].max_connections == 8"_s, u"[BODY].reserved == 3"_s,
        u"[BODY].connections_ratio == 0.2"_s, u"[BODY].in_recovery == false"_s, u"[BODY].database == staging"_s, u"[BODY].server_version == pat(15.*)"_s,
        u"has([BODY].oldest_transaction_seconds) == false"_s, u"[CHAIN] == untrusted-root"_s, u"[TLS_VERSION] == TLSv1.3"_s}));
    QVERIFY(seen);
    QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message + seen->excerpt) : "");
    QVERIFY(seen->phase(Phase::Tls) && seen->phase(Phase::Wait));
    QCOMPARE(seen->tls->chain.size(), 2); // it sends its authority along
    QVERIFY(seen->tls->insecure); // nobody asked for verification
    QVERIFY2(!m_server->log().contains("unexpected EOF"), m_server->log().constData());
}

void TestRealPostgres::poorUserSeesCountsButNoAges()
{
    const std::unique_ptr<QProcess> other = sleeper();
    QVERIFY(other);
    const ObservationPtr poor = ProbeRunner().run(endpoint(url(u"staging"_s, u"poor:penny%20farthing"_s), {u"[BODY].connections == 2"_s, u"[BODY].oldest_transaction_seconds < 100000"_s}));
    const ObservationPtr rich = ProbeRunner().run(endpoint(url(), {u"[BODY].connections == 2"_s, u"[BODY].oldest_transaction_seconds < 100000"_s}));
    other->kill();
    other->waitForFinished();
    QVERIFY(poor && rich);
    QCOMPARE(poor->conditions[0].shown, u"[BODY].connections (2) == 2"_s);
    QCOMPARE(poor->conditions[1].result, Truth::NotEvaluable);
    QVERIFY(poor->notes.join(u' ').contains(u"pg_monitor"_s));
    QVERIFY2(rich->outcome == Outcome::Pass, rich->failure ? qPrintable(rich->failure->message) : "");
    QVERIFY(administrate(u"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"_s));
}

void TestRealPostgres::ownSelect()
{
    const QByteArray select = "SELECT n AS number, n * 1.5 AS decimal, 'text' AS word, NULL AS nothing, n > 0 AS truth, '{\"a\": 1}'::jsonb AS doc,"
                              " current_setting('transaction_read_only') AS read_only FROM generate_series(1, 3) n";
    const ObservationPtr seen = ProbeRunner().run(endpoint(url(), {u"[BODY].number == 1"_s, u"[BODY].decimal == 1.5"_s, u"[BODY].word == text"_s, u"[BODY].truth == true"_s,
        u"[BODY].doc.a == 1"_s, u"has([BODY].nothing) == false"_s, u"len([BODY].rows) == 3"_s, u"[BODY].rows[2].number == 3"_s, u"[BODY].read_only == on"_s}, select));
    QVERIFY(seen);
    QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message + seen->excerpt) : "");
}

void TestRealPostgres::logIns_data()
{
    QTest::addColumn<QString>("user");
    QTest::newRow("SCRAM") << u"probe:pencil%20case"_s;
    QTest::newRow("SCRAM, letters beyond ASCII that have to be normalised") << u"accent:p%C3%A4ssw%C3%B6rd%20%E2%84%961"_s;
    QTest::newRow("MD5") << u"old:of%20old"_s;
    QTest::newRow("clear text") << u"clear:in%20the%20open"_s;
}

void TestRealPostgres::logIns()
{
    QFETCH(QString, user);
    for (const QString &mode : {u"?sslmode=disable"_s, u"?sslmode=require"_s}) {
        const ObservationPtr seen = ProbeRunner().run(endpoint(url(u"staging"_s + mode, user), {u"[BODY].x == 1"_s}, "SELECT 1 AS x"));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
    }
}

void TestRealPostgres::clientCertificate()
{
    QTemporaryDir folder;
    const Identity client = makeIdentity({.commonName = u"certified"_s}, &m_root);
    Endpoint made = endpoint(url(u"staging?sslmode=require"_s, u"certified"_s), {u"[BODY].x == 1"_s}, "SELECT 1 AS x");
    const ObservationPtr without = ProbeRunner().run(made);
    QVERIFY(without && without->failure);
    QCOMPARE(without->code.value(), u"28000"_s);
    made.client.certificateFile = writeFile(folder, u"client.crt"_s, client.certificatePem());
    made.client.privateKeyFile = writeFile(folder, u"client.key"_s, client.keyPem());
    const ObservationPtr with = ProbeRunner().run(made);
    QVERIFY(with);
    QVERIFY2(with->outcome == Outcome::Pass, with->failure ? qPrintable(with->failure->message) : "");
}

void TestRealPostgres::refusals_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::newRow("a wrong password") << url(u"staging"_s, u"probe:wrong"_s) << QByteArray() << u"28P01"_s;
    QTest::newRow("a user that does not exist") << url(u"staging"_s, u"nobody:wrong"_s) << QByteArray() << u"28P01"_s;
    QTest::newRow("a database that does not exist") << url(u"nowhere"_s) << QByteArray() << u"3D000"_s;
    QTest::newRow("writing") << url() << QByteArray("CREATE TABLE t (x int)") << u"25006"_s;
    QTest::newRow("inserting") << url() << QByteArray("INSERT INTO pg_catalog.pg_class SELECT * FROM pg_catalog.pg_class") << u"25006"_s;
    QTest::newRow("two statements") << url() << QByteArray("SELECT 1; SELECT 2") << u"42601"_s;
    QTest::newRow("a statement after a commit") << url() << QByteArray("COMMIT; CREATE TABLE t (x int)") << u"42601"_s;
    QTest::newRow("no SQL") << url() << QByteArray("SELEKT 1") << u"42601"_s;
    QTest::newRow("a missing table") << url() << QByteArray("SELECT * FROM nowhere") << u"42P01"_s;
    QTest::newRow("another's file") << url() << QByteArray("SELECT pg_read_file('/etc/passwd')") << u"42501"_s;
}

void TestRealPostgres::refusals()
{
    QFETCH(QString, target);
    QFETCH(QByteArray, body);
    const ObservationPtr seen = ProbeRunner().run(endpoint(target, {u"[RESPONSE_TIME] < 60000"_s}, body));
    QVERIFY(seen && seen->failure);
    QVERIFY2(seen->failure->kind == FailureKind::Rejected, qPrintable(seen->failure->message));
    QTEST(seen->code.value(), "code");
    QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
}

void TestRealPostgres::ratioFollowsTheClients()
{
    Endpoint made = endpoint(url(), {u"[CONNECTED] == true"_s, u"[BODY].connections_ratio < 0.95"_s});
    made.degradedWhen.append({.text = u"[BODY].connections_ratio > 0.7"_s, .mark = {}});
    std::vector<std::unique_ptr<QProcess>> holders;
    QStringList steps;
    ObservationPtr seen;
    for (int clients = 1; clients <= maxConnections - reserved; ++clients) { // the probe is one of them
        // Those of the steps before leave a moment after their answer.
        QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(made)) && seen->conditions[1].value == QString::number(clients / 5.0), 10'000);
        steps.append(seen->conditions[1].value + u' ' + name(seen->outcome));
        if (clients < maxConnections - reserved)
            holders.push_back(sleeper());
        QVERIFY(holders.back());
    }
    endSleepers(holders);
    QCOMPARE(steps, (QStringList{u"0.2 pass"_s, u"0.4 pass"_s, u"0.6 pass"_s, u"0.8 degraded"_s, u"1 fail"_s}));
    QCOMPARE(seen->failure->kind, FailureKind::Condition);
    QTRY_COMPARE_WITH_TIMEOUT(described(ProbeRunner().run(made)), QString(), 10'000);
}

void TestRealPostgres::tooManyClients()
{
    std::vector<std::unique_ptr<QProcess>> holders;
    for (int i = 0; i < maxConnections - reserved; ++i) {
        holders.push_back(sleeper());
        QVERIFY(holders.back());
    }
    const ObservationPtr seen = ProbeRunner().run(endpoint(url()));
    endSleepers(holders);
    QVERIFY(seen && seen->failure);
    QCOMPARE(seen->failure->kind, FailureKind::Rejected);
    QCOMPARE(seen->code.value(), u"53300"_s);
    QVERIFY(seen->failure->message.contains(u"no connection left"_s));
}

void TestRealPostgres::certificates_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("mode");
    QTest::addColumn<bool>("knowsRoot");
    QTest::addColumn<bool>("passes");
    QTest::newRow("the right name and root") << u"localhost"_s << u"verify-full"_s << true << true;
    QTest::newRow("another name") << u"127.0.0.1"_s << u"verify-full"_s << true << false;
    QTest::newRow("another name, only the authority asked") << u"127.0.0.1"_s << u"verify-ca"_s << true << true;
    QTest::newRow("an unknown root") << u"localhost"_s << u"verify-full"_s << false << false;
    QTest::newRow("an unknown root, only encryption asked") << u"localhost"_s << u"require"_s << false << true;
    QTest::newRow("without encryption") << u"localhost"_s << u"disable"_s << false << true;
}

void TestRealPostgres::certificates()
{
    QFETCH(QString, host);
    QFETCH(QString, mode);
    QFETCH(bool, knowsRoot);
    QTemporaryDir folder;
    Endpoint made = endpoint(u"postgres://probe:pencil%20case@%1:%2/staging?sslmode=%3"_s.arg(host).arg(m_server->port()).arg(mode));
    if (knowsRoot)
        made.client.caFile = writeFile(folder, u"root.pem"_s, m_root.certificatePem());
    const ObservationPtr seen = ProbeRunner().run(made);
    QVERIFY(seen);
    QTEST(seen->outcome == Outcome::Pass, "passes");
    if (seen->failure)
        QCOMPARE(seen->failure->kind, FailureKind::Tls);
    QCOMPARE(seen->tls.has_value(), mode != u"disable"_s);
}

void TestRealPostgres::terminatedWhileAsking()
{
    ProbeInFlight probe(endpoint(url(), {u"[CONNECTED] == true"_s}, "SELECT pg_sleep(30)"));
    const auto terminate = [this] {
        return administrate(u"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'"_s)
            && m_server->output().contains('t');
    };
    QVERIFY2(m_server->waitFor(terminate), qPrintable(m_server->error()));
    const ObservationPtr seen = probe.result();
    QVERIFY(seen && seen->failure);
    QCOMPARE(seen->failure->kind, FailureKind::Rejected);
    QCOMPARE(seen->code.value(), u"57P01"_s);
}

/// SIGKILL of one back end: the postmaster ends all others, and nobody says goodbye to the one that was asked.
void TestRealPostgres::killedWhileAsking()
{
    ProbeInFlight probe(endpoint(url(), {u"[CONNECTED] == true"_s}, "SELECT pg_sleep(30)"));
    const auto asked = [this] {
        return administrate(u"SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'"_s) && m_server->output().trimmed().toInt() > 1;
    };
    QVERIFY2(m_server->waitFor(asked), qPrintable(m_server->error()));
    QCOMPARE(::kill(m_server->output().trimmed().toInt(), SIGKILL), 0);
    const ObservationPtr seen = probe.result();
    QVERIFY2(tells(seen, u"closed/wait"_s), qPrintable(described(seen)));
    ObservationPtr back; // it recovers by itself
    QTRY_VERIFY_WITH_TIMEOUT((back = ProbeRunner().run(endpoint(url()))) && !back->failure, 20'000);
}

void TestRealPostgres::restart()
{
    const std::unique_ptr<QProcess> last = sleeper();
    QVERIFY(last);
    m_server->signal(SIGTERM); // lets the last client finish and takes no others
    ObservationPtr seen;
    QTRY_VERIFY_WITH_TIMEOUT((seen = ProbeRunner().run(endpoint(url()))) && seen->failure, 10'000);
    QCOMPARE(seen->failure->kind, FailureKind::Rejected);
    QCOMPARE(seen->code.value(), u"57P03"_s);
    m_server->stop(SIGINT);
    last->kill();
    last->waitForFinished();
    const ObservationPtr gone = ProbeRunner().run(endpoint(url()));
    QVERIFY(gone && gone->failure);
    QCOMPARE(gone->failure->kind, FailureKind::Refused);
    QVERIFY2(startServer(), qPrintable(m_server->error()));
    const ObservationPtr back = ProbeRunner().run(endpoint(url()));
    QVERIFY(back);
    QVERIFY2(back->outcome == Outcome::Pass, back->failure ? qPrintable(back->failure->message) : "");
}

QTEST_GUILESS_MAIN(TestRealPostgres)
#include "tst_real_postgres.moc"
