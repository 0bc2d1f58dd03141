#include "probes/journeyprobe.h"

#include "conditions/extract.h"
#include "probes/timedprobe.h"

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

/// The step's endpoint with [CONTEXT] filled in; `missing` names the first value that nothing stored.
Endpoint filled(Endpoint endpoint, const QJsonObject &context, QString &missing)
{
    const auto fill = [&](const QString &text) {
        const Filled result = fillContext(text, context);
        if (missing.isEmpty() && !result.missing.isEmpty())
            missing = result.missing.first();
        return result.text;
    };
    endpoint.url = fill(endpoint.url);
    endpoint.body = fill(QString::fromUtf8(endpoint.body)).toUtf8();
    endpoint.dns.name = fill(endpoint.dns.name);
    for (auto &[name, value] : endpoint.headers)
        value = fill(QString::fromUtf8(value)).toUtf8();
    for (QString &protocol : endpoint.client.subprotocols)
        protocol = fill(protocol);
    return endpoint;
}

} // namespace

JourneyProbe::JourneyProbe(ProbeRequest request, ProbeServices &services)
    : m_request(std::move(request)),
      m_services(services),
      m_context(std::make_shared<JourneyContext>(
          JourneyContext{.values = m_request.endpoint.journey->context, .secrets = m_request.secrets}))
{
}

void JourneyProbe::start()
{
    m_observation.endpoint = m_request.endpoint.key();
    m_observation.queued = m_request.queued;
    m_observation.attempt = m_request.attempt;
    m_observation.startedAt = m_services.clock().now();
    m_startedSteady = m_services.clock().steady();
    next();
}

QString JourneyProbe::whyNotRun(const JourneyStep &step) const
{
    if (!step.endpoint.enabled)
        return u"disabled"_s;
    if (sinceStart() >= m_request.endpoint.client.timeout)
        return u"the journey's %1 had run out"_s.arg(durationText(m_request.endpoint.client.timeout));
    if (m_stoppedAt && !step.alwaysRun)
        return u"`%1` failed before it"_s.arg(journey().steps[*m_stoppedAt].endpoint.name);
    return {};
}

void JourneyProbe::next()
{
    while (m_index < journey().steps.size()) {
        const JourneyStep &step = journey().steps[m_index];
        const QString why = whyNotRun(step);
        if (why.isEmpty()) {
            begin(step);
            return;
        }
        if (step.endpoint.enabled && !m_stoppedAt && !m_ranOutAt)
            m_ranOutAt = m_index;
        m_observation.steps.append({.name = step.endpoint.name, .alwaysRun = step.alwaysRun, .observation = nullptr, .notRun = why});
        ++m_index;
    }
    finish();
}

void JourneyProbe::begin(const JourneyStep &step)
{
    QString missing;
    Endpoint endpoint = filled(step.endpoint, m_context->values, missing);
    if (!missing.isEmpty()) {
        stepUnusable(step, missing);
        return;
    }
    const Duration left = m_request.endpoint.client.timeout - sinceStart();
    endpoint.client.timeout = std::min(endpoint.client.timeout, left);
    m_stepBegan = sinceStart();
    m_step = makeProbe({.endpoint = endpoint,
                        .conditions = std::make_shared<const ConditionSet>(step.endpoint.conditions, step.endpoint.degradedWhen, QStringList()),
                        .secrets = m_context->secrets,
                        .queued = {},
                        .attempt = m_request.attempt,
                        .journey = m_context,
                        .store = step.store},
                       m_services);
    Q_ASSERT_X(m_step, "JourneyProbe::begin", "a step without a probe keeps its journey from being judged");
    connect(m_step.get(), &Probe::finished, this, &JourneyProbe::stepFinished);
    m_step->start();
}

/// A value that no earlier step stored: the step cannot even be asked.
void JourneyProbe::stepUnusable(const JourneyStep &step, const QString &missing)
{
    auto observation = std::make_shared<Observation>();
    observation->endpoint = step.endpoint.key();
    observation->startedAt = observation->finishedAt = m_services.clock().now();
    observation->failure = Failure{.kind = FailureKind::Store,
                                   .phase = {},
                                   .message = u"%1 has no value: the request could not be made"_s.arg(missing),
                                   .hint = u"an earlier step must `store` it"_s};
    stepFinished(observation);
}

void JourneyProbe::stepFinished(const ObservationPtr &observation)
{
    if (m_step) {
        m_step->disconnect(this);
        m_step.release()->deleteLater(); // its signal is what called this
    }
    const JourneyStep &step = journey().steps[m_index];
    m_observation.steps.append({.name = step.endpoint.name, .alwaysRun = step.alwaysRun, .observation = observation, .notRun = {}});
    m_observation.latency = m_stepBegan + observation->latency;
    if (observation->failed() && !m_stoppedAt)
        m_stoppedAt = m_index;
    ++m_index;
    next();
}

/// Why the journey did not come to its end; nothing when it did.
std::optional<Failure> JourneyProbe::failure() const
{
    if (m_stoppedAt) {
        const StepResult &failed = m_observation.steps[*m_stoppedAt];
        Failure told = failed.observation->failure.value_or(Failure{});
        told.message = u"%1: %2"_s.arg(failed.name, told.message);
        return told;
    }
    if (!m_ranOutAt)
        return std::nullopt;
    const StepResult &unrun = m_observation.steps[*m_ranOutAt];
    return Failure{.kind = FailureKind::Timeout,
                   .phase = Phase::Conversation,
                   .message = u"%1 was not run: %2"_s.arg(unrun.name, unrun.notRun),
                   .hint = u"`timeout` of the suite sets the limit"_s};
}

/// A value may have been stored after a step that showed it.
void JourneyProbe::maskSteps()
{
    for (StepResult &step : m_observation.steps) {
        if (!step.observation)
            continue;
        auto masked = std::make_shared<Observation>(*step.observation);
        maskObservation(*masked, m_context->secrets);
        step.observation = masked;
    }
}

void JourneyProbe::finish()
{
    Observation &o = m_observation;
    o.failure = failure();
    o.answered = !o.failure;
    if (m_stoppedAt) {
        const Observation &step = *o.steps[*m_stoppedAt].observation;
        o.status = step.status;
        o.code = step.code;
        o.remote = step.remote;
        o.excerpt = step.excerpt;
    }
    maskSteps();
    Evidence evidence;
    if (o.answered)
        evidence.responseTime = o.latency;
    evidence.context = m_context->values;
    m_request.conditions->judge(o, evidence);
    for (const StepResult &step : std::as_const(o.steps)) {
        if (!step.observation)
            continue;
        o.bytes += step.observation->bytes;
        if (o.outcome == Outcome::Pass)
            o.outcome = step.observation->outcome;
    }
    maskObservation(o, m_context->secrets);
    o.finishedAt = o.startedAt + sinceStart();
    // Queued: `finished` may destroy this probe, which must not happen below a step's signal.
    QMetaObject::invokeMethod(this, [this] { Q_EMIT finished(std::make_shared<const Observation>(std::move(m_observation))); },
                              Qt::QueuedConnection);
}

} // namespace allclear
