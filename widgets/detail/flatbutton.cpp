#include "widgets/detail/flatbutton.h"

#include <QPainter>

namespace allclear {

FlatButton::FlatButton(ThemeSource *theme, const QString &text, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setCaption(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(theme, &ThemeSource::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FlatButton::setCaption(const QString &text)
{
    if (text == this->text())
        return;
    setText(text);
    setAccessibleName(text);
    updateGeometry();
}

QSize FlatButton::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    const QFontMetrics metrics(theme.font(TextRole::Small));
    return {metrics.horizontalAdvance(text()) + theme.px(20), metrics.height() + theme.px(10)};
}

void FlatButton::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hasFocus() ? theme.accent : theme.border, hasFocus() ? theme.px(2) : 1));
    painter.setBrush(isDown() || underMouse() ? theme.chip : theme.panelRaised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(5), theme.px(5));
    painter.setFont(theme.font(TextRole::Small));
    painter.setPen(isEnabled() ? theme.text : theme.textFaint);
    painter.drawText(rect(), Qt::AlignCenter, text());
}

} // namespace allclear
