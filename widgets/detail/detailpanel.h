// The detail of one component: a sheet at the right, over the board. Esc closes it, R reruns.
#pragma once

#include "items/board.h"
#include "widgets/detail/endpointsection.h"

#include <QLabel>
#include <QPointer>
#include <QScrollArea>
#include <QWidget>

namespace allclear {

class DetailPanel : public QWidget {
    Q_OBJECT
public:
    DetailPanel(Board *board, ThemeSource *theme, QWidget *parent = nullptr);

    /// Shows the component and takes the keyboard; gives it back when closed. The owner places the sheet.
    void openComponent(const QString &component);
    void closeSheet();
    const QString &component() const { return m_component; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void closed();

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void rebuild();
    void refresh();
    void refreshHead();
    void applyTheme();
    void rerun();
    const Tile *tile() const;

    Board *m_board;
    ThemeSource *m_theme;
    QString m_component;
    QLabel *m_title, *m_state, *m_reason, *m_surplus;
    FlatButton *m_rerun, *m_close;
    QScrollArea *m_area;
    QVBoxLayout *m_sections;
    QList<EndpointSection *> m_endpoints;
    QPointer<QWidget> m_focusBefore;
};

} // namespace allclear
