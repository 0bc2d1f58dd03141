// ICMP echo (RFC 792) and ICMPv6 echo (RFC 4443) as the kernel's ping sockets take and give them: the kernel writes
// identifier and checksum and hands over only replies to this socket. Pure.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace allclear
{

enum class IpVersion { V4, V6 };

QByteArray echoRequest(IpVersion version, quint16 sequence, QByteArrayView payload);

enum class EchoMatch { Reply, OtherSequence, OtherPayload, NoReply /* another kind of message, or too short */ };
EchoMatch matchEchoReply(IpVersion version, QByteArrayView message, quint16 sequence, QByteArrayView payload);

/// What an ICMP error says, as part of a sentence: "the time to live ran out on the way (a routing loop?)".
QString icmpErrorText(IpVersion version, int type, int code);

} // namespace allclear
