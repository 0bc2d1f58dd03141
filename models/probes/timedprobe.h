// What every probe shares: one deadline for the whole probe, the stamps, and the one way an observation leaves —
// judged, masked, exactly once.
#pragma once

#include "probes/probe.h"
#include "probes/services.h"

#include <QTimer>

namespace allclear {

inline constexpr qsizetype excerptBytes = 2048;

struct HttpHead;
class Stream;

class TimedProbe : public Probe {
    Q_OBJECT
public:
    TimedProbe(ProbeRequest request, ProbeServices &services);
    void start() final;

protected:
    /// Begins the work; called once, with the clock running.
    virtual void begin() = 0;
    /// Where the time is being spent, for the deadline's report.
    virtual Phase currentPhase() const = 0;
    /// Closes everything; no signal may arrive afterwards. Also fills in what is known so far; [PHASE], [CODE] and, of an
    /// answer, [RESPONSE_TIME] follow from the observation.
    virtual void release() = 0;

    const Endpoint &endpoint() const { return m_request.endpoint; }
    ProbeServices &services() { return m_services; }
    const Secrets &secrets() const { return m_context->secrets; }
    const std::shared_ptr<JourneyContext> &context() const { return m_context; }
    /// Values that turned out to be secret on the way; masked from now on, in later steps too.
    void addSecrets(const QStringList &values) { m_context->secrets = m_context->secrets.with(values); }
    const ConditionSet &conditions() const { return *m_request.conditions; }
    Duration sinceStart() const { return m_services.clock().steady() - m_startedSteady; }

    /// What was done so far (getting an access token) is no part of latency or phases; the deadline runs on.
    void restartLatency();
    /// After the conditions were judged and before everything is masked: for a better sentence, never another verdict.
    virtual void judged() {}

    /// The last byte of the answer is here: latency ends now, whatever is measured afterwards.
    void stampLatency();
    void addToPhase(Phase phase, Duration duration);
    /// What the connection itself tells: address, certificates, and the placeholders that come from them.
    void keepConnection(const Stream &stream);
    void keepConnectionPhases(const Stream &stream);
    /// Says goodbye and hears no more of it; it may be the sender of the signal that led here.
    void letGo(std::unique_ptr<Stream> &stream);
    /// Status, headers and excerpt of an HTTP answer; its placeholders only when it was complete.
    void keepHead(const HttpHead &head);
    void fail(Failure failure);
    void finish();
    bool isDone() const { return m_done; }
    /// The deadline struck; a kind that knows better what was missing says so.
    virtual Failure timedOut() const;

    Observation m_observation;
    Evidence m_evidence;

private:
    void deliver();
    void storeValues();

    ProbeRequest m_request;
    ProbeServices &m_services;
    std::shared_ptr<JourneyContext> m_context;
    QTimer m_deadline;
    Duration m_startedSteady{};
    bool m_latencyStamped = false;
    bool m_done = false;
};

/// Every text of it: masked first and cut to its length afterwards.
void maskObservation(Observation &observation, const Secrets &secrets);
/// An answer without the value that a journey's next steps need.
Failure storeFailure(const QString &key, const QString &placeholder);
/// The start of a body as text for people: UTF-8 where it is, a hexadecimal dump where it is not. Longer than an
/// excerpt: TimedProbe masks it and then cuts it to excerptBytes.
QString excerptOf(const QByteArray &body);
/// Header values of secret headers become •••; all others are masked by value.
QList<std::pair<QString, QString>> shownHeaders(const QList<std::pair<QByteArray, QByteArray>> &headers);

} // namespace allclear
