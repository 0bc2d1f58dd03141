#include "engine/schedule.h"

#include <algorithm>

namespace allclear {

namespace {

constexpr Duration firstSpacing = 50ms;

/// The first of slot + step, slot + 2·step, … that lies after `now`.
Duration slotAfter(Duration slot, Duration step, Duration now)
{
    const Duration next = slot + step;
    if (next > now)
        return next;
    return slot + step * ((now - slot) / step + 1);
}

} // namespace

Duration recheckInterval(Duration interval)
{
    return std::min(interval, std::max<Duration>(interval / 3, 1s));
}

Duration firstOffset(qsizetype index, qsizetype count, Duration interval)
{
    Q_ASSERT(index >= 0 && index < count);
    return std::min<Duration>(interval, firstSpacing * count) * index / count;
}

void Schedule::take(const QList<ScheduledEndpoint> &endpoints, const QSet<EndpointKey> &unchanged, Duration now)
{
    const QHash<EndpointKey, Entry> before = std::exchange(m_entries, {});
    m_due.clear();
    QStringList begun;
    for (const ScheduledEndpoint &endpoint : endpoints) {
        Q_ASSERT(endpoint.interval > Duration::zero());
        const auto known = unchanged.contains(endpoint.key) ? before.find(endpoint.key) : before.end();
        Entry entry = known != before.end() ? *known : Entry{};
        entry.interval = endpoint.interval;
        if (entry.due)
            m_due.emplace(*entry.due, endpoint.key);
        if (known == before.end())
            begun.append(endpoint.key);
        m_entries.insert(endpoint.key, entry);
    }
    spread(begun, now);
}

void Schedule::clear()
{
    m_entries.clear();
    m_due.clear();
}

std::optional<Duration> Schedule::nextDue() const
{
    if (m_due.empty())
        return std::nullopt;
    return m_due.begin()->first;
}

QList<DueEndpoint> Schedule::takeDue(Duration now)
{
    QStringList missed;
    for (const auto &[due, key] : m_due) {
        if (due + scheduleGap >= now)
            break;
        missed.append(key);
    }
    if (missed.size() > 1)
        spread(missed, now);

    QList<DueEndpoint> taken;
    while (!m_due.empty() && m_due.begin()->first <= now) {
        const auto [due, key] = *m_due.begin();
        taken.append({key, due});
        Entry &entry = m_entries[key];
        entry.slot = due;
        entry.underWay = true;
        setDue(key, entry, std::nullopt);
    }
    return taken;
}

void Schedule::begin(const EndpointKey &key)
{
    const auto entry = m_entries.find(key);
    if (entry == m_entries.end())
        return;
    entry->underWay = true;
    setDue(key, *entry, std::nullopt);
}

void Schedule::finished(const EndpointKey &key, Health health, Duration now)
{
    const auto entry = m_entries.find(key);
    if (entry == m_entries.end())
        return;
    entry->underWay = false;
    if (entry->paused)
        return;
    const Duration step = health == Health::Failing ? recheckInterval(entry->interval) : entry->interval;
    setDue(key, *entry, slotAfter(entry->slot, step, now));
}

void Schedule::setPaused(const QStringList &keys, bool paused, Duration now)
{
    QStringList resumed;
    for (const EndpointKey &key : keys) {
        const auto entry = m_entries.find(key);
        if (entry == m_entries.end() || entry->paused == paused)
            continue;
        entry->paused = paused;
        if (paused)
            setDue(key, *entry, std::nullopt);
        else if (!entry->underWay)
            resumed.append(key);
    }
    spread(resumed, now);
}

void Schedule::setDue(const EndpointKey &key, Entry &entry, std::optional<Duration> due)
{
    if (entry.due)
        m_due.erase({*entry.due, key});
    entry.due = due;
    if (due)
        m_due.emplace(*due, key);
}

void Schedule::spread(const QStringList &keys, Duration now)
{
    for (qsizetype i = 0; i < keys.size(); ++i) {
        Entry &entry = m_entries[keys[i]];
        const Duration due = now + firstOffset(i, keys.size(), entry.interval);
        entry.slot = due - entry.interval;
        setDue(keys[i], entry, due);
    }
}

} // namespace allclear
