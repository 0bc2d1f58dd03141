// icmp://host: one echo over the kernel's unprivileged ping socket (icmp(7): net.ipv4.ping_group_range), so no rights
// are needed. Where the kernel does not allow it the probe fails as `unreachable` and says which setting helps.
// Latency runs from the look-up of the name to the reply; [PHASE].wait is the round trip alone.
#pragma once

#include "probes/datagramsocket.h"
#include "probes/icmpmessage.h"
#include "probes/resolver.h"
#include "probes/timedprobe.h"

#include <QFutureWatcher>

namespace allclear
{

class IcmpProbe : public TimedProbe
{
    Q_OBJECT
public:
    IcmpProbe(ProbeRequest request, ProbeServices &services);

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;

private:
    void resolved(const Resolution &resolution);
    void pingNext();
    void faulted(const DatagramFault &fault);
    void replied(const QByteArray &message);
    IpVersion version() const;

    QFutureWatcher<Resolution> m_lookup;
    QList<QHostAddress> m_addresses; // the first one is being pinged
    DatagramSocket m_socket;
    QByteArray m_payload; // random, so that no late or forged reply fits
    Duration m_sentAt{};
    bool m_sent = false;
    int m_ignored = 0;
};

/// The host of an icmp:// URL; Gatus takes bare IPv6 addresses, so QUrl cannot say.
QString pingHostOf(const QString &url);

} // namespace allclear
