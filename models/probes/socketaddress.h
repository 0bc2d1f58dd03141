// Between QHostAddress and errno of the kernel on one side and the contract's words on the other.
#pragma once

#include "core/vocabulary.h"

#include <QHostAddress>

#include <sys/socket.h>

namespace allclear
{

/// Fills `out` and returns the length in use.
socklen_t toSockaddr(const QHostAddress &address, quint16 port, sockaddr_storage &out);
/// What an errno of connect, send or recv means for the peer.
FailureKind failureKindOf(int error);
/// "203.0.113.7:443", "[::1]:443"
QString endpointText(const QHostAddress &address, quint16 port);

} // namespace allclear
