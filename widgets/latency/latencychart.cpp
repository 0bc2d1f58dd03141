#include "widgets/latency/latencychart.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

LatencyChart::LatencyChart(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme)
{
    setObjectName(u"latencyChart"_s);
    setAccessibleName(tr("Latency of all endpoints over time"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(board, &Board::incidentChanged, this, &LatencyChart::takeIncident);
    connect(board, &Board::changed, this, &LatencyChart::advance);
    connect(board->series(), &SeriesStore::wasReset, this, &LatencyChart::rebuild);
    connect(board->series(), &SeriesStore::stretchChanged, this, &LatencyChart::takeStretch);
    connect(theme, &ThemeSource::changed, this, &LatencyChart::rebuild);
    takeIncident();
}

void LatencyChart::setRange(Range range)
{
    if (range == m_range)
        return;
    m_range = range;
    rebuild();
}

void LatencyChart::setScale(Scale scale)
{
    if (scale == m_scale)
        return;
    m_scale = scale;
    updateAxis();
    repaintAll();
}

void LatencyChart::setSeriesShown(int series, bool shown)
{
    if (shown == isSeriesShown(series))
        return;
    shown ? void(m_hidden.remove(series)) : void(m_hidden.insert(series));
    updateAxis();
    repaintAll();
}

void LatencyChart::takeIncident()
{
    m_limits.clear();
    m_watched.clear();
    m_hidden.clear();
    if (const IncidentPtr incident = m_board->incident()) {
        m_limits = limitLines(*incident);
        for (qsizetype i = 0; i < incident->endpoints.size(); ++i) {
            if (incident->availabilityOf.isEmpty() || incident->availabilityOf.contains(incident->endpoints[i].key()))
                m_watched.push_back(static_cast<int>(i));
            if (incident->endpoints[i].kind == Kind::Journey)
                m_hidden.insert(static_cast<int>(i)); // a journey lasts as long as its steps; the legend brings it back
        }
    }
    rebuild();
}

void LatencyChart::rebuild()
{
    const auto declared = m_board->incident() ? m_board->incident()->declared : std::nullopt;
    m_cache.rebuild(*m_board->series(), gridFor(m_range, declared, m_board->clock().now(), columnCount(), {}));
    updateAxis();
    updateOutage();
    m_hover = std::min(m_hover, grid().columns - 1);
    describe();
    repaintAll();
}

void LatencyChart::takeStretch(int series, TimePoint first, TimePoint last)
{
    if (m_cache.count() != m_board->series()->count())
        return rebuild();
    const ColumnSpan touched = m_cache.refresh(*m_board->series(), series, first, last);
    if (touched.isEmpty())
        return;
    if (exceedsAxis(series, touched) && updateAxis())
        return repaintAll();
    markDirty(widened(series, touched));
}

bool LatencyChart::exceedsAxis(int series, ColumnSpan touched) const
{
    const auto bins = m_cache.bins(series).subspan(static_cast<std::size_t>(touched.first),
                                                   static_cast<std::size_t>(touched.last) - static_cast<std::size_t>(touched.first) + 1);
    return std::ranges::any_of(bins, [this](const ColumnBin &bin) {
        return hasAnswer(bin) && (static_cast<double>(bin.max) > m_axis.high || static_cast<double>(bin.min) < m_axis.low);
    });
}

void LatencyChart::advance()
{
    const auto declared = m_board->incident() ? m_board->incident()->declared : std::nullopt;
    const TimeGrid next = gridFor(m_range, declared, m_board->clock().now(), columnCount(), grid());
    const int moved = m_cache.moveTo(*m_board->series(), next);
    if (moved >= next.columns && moved > 0) {
        updateAxis();
        updateOutage();
        return repaintAll();
    }
    if (moved > 0) {
        const int columns = grid().columns;
        m_outage.erase(m_outage.begin(), m_outage.begin() + std::min<std::ptrdiff_t>(moved, std::ssize(m_outage)));
        m_outage.resize(static_cast<std::size_t>(columns), 0);
        if (m_hover >= 0)
            m_hover = std::max(0, m_hover - moved);
        if (!m_lines.isNull())
            m_lines.scroll(-moved, 0, m_lines.rect());
        if (!m_dirty.isEmpty())
            m_dirty = {std::max(0, m_dirty.first - moved), m_dirty.last};
        const ColumnSpan came{columns - moved - 1, columns - 1};
        for (int series = 0; series < m_cache.count(); ++series)
            m_dirty = m_dirty.united(widened(series, came));
        if (updateAxis())
            repaintAll();
        update();
    }
    updateOutage();
}

bool LatencyChart::updateAxis()
{
    float lowest = std::numeric_limits<float>::infinity();
    float highest = 0;
    for (int series = 0; series < m_cache.count(); ++series) {
        if (!isSeriesShown(series))
            continue;
        for (const ColumnBin &bin : m_cache.bins(series)) {
            if (hasAnswer(bin)) {
                lowest = std::min(lowest, bin.min);
                highest = std::max(highest, bin.max);
            }
        }
    }
    double top = static_cast<double>(highest);
    for (const LimitLine &limit : m_limits) // a limit is shown when it stays readable beside the lines
        top = limit.ms <= 20 * std::max(top, 100.0) ? std::max(top, 1.15 * limit.ms) : top;
    const int steps = std::max(1, static_cast<int>(plot().height() / m_theme->theme().px(34)));
    const ValueAxis axis = valueAxis(m_scale, static_cast<double>(lowest), top, std::min(steps, 5));
    if (axis == m_axis)
        return false;
    m_axis = axis;
    return true;
}

void LatencyChart::updateOutage()
{
    std::vector<int> watched;
    m_carry.clear();
    for (const int series : m_watched) {
        if (series < m_cache.count()) {
            watched.push_back(series);
            m_carry.push_back(joinColumns(series));
        }
    }
    auto outage = outageColumns(m_cache, watched, m_carry, grid().columnOf(m_board->clock().now()));
    const auto [now, before] = std::ranges::mismatch(outage, m_outage);
    if (now != outage.end() || before != m_outage.end()) {
        const int first = static_cast<int>(now - outage.begin());
        int last = static_cast<int>(outage.size()) - 1;
        const auto same = [&](int column) {
            return column < std::ssize(m_outage)
                && outage[static_cast<std::size_t>(column)] == m_outage[static_cast<std::size_t>(column)];
        };
        while (last > first && same(last))
            --last;
        m_outage = std::move(outage);
        markDirty({first, last});
    }
}

void LatencyChart::repaintAll()
{
    m_dirty = {0, grid().columns - 1};
    m_lines = {};
    update();
}

void LatencyChart::markDirty(ColumnSpan columns)
{
    if (columns.isEmpty())
        return;
    m_dirty = m_dirty.united(columns);
    if (m_hover >= 0)
        return update();
    const QRectF area = plot();
    update(QRectF(columnX(columns.first) - 2, area.top() - 2, columnX(columns.last + 1) - columnX(columns.first) + 4,
                  area.height() + 4).toAlignedRect());
}

ColumnSpan LatencyChart::widened(int series, ColumnSpan touched) const
{
    ColumnSpan wide = touched;
    const auto points = vertices(m_cache.bins(series), touched, joinColumns(series));
    if (!points.empty())
        wide = wide.united({std::max(points.front().column, touched.first - joinColumns(series)),
                            std::min(points.back().column, touched.last + joinColumns(series))});
    return {std::max(0, wide.first - 2), std::min(grid().columns - 1, wide.last + 2)};
}

void LatencyChart::setHover(int column)
{
    const int limited = std::clamp(column, -1, grid().columns - 1);
    if (limited == m_hover)
        return;
    const auto region = [this] {
        return QRectF(columnX(m_hover) - 4, plot().top() - 2, 8, plot().height() + 4).united(hoverBox()).toAlignedRect();
    };
    if (m_hover >= 0)
        update(region());
    m_hover = limited;
    if (m_hover >= 0)
        update(region());
    describe();
}

void LatencyChart::describe()
{
    QStringList parts;
    for (const LimitLine &limit : m_limits)
        parts += limitText(limit);
    if (m_hover >= 0)
        parts += hoverText();
    setAccessibleDescription(parts.join(u". "_s));
}

void LatencyChart::resizeEvent(QResizeEvent *) { rebuild(); }

void LatencyChart::mouseMoveEvent(QMouseEvent *event)
{
    const QRectF area = plot();
    const bool inside = area.adjusted(-1, 0, 1, 0).contains(event->position());
    setHover(inside ? std::max(0, static_cast<int>((event->position().x() - area.left()) * devicePixelRatioF())) : -1);
}

void LatencyChart::leaveEvent(QEvent *)
{
    if (!hasFocus())
        setHover(-1);
}

void LatencyChart::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void LatencyChart::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    setHover(-1);
    update();
}

void LatencyChart::keyPressEvent(QKeyEvent *event)
{
    const int last = std::clamp(grid().columnOf(m_board->clock().now()), 0, std::max(0, grid().columns - 1));
    const int from = m_hover < 0 ? last : m_hover;
    const int stride = event->modifiers().testFlag(Qt::ControlModifier) ? std::max(1, grid().columns / 20) : 1;
    switch (event->key()) {
    case Qt::Key_Left: return setHover(m_hover < 0 ? last : std::max(0, from - stride));
    case Qt::Key_Right: return setHover(m_hover < 0 ? last : std::min(grid().columns - 1, from + stride));
    case Qt::Key_Home: return setHover(0);
    case Qt::Key_End: return setHover(last);
    case Qt::Key_Escape:
        if (m_hover >= 0)
            return setHover(-1);
        break;
    default: break;
    }
    QWidget::keyPressEvent(event);
}

int LatencyChart::columnCount() const { return std::max(0, static_cast<int>(plot().width() * devicePixelRatioF())); }

int LatencyChart::joinColumns(int series) const
{
    const IncidentPtr &incident = m_board->incident();
    const Duration stale = incident && series < incident->endpoints.size() ? incident->endpoints[series].staleAfter()
                                                                           : Duration(30s);
    return std::max(1, grid().columnsIn(stale));
}

qreal LatencyChart::columnX(int column) const { return plot().left() + column / devicePixelRatioF(); }

qreal LatencyChart::valueY(double ms) const { return plot().bottom() - m_axis.share(ms) * plot().height(); }

QString LatencyChart::seriesName(int series) const
{
    const IncidentPtr &incident = m_board->incident();
    return incident && series < incident->endpoints.size() ? incident->endpoints[series].name : m_board->series()->name(series);
}

QList<HoverValue> LatencyChart::hoverValues() const
{
    QList<HoverValue> values;
    for (int series = 0; m_hover >= 0 && series < m_cache.count(); ++series) {
        if (!isSeriesShown(series))
            continue;
        const auto bins = m_cache.bins(series);
        const int column = nearestResult(bins, m_hover, joinColumns(series));
        if (column < 0)
            continue;
        const ColumnBin &bin = bins[static_cast<std::size_t>(column)];
        const auto text = [](float ms) { return durationText(fromMs(static_cast<double>(ms))); };
        HoverValue value{.series = series, .name = seriesName(series), .value = tr("no answer"), .failed = bin.failures > 0};
        if (hasAnswer(bin))
            value.value = text(bin.min) == text(bin.max) ? text(bin.last) : tr("%1 … %2").arg(text(bin.min), text(bin.max));
        values.append(value);
    }
    return values;
}

QString LatencyChart::hoverText() const
{
    if (m_hover < 0)
        return {};
    QStringList parts;
    for (const HoverValue &value : hoverValues())
        parts += tr("%1 %2").arg(value.name, value.value);
    const QString time = clockTextWithSeconds(grid().timeOf(m_hover));
    return parts.isEmpty() ? tr("%1: no results").arg(time) : tr("%1: %2").arg(time, parts.join(u", "_s));
}

QString LatencyChart::limitText(const LimitLine &limit) const
{
    QStringList numbers;
    for (const int number : limit.criteria)
        numbers += QString::number(number);
    const double seconds = limit.ms / 1000;
    const QString value = limit.ms < 1000 ? tr("%1 ms").arg(limit.ms) : tr("%1 s").arg(seconds);
    return numbers.size() == 1 ? tr("limit %1 (criterion %2)").arg(value, numbers.first())
                               : tr("limit %1 (criteria %2)").arg(value, numbers.join(u", "_s));
}

} // namespace allclear
