#include "items/strip.h"

#include <bit>

namespace allclear {

namespace {

constexpr std::size_t keptStretches = 4096;

TimePoint startOf(qint64 stretch, Duration width) { return TimePoint(stretch * width); }

qint64 stretchAt(TimePoint at, Duration width)
{
    const auto since = at.time_since_epoch();
    return since / width - (since % width < Duration::zero() ? 1 : 0);
}

/// What one stretch has seen.
struct Tally {
    bool evidence = false; ///< of an availability endpoint
    bool down = false;
    bool blemished = false;

    State state() const
    {
        if (down)
            return State::Down;
        if (blemished)
            return State::Degraded;
        return evidence ? State::Up : State::Unknown;
    }
};

void count(Tally &tally, std::span<const Sample> samples, bool available)
{
    std::size_t failures = 0;
    for (const Sample &sample : samples) {
        if (sample.failed())
            ++failures;
        tally.blemished = tally.blemished || sample.outcome != static_cast<quint8>(Outcome::Pass);
    }
    if (!available)
        return;
    tally.evidence = true;
    tally.down = tally.down || failures * 2 > samples.size();
}

} // namespace

Duration stretchWidth(Duration range, int count)
{
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(range / std::max(count, 1)).count();
    const auto exact = static_cast<quint64>(std::max<qint64>(seconds, 1));
    const auto step = std::max<quint64>(std::bit_floor(exact) / 4, 1);
    return std::chrono::seconds(static_cast<qint64>((exact + step - 1) / step * step));
}

void Strip::setIncident(IncidentPtr incident)
{
    m_incident = std::move(incident);
    m_known.clear();
    m_watched.clear();
    if (!m_incident)
        return;
    for (const Endpoint &endpoint : m_incident->endpoints)
        m_watched.push_back({m_incident->availabilityOf.contains(endpoint.key()), endpoint.staleAfter()});
}

void Strip::forget(int series, TimePoint first, TimePoint last)
{
    if (m_known.empty() || static_cast<std::size_t>(series) >= m_watched.size())
        return;
    const Duration stands = m_watched[static_cast<std::size_t>(series)].staleAfter;
    m_known.erase(m_known.lower_bound(stretchAt(first, m_width)), m_known.upper_bound(stretchAt(last + stands, m_width)));
}

QList<StripSlot> Strip::stretches(const SeriesStore &store, int count, Duration range, TimePoint now)
{
    if (count <= 0)
        return {};
    const Duration width = stretchWidth(range, count);
    if (width != m_width || m_known.size() > keptStretches)
        m_known.clear();
    m_width = width;
    const qint64 last = stretchAt(now, width);
    const qint64 first = last - count + 1;
    qint64 unknown = first;
    while (unknown < last && m_known.contains(unknown))
        ++unknown;
    judge(store, unknown, last, now);

    QList<StripSlot> result;
    result.reserve(count);
    for (qint64 stretch = first; stretch <= last; ++stretch)
        result << StripSlot{m_known.at(stretch), startOf(stretch, width), std::min(startOf(stretch + 1, width), now)};
    m_known.erase(last); // unfinished
    return result;
}

void Strip::judge(const SeriesStore &store, qint64 first, qint64 last, TimePoint now)
{
    std::vector<Tally> tallies(static_cast<std::size_t>(last - first + 1));
    const int series = std::min(store.count(), static_cast<int>(m_watched.size()));
    for (int index = 0; index < series; ++index) {
        const Watched &watched = m_watched[static_cast<std::size_t>(index)];
        const auto samples = store.between(index, startOf(first, m_width) - watched.staleAfter, startOf(last + 1, m_width));
        std::size_t next = 0;
        for (qint64 stretch = first; stretch <= last; ++stretch) {
            const TimePoint from = startOf(stretch, m_width);
            const TimePoint to = startOf(stretch + 1, m_width);
            while (next < samples.size() && samples[next].at < from)
                ++next;
            const std::size_t begin = next;
            while (next < samples.size() && samples[next].at < to)
                ++next;
            auto evidence = samples.subspan(begin, next - begin);
            if (evidence.empty() && begin > 0 && samples[begin - 1].at + watched.staleAfter >= std::min(to, now))
                evidence = samples.subspan(begin - 1, 1);
            if (!evidence.empty())
                count(tallies[static_cast<std::size_t>(stretch - first)], evidence, watched.available);
        }
    }
    for (qint64 stretch = first; stretch <= last; ++stretch)
        m_known[stretch] = tallies[static_cast<std::size_t>(stretch - first)].state();
}

} // namespace allclear
