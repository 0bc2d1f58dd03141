// Debian's servers, each with the least that makes it run in a RealServer's folder and on its port. Every function
// returns once the server answers; false leaves the reason in server.error().
#pragma once

#include "support/pki.h"
#include "support/realserver.h"

namespace allclear::test
{

/// `http` is what stands in nginx's http block. One process: a signal hits all there is.
bool startNginx(RealServer &server, const QByteArray &http);

/// Options as on redis-server's command line. Saves nothing unless told to. `port` 0: the server's own.
bool startRedis(RealServer &server, const QStringList &options = {}, quint16 port = 0);
/// Not waited for: a Redis that loads its data for long does not say that it is ready.
bool launchRedis(RealServer &server, const QStringList &options = {});

/// `sections` are the frontends and backends; the defaults have short timeouts (see the source).
bool startHaproxy(RealServer &server, const QByteArray &sections);

/// Runs initdb, too, when the folder is new. `access` is pg_hba.conf; the superuser comes in by the socket in the
/// folder.
bool startPostgres(RealServer &server, const QByteArray &settings, const QByteArray &access);
bool administrate(RealServer &server, const QString &sql);
/// psql, logged in over TCP and asleep for a minute; null when that did not work.
std::unique_ptr<QProcess> sleepingClient(const RealServer &server, const QString &user, const QString &password,
                                         const QString &database);

} // namespace allclear::test
