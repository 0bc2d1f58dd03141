// A journey: its steps one after the other, each by the probe of its kind, sharing one context. A step that fails
// ends it; what could not run is "not run", never failed; `always-run` steps still run. The journey's own timeout
// bounds everything: a step gets no more time than is left.
#pragma once

#include "probes/probe.h"
#include "probes/services.h"

namespace allclear {

class JourneyProbe : public Probe {
    Q_OBJECT
public:
    JourneyProbe(ProbeRequest request, ProbeServices &services);
    void start() override;

private:
    const Journey &journey() const { return *m_request.endpoint.journey; }
    Duration sinceStart() const { return m_services.clock().steady() - m_startedSteady; }
    void next();
    QString whyNotRun(const JourneyStep &step) const;
    void begin(const JourneyStep &step);
    void stepFinished(const ObservationPtr &observation);
    void stepUnusable(const JourneyStep &step, const QString &missing);
    std::optional<Failure> failure() const;
    void maskSteps();
    void finish();

    ProbeRequest m_request;
    ProbeServices &m_services;
    std::shared_ptr<JourneyContext> m_context;
    std::unique_ptr<Probe> m_step;
    qsizetype m_index = 0;
    std::optional<qsizetype> m_stoppedAt; ///< the step that failed first
    std::optional<qsizetype> m_ranOutAt;  ///< the step for which no time was left, when none had failed
    Duration m_startedSteady{};
    Duration m_stepBegan{};
    Observation m_observation;
};

} // namespace allclear
