// The Redis probe against the rehearsal's Redis: the two were written apart.
#include "../unit/probes/proberunner.h"
#include "rehearsal/databaselistener.h"

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

class TestRehearsalRedis : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void everyState()
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

private:
    static ObservationPtr probe(const QString &url, const QStringList &conditions)
    {
        Endpoint endpoint = test::endpointFor(url, conditions);
        endpoint.kind = Kind::Redis;
        endpoint.client.timeout = 3s;
        return test::ProbeRunner().run(endpoint);
    }
};

QTEST_GUILESS_MAIN(TestRehearsalRedis)
#include "tst_rehearsal_redis.moc"
