#include "widgets/shell/stripbar.h"

#include "widgets/theme/contrast.h"
#include "widgets/theme/shapes.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

constexpr int pitchAt1 = 14;
constexpr int cellsAtMost = 160;

/// The worse, the higher: the strip reads without colour.
qreal heightShare(State state)
{
    switch (state) {
    case State::Down: return 1.0;
    case State::Degraded: return 0.84;
    case State::Up: return 0.7;
    default: return 0.7;
    }
}

} // namespace

StripBar::StripBar(Board *board, ThemeSource *theme, QWidget *parent) : QWidget(parent), m_board(board), m_theme(theme)
{
    setObjectName(u"incidentStrip"_s);
    connect(board, &Board::incidentChanged, this, &StripBar::refresh);
    connect(theme, &ThemeSource::changed, this, [this] { refresh(); update(); });
    connect(&m_tick, &QTimer::timeout, this, &StripBar::refresh);
    m_tick.start(std::chrono::seconds(1)); // a stretch is longer than that: no need to look at every frame
    refresh();
}

QRect StripBar::cellRect(int index) const
{
    const auto count = static_cast<int>(m_cells.size());
    if (count == 0)
        return {};
    const int left = index * width() / count;
    const int right = (index + 1) * width() / count;
    return {left, 0, std::max(1, right - left - m_theme->theme().px(2)), height()};
}

void StripBar::refresh()
{
    const int count = std::clamp(width() / std::max(1, m_theme->theme().px(pitchAt1)), 1, cellsAtMost);
    QList<StripSlot> cells = m_board->incident() ? m_board->strip(count) : QList<StripSlot>();
    const auto sameStates = std::equal(cells.begin(), cells.end(), m_cells.begin(), m_cells.end(),
                                       [](const StripSlot &a, const StripSlot &b) { return a.state == b.state; });
    m_cells = std::move(cells);
    if (sameStates)
        return;
    setAccessibleName(summary());
    update();
}

QString StripBar::summary() const
{
    const auto bad = std::count_if(m_cells.begin(), m_cells.end(), [](const StripSlot &cell) { return cell.state == State::Down; });
    if (m_cells.isEmpty())
        return tr("Incident strip: nothing yet");
    return tr("Incident strip since %1: %2 of %3 stretches down, now %4")
        .arg(clockText(m_cells.first().from)).arg(bad).arg(m_cells.size()).arg(stateWord(m_cells.last().state));
}

QString StripBar::cellText(const StripSlot &cell)
{
    const QString what = cell.state == State::Unknown ? tr("no evidence") : stateWord(cell.state);
    return tr("%1 – %2: %3").arg(clockTextWithSeconds(cell.from), clockTextWithSeconds(cell.to), what);
}

void StripBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    for (int i = 0; i < m_cells.size(); ++i) {
        const State state = m_cells[i].state;
        QRect cell = cellRect(i);
        cell.setTop(cell.bottom() + 1 - static_cast<int>(std::round(cell.height() * heightShare(state))));
        if (state == State::Unknown) { // hollow: there is no evidence
            painter.setPen(theme.border);
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(cell.adjusted(0, 0, -1, -1));
            continue;
        }
        const QColor colour = theme.state(state);
        painter.fillRect(cell, blend(theme.window, colour, 0.86));
        painter.setPen(colour);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cell.adjusted(0, 0, -1, -1));
    }
}

void StripBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    refresh();
}

bool StripBar::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    for (int i = 0; i < m_cells.size(); ++i) {
        if (cellRect(i).adjusted(0, 0, 3, 0).contains(help->pos()))
            QToolTip::showText(help->globalPos(), cellText(m_cells[i]), this, cellRect(i));
    }
    return true;
}

} // namespace allclear
