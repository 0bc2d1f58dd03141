// Each state's own shape (contract 2: never colour alone), drawn as vectors and cached as pixmaps by size and ratio.
#pragma once

#include "widgets/theme/theme.h"

#include <QPainter>
#include <QRectF>

namespace allclear {

/// disc+tick, triangle+!, octagon+cross, hollow diamond, ring, wave, bars.
void paintState(QPainter &painter, const QRectF &box, State state, const Theme &theme);
void paintCriterion(QPainter &painter, const QRectF &box, CriterionState state, qreal heldShare, const Theme &theme);
/// The state's word for people: "Up", "Degraded", "Down", "Unknown", "Checking", "Flapping", "Paused" (translated).
QString stateWord(State state);
/// A panel: rounded box with a hairline border.
void paintPanel(QPainter &painter, const QRectF &box, const Theme &theme);

} // namespace allclear
