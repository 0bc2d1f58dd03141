#include "probes/starttlsprobe.h"

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

std::optional<StartTlsProtocol> protocolOf(const Endpoint &endpoint)
{
    if (endpoint.client.startTls)
        return endpoint.client.startTls;
    switch (QUrl(endpoint.url).port()) {
    case 25:
    case 587:
    case 2525: return StartTlsProtocol::Smtp;
    case 143: return StartTlsProtocol::Imap;
    case 5432: return StartTlsProtocol::Postgres;
    default: return std::nullopt;
    }
}

} // namespace

StartTlsProbe::StartTlsProbe(ProbeRequest request, ProbeServices &services)
    : HandshakeProbe(std::move(request), services, u"starttls"_s), m_dialogue(protocolOf(endpoint()))
{
}

void StartTlsProbe::begin()
{
    const int port = url().port();
    if (port <= 0) {
        fail({.kind = FailureKind::Internal, .phase = {}, .message = u"starttls:// needs a port"_s, .hint = {}});
        return;
    }
    open({.host = url().host(),
          .port = static_cast<quint16>(port),
          .security = Security::Plain,
          .client = endpoint().client,
          .alpn = {}});
}

/// Between the connection and the agreement.
bool StartTlsProbe::isTalking() const { return !isConnecting() && !m_agreed; }

void StartTlsProbe::opened()
{
    if (m_agreed) {
        handshakeDone();
        return;
    }
    m_connectedAt = sinceStart();
    proceed();
}

void StartTlsProbe::received(const QByteArray &bytes)
{
    if (!isTalking()) {
        HandshakeProbe::received(bytes);
        return;
    }
    if (!m_firstByteAt)
        m_firstByteAt = sinceStart();
    m_dialogue.feed(bytes);
    proceed();
}

void StartTlsProbe::proceed()
{
    if (m_dialogue.failure()) {
        m_observation.code = m_dialogue.code();
        fail(*m_dialogue.failure());
        return;
    }
    if (const QByteArray bytes = m_dialogue.takeOutgoing(); !bytes.isEmpty())
        stream().write(bytes);
    if (m_dialogue.isReady()) {
        m_agreed = true;
        stream().startTls();
    }
}

void StartTlsProbe::ended()
{
    if (!isTalking()) {
        HandshakeProbe::ended();
        return;
    }
    const bool spoke = m_firstByteAt.has_value();
    fail({.kind = FailureKind::Closed,
          .phase = spoke ? Phase::Receive : Phase::Wait,
          .message = u"the server closed the connection %1: %2"_s.arg(
              spoke ? u"before it agreed to TLS"_s : u"without a word"_s, m_dialogue.awaited()),
          .hint = u"it may refuse this computer, or be overloaded"_s});
}

Phase StartTlsProbe::currentPhase() const
{
    if (isTalking())
        return m_firstByteAt ? Phase::Conversation : Phase::Wait;
    return HandshakeProbe::currentPhase();
}

Phase StartTlsProbe::phaseOf(const Failure &failure) const
{
    if (isTalking())
        return m_firstByteAt ? Phase::Receive : Phase::Wait;
    return HandshakeProbe::phaseOf(failure);
}

QString StartTlsProbe::awaited() const { return isTalking() ? m_dialogue.awaited() : HandshakeProbe::awaited(); }

void StartTlsProbe::release()
{
    if (m_firstByteAt)
        addToPhase(Phase::Wait, *m_firstByteAt - m_connectedAt);
    if (!m_dialogue.transcript().isEmpty() && m_dialogue.protocol() != StartTlsProtocol::Postgres)
        m_observation.excerpt = excerptOf(m_dialogue.transcript());
    HandshakeProbe::release();
    if (m_dialogue.protocol())
        m_observation.protocol = name(*m_dialogue.protocol());
}

} // namespace allclear
