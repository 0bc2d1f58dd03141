// What the Redis- and PostgreSQL-speaking listeners share: a TCP server on 127.0.0.1 whose connections collect bytes
// and let the protocol take complete messages off the front.
#pragma once

#include "rehearsal/story.h"

#include <QByteArray>
#include <QObject>

#include <functional>

class QTcpServer;
class QTcpSocket;

namespace allclear::rehearsal {

enum class Next { NeedMore, Continue, Close };

/// One connection's protocol. Takes at most one message off `buffer` and appends its answer to `reply`.
class DatabaseSession {
public:
    virtual ~DatabaseSession() = default;
    virtual Next take(QByteArray &buffer, QByteArray &reply, DatabaseState state) = 0;
};

class DatabaseListener : public QObject {
    Q_OBJECT
public:
    using MakeSession = std::function<std::unique_ptr<DatabaseSession>()>;

    explicit DatabaseListener(MakeSession makeSession, QObject *parent = nullptr);

    bool listen(); ///< 127.0.0.1, port 0
    quint16 port() const;
    QString errorText() const;
    void set(DatabaseState state) { m_state = state; }

private:
    void serve(QTcpSocket *socket);

    MakeSession m_makeSession;
    QTcpServer *m_server; // child
    DatabaseState m_state = DatabaseState::Available;
};

/// RESP 2: PING, INFO, AUTH, QUIT and errors. Unreachable: silence. Restarting: -LOADING.
std::unique_ptr<DatabaseSession> makeRedisSession();
/// Protocol 3.0 without TLS or a password: start-up, queries, terminate. Unreachable or restarting: FATAL
/// 53300 and 57P03.
std::unique_ptr<DatabaseSession> makePostgresSession();

} // namespace allclear::rehearsal
