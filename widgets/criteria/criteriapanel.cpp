#include "widgets/criteria/criteriapanel.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

CriteriaPanel::CriteriaPanel(Board *board, ThemeSource *theme, QWidget *parent)
    : ScrollColumn(theme, tr("Success criteria"), parent), m_board(board)
{
    setObjectName(u"criteriaPanel"_s);
    const CriterionModel *model = board->criteria();
    connect(model, &CriterionModel::modelReset, this, &CriteriaPanel::rebuild);
    connect(model, &CriterionModel::rowsInserted, this, &CriteriaPanel::rebuild);
    connect(model, &CriterionModel::rowsRemoved, this, &CriteriaPanel::rebuild);
    connect(model, &CriterionModel::dataChanged, this, &CriteriaPanel::refresh);
    rebuild();
}

void CriteriaPanel::rebuild()
{
    clearRows();
    m_rows.clear();
    for (int row = 0; row < m_board->criteria()->rowCount(); ++row) {
        auto *widget = new CriterionRow(themeSource(), row);
        m_rows.append(widget);
        addRow(widget);
    }
    setEmptyText(m_rows.isEmpty() ? tr("The incident file names no success criteria, so nothing can declare all clear.")
                                  : QString());
    refresh();
}

void CriteriaPanel::refresh()
{
    for (int row = 0; row < m_rows.size(); ++row)
        m_rows[row]->setCriterion(m_board->criteria()->criterion(row));
    setNote(ruleText());
}

QString CriteriaPanel::ruleText() const
{
    if (m_rows.isEmpty())
        return {};
    Duration shortest = Duration::max();
    Duration longest{};
    for (int row = 0; row < m_rows.size(); ++row) {
        const Duration hold = m_board->criteria()->criterion(row).hold;
        shortest = std::min(shortest, hold);
        longest = std::max(longest, hold);
    }
    const auto count = m_rows.size();
    if (longest == Duration::zero())
        return tr("all clear needs %1 of %1").arg(count);
    if (shortest == longest)
        return tr("all clear needs %1 of %1, held %2").arg(count).arg(shortDurationText(longest));
    return tr("all clear needs %1 of %1, each held up to %2").arg(count).arg(shortDurationText(longest));
}

} // namespace allclear
