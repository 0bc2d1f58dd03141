// The window of the board: rail, page, the detail sheet over it, and the keys. GUI thread; the board and the theme
// source outlive it.
#pragma once

#include "items/board.h"
#include "widgets/shell/keysoverlay.h"
#include "widgets/theme/theme.h"

#include <QMainWindow>
#include <QPointer>

namespace allclear {

class BoardPage;
class DetailPanel;
class PageArea;
class Rail;
class TileGrid;

class BoardWindow : public QMainWindow {
    Q_OBJECT
public:
    BoardWindow(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    TileGrid *tiles() const;
    DetailPanel *detail() const { return m_detail; }

Q_SIGNALS:
    void closed();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    QList<KeyText> addKeys();
    template <typename Slot>
    void addKey(const QString &name, const QList<QKeySequence> &keys, Slot slot);
    void placeSheets();
    void open(const QString &component);
    void rerunCurrent();
    void toggleAppearance();
    void toggleFullScreen();
    void toggleKeys();
    void stepBack(); ///< Esc
    void scaleBy(qreal step);
    void refresh();

    Board *m_board;
    ThemeSource *m_theme;
    Rail *m_rail;
    BoardPage *m_page;
    PageArea *m_area;
    DetailPanel *m_detail;
    QPointer<QWidget> m_focusBefore; ///< the sheet was opened; known even while the window is not active
    KeysOverlay *m_keys = nullptr;
};

} // namespace allclear
