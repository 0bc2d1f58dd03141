#include "support/debianservers.h"

#include <QDir>
#include <QHostAddress>
#include <QTcpSocket>

namespace allclear::test
{

using namespace Qt::StringLiterals;

namespace
{

const QString postgresPrograms = u"/usr/lib/postgresql/15/bin/"_s;

bool accepts(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    return socket.waitForConnected(1000);
}

} // namespace

bool startNginx(RealServer &server, const QByteArray &http)
{
    const QString config = server.write(
        u"nginx.conf"_s,
        "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr info;\nevents { worker_connections 128; }\n"
        "http {\n access_log off;\n client_body_temp_path body;\n proxy_temp_path proxied;\n fastcgi_temp_path "
        "fastcgi;\n"
        " uwsgi_temp_path uwsgi;\n scgi_temp_path scgi;\n default_type text/plain;\n root "
            + server.folder().toUtf8() + ";\n" + http + "}\n");
    return server.start(u"/usr/sbin/nginx"_s, {u"-p"_s, server.folder(), u"-c"_s, config, u"-e"_s, u"stderr"_s})
        && server.waitFor([&] { return server.takesConnections(); });
}

bool launchRedis(RealServer &server, const QStringList &options)
{
    return server.start(u"/usr/bin/redis-server"_s,
                        QStringList{u"--port"_s, QString::number(server.port()), u"--bind"_s, u"127.0.0.1"_s,
                                    u"--save"_s, u""_s, u"--dir"_s, server.folder()}
                            + options);
}

bool startRedis(RealServer &server, const QStringList &options, quint16 port)
{
    // The log and not a connection: a connection would count as a client, and its place is free again only later.
    const qsizetype before = server.log().size();
    return launchRedis(server, options)
        && server.waitFor([&] { return server.log().indexOf("eady to accept connections", before) >= 0; })
        && (port == 0 || server.waitFor([&] { return accepts(port); }));
}

bool startHaproxy(RealServer &server, const QByteArray &sections)
{
    const QString config =
        server.write(u"haproxy.cfg"_s,
                     "global\n  maxconn 200\n  nbthread 1\n  ssl-default-bind-options ssl-min-ver TLSv1.2\n"
                     "defaults\n  mode http\n  retries 1\n  timeout connect 1s\n  timeout client 10s\n  timeout server "
                     "10s\n  timeout queue 300ms\n"
                     "  timeout http-request 300ms\n"
                         + sections);
    return server.start(u"/usr/sbin/haproxy"_s, {u"-db"_s, u"-f"_s, config})
        && server.waitFor([&] { return server.takesConnections(); });
}

bool startPostgres(RealServer &server, const QByteArray &settings, const QByteArray &access)
{
    const QString data = server.path(u"data"_s), port = QString::number(server.port());
    if (!QDir(data).exists()
        && !server.run(postgresPrograms + u"initdb"_s,
                       {u"-D"_s, data, u"-U"_s, u"postgres"_s, u"-A"_s, u"trust"_s, u"-E"_s, u"UTF8"_s, u"--locale=C"_s,
                        u"--no-sync"_s, u"--no-instructions"_s}))
        return false;
    server.write(u"data/pg_hba.conf"_s, "local all postgres trust\n" + access);
    server.write(u"data/postgresql.conf"_s,
                 "listen_addresses = '127.0.0.1'\nunix_socket_directories = '" + server.folder().toUtf8()
                     + "'\ndynamic_shared_memory_type = mmap\nfsync = off\nautovacuum = off\n" + settings);
    return server.start(postgresPrograms + u"postgres"_s, {u"-D"_s, data, u"-p"_s, port}) && server.waitFor([&] {
        return server.run(postgresPrograms + u"pg_isready"_s, {u"-q"_s, u"-h"_s, server.folder(), u"-p"_s, port});
    });
}

bool administrate(RealServer &server, const QString &sql)
{
    return server.run(postgresPrograms + u"psql"_s,
                      {u"-qAtX"_s, u"-h"_s, server.folder(), u"-p"_s, QString::number(server.port()), u"-U"_s,
                       u"postgres"_s, u"-d"_s, u"postgres"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-c"_s, sql});
}

std::unique_ptr<QProcess> sleepingClient(const RealServer &server, const QString &user, const QString &password,
                                         const QString &database)
{
    auto process = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"PGPASSWORD"_s, password);
    process->setProcessEnvironment(environment);
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->start(postgresPrograms + u"psql"_s,
                   {u"-qAtX"_s, u"-h"_s, u"127.0.0.1"_s, u"-p"_s, QString::number(server.port()), u"-U"_s, user,
                    u"-d"_s, database, u"-c"_s, u"SELECT 'here'"_s, u"-c"_s, u"SELECT pg_sleep(60)"_s});
    if (!process->waitForReadyRead(10'000) || !process->readAll().contains("here"))
        return nullptr;
    return process;
}

} // namespace allclear::test
