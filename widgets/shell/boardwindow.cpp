#include "widgets/shell/boardwindow.h"

#include "widgets/causes/causespanel.h"
#include "widgets/detail/detailpanel.h"
#include "widgets/shell/boardpage.h"
#include "widgets/shell/rail.h"
#include "widgets/tiles/tilegrid.h"

#include <QAction>
#include <QCloseEvent>
#include <QHBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace allclear {

BoardWindow::BoardWindow(Board *board, ThemeSource *theme, QWidget *parent)
    : QMainWindow(parent), m_board(board), m_theme(theme), m_rail(new Rail(theme)), m_page(new BoardPage(board, theme)),
      m_area(new PageArea(m_page, theme))
{
    setObjectName(u"boardWindow"_s);
    auto *central = new QWidget;
    auto *row = new QHBoxLayout(central);
    row->setContentsMargins({});
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(m_area, 1);
    setCentralWidget(central);
    m_detail = new DetailPanel(board, theme, central);
    m_keys = new KeysOverlay(theme, addKeys(), central);

    connect(tiles(), &TileGrid::opened, this, &BoardWindow::open);
    connect(tiles(), &TileGrid::rerunRequested, board, &Board::rerunComponent);
    connect(m_page->causes(), &CausesPanel::opened, this, &BoardWindow::open);
    connect(m_detail, &DetailPanel::closed, this, [this] {
        (m_focusBefore ? m_focusBefore.data() : tiles())->setFocus(Qt::OtherFocusReason);
    });
    connect(m_rail, &Rail::themeToggled, this, &BoardWindow::toggleAppearance);
    connect(m_rail, &Rail::pauseToggled, this, [board] { board->setPaused(!board->isPaused()); });
    connect(m_rail, &Rail::helpRequested, this, &BoardWindow::toggleKeys);
    connect(board, &Board::changed, this, &BoardWindow::refresh);
    connect(board, &Board::incidentChanged, this, &BoardWindow::refresh);
    connect(board, &Board::pauseRequested, this, &BoardWindow::refresh);
    connect(theme, &ThemeSource::changed, this, &BoardWindow::placeSheets);
    setMinimumSize(640, 400);
    refresh();
    tiles()->setFocus(Qt::OtherFocusReason);
}

TileGrid *BoardWindow::tiles() const { return m_page->tiles(); }

template <typename Slot>
void BoardWindow::addKey(const QString &name, const QList<QKeySequence> &keys, Slot slot)
{
    auto *action = new QAction(this);
    action->setObjectName(name);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
}

QList<KeyText> BoardWindow::addKeys()
{
    addKey(u"rerunCurrent"_s, {Qt::Key_R}, [this] { rerunCurrent(); });
    addKey(u"rerunAll"_s, {Qt::SHIFT | Qt::Key_R}, [this] { m_board->rerunAll(); });
    addKey(u"stepBack"_s, {Qt::Key_Escape}, [this] { stepBack(); });
    addKey(u"togglePause"_s, {Qt::Key_P}, [this] { m_board->setPaused(!m_board->isPaused()); });
    addKey(u"toggleAppearance"_s, {Qt::Key_T}, [this] { toggleAppearance(); });
    addKey(u"toggleFullScreen"_s, {Qt::Key_F11}, [this] { toggleFullScreen(); });
    addKey(u"larger"_s, {Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal, QKeySequence(u"Ctrl+Shift+="_s)}, [this] { scaleBy(0.1); });
    addKey(u"smaller"_s, {Qt::CTRL | Qt::Key_Minus}, [this] { scaleBy(-0.1); });
    addKey(u"normalSize"_s, {Qt::CTRL | Qt::Key_0}, [this] { m_theme->setScale(1.0); });
    addKey(u"listKeys"_s, {Qt::Key_Question, QKeySequence(u"Shift+?"_s), Qt::Key_F1}, [this] { toggleKeys(); });
    addKey(u"quit"_s, {Qt::CTRL | Qt::Key_Q}, [this] { close(); });
    return {{tr("Arrows"), tr("move between components")},
            {tr("Enter"), tr("opens the selected component")},
            {tr("R, Space"), tr("probes the selected component again")},
            {tr("Shift+R"), tr("probes everything again")},
            {tr("Esc"), tr("closes what was opened last")},
            {tr("P"), tr("pauses and resumes probing")},
            {tr("T"), tr("changes between dark and light")},
            {tr("F11"), tr("full screen and back")},
            {tr("Ctrl + and −"), tr("larger and smaller text, Ctrl+0 is normal")},
            {tr("?"), tr("shows and hides this list")},
            {tr("Ctrl+Q"), tr("quits")}};
}

void BoardWindow::open(const QString &component)
{
    if (m_detail->isHidden())
        m_focusBefore = focusWidget();
    m_detail->openComponent(component);
    placeSheets();
}

void BoardWindow::rerunCurrent()
{
    const QString component = m_detail->isVisible() ? m_detail->component() : tiles()->currentComponent();
    if (!component.isEmpty())
        m_board->rerunComponent(component);
}

void BoardWindow::toggleAppearance()
{
    m_theme->setAppearance(m_theme->theme().appearance == Appearance::Dark ? Appearance::Light : Appearance::Dark);
}

void BoardWindow::toggleFullScreen() { setWindowState(windowState() ^ Qt::WindowFullScreen); }

void BoardWindow::toggleKeys()
{
    m_keys->setVisible(!m_keys->isVisible());
    m_keys->raise();
    placeSheets();
}

void BoardWindow::stepBack()
{
    if (m_keys->isVisible())
        m_keys->hide();
    else if (m_detail->isVisible())
        m_detail->closeSheet();
    else if (isFullScreen())
        toggleFullScreen();
}

void BoardWindow::scaleBy(qreal step) { m_theme->setScale(m_theme->theme().scale + step); }

void BoardWindow::placeSheets()
{
    const QRect room = centralWidget()->rect();
    m_keys->setGeometry(room);
    const int width = std::min(room.width() - m_rail->width(), std::max(m_theme->theme().px(560), room.width() * 36 / 100));
    m_detail->setGeometry(room.right() + 1 - width, 0, width, room.height());
}

void BoardWindow::refresh()
{
    m_rail->setPaused(m_board->isPaused());
    const QString title = m_board->incident() ? tr("Allclear — %1").arg(m_board->incident()->title) : tr("Allclear");
    if (windowTitle() != title)
        setWindowTitle(title);
}

void BoardWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    placeSheets();
}

void BoardWindow::closeEvent(QCloseEvent *event)
{
    QMainWindow::closeEvent(event);
    Q_EMIT closed();
}

} // namespace allclear
