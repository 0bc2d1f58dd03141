// The board's page: owns and places the header, the strip, the tiles and the panels.
#pragma once

#include "items/board.h"
#include "widgets/shell/noticebar.h"
#include "widgets/shell/pagelayout.h"

#include <QScrollArea>

namespace allclear {

class CausesPanel;
class TileGrid;

class BoardPage : public QWidget {
    Q_OBJECT
public:
    BoardPage(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    TileGrid *tiles() const { return m_tiles; }
    CausesPanel *causes() const { return m_causes; }
    /// Places the parts for a viewport of this size; the page's own height may be more.
    void fit(QSize room);
    PageForm form() const { return m_layout.form; }

Q_SIGNALS:
    void refitted(); ///< a notice came or went: fit() is due

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refreshNotices();
    void refreshEmptyText();

    Board *m_board;
    ThemeSource *m_theme;
    PageLayout m_layout;
    QWidget *m_header, *m_strip;
    NoticeBar *m_errors, *m_observer;
    TileGrid *m_tiles;
    QWidget *m_criteria;
    CausesPanel *m_causes;
    QWidget *m_actions, *m_latency;
};

/// Scrolls the page when it is stacked.
class PageArea : public QScrollArea {
    Q_OBJECT
public:
    PageArea(BoardPage *page, ThemeSource *theme, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void refit();
    BoardPage *m_page;
};

} // namespace allclear
