#include "widgets/theme/contrast.h"

#include <algorithm>
#include <cmath>

namespace allclear {

namespace {

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &colour)
{
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

} // namespace

double contrastRatio(const QColor &a, const QColor &b)
{
    const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)}); // by value: a pair of references would dangle
    return (lighter + 0.05) / (darker + 0.05);
}

QColor blend(const QColor &under, const QColor &over, double share)
{
    const auto mix = [share](double below, double above) { return static_cast<float>(below + (above - below) * share); };
    return QColor::fromRgbF(mix(under.redF(), over.redF()), mix(under.greenF(), over.greenF()),
                            mix(under.blueF(), over.blueF()));
}

QColor withContrast(const QColor &colour, const QColor &background, double ratio)
{
    constexpr int steps = 100;
    const QColor target = luminance(background) < 0.18 ? QColor(Qt::white) : QColor(Qt::black);
    for (int step = 0; step < steps; ++step) {
        const QColor candidate = QColor(blend(colour, target, double(step) / steps).rgb());
        if (contrastRatio(candidate, background) >= ratio)
            return candidate;
    }
    return target;
}

} // namespace allclear
