#include "probes/icmpmessage.h"

#include <QtEndian>

#include <algorithm>
#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype headerBytes = 8;

struct Types {
    quint8 request, reply;
};

constexpr Types typesOf(IpVersion version) { return version == IpVersion::V4 ? Types{8, 0} : Types{128, 129}; }

constexpr int anyCode = -1;

struct ErrorText {
    IpVersion version;
    int type;
    int code;
    QLatin1StringView text;
};

// The first row that fits counts.
constexpr std::array errorTexts = {
    ErrorText{IpVersion::V4, 3, 0, "no route to its network"_L1},
    ErrorText{IpVersion::V4, 3, 1, "the last router finds no such host"_L1},
    ErrorText{IpVersion::V4, 3, 2, "it does not speak ICMP"_L1},
    ErrorText{IpVersion::V4, 3, 3, "it refused the ping: port unreachable"_L1},
    ErrorText{IpVersion::V4, 3, 4, "the ping is too long for the way and may not be split"_L1},
    ErrorText{IpVersion::V4, 3, 9, "a router or firewall forbids it (network prohibited)"_L1},
    ErrorText{IpVersion::V4, 3, 10, "a router or firewall forbids it (host prohibited)"_L1},
    ErrorText{IpVersion::V4, 3, 13, "a router or firewall forbids it (administratively prohibited)"_L1},
    ErrorText{IpVersion::V4, 3, anyCode, "it cannot be reached"_L1},
    ErrorText{IpVersion::V4, 11, anyCode, "the time to live ran out on the way: routers send it in a circle"_L1},
    ErrorText{IpVersion::V6, 1, 0, "no route to its network"_L1},
    ErrorText{IpVersion::V6, 1, 1, "a router or firewall forbids it (administratively prohibited)"_L1},
    ErrorText{IpVersion::V6, 1, 3, "the last router finds no such host"_L1},
    ErrorText{IpVersion::V6, 1, 4, "it refused the ping: port unreachable"_L1},
    ErrorText{IpVersion::V6, 1, anyCode, "it cannot be reached"_L1},
    ErrorText{IpVersion::V6, 2, anyCode, "the ping is too long for the way"_L1},
    ErrorText{IpVersion::V6, 3, anyCode, "the hop limit ran out on the way: routers send it in a circle"_L1},
};

} // namespace

QByteArray echoRequest(IpVersion version, quint16 sequence, QByteArrayView payload)
{
    QByteArray message(headerBytes, '\0');
    message[0] = static_cast<char>(typesOf(version).request);
    qToBigEndian(sequence, message.data() + 6);
    return message + payload.toByteArray();
}

EchoMatch matchEchoReply(IpVersion version, QByteArrayView message, quint16 sequence, QByteArrayView payload)
{
    if (message.size() < headerBytes || static_cast<quint8>(message[0]) != typesOf(version).reply || message[1] != 0)
        return EchoMatch::NoReply;
    if (qFromBigEndian<quint16>(message.data() + 6) != sequence)
        return EchoMatch::OtherSequence;
    return message.sliced(headerBytes) == payload ? EchoMatch::Reply : EchoMatch::OtherPayload;
}

QString icmpErrorText(IpVersion version, int type, int code)
{
    const auto found = std::ranges::find_if(errorTexts, [&](const ErrorText &row) {
        return row.version == version && row.type == type && (row.code == code || row.code == anyCode);
    });
    return found == errorTexts.end() ? u"ICMP type %1 code %2 came back"_s.arg(type).arg(code) : QString(found->text);
}

} // namespace allclear
