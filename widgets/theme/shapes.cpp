#include "widgets/theme/shapes.h"

#include "widgets/theme/contrast.h"

#include <QCoreApplication>
#include <QPainterPath>
#include <QPixmapCache>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

// Shapes are drawn in a box of 16 units; the mark inside is cut out in the panel's colour.
constexpr qreal units = 16;

QPen markPen(const QColor &colour, qreal width = 1.9)
{
    return {colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin};
}

QPolygonF regular(int corners, qreal radius, qreal turn)
{
    QPolygonF polygon;
    for (int corner = 0; corner < corners; ++corner) {
        const qreal angle = turn + 2 * std::numbers::pi * corner / corners;
        polygon << QPointF(units / 2 + radius * std::cos(angle), units / 2 + radius * std::sin(angle));
    }
    return polygon;
}

void drawTick(QPainter &painter, const QColor &mark)
{
    painter.setPen(markPen(mark));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(QPolygonF{{4.7, 8.3}, {7.0, 10.6}, {11.3, 5.8}});
}

void drawUp(QPainter &painter, const QColor &colour, const QColor &mark)
{
    painter.setBrush(colour);
    painter.drawEllipse(QPointF(8, 8), 7.2, 7.2);
    drawTick(painter, mark);
}

void drawDegraded(QPainter &painter, const QColor &colour, const QColor &mark)
{
    painter.setBrush(colour);
    painter.setPen(QPen(colour, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolygon(QPolygonF{{8, 1.9}, {14.6, 13.6}, {1.4, 13.6}});
    painter.setPen(markPen(mark, 1.8));
    painter.drawLine(QPointF(8, 6.2), QPointF(8, 9.4));
    painter.setPen(Qt::NoPen);
    painter.setBrush(mark);
    painter.drawEllipse(QPointF(8, 12), 1.05, 1.05);
}

void drawDown(QPainter &painter, const QColor &colour, const QColor &mark)
{
    painter.setBrush(colour);
    painter.drawPolygon(regular(8, 7.7, std::numbers::pi / 8));
    painter.setPen(markPen(mark));
    painter.drawLine(QPointF(5.5, 5.5), QPointF(10.5, 10.5));
    painter.drawLine(QPointF(10.5, 5.5), QPointF(5.5, 10.5));
}

void drawUnknown(QPainter &painter, const QColor &colour)
{
    painter.setPen(QPen(colour, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(QPolygonF{{8, 1.2}, {14.8, 8}, {8, 14.8}, {1.2, 8}});
    painter.drawLine(QPointF(5.8, 8), QPointF(10.2, 8));
}

void drawRing(QPainter &painter, const QColor &track, const QColor &colour, qreal share)
{
    const QRectF box(2, 2, 12, 12);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(track, 2.2));
    painter.drawEllipse(box);
    painter.setPen(QPen(colour, 2.2, Qt::SolidLine, Qt::FlatCap));
    painter.drawArc(box, 90 * 16, -qRound(360 * 16 * share));
}

void drawFlapping(QPainter &painter, const QColor &colour)
{
    QPainterPath wave(QPointF(1.2, 9.6));
    wave.cubicTo({3.0, 1.6}, {5.6, 1.6}, {8, 8});
    wave.cubicTo({10.4, 14.4}, {13.0, 14.4}, {14.8, 6.4});
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, 2.3, Qt::SolidLine, Qt::RoundCap));
    painter.drawPath(wave);
}

void drawPaused(QPainter &painter, const QColor &colour)
{
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(3, 2.2, 3.8, 11.6), 1, 1);
    painter.drawRoundedRect(QRectF(9.2, 2.2, 3.8, 11.6), 1, 1);
}

void drawState(QPainter &painter, State state, const Theme &theme)
{
    const QColor colour = theme.state(state);
    switch (state) {
    case State::Up: return drawUp(painter, colour, theme.panel);
    case State::Degraded: return drawDegraded(painter, colour, theme.panel);
    case State::Down: return drawDown(painter, colour, theme.panel);
    case State::Unknown: return drawUnknown(painter, colour);
    case State::Checking: return drawRing(painter, blend(theme.panel, colour, 0.35), colour, 0.7);
    case State::Flapping: return drawFlapping(painter, colour);
    case State::Paused: return drawPaused(painter, colour);
    }
}

void drawCriterion(QPainter &painter, CriterionState state, qreal heldShare, const Theme &theme)
{
    switch (state) {
    case CriterionState::Met: return drawUp(painter, theme.criterion(state), theme.panel);
    case CriterionState::Holding:
        return drawRing(painter, blend(theme.panel, theme.text, 0.22), theme.criterion(state), heldShare);
    case CriterionState::Unmet: return drawDown(painter, theme.criterion(state), theme.panel);
    case CriterionState::Unknown: return drawUnknown(painter, theme.criterion(state));
    }
}

template <typename Draw>
void paintCached(QPainter &painter, const QRectF &box, const QString &key, Draw draw)
{
    const qreal side = std::min(box.width(), box.height());
    const qreal ratio = painter.device()->devicePixelRatioF();
    const int pixels = std::max(1, static_cast<int>(std::ceil(side * ratio)));
    const QString fullKey = key + u'/' + QString::number(pixels);
    QPixmap pixmap;
    if (!QPixmapCache::find(fullKey, &pixmap)) {
        pixmap = QPixmap(pixels, pixels);
        pixmap.fill(Qt::transparent);
        QPainter inner(&pixmap);
        inner.setRenderHint(QPainter::Antialiasing);
        inner.scale(pixels / units, pixels / units);
        inner.setPen(Qt::NoPen);
        draw(inner);
        inner.end();
        QPixmapCache::insert(fullKey, pixmap);
    }
    const QPointF corner(box.center().x() - side / 2, box.center().y() - side / 2);
    painter.drawPixmap(QRectF(corner, QSizeF(side, side)), pixmap, QRectF(pixmap.rect()));
}

QString appearanceKey(const Theme &theme) { return theme.appearance == Appearance::Dark ? u"dark"_s : u"light"_s; }

} // namespace

void paintState(QPainter &painter, const QRectF &box, State state, const Theme &theme)
{
    const QString key = u"allclear/state/%1/%2"_s.arg(name(state), appearanceKey(theme));
    paintCached(painter, box, key, [&](QPainter &inner) { drawState(inner, state, theme); });
}

void paintCriterion(QPainter &painter, const QRectF &box, CriterionState state, qreal heldShare, const Theme &theme)
{
    // A ring in steps of 1/60 is as smooth as eyes can tell, and few enough to keep.
    const int sixtieths = state == CriterionState::Holding ? qRound(std::clamp(heldShare, 0.0, 1.0) * 60) : 0;
    const QString key = u"allclear/criterion/%1/%2/%3"_s.arg(name(state), appearanceKey(theme)).arg(sixtieths);
    paintCached(painter, box, key, [&](QPainter &inner) { drawCriterion(inner, state, sixtieths / 60.0, theme); });
}

QString stateWord(State state)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("State", text); };
    switch (state) {
    case State::Up: return tr(QT_TRANSLATE_NOOP("State", "Up"));
    case State::Degraded: return tr(QT_TRANSLATE_NOOP("State", "Degraded"));
    case State::Down: return tr(QT_TRANSLATE_NOOP("State", "Down"));
    case State::Unknown: return tr(QT_TRANSLATE_NOOP("State", "Unknown"));
    case State::Checking: return tr(QT_TRANSLATE_NOOP("State", "Checking"));
    case State::Flapping: return tr(QT_TRANSLATE_NOOP("State", "Flapping"));
    case State::Paused: return tr(QT_TRANSLATE_NOOP("State", "Paused"));
    }
    return {};
}

void paintPanel(QPainter &painter, const QRectF &box, const Theme &theme)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.border, 1));
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(8), theme.px(8));
    painter.restore();
}

} // namespace allclear
