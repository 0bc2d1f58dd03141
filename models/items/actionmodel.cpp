#include "items/board.h"

#include "items/changedrows.h"

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

bool sameAction(const ActionStatus &left, const ActionStatus &right)
{
    return left.title == right.title && left.state == right.state && left.due == right.due
        && left.byEvidence == right.byEvidence;
}

bool doneByFile(const ActionStatus &action) { return action.byEvidence || action.state == ActionState::Done; }

bool tickable(const ActionStatus &action) { return !doneByFile(action) && action.state != ActionState::Dropped; }

} // namespace

QString dueText(const ActionStatus &action, std::optional<TimePoint> tickedAt, TimePoint now)
{
    if (action.byEvidence)
        return u"done, by evidence"_s;
    if (action.state == ActionState::Done)
        return u"done"_s;
    if (action.state == ActionState::Dropped)
        return u"dropped"_s;
    if (tickedAt)
        return u"done "_s + clockText(*tickedAt);
    if (!action.due)
        return {};
    const Duration left = *action.due - now;
    if (left >= 1s)
        return u"due in "_s + shortDurationText(left);
    if (left > -1s)
        return u"due now"_s;
    return u"overdue "_s + shortDurationText(-left);
}

int ActionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ActionModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int row = index.row();
    const ActionStatus &shown = m_rows[row];
    const QString due = dueText(shown, tickedAt(row), m_now);
    switch (role) {
    case Qt::DisplayRole: return shown.title;
    case Qt::CheckStateRole: return static_cast<int>(isDone(row) ? Qt::Checked : Qt::Unchecked);
    case Qt::ToolTipRole: return due.isEmpty() ? shown.title : shown.title + u" ("_s + due + u')';
    case Qt::AccessibleTextRole: return due.isEmpty() ? shown.title : shown.title + u", "_s + due;
    case DueRole: return due;
    case OverdueRole:
        return !isDone(row) && shown.state != ActionState::Dropped && shown.due.has_value() && *shown.due < m_now;
    case ByEvidenceRole: return shown.byEvidence;
    default: return {};
    }
}

QHash<int, QByteArray> ActionModel::roleNames() const
{
    auto names = QAbstractListModel::roleNames();
    names.insert({{DueRole, "due"}, {OverdueRole, "overdue"}, {ByEvidenceRole, "byEvidence"}});
    return names;
}

Qt::ItemFlags ActionModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags plain = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    return tickable(m_rows[index.row()]) ? plain | Qt::ItemIsUserCheckable : plain;
}

bool ActionModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return false;
    const ActionStatus &action = m_rows[index.row()];
    const int wanted = value.toInt();
    if (!tickable(action) || (wanted != Qt::Checked && wanted != Qt::Unchecked))
        return false;
    const bool done = wanted == Qt::Checked;
    if (done == m_ticks.contains(action.title))
        return true;
    if (done)
        m_ticks.insert(action.title, m_now);
    else
        m_ticks.remove(action.title);
    const QString title = action.title; // a receiver may change the rows
    for (int row = 0; row < m_rows.size(); ++row) {
        if (m_rows[row].title == title)
            Q_EMIT dataChanged(this->index(row), this->index(row));
    }
    Q_EMIT ticked(title, done);
    return true;
}

void ActionModel::apply(const QList<ActionStatus> &rows)
{
    if (rows.size() != m_rows.size()) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    QList<int> changed;
    for (int row = 0; row < rows.size(); ++row) {
        if (!sameAction(m_rows[row], rows[row]))
            changed << row;
    }
    m_rows = rows;
    forEachRun(changed, [this](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

void ActionModel::setNow(TimePoint now)
{
    QList<int> changed;
    for (int row = 0; row < m_rows.size(); ++row) {
        const auto at = tickedAt(row);
        if (dueText(m_rows[row], at, m_now) != dueText(m_rows[row], at, now))
            changed << row;
    }
    m_now = now;
    forEachRun(changed, [this](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

void ActionModel::setTicks(const QHash<QString, TimePoint> &ticks)
{
    QList<int> changed;
    for (int row = 0; row < m_rows.size(); ++row) {
        const QString &title = m_rows[row].title;
        if (m_ticks.contains(title) != ticks.contains(title) || m_ticks.value(title) != ticks.value(title))
            changed << row;
    }
    m_ticks = ticks;
    forEachRun(changed, [this](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

std::optional<TimePoint> ActionModel::tickedAt(int row) const
{
    const auto tick = m_ticks.constFind(m_rows[row].title);
    return tick == m_ticks.cend() ? std::nullopt : std::optional(*tick);
}

bool ActionModel::isDone(int row) const { return doneByFile(m_rows[row]) || m_ticks.contains(m_rows[row].title); }

int ActionModel::doneCount() const
{
    int done = 0;
    for (int row = 0; row < m_rows.size(); ++row)
        done += isDone(row) ? 1 : 0;
    return done;
}

} // namespace allclear
