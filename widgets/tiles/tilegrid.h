// The wall of tiles. Paints dirty regions only: a changed row repaints its tile, an age its footer, a spinner its
// button. GUI thread. The board and the theme source outlive it.
#pragma once

#include "items/board.h"
#include "widgets/theme/theme.h"
#include "widgets/tiles/tilelayout.h"
#include "widgets/tiles/tilepainter.h"

#include <QAbstractScrollArea>
#include <QBasicTimer>
#include <QElapsedTimer>

namespace allclear {

/// Everything a tile says, unshortened.
QString toolTipText(const Tile &tile);

class TileGrid : public QAbstractScrollArea {
    Q_OBJECT
public:
    TileGrid(Board *board, ThemeSource *theme, QWidget *parent = nullptr);

    int current() const { return m_current; } ///< row of the model, -1: none
    void setCurrent(int row);                 ///< scrolls it into sight
    QString currentComponent() const;
    const TileLayout &placed() const { return m_layout; }
    /// In the viewport's coordinates.
    QRect tileRect(int row) const;
    QRect rerunRect(int row) const;
    /// Shown in the middle when there is no component.
    void setEmptyText(const QString &text);
    const TileModel &model() const { return *m_board->tiles(); }
    TimePoint now() const { return m_board->clock().now(); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void opened(const QString &component);
    void rerunRequested(const QString &component);
    void currentChanged(int row);

protected:
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void timerEvent(QTimerEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    enum class Button { Idle, Running, Ticked };
    struct Row {
        TileText text;
        Button button = Button::Idle;
        qint64 tickedUntil = 0; ///< ms of m_elapsed
        State state = State::Unknown;
    };
    void rebuild();
    void relayout();
    void takeChanged(const QModelIndex &first, const QModelIndex &last);
    void takeRerun(int row);
    void updateRow(int row) { viewport()->update(tileRect(row)); }
    void updateRerun(int row) { viewport()->update(rerunRect(row)); }
    void updateFooters();
    void animate();
    void hoverAt(QPoint at);
    bool moveCurrent(int key);
    bool isVisibleRow(int row) const { return tileRect(row).intersects(viewport()->rect()); }
    void showToolTip(const QPoint &at, const QPoint &global);
    void paintTiles(QPainter &painter, const QRegion &region);
    void paintCaptions(QPainter &painter, const QRegion &region);
    TileLook lookOf(int row) const;
    int offset() const;

    Board *m_board;
    ThemeSource *m_theme;
    std::vector<Tier> m_tiers;
    TileLayout m_layout;
    TilePainter m_painter;
    std::vector<Row> m_rows;
    QString m_emptyText;
    int m_current = -1;
    QString m_currentComponent; ///< outlives a new file, whose rows may stand elsewhere
    int m_hovered = -1;
    int m_pressed = -1;
    bool m_pressedRerun = false;
    bool m_hoveredRerun = false;
    QBasicTimer m_ageTimer;
    QBasicTimer m_spinTimer;
    QElapsedTimer m_elapsed;
};

} // namespace allclear
