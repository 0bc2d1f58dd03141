#include "probes/socketaddress.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>

namespace allclear
{

using namespace Qt::StringLiterals;

socklen_t toSockaddr(const QHostAddress &address, quint16 port, sockaddr_storage &out)
{
    std::memset(&out, 0, sizeof out);
    if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        std::memcpy(&v6.sin6_addr, &bytes, sizeof bytes);
        v6.sin6_scope_id = address.scopeId().toUInt();
        std::memcpy(&out, &v6, sizeof v6);
        return sizeof v6;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(address.toIPv4Address());
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
}

FailureKind failureKindOf(int error)
{
    switch (error) {
    case ECONNREFUSED: return FailureKind::Refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EACCES:
    case EPERM:
    case ENETDOWN:
    case EHOSTDOWN: return FailureKind::Unreachable;
    case ETIMEDOUT: return FailureKind::Timeout;
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED: return FailureKind::Closed;
    default: return FailureKind::Internal;
    }
}

QString endpointText(const QHostAddress &address, quint16 port)
{
    const bool v6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    return (v6 ? u"[%1]:%2"_s : u"%1:%2"_s).arg(address.toString()).arg(port);
}

} // namespace allclear
