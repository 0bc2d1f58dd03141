// The chart's value axis as pure values: milliseconds to a share of the height, with round ticks.
#pragma once

#include <QList>
#include <QString>

namespace allclear {

enum class Scale { Linear, Logarithmic };

struct ValueTick {
    double ms = 0;
    QString label; ///< "500 ms", "4 s"
    bool operator==(const ValueTick &) const = default;
};

struct ValueAxis {
    Scale scale = Scale::Linear;
    double low = 0;     ///< ms at the bottom
    double high = 1000; ///< ms at the top
    QList<ValueTick> ticks;

    /// 0 at the bottom, 1 at the top; what lies outside is clamped.
    double share(double ms) const;
    bool operator==(const ValueAxis &) const = default;
};

/// An axis that holds everything from `lowest` to `highest` ms, with `atMost` steps. Linear axes begin at 0.
/// Logarithmic axes cover whole decades, from 0.1 ms at the lowest.
ValueAxis valueAxis(Scale scale, double lowest, double highest, int atMost);

} // namespace allclear
