// The samples of every series as one bin a pixel column, kept in step with the store: a new sample recomputes the
// columns it touches, a moving window computes only the columns that came in. GUI thread.
#pragma once

#include "items/series.h"
#include "widgets/latency/timegrid.h"

#include <span>
#include <vector>

namespace allclear {

/// Columns first … last, both included; empty when last < first.
struct ColumnSpan {
    int first = 0;
    int last = -1;

    bool isEmpty() const { return last < first; }
    ColumnSpan united(const ColumnSpan &other) const;
    bool operator==(const ColumnSpan &) const = default;
};

/// A point of a series' line.
struct Vertex {
    int column = 0;
    bool joined = false; ///< a line leads here from the vertex before
    bool operator==(const Vertex &) const = default;
};

inline bool hasAnswer(const ColumnBin &bin) { return bin.max == bin.max; }

/// Pure: the vertices in `within` and the nearest one on either side. A column that holds results but no answer breaks
/// the line, and so does a stretch of more than `joinColumns` without a result.
std::vector<Vertex> vertices(std::span<const ColumnBin> bins, ColumnSpan within, int joinColumns);

/// Pure: the column of the result nearest to `column`, looking no further than `reach`; -1 when there is none. Of two
/// equally near ones the earlier.
int nearestResult(std::span<const ColumnBin> bins, int column, int reach);

class ColumnCache {
public:
    void rebuild(const SeriesStore &store, const TimeGrid &grid);
    /// Moves the window by whole columns when the grids allow it, else rebuilds. Returns how many columns it moved;
    /// `grid.columns` after a rebuild.
    int moveTo(const SeriesStore &store, const TimeGrid &grid);
    /// Takes in what changed in the store between two instants, both included; returns the columns it touched.
    ColumnSpan refresh(const SeriesStore &store, int series, TimePoint first, TimePoint last);

    const TimeGrid &grid() const { return m_grid; }
    int count() const { return static_cast<int>(m_bins.size()); }
    std::span<const ColumnBin> bins(int series) const { return m_bins[static_cast<std::size_t>(series)]; }

private:
    TimeGrid m_grid;
    std::vector<std::vector<ColumnBin>> m_bins; ///< by series
};

/// Pure: columns in which any of the series fails. A result stands until the next one, for `carry` columns at most;
/// columns after `lastColumn` are the future and never fail.
std::vector<quint8> outageColumns(const ColumnCache &cache, std::span<const int> series, std::span<const int> carry,
                                  int lastColumn);

} // namespace allclear
