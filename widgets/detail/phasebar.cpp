#include "widgets/detail/phasebar.h"

#include <QPainter>

#include <algorithm>
#include <numeric>

namespace allclear {

using namespace Qt::StringLiterals;

QList<std::pair<double, double>> phaseShares(const QList<PhasePart> &parts, double thinnest)
{
    double total = 0;
    for (const PhasePart &part : parts)
        total += std::max(0.0, toMs(part.took));
    QList<double> widths;
    for (const PhasePart &part : parts)
        widths += std::max(thinnest, total > 0 ? toMs(part.took) / total : 1.0 / static_cast<double>(parts.size()));
    const double sum = std::accumulate(widths.cbegin(), widths.cend(), 0.0);
    QList<std::pair<double, double>> shares;
    double at = 0;
    for (const double width : widths) {
        shares.append({at, at + width / sum});
        at = shares.last().second;
    }
    return shares;
}

PhaseBar::PhaseBar(ThemeSource *theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(theme, &ThemeSource::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void PhaseBar::setParts(const QList<PhasePart> &parts)
{
    const bool grows = parts.size() != m_parts.size();
    m_parts = parts;
    setVisible(!parts.isEmpty());
    setAccessibleName(tr("Phases: %1").arg(phasesText(parts)));
    if (grows)
        updateGeometry();
    update();
}

QSize PhaseBar::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    const int row = QFontMetrics(theme.font(TextRole::Small)).height() + theme.px(3);
    return {theme.px(300), static_cast<int>(m_parts.size()) * row};
}

void PhaseBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(TextRole::Small));
    const QFontMetrics metrics(painter.font());
    const int row = metrics.height() + theme.px(3);
    const int left = metrics.horizontalAdvance(u"connect"_s) + theme.px(10);
    const int right = metrics.horizontalAdvance(u"00 m 00 s"_s) + theme.px(8);
    const QRectF area(left, 0, std::max(1, width() - left - right), height());
    const auto shares = phaseShares(m_parts, 2 / area.width());
    for (qsizetype i = 0; i < m_parts.size(); ++i) {
        const qreal top = static_cast<qreal>(i) * row;
        painter.setPen(theme.textDim);
        painter.drawText(QRectF(0, top, left, row), Qt::AlignLeft | Qt::AlignVCenter, QString(name(m_parts[i].phase)));
        painter.setPen(theme.text);
        painter.drawText(QRectF(area.right(), top, right, row), Qt::AlignRight | Qt::AlignVCenter, durationText(m_parts[i].took));
        const QRectF track(area.left(), top + row / 2.0 - theme.px(4), area.width(), theme.px(8));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.panelRaised);
        painter.drawRoundedRect(track, theme.px(2), theme.px(2));
        painter.setBrush(theme.series(static_cast<int>(m_parts[i].phase)));
        const qreal from = track.left() + shares[i].first * track.width();
        const qreal to = track.left() + shares[i].second * track.width();
        painter.drawRoundedRect(QRectF(from, track.top(), std::max(2.0, to - from), track.height()), theme.px(2), theme.px(2));
    }
}

} // namespace allclear
