#include "support/faultserver.h"

#include <QCryptographicHash>
#include <QSslSocket>
#include <QTimer>

#include <algorithm>
#include <sys/socket.h>
#include <unistd.h>

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

/// A socket that is gone takes nothing; over TLS what is encrypted counts too. Writing may signal at once what was
/// written: one level is enough.
void flood(QTcpSocket *socket, const QByteArray &tail)
{
    auto *tls = qobject_cast<QSslSocket *>(socket);
    const auto pour = [socket, tls, tail, pouring = std::make_shared<bool>(false)] {
        if (std::exchange(*pouring, true))
            return;
        while (socket->state() == QAbstractSocket::ConnectedState
               && socket->bytesToWrite() + (tls != nullptr ? tls->encryptedBytesToWrite() : 0) < floodBuffer)
            socket->write(tail);
        *pouring = false;
    };
    QObject::connect(socket, &QTcpSocket::bytesWritten, socket, pour);
    if (tls != nullptr)
        QObject::connect(tls, &QSslSocket::encryptedBytesWritten, socket, pour);
    pour();
}

} // namespace

void follow(QTcpSocket *socket, Then then, const QByteArray &tail, std::chrono::milliseconds dripEvery)
{
    const QByteArray bytes = tail.isEmpty() ? QByteArray("x") : tail;
    switch (then) {
    case Then::KeepOpen: break;
    case Then::Close: socket->disconnectFromHost(); break;
    case Then::Reset: QTimer::singleShot(20, socket, [socket] { reset(socket); }); break;
    case Then::HalfClose:
        socket->flush();
        ::shutdown(static_cast<int>(socket->socketDescriptor()), SHUT_WR);
        break;
    case Then::Drip: {
        auto *timer = new QTimer(socket);
        QObject::connect(timer, &QTimer::timeout, socket, [socket, bytes, position = qsizetype(0)]() mutable {
            socket->write(bytes.sliced(position++ % bytes.size(), 1));
        });
        timer->start(dripEvery);
        break;
    }
    case Then::FloodDeaf:
        QObject::disconnect(socket, &QTcpSocket::readyRead, nullptr, nullptr);
        socket->setReadBufferSize(1024);
        flood(socket, bytes);
        break;
    case Then::Flood: flood(socket, bytes); break;
    }
}

void accept(QTcpServer *server, qintptr descriptor, const std::optional<QSslConfiguration> &tls, const std::function<void(QTcpSocket *)> &serve)
{
    QTcpSocket *socket = tls ? new QSslSocket(server) : new QTcpSocket(server);
    socket->setSocketDescriptor(descriptor);
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    if (auto *secure = qobject_cast<QSslSocket *>(socket))
        secure->setSslConfiguration(*tls);
    serve(socket);
    if (auto *secure = qobject_cast<QSslSocket *>(socket))
        secure->startServerEncryption();
}

FaultServer::FaultServer(Script script, const QHostAddress &address) : m_script(std::move(script)) { listen(address); }

FaultServer::FaultServer(Script script, const QSslConfiguration &tls) : FaultServer(std::move(script)) { m_tls = tls; }

QString FaultServer::url(const QString &scheme, const QString &path) const
{
    const bool v6 = serverAddress().protocol() == QAbstractSocket::IPv6Protocol;
    return u"%1://%2:%3%4"_s.arg(scheme, v6 ? u"[::1]"_s : u"127.0.0.1"_s).arg(serverPort()).arg(path);
}

void FaultServer::incomingConnection(qintptr descriptor)
{
    ++m_connections;
    accept(this, descriptor, m_tls, [this](QTcpSocket *socket) { serve(socket); });
}

void FaultServer::serve(QTcpSocket *socket)
{
    auto buffer = std::make_shared<QByteArray>();
    connect(socket, &QTcpSocket::readyRead, this, [this, socket, buffer] { receive(socket, *buffer); });
    if (m_script.when != When::OnConnect)
        return;
    if (auto *tls = qobject_cast<QSslSocket *>(socket))
        connect(tls, &QSslSocket::encrypted, this, [this, socket] { perform(socket, {}); });
    else
        perform(socket, {});
}

void FaultServer::receive(QTcpSocket *socket, QByteArray &buffer)
{
    buffer += socket->readAll();
    if (socket->property("upgraded").toBool()) {
        if (m_script.skipBytes > 0 && buffer.size() >= m_script.skipBytes && !socket->property("served").toBool()) {
            socket->setProperty("served", true);
            socket->write(m_script.bytes);
            follow(socket, m_script.then, m_script.tail, m_script.dripEvery);
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
    const QByteArray bytes = answer ? answer(request) : m_script.bytes;
    const auto say = [this, socket, bytes] {
        socket->write(bytes);
        follow(socket, m_script.then, m_script.tail, m_script.dripEvery);
    };
    if (m_script.delay > m_script.delay.zero())
        QTimer::singleShot(m_script.delay, socket, say);
    else
        say();
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

BoundSocket::BoundSocket() : descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *name = reinterpret_cast<sockaddr *>(&address);
    if (::bind(descriptor, name, length) != 0 || ::getsockname(descriptor, name, &length) != 0)
        qFatal("no loopback socket");
    port = ntohs(address.sin_port);
}

BoundSocket::~BoundSocket() { ::close(descriptor); }

quint16 closedPort()
{
    static const BoundSocket taken; // bound, so that nobody else gets it; not listening
    return taken.port;
}

FullQueue::FullQueue()
{
    ::listen(m_listener.descriptor, 0);
    const sockaddr_in address = m_listener.address;
    for (int i = 0; i < 4; ++i) {
        m_clients.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        ::connect(m_clients.back(), reinterpret_cast<const sockaddr *>(&address), sizeof address);
    }
}

FullQueue::~FullQueue() { std::ranges::for_each(m_clients, ::close); }

} // namespace allclear::test
