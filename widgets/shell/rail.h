// The rail at the left: the pages that exist, and the switches that are always at hand.
#pragma once

#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

#include <QAbstractButton>
#include <QWidget>

namespace allclear {

class RailButton : public QAbstractButton {
    Q_OBJECT
public:
    RailButton(ThemeSource *theme, const QString &name, QWidget *parent);
    void show(Icon icon, const QString &caption, const QString &hint);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    ThemeSource *m_theme;
    Icon m_icon = Icon::Board;
};

class Rail : public QWidget {
    Q_OBJECT
public:
    Rail(ThemeSource *theme, QWidget *parent = nullptr);
    void setPaused(bool paused);
    QSize sizeHint() const override;

Q_SIGNALS:
    void themeToggled();
    void pauseToggled();
    void helpRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();

    ThemeSource *m_theme;
    RailButton *m_board, *m_pause, *m_appearance, *m_help;
    bool m_paused = false;
};

} // namespace allclear
