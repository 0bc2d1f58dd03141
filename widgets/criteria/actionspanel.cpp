#include "widgets/criteria/actionspanel.h"

#include <QPainter>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

Urgency urgencyOf(const ActionStatus &action, bool done, TimePoint now)
{
    if (done || action.state == ActionState::Dropped)
        return Urgency::Done;
    if (!action.due || *action.due - now > 10min)
        return Urgency::Calm;
    return *action.due < now ? Urgency::Overdue : Urgency::Soon;
}

ActionRow::ActionRow(ThemeSource *theme, int row, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme), m_first(row == 0)
{
    setObjectName(u"action:%1"_s.arg(row));
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    connect(theme, &ThemeSource::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ActionRow::setAction(const ActionStatus &action, bool done, const QString &due, Urgency urgency)
{
    if (action.title == m_action.title && action.state == m_action.state && action.byEvidence == m_action.byEvidence
        && done == isChecked() && due == m_due && urgency == m_urgency)
        return;
    m_action = action;
    m_due = due;
    m_urgency = urgency;
    setChecked(done);
    setText(action.title);
    const QString state = done ? tr("done") : action.state == ActionState::Doing ? tr("under way") : tr("open");
    setAccessibleName(due.isEmpty() ? tr("%1: %2").arg(action.title, state)
                                         : tr("%1: %2, %3").arg(action.title, state, due));
    setToolTip(action.title.toHtmlEscaped());
    update();
}

QSize ActionRow::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(300), QFontMetrics(theme.font(TextRole::Body)).height() + theme.px(13)};
}

QSize ActionRow::minimumSizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(160), QFontMetrics(theme.font(TextRole::Body)).height() + theme.px(3)};
}

void ActionRow::paintTick(QPainter &painter, const QRectF &box) const
{
    const Theme &theme = m_theme->theme();
    painter.setRenderHint(QPainter::Antialiasing);
    if (isChecked()) {
        const QPointF hook[] = {{box.left() + box.width() * 0.12, box.top() + box.height() * 0.55},
                                {box.left() + box.width() * 0.4, box.top() + box.height() * 0.82},
                                {box.left() + box.width() * 0.9, box.top() + box.height() * 0.22}};
        painter.setPen(QPen(theme.state(State::Up), theme.px(2), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(hook, 3);
        return;
    }
    const bool overdue = m_urgency == Urgency::Overdue;
    const QColor colour = overdue ? theme.state(State::Down) : theme.accent;
    painter.setPen(QPen(colour, 1.6 * theme.scale));
    painter.setBrush(m_action.state == ActionState::Doing ? QBrush(colour) : QBrush(Qt::NoBrush));
    painter.drawEllipse(box.adjusted(1, 1, -1, -1));
}

void ActionRow::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    if (!m_first)
        painter.fillRect(QRect(0, 0, width(), 1), theme.gridLine);
    if (underMouse())
        painter.fillRect(rect().adjusted(0, 1, 0, 0), theme.panelRaised);
    const qreal side = theme.px(12);
    paintTick(painter, QRectF(theme.px(4), (height() - side) / 2, side, side));
    painter.setFont(theme.font(TextRole::Small));
    const QFontMetrics small(painter.font());
    const int dueWidth = small.horizontalAdvance(m_due);
    painter.setPen(m_urgency == Urgency::Overdue    ? theme.stateText(State::Down)
                       : m_urgency == Urgency::Soon ? theme.stateText(State::Degraded)
                                                        : theme.textFaint);
    const QRect content = rect().adjusted(theme.px(26), 0, -theme.px(4), 0);
    painter.drawText(content, Qt::AlignRight | Qt::AlignVCenter, m_due);
    painter.setFont(theme.font(TextRole::Body));
    painter.setPen(isChecked() ? theme.textDim : theme.text);
    const QFontMetrics metrics(painter.font());
    const int available = content.width() - dueWidth - theme.px(10);
    painter.drawText(content, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(m_action.title, Qt::ElideRight, available));
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, theme.px(2)));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 2, -1, -1), theme.px(4), theme.px(4));
    }
}

ActionsPanel::ActionsPanel(Board *board, ThemeSource *theme, QWidget *parent)
    : ScrollColumn(theme, tr("Immediate actions"), parent), m_board(board)
{
    setObjectName(u"actionsPanel"_s);
    const ActionModel *model = board->actions();
    connect(model, &ActionModel::modelReset, this, &ActionsPanel::rebuild);
    connect(model, &ActionModel::rowsInserted, this, &ActionsPanel::rebuild);
    connect(model, &ActionModel::rowsRemoved, this, &ActionsPanel::rebuild);
    connect(model, &ActionModel::dataChanged, this, &ActionsPanel::refresh);
    connect(board, &Board::changed, this, &ActionsPanel::refresh);
    rebuild();
}

void ActionsPanel::rebuild()
{
    clearRows();
    m_rows.clear();
    for (int row = 0; row < m_board->actions()->rowCount(); ++row) {
        auto *widget = new ActionRow(themeSource(), row);
        connect(widget, &ActionRow::clicked, this, [this, row] { toggle(row); });
        m_rows.append(widget);
        addRow(widget);
    }
    setEmptyText(m_rows.isEmpty() ? tr("The incident file names no immediate actions.") : QString());
    refresh();
}

void ActionsPanel::refresh()
{
    ActionModel *model = m_board->actions();
    if (m_rows.size() != model->rowCount())
        return rebuild();
    for (int row = 0; row < m_rows.size(); ++row) {
        const bool done = model->data(model->index(row), Qt::CheckStateRole).toInt() == Qt::Checked;
        const ActionStatus &action = model->action(row);
        const TimePoint now = m_board->clock().now();
        m_rows[row]->setAction(action, done, dueText(action, model->tickedAt(row), now), urgencyOf(action, done, now));
    }
    setNote(m_rows.isEmpty() ? QString() : tr("%1 of %2 done").arg(model->doneCount()).arg(m_rows.size()));
}

void ActionsPanel::toggle(int row)
{
    ActionModel *model = m_board->actions();
    const bool done = model->data(model->index(row), Qt::CheckStateRole).toInt() == Qt::Checked;
    model->setData(model->index(row), done ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
    refresh();
}

} // namespace allclear
