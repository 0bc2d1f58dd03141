#include "rehearsal/databaselistener.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

namespace allclear::rehearsal {

namespace {

constexpr qsizetype maxPendingBytes = 1024 * 1024;

} // namespace

DatabaseListener::DatabaseListener(MakeSession makeSession, QObject *parent)
    : QObject(parent), m_makeSession(std::move(makeSession)), m_server(new QTcpServer(this))
{
    connect(m_server, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = m_server->nextPendingConnection())
            serve(socket);
    });
}

bool DatabaseListener::listen() { return m_server->listen(QHostAddress::LocalHost, 0); }
quint16 DatabaseListener::port() const { return m_server->serverPort(); }
QString DatabaseListener::errorText() const { return m_server->errorString(); }

void DatabaseListener::serve(QTcpSocket *socket)
{
    struct Connection {
        std::unique_ptr<DatabaseSession> session;
        QByteArray buffer;
    };
    const auto connection = std::make_shared<Connection>(Connection{m_makeSession(), {}});
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    const auto read = [this, socket, connection] {
        connection->buffer += socket->readAll();
        QByteArray reply;
        Next next = Next::Continue;
        while (next == Next::Continue)
            next = connection->session->take(connection->buffer, reply, m_state);
        if (!reply.isEmpty())
            socket->write(reply);
        if (next == Next::Close || connection->buffer.size() > maxPendingBytes)
            socket->disconnectFromHost();
    };
    connect(socket, &QTcpSocket::readyRead, this, read);
    if (socket->bytesAvailable() > 0)
        read();
}

} // namespace allclear::rehearsal
