// Pure judgement: observations are folded into a Ledger, and judge() says what holds at `now`. No I/O, no clock, no
// thread: the same calls make the live board, the replay and the report.
#pragma once

#include "verdict/verdict.h"

#include <QHash>
#include <QSet>

namespace allclear
{

inline constexpr int recentResultCount = 30; ///< kept per endpoint for the results bar
inline constexpr int flappingWindow = 20; ///< results; over half of them changed: flapping
/// Response times kept per endpoint and windowed criterion; of a hold that holds more results the newest are judged.
inline constexpr int windowedLatencyCount = 2048;

/// How thresholds are taken. A one-shot check has one result an endpoint, so one decides and a hold counts as
/// holding; over time the file's thresholds and windows decide.
enum class Mode { OneShot, OverTime };

/// What a result says of its target. A fault of ours, an unapproved command or an answer whose asked-for value is
/// missing says nothing: neither up nor down follows from it.
enum class Bearing { Pass, Fail, Nothing };
Bearing bearingOf(const Observation &observation);

/// When a result became known: evidence ages from here.
TimePoint evidenceTime(const Observation &observation);

/// True when the endpoint's host is this computer (127.0.0.0/8, ::1, localhost): being offline does not touch it.
bool isLoopback(const Endpoint &endpoint);

/// What is remembered of one criterion on one endpoint. Bounded by windowedLatencyCount.
struct RequirementTrack {
    std::optional<TimePoint> metSince; ///< start of the unbroken run of met results
    std::optional<TimePoint> lastMet;
    std::optional<TimePoint> lastResult;
    Truth last = Truth::NotEvaluable; ///< of the latest result; windowed conditions are in `window`
    TimePoint firstEvidence; ///< when the run's first probe started
    TimePoint lastEvidence; ///< when the latest probe started
    QList<std::pair<TimePoint, Duration>> responseTimes; ///< of the run, within the hold; windowed criteria only
    Truth window = Truth::Met; ///< of the windowed conditions over `responseTimes`
    QString windowShown; ///< the first of them that is not met, both sides resolved
};

/// What is remembered of one endpoint. Bounded: no more than recentResultCount samples are kept.
struct Track {
    State settled = State::Unknown; ///< up, degraded or down by the thresholds, before staleness and pausing
    std::optional<TimePoint> settledSince;
    State evident = State::Checking; ///< what the results alone say: settled, checking, flapping or unknown
    std::optional<TimePoint> evidentSince;
    int consecutivePasses = 0;
    int consecutiveFailures = 0;
    std::optional<bool> lastPassed; ///< of the latest result that says something of the target
    quint32 changes = 0; ///< shift register: a bit a result, 1 where pass and fail changed
    QList<Sample> recent; ///< oldest first
    std::optional<TimePoint> firstLive; ///< of the first observation that was added, not seeded
    bool seeded = false;
    ObservationPtr latest;
    qint64 total = 0; ///< results since declared that say something of the target
    qint64 passed = 0;
    QHash<int, RequirementTrack> requirements; ///< by index of the criterion
};

struct Plan; // indexes of one incident, made once; private to this layer

class Ledger
{
public:
    Ledger() = default;
    Ledger(IncidentPtr incident, Mode mode);

    /// Folds in one more observation; older or unknown ones change nothing. The cost does not grow with the run.
    void add(const ObservationPtr &observation);
    /// Seeds the counters and the recent results from history, so that yesterday shows; never makes anything up,
    /// met or clear: a restart is a gap.
    void seed(const EndpointKey &key, const QList<Sample> &recent, qint64 total, qint64 passed);
    /// Keeps what is known of endpoints that the new file still holds unchanged.
    Ledger adopted(IncidentPtr incident) const;

    const IncidentPtr &incident() const { return m_incident; }
    Mode mode() const { return m_mode; }
    const Track *track(const EndpointKey &key) const;
    /// In the incident's order; -1 for an unknown key.
    int endpointIndex(const EndpointKey &key) const;
    const Track &trackAt(int endpoint) const { return m_tracks[endpoint]; }
    /// Both in the incident's order; -1 for an unknown component, and the enabled endpoints of a known one.
    int componentIndex(const QString &component) const;
    QList<int> endpointsOf(int component) const;
    const Plan &plan() const { return *m_plan; }

private:
    IncidentPtr m_incident;
    std::shared_ptr<const Plan> m_plan; ///< null when there is no incident
    Mode m_mode = Mode::OverTime;
    QList<Track> m_tracks; ///< in the incident's order
};

/// What the board knows besides observations.
struct Circumstances {
    ObserverState observer = ObserverState::Online;
    QString observerReason; ///< "no usable network interface or default route"
    bool observerCanaryFailed = false; ///< then loopback targets are unknown too
    QSet<EndpointKey> paused;
    /// When the observer came back; results from before are no evidence, and holds begin after it.
    std::optional<TimePoint> onlineSince;
    QHash<EndpointKey, TimePoint> resumed; ///< when a pause ended: holds begin after it
};

/// True when the observer's being offline makes the endpoint's results worthless.
bool isOfflineFor(const Endpoint &endpoint, const Circumstances &circumstances);

Verdict judge(const Ledger &ledger, TimePoint now, const Circumstances &circumstances = {});

} // namespace allclear
