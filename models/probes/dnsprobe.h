// Gatus's `dns` block: asks the name server in the URL (default port 53) one question over UDP, over TCP when the
// answer is truncated (RFC 1035, RFC 7766). Every answer with a response code counts as an answer, NXDOMAIN and
// SERVFAIL included: [DNS_RCODE] decides. [BODY] is the last record of the type that was asked for, as Gatus has it,
// and has no value when there is none. A datagram that answers another question is ignored and noted (RFC 5452).
#pragma once

#include "probes/datagramsocket.h"
#include "probes/dnsmessage.h"
#include "probes/resolver.h"
#include "probes/timedprobe.h"

#include <QFutureWatcher>

#include <memory>

namespace allclear
{

class DnsProbe : public TimedProbe
{
    Q_OBJECT
public:
    DnsProbe(ProbeRequest request, ProbeServices &services);
    ~DnsProbe() override;

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;

private:
    void resolved(const Resolution &resolution);
    void askNext();
    void faulted(const DatagramFault &fault);
    void datagram(const QByteArray &message);
    void askOverTcp();
    void tcpReceived(const QByteArray &bytes);
    void tcpEnded();
    void read(const QByteArray &message);
    void answered(const QByteArray &message, const DnsAnswer &answer);

    quint16 m_port = 53;
    quint16 m_type = 0;
    QByteArray m_question;
    QFutureWatcher<Resolution> m_lookup;
    QList<QHostAddress> m_servers; // the first one is being asked
    DatagramSocket m_socket;
    std::unique_ptr<Stream> m_stream; // after a truncated answer
    QByteArray m_tcpBytes;
    Duration m_sentAt{}, m_firstByteAt{};
    bool m_asked = false;
    int m_ignored = 0;
};

} // namespace allclear
