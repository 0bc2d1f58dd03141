// The chart's time axis as pure values: which stretch of time is shown, cut into columns of one device pixel each.
// Columns are aligned to multiples of their own length, so that a new sample touches one column and the window moves
// by whole columns.
#pragma once

#include "core/time.h"

#include <QList>
#include <QString>

namespace allclear {

enum class Range { Minutes15, Hour, Hours6, Day, Incident };

/// How long samples are kept at most; no range shows more.
inline constexpr Duration longestRange = std::chrono::hours(24);

struct TimeGrid {
    TimePoint from{};
    Duration step{1};
    int columns = 0;

    TimePoint timeOf(int column) const { return from + step * column; }
    TimePoint to() const { return timeOf(columns); }
    /// Outside the window: negative, or `columns` and more.
    int columnOf(TimePoint at) const;
    /// How many columns `length` covers, rounded up; never negative.
    int columnsIn(Duration length) const;
    bool operator==(const TimeGrid &) const = default;
};

/// `span` up to `now`; the last column holds `now`.
TimeGrid scrollingGrid(Duration span, TimePoint now, int columns);
/// From `from` on, with room to grow at the right; `previous` is kept as long as `now` fits into it.
TimeGrid growingGrid(TimePoint from, TimePoint now, int columns, const TimeGrid &previous);
/// The incident's range begins up to a quarter of an hour before it was declared; without a declaration it is the last
/// hour.
TimeGrid gridFor(Range range, std::optional<TimePoint> declared, TimePoint now, int columns, const TimeGrid &previous);

struct TimeTick {
    TimePoint at;
    QString label; ///< "04:15", "04:15:30" on short windows, "17 Sep" at midnight; UTC
    bool operator==(const TimeTick &) const = default;
};

/// Round instants inside the window, `atMost` of them.
QList<TimeTick> timeTicks(const TimeGrid &grid, int atMost);

} // namespace allclear
