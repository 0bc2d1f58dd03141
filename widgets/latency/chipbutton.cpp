#include "widgets/latency/chipbutton.h"

#include <QPainter>

namespace allclear {

ChipButton::ChipButton(ThemeSource *theme, const QString &text, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(theme, &ThemeSource::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize ChipButton::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    const QFontMetrics metrics(theme.font(TextRole::Small));
    return {metrics.horizontalAdvance(text()) + theme.px(16), metrics.height() + theme.px(8)};
}

void ChipButton::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(hasFocus() ? QPen(theme.accent, theme.px(2)) : QPen(Qt::NoPen));
    painter.setBrush(isChecked() ? QBrush(theme.accentSoft) : underMouse() ? QBrush(theme.panelRaised) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(box, theme.px(4), theme.px(4));
    painter.setFont(theme.font(TextRole::Small));
    painter.setPen(isChecked() || underMouse() ? theme.text : theme.textDim);
    painter.drawText(rect(), Qt::AlignCenter, text());
}

void ChipButton::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void ChipButton::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace allclear
