// When probes run. Lives on one thread of its own, all asynchronous; commands arrive and results leave as queued
// signals. Intervals are spread so that a thousand endpoints do not start together; a failing endpoint is probed
// again after a third of its interval; a probe asked for by a person starts at once, one at a time an endpoint.
#pragma once

#include "core/clock.h"
#include "incident/incident.h"
#include "probes/probe.h"
#include "probes/services.h"
#include "verdict/verdict.h"

#include <QObject>

namespace allclear {

struct EngineOptions {
    int maxConcurrent = 256; ///< probes under way at once; the rest wait and say so in `queued`
};

class Engine : public QObject {
    Q_OBJECT
public:
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
    void rerunFinished(const QString &key);
    void pausedChanged(const QStringList &keys, bool paused);
    void observerChanged(allclear::ObserverState state, const QString &reason, bool canaryFailed);
    void allProbed();
};

} // namespace allclear
