#include "probes/timedprobe.h"

#include "conditions/extract.h"
#include "probes/httpreader.h"
#include "probes/stream.h"

#include <QStringDecoder>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maskedBytes = 32 * 1024; // read for secrets before the excerpt is cut
constexpr qsizetype hexBytes = 256;
constexpr qsizetype maxHeaders = 200;
constexpr qsizetype maxHeaderText = 2048;

bool isText(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(bytes);
    return !text.contains(QChar(0)) && !text.contains(QChar::ReplacementCharacter);
}

} // namespace

TimedProbe::TimedProbe(ProbeRequest request, ProbeServices &services)
    : m_request(std::move(request)),
      m_services(services),
      m_context(m_request.journey ? m_request.journey
                                  : std::make_shared<JourneyContext>(JourneyContext{.values = {}, .secrets = m_request.secrets}))
{
    m_deadline.setSingleShot(true);
    m_deadline.setTimerType(Qt::PreciseTimer);
    connect(&m_deadline, &QTimer::timeout, this, [this] { fail(timedOut()); });
}

Failure TimedProbe::timedOut() const
{
    const Phase phase = currentPhase();
    return {.kind = FailureKind::Timeout,
            .phase = phase,
            .message = u"no complete answer within %1 (time ran out in phase %2)"_s.arg(
                durationText(endpoint().client.timeout), name(phase)),
            .hint = phase == Phase::Connect ? u"packets are dropped on the way: check firewall, VPN and route"_s
                                            : u"the peer is there but slow or stuck; client.timeout sets the limit"_s};
}

void TimedProbe::start()
{
    m_observation.endpoint = endpoint().key();
    m_observation.queued = m_request.queued;
    m_observation.attempt = m_request.attempt;
    m_observation.startedAt = m_services.clock().now();
    m_startedSteady = m_services.clock().steady();
    const Duration real = m_services.clock().toReal(endpoint().client.timeout);
    m_deadline.start(std::chrono::ceil<std::chrono::milliseconds>(real));
    begin();
}

void TimedProbe::restartLatency()
{
    m_observation.startedAt = m_services.clock().now();
    m_startedSteady = m_services.clock().steady();
}

void TimedProbe::stampLatency()
{
    m_observation.latency = sinceStart();
    m_latencyStamped = true;
}

void TimedProbe::addToPhase(Phase phase, Duration duration)
{
    std::optional<Duration> &sum = m_observation.phases[static_cast<std::size_t>(phase)];
    sum = sum.value_or(Duration::zero()) + duration;
}

void TimedProbe::keepConnection(const Stream &stream)
{
    m_observation.remote = stream.remote();
    m_observation.tls = stream.tls();
    m_observation.notes.append(stream.tlsNotes());
    if (stream.target().proxy)
        m_observation.notes.append(u"through the proxy %1"_s.arg(stream.target().proxy->address()));
    if (stream.proxyStatus())
        m_observation.status = stream.proxyStatus();
    if (stream.isTcpConnected() && !stream.ip().isEmpty())
        m_evidence.ip = stream.ip();
    if (!m_observation.tls)
        return;
    m_evidence.chain = m_observation.tls->chainVerdict;
    m_evidence.tlsVersion = m_observation.tls->version;
    if (!m_observation.tls->chain.isEmpty())
        m_evidence.certificateExpiration = m_observation.tls->chain.front().notAfter - m_observation.startedAt;
}

void TimedProbe::keepConnectionPhases(const Stream &stream)
{
    if (stream.dnsTime())
        addToPhase(Phase::Dns, *stream.dnsTime());
    if (stream.connectTime())
        addToPhase(Phase::Connect, *stream.connectTime());
    if (stream.tlsTime())
        addToPhase(Phase::Tls, *stream.tlsTime());
}

void TimedProbe::letGo(std::unique_ptr<Stream> &stream)
{
    stream->disconnect(this);
    stream->close();
    stream.release()->deleteLater();
}

void TimedProbe::keepHead(const HttpHead &head)
{
    m_observation.status = head.status;
    m_observation.headers = shownHeaders(head.headers);
    if (!m_observation.answered)
        return; // an incomplete answer is no answer: no placeholder has a value from it
    m_evidence.status = head.status;
    for (const auto &[name, value] : head.headers)
        m_evidence.headers.emplaceBack(QString::fromUtf8(name), QString::fromUtf8(value));
}

void TimedProbe::fail(Failure failure)
{
    if (m_done)
        return;
    m_observation.failure = std::move(failure);
    finish();
}

void TimedProbe::finish()
{
    if (m_done)
        return;
    m_done = true;
    m_deadline.stop();
    if (!m_latencyStamped)
        stampLatency();
    m_observation.finishedAt = m_observation.startedAt + sinceStart();
    release();
    m_evidence.phases = m_observation.phases;
    m_evidence.code = m_observation.code;
    if (m_observation.answered)
        m_evidence.responseTime = m_observation.latency;
    m_evidence.context = m_context->values;
    m_request.conditions->judge(m_observation, m_evidence);
    judged();
    storeValues();
    maskObservation(m_observation, secrets());
    // Queued: `finished` may destroy this probe, which must not happen below a socket's signal.
    QMetaObject::invokeMethod(this, &TimedProbe::deliver, Qt::QueuedConnection);
}

void TimedProbe::storeValues()
{
    if (m_observation.failed())
        return;
    for (const auto &[key, placeholder] : std::as_const(m_request.store)) {
        if (const std::optional<QJsonValue> value = extract(placeholder, m_evidence)) {
            m_context->keep(key, *value);
            continue;
        }
        m_observation.outcome = Outcome::Fail;
        m_observation.failure = storeFailure(key, placeholder);
        return;
    }
}

void TimedProbe::deliver() { Q_EMIT finished(std::make_shared<const Observation>(std::move(m_observation))); }

void maskObservation(Observation &o, const Secrets &known)
{
    // Masked first and cut afterwards, so that no half of a secret stays at the end.
    o.excerpt = known.mask(o.excerpt).left(excerptBytes);
    for (Exchange &exchange : o.conversation)
        exchange.text = known.mask(exchange.text).left(exchangeLength);
    if (known.isEmpty())
        return;
    if (o.failure) {
        o.failure->message = known.mask(o.failure->message);
        o.failure->hint = known.mask(o.failure->hint);
    }
    for (auto *results : {&o.conditions, &o.degradedWhen, &o.requirements}) {
        for (ConditionResult &result : *results) {
            result.text = known.mask(result.text);
            result.value = known.mask(result.value);
            result.shown = known.mask(result.shown);
        }
    }
    if (o.tls)
        o.tls->chainMessage = known.mask(o.tls->chainMessage);
    for (auto &[header, value] : o.headers)
        value = known.mask(value);
    for (QStringList *texts : {&o.hops, &o.notes}) {
        for (QString &text : *texts)
            text = known.mask(text);
    }
}

Failure storeFailure(const QString &key, const QString &placeholder)
{
    return {.kind = FailureKind::Store,
            .phase = {},
            .message = u"`%1` could not be stored: the answer holds no %2"_s.arg(key, placeholder),
            .hint = u"compare the path with the excerpt of the answer"_s};
}

QString excerptOf(const QByteArray &body)
{
    QByteArrayView start = QByteArrayView(body).first(std::min(maskedBytes, body.size()));
    // Do not cut a UTF-8 sequence in half.
    if (start.size() < body.size()) {
        while (!start.isEmpty() && (static_cast<unsigned char>(body[start.size()]) & 0xC0) == 0x80)
            start = start.chopped(1);
    }
    if (isText(start))
        return QString::fromUtf8(start);
    const QByteArrayView some = QByteArrayView(body).first(std::min(hexBytes, body.size()));
    return u"%1 bytes, not text: %2"_s.arg(body.size()).arg(QString::fromLatin1(some.toByteArray().toHex(' ')));
}

QList<std::pair<QString, QString>> shownHeaders(const QList<std::pair<QByteArray, QByteArray>> &headers)
{
    QList<std::pair<QString, QString>> shown;
    for (const auto &[name, value] : headers.first(std::min(maxHeaders, headers.size()))) {
        const QString text = QString::fromUtf8(name);
        shown.emplaceBack(text, Secrets::isSecretHeader(text) ? QString::fromUtf16(maskText)
                                                              : QString::fromUtf8(value.first(std::min(maxHeaderText, value.size()))));
    }
    return shown;
}

} // namespace allclear
