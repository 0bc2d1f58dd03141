#include "probes/tcpconnection.h"

#include "probes/socketaddress.h"

#include <QPointer>
#include <QSocketNotifier>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t longestTurn = 64 * 1024, shortestTurn = 2 * 1024;
constexpr std::chrono::milliseconds patience{1}; // with what is done to the bytes of a turn

} // namespace

TcpConnection::TcpConnection(QObject *parent) : QObject(parent), m_turn(longestTurn) { }

TcpConnection::~TcpConnection() { close(); }

void TcpConnection::open(const QHostAddress &address, quint16 port)
{
    m_address = address;
    m_port = port;
    sockaddr_storage peer;
    const socklen_t length = toSockaddr(address, port, peer);
    m_descriptor = ::socket(peer.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (m_descriptor < 0) {
        const int error = errno;
        QMetaObject::invokeMethod(this, [this, error] { fail(error); }, Qt::QueuedConnection);
        return;
    }
    const int on = 1;
    ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&peer), length) != 0 && errno != EINPROGRESS) {
        const int error = errno;
        QMetaObject::invokeMethod(this, [this, error] { fail(error); }, Qt::QueuedConnection);
        return;
    }
    m_writable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
    connect(m_writable.get(), &QSocketNotifier::activated, this, &TcpConnection::writeSome);
}

void TcpConnection::finishConnecting()
{
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        error = errno;
    if (error != 0 && error != ECONNRESET) {
        fail(error);
        return;
    }
    m_connected = true;
    m_writable->setEnabled(false);
    if (error == ECONNRESET) { // the peer took the connection and reset it before this thread looked
        QMetaObject::invokeMethod(this, [this, error] { if (m_descriptor >= 0) fail(error); }, Qt::QueuedConnection);
        Q_EMIT connected();
        return;
    }
    m_readable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    connect(m_readable.get(), &QSocketNotifier::activated, this, &TcpConnection::readSome);
    Q_EMIT connected();
}

void TcpConnection::write(const QByteArray &bytes)
{
    m_unsent += bytes;
    if (m_connected)
        writeSome();
}

void TcpConnection::writeSome()
{
    if (!m_connected) {
        finishConnecting();
        return;
    }
    while (!m_unsent.isEmpty()) {
        const ssize_t count =
            ::send(m_descriptor, m_unsent.constData(), static_cast<std::size_t>(m_unsent.size()), MSG_NOSIGNAL);
        if (count < 0) {
            if (errno == EINTR)
                continue;
            if (errno == EAGAIN) {
                m_writable->setEnabled(true);
                return;
            }
            // What the peer said before it reset the connection is still worth reading; readSome() sees the end.
            m_unsent.clear();
            m_writable->setEnabled(false);
            return;
        }
        m_unsent.remove(0, count);
    }
    m_writable->setEnabled(false);
    Q_EMIT sent();
}

void TcpConnection::readSome()
{
    std::array<char, longestTurn> buffer;
    const ssize_t count = ::recv(m_descriptor, buffer.data(), m_turn, 0);
    if (count > 0) {
        const QPointer<TcpConnection> alive(this);
        const auto before = std::chrono::steady_clock::now();
        Q_EMIT received(QByteArray(buffer.data(), count));
        if (alive)
            adaptTurn(std::chrono::steady_clock::now() - before);
        return;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count < 0) {
        fail(errno);
        return;
    }
    m_readable->setEnabled(false);
    Q_EMIT ended();
}

/// Other connections share this thread: a peer whose bytes are much work (a million tiny chunks or messages) gets
/// shorter turns, not all of the time.
void TcpConnection::adaptTurn(std::chrono::nanoseconds taken)
{
    if (taken > patience)
        m_turn = std::max(shortestTurn, m_turn / 4);
    else if (taken < patience / 8)
        m_turn = std::min(longestTurn, m_turn * 2);
}

void TcpConnection::fail(int error)
{
    close();
    Q_EMIT failed(failureKindOf(error), QString::fromLocal8Bit(std::strerror(error)));
}

void TcpConnection::close()
{
    // The notifiers may be on the call stack: they go when the event loop is back.
    for (std::unique_ptr<QSocketNotifier> *notifier : {&m_readable, &m_writable}) {
        if (*notifier) {
            (*notifier)->setEnabled(false);
            notifier->release()->deleteLater();
        }
    }
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
    m_connected = false;
}

} // namespace allclear
