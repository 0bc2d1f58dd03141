#include "widgets/causes/causebox.h"

#include "widgets/theme/shapes.h"

#include <QPainter>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

/// At most `lines` lines that fit into `width`, the last one elided.
QStringList wrapped(const QString &text, const QFontMetrics &metrics, int width, int lines)
{
    if (lines <= 1 || metrics.horizontalAdvance(text) <= width)
        return {metrics.elidedText(text, Qt::ElideRight, width)};
    QString first;
    const QStringList words = text.split(u' ');
    qsizetype taken = 0;
    for (; taken < words.size(); ++taken) {
        const QString longer = first.isEmpty() ? words[taken] : first + u' ' + words[taken];
        if (metrics.horizontalAdvance(longer) > width)
            break;
        first = longer;
    }
    if (taken == 0 || taken == words.size())
        return {metrics.elidedText(text, Qt::ElideRight, width)};
    return {first, metrics.elidedText(words.sliced(taken).join(u' '), Qt::ElideRight, width)};
}

} // namespace

CauseBox::CauseBox(ThemeSource *theme, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
}

void CauseBox::setNode(const CauseNode &node)
{
    if (node == m_node)
        return;
    m_node = node;
    setObjectName(u"cause:"_s + node.components.join(u','));
    setText(node.label);
    const QString titles = node.titles.join(u", "_s);
    const QString spoken = node.suspect ? tr("%1: %2, most upstream").arg(titles, stateWord(node.state))
                                        : tr("%1: %2").arg(titles, stateWord(node.state));
    setAccessibleName(spoken);
    setToolTip(spoken.toHtmlEscaped());
    update();
}

void CauseBox::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int hang = overhang(theme);
    const QRectF frame = QRectF(rect()).adjusted(1, hang, -hang, -1);
    const QColor colour = theme.state(m_node.state);
    painter.setBrush(theme.panelRaised);
    painter.setPen(Qt::NoPen);
    painter.drawRoundedRect(frame, theme.px(4), theme.px(4));
    if (m_node.suspect) {
        QColor fill = colour;
        fill.setAlpha(46);
        painter.setBrush(fill);
    }
    painter.setPen(QPen(hasFocus() ? theme.accent : colour, (m_node.suspect || hasFocus() ? 2.0 : 1.2) * theme.scale));
    painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), theme.px(4), theme.px(4));
    const QFontMetrics metrics(theme.font(TextRole::Small));
    const QRectF inside = frame.adjusted(theme.px(7), 0, -theme.px(5), 0);
    const int lines = std::max(1, static_cast<int>((frame.height() - theme.px(2)) / metrics.height()));
    const bool wide = metrics.horizontalAdvance(m_node.label) <= static_cast<int>(inside.width());
    const bool caption = m_node.suspect && lines >= (wide ? 2 : 3); // the whole name matters more
    QStringList rows = wrapped(m_node.label, metrics, static_cast<int>(inside.width()), caption ? lines - 1 : std::min(lines, 2));
    painter.setFont(theme.font(TextRole::Small));
    qreal y = frame.center().y() - metrics.height() * static_cast<qreal>(rows.size() + (caption ? 1 : 0)) / 2;
    painter.setPen(theme.text);
    for (const QString &row : std::as_const(rows)) {
        painter.drawText(QRectF(inside.left(), y, inside.width(), metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, row);
        y += metrics.height();
    }
    if (caption) {
        painter.setPen(theme.stateText(m_node.state));
        const int room = static_cast<int>(inside.width());
        const QString word = metrics.horizontalAdvance(tr("most upstream")) <= room ? tr("most upstream") : tr("upstream");
        painter.drawText(QRectF(inside.left(), y, inside.width(), metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(word, Qt::ElideRight, room));
    }
    const qreal side = theme.px(13);
    const QRectF badge(frame.right() - side / 2 - theme.px(1), frame.top() - side / 2 + theme.px(1), side, side);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.panel);
    painter.drawEllipse(badge.adjusted(-1, -1, 1, 1));
    paintState(painter, badge, m_node.state, theme);
}

} // namespace allclear
