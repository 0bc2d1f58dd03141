#include "engine/engine.h"

#include "engine/compare.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

std::chrono::milliseconds realDelay(const Clock &clock, Duration duration)
{
    return std::chrono::ceil<std::chrono::milliseconds>(clock.toReal(std::max(duration, Duration::zero())));
}

Failure overrunFailure(const Endpoint &endpoint)
{
    return {.kind = FailureKind::Internal,
            .phase = {},
            .message = u"The probe of %1 did not end within its timeout of %2 and was given up; this is a fault of "
                       "Allclear, not of the endpoint"_s.arg(endpoint.key(), durationText(endpoint.client.timeout)),
            .hint = u"Rerun it; if this happens again, report it with the endpoint's lines of the incident file"_s};
}

} // namespace

Engine::Engine(std::shared_ptr<const Clock> clock, EngineOptions options, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_options(std::move(options)), m_timer(this),
      m_observer(m_clock, m_options.observer, this)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Engine::scheduleDue);
    connect(&m_observer, &Observer::changed, this, [this](const ObserverFinding &finding) {
        Q_EMIT observerChanged(finding.state, finding.reason, finding.canaryFailed);
    });
    // Queued: never within probeAllOnce(), whose caller may not have entered its event loop yet.
    connect(&m_observer, &Observer::settled, this, &Engine::announceWhenAllProbed, Qt::QueuedConnection);
}

Engine::~Engine()
{
    m_flights.clear(); // before the services that probes use
}

void Engine::load(const IncidentPtr &incident)
{
    Q_ASSERT(incident);
    if (!m_services)
        m_services = std::make_unique<ProbeServices>(m_clock);
    const QSet<EndpointKey> unchanged = watch(incident);
    dropAllBut(unchanged);
    m_incident = incident;
    m_observer.setCanary(incident->observerTarget);
    if (m_started) {
        QList<ScheduledEndpoint> scheduled;
        for (const EndpointKey &key : std::as_const(m_order))
            scheduled.append({key, m_watched[key].endpoint.interval});
        m_schedule.take(scheduled, unchanged, m_clock->steady());
        m_schedule.setPaused(QStringList(m_paused.begin(), m_paused.end()), true, m_clock->steady());
    }
    pump();
    arm();
    announceWhenAllProbed();
}

/// Replaces what is watched; returns the keys whose schedule and probe under way stay.
QSet<EndpointKey> Engine::watch(const IncidentPtr &incident)
{
    const QHash<EndpointKey, Watched> before = std::exchange(m_watched, {});
    m_order.clear();
    QSet<EndpointKey> unchanged;
    for (const Endpoint &endpoint : incident->endpoints) {
        if (!endpoint.enabled || !endpoint.notJudged.isEmpty() || !hasProbe(endpoint.kind))
            continue;
        const EndpointKey key = endpoint.key();
        Watched watched{.endpoint = endpoint,
                        .conditions = std::make_shared<const ConditionSet>(
                            endpoint.conditions, endpoint.degradedWhen, requirementsOf(key, *incident))};
        if (const auto old = before.find(key); old != before.end() && probedAlike(old->endpoint, endpoint)) {
            watched.failuresInRow = old->failuresInRow;
            unchanged.insert(key);
        }
        if (m_allPaused)
            m_paused.insert(key);
        m_order.append(key);
        m_watched.insert(key, watched);
    }
    m_paused.removeIf([this](const EndpointKey &key) { return !m_watched.contains(key); });
    return unchanged;
}

void Engine::dropAllBut(const QSet<EndpointKey> &kept)
{
    std::erase_if(m_queue, [&kept](const Waiting &waiting) { return !kept.contains(waiting.key); });
    QStringList rerunsDropped;
    for (auto flight = m_flights.begin(); flight != m_flights.end();) {
        if (kept.contains(flight->first)) {
            ++flight;
            continue;
        }
        if (flight->second.origin == Origin::Person)
            rerunsDropped.append(flight->first);
        flight = m_flights.erase(flight);
    }
    m_once.intersect(kept);
    for (const EndpointKey &key : std::as_const(rerunsDropped))
        Q_EMIT rerunFinished(key);
}

void Engine::start()
{
    if (m_started)
        return;
    m_started = true;
    QList<ScheduledEndpoint> scheduled;
    for (const EndpointKey &key : std::as_const(m_order))
        scheduled.append({key, m_watched[key].endpoint.interval});
    const Duration now = m_clock->steady();
    m_schedule.take(scheduled, {}, now);
    m_schedule.setPaused(QStringList(m_paused.begin(), m_paused.end()), true, now);
    for (const auto &[key, flight] : m_flights)
        m_schedule.begin(key);
    m_observer.start();
    scheduleDue();
}

void Engine::stop()
{
    m_started = false;
    m_probingOnce = false;
    m_timer.stop();
    m_observer.stop();
    m_schedule.clear();
    dropAllBut({});
}

void Engine::probeAllOnce()
{
    m_probingOnce = true;
    m_once = QSet<EndpointKey>(m_order.begin(), m_order.end());
    m_observer.start();
    for (const EndpointKey &key : std::as_const(m_order))
        enqueue(key, Origin::Once, m_clock->steady());
    pump();
    QMetaObject::invokeMethod(this, &Engine::announceWhenAllProbed, Qt::QueuedConnection);
}

void Engine::rerun(const QStringList &keys)
{
    for (const EndpointKey &key : keys)
        enqueue(key, Origin::Person, m_clock->steady());
    pump();
    arm();
}

void Engine::setPaused(const QStringList &keys, bool paused)
{
    if (keys.isEmpty())
        m_allPaused = paused;
    else if (!paused)
        m_allPaused = false;
    QStringList changed;
    for (const EndpointKey &key : keys.isEmpty() ? m_order : keys) {
        if (!m_watched.contains(key) || isPaused(key) == paused)
            continue;
        if (paused)
            m_paused.insert(key);
        else
            m_paused.remove(key);
        changed.append(key);
    }
    if (changed.isEmpty())
        return;
    m_schedule.setPaused(changed, paused, m_clock->steady());
    std::erase_if(m_queue, [this](const Waiting &waiting) {
        return waiting.origin == Origin::Schedule && isPaused(waiting.key);
    });
    arm();
    Q_EMIT pausedChanged(changed, paused);
}

void Engine::scheduleDue()
{
    for (const DueEndpoint &due : m_schedule.takeDue(m_clock->steady()))
        enqueue(due.key, Origin::Schedule, due.due);
    pump();
    arm();
}

void Engine::arm()
{
    const std::optional<Duration> due = m_started ? m_schedule.nextDue() : std::nullopt;
    if (!due) {
        m_timer.stop();
        return;
    }
    m_timer.start(std::min(realDelay(*m_clock, *due - m_clock->steady()), std::chrono::milliseconds(1h)));
}

/// One probe at a time an endpoint: what is under way or waiting is not asked for twice, but a person's wish moves
/// what waits to the front.
void Engine::enqueue(const EndpointKey &key, Origin origin, Duration since)
{
    if (!m_watched.contains(key) || m_flights.contains(key))
        return;
    const auto waiting = std::ranges::find(m_queue, key, &Waiting::key);
    if (waiting != m_queue.end()) {
        if (origin != Origin::Person || waiting->origin == Origin::Person)
            return;
        m_queue.erase(waiting);
    }
    if (origin != Origin::Person) {
        m_queue.push_back({key, since, origin});
        return;
    }
    m_schedule.begin(key);
    const auto behindReruns = std::ranges::find_if(m_queue, [](const Waiting &w) { return w.origin != Origin::Person; });
    m_queue.insert(behindReruns, {key, since, origin});
}

void Engine::pump()
{
    if (m_pumping) // a probe that finished inside its own start()
        return;
    m_pumping = true;
    while (!m_queue.empty() && m_flights.size() < static_cast<std::size_t>(m_options.maxConcurrent)) {
        const Waiting next = m_queue.front();
        m_queue.pop_front();
        begin(next);
    }
    m_pumping = false;
}

void Engine::begin(const Waiting &waiting)
{
    const EndpointKey key = waiting.key;
    const Watched &watched = m_watched[key];
    const Duration now = m_clock->steady();
    Flight flight{.probe = nullptr,
                  .watchdog = std::make_unique<QTimer>(),
                  .origin = waiting.origin,
                  .startedAt = m_clock->now(),
                  .begun = now,
                  .queued = std::max(now - waiting.since, Duration::zero()),
                  .attempt = watched.failuresInRow + 1};
    flight.probe = m_options.makeProbe({.endpoint = watched.endpoint,
                                        .conditions = watched.conditions,
                                        .secrets = m_incident->secrets,
                                        .queued = flight.queued,
                                        .attempt = flight.attempt},
                                       *m_services);
    Q_ASSERT_X(flight.probe, "Engine::begin", "hasProbe() and makeProbe() disagree");
    Probe *probe = flight.probe.get();
    connect(probe, &Probe::finished, this,
            [this, key](const ObservationPtr &observation) { finish(key, observation); });
    flight.watchdog->setSingleShot(true);
    connect(flight.watchdog.get(), &QTimer::timeout, this, [this, key] { abandon(key); });
    flight.watchdog->start(realDelay(*m_clock, watched.endpoint.client.timeout) + overrun);
    m_flights.insert_or_assign(key, std::move(flight));
    if (waiting.origin == Origin::Person)
        Q_EMIT rerunStarted(key);
    // A slot may have stopped the engine or loaded another file.
    if (const auto started = m_flights.find(key); started != m_flights.end() && started->second.probe.get() == probe)
        probe->start();
}

void Engine::finish(const EndpointKey &key, ObservationPtr observation)
{
    const auto node = m_flights.extract(key);
    if (!node)
        return;
    const EndpointKey endpoint = node.key(); // `key` belongs to the connection that ends here
    Flight flight = std::move(node.mapped());
    flight.probe->disconnect(this);
    flight.watchdog->disconnect(this);
    flight.probe.release()->deleteLater(); // its signal is what called this
    flight.watchdog.release()->deleteLater();

    Watched &watched = m_watched[endpoint];
    const bool failed = observation->failed();
    const bool begins = failed && watched.failuresInRow == 0;
    watched.failuresInRow = failed ? watched.failuresInRow + 1 : 0;
    m_schedule.finished(endpoint, failed ? Health::Failing : Health::Passing, m_clock->steady());
    if (begins)
        m_observer.checkSoon();
    Q_EMIT observed(observation);
    if (flight.origin == Origin::Person)
        Q_EMIT rerunFinished(endpoint);
    onceFinished(endpoint);
    pump();
    arm();
}

void Engine::abandon(const EndpointKey &key)
{
    const auto flight = m_flights.find(key);
    if (flight == m_flights.end())
        return;
    auto observation = std::make_shared<Observation>();
    observation->endpoint = key;
    observation->startedAt = flight->second.startedAt;
    observation->finishedAt = m_clock->now();
    observation->latency = m_clock->steady() - flight->second.begun;
    observation->queued = flight->second.queued;
    observation->attempt = flight->second.attempt;
    observation->failure = overrunFailure(m_watched[key].endpoint);
    finish(key, observation);
}

void Engine::onceFinished(const EndpointKey &key)
{
    if (m_once.remove(key))
        announceWhenAllProbed();
}

void Engine::announceWhenAllProbed()
{
    if (!m_probingOnce || !m_once.isEmpty() || !m_observer.isSettled())
        return;
    m_probingOnce = false;
    Q_EMIT allProbed();
}

} // namespace allclear
