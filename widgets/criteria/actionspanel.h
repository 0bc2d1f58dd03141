// The immediate actions: what people do, when it is due, and a tick for what is done.
#pragma once

#include "items/board.h"
#include "widgets/criteria/scrollcolumn.h"

#include <QAbstractButton>

namespace allclear {

enum class Urgency { Calm, Soon, Overdue, Done };

/// Pure: how loudly the due text speaks.
Urgency urgencyOf(const ActionStatus &action, bool done, TimePoint now);

class ActionRow : public QAbstractButton {
    Q_OBJECT
public:
    ActionRow(ThemeSource *theme, int row, QWidget *parent = nullptr);
    void setAction(const ActionStatus &action, bool done, const QString &due, Urgency urgency);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void nextCheckState() override {} // the model decides

private:
    void paintTick(QPainter &painter, const QRectF &box) const;

    ThemeSource *m_theme;
    ActionStatus m_action;
    QString m_due; ///< "due in 38 min", "overdue 6 min", "done 04:41 UTC"; may be empty
    Urgency m_urgency = Urgency::Calm;
    bool m_first;
};

class ActionsPanel : public ScrollColumn {
    Q_OBJECT
public:
    ActionsPanel(Board *board, ThemeSource *theme, QWidget *parent = nullptr);

private:
    void rebuild();
    void refresh();
    void toggle(int row);

    Board *m_board;
    QList<ActionRow *> m_rows;
};

} // namespace allclear
