// The incident strip: what each stretch of time looked like, from the samples alone. Finished stretches are kept, so
// that asking again costs only the last one. GUI thread, like the series it reads.
#pragma once

#include "incident/incident.h"
#include "items/series.h"

#include <map>

namespace allclear {

/// Down: most results of an endpoint that counts for the availability failed. Degraded: some result of any endpoint
/// failed or was degraded. Up: every one passed. Unknown: no availability endpoint has evidence in this stretch; an
/// earlier result stands for its endpoint until it is stale.
struct StripSlot {
    State state = State::Unknown;
    TimePoint from;
    TimePoint to;
    bool operator==(const StripSlot &) const = default;
};

class Strip {
public:
    /// The series of `store` are the endpoints of `incident`, in its order.
    void setIncident(IncidentPtr incident);
    /// Samples came into [first, last] of a series: what was said of that time is judged again.
    void forget(int series, TimePoint first, TimePoint last);
    /// `count` stretches that end now and cover at least `range`.
    QList<StripSlot> stretches(const SeriesStore &store, int count, Duration range, TimePoint now);

private:
    struct Watched {
        bool available = false; ///< counts for the availability
        Duration staleAfter{};
    };
    void judge(const SeriesStore &store, qint64 first, qint64 last, TimePoint now);

    IncidentPtr m_incident;
    std::vector<Watched> m_watched;
    Duration m_width{};
    std::map<qint64, State> m_known; // by start ÷ width
};

/// The width of a stretch: whole seconds, rounded up to three significant bits, so that it seldom changes while the
/// incident grows and finished stretches stay what they were.
Duration stretchWidth(Duration range, int count);

} // namespace allclear
