#include "probes/icmpprobe.h"

#include <QRandomGenerator>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr quint16 sequence = 1;
constexpr int payloadWords = 4; // 16 bytes

QByteArray randomPayload()
{
    QByteArray payload;
    for (int i = 0; i < payloadWords; ++i) {
        const quint32 word = QRandomGenerator::system()->generate();
        payload.append(reinterpret_cast<const char *>(&word), sizeof word);
    }
    return payload;
}

} // namespace

QString pingHostOf(const QString &url)
{
    QString host = url.sliced(url.indexOf("://"_L1) + 3);
    for (const QChar end : {u'/', u'?', u'#'})
        host = host.section(end, 0, 0);
    if (host.startsWith(u'['))
        return host.sliced(1).section(u']', 0, 0);
    return host.count(u':') == 1 ? host.section(u':', 0, 0) : host; // one colon: a port, which ICMP has not
}

IcmpProbe::IcmpProbe(ProbeRequest request, ProbeServices &services)
    : TimedProbe(std::move(request), services), m_payload(randomPayload())
{
    connect(&m_lookup, &QFutureWatcherBase::finished, this, [this] { resolved(m_lookup.result()); });
    connect(&m_socket, &DatagramSocket::received, this, &IcmpProbe::replied);
    connect(&m_socket, &DatagramSocket::failed, this, &IcmpProbe::faulted);
}

void IcmpProbe::begin()
{
    const QString host = pingHostOf(endpoint().url);
    if (host.isEmpty()) {
        fail({.kind = FailureKind::Internal,
              .phase = {},
              .message = u"the URL names no host"_s,
              .hint = u"write icmp://host"_s});
        return;
    }
    if (QHostAddress literal; literal.setAddress(host)) {
        m_addresses = {literal};
        pingNext();
        return;
    }
    m_lookup.setFuture(services().resolver().resolve(host, endpoint().client.dnsResolver));
}

void IcmpProbe::resolved(const Resolution &resolution)
{
    addToPhase(Phase::Dns, sinceStart());
    if (resolution.addresses.isEmpty()) {
        fail({.kind = FailureKind::Dns,
              .phase = Phase::Dns,
              .message = resolution.error,
              .hint = u"check the name for typing errors and this computer's name servers"_s});
        return;
    }
    m_addresses = resolution.addresses;
    pingNext();
}

IpVersion IcmpProbe::version() const
{
    return m_addresses.front().protocol() == QAbstractSocket::IPv6Protocol ? IpVersion::V6 : IpVersion::V4;
}

void IcmpProbe::pingNext()
{
    std::optional<DatagramFault> fault = m_socket.open(DatagramKind::Ping, m_addresses.front(), 0);
    const Duration before = sinceStart();
    if (!fault)
        fault = m_socket.send(echoRequest(version(), sequence, m_payload));
    if (fault) {
        faulted(*fault);
        return;
    }
    m_sent = true;
    m_sentAt = sinceStart();
    addToPhase(Phase::Send, m_sentAt - before);
}

void IcmpProbe::faulted(const DatagramFault &fault)
{
    if (m_addresses.size() > 1) {
        m_addresses.removeFirst();
        pingNext();
        return;
    }
    const QString host = m_addresses.front().toString();
    if (fault.of == DatagramFault::Of::Socket) {
        fail(
            {.kind = FailureKind::Unreachable,
             .phase = {},
             .message = u"this computer does not let this user send pings: %1"_s.arg(fault.reason),
             .hint =
                 u"allow it with: sysctl -w net.ipv4.ping_group_range=\"0 2147483647\" (as root; in a container with --sysctl), or watch a tcp:// port instead"_s});
        return;
    }
    const QString reason = fault.icmp ? icmpErrorText(version(), fault.icmp->first, fault.icmp->second) : fault.reason;
    fail({.kind = fault.kind,
          .phase = Phase::Wait,
          .message = u"%1 cannot be pinged: %2"_s.arg(host, reason),
          .hint = u"check the route, the VPN and the firewall"_s});
}

Phase IcmpProbe::currentPhase() const { return m_sent ? Phase::Wait : Phase::Dns; }

void IcmpProbe::replied(const QByteArray &message)
{
    if (matchEchoReply(version(), message, sequence, m_payload) != EchoMatch::Reply) {
        ++m_ignored;
        return;
    }
    stampLatency();
    addToPhase(Phase::Wait, m_observation.latency - m_sentAt);
    m_observation.answered = true;
    m_observation.bytes = message.size();
    finish();
}

void IcmpProbe::release()
{
    m_lookup.disconnect(this);
    m_lookup.cancel();
    m_socket.close();
    if (m_sent) {
        m_observation.remote = m_addresses.front().toString();
        m_observation.protocol = version() == IpVersion::V4 ? u"icmp"_s : u"icmpv6"_s;
        m_evidence.ip = m_observation.remote;
    }
    if (m_ignored > 0)
        m_observation.notes.append(u"%1 replies to another ping were ignored"_s.arg(m_ignored));
    if (m_observation.failure && m_observation.failure->kind == FailureKind::Timeout && m_sent)
        m_observation.failure->hint =
            u"no reply to the ping: the host is down, or a firewall drops pings; a tcp:// port says more"_s;
    m_evidence.connected = m_observation.answered;
}

} // namespace allclear
