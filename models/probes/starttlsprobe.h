// starttls://host:port: a plain-text protocol that agrees to TLS, then the handshake. The port or client.starttls says
// what is spoken; when neither does, the greeting.
#pragma once

#include "probes/handshakeprobe.h"
#include "probes/starttls.h"

namespace allclear
{

class StartTlsProbe : public HandshakeProbe
{
    Q_OBJECT
public:
    StartTlsProbe(ProbeRequest request, ProbeServices &services);

protected:
    void begin() override;
    void opened() override;
    void received(const QByteArray &bytes) override;
    void ended() override;
    Phase phaseOf(const Failure &failure) const override;
    Phase currentPhase() const override;
    QString awaited() const override;
    void release() override;

private:
    bool isTalking() const;
    void proceed();

    StartTlsDialogue m_dialogue;
    bool m_agreed = false;
    Duration m_connectedAt{};
    std::optional<Duration> m_firstByteAt;
};

} // namespace allclear
