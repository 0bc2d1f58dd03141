// The board's own icons: SVGs on a grid of 24, stroke 1.75, recoloured when they are loaded and cached as pixmaps.
#pragma once

#include <QColor>
#include <QPainter>
#include <QPixmap>

namespace allclear {

enum class Icon { Board, Latency, Journeys, Runs, Causes, Timeline, Brief, Rerun, Pause, Resume, Check, Warning, Sun, Moon, Help, Close, Insecure };

/// `side` in device-independent pixels.
QPixmap iconPixmap(Icon icon, const QColor &colour, int side, qreal devicePixelRatio);
void paintIcon(QPainter &painter, const QRectF &box, Icon icon, const QColor &colour);

} // namespace allclear
