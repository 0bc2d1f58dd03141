// The desk where observations become frames: lives on the engine's thread, folds observations into a Ledger, judges
// at most ten times a second, and emits only what changed.
#pragma once

#include "core/clock.h"
#include "items/frame.h"

#include <QObject>
#include <QTimer>

namespace allclear {

inline constexpr std::chrono::milliseconds frameInterval{100};

class Desk : public QObject {
    Q_OBJECT
public:
    Desk(std::shared_ptr<const Clock> clock, Mode mode, QObject *parent = nullptr);

    /// Judges now; for commands that want the verdict at once.
    VerdictPtr judgeNow() const;
    const Ledger &ledger() const { return m_ledger; }

public Q_SLOTS:
    void take(const allclear::IncidentPtr &incident); ///< a new or changed file
    void add(const allclear::ObservationPtr &observation);
    void seed(const QString &key, const QList<allclear::Sample> &samples, qint64 total, qint64 passed);
    void setRunning(const QString &key, bool running); ///< a rerun that a person asked for began or ended
    void setPaused(const QStringList &keys, bool paused);
    void setObserver(allclear::ObserverState state, const QString &reason, bool canaryFailed);
    /// Ages, staleness and holds move without observations: a frame is due although nothing came.
    void tick();

Q_SIGNALS:
    void framed(const allclear::FramePtr &frame);

private:
    void touch();
    void emitFrame();
    RerunState rerunOf(const Tile &tile) const;

    std::shared_ptr<const Clock> m_clock;
    Mode m_mode;
    Ledger m_ledger;
    Circumstances m_circumstances;
    QTimer m_pace; ///< runs from one frame to the next allowed one
    bool m_dirty = false;
    quint64 m_number = 0;
    QList<Tile> m_tiles; ///< as last sent
    bool m_allTiles = false;
    QList<std::pair<int, Sample>> m_samples; ///< not sent yet
    QSet<EndpointKey> m_running;
    QHash<EndpointKey, TimePoint> m_doneAt; ///< reruns that ended a moment ago
};

} // namespace allclear
