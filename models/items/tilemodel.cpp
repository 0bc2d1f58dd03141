#include "items/board.h"

#include "items/changedrows.h"

namespace allclear {

int TileModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_tiles.size());
}

QVariant TileModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Tile &shown = m_tiles[index.row()];
    switch (role) {
    case Qt::DisplayRole: return shown.title;
    case Qt::ToolTipRole: return shown.reason;
    case Qt::AccessibleTextRole:
        return accessibleText(shown, m_clock ? m_clock->now() : shown.lastAt.value_or(TimePoint{}));
    case StateRole: return static_cast<int>(shown.state);
    case ValueRole: return shown.value;
    case ReasonRole: return shown.reason;
    case TierRole: return shown.tier;
    case WaitsOnRole: return shown.waitsOn;
    case ComponentRole: return shown.component;
    case RerunRole: return static_cast<int>(shown.rerun);
    default: return {};
    }
}

QHash<int, QByteArray> TileModel::roleNames() const
{
    auto names = QAbstractListModel::roleNames();
    names.insert({{StateRole, "state"}, {ValueRole, "value"}, {ReasonRole, "reason"}, {TierRole, "tier"},
                  {WaitsOnRole, "waitsOn"}, {ComponentRole, "component"}, {RerunRole, "rerun"}});
    return names;
}

void TileModel::apply(const QList<std::pair<int, Tile>> &changed, int count)
{
    const bool rebuild = count != m_tiles.size();
    if (rebuild) {
        beginResetModel();
        m_tiles.resize(count);
    }
    QList<int> rows;
    for (const auto &[row, fresh] : changed) {
        if (row < 0 || row >= count || (!rebuild && m_tiles[row] == fresh))
            continue;
        m_tiles[row] = fresh;
        rows << row;
    }
    if (rebuild)
        endResetModel();
    else
        forEachRun(rows, [this](int first, int last) { Q_EMIT dataChanged(index(first), index(last)); });
}

void TileModel::clear()
{
    beginResetModel();
    m_tiles.clear();
    endResetModel();
}

} // namespace allclear
