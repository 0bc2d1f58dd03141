// How the latency chart is painted: strips of the kept pixmap in device pixels, everything else over it.
#include "widgets/latency/latencychart.h"

#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int hoverRowsAtMost = 24;

struct HoverLayout {
    int rows = 0;
    int columns = 1;
    qreal rowHeight = 0;
    qreal columnWidth = 0;
    QSizeF size;
};

HoverLayout hoverLayout(const QList<HoverValue> &values, const QRectF &plot, const Theme &theme)
{
    const QFontMetricsF metrics(theme.font(TextRole::Small));
    HoverLayout layout;
    layout.rowHeight = metrics.height() + theme.px(1);
    const auto count = static_cast<int>(std::min<qsizetype>(values.size(), hoverRowsAtMost));
    const int fitting = std::max(1, static_cast<int>((plot.height() - theme.px(14)) / layout.rowHeight) - 1);
    layout.columns = std::max(1, (count + fitting - 1) / fitting);
    layout.rows = (count + layout.columns - 1) / std::max(1, layout.columns);
    qreal widest = metrics.horizontalAdvance(u"00:00:00 UTC"_s);
    for (const HoverValue &value : values)
        widest = std::max(widest, metrics.horizontalAdvance(value.name + u"  "_s + value.value) + theme.px(24));
    layout.columnWidth = std::min(widest, theme.px(240) * 1.0);
    layout.size = {layout.columns * layout.columnWidth + theme.px(16), (layout.rows + 1) * layout.rowHeight + theme.px(10)};
    return layout;
}

} // namespace

QSize LatencyChart::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(900), theme.px(170)};
}

QSize LatencyChart::minimumSizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(240), theme.px(80)};
}

QRectF LatencyChart::plot() const
{
    const Theme &theme = m_theme->theme();
    const QFontMetrics metrics(theme.font(TextRole::Small));
    const int left = metrics.horizontalAdvance(u"000 ms"_s) + theme.px(6);
    const int top = metrics.height() / 2 + 2;
    const int bottom = metrics.height() + theme.px(6);
    return QRectF(left, top, std::max(0, width() - left - theme.px(2)), std::max(0, height() - top - bottom));
}

void LatencyChart::paintEvent(QPaintEvent *event)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setClipRegion(event->region());
    painter.fillRect(event->rect(), theme.panel);
    const QRectF area = plot();
    if (area.width() < 1 || area.height() < 1)
        return;
    const QSize pixels(grid().columns, static_cast<int>(area.height() * devicePixelRatioF()));
    if (m_lines.size() != pixels) {
        m_lines = QPixmap(pixels);
        m_dirty = {0, grid().columns - 1};
    }
    if (!m_dirty.isEmpty() && !m_lines.isNull()) {
        m_lines.setDevicePixelRatio(1); // strips are painted in device pixels
        paintStrip(m_dirty);
        m_dirty = {};
    }
    m_lines.setDevicePixelRatio(devicePixelRatioF());
    painter.drawPixmap(area.topLeft(), m_lines);
    paintLimits(painter);
    paintDeclared(painter);
    paintAxes(painter);
    if (m_hover >= 0)
        paintHover(painter);
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, theme.px(2)));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(area.adjusted(-1, -1, 1, 1));
    }
}

void LatencyChart::paintStrip(ColumnSpan columns)
{
    const Theme &theme = m_theme->theme();
    const int height = m_lines.height();
    const QRect strip(columns.first, 0, columns.last - columns.first + 1, height);
    QPainter painter(&m_lines);
    painter.setClipRect(strip);
    painter.fillRect(strip, theme.panel);
    for (int column = columns.first; column <= columns.last; ++column) {
        const auto outageAt = [&](int at) { return at < std::ssize(m_outage) && m_outage[static_cast<std::size_t>(at)] != 0; };
        int end = column;
        while (end <= columns.last && outageAt(end))
            ++end;
        if (end > column)
            painter.fillRect(QRect(column, 0, end - column, height), theme.outageShade);
        column = end;
    }
    const int hairline = std::max(1, qRound(devicePixelRatioF()));
    for (const ValueTick &tick : m_axis.ticks) {
        const int y = std::min(height - hairline, qRound((1 - m_axis.share(tick.ms)) * height));
        painter.fillRect(QRect(strip.left(), y, strip.width(), hairline), theme.gridLine);
    }
    for (int series = 0; series < m_cache.count(); ++series) {
        if (isSeriesShown(series))
            paintSeries(painter, series, columns);
    }
}

void LatencyChart::paintSeries(QPainter &painter, int series, ColumnSpan columns) const
{
    const auto bins = m_cache.bins(series);
    const auto points = vertices(bins, columns, joinColumns(series));
    const qreal thickness = 1.6 * m_theme->theme().scale * devicePixelRatioF();
    const qreal height = m_lines.height() - thickness;
    const auto y = [&](float ms) { return thickness / 2 + (1 - m_axis.share(static_cast<double>(ms))) * height; };
    QList<QRectF> spans; // columns that touch: upright bars from least to most, the cheapest thing to paint
    QPainterPath path;   // columns far apart: a line
    for (std::size_t i = 0; i < points.size(); ++i) {
        const ColumnBin &bin = bins[static_cast<std::size_t>(points[i].column)];
        const qreal x = points[i].column + 0.5;
        const bool touches = points[i].joined && points[i].column - points[i - 1].column == 1;
        qreal top = y(bin.max);
        qreal bottom = y(bin.min);
        if (touches) {
            const qreal before = y(bins[static_cast<std::size_t>(points[i - 1].column)].last);
            top = std::min(top, before);
            bottom = std::max(bottom, before);
        } else if (points[i].joined) {
            if (path.isEmpty() || path.currentPosition().x() < points[i - 1].column)
                path.moveTo(points[i - 1].column + 0.5, y(bins[static_cast<std::size_t>(points[i - 1].column)].last));
            path.lineTo(x, y(bin.last));
        }
        const bool continues = i + 1 < points.size() && points[i + 1].joined;
        const bool isLine = (points[i].joined && !touches) || (continues && points[i + 1].column - points[i].column > 1);
        if (touches || !isLine || bottom - top > thickness)
            spans.append(QRectF(x - thickness / 2, top - thickness / 2, touches ? 1.0 + thickness / 2 : thickness,
                                bottom - top + thickness));
    }
    const QColor colour = m_theme->theme().series(series);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRects(spans.constData(), static_cast<int>(spans.size()));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, thickness, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    painter.drawPath(path);
}

void LatencyChart::paintAxes(QPainter &painter) const
{
    const Theme &theme = m_theme->theme();
    const QRectF area = plot();
    const QFontMetricsF metrics(theme.font(TextRole::Small));
    painter.setFont(theme.font(TextRole::Small));
    painter.setPen(theme.textDim);
    for (const ValueTick &tick : m_axis.ticks) {
        const QRectF box(0, valueY(tick.ms) - metrics.height() / 2, area.left() - theme.px(6), metrics.height());
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    const QString zone = tr("UTC");
    const qreal top = area.bottom() + theme.px(4);
    const qreal zoneWidth = metrics.horizontalAdvance(zone);
    painter.drawText(QRectF(0, top, area.left() - theme.px(6), metrics.height()), Qt::AlignRight | Qt::AlignVCenter, zone);
    const int atMost = std::clamp(static_cast<int>(area.width() / theme.px(120)), 2, 10);
    for (const TimeTick &tick : timeTicks(grid(), atMost)) {
        const qreal x = columnX(grid().columnOf(tick.at));
        const qreal half = std::max(metrics.horizontalAdvance(tick.label) / 2 + 1, zoneWidth / 2);
        const qreal left = std::clamp(x - half, area.left(), area.right() - 2 * half);
        painter.fillRect(QRectF(x, area.bottom(), 1, theme.px(3)), theme.textFaint);
        painter.drawText(QRectF(left, top, 2 * half, metrics.height()), Qt::AlignCenter, tick.label);
    }
}

void LatencyChart::paintLimits(QPainter &painter) const
{
    const Theme &theme = m_theme->theme();
    const QRectF area = plot();
    const QFontMetricsF metrics(theme.font(TextRole::Small));
    painter.setFont(theme.font(TextRole::Small));
    for (const LimitLine &limit : m_limits) {
        if (limit.ms > m_axis.high || limit.ms < m_axis.low)
            continue;
        const qreal y = std::floor(valueY(limit.ms)) + 0.5;
        painter.setPen(QPen(theme.state(State::Degraded), 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        const QString text = limitText(limit);
        const qreal above = y - metrics.height() - 1 >= area.top() ? y - metrics.height() - 1 : y + 1;
        const QRectF box(area.right() - metrics.horizontalAdvance(text) - theme.px(14), above,
                         metrics.horizontalAdvance(text) + theme.px(6), metrics.height());
        QColor ground = theme.panel;
        ground.setAlpha(190);
        painter.fillRect(box, ground);
        painter.setPen(theme.stateText(State::Degraded));
        painter.drawText(box, Qt::AlignCenter, text);
    }
}

void LatencyChart::paintDeclared(QPainter &painter) const
{
    const IncidentPtr &incident = m_board->incident();
    if (!incident || !incident->declared || *incident->declared < grid().from || *incident->declared >= grid().to())
        return;
    const Theme &theme = m_theme->theme();
    const QRectF area = plot();
    const qreal x = std::floor(columnX(grid().columnOf(*incident->declared))) + 0.5;
    painter.setPen(QPen(theme.textDim, 1, Qt::DotLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    const QString text = incident->severity.isEmpty() ? tr("declared") : tr("declared %1").arg(incident->severity);
    painter.setFont(theme.font(TextRole::Small));
    const QFontMetricsF metrics(painter.font());
    const qreal textWidth = metrics.horizontalAdvance(text);
    const qreal left = x + theme.px(4) + textWidth < area.right() ? x + theme.px(4) : x - theme.px(4) - textWidth;
    painter.drawText(QRectF(left, area.top() + 1, textWidth + 1, metrics.height()), Qt::AlignLeft, text);
}

QRectF LatencyChart::hoverBox() const
{
    const Theme &theme = m_theme->theme();
    const QRectF area = plot();
    const QSizeF size = hoverLayout(hoverValues(), area, theme).size;
    const qreal x = columnX(m_hover);
    const qreal right = x + theme.px(12);
    const qreal left = right + size.width() <= area.right() ? right : x - theme.px(12) - size.width();
    return QRectF(QPointF(std::max(0.0, left), std::max(0.0, area.top() + theme.px(4))), size).adjusted(-1, -1, 1, 1);
}

void LatencyChart::paintHover(QPainter &painter) const
{
    const Theme &theme = m_theme->theme();
    const QRectF area = plot();
    const QList<HoverValue> values = hoverValues();
    const HoverLayout layout = hoverLayout(values, area, theme);
    const QRectF box = hoverBox().adjusted(1, 1, -1, -1);
    painter.fillRect(QRectF(std::floor(columnX(m_hover)), area.top(), 1, area.height()), theme.text);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panelRaised);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(6), theme.px(6));
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(theme.font(TextRole::Small));
    const QFontMetricsF metrics(painter.font());
    const QPointF origin = box.topLeft() + QPointF(theme.px(8), theme.px(5));
    painter.setPen(theme.text);
    painter.drawText(QRectF(origin, QSizeF(box.width(), layout.rowHeight)), Qt::AlignLeft | Qt::AlignVCenter,
                     clockTextWithSeconds(grid().timeOf(m_hover)));
    for (int i = 0; i < std::min<qsizetype>(values.size(), hoverRowsAtMost); ++i) {
        const HoverValue &value = values[i];
        const QRectF row(origin.x() + static_cast<qreal>(i / layout.rows) * layout.columnWidth,
                         origin.y() + (1 + i % layout.rows) * layout.rowHeight, layout.columnWidth, layout.rowHeight);
        painter.fillRect(QRectF(row.left(), row.center().y() - 1, theme.px(10), theme.px(2)), theme.series(value.series));
        const qreal valueWidth = metrics.horizontalAdvance(value.value) + theme.px(8);
        painter.setPen(value.failed ? theme.stateText(State::Down) : theme.text);
        painter.drawText(row.adjusted(0, 0, -theme.px(8), 0), Qt::AlignRight | Qt::AlignVCenter, value.value);
        painter.setPen(theme.textDim);
        const QRectF nameBox = row.adjusted(theme.px(14), 0, -valueWidth - theme.px(4), 0);
        painter.drawText(nameBox, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(value.name, Qt::ElideRight, nameBox.width()));
    }
}

} // namespace allclear
