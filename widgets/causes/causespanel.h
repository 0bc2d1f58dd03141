// The suspected cause: what fails, what it pulls down, and where to look first.
#pragma once

#include "items/board.h"
#include "widgets/causes/causebox.h"

#include <QLabel>
#include <QWidget>

namespace allclear {

class CausesPanel : public QWidget {
    Q_OBJECT
public:
    CausesPanel(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    const CauseGraph &graph() const { return m_graph; }
    QString note() const { return m_note->text(); }
    QString summary() const { return m_summaryText; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void opened(const QString &component);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void arrange();
    void applyTheme();
    QList<CauseInput> inputs() const;
    QRectF canvas() const;
    CauseGraph fittingGraph(const QRectF &area) const;
    bool everythingUp() const;
    QString noteText() const;
    QString summaryText() const;
    QString calmText() const;
    QString spokenText() const;
    int count(bool (*matches)(State)) const;

    Board *m_board;
    ThemeSource *m_theme;
    QLabel *m_heading;
    QLabel *m_note;
    QLabel *m_summary; ///< m_summaryText, cut to its line while something fails
    QString m_summaryText;
    QList<CauseInput> m_inputs;
    QList<CauseBox *> m_boxes;
    QList<QRectF> m_frames;
    CauseGraph m_graph;
};

} // namespace allclear
