// When probes run. Lives on one thread of its own, all asynchronous; commands arrive and results leave as queued
// signals. Intervals are spread so that a thousand endpoints do not start together; a failing endpoint is probed
// again after a third of its interval; a probe asked for by a person starts at once, one at a time an endpoint.
#pragma once

#include "core/clock.h"
#include "engine/observer.h"
#include "engine/schedule.h"
#include "incident/incident.h"
#include "probes/probe.h"
#include "probes/services.h"
#include "verdict/verdict.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>

namespace allclear {

using ProbeFactory = std::function<std::unique_ptr<Probe>(ProbeRequest request, ProbeServices &services)>;

struct EngineOptions {
    int maxConcurrent = 256; ///< probes under way at once; the rest wait and say so in `queued`
    ProbeFactory makeProbe = allclear::makeProbe;
    ObserverSources observer = {};
};

class Engine : public QObject {
    Q_OBJECT
public:
    /// What a probe may overrun its timeout by, in real time, before it is given up as an internal failure.
    static constexpr std::chrono::milliseconds overrun{2000};

    Engine(std::shared_ptr<const Clock> clock, EngineOptions options = {}, QObject *parent = nullptr);
    ~Engine() override; ///< cancels what is under way

public Q_SLOTS:
    /// Takes over a file: endpoints that did not change keep their place in the schedule.
    void load(const allclear::IncidentPtr &incident);
    void start();          ///< schedules every enabled, judged endpoint
    void stop();           ///< cancels what is under way, schedules nothing
    void probeAllOnce();   ///< one probe of each, as soon as slots allow; allProbed() when all have finished
    void rerun(const QStringList &keys); ///< ignored for an endpoint whose probe is under way
    void setPaused(const QStringList &keys, bool paused); ///< an empty list means all

Q_SIGNALS:
    void observed(const allclear::ObservationPtr &observation);
    void rerunStarted(const QString &key);
    void rerunFinished(const QString &key); ///< also when the probe was cancelled
    void pausedChanged(const QStringList &keys, bool paused); ///< those that changed; never empty
    void observerChanged(allclear::ObserverState state, const QString &reason, bool canaryFailed);
    void allProbed();

private:
    enum class Origin { Schedule, Once, Person };
    struct Watched {
        Endpoint endpoint;
        std::shared_ptr<const ConditionSet> conditions;
        int failuresInRow = 0;
    };
    struct Waiting {
        EndpointKey key;
        Duration since{};
        Origin origin = Origin::Schedule;
    };
    struct Flight {
        std::unique_ptr<Probe> probe;
        std::unique_ptr<QTimer> watchdog;
        Origin origin = Origin::Schedule;
        TimePoint startedAt;
        Duration begun{};
        Duration queued{};
        int attempt = 1;
    };

    QSet<EndpointKey> watch(const IncidentPtr &incident);
    void dropAllBut(const QSet<EndpointKey> &kept);
    void scheduleDue();
    void arm();
    void enqueue(const EndpointKey &key, Origin origin, Duration since);
    void pump();
    void begin(const Waiting &waiting);
    void finish(const EndpointKey &key, ObservationPtr observation);
    void abandon(const EndpointKey &key);
    void onceFinished(const EndpointKey &key);
    void announceWhenAllProbed();
    bool isPaused(const EndpointKey &key) const { return m_paused.contains(key); }

    std::shared_ptr<const Clock> m_clock;
    EngineOptions m_options;
    std::unique_ptr<ProbeServices> m_services; ///< made on the engine's thread
    IncidentPtr m_incident;
    QStringList m_order; ///< watched keys in file order
    QHash<EndpointKey, Watched> m_watched;
    Schedule m_schedule;
    QTimer m_timer;
    Observer m_observer;
    std::deque<Waiting> m_queue;
    std::map<EndpointKey, Flight> m_flights;
    QSet<EndpointKey> m_paused;
    QSet<EndpointKey> m_once; ///< still awaited by probeAllOnce()
    bool m_probingOnce = false;
    bool m_allPaused = false; ///< then endpoints of a new file are paused as well
    bool m_started = false;
    bool m_pumping = false;
};

} // namespace allclear
