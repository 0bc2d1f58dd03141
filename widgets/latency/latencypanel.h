// The latency panel of the board: title, legend, ranges, and the chart.
#pragma once

#include "widgets/latency/latencychart.h"
#include "widgets/latency/legend.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>

namespace allclear {

class LatencyPanel : public QWidget {
    Q_OBJECT
public:
    LatencyPanel(Board *board, ThemeSource *theme, QWidget *parent = nullptr);
    LatencyChart *chart() const { return m_chart; }
    Legend *legend() const { return m_legend; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void addRanges(QHBoxLayout *row);
    void applyTheme();

    ThemeSource *m_theme;
    QLabel *m_title;
    Legend *m_legend;
    LatencyChart *m_chart;
    QButtonGroup *m_ranges;
};

} // namespace allclear
