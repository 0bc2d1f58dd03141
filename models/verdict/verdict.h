// What can be said of the incident at one instant. Immutable; made by judge() in verdict/judge.h.
#pragma once

#include "core/observation.h"
#include "incident/incident.h"

#include <QMetaType>

namespace allclear
{

struct EndpointStatus {
    EndpointKey key;
    State state = State::Unknown;
    std::optional<TimePoint> since; ///< of the state
    bool stale = false;
    QString reason; ///< why unknown, stale, checking, paused; empty otherwise
    ObservationPtr latest; ///< null: never run
    int consecutiveFailures = 0;
    int consecutivePasses = 0;
};

struct ComponentStatus {
    QString name;
    State state = State::Unknown;
    std::optional<TimePoint> since;
    EndpointKey worst; ///< the endpoint that decided; empty when there is none
    QString waitsOn; ///< most upstream failing component it needs, directly or further up; empty: none
    bool suspect = false;
    QString reason; ///< why it is unknown, checking or paused; empty otherwise
    bool operator==(const ComponentStatus &) const = default;
};

struct Suspect {
    QString component;
    QStringList explains; ///< red components that need it, directly or further up, in file order
};

struct CriterionStatus {
    QString title;
    CriterionState state = CriterionState::Unknown;
    Duration held{};
    Duration hold{};
    QStringList evidence; ///< "api-health@2025-09-16T05:01:02.003Z": the samples that prove or refute it
    int selected = 0; ///< endpoints and journeys
    int passing = 0; ///< of them, now
    QString detail; ///< "0 of 4 · worst: api-health 503", "holding 1 m 10 s of 5 m", "not judged yet: …"
};

struct WhyStatus {
    QString why;
    QString because;
    WhyVerdict verdict = WhyVerdict::Untested;
    QStringList evidence; ///< "redis-ping@…Z down"
    QString detail; ///< why untested
};

enum class ActionState { Open, Doing, Done, Dropped, Overdue };

struct ActionStatus {
    QString title;
    ActionState state = ActionState::Open;
    std::optional<TimePoint> due;
    bool byEvidence = false; ///< done because every `done-when` endpoint is up
};

enum class ObserverState { Online, Offline };

struct Verdict {
    TimePoint at;
    Overall overall = Overall::Unknown;
    QString sentence; ///< "NOT CLEAR: 0 of 5 criteria met, suspect VPC connector (explains 7)"
    ObserverState observer = ObserverState::Online;
    QString observerReason;
    QList<EndpointStatus> endpoints; ///< incident order
    QList<ComponentStatus> components; ///< incident order
    QList<Suspect> suspects; ///< the one that explains most first
    QList<CriterionStatus> criteria; ///< incident order
    QList<WhyStatus> whys; ///< incident order
    QList<ActionStatus> actions; ///< incident order, before a person's ticks
    std::optional<double> availability; ///< 0…1, passed results over results of `availability-of` since declared
    std::optional<TimePoint> lastProbeAt;

    int criteriaMet() const;
};

using VerdictPtr = std::shared_ptr<const Verdict>;

} // namespace allclear

Q_DECLARE_METATYPE(allclear::VerdictPtr)
