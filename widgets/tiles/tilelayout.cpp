#include "widgets/tiles/tilelayout.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

namespace allclear {

namespace {

struct DensityBounds {
    Density density;
    QSize least;
    QSize most;
    int gap;
};

// At scale 1. `least` is what the parts of a tile need, `most` where more room no longer helps.
constexpr std::array bounds = {
    DensityBounds{Density::Large, {184, 132}, {420, 220}, 10},
    DensityBounds{Density::Medium, {146, 98}, {300, 131}, 8},
    DensityBounds{Density::Compact, {130, 80}, {260, 97}, 8},
    DensityBounds{Density::Tiny, {92, 47}, {240, 79}, 5},
    DensityBounds{Density::Micro, {92, 26}, {220, 46}, 5},
};
constexpr int captionWidth = 76;
constexpr int narrowCaptionWidth = 62; // where every pixel is a letter of a name
constexpr int edge = 2; // keeps the focus ring of outer tiles inside

int rowsNeeded(const std::vector<Tier> &tiers, int columns)
{
    return std::accumulate(tiers.begin(), tiers.end(), 0, [columns](int sum, const Tier &tier) {
        return sum + (static_cast<int>(tier.rows.size()) + columns - 1) / columns;
    });
}

/// The fewest columns that need no more rows than the most columns do: wide tiles rather than empty places.
int fewestColumns(const std::vector<Tier> &tiers, int most)
{
    const int rows = rowsNeeded(tiers, most);
    int columns = most;
    while (columns > 1 && rowsNeeded(tiers, columns - 1) == rows)
        --columns;
    return columns;
}

struct Fitting {
    Density density;
    QSize tile;
    int gap;
    int columns;
    bool fits;
};

Fitting planFor(const DensityBounds &bound, const std::vector<Tier> &tiers, QSize room, qreal scale)
{
    const auto px = [scale](int at1) { return qRound(at1 * scale); };
    const int gap = px(bound.gap);
    const int most = std::max(1, (room.width() + gap) / (px(bound.least.width()) + gap));
    const int columns = fewestColumns(tiers, most);
    const int rows = std::max(1, rowsNeeded(tiers, columns));
    const int width = std::clamp((room.width() + gap) / columns - gap, 1, px(bound.most.width()));
    const int offered = (room.height() + gap) / rows - gap;
    const int height = std::clamp(offered, px(bound.least.height()), px(bound.most.height()));
    return {bound.density, QSize(width, height), gap, columns, offered >= px(bound.least.height())};
}

Fitting choose(const std::vector<Tier> &tiers, QSize room, qreal scale)
{
    for (const DensityBounds &bound : bounds) {
        const Fitting plan = planFor(bound, tiers, room, scale);
        if (plan.fits)
            return plan;
    }
    return planFor(bounds[static_cast<std::size_t>(Density::Compact)], tiers, room, scale);
}

} // namespace

std::vector<Tier> tiersOf(const QList<Tile> &tiles)
{
    std::vector<Tier> tiers;
    for (int row = 0; row < tiles.size(); ++row) {
        const QString &caption = tiles[row].tier;
        auto tier = std::find_if(tiers.begin(), tiers.end(), [&caption](const Tier &t) { return t.caption == caption; });
        if (tier == tiers.end())
            tier = tiers.insert(tiers.end(), Tier{caption, {}});
        tier->rows.push_back(row);
    }
    return tiers;
}

TileLayout layoutTiles(const std::vector<Tier> &tiers, QSize room, qreal scale)
{
    const bool captioned = std::any_of(tiers.begin(), tiers.end(), [](const Tier &tier) { return !tier.caption.isEmpty(); });
    const int caption = room.width() < qRound(1000 * scale) ? narrowCaptionWidth : captionWidth;
    const int left = edge + (captioned ? qRound(caption * scale) : 0);
    const Fitting plan = choose(tiers, QSize(room.width() - left - edge, room.height() - 2 * edge), scale);

    TileLayout layout;
    layout.density = plan.density;
    layout.tile = plan.tile;
    layout.columns = plan.columns;
    layout.scrolls = !plan.fits;
    std::size_t count = 0;
    for (const Tier &tier : tiers)
        count += tier.rows.size();
    layout.rects.resize(count);
    layout.order.reserve(count);
    int y = edge;
    for (const Tier &tier : tiers) {
        const int top = y;
        for (std::size_t i = 0; i < tier.rows.size(); ++i) {
            const int column = static_cast<int>(i) % plan.columns;
            if (i > 0 && column == 0)
                y += plan.tile.height() + plan.gap;
            const QPoint corner(left + column * (plan.tile.width() + plan.gap), y);
            layout.rects[static_cast<std::size_t>(tier.rows[i])] = QRect(corner, plan.tile);
            layout.order.push_back(tier.rows[i]);
        }
        y += plan.tile.height() + plan.gap;
        if (captioned)
            layout.captions.push_back({tier.caption, QRect(0, top, left - qRound(8 * scale), y - plan.gap - top)});
    }
    layout.height = tiers.empty() ? 0 : y - plan.gap + edge;
    return layout;
}

int TileLayout::rowAt(QPoint at) const
{
    const auto [first, last] = between(at.y(), at.y());
    for (std::size_t i = first; i < last; ++i) {
        if (rects[static_cast<std::size_t>(order[i])].contains(at))
            return order[i];
    }
    return -1;
}

std::pair<std::size_t, std::size_t> TileLayout::between(int top, int bottom) const
{
    const auto rect = [this](int row) -> const QRect & { return rects[static_cast<std::size_t>(row)]; };
    const auto first = std::partition_point(order.begin(), order.end(), [&](int row) { return rect(row).bottom() < top; });
    const auto last = std::partition_point(first, order.end(), [&](int row) { return rect(row).top() <= bottom; });
    return {static_cast<std::size_t>(first - order.begin()), static_cast<std::size_t>(last - order.begin())};
}

int TileLayout::neighbour(int row, Qt::Key direction) const
{
    const auto at = std::find(order.begin(), order.end(), row);
    if (at == order.end())
        return order.empty() ? -1 : order.front();
    if (direction == Qt::Key_Left)
        return at == order.begin() ? row : *std::prev(at);
    if (direction == Qt::Key_Right)
        return std::next(at) == order.end() ? row : *std::next(at);

    const QRect &here = rects[static_cast<std::size_t>(row)];
    const bool down = direction == Qt::Key_Down;
    int best = row;
    int bestDistance = 0;
    for (const int candidate : order) {
        const QRect &there = rects[static_cast<std::size_t>(candidate)];
        if (down ? there.top() <= here.top() : there.top() >= here.top())
            continue;
        // A row further away always loses to a nearer one, however well it lines up.
        const int distance = std::abs(there.top() - here.top()) * 1000 + std::abs(there.left() - here.left());
        if (best == row || distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}

} // namespace allclear
