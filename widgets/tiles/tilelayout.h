// Where tiles go: pure geometry in content coordinates. Each tier begins a row of its own; the largest density that
// fits without scrolling is taken, so that 4 to 60 components are seen at once and thousands scroll.
#pragma once

#include "items/tile.h"

#include <QRect>
#include <QSize>

#include <vector>

namespace allclear {

/// From everything to the least that still says which component is how. Each leaves out more than the one before:
/// the sparkline, the reason, the footer, the results and, where there is no room for it, the value.
enum class Density { Large, Medium, Compact, Tiny, Micro };

struct Tier {
    QString caption;
    std::vector<int> rows; ///< rows of the model
};

/// Tiers in the order in which the file first names them.
std::vector<Tier> tiersOf(const QList<Tile> &tiles);

struct PlacedCaption {
    QString text;
    QRect rect;
};

struct TileLayout {
    Density density = Density::Large;
    QSize tile;
    int columns = 1;
    std::vector<QRect> rects; ///< by row of the model
    std::vector<int> order;   ///< rows of the model as the eye reads them; their tops ascend
    std::vector<PlacedCaption> captions;
    int height = 0; ///< of the content
    bool scrolls = false;

    /// The row of the model at `at`, -1 between tiles.
    int rowAt(QPoint at) const;
    /// The range of `order` whose tiles touch top … bottom.
    std::pair<std::size_t, std::size_t> between(int top, int bottom) const;
    /// The neighbour in a direction; `row` itself at the edge.
    int neighbour(int row, Qt::Key direction) const;
};

TileLayout layoutTiles(const std::vector<Tier> &tiers, QSize room, qreal scale);

} // namespace allclear
