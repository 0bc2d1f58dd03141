#include "items/board.h"

#include "items/changedrows.h"

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

bool sameCriterion(const CriterionStatus &left, const CriterionStatus &right)
{
    return left.state == right.state && left.held == right.held && left.hold == right.hold
        && left.selected == right.selected && left.passing == right.passing && left.title == right.title
        && left.detail == right.detail && left.evidence == right.evidence;
}

double heldShare(const CriterionStatus &criterion)
{
    if (criterion.state == CriterionState::Met)
        return 1;
    if (criterion.hold <= Duration::zero())
        return 0;
    return std::clamp(toMs(criterion.held) / toMs(criterion.hold), 0.0, 1.0);
}

} // namespace

int CriterionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant CriterionModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const CriterionStatus &shown = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole: return shown.title;
    case Qt::ToolTipRole:
    case DetailRole: return shown.detail;
    case Qt::AccessibleTextRole:
        return shown.title + u": "_s + name(shown.state) + (shown.detail.isEmpty() ? u"."_s : u". "_s + shown.detail + u'.');
    case StateRole: return static_cast<int>(shown.state);
    case HeldRole: return heldShare(shown);
    case EvidenceRole: return shown.evidence;
    default: return {};
    }
}

QHash<int, QByteArray> CriterionModel::roleNames() const
{
    auto names = QAbstractListModel::roleNames();
    names.insert({{StateRole, "state"}, {DetailRole, "detail"}, {HeldRole, "held"}, {EvidenceRole, "evidence"}});
    return names;
}

void CriterionModel::apply(const QList<CriterionStatus> &rows)
{
    if (rows.size() != m_rows.size()) {
        beginResetModel();
        m_rows = rows;
        endResetModel();
        return;
    }
    QList<int> changed;
    for (int row = 0; row < rows.size(); ++row) {
        if (!sameCriterion(m_rows[row], rows[row]))
            changed << row;
    }
    m_rows = rows;
    forEachRun(changed, [this](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

} // namespace allclear
