#include "widgets/shell/keysoverlay.h"

#include "widgets/theme/shapes.h"

#include <QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace allclear {

KeysOverlay::KeysOverlay(ThemeSource *theme, QList<KeyText> keys, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_keys(std::move(keys))
{
    setObjectName(u"keysOverlay"_s);
    QStringList spoken;
    for (const KeyText &key : m_keys)
        spoken << key.keys + u": "_s + key.does;
    setAccessibleName(tr("Keys. %1").arg(spoken.join(u"; "_s)));
    connect(theme, &ThemeSource::changed, this, qOverload<>(&QWidget::update));
    hide();
}

void KeysOverlay::mousePressEvent(QMouseEvent *) { hide(); }

void KeysOverlay::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    QColor scrim = theme.window;
    scrim.setAlpha(200);
    painter.fillRect(rect(), scrim);
    const QFont body = theme.font(TextRole::Body);
    const QFont bold = theme.font(TextRole::Heading);
    const int pad = theme.px(24);
    const int heading = QFontMetrics(theme.font(TextRole::Title)).height() + theme.px(14);
    const auto count = static_cast<int>(m_keys.size());
    const int line = std::min(QFontMetrics(body).height() + theme.px(9), (height() - 2 * pad - heading - theme.px(8)) / std::max(1, count));
    int keysWidth = 0;
    int textWidth = 0;
    for (const KeyText &key : m_keys) {
        keysWidth = std::max(keysWidth, QFontMetrics(bold).horizontalAdvance(key.keys));
        textWidth = std::max(textWidth, QFontMetrics(body).horizontalAdvance(key.does));
    }
    const QSize size(std::min(width(), 2 * pad + keysWidth + theme.px(28) + textWidth), 2 * pad + heading + count * line);
    const QRect box(QPoint((width() - size.width()) / 2, (height() - size.height()) / 2), size);
    paintPanel(painter, box, theme);
    painter.setFont(theme.font(TextRole::Title));
    painter.setPen(theme.text);
    painter.drawText(QRect(box.left() + pad, box.top() + pad, size.width() - 2 * pad, heading), Qt::AlignLeft | Qt::AlignTop, tr("Keys"));
    int y = box.top() + pad + heading;
    for (const KeyText &key : m_keys) {
        painter.setFont(bold);
        painter.setPen(theme.text);
        painter.drawText(QRect(box.left() + pad, y, keysWidth, line), Qt::AlignLeft | Qt::AlignVCenter, key.keys);
        painter.setFont(body);
        painter.setPen(theme.textDim);
        painter.drawText(QRect(box.left() + pad + keysWidth + theme.px(28), y, textWidth + pad, line), Qt::AlignLeft | Qt::AlignVCenter, key.does);
        y += line;
    }
}

} // namespace allclear
