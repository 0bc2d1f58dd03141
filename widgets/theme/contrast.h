// WCAG 2.1 contrast, and colours moved just far enough to reach it. Pure.
#pragma once

#include <QColor>

namespace allclear {

/// WCAG 2.1 contrast ratio of two opaque colours, 1 … 21.
double contrastRatio(const QColor &a, const QColor &b);
/// `colour` made lighter on dark backgrounds and darker on light ones, hue kept, until it reaches `ratio`.
QColor withContrast(const QColor &colour, const QColor &background, double ratio);
/// `over` laid on `under` with `share` 0 … 1, opaque.
QColor blend(const QColor &under, const QColor &over, double share);

} // namespace allclear
