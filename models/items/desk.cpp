#include "items/desk.h"

namespace allclear {

namespace {
constexpr Duration doneShown = 2s; ///< how long a finished rerun shows its tick
}

Desk::Desk(std::shared_ptr<const Clock> clock, Mode mode, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_mode(mode), m_pace(this)
{
    m_pace.setSingleShot(true);
    connect(&m_pace, &QTimer::timeout, this, [this] {
        if (m_dirty)
            emitFrame();
    });
}

VerdictPtr Desk::judgeNow() const
{
    return std::make_shared<const Verdict>(judge(m_ledger, m_clock->now(), m_circumstances));
}

void Desk::take(const IncidentPtr &incident)
{
    m_ledger = m_ledger.incident() ? m_ledger.adopted(incident) : Ledger(incident, m_mode);
    m_samples.clear(); // their indexes are the old file's
    m_allTiles = true;
    touch();
}

void Desk::add(const ObservationPtr &observation)
{
    m_ledger.add(observation);
    if (const int index = m_ledger.endpointIndex(observation->endpoint); index >= 0)
        m_samples.append({index, toSample(*observation)});
    touch();
}

void Desk::seed(const QString &key, const QList<Sample> &samples, qint64 total, qint64 passed)
{
    const int index = m_ledger.endpointIndex(key);
    if (index < 0)
        return;
    m_ledger.seed(key, samples.last(std::min<qsizetype>(recentResultCount, samples.size())), total, passed);
    for (const Sample &sample : samples)
        m_samples.append({index, sample});
    touch();
}

void Desk::setRunning(const QString &key, bool running)
{
    if (running) {
        m_running.insert(key);
    } else if (m_running.remove(key)) {
        m_doneAt.insert(key, m_clock->now());
    }
    touch();
}

void Desk::setPaused(const QStringList &keys, bool paused)
{
    for (const QString &key : keys) {
        if (paused) {
            m_circumstances.paused.insert(key);
        } else if (m_circumstances.paused.remove(key)) {
            m_circumstances.resumed.insert(key, m_clock->now());
        }
    }
    touch();
}

void Desk::setObserver(ObserverState state, const QString &reason, bool canaryFailed)
{
    if (m_circumstances.observer == ObserverState::Offline && state == ObserverState::Online)
        m_circumstances.onlineSince = m_clock->now();
    m_circumstances.observer = state;
    m_circumstances.observerReason = reason;
    m_circumstances.observerCanaryFailed = canaryFailed;
    touch();
}

void Desk::tick()
{
    if (m_ledger.incident())
        touch();
}

/// A frame now when the last one is long enough ago, otherwise when it is.
void Desk::touch()
{
    m_dirty = true;
    if (!m_pace.isActive())
        m_pace.start(m_number == 0 ? std::chrono::milliseconds(0) : frameInterval);
}

RerunState Desk::rerunOf(const Tile &tile) const
{
    RerunState state = RerunState::Idle;
    for (const EndpointKey &key : tile.endpoints) {
        if (m_running.contains(key))
            return RerunState::Running;
        if (m_doneAt.contains(key))
            state = RerunState::Done;
    }
    return state;
}

void Desk::emitFrame()
{
    m_dirty = false;
    if (!m_ledger.incident())
        return;
    const TimePoint now = m_clock->now();
    m_doneAt.removeIf([&](auto entry) { return now - entry.value() > doneShown; });
    auto frame = std::make_shared<Frame>();
    frame->number = ++m_number;
    frame->incident = m_ledger.incident();
    frame->verdict = judgeNow();
    frame->samples = std::exchange(m_samples, {});
    frame->running = m_running;
    const QList<Component> &components = m_ledger.incident()->components;
    m_tiles.resize(components.size());
    for (qsizetype i = 0; i < components.size(); ++i) {
        Tile tile = makeTile(components[i], *frame->verdict, m_ledger);
        tile.rerun = rerunOf(tile);
        if (!m_allTiles && tile == m_tiles[i])
            continue;
        m_tiles[i] = tile;
        frame->tiles.append({static_cast<int>(i), std::move(tile)});
    }
    m_allTiles = false;
    Q_EMIT framed(frame);
}

} // namespace allclear
