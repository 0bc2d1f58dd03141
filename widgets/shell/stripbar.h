// The incident at a glance: one cell a stretch of time, by the worst that was seen in it, oldest at the left.
#pragma once

#include "items/board.h"
#include "widgets/theme/theme.h"

#include <QTimer>
#include <QWidget>

namespace allclear {

class StripBar : public QWidget {
    Q_OBJECT
public:
    StripBar(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    const QList<StripSlot> &cells() const { return m_cells; }
    QRect cellRect(int index) const;
    /// "04:02–04:03 UTC: Down"
    static QString cellText(const StripSlot &cell);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    QString summary() const;

    Board *m_board;
    ThemeSource *m_theme;
    QList<StripSlot> m_cells;
    QTimer m_tick;
};

} // namespace allclear
