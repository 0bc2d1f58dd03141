// dataChanged for exactly the rows that changed, neighbours in one signal.
#pragma once

#include <QList>

#include <algorithm>

namespace allclear {

/// Calls `emitRange(first, last)` for each run of neighbours in `rows`.
template <typename EmitRange>
void forEachRun(QList<int> rows, EmitRange emitRange)
{
    std::ranges::sort(rows);
    for (qsizetype begin = 0; begin < rows.size();) {
        qsizetype end = begin + 1;
        while (end < rows.size() && rows[end] <= rows[end - 1] + 1)
            ++end;
        emitRange(rows[begin], rows[end - 1]);
        begin = end;
    }
}

} // namespace allclear
