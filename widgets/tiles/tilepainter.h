// Draws one tile. What does not change from frame to frame is kept: backgrounds and result cells as pixmaps by state
// and size, elided and laid-out text by row. GUI thread.
#pragma once

#include "widgets/theme/theme.h"
#include "widgets/tiles/tilelayout.h"

#include <QHash>
#include <QPainter>
#include <QPixmap>
#include <QStaticText>

namespace allclear {

/// The rerun button of one tile, as the grid animates it.
struct RerunLook {
    RerunState state = RerunState::Idle;
    qreal turn = 0; ///< of the spinner, 0 … 1
    bool hovered = false;
};

struct TileLook {
    bool current = false;
    bool focused = false; ///< current, and the keyboard is here
    bool hovered = false;
    RerunLook rerun;
};

/// A tile's words, shortened to fit and laid out. Made again when the tile or the layout changes.
struct TileText {
    bool valid = false;
    QStaticText title, value, reason, chip;
    int chipWidth = 0;
    int titleWidth = 0;
    bool suspectChip = false;
};

class TilePainter {
public:
    /// Forgets what was kept for another theme, size or ratio.
    void prepare(const Theme &theme, Density density, QSize tile, qreal devicePixelRatio);

    TileText layOut(const Tile &tile) const;
    /// Draws the parts of the tile that touch `dirty`; both rectangles in the painter's coordinates.
    void paint(QPainter &painter, const QRect &rect, const QRect &dirty, const Tile &tile, const TileText &text,
               const QString &age, const TileLook &look);

    /// Parts, relative to the tile's corner.
    QRect rerunRect() const { return m_rerun; }
    QRect footerRect() const { return m_footer; }

private:
    struct Fonts {
        QFont title, value, small, chip;
    };
    void placeParts();
    void placeWhole();
    void placeSmall();
    /// "waits on X" or "most upstream", in the longest wording that leaves the age its place.
    void layOutChip(TileText &text, const Tile &tile) const;
    QPixmap background(State state, const TileLook &look);
    QPixmap cell(State state);
    void paintSparkline(QPainter &painter, const QRect &box, const Tile &tile) const;
    void paintResults(QPainter &painter, const QRect &box, const Tile &tile);
    void paintFooter(QPainter &painter, const QRect &box, const Tile &tile, const TileText &text, const QString &age) const;
    void paintRerun(QPainter &painter, const QRect &box, const RerunLook &look) const;
    void paintHeading(QPainter &painter, const QPoint &corner, const Tile &tile, const TileText &text) const;
    QString fitted(const QString &text, const QFont &font, int width) const;

    Theme m_theme;
    Density m_density = Density::Large;
    QSize m_size;
    qreal m_ratio = 0;
    Fonts m_fonts;
    QRect m_shape, m_title, m_rerun, m_value, m_reason, m_sparkline, m_results, m_footer;
    QHash<int, QPixmap> m_backgrounds;
    QHash<int, QPixmap> m_cells;
};

} // namespace allclear
