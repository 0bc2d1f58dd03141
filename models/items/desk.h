// The desk where observations become frames: lives on the engine's thread, folds observations into a Ledger, judges
// at most ten times a second, and emits only what changed.
#pragma once

#include "core/clock.h"
#include "items/frame.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <vector>

namespace allclear
{

inline constexpr std::chrono::milliseconds frameInterval{100}; ///< real time, whatever the clock's speed
inline constexpr std::chrono::milliseconds doneShown{2000}; ///< real time that a finished rerun shows "done"

class Desk : public QObject
{
    Q_OBJECT
public:
    Desk(std::shared_ptr<const Clock> clock, Mode mode, QObject *parent = nullptr);

    /// Judges now; for commands that want the verdict at once.
    VerdictPtr judgeNow() const;
    const Ledger &ledger() const { return m_ledger; }

public Q_SLOTS:
    void take(const allclear::IncidentPtr &incident); ///< a new or changed file
    /// A failure of a remote endpoint while the observer is offline is drawn but never judged or counted.
    void add(const allclear::ObservationPtr &observation);
    void seed(const QString &key, const QList<allclear::Sample> &samples, qint64 total, qint64 passed);
    void setRunning(const QString &key, bool running); ///< a rerun that a person asked for began or ended
    void setPaused(const QStringList &keys, bool paused); ///< an empty list means all
    void setObserver(allclear::ObserverState state, const QString &reason, bool canaryFailed);
    /// Call once a second of real time: ages, staleness and holds move without observations, so a frame is due
    /// although nothing came.
    void tick();

Q_SIGNALS:
    void framed(const allclear::FramePtr &frame);

private:
    void markDirty(const EndpointKey &key);
    void schedule();
    void emitFrame();
    RerunState rerunOf(int component) const;
    QList<std::pair<int, Tile>> changedTiles(const Verdict &verdict);
    QList<std::pair<int, Sample>> takeSamples();
    QList<std::pair<int, QList<Sample>>> takeSeeds();

    std::shared_ptr<const Clock> m_clock;
    Mode m_mode;
    Ledger m_ledger;
    Circumstances m_circumstances;
    QTimer m_frameTimer; ///< runs only while a frame is due
    QElapsedTimer m_sinceFrame;
    quint64 m_number = 0;
    VerdictPtr m_verdict; ///< of the last frame; null when every tile is due
    QList<Tile> m_tiles; ///< as last sent
    std::vector<bool> m_dirty; ///< components with news since the last frame
    QList<std::pair<EndpointKey, Sample>> m_samples; ///< not sent yet
    QList<std::pair<EndpointKey, QList<Sample>>> m_seeds; ///< not sent yet
    QSet<EndpointKey> m_running;
    QHash<QString, QDeadlineTimer> m_done; ///< by component: how long a finished rerun still shows
};

} // namespace allclear
