// The header: severity, title and state of the incident at the left, figures and the verdict at the right.
#pragma once

#include "items/board.h"
#include "widgets/shell/headertext.h"
#include "widgets/theme/theme.h"

#include <QTimer>
#include <QWidget>

namespace allclear {

/// A number over its caption, with a state's shape before it where it has one.
class Figure : public QWidget {
    Q_OBJECT
public:
    enum class Shape { Hidden, Shown };
    Figure(ThemeSource *theme, const QString &name, Shape shape, QWidget *parent);
    void show(const FigureText &text);
    const FigureText &shown() const { return m_text; }
    int widthNeeded() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int shapeSide() const;

    ThemeSource *m_theme;
    FigureText m_text;
    Shape m_shape;
};

class HeaderBar : public QWidget {
    Q_OBJECT
public:
    HeaderBar(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    const HeaderText &shown() const { return m_text; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void arrange();

    Board *m_board;
    ThemeSource *m_theme;
    HeaderText m_text;
    Figure *m_elapsed, *m_availability, *m_revenue, *m_criteria, *m_verdict;
    int m_figuresLeft = 0; ///< where the title must end
    QTimer m_tick;
};

} // namespace allclear
