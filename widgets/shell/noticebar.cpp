#include "widgets/shell/noticebar.h"

#include "widgets/theme/contrast.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/shapes.h"

#include <QFontDatabase>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {
constexpr int linesAtMost = 8;
}

NoticeBar::NoticeBar(ThemeSource *theme, const QString &name, State state, Lettering lettering, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_state(state), m_lettering(lettering), m_body(new QPlainTextEdit(this)),
      m_close(new QToolButton(this))
{
    setObjectName(name);
    m_body->setObjectName(name + u"Text"_s);
    m_body->setReadOnly(true);
    m_body->setTabChangesFocus(true);
    m_body->setFrameShape(QFrame::NoFrame);
    m_body->setLineWrapMode(lettering == Lettering::Plain ? QPlainTextEdit::WidgetWidth : QPlainTextEdit::NoWrap);
    m_body->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_close->setObjectName(name + u"Close"_s);
    m_close->setAccessibleName(tr("Dismiss"));
    m_close->setToolTip(tr("Dismiss until there is something new to say"));
    m_close->setAutoRaise(true);
    connect(m_close, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT heightChanged();
    });
    connect(theme, &ThemeSource::changed, this, &NoticeBar::applyTheme);
    applyTheme();
    hide();
}

void NoticeBar::say(const QString &heading, const QString &text)
{
    const QString whole = heading + u'\n' + text;
    if (whole == m_said)
        return;
    m_said = whole;
    m_heading = heading;
    m_body->setPlainText(text);
    m_body->setAccessibleName(heading);
    setAccessibleName(heading + u". "_s + text);
    setVisible(!heading.isEmpty());
    m_body->setVisible(!text.isEmpty());
    place();
    update();
    Q_EMIT heightChanged();
}

int NoticeBar::headingHeight() const
{
    return QFontMetrics(m_theme->theme().font(TextRole::Heading)).height() + m_theme->theme().px(4);
}

int NoticeBar::heightNeeded() const
{
    if (isHidden())
        return 0;
    const Theme &theme = m_theme->theme();
    const int lines = std::min(linesAtMost, m_body->toPlainText().isEmpty() ? 0 : std::max(1, m_body->document()->lineCount()));
    const bool bar = m_body->horizontalScrollBar()->maximum() > 0;
    return theme.px(16) + headingHeight() + lines * QFontMetrics(m_body->font()).lineSpacing() + (lines > 0 ? theme.px(6) : 0)
           + (bar ? theme.px(10) : 0);
}

void NoticeBar::applyTheme()
{
    const Theme &theme = m_theme->theme();
    QFont font = theme.font(TextRole::Body);
    if (m_lettering == Lettering::Monospaced) {
        font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        font.setPixelSize(theme.px(12));
    }
    m_body->setFont(font);
    m_body->setStyleSheet(u"QPlainTextEdit { background: transparent; border: none; padding: 0; color: %1; }"_s.arg(theme.text.name()));
    m_body->document()->setDocumentMargin(0);
    m_close->setIcon(QIcon(iconPixmap(Icon::Close, theme.textDim, theme.px(16), devicePixelRatioF())));
    m_close->setIconSize(QSize(theme.px(16), theme.px(16)));
    place();
    update();
    Q_EMIT heightChanged();
}

void NoticeBar::place()
{
    const Theme &theme = m_theme->theme();
    const int side = theme.px(26);
    m_close->setGeometry(width() - side - theme.px(6), theme.px(6), side, side);
    const int left = theme.px(44);
    const int top = theme.px(8) + headingHeight();
    m_body->setGeometry(left, top, std::max(0, width() - left - side - theme.px(16)), std::max(0, height() - top - theme.px(6)));
}

void NoticeBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    place();
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.state(m_state), 1));
    painter.setBrush(blend(theme.panel, theme.state(m_state), 0.08));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.px(6), theme.px(6));
    const int side = theme.px(16);
    const int line = headingHeight();
    paintState(painter, QRectF(theme.px(14), theme.px(8) + (line - side) / 2.0, side, side), m_state, theme);
    painter.setFont(theme.font(TextRole::Heading));
    painter.setPen(theme.text);
    painter.drawText(QRect(theme.px(44), theme.px(8), width() - theme.px(90), line), Qt::AlignVCenter | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(m_heading, Qt::ElideRight, width() - theme.px(90)));
}

} // namespace allclear
