#include "items/desk.h"

#include <algorithm>

namespace allclear
{

Desk::Desk(std::shared_ptr<const Clock> clock, Mode mode, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_mode(mode), m_frameTimer(this)
{
    m_frameTimer.setSingleShot(true);
    m_frameTimer.setTimerType(Qt::PreciseTimer); // a coarse timer may fire early, and frames would crowd
    connect(&m_frameTimer, &QTimer::timeout, this, &Desk::emitFrame);
}

VerdictPtr Desk::judgeNow() const
{
    return std::make_shared<const Verdict>(judge(m_ledger, m_clock->now(), m_circumstances));
}

void Desk::take(const IncidentPtr &incident)
{
    Q_ASSERT(incident);
    m_ledger = m_ledger.incident() ? m_ledger.adopted(incident) : Ledger(incident, m_mode);
    m_running.removeIf([this](const EndpointKey &key) { return m_ledger.endpointIndex(key) < 0; });
    m_circumstances.paused.removeIf([this](const EndpointKey &key) { return m_ledger.endpointIndex(key) < 0; });
    m_verdict.reset();
    m_tiles.clear();
    m_dirty.assign(static_cast<std::size_t>(incident->components.size()), true);
    schedule();
}

void Desk::add(const ObservationPtr &observation)
{
    const int index = observation ? m_ledger.endpointIndex(observation->endpoint) : -1;
    if (index < 0)
        return;
    const bool isWorthless =
        observation->failed() && isOfflineFor(m_ledger.incident()->endpoints[index], m_circumstances);
    if (!isWorthless) {
        const ObservationPtr before = m_ledger.trackAt(index).latest;
        m_ledger.add(observation);
        if (m_ledger.trackAt(index).latest == before)
            return; // no newer than what is known
    }
    m_samples.append({observation->endpoint, toSample(*observation)});
    markDirty(observation->endpoint);
}

void Desk::seed(const QString &key, const QList<Sample> &samples, qint64 total, qint64 passed)
{
    const Track *track = m_ledger.track(key);
    if (!track || track->seeded)
        return;
    const std::optional<TimePoint> firstLive = track->firstLive;
    m_ledger.seed(key, samples, total, passed);
    QList<Sample> older = samples;
    if (firstLive)
        older.removeIf([&](const Sample &sample) { return sample.at >= *firstLive; });
    if (!older.isEmpty())
        m_seeds.append({key, older});
    markDirty(key);
}

void Desk::setRunning(const QString &key, bool running)
{
    const int index = m_ledger.endpointIndex(key);
    if (index < 0)
        return;
    const QString component = m_ledger.incident()->endpoints[index].component;
    if (running) {
        m_running.insert(key);
        m_done.remove(component);
    } else if (m_running.remove(key)) {
        m_done.insert(component, QDeadlineTimer(doneShown));
    }
    markDirty(key);
}

void Desk::setPaused(const QStringList &keys, bool paused)
{
    if (!m_ledger.incident())
        return;
    QStringList changed = keys;
    if (changed.isEmpty()) {
        for (const Endpoint &endpoint : m_ledger.incident()->endpoints)
            changed.append(endpoint.key());
    }
    for (const QString &key : changed) {
        if (paused)
            m_circumstances.paused.insert(key);
        else if (m_circumstances.paused.remove(key))
            m_circumstances.resumed.insert(key, m_clock->now());
        markDirty(key);
    }
}

void Desk::setObserver(ObserverState state, const QString &reason, bool canaryFailed)
{
    if (m_circumstances.observer == ObserverState::Offline && state == ObserverState::Online)
        m_circumstances.onlineSince = m_clock->now();
    m_circumstances.observer = state;
    m_circumstances.observerReason = reason;
    m_circumstances.observerCanaryFailed = canaryFailed;
    schedule();
}

void Desk::tick()
{
    m_done.removeIf([this](const auto &shown) {
        if (!shown.value().hasExpired())
            return false;
        if (const int component = m_ledger.componentIndex(shown.key()); component >= 0)
            m_dirty[static_cast<std::size_t>(component)] = true;
        return true;
    });
    schedule();
}

void Desk::markDirty(const EndpointKey &key)
{
    const int index = m_ledger.endpointIndex(key);
    const int component = index < 0 ? -1 : m_ledger.componentIndex(m_ledger.incident()->endpoints[index].component);
    if (component >= 0)
        m_dirty[static_cast<std::size_t>(component)] = true;
    schedule();
}

/// The first news after a quiet time is shown at once, what follows it in the next frame.
void Desk::schedule()
{
    if (!m_ledger.incident() || m_frameTimer.isActive())
        return;
    auto wait = std::chrono::milliseconds::zero();
    if (m_sinceFrame.isValid())
        wait = std::max(wait, frameInterval - std::chrono::milliseconds(m_sinceFrame.elapsed()));
    m_frameTimer.start(wait);
}

void Desk::emitFrame()
{
    const bool isNewIncident = !m_verdict;
    const VerdictPtr verdict = judgeNow();
    Frame frame;
    frame.number = ++m_number;
    frame.incident = m_ledger.incident();
    frame.verdict = verdict;
    if (isNewIncident)
        m_tiles.resize(verdict->components.size());
    frame.tiles = changedTiles(*verdict);
    frame.samples = takeSamples();
    frame.seeds = takeSeeds();
    frame.running = m_running;
    m_verdict = verdict;
    m_sinceFrame.start();
    Q_EMIT framed(std::make_shared<const Frame>(std::move(frame)));
}

QList<std::pair<int, Tile>> Desk::changedTiles(const Verdict &verdict)
{
    QList<std::pair<int, Tile>> changed;
    const Incident &incident = *m_ledger.incident();
    for (int index = 0; index < verdict.components.size(); ++index) {
        const bool isNew = !m_verdict;
        const bool hasNews = isNew || m_dirty[static_cast<std::size_t>(index)]
            || m_verdict->components[index] != verdict.components[index];
        if (!hasNews)
            continue;
        Tile tile = makeTile(incident.components[index], verdict, m_ledger);
        tile.rerun = rerunOf(index);
        if (!isNew && tile == m_tiles[index])
            continue;
        m_tiles[index] = tile;
        changed.append({index, std::move(tile)});
    }
    m_dirty.assign(m_dirty.size(), false);
    return changed;
}

RerunState Desk::rerunOf(int component) const
{
    const Incident &incident = *m_ledger.incident();
    if (!m_running.isEmpty() && std::ranges::any_of(m_ledger.endpointsOf(component), [&](int endpoint) {
            return m_running.contains(incident.endpoints[endpoint].key());
        }))
        return RerunState::Running;
    return m_done.contains(incident.components[component].name) ? RerunState::Done : RerunState::Idle;
}

/// By index of the incident that the frame carries; samples of endpoints that it no longer holds are dropped.
QList<std::pair<int, Sample>> Desk::takeSamples()
{
    QList<std::pair<int, Sample>> samples;
    samples.reserve(m_samples.size());
    for (const auto &[key, sample] : std::as_const(m_samples)) {
        if (const int index = m_ledger.endpointIndex(key); index >= 0)
            samples.append({index, sample});
    }
    m_samples.clear();
    return samples;
}

QList<std::pair<int, QList<Sample>>> Desk::takeSeeds()
{
    QList<std::pair<int, QList<Sample>>> seeds;
    for (const auto &[key, samples] : std::as_const(m_seeds)) {
        if (const int index = m_ledger.endpointIndex(key); index >= 0)
            seeds.append({index, samples});
    }
    m_seeds.clear();
    return seeds;
}

} // namespace allclear
