#include "widgets/shell/rail.h"

#include <QPainter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace allclear {

RailButton::RailButton(ThemeSource *theme, const QString &name, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setObjectName(name);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
}

void RailButton::show(Icon icon, const QString &caption, const QString &hint)
{
    m_icon = icon;
    setText(caption);
    setAccessibleName(hint);
    setToolTip(hint);
    update();
}

QSize RailButton::sizeHint() const { return {m_theme->theme().px(52), m_theme->theme().px(50)}; }

void RailButton::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1, 1, -1, -1);
    if (isChecked() || underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? theme.accentSoft : theme.panelRaised);
        painter.drawRoundedRect(box, theme.px(6), theme.px(6));
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box, theme.px(6), theme.px(6));
    }
    const QColor ink = isChecked() ? theme.text : theme.textDim;
    const int side = theme.px(20);
    paintIcon(painter, QRectF((width() - side) / 2.0, theme.px(7), side, side), m_icon, ink);
    QFont font = theme.font(TextRole::Small);
    font.setPixelSize(theme.px(10));
    painter.setFont(font);
    painter.setPen(ink);
    painter.drawText(QRect(0, theme.px(29), width(), height() - theme.px(31)), Qt::AlignHCenter | Qt::AlignTop, text());
}

void RailButton::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void RailButton::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

Rail::Rail(ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_board(new RailButton(theme, u"railBoard"_s, this)),
      m_pause(new RailButton(theme, u"railPause"_s, this)), m_appearance(new RailButton(theme, u"railTheme"_s, this)),
      m_help(new RailButton(theme, u"railHelp"_s, this))
{
    setObjectName(u"rail"_s);
    m_board->setCheckable(true);
    m_board->setChecked(true);
    m_board->setAutoExclusive(true); // the only page there is stays chosen
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(5, 12, 5, 10);
    column->setSpacing(6);
    column->addWidget(m_board);
    column->addStretch(1);
    for (RailButton *button : {m_pause, m_appearance, m_help})
        column->addWidget(button);
    connect(m_pause, &RailButton::clicked, this, &Rail::pauseToggled);
    connect(m_appearance, &RailButton::clicked, this, &Rail::themeToggled);
    connect(m_help, &RailButton::clicked, this, &Rail::helpRequested);
    connect(theme, &ThemeSource::changed, this, &Rail::refresh);
    refresh();
}

QSize Rail::sizeHint() const { return {m_theme->theme().px(62), m_theme->theme().px(300)}; }

void Rail::setPaused(bool paused)
{
    if (m_paused == paused)
        return;
    m_paused = paused;
    refresh();
}

void Rail::refresh()
{
    const bool dark = m_theme->theme().appearance == Appearance::Dark;
    m_board->show(Icon::Board, tr("Board"), tr("Board"));
    m_pause->show(m_paused ? Icon::Resume : Icon::Pause, m_paused ? tr("Resume") : tr("Pause"),
                  m_paused ? tr("Resume probing (P)") : tr("Pause probing (P)"));
    m_appearance->show(dark ? Icon::Sun : Icon::Moon, dark ? tr("Light") : tr("Dark"),
                       dark ? tr("Light appearance (T)") : tr("Dark appearance (T)"));
    m_help->show(Icon::Help, tr("Keys"), tr("List the keys (?)"));
    for (RailButton *button : {m_board, m_pause, m_appearance, m_help})
        button->setFixedSize(button->sizeHint());
    setFixedWidth(sizeHint().width());
    update();
}

void Rail::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.fillRect(rect(), theme.rail);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.border);
}

} // namespace allclear
