// The founding incident with real parts: PostgreSQL has no connection left, Redis takes no more clients, and nginx
// stands in front of a back end that is gone. `allclear check` says which is which, and where to begin.
#include "support/debianservers.h"
#include "support/faultserver.h"
#include "support/runcli.h"
#include "support/testmain.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

const QByteArray incident = R"(incident: { title: "Staging: every service answers 503", severity: P0 }
defaults: { client: { timeout: 5s } }
components:
  - { name: postgres }
  - { name: redis }
  - { name: backend,       needs: [postgres, redis] }
  - { name: auth,          needs: [postgres] }
  - { name: load-balancer, needs: [backend, auth] }
  - { name: websocket,     needs: [load-balancer] }
endpoints:
  - name: postgres-connections
    component: postgres
    url: postgres://probe:${PGPASSWORD}@127.0.0.1:${PG_PORT}/staging
    conditions: ["[CONNECTED] == true", "[BODY].connections_ratio < 0.95"]
  - name: redis-ping
    component: redis
    url: redis://127.0.0.1:${REDIS_PORT}
    conditions: ["[CONNECTED] == true"]
    degraded-when: ["[BODY].memory.used_ratio > 0.9"]
  - name: backend-port
    component: backend
    url: http://127.0.0.1:${BACKEND_PORT}/health
    conditions: ["[STATUS] == 200"]
  - name: auth-health
    component: auth
    url: http://127.0.0.1:${NGINX_PORT}/auth/health
    conditions: ["[STATUS] == 200"]
  - name: api-health
    component: load-balancer
    url: http://127.0.0.1:${NGINX_PORT}/api/health
    conditions: ["[STATUS] == 200"]
  - name: chat-socket
    component: websocket
    url: ws://127.0.0.1:${NGINX_PORT}/api/ws
    conditions: ["[CONNECTED] == true"]
success-criteria:
  - { title: All services respond with HTTP 200, of: [api-health, auth-health], require: ["[STATUS] == 200"], hold: 5m }
  - { title: WebSocket connections establish, of: [chat-socket], require: ["[CONNECTED] == true"], hold: 5m }
)";

constexpr int maxConnections = 5, reserved = 3;

struct Sessions : std::vector<std::unique_ptr<QProcess>> {
    ~Sessions()
    {
        for (const auto &session : *this) {
            if (session)
                session->kill();
            if (session)
                session->waitForFinished();
        }
    }
};

QJsonObject named(const QJsonArray &list, const QString &key, const QString &value)
{
    const auto found =
        std::ranges::find_if(list, [&](const QJsonValue &entry) { return entry[key].toString() == value; });
    return found == list.end() ? QJsonObject() : found->toObject();
}

} // namespace

class TestRealIncident : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_backend = std::make_unique<FaultServer>(
            Script{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .then = Then::Close});
        m_backend->answer = [](const QByteArray &request) {
            const bool upgrade = request.contains("Sec-WebSocket-Key");
            return upgrade ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                             "Upgrade\r\nSec-WebSocket-Accept: "
                    + acceptFor(request)
                    + "\r\n\r\n\x8a\x08"
                      "allclear"
                           : QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
        m_backendPort = m_backend->port();
        QVERIFY2(startPostgres(m_postgres,
                               "max_connections = " + QByteArray::number(maxConnections)
                                   + "\nsuperuser_reserved_connections = " + QByteArray::number(reserved)
                                   + "\nmax_wal_senders = 0\n",
                               "host all all 127.0.0.1/32 scram-sha-256\n"),
                 qPrintable(m_postgres.error()));
        for (const QString &sql :
             {u"CREATE ROLE probe LOGIN PASSWORD 'pencil case'"_s, u"CREATE DATABASE staging OWNER probe"_s})
            QVERIFY2(administrate(m_postgres, sql), qPrintable(m_postgres.error()));
        QVERIFY2(startRedis(m_redis, {u"--maxclients"_s, u"2"_s, u"--maxmemory"_s, u"100mb"_s}),
                 qPrintable(m_redis.error()));
        const QByteArray backend = QByteArray::number(m_backendPort);
        QVERIFY2(startNginx(m_nginx,
                            " server { listen 127.0.0.1:" + QByteArray::number(m_nginx.port())
                                + ";\n  proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
                                  "proxy_set_header Connection upgrade;\n"
                                  "  location /api/ { proxy_pass http://127.0.0.1:"
                                + backend + "; }\n  location /auth/ { proxy_pass http://127.0.0.1:" + backend
                                + "; error_page 502 =503 /busy; }\n  location = /busy { internal; return 503; }\n }\n"),
                 qPrintable(m_nginx.error()));
    }
    void cleanupTestCase() { m_postgres.stop(SIGINT); } // at once, not when its last client has gone
    void init() { allclear::test::failOnWarnings(); }

    void allIsWell()
    {
        const QJsonObject report = check(0);
        QCOMPARE(report[u"verdict"_s].toString(), u"clear"_s);
        QVERIFY(report[u"suspects"_s].toArray().isEmpty());
    }

    void everythingAtItsLimit()
    {
        Sessions sessions;
        for (int i = 0; i < maxConnections - reserved; ++i) {
            sessions.push_back(sleepingClient(m_postgres, u"probe"_s, u"pencil case"_s, u"staging"_s));
            QVERIFY(sessions.back());
        }
        QTcpSocket clients[2];
        for (QTcpSocket &client : clients) {
            client.connectToHost(QHostAddress::LocalHost, m_redis.port());
            client.write("PING\r\n");
            QTRY_VERIFY_WITH_TIMEOUT(client.bytesAvailable() > 0, 5000);
            QCOMPARE(client.readAll(), "+PONG\r\n"_ba);
        }
        m_backend.reset();
        const QJsonObject report = check(1);
        QCOMPARE(report[u"verdict"_s].toString(), u"not-clear"_s);
        judgeEndpoints(report[u"endpoints"_s].toArray());
        judgeCauses(report);
        QVERIFY(!QJsonDocument(report).toJson().contains("pencil"));
    }

private:
    QJsonObject check(int code) const
    {
        const CliFolder folder;
        const CliResult result =
            folder.run({u"check"_s, folder.write(u"i.yaml"_s, incident), u"--format"_s, u"json"_s},
                       {u"PGPASSWORD=pencil%20case"_s, u"PG_PORT=%1"_s.arg(m_postgres.port()),
                        u"REDIS_PORT=%1"_s.arg(m_redis.port()), u"BACKEND_PORT=%1"_s.arg(m_backendPort),
                        u"NGINX_PORT=%1"_s.arg(m_nginx.port())});
        if (result.code != code)
            qWarning().noquote() << result.code << result.out << result.err;
        return QJsonDocument::fromJson(result.out).object();
    }

    static void judgeEndpoints(const QJsonArray &endpoints)
    {
        struct Row {
            QString name, kind, code, message;
            int status = 0;
        };
        const Row rows[] = {
            {u"postgres-connections"_s, u"rejected"_s, u"53300"_s, u"no connection left"_s, 0},
            {u"redis-ping"_s, u"rejected"_s, u"ERR"_s, u"maximum number of clients"_s, 0},
            {u"backend-port"_s, u"refused"_s, {}, u"refused the connection"_s, 0},
            {u"auth-health"_s, u"condition"_s, {}, u"[STATUS] (503) == 200"_s, 503},
            {u"api-health"_s, u"condition"_s, {}, u"[STATUS] (502) == 200"_s, 502},
            {u"chat-socket"_s, u"rejected"_s, {}, u"server rejected WebSocket connection: HTTP 502"_s, 502}};
        QCOMPARE(endpoints.size(), qsizetype(std::size(rows)));
        for (const Row &row : rows) {
            const QJsonObject endpoint = named(endpoints, u"name"_s, row.name);
            const QJsonObject failure = endpoint[u"failure"_s].toObject();
            const QByteArray told = QJsonDocument(endpoint).toJson();
            QVERIFY2(endpoint[u"outcome"_s] == u"fail"_s && failure[u"kind"_s] == row.kind, told.constData());
            QVERIFY2(failure[u"message"_s].toString().contains(row.message), told.constData());
            QVERIFY2(endpoint[u"code"_s].toString() == row.code && endpoint[u"status"_s].toInt() == row.status,
                     told.constData());
        }
    }

    static void judgeCauses(const QJsonObject &report)
    {
        // Both databases fail for themselves; PostgreSQL explains more, so it leads.
        const QJsonArray suspects = report[u"suspects"_s].toArray(), components = report[u"components"_s].toArray();
        QCOMPARE(suspects.size(), 2);
        QCOMPARE(suspects[0][u"component"_s].toString(), u"postgres"_s);
        QCOMPARE(suspects[0][u"explains"_s].toArray().size(), 4);
        QCOMPARE(suspects[1][u"component"_s].toString(), u"redis"_s);
        for (const QString &waiting : {u"backend"_s, u"auth"_s, u"load-balancer"_s, u"websocket"_s}) {
            const QJsonObject component = named(components, u"name"_s, waiting);
            QCOMPARE(component[u"state"_s].toString(), u"down"_s);
            QCOMPARE(component[u"waits_on"_s].toString(), u"postgres"_s);
        }
        for (const QJsonValue &criterion : report[u"criteria"_s].toArray())
            QCOMPARE(criterion[u"state"_s].toString(), u"unmet"_s);
    }

    RealServer m_postgres, m_redis, m_nginx;
    std::unique_ptr<FaultServer> m_backend;
    quint16 m_backendPort = 0;
};

QTEST_GUILESS_MAIN(TestRealIncident)
#include "tst_real_incident.moc"
