#include "widgets/theme/icons.h"

#include <QFile>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <array>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

constexpr std::array<QLatin1StringView, 17> files = {
    "board"_L1, "latency"_L1, "journeys"_L1, "runs"_L1,   "causes"_L1,  "timeline"_L1, "brief"_L1, "rerun"_L1,
    "pause"_L1, "resume"_L1,  "check"_L1,    "warning"_L1, "sun"_L1,    "moon"_L1,     "help"_L1,  "close"_L1,
    "insecure"_L1};

QByteArray source(Icon icon, const QColor &colour)
{
    QFile file(u":/icons/%1.svg"_s.arg(files[static_cast<std::size_t>(icon)]));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return file.readAll().replace("currentColor", colour.name().toLatin1());
}

} // namespace

QPixmap iconPixmap(Icon icon, const QColor &colour, int side, qreal devicePixelRatio)
{
    const int pixels = qRound(side * devicePixelRatio);
    const QString key = u"allclear/icon/%1/%2/%3"_s.arg(files[static_cast<std::size_t>(icon)], colour.name()).arg(pixels);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(pixels, pixels);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        QSvgRenderer(source(icon, colour)).render(&painter);
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

void paintIcon(QPainter &painter, const QRectF &box, Icon icon, const QColor &colour)
{
    const int side = qRound(qMin(box.width(), box.height()));
    const QPixmap pixmap = iconPixmap(icon, colour, side, painter.device()->devicePixelRatioF());
    painter.drawPixmap(QPointF(box.center().x() - side / 2.0, box.center().y() - side / 2.0), pixmap);
}

} // namespace allclear
