#include "widgets/latency/timegrid.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

/// What is shown from before the declaration: a quarter of an hour, less while the incident is young.
Duration leadOf(Duration elapsed)
{
    for (const Duration lead : {Duration(15min), Duration(5min), Duration(2min)}) {
        if (3 * lead <= elapsed)
            return lead;
    }
    return 1min;
}

qint64 floorDivide(qint64 value, qint64 by) { return value >= 0 ? value / by : -((-value + by - 1) / by); }

TimePoint aligned(TimePoint at, Duration step)
{
    return TimePoint(step * floorDivide(at.time_since_epoch().count(), step.count()));
}

QString tickLabel(TimePoint at, Duration step)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    const QDateTime time = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    if (time.time().msecsSinceStartOfDay() == 0 && step >= 1min)
        return QLocale().toString(time.date(), u"d MMM"_s);
    return time.toString(step < 1min ? u"HH:mm:ss"_s : u"HH:mm"_s);
}

} // namespace

int TimeGrid::columnOf(TimePoint at) const
{
    const qint64 column = floorDivide((at - from).count(), step.count());
    return static_cast<int>(std::clamp<qint64>(column, -1, columns));
}

int TimeGrid::columnsIn(Duration length) const
{
    const qint64 count = (std::max(length, Duration::zero()).count() + step.count() - 1) / step.count();
    return static_cast<int>(std::min<qint64>(count, columns));
}

TimeGrid scrollingGrid(Duration span, TimePoint now, int columns)
{
    if (columns <= 0)
        return {};
    const Duration step = std::max(span / columns, Duration(1));
    return {.from = aligned(now, step) + step - step * columns, .step = step, .columns = columns};
}

TimeGrid growingGrid(TimePoint from, TimePoint now, int columns, const TimeGrid &previous)
{
    if (columns <= 0)
        return {};
    const bool sameStart = previous.columns == columns && from - previous.from >= Duration::zero()
        && from - previous.from < previous.step;
    if (sameStart && now < previous.to())
        return previous;
    const Duration span = std::max<Duration>(now - from, 1min);
    const Duration step = std::max((span + span / 12) / columns, Duration(1));
    return {.from = aligned(from, step), .step = step, .columns = columns};
}

TimeGrid gridFor(Range range, std::optional<TimePoint> declared, TimePoint now, int columns, const TimeGrid &previous)
{
    switch (range) {
    case Range::Minutes15: return scrollingGrid(15min, now, columns);
    case Range::Hour: return scrollingGrid(1h, now, columns);
    case Range::Hours6: return scrollingGrid(6h, now, columns);
    case Range::Day: return scrollingGrid(longestRange, now, columns);
    case Range::Incident: break;
    }
    if (!declared || *declared > now)
        return scrollingGrid(1h, now, columns);
    const Duration lead = leadOf(now - *declared);
    if (now - *declared + lead >= longestRange)
        return scrollingGrid(longestRange, now, columns);
    return growingGrid(*declared - lead, now, columns, previous);
}

QList<TimeTick> timeTicks(const TimeGrid &grid, int atMost)
{
    static constexpr std::array<Duration, 17> steps{1s,   5s,  10s, 15s, 30s, 1min, 2min, 5min, 10min,
                                                    15min, 30min, 1h,  2h,  3h,  6h,   12h,  24h};
    const Duration span = grid.to() - grid.from;
    if (grid.columns <= 0 || atMost <= 0)
        return {};
    const auto fitting = std::find_if(steps.begin(), steps.end(), [&](Duration step) { return span / step <= atMost - 1; });
    const Duration step = fitting == steps.end() ? steps.back() : *fitting;
    QList<TimeTick> ticks;
    for (TimePoint at = aligned(grid.from + step - Duration(1), step); at < grid.to() && ticks.size() < atMost; at += step)
        ticks.append({at, tickLabel(at, step)});
    return ticks;
}

} // namespace allclear
