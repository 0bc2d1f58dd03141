#include "widgets/shell/boardpage.h"

#include "widgets/causes/causespanel.h"
#include "widgets/criteria/actionspanel.h"
#include "widgets/criteria/criteriapanel.h"
#include "widgets/latency/latencypanel.h"
#include "widgets/shell/headerbar.h"
#include "widgets/shell/stripbar.h"
#include "widgets/tiles/tilegrid.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace allclear {

BoardPage::BoardPage(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme), m_header(new HeaderBar(board, theme, this)),
      m_strip(new StripBar(board, theme, this)),
      m_errors(new NoticeBar(theme, u"fileErrors"_s, State::Down, NoticeBar::Lettering::Monospaced, this)),
      m_observer(new NoticeBar(theme, u"observerOffline"_s, State::Unknown, NoticeBar::Lettering::Plain, this)),
      m_tiles(new TileGrid(board, theme, this)), m_criteria(new CriteriaPanel(board, theme, this)),
      m_causes(new CausesPanel(board, theme, this)), m_actions(new ActionsPanel(board, theme, this)),
      m_latency(new LatencyPanel(board, theme, this)) // in the order in which Tab visits them
{
    setObjectName(u"boardPage"_s);
    setTabOrder(m_tiles, m_criteria);
    setTabOrder(m_criteria, m_causes);
    setTabOrder(m_causes, m_actions);
    setTabOrder(m_actions, m_latency);
    for (NoticeBar *bar : {m_errors, m_observer})
        connect(bar, &NoticeBar::heightChanged, this, &BoardPage::refitted);
    connect(board, &Board::changed, this, &BoardPage::refreshNotices);
    connect(board, &Board::fileErrorsChanged, this, &BoardPage::refreshNotices);
    connect(theme, &ThemeSource::changed, this, qOverload<>(&QWidget::update));
    refreshNotices();
}

void BoardPage::refreshNotices()
{
    const QString errors = m_board->fileErrors();
    const bool kept = m_board->incident() != nullptr;
    m_errors->say(errors.isEmpty() ? QString()
                  : kept ? tr("The incident file has errors. The last good version stays until they are fixed.")
                         : tr("The incident file cannot be used yet. It is read again as soon as it is saved."),
                  errors);
    const Verdict &verdict = m_board->verdict();
    const bool offline = verdict.observer == ObserverState::Offline;
    m_observer->say(offline ? tr("Observer offline: components are unknown, not down") : QString(),
                    offline ? tr("This computer cannot see the network: %1.").arg(verdict.observerReason) : QString());
    refreshEmptyText();
}

void BoardPage::refreshEmptyText()
{
    if (m_board->incident())
        m_tiles->setEmptyText(tr("The incident file names no components and no endpoints yet.\nAdd one under `endpoints`, and it appears here."));
    else if (m_board->fileErrors().isEmpty())
        m_tiles->setEmptyText(tr("Waiting for the first results…"));
    else
        m_tiles->setEmptyText(tr("Nothing is watched yet.\nCorrect the errors named above, and the board starts by itself."));
}

void BoardPage::fit(QSize room)
{
    m_layout = arrangePage(room, m_theme->theme().scale, {m_errors->heightNeeded(), m_observer->heightNeeded()});
    setFixedSize(room.width(), m_layout.height);
    m_header->setGeometry(m_layout.header);
    m_strip->setGeometry(m_layout.strip);
    m_errors->setGeometry(m_layout.notices[0]);
    m_observer->setGeometry(m_layout.notices[1]);
    m_tiles->setGeometry(m_layout.tiles);
    m_criteria->setGeometry(m_layout.criteria);
    m_causes->setGeometry(m_layout.causes);
    m_actions->setGeometry(m_layout.actions);
    m_latency->setGeometry(m_layout.latency);
}

void BoardPage::paintEvent(QPaintEvent *event)
{
    QPainter(this).fillRect(event->rect(), m_theme->theme().window);
}

PageArea::PageArea(BoardPage *page, ThemeSource *theme, QWidget *parent) : QScrollArea(parent), m_page(page)
{
    setObjectName(u"pageArea"_s);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(page);
    connect(page, &BoardPage::refitted, this, &PageArea::refit);
    connect(theme, &ThemeSource::changed, this, &PageArea::refit);
}

void PageArea::refit()
{
    m_page->fit(viewport()->size());
}

void PageArea::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    refit();
}

} // namespace allclear
