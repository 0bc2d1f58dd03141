// The limits that the success criteria put on response times, as lines of the chart. Pure.
#pragma once

#include "incident/incident.h"

#include <QList>

namespace allclear {

struct LimitLine {
    double ms = 0;
    QList<int> criteria; ///< numbers as people count them, from 1
    bool operator==(const LimitLine &) const = default;
};

/// The upper bound that a condition puts on [RESPONSE_TIME] (also as p95(…) and its kin, and written the other way
/// round), in ms; nothing when it puts none.
std::optional<double> responseTimeLimit(const QString &condition);
/// One line a distinct limit, in ascending order. A criterion without `require` takes its endpoints' conditions.
QList<LimitLine> limitLines(const Incident &incident);

} // namespace allclear
