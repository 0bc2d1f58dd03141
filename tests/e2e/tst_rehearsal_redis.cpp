// The Redis probe against servers that were not made for its tests: the rehearsal's listener and, where it is
// installed, Debian's redis-server.
#include "conditions/evaluate.h"
#include "probes/probe.h"
#include "probes/services.h"
#include "rehearsal/databaselistener.h"
#include "support/faultserver.h"
#include "support/testmain.h"

#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTcpSocket>
#include <QTemporaryDir>

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

namespace
{

ObservationPtr probe(const QString &url, const QStringList &conditions)
{
    Endpoint endpoint;
    endpoint.name = u"redis"_s;
    endpoint.url = url;
    endpoint.kind = Kind::Redis;
    endpoint.client.timeout = 3s;
    for (const QString &text : conditions)
        endpoint.conditions.append({.text = text, .mark = {}});
    ProbeServices services(std::make_shared<SystemClock>());
    const auto set = std::make_shared<const ConditionSet>(endpoint.conditions, endpoint.degradedWhen, QStringList());
    const auto running =
        makeProbe({.endpoint = endpoint, .conditions = set, .secrets = {}, .queued = {}, .attempt = 1}, services);
    QSignalSpy spy(running.get(), &Probe::finished);
    running->start();
    if (spy.isEmpty() && !spy.wait(20'000))
        return nullptr;
    return spy[0][0].value<ObservationPtr>();
}

/// Debian's redis-server on a free loopback port, ended with this object.
class RealRedis
{
public:
    explicit RealRedis(const QStringList &options)
    {
        m_port = test::closedPort();
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(u"redis-server"_s,
                        QStringList{u"--port"_s, QString::number(m_port), u"--bind"_s, u"127.0.0.1"_s, u"--save"_s,
                                    u""_s, u"--dir"_s, m_folder.path()}
                            + options);
    }
    ~RealRedis()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    bool isReady()
    {
        m_said += m_process.readAll();
        return m_said.contains("eady to accept connections");
    }
    QString url(const QString &userInfo = {}) const
    {
        return u"redis://"_s + userInfo + u"127.0.0.1:"_s + QString::number(m_port);
    }
    quint16 port() const { return m_port; }

private:
    QTemporaryDir m_folder;
    quint16 m_port = 0;
    QProcess m_process;
    QByteArray m_said;
};

} // namespace

class TestRedis : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void theRehearsalsRedis()
    {
        DatabaseListener listener(makeRedisSession);
        QVERIFY(listener.listen());
        const QString url = u"redis://127.0.0.1:%1"_s.arg(listener.port());
        const ObservationPtr well =
            probe(url,
                  {u"[CONNECTED] == true"_s, u"[BODY].memory.used_ratio < 0.9"_s, u"[BODY].redis_version == 7.2.4"_s,
                   u"[BODY].clients.connected == 17"_s, u"[BODY].role == master"_s});
        QVERIFY(well);
        QVERIFY2(well->outcome == Outcome::Pass, well->failure ? qPrintable(well->failure->message) : "");
        listener.set(DatabaseState::Restarting);
        const ObservationPtr loading = probe(url, {u"[CODE] == LOADING"_s});
        QVERIFY(loading && loading->failure);
        QCOMPARE(loading->failure->kind, FailureKind::Rejected);
        QCOMPARE(loading->code.value(), u"LOADING"_s);
        listener.set(DatabaseState::Unreachable);
        const ObservationPtr silent = probe(url, {u"[CONNECTED] == true"_s});
        QVERIFY(silent && silent->failure);
        QCOMPARE(silent->failure->kind, FailureKind::Timeout);
        QCOMPARE(silent->failure->phase.value(), Phase::Wait);
    }

    void debiansRedis_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("userInfo");
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("code"); // empty: it passes
        const QStringList locked{u"--requirepass"_s, u"hunter2secret"_s};
        QTest::newRow("open, with a memory limit")
            << QStringList{u"--maxmemory"_s, u"100mb"_s} << u""_s << u"[BODY].memory.used_ratio < 0.5"_s << u""_s;
        QTest::newRow("with the right password")
            << locked << u":hunter2secret@"_s << u"[BODY].role == master"_s << u""_s;
        QTest::newRow("with user and password")
            << locked << u"default:hunter2secret@"_s << u"[BODY].persistence.loading == 0"_s << u""_s;
        QTest::newRow("without the password") << locked << u""_s << u"[CODE] == NOAUTH"_s << u"NOAUTH"_s;
        QTest::newRow("with a wrong password") << locked << u":no@"_s << u"[CODE] == WRONGPASS"_s << u"WRONGPASS"_s;
        QTest::newRow("with a password that it has not")
            << QStringList() << u":no@"_s << u"[CODE] == ERR"_s << u"ERR"_s;
        QTest::newRow("too many clients")
            << QStringList{u"--maxclients"_s, u"1"_s} << u""_s << u"[CODE] == ERR"_s << u"ERR"_s;
    }
    void debiansRedis()
    {
        if (QStandardPaths::findExecutable(u"redis-server"_s).isEmpty())
            QSKIP("redis-server is not installed");
        QFETCH(QStringList, options);
        QFETCH(QString, userInfo);
        QFETCH(QString, condition);
        QFETCH(QString, code);
        RealRedis redis(options);
        QTRY_VERIFY(redis.isReady());
        QTcpSocket first; // takes the only place where there is one
        if (options.contains(u"--maxclients"_s)) {
            first.connectToHost(QHostAddress::LocalHost, redis.port());
            QByteArray said;
            connect(&first, &QTcpSocket::readyRead, this, [&] { said += first.readAll(); });
            first.write("PING\r\n");
            QTRY_COMPARE(said, "+PONG\r\n"_ba);
        }
        const ObservationPtr seen = probe(redis.url(userInfo), {u"[CONNECTED] == true"_s, condition});
        QVERIFY(seen);
        for (const ConditionResult &result : seen->conditions)
            QVERIFY2(result.result == Truth::Met, qPrintable(result.shown));
        QCOMPARE(seen->code.value_or(QString()), code);
        QCOMPARE(seen->failure.has_value(), !code.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestRedis)
#include "tst_redis.moc"
