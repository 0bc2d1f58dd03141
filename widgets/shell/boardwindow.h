// The window: rail, pages, the detail sheet over them, and the keys. GUI thread; the board and the theme
// source outlive it.
#pragma once

#include "items/board.h"
#include "widgets/shell/keysoverlay.h"
#include "widgets/shell/pages.h"
#include "widgets/theme/theme.h"

#include <QMainWindow>
#include <QPointer>
#include <QStackedWidget>

namespace allclear {

class BoardScreen;
class DetailPanel;
class HeaderBar;
class Rail;
class TileGrid;

class BoardWindow : public QMainWindow {
    Q_OBJECT
public:
    BoardWindow(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    TileGrid *tiles() const;
    DetailPanel *detail() const { return m_detail; }
    void showPage(PageId id); ///< nothing happens when there is no such page
    PageId currentPage() const { return m_current; }
    Page *page(PageId id) const { return m_pages.value(id); }

Q_SIGNALS:
    void closed();
    void pageChanged(allclear::PageId id);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;

private:
    void addKeys();
    QList<KeyText> keyTexts() const; ///< of the page that is shown, and everywhere
    template <typename Slot>
    void addKey(const QString &name, const QList<QKeySequence> &keys, Slot slot);
    void addPages();
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
    HeaderBar *m_header; ///< over every page but the board, which has its own
    QStackedWidget *m_stack;
    QMap<PageId, Page *> m_pages;
    BoardScreen *m_screen = nullptr;
    PageId m_current = PageId::Board;
    DetailPanel *m_detail;
    QPointer<QWidget> m_focusBefore; ///< the sheet was opened; known even while the window is not active
    KeysOverlay *m_keys = nullptr;
};

} // namespace allclear
