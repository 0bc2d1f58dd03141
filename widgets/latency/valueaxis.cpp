#include "widgets/latency/valueaxis.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QString tickText(double ms, bool inSeconds)
{
    return inSeconds ? QString::number(ms / 1000, 'g', 4) + " s"_L1 : QString::number(ms, 'g', 4) + " ms"_L1;
}

ValueAxis linearAxis(double highest, int atMost)
{
    static constexpr std::array<double, 6> nice{1, 2, 2.5, 4, 5, 10};
    const double magnitude = std::pow(10, std::floor(std::log10(highest / atMost)));
    const auto fits = [&](double factor) { return std::ceil(highest / (factor * magnitude) - 1e-9) <= atMost; };
    const auto found = std::find_if(nice.begin(), nice.end(), fits);
    const double step = (found == nice.end() ? nice.back() : *found) * magnitude;
    const int count = std::max(1, static_cast<int>(std::ceil(highest / step - 1e-9)));
    ValueAxis axis{.scale = Scale::Linear, .low = 0, .high = step * count, .ticks = {}};
    for (int i = 0; i <= count; ++i)
        axis.ticks.append({step * i, tickText(step * i, i == 0 ? axis.high >= 1000 : step * i >= 1000)});
    return axis;
}

ValueAxis logarithmicAxis(double lowest, double highest, int atMost)
{
    const int first = static_cast<int>(std::floor(std::log10(std::max(lowest, 0.1)) + 1e-9));
    const int last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(highest) - 1e-9)));
    ValueAxis axis{.scale = Scale::Logarithmic, .low = std::pow(10, first), .high = std::pow(10, last), .ticks = {}};
    const int every = std::max(1, (last - first + atMost - 1) / atMost);
    for (int power = first; power <= last; power += every) {
        const double ms = std::pow(10, power);
        axis.ticks.append({ms, tickText(ms, ms >= 1000)});
    }
    return axis;
}

} // namespace

double ValueAxis::share(double ms) const
{
    if (scale == Scale::Linear)
        return std::clamp((ms - low) / (high - low), 0.0, 1.0);
    const double at = (std::log10(std::max(ms, low)) - std::log10(low)) / (std::log10(high) - std::log10(low));
    return std::clamp(at, 0.0, 1.0);
}

ValueAxis valueAxis(Scale scale, double lowest, double highest, int atMost)
{
    const double top = std::isfinite(highest) && highest > 0.1 ? highest : 1000;
    const double bottom = std::isfinite(lowest) && lowest > 0 ? std::min(lowest, top) : 1;
    return scale == Scale::Linear ? linearAxis(top, std::max(1, atMost)) : logarithmicAxis(bottom, top, std::max(1, atMost));
}

} // namespace allclear
