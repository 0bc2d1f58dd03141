// The chart's legend: every endpoint with its current value, failing ones first, as many as fit; the rest behind
// "+7 more". Each entry is a button that shows or hides its line.
#pragma once

#include "items/board.h"
#include "widgets/theme/theme.h"

#include <QAbstractButton>
#include <QMenu>

namespace allclear {

class ChipButton;

class LegendEntry : public QAbstractButton {
    Q_OBJECT
public:
    LegendEntry(ThemeSource *theme, int series, QWidget *parent = nullptr);
    void setContent(const QString &name, const QString &value, bool failing);
    int series() const { return m_series; }
    bool isFailing() const { return m_failing; }
    const QString &value() const { return m_value; }
    const QString &name() const { return m_name; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemeSource *m_theme;
    int m_series;
    QString m_name, m_value;
    bool m_failing = false;
};

class Legend : public QWidget {
    Q_OBJECT
public:
    Legend(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    /// Entries on screen, left to right.
    QList<LegendEntry *> shownEntries() const;
    int hiddenCount() const { return m_overflowing; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void toggled(int series, bool shown);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void rebuild();
    void refresh();
    void arrange();
    void fillMenu();

    Board *m_board;
    ThemeSource *m_theme;
    QList<LegendEntry *> m_entries; ///< by series
    ChipButton *m_more;
    QMenu *m_menu;
    int m_overflowing = 0;
};

} // namespace allclear
