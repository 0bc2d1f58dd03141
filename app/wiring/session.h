// Engine and desk, wired: what every command that probes is made of.
#pragma once

#include "engine/engine.h"
#include "items/desk.h"
#include "publish/report.h"

#include <QThread>

namespace allclear {

class Session {
public:
    enum class Home { CallersThread, OwnThread };

    Session(std::shared_ptr<const Clock> clock, Mode mode, Home home);
    ~Session(); ///< cancels what is under way and joins the thread

    /// Connect to their signals with a context object; with a thread of their own call nothing on them.
    Engine *engine() const { return m_engine; }
    Desk *desk() const { return m_desk; }

    void take(const IncidentPtr &incident);
    void start();
    void probeAllOnce();
    /// Waits for the engine's thread for as long as one judgement takes.
    CheckReport report() const;

private:
    std::shared_ptr<const Clock> m_clock;
    Mode m_mode;
    QThread m_thread;
    std::unique_ptr<QObject> m_home; ///< parent of engine and desk, moves with them
    Engine *m_engine;
    Desk *m_desk;
    IncidentPtr m_incident;
    TimePoint m_startedAt;
    Duration m_began{};
};

} // namespace allclear
