// What tls:// and starttls:// share: the probe is about the chain. Its facts are kept and its placeholders have values
// as soon as the handshake is over, also when the chain is not acceptable — the outcome is then still a failure of
// kind `tls`, unless the endpoint is insecure. Latency ends with the handshake.
#pragma once

#include "probes/stream.h"
#include "probes/timedprobe.h"

#include <QUrl>

#include <memory>

namespace allclear
{

class HandshakeProbe : public TimedProbe
{
    Q_OBJECT
public:
    HandshakeProbe(ProbeRequest request, ProbeServices &services, const QString &protocol);
    ~HandshakeProbe() override;

protected:
    Phase currentPhase() const override;
    Failure timedOut() const override;
    void release() override;
    /// What the peer is waited for, as the deadline's report says it; empty where there is nothing to add.
    virtual QString awaited() const;

    const QUrl &url() const { return m_url; }
    Stream &stream() { return *m_stream; }
    bool isConnecting() const { return !m_stream || !m_stream->isTcpConnected(); }
    /// Connects; opened() follows unless the probe fails first.
    void open(StreamTarget target);
    virtual void opened() { handshakeDone(); }
    virtual void received(const QByteArray &bytes);
    virtual void ended();
    virtual Phase phaseOf(const Failure &failure) const;
    /// TLS 1.3 lets a server refuse the client's certificate after the client's handshake is over: it is waited for.
    void handshakeDone();

private:
    void streamFailed(const Failure &failure);

    QUrl m_url;
    QString m_protocol;
    std::unique_ptr<Stream> m_stream;
    QTimer m_grace; // for the server's word on the client certificate
    bool m_awaitsVerdict = false;
};

} // namespace allclear
