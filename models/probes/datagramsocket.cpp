#include "probes/datagramsocket.h"

#include "probes/socketaddress.h"

#include <QSocketNotifier>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime> // linux/errqueue.h names timespec
#include <netinet/in.h>
#include <unistd.h>

#include <linux/errqueue.h>

namespace allclear
{

namespace
{

constexpr std::size_t largestDatagram = 64 * 1024;

/// Type and code of the ICMP message that made the error, when the kernel kept it (ip(7), IP_RECVERR).
std::optional<std::pair<int, int>> icmpBehind(int descriptor)
{
    std::array<char, 512> control{};
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return std::nullopt;
    for (cmsghdr *part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        const bool v4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
        const bool v6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
        if (!v4 && !v6)
            continue;
        sock_extended_err error{};
        std::memcpy(&error, CMSG_DATA(part), sizeof error);
        if (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6)
            return std::pair<int, int>(error.ee_type, error.ee_code);
    }
    return std::nullopt;
}

} // namespace

DatagramSocket::DatagramSocket(QObject *parent) : QObject(parent) { }

DatagramSocket::~DatagramSocket() { close(); }

DatagramFault DatagramSocket::faultOf(int error) const
{
    return {.of = DatagramFault::Of::Peer,
            .kind = failureKindOf(error),
            .reason = QString::fromLocal8Bit(std::strerror(error)).toLower(),
            .icmp = m_descriptor >= 0 ? icmpBehind(m_descriptor) : std::nullopt};
}

std::optional<DatagramFault> DatagramSocket::open(DatagramKind kind, const QHostAddress &address, quint16 port)
{
    close();
    sockaddr_storage peer;
    const socklen_t length = toSockaddr(address, port, peer);
    const bool v6 = peer.ss_family == AF_INET6;
    const int protocol = kind == DatagramKind::Udp ? IPPROTO_UDP : v6 ? int(IPPROTO_ICMPV6) : int(IPPROTO_ICMP);
    m_descriptor = ::socket(peer.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (m_descriptor < 0) {
        DatagramFault fault = faultOf(errno);
        if (fault.kind == FailureKind::Internal) // a kernel without this protocol
            fault.kind = FailureKind::Unreachable;
        fault.of = DatagramFault::Of::Socket;
        return fault;
    }
    const int on = 1;
    ::setsockopt(m_descriptor, v6 ? int(IPPROTO_IPV6) : int(IPPROTO_IP), v6 ? IPV6_RECVERR : IP_RECVERR, &on,
                 sizeof on);
    if (::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&peer), length) != 0)
        return faultOf(errno);
    m_readable = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Read);
    connect(m_readable.get(), &QSocketNotifier::activated, this, &DatagramSocket::readOne);
    return std::nullopt;
}

std::optional<DatagramFault> DatagramSocket::send(const QByteArray &datagram)
{
    if (::send(m_descriptor, datagram.constData(), static_cast<std::size_t>(datagram.size()), MSG_NOSIGNAL) >= 0)
        return std::nullopt;
    return faultOf(errno);
}

void DatagramSocket::readOne()
{
    std::array<char, largestDatagram> buffer;
    const ssize_t count = ::recv(m_descriptor, buffer.data(), buffer.size(), 0);
    if (count >= 0) {
        Q_EMIT received(QByteArray(buffer.data(), count));
        return;
    }
    if (errno == EAGAIN || errno == EINTR)
        return;
    const DatagramFault fault = faultOf(errno);
    close();
    Q_EMIT failed(fault);
}

void DatagramSocket::close()
{
    if (m_readable) { // it may be on the call stack
        m_readable->setEnabled(false);
        m_readable.release()->deleteLater();
    }
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

} // namespace allclear
