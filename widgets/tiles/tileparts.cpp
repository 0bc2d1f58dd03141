// What a tile is made of: fonts, places and words for each density.
#include "widgets/tiles/tilepainter.h"

#include <QCoreApplication>
#include <QFontMetrics>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

QStaticText laidOut(const QString &text, const QFont &font)
{
    QStaticText result(text);
    result.setTextFormat(Qt::PlainText);
    result.setPerformanceHint(QStaticText::AggressiveCaching);
    result.prepare({}, font);
    return result;
}

} // namespace

void TilePainter::prepare(const Theme &theme, Density density, QSize tile, qreal devicePixelRatio)
{
    const bool same = m_density == density && m_size == tile && qFuzzyCompare(m_ratio, devicePixelRatio)
                      && m_theme.appearance == theme.appearance && qFuzzyCompare(m_theme.scale, theme.scale);
    if (same && m_ratio > 0)
        return;
    m_theme = theme;
    m_density = density;
    m_size = tile;
    m_ratio = devicePixelRatio;
    m_backgrounds.clear();
    m_cells.clear();
    m_fonts.title = theme.font(TextRole::Heading);
    m_fonts.value = theme.font(TextRole::Value);
    m_fonts.small = theme.font(TextRole::Small);
    m_fonts.chip = m_fonts.small;
    // More room makes the word larger: it is what is read from afar.
    const int spare = qRound(tile.height() / theme.scale);
    switch (density) {
    case Density::Large: m_fonts.value.setPixelSize(theme.px(std::clamp(22 + (spare - 132) / 5, 22, 34))); break;
    case Density::Medium: m_fonts.value.setPixelSize(theme.px(19)); break;
    case Density::Compact: m_fonts.value.setPixelSize(theme.px(17)); break;
    case Density::Tiny: m_fonts.value.setPixelSize(theme.px(std::clamp(12 + (spare - 47) / 4, 12, 18))); break;
    case Density::Micro: m_fonts.value.setPixelSize(theme.px(11)); break;
    }
    if (density != Density::Large)
        m_fonts.title.setPixelSize(theme.px(density >= Density::Tiny ? 12 : 13));
    placeParts();
}

void TilePainter::placeParts()
{
    m_value = m_reason = m_sparkline = m_results = m_footer = QRect();
    m_density >= Density::Tiny ? placeSmall() : placeWhole();
}

void TilePainter::placeWhole()
{
    const auto px = [this](int at1) { return m_theme.px(at1); };
    const bool roomy = m_density == Density::Large;
    const int left = px(roomy ? 15 : 13);
    const int right = m_size.width() - px(roomy ? 12 : 9);
    const int width = right - left;
    const int top = px(roomy ? 9 : 6);
    const int line = px(20);
    const int shape = px(roomy ? 17 : 15);
    const int button = px(roomy ? 24 : 22);
    m_shape = QRect(left, top + (line - shape) / 2, shape, shape);
    m_rerun = QRect(right - button + px(4), top + (line - button) / 2, button, button);
    const int titleLeft = m_shape.right() + 1 + px(roomy ? 9 : 6);
    m_title = QRect(titleLeft, top, m_rerun.left() - px(roomy ? 4 : 1) - titleLeft, line);
    int y = top + line;
    const int valueLine = QFontMetrics(m_fonts.value).height() - px(2);
    m_value = QRect(left, y, width, valueLine);
    y += valueLine;
    if (m_density != Density::Compact) {
        m_reason = QRect(left, y, width, px(16));
        y += px(16);
    }
    const int footer = px(18);
    m_footer = QRect(left, m_size.height() - px(roomy ? 7 : 4) - footer, width, footer);
    const int cells = px(roomy ? 9 : 7);
    m_results = QRect(left, m_footer.top() - px(roomy ? 5 : 2) - cells, width, cells);
    if (roomy)
        m_sparkline = QRect(left, y + px(3), width, std::min(m_results.top() - px(6) - y - px(3), px(40)));
}

void TilePainter::placeSmall()
{
    const auto px = [this](int at1) { return m_theme.px(at1); };
    const bool oneLine = m_density == Density::Micro;
    const int left = px(9);
    const int right = m_size.width() - px(6);
    const int top = px(3);
    const int line = oneLine ? m_size.height() - 2 * top : px(17);
    const int shape = px(12);
    m_shape = QRect(left, top + (line - shape) / 2, shape, shape);
    m_rerun = QRect(right - px(17), top + (line - px(18)) / 2, px(18), px(18)); // over the title's end while hovered
    const int titleLeft = m_shape.right() + 1 + px(5);
    m_title = QRect(titleLeft, top, right - titleLeft, line);
    if (!oneLine) {
        const int cells = px(6);
        m_results = QRect(left, m_size.height() - px(4) - cells, right - left, cells);
        m_value = QRect(left, top + line, right - left, m_results.top() - top - line);
    } else if (const int value = px(64); m_title.width() >= px(70) + value) {
        m_value = QRect(right - value, top, value, line);
        m_title.setRight(m_value.left() - px(4));
    }
}

QString TilePainter::fitted(const QString &text, const QFont &font, int width) const
{
    return QFontMetrics(font).elidedText(text, Qt::ElideMiddle, width);
}

TileText TilePainter::layOut(const Tile &tile) const
{
    TileText text;
    text.valid = true;
    const int badge = tile.insecure ? m_theme.px(m_density >= Density::Tiny ? 14 : 18) : 0;
    const QString title = fitted(tile.title, m_fonts.title, m_title.width() - badge);
    text.title = laidOut(title, m_fonts.title);
    text.titleWidth = QFontMetrics(m_fonts.title).horizontalAdvance(title);
    text.value = laidOut(fitted(tile.value, m_fonts.value, m_value.width()), m_fonts.value);
    if (m_reason.isValid())
        text.reason = laidOut(QFontMetrics(m_fonts.small).elidedText(tile.reason, Qt::ElideRight, m_reason.width()), m_fonts.small); // a sentence is read from its start
    if (m_footer.isValid() && (!tile.waitsOn.isEmpty() || tile.suspect))
        layOutChip(text, tile);
    return text;
}

void TilePainter::layOutChip(TileText &text, const Tile &tile) const
{
    const bool waits = !tile.waitsOn.isEmpty();
    const QStringList wordings = waits ? QStringList{QCoreApplication::translate("Tile", "waits on %1").arg(tile.waitsOn), u"↑ "_s + tile.waitsOn}
                                       : QStringList{QCoreApplication::translate("Tile", "most upstream"),
                                                     QCoreApplication::translate("Tile", "upstream")};
    const QFontMetrics metrics(m_fonts.chip);
    const int padding = m_theme.px(12);
    // An age alone ("14 s ago") always keeps its place.
    const int room = m_footer.width() - metrics.horizontalAdvance(u"00 s ago"_s) - m_theme.px(6) - padding;
    const auto fitting = std::find_if(wordings.begin(), wordings.end(),
                                      [&](const QString &wording) { return metrics.horizontalAdvance(wording) <= room; });
    const QString chip = fitting != wordings.end() ? *fitting : metrics.elidedText(wordings.last(), Qt::ElideRight, room);
    text.chip = laidOut(chip, m_fonts.chip);
    text.chipWidth = metrics.horizontalAdvance(chip) + padding;
    text.suspectChip = !waits;
}

} // namespace allclear
