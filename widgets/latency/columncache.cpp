#include "widgets/latency/columncache.h"

#include <algorithm>

namespace allclear {

ColumnSpan ColumnSpan::united(const ColumnSpan &other) const
{
    if (isEmpty())
        return other;
    if (other.isEmpty())
        return *this;
    return {std::min(first, other.first), std::max(last, other.last)};
}

std::vector<Vertex> vertices(std::span<const ColumnBin> bins, ColumnSpan within, int joinColumns)
{
    const int count = static_cast<int>(bins.size());
    const auto bin = [&](int column) -> const ColumnBin & { return bins[static_cast<std::size_t>(column)]; };
    int begin = std::max(0, within.first);
    while (begin > 0 && !(begin < within.first && bin(begin).samples > 0) && within.first - begin <= joinColumns)
        --begin;
    std::vector<Vertex> points;
    bool broken = true;
    for (int column = begin; column < count; ++column) {
        if (bin(column).samples == 0)
            continue;
        if (hasAnswer(bin(column))) {
            const bool joined = !broken && !points.empty() && column - points.back().column <= joinColumns;
            points.push_back({column, joined});
        }
        broken = !hasAnswer(bin(column));
        if (column > within.last)
            break;
    }
    return points;
}

int nearestResult(std::span<const ColumnBin> bins, int column, int reach)
{
    const int count = static_cast<int>(bins.size());
    for (int distance = 0; distance <= reach; ++distance) {
        for (const int candidate : {column - distance, column + distance}) {
            if (candidate >= 0 && candidate < count && bins[static_cast<std::size_t>(candidate)].samples > 0)
                return candidate;
        }
    }
    return -1;
}

void ColumnCache::rebuild(const SeriesStore &store, const TimeGrid &grid)
{
    m_grid = grid;
    m_bins.assign(static_cast<std::size_t>(store.count()), {});
    for (int series = 0; series < store.count() && grid.columns > 0; ++series)
        m_bins[static_cast<std::size_t>(series)] = store.columns(series, grid.from, grid.to(), grid.columns);
}

int ColumnCache::moveTo(const SeriesStore &store, const TimeGrid &grid)
{
    if (grid == m_grid && store.count() == count())
        return 0;
    const Duration distance = grid.from - m_grid.from;
    const bool movable = grid.step == m_grid.step && grid.columns == m_grid.columns && store.count() == count()
        && distance > Duration::zero() && distance < m_grid.step * m_grid.columns && distance % grid.step == Duration::zero();
    if (!movable) {
        rebuild(store, grid);
        return grid.columns;
    }
    const int moved = static_cast<int>(distance / grid.step);
    m_grid = grid;
    const TimePoint tail = grid.timeOf(grid.columns - moved);
    for (int series = 0; series < count(); ++series) {
        auto &bins = m_bins[static_cast<std::size_t>(series)];
        const auto came = store.columns(series, tail, grid.to(), moved);
        bins.erase(bins.begin(), bins.begin() + moved);
        bins.insert(bins.end(), came.begin(), came.end());
    }
    return moved;
}

ColumnSpan ColumnCache::refresh(const SeriesStore &store, int series, TimePoint first, TimePoint last)
{
    const bool inside = series >= 0 && series < count() && m_grid.columns > 0 && last >= m_grid.from && first < m_grid.to();
    if (!inside)
        return {};
    const ColumnSpan touched{std::max(0, m_grid.columnOf(first)), std::min(m_grid.columns - 1, m_grid.columnOf(last))};
    const auto bins = store.columns(series, m_grid.timeOf(touched.first), m_grid.timeOf(touched.last + 1),
                                    touched.last - touched.first + 1);
    std::ranges::copy(bins, m_bins[static_cast<std::size_t>(series)].begin() + touched.first);
    return touched;
}

std::vector<quint8> outageColumns(const ColumnCache &cache, std::span<const int> series, std::span<const int> carry,
                                  int lastColumn)
{
    const int end = std::min(cache.grid().columns, lastColumn + 1);
    std::vector<quint8> out(static_cast<std::size_t>(std::max(0, cache.grid().columns)), 0);
    for (std::size_t i = 0; i < series.size(); ++i) {
        const auto bins = cache.bins(series[i]);
        int standsUntil = -1;
        for (int column = 0; column < end; ++column) {
            const ColumnBin &bin = bins[static_cast<std::size_t>(column)];
            if (bin.samples > 0)
                standsUntil = bin.failures == 0 ? -1 : column + (bin.failures == bin.samples ? carry[i] : 0);
            if (column <= standsUntil)
                out[static_cast<std::size_t>(column)] = 1;
        }
    }
    return out;
}

} // namespace allclear
