// The success criteria of the incident, live.
#pragma once

#include "items/board.h"
#include "widgets/criteria/criterionrow.h"
#include "widgets/criteria/scrollcolumn.h"

namespace allclear {

class CriteriaPanel : public ScrollColumn {
    Q_OBJECT
public:
    CriteriaPanel(Board *board, ThemeSource *theme, QWidget *parent = nullptr);

private:
    void rebuild();
    void refresh();
    QString ruleText() const;

    Board *m_board;
    QList<CriterionRow *> m_rows;
};

} // namespace allclear
