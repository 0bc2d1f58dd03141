// Pure judgement: observations are folded into a Ledger, and judge() says what holds at `now`. No I/O, no clock, no
// thread: the same calls make the live board, the replay and the report.
#pragma once

#include "verdict/verdict.h"

#include <QHash>
#include <QSet>

namespace allclear {

inline constexpr int recentResultCount = 30; ///< kept per endpoint for the results bar and flapping

/// How thresholds are taken. A one-shot check has one result an endpoint, so one decides and a hold counts as
/// holding; over time the file's thresholds and windows decide.
enum class Mode { OneShot, OverTime };

/// What is remembered of one criterion on one endpoint.
struct RequirementTrack {
    std::optional<TimePoint> metSince;   ///< start of the unbroken run of met results
    std::optional<TimePoint> lastMet;
    std::optional<TimePoint> lastResult;
    Truth last = Truth::NotEvaluable;
    QString firstEvidence, lastEvidence; ///< "name@…Z" of the run's first and last sample
};

/// What is remembered of one endpoint. Bounded: no more than recentResultCount samples are kept.
struct Track {
    State settled = State::Unknown;      ///< up, degraded or down by the thresholds, before staleness and pausing
    std::optional<TimePoint> settledSince;
    int consecutivePasses = 0;
    int consecutiveFailures = 0;
    QList<Sample> recent;                ///< oldest first
    ObservationPtr latest;
    qint64 total = 0;                    ///< results since declared
    qint64 passed = 0;
    QHash<int, RequirementTrack> requirements; ///< by index of the criterion
};

class Ledger {
public:
    Ledger() = default;
    Ledger(IncidentPtr incident, Mode mode);

    /// Returns the same ledger with one more observation; older or unknown ones change nothing.
    void add(const ObservationPtr &observation);
    /// Seeds the counters and the recent results from history, so that yesterday shows; never makes anything up,
    /// met or clear: a restart is a gap.
    void seed(const EndpointKey &key, const QList<Sample> &recent, qint64 total, qint64 passed);
    /// Keeps what is known of endpoints that the new file still holds unchanged.
    Ledger adopted(IncidentPtr incident) const;

    const IncidentPtr &incident() const { return m_incident; }
    Mode mode() const { return m_mode; }
    const Track *track(const EndpointKey &key) const;

private:
    IncidentPtr m_incident;
    Mode m_mode = Mode::OverTime;
    QHash<EndpointKey, Track> m_tracks;
};

/// What the board knows besides observations.
struct Circumstances {
    ObserverState observer = ObserverState::Online;
    QString observerReason;              ///< "no usable network interface or default route"
    bool observerCanaryFailed = false;   ///< then loopback targets are unknown too
    QSet<EndpointKey> paused;
};

Verdict judge(const Ledger &ledger, TimePoint now, const Circumstances &circumstances = {});

} // namespace allclear
