// When each endpoint is due, on a monotonic clock. Pure: the caller passes `now`, runs the timer and starts the probes.
// An endpoint that was taken by takeDue() or begin() is under way and not due again before finished().
#pragma once

#include "core/endpoint.h"
#include "core/time.h"

#include <QSet>

#include <optional>
#include <set>

namespace allclear {

enum class Health { Passing, Failing };

/// Overdue by more than this means that the program or the machine slept; what was missed is spread again.
inline constexpr Duration scheduleGap = 10s;

/// What a failing endpoint waits between probes: a third of its interval, at least 1 s, never more than the interval.
Duration recheckInterval(Duration interval);

/// When the index-th of `count` endpoints that begin together starts: evenly over count × 50 ms (20 endpoints within
/// a second), at most over the interval.
Duration firstOffset(qsizetype index, qsizetype count, Duration interval);

struct ScheduledEndpoint {
    EndpointKey key;
    Duration interval{};
};

struct DueEndpoint {
    EndpointKey key;
    Duration due{};
    bool operator==(const DueEndpoint &) const = default;
};

class Schedule {
public:
    /// Endpoints in `unchanged` keep their place, the others are spread from `now` on, those not named are dropped.
    void take(const QList<ScheduledEndpoint> &endpoints, const QSet<EndpointKey> &unchanged, Duration now);
    void clear();

    std::optional<Duration> nextDue() const;
    /// Everything due at `now`, earliest first; each is under way from here on.
    QList<DueEndpoint> takeDue(Duration now);
    /// A probe begins outside its slot (a rerun); its slots stay where they are.
    void begin(const EndpointKey &key);
    /// The next due time is the first slot after `now`, counted from the slot before: no drift, no catching up.
    void finished(const EndpointKey &key, Health health, Duration now);
    /// Resumed endpoints are spread from `now` on.
    void setPaused(const QStringList &keys, bool paused, Duration now);

private:
    struct Entry {
        Duration interval{};
        Duration slot{}; ///< the last slot taken; one interval before the first
        std::optional<Duration> due;
        bool underWay = false;
        bool paused = false;
    };
    void setDue(const EndpointKey &key, Entry &entry, std::optional<Duration> due);
    void spread(const QStringList &keys, Duration now);

    QHash<EndpointKey, Entry> m_entries;
    std::set<std::pair<Duration, EndpointKey>> m_due;
};

} // namespace allclear
