// Keys, mouse, focus and tool tips of the grid.
#include "widgets/tiles/tilegrid.h"

#include "widgets/theme/shapes.h"
#include "widgets/tiles/tileaccessible.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace allclear {

void TileGrid::setCurrent(int row)
{
    if (row == m_current || row < -1 || row >= static_cast<int>(m_rows.size()))
        return;
    updateRow(m_current);
    m_current = row;
    m_currentComponent = currentComponent();
    if (row >= 0) {
        const QRect rect = m_layout.rects[static_cast<std::size_t>(row)];
        const int bottom = rect.bottom() + 3 - viewport()->height();
        if (rect.top() - 2 < offset())
            verticalScrollBar()->setValue(rect.top() - 2);
        else if (bottom > offset())
            verticalScrollBar()->setValue(bottom);
        updateRow(row);
        if (hasFocus())
            tileFocused(this, row);
    }
    Q_EMIT currentChanged(row);
}

bool TileGrid::moveCurrent(int key)
{
    if (m_rows.empty())
        return false;
    const std::vector<int> &order = m_layout.order;
    const int page = std::max(1, viewport()->height() / std::max(1, m_layout.tile.height()));
    int row = m_current;
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down: row = row < 0 ? order.front() : m_layout.neighbour(row, static_cast<Qt::Key>(key)); break;
    case Qt::Key_Home: row = order.front(); break;
    case Qt::Key_End: row = order.back(); break;
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
        for (int i = 0; i < page; ++i)
            row = row < 0 ? order.front() : m_layout.neighbour(row, key == Qt::Key_PageUp ? Qt::Key_Up : Qt::Key_Down);
        break;
    default: return false;
    }
    setCurrent(row);
    return true;
}

void TileGrid::keyPressEvent(QKeyEvent *event)
{
    const bool plain = (event->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (plain && moveCurrent(event->key()))
        return;
    if (plain && m_current >= 0) {
        switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter: Q_EMIT opened(currentComponent()); return;
        case Qt::Key_R:
        case Qt::Key_Space: Q_EMIT rerunRequested(currentComponent()); return;
        default: break;
        }
    }
    event->ignore(); // the window's keys
}

void TileGrid::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const QPoint at = event->position().toPoint();
    m_pressed = m_layout.rowAt(at + QPoint(0, offset()));
    m_pressedRerun = m_pressed >= 0 && rerunRect(m_pressed).contains(at);
    if (m_pressed >= 0)
        setCurrent(m_pressed);
}

void TileGrid::mouseReleaseEvent(QMouseEvent *event)
{
    const int pressed = std::exchange(m_pressed, -1);
    const QPoint at = event->position().toPoint();
    if (event->button() != Qt::LeftButton || pressed < 0 || pressed != m_layout.rowAt(at + QPoint(0, offset())))
        return;
    const QString component = model().tile(pressed).component;
    if (m_pressedRerun == rerunRect(pressed).contains(at))
        m_pressedRerun ? Q_EMIT rerunRequested(component) : Q_EMIT opened(component);
}

void TileGrid::hoverAt(QPoint at)
{
    const int row = m_layout.rowAt(at + QPoint(0, offset()));
    const bool onRerun = row >= 0 && rerunRect(row).contains(at);
    if (row == m_hovered && onRerun == m_hoveredRerun)
        return;
    updateRow(m_hovered);
    m_hovered = row;
    m_hoveredRerun = onRerun;
    updateRow(m_hovered);
    viewport()->setCursor(row >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void TileGrid::mouseMoveEvent(QMouseEvent *event) { hoverAt(event->position().toPoint()); }

void TileGrid::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (m_current < 0 && byKey && !m_layout.order.empty())
        setCurrent(m_layout.order.front());
    updateRow(m_current);
}

void TileGrid::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    updateRow(m_current);
}

void TileGrid::showToolTip(const QPoint &at, const QPoint &global)
{
    const int row = m_layout.rowAt(at + QPoint(0, offset()));
    if (row < 0) {
        QToolTip::hideText();
        return;
    }
    const Tile &tile = model().tile(row);
    if (rerunRect(row).contains(at)) {
        QToolTip::showText(global, tr("Probe %1 again now (R)").arg(tile.title), viewport(), rerunRect(row));
        return;
    }
    QToolTip::showText(global, toolTipText(tile), viewport(), tileRect(row));
}

QString toolTipText(const Tile &tile)
{
    QStringList lines{tile.title + u" · "_s + stateWord(tile.state)};
    const QString what = tile.reason.isEmpty() ? tile.value : tile.value + u" · "_s + tile.reason;
    if (!what.isEmpty())
        lines << what;
    if (!tile.waitsOn.isEmpty())
        lines << TileGrid::tr("Waits on %1, the most upstream component that fails").arg(tile.waitsOn);
    else if (tile.suspect)
        lines << TileGrid::tr("Most upstream: nothing that it needs is failing");
    if (tile.insecure)
        lines << TileGrid::tr("Insecure: certificates are recorded but not verified here");
    return lines.join(u'\n');
}

bool TileGrid::viewportEvent(QEvent *event)
{
    switch (event->type()) {
    case QEvent::ToolTip: {
        const auto *help = static_cast<QHelpEvent *>(event);
        showToolTip(help->pos(), help->globalPos());
        return true;
    }
    case QEvent::Leave: hoverAt(QPoint(-1, -1)); break;
    default: break;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace allclear
