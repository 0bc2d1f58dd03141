// The latency chart: every endpoint's response time over time, painted from min-max columns so that no spike is lost.
// The lines are kept as a pixmap of which only the strips that changed are painted anew.
#pragma once

#include "items/board.h"
#include "widgets/latency/columncache.h"
#include "widgets/latency/limits.h"
#include "widgets/latency/valueaxis.h"
#include "widgets/theme/theme.h"

#include <QPixmap>
#include <QWidget>

namespace allclear {

/// What the cross-hair reads off one series.
struct HoverValue {
    int series = 0;
    QString name;
    QString value; ///< "10.2 s", "38 ms … 210 ms", "no answer"
    bool failed = false;
};

class LatencyChart : public QWidget {
    Q_OBJECT
public:
    LatencyChart(Board *board, ThemeSource *theme, QWidget *parent = nullptr);

    void setRange(Range range);
    Range range() const { return m_range; }
    void setScale(Scale scale);
    void setSeriesShown(int series, bool shown);
    bool isSeriesShown(int series) const { return !m_hidden.contains(series); }

    const TimeGrid &grid() const { return m_cache.grid(); }
    const ValueAxis &axis() const { return m_axis; }
    const QList<LimitLine> &limits() const { return m_limits; }
    QRectF plot() const; ///< where the lines are, in widget coordinates
    /// The column under the cross-hair; -1: none.
    int hoverColumn() const { return m_hover; }
    QList<HoverValue> hoverValues() const;
    /// "04:31:20 UTC: api-health 10.2 s, auth-health no answer"
    QString hoverText() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    void takeIncident();
    void takeStretch(int series, TimePoint first, TimePoint last);
    void advance();
    void rebuild();
    bool updateAxis();
    void updateOutage();
    void repaintAll();
    void markDirty(ColumnSpan columns);
    void setHover(int column);
    void describe();

    int columnCount() const;
    int joinColumns(int series) const;
    qreal columnX(int column) const;
    qreal valueY(double ms) const;
    /// With what lies between `touched` and its neighbours on the line.
    ColumnSpan widened(int series, ColumnSpan touched) const;
    bool exceedsAxis(int series, ColumnSpan touched) const;
    QString seriesName(int series) const;
    QString limitText(const LimitLine &limit) const;
    QRectF hoverBox() const;

    void paintStrip(ColumnSpan columns);
    void paintSeries(QPainter &painter, int series, ColumnSpan columns) const;
    void paintAxes(QPainter &painter) const;
    void paintLimits(QPainter &painter) const;
    void paintDeclared(QPainter &painter) const;
    void paintHover(QPainter &painter) const;

    Board *m_board;
    ThemeSource *m_theme;
    ColumnCache m_cache;
    ValueAxis m_axis;
    QList<LimitLine> m_limits;
    QSet<int> m_hidden;
    std::vector<int> m_watched; ///< series whose failing is an outage
    std::vector<int> m_carry;   ///< columns that a failure of theirs stands for
    std::vector<quint8> m_outage;
    Range m_range = Range::Incident;
    Scale m_scale = Scale::Linear;
    int m_hover = -1;
    QPixmap m_lines;
    ColumnSpan m_dirty;
};

} // namespace allclear
