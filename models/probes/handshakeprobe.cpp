#include "probes/handshakeprobe.h"

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr std::chrono::milliseconds grace{1000}; ///< for a server that accepts or refuses a client certificate

} // namespace

HandshakeProbe::HandshakeProbe(ProbeRequest request, ProbeServices &services, const QString &protocol)
    : TimedProbe(std::move(request), services), m_url(endpoint().url), m_protocol(protocol)
{
    m_grace.setSingleShot(true);
    connect(&m_grace, &QTimer::timeout, this, [this] {
        m_observation.notes.append(
            u"the server asked for a client certificate and did not say whether it accepts %1"_s.arg(
                endpoint().client.certificateFile.isEmpty() ? u"a client without one"_s : u"the one it got"_s));
        finish();
    });
}

HandshakeProbe::~HandshakeProbe() = default;

void HandshakeProbe::open(StreamTarget target)
{
    m_stream = std::make_unique<Stream>(services(), std::move(target));
    connect(m_stream.get(), &Stream::opened, this, &HandshakeProbe::opened);
    connect(m_stream.get(), &Stream::received, this, &HandshakeProbe::received);
    connect(m_stream.get(), &Stream::confirmed, this, &HandshakeProbe::finish);
    connect(m_stream.get(), &Stream::ended, this, &HandshakeProbe::ended);
    connect(m_stream.get(), &Stream::failed, this, &HandshakeProbe::streamFailed);
    m_stream->open();
}

void HandshakeProbe::handshakeDone()
{
    stampLatency();
    m_awaitsVerdict = m_stream->awaitsClientVerdict();
    if (m_awaitsVerdict)
        m_grace.start(grace);
    else
        finish();
}

/// After the handshake: a server that speaks first has accepted the client.
void HandshakeProbe::received(const QByteArray &) { finish(); }

void HandshakeProbe::ended()
{
    fail({.kind = FailureKind::Tls,
          .phase = Phase::Tls,
          .message = u"the server asked for a client certificate and closed the connection after it got %1"_s.arg(
              endpoint().client.certificateFile.isEmpty() ? u"none"_s : u"one"_s),
          .hint = u"client.tls.certificate-file and private-key-file name the client's certificate"_s});
}

void HandshakeProbe::streamFailed(const Failure &failure)
{
    Failure told = failure;
    if (failure.phase && *failure.phase == Phase::Wait)
        told.phase = m_awaitsVerdict ? Phase::Tls : phaseOf(failure);
    if (!m_awaitsVerdict && m_stream->tls())
        stampLatency(); // the handshake is over, its chain is refused
    fail(told);
}

Phase HandshakeProbe::phaseOf(const Failure &) const { return Phase::Tls; }

Phase HandshakeProbe::currentPhase() const
{
    if (!m_stream)
        return Phase::Dns;
    return m_awaitsVerdict ? Phase::Tls : m_stream->phase();
}

Failure HandshakeProbe::timedOut() const
{
    Failure failure = TimedProbe::timedOut();
    if (const QString what = awaited(); !what.isEmpty())
        failure.message += u": "_s + what;
    return failure;
}

QString HandshakeProbe::awaited() const
{
    if (m_awaitsVerdict)
        return u"the server asked for a client certificate and did not say whether it accepts the client"_s;
    return currentPhase() == Phase::Tls ? u"the server does not finish the TLS handshake"_s : QString();
}

void HandshakeProbe::release()
{
    m_grace.stop();
    if (!m_stream)
        return;
    keepConnectionPhases(*m_stream);
    keepConnection(*m_stream);
    m_observation.protocol = m_protocol;
    // As in Gatus: connected means that the handshake came to its end on both sides, not only TCP.
    const bool refused = m_awaitsVerdict && m_observation.failure;
    m_observation.answered = m_stream->tls().has_value() && !refused;
    m_evidence.connected = m_observation.answered;
    letGo(m_stream);
}

} // namespace allclear
