#include "widgets/tiles/tilepainter.h"

#include "widgets/theme/contrast.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/shapes.h"

#include <QFontMetrics>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

constexpr int noResult = stateCount; // the key of an empty cell

void drawMiddle(QPainter &painter, const QRect &box, const QStaticText &text, const QFont &font, const QColor &colour)
{
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawStaticText(QPointF(box.left(), box.top() + (box.height() - text.size().height()) / 2), text);
}

/// How much of a cell's height a result takes: never by colour alone.
qreal cellShare(State state)
{
    switch (state) {
    case State::Down: return 1.0;
    case State::Degraded: return 0.8;
    default: return 0.6;
    }
}

} // namespace

QPixmap TilePainter::background(State state, const TileLook &look)
{
    const int variant = look.focused ? 3 : look.current ? 2 : look.hovered ? 1 : 0;
    const int key = int(state) * 4 + variant;
    if (const auto found = m_backgrounds.constFind(key); found != m_backgrounds.cend())
        return *found;
    QPixmap pixmap(m_size * m_ratio);
    pixmap.setDevicePixelRatio(m_ratio);
    pixmap.fill(m_theme.window);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box(QPointF(0, 0), QSizeF(m_size));
    const qreal radius = m_theme.px(m_density >= Density::Tiny ? 4 : 6);
    QPainterPath outline;
    outline.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter.fillPath(outline, variant == 1 ? blend(m_theme.panel, m_theme.text, 0.04) : m_theme.panel);
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(QRectF(0, 0, m_theme.px(m_density >= Density::Tiny ? 4 : 5), m_size.height()), m_theme.state(state));
    painter.restore();
    painter.setPen(QPen(variant >= 2 ? m_theme.accent : m_theme.border, 1));
    painter.drawPath(outline);
    if (variant == 3) {
        painter.setPen(QPen(m_theme.accent, 2));
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), radius, radius);
    }
    painter.end();
    m_backgrounds.insert(key, pixmap);
    return pixmap;
}

QPixmap TilePainter::cell(State state)
{
    const int key = int(state);
    if (const auto found = m_cells.constFind(key); found != m_cells.cend())
        return *found;
    const int pitch = std::max(2, m_results.width() / recentResultCount);
    const QSize size(std::max(1, pitch - (pitch > 3 ? m_theme.px(2) : 1)), m_results.height());
    QPixmap pixmap(size * m_ratio);
    pixmap.setDevicePixelRatio(m_ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal height = std::ceil(size.height() * (key == noResult ? 0.6 : cellShare(state)));
    const QRectF box(0, size.height() - height, size.width(), height);
    const qreal radius = size.width() > 3 ? 1.5 : 0;
    const bool hollow = key == noResult || state == State::Unknown;
    painter.setPen(hollow ? QPen(key == noResult ? m_theme.border : m_theme.state(state), 1) : QPen(Qt::NoPen));
    painter.setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(m_theme.state(state)));
    painter.drawRoundedRect(hollow ? box.adjusted(0.5, 0.5, -0.5, -0.5) : box, radius, radius);
    painter.end();
    m_cells.insert(key, pixmap);
    return pixmap;
}

void TilePainter::paintResults(QPainter &painter, const QRect &box, const Tile &tile)
{
    const auto shown = static_cast<int>(std::min<qsizetype>(tile.recent.size(), recentResultCount));
    const qsizetype skipped = tile.recent.size() - shown;
    for (int i = 0; i < recentResultCount; ++i) {
        const int result = i - (recentResultCount - shown); // the newest stands at the right
        const State state = result < 0 ? static_cast<State>(noResult) : tile.recent[skipped + result];
        painter.drawPixmap(QPoint(box.left() + i * box.width() / recentResultCount, box.top()), cell(state));
    }
}

void TilePainter::paintSparkline(QPainter &painter, const QRect &box, const Tile &tile) const
{
    const std::vector<float> &values = tile.sparkline;
    float most = 0;
    for (const float value : values)
        most = std::isnan(value) ? most : std::max(most, value);
    if (values.size() < 2 || most <= 0 || box.height() < 4)
        return;
    const qreal step = box.width() / qreal(values.size() - 1);
    QPolygonF run;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.state(tile.state), 1.3 * m_theme.scale));
    painter.setBrush(m_theme.state(tile.state));
    const auto flush = [&painter, &run] {
        if (run.size() > 1)
            painter.drawPolyline(run);
        else if (run.size() == 1)
            painter.drawEllipse(run.first(), 0.8, 0.8);
        run.clear();
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) { // no answer: a gap, never a zero
            flush();
            continue;
        }
        const qreal share = qreal(values[i] / most);
        run << QPointF(box.left() + qreal(i) * step, box.bottom() - share * (box.height() - 2) - 0.5);
    }
    flush();
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void TilePainter::paintFooter(QPainter &painter, const QRect &box, const Tile &tile, const TileText &text, const QString &age) const
{
    const int room = box.width() - (text.chipWidth > 0 ? text.chipWidth + m_theme.px(5) : 0);
    const QFontMetrics metrics(m_fonts.small);
    QString shown = age;
    if (metrics.horizontalAdvance(shown) > room)
        shown = metrics.elidedText(age.section(u" · "_s, 0, 0), Qt::ElideRight, room);
    painter.setFont(m_fonts.small);
    painter.setPen(m_theme.textFaint);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
    if (text.chipWidth == 0)
        return;
    const QRect chip(box.right() + 1 - text.chipWidth, box.top() + m_theme.px(1), text.chipWidth, box.height() - m_theme.px(2));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(text.suspectChip ? blend(m_theme.panel, m_theme.state(tile.state), 0.16) : m_theme.chip);
    painter.drawRoundedRect(chip, m_theme.px(3), m_theme.px(3));
    painter.setRenderHint(QPainter::Antialiasing, false);
    drawMiddle(painter, chip.adjusted(m_theme.px(6), 0, 0, 0), text.chip, m_fonts.chip, m_theme.text);
}

void TilePainter::paintRerun(QPainter &painter, const QRect &box, const RerunLook &look) const
{
    const int side = m_theme.px(m_density >= Density::Tiny ? 13 : 16);
    const QRect icon(box.center() - QPoint(side / 2, side / 2) + QPoint(1, 0), QSize(side, side));
    switch (look.state) {
    case RerunState::Idle:
        if (look.hovered) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.chip);
            painter.drawRoundedRect(box, m_theme.px(4), m_theme.px(4));
            painter.setRenderHint(QPainter::Antialiasing, false);
        }
        return paintIcon(painter, icon, Icon::Rerun, look.hovered ? m_theme.text : m_theme.textFaint);
    case RerunState::Done: return paintIcon(painter, icon, Icon::Check, m_theme.stateText(State::Up));
    case RerunState::Running: break;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF ring = QRectF(icon).adjusted(2, 2, -2, -2);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.border, 2));
    painter.drawEllipse(ring);
    painter.setPen(QPen(m_theme.accent, 2, Qt::SolidLine, Qt::FlatCap));
    painter.drawArc(ring, qRound((0.25 - look.turn) * 360 * 16), -100 * 16);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void TilePainter::paintHeading(QPainter &painter, const QPoint &corner, const Tile &tile, const TileText &text) const
{
    paintState(painter, m_shape.translated(corner), tile.state, m_theme);
    const QRect title = m_title.translated(corner);
    drawMiddle(painter, title, text.title, m_fonts.title, m_theme.text);
    if (tile.insecure) {
        const int side = m_theme.px(m_density >= Density::Tiny ? 11 : 14);
        const QRect badge(title.left() + text.titleWidth + m_theme.px(3), title.center().y() - side / 2, side, side);
        paintIcon(painter, badge, Icon::Insecure, m_theme.stateText(State::Degraded));
    }
}

void TilePainter::paint(QPainter &painter, const QRect &rect, const QRect &dirty, const Tile &tile, const TileText &text,
                        const QString &age, const TileLook &look)
{
    const QPoint corner = rect.topLeft();
    const auto touched = [&dirty, &corner](const QRect &part) {
        return part.isValid() && part.translated(corner).intersects(dirty);
    };
    const QRect seen = dirty.intersected(rect);
    const QRectF source((QPointF(seen.topLeft() - corner)) * m_ratio, QSizeF(seen.size()) * m_ratio);
    painter.drawPixmap(QRectF(seen), background(tile.state, look), source);
    if (touched(m_shape.united(m_title)))
        paintHeading(painter, corner, tile, text);
    if (touched(m_value)) {
        QRect box = m_value.translated(corner);
        if (m_density == Density::Micro)
            box.setLeft(box.right() + 1 - qRound(text.value.size().width()));
        drawMiddle(painter, box, text.value, m_fonts.value, m_theme.stateText(tile.state));
    }
    const bool small = m_density >= Density::Tiny; // there the button covers the title's end, so only while it is wanted
    if (touched(m_rerun) && (!small || look.hovered || look.rerun.state != RerunState::Idle)) {
        if (small)
            painter.fillRect(m_rerun.translated(corner), m_theme.panelRaised);
        paintRerun(painter, m_rerun.translated(corner), look.rerun);
    }
    if (touched(m_reason))
        drawMiddle(painter, m_reason.translated(corner), text.reason, m_fonts.small, m_theme.textDim);
    if (touched(m_sparkline))
        paintSparkline(painter, m_sparkline.translated(corner), tile);
    if (touched(m_results))
        paintResults(painter, m_results.translated(corner), tile);
    if (touched(m_footer))
        paintFooter(painter, m_footer.translated(corner), tile, text, age);
}

} // namespace allclear
