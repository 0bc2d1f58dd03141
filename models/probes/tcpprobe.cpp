#include "probes/tcpprobe.h"

#include "probes/stream.h"

#include <QUrl>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr Duration silence = 200ms;

bool expectsAnswer(const Endpoint &endpoint)
{
    const auto readsBody = [](const ConditionText &condition) {
        return condition.text.contains("[BODY]"_L1, Qt::CaseInsensitive);
    };
    return !endpoint.body.isEmpty() || std::ranges::any_of(endpoint.conditions, readsBody)
        || std::ranges::any_of(endpoint.degradedWhen, readsBody);
}

} // namespace

TcpProbe::TcpProbe(ProbeRequest request, ProbeServices &services) : TimedProbe(std::move(request), services)
{
    m_silence.setSingleShot(true);
    m_silence.setTimerType(Qt::PreciseTimer);
    connect(&m_silence, &QTimer::timeout, this, &TcpProbe::silent);
}

TcpProbe::~TcpProbe() = default;

void TcpProbe::begin()
{
    const QUrl url(endpoint().url);
    if (!url.isValid() || url.host().isEmpty() || url.port() <= 0) {
        fail({.kind = FailureKind::Internal,
              .phase = {},
              .message = u"the URL names no host and port"_s,
              .hint = u"write tcp://host:port"_s});
        return;
    }
    m_stream = std::make_unique<Stream>(services(),
                                        StreamTarget{.host = url.host(),
                                                     .port = static_cast<quint16>(url.port()),
                                                     .security = Security::Plain,
                                                     .client = endpoint().client,
                                                     .alpn = {}});
    connect(m_stream.get(), &Stream::opened, this, &TcpProbe::opened);
    connect(m_stream.get(), &Stream::received, this, &TcpProbe::received);
    connect(m_stream.get(), &Stream::ended, this, &TcpProbe::ended);
    connect(m_stream.get(), &Stream::failed, this, &TcpProbe::streamFailed);
    m_stream->open();
}

void TcpProbe::opened()
{
    if (!expectsAnswer(endpoint())) {
        stampLatency();
        m_observation.answered = true;
        finish();
        return;
    }
    m_sentAt = sinceStart();
    if (endpoint().body.isEmpty())
        return;
    m_stream->write(endpoint().body);
    const Duration after = sinceStart();
    addToPhase(Phase::Send, after - m_sentAt);
    m_sentAt = after;
}

Phase TcpProbe::currentPhase() const
{
    if (!m_answer.isEmpty())
        return Phase::Receive;
    return m_stream ? m_stream->phase() : Phase::Dns;
}

void TcpProbe::received(const QByteArray &bytes)
{
    m_lastByteAt = sinceStart();
    if (m_answer.isEmpty())
        m_firstByteAt = m_lastByteAt;
    m_answer += bytes;
    const qint64 limit = endpoint().client.maxBodyBytes;
    if (m_answer.size() > limit) {
        fail({.kind = FailureKind::Oversize,
              .phase = Phase::Receive,
              .message = u"the answer exceeds the limit of %1 KiB"_s.arg(limit / 1024),
              .hint = u"client.max-body-size sets the limit"_s});
        return;
    }
    m_lookedAgain = false;
    m_silence.start(std::chrono::ceil<std::chrono::milliseconds>(services().clock().toReal(silence)));
}

/// Bytes may wait in the socket when this thread was busy: it is looked at once more.
void TcpProbe::silent()
{
    if (m_lookedAgain) {
        complete();
        return;
    }
    m_lookedAgain = true;
    m_silence.start(0ms);
}

void TcpProbe::ended()
{
    if (!m_answer.isEmpty()) {
        complete();
        return;
    }
    fail({.kind = FailureKind::Closed,
          .phase = Phase::Wait,
          .message = u"the server closed the connection without sending anything"_s,
          .hint = u"a proxy without a server behind it, or a server that wants something else first, does this"_s});
}

void TcpProbe::complete()
{
    stampLatency();
    m_observation.latency = m_lastByteAt;
    m_observation.answered = true;
    finish();
}

void TcpProbe::streamFailed(Failure failure)
{
    if (failure.kind == FailureKind::Closed && m_stream->phase() == Phase::Wait)
        failure.phase = m_answer.isEmpty() ? Phase::Wait : Phase::Receive;
    fail(failure);
}

void TcpProbe::release()
{
    m_silence.stop();
    if (!m_stream)
        return;
    keepConnectionPhases(*m_stream);
    keepConnection(*m_stream);
    if (!m_answer.isEmpty()) {
        addToPhase(Phase::Wait, m_firstByteAt - m_sentAt);
        addToPhase(Phase::Receive, m_lastByteAt - m_firstByteAt);
        m_observation.bytes = m_answer.size();
        m_observation.excerpt = excerptOf(m_answer);
    }
    m_observation.protocol = m_stream->isTcpConnected() ? u"tcp"_s : QString();
    m_evidence.connected = m_stream->isTcpConnected();
    if (m_observation.answered && expectsAnswer(endpoint()))
        m_evidence.body = m_answer;
    letGo(m_stream);
}

} // namespace allclear
