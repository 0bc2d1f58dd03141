#include "support/faultserver.h"

#include <QCryptographicHash>
#include <QSslSocket>
#include <QTimer>

#include <sys/socket.h>

namespace allclear::test {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 floodBuffer = 256 * 1024;

void reset(QTcpSocket *socket)
{
    socket->flush();
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(static_cast<int>(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    socket->abort();
}

} // namespace

FaultServer::FaultServer(Script script) : m_script(std::move(script)) { listen(QHostAddress::LocalHost); }

FaultServer::FaultServer(Script script, const QSslConfiguration &tls) : FaultServer(std::move(script)) { m_tls = tls; }

QString FaultServer::url(const QString &scheme, const QString &path) const
{
    return u"%1://127.0.0.1:%2%3"_s.arg(scheme).arg(serverPort()).arg(path);
}

void FaultServer::incomingConnection(qintptr descriptor)
{
    ++m_connections;
    if (!m_tls) {
        auto *socket = new QTcpSocket(this);
        socket->setSocketDescriptor(descriptor);
        serve(socket);
        return;
    }
    auto *socket = new QSslSocket(this);
    socket->setSocketDescriptor(descriptor);
    socket->setSslConfiguration(*m_tls);
    serve(socket);
    socket->startServerEncryption();
}

void FaultServer::serve(QTcpSocket *socket)
{
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    auto buffer = std::make_shared<QByteArray>();
    connect(socket, &QTcpSocket::readyRead, this, [this, socket, buffer] { receive(socket, *buffer); });
    if (m_script.when == When::OnConnect)
        perform(socket, {});
}

void FaultServer::receive(QTcpSocket *socket, QByteArray &buffer)
{
    buffer += socket->readAll();
    if (socket->property("upgraded").toBool()) {
        if (m_script.skipBytes > 0 && buffer.size() >= m_script.skipBytes && !socket->property("served").toBool()) {
            socket->setProperty("served", true);
            socket->write(m_script.bytes);
            follow(socket);
        }
        return;
    }
    qsizetype end = 0;
    while (m_script.when == When::OnRequest && (end = buffer.indexOf("\r\n\r\n")) >= 0) {
        const QByteArray request = buffer.first(end + 4);
        buffer.remove(0, end + 4);
        ++m_requests;
        m_lastRequest = request;
        perform(socket, request);
    }
}

void FaultServer::perform(QTcpSocket *socket, const QByteArray &request)
{
    if (m_script.isWebSocket) {
        socket->write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                      + acceptFor(request) + "\r\n" + m_script.extraHeaders + "\r\n");
        socket->setProperty("upgraded", true);
        if (m_script.skipBytes > 0)
            return;
    }
    socket->write(answer ? answer(request) : m_script.bytes);
    follow(socket);
}

void FaultServer::follow(QTcpSocket *socket)
{
    switch (m_script.then) {
    case Then::KeepOpen: break;
    case Then::Close: socket->disconnectFromHost(); break;
    case Then::Reset: QTimer::singleShot(20, socket, [socket] { reset(socket); }); break;
    case Then::Drip: {
        auto *timer = new QTimer(socket);
        auto position = std::make_shared<qsizetype>(0);
        connect(timer, &QTimer::timeout, socket, [this, socket, position] {
            const QByteArray &tail = m_script.tail;
            socket->write(tail.isEmpty() ? "x" : tail.sliced((*position)++ % tail.size(), 1));
        });
        timer->start(20);
        break;
    }
    case Then::Flood: {
        const auto pour = [this, socket] {
            while (socket->bytesToWrite() < floodBuffer)
                socket->write(m_script.tail);
        };
        connect(socket, &QTcpSocket::bytesWritten, socket, pour);
        pour();
        break;
    }
    }
}

QByteArray acceptFor(const QByteArray &request)
{
    const QByteArray marker = "\r\nSec-WebSocket-Key: ";
    const qsizetype start = request.indexOf(marker);
    if (start < 0)
        return {};
    const qsizetype from = start + marker.size();
    const QByteArray key = request.sliced(from, request.indexOf('\r', from) - from);
    return QCryptographicHash::hash(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", QCryptographicHash::Sha1).toBase64();
}

quint16 closedPort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace allclear::test
