#include "widgets/shell/headerbar.h"

#include "widgets/theme/contrast.h"
#include "widgets/theme/shapes.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

constexpr int titleAtLeast = 180; // at scale 1; figures give way before the title gets shorter

QFont captionFont(const Theme &theme)
{
    QFont font = theme.font(TextRole::Caption);
    font.setWeight(QFont::Normal);
    return font;
}

} // namespace

Figure::Figure(ThemeSource *theme, const QString &name, Shape shape, QWidget *parent) : QWidget(parent), m_theme(theme), m_shape(shape)
{
    setObjectName(name);
}

void Figure::show(const FigureText &text)
{
    const bool wider = text.value.size() != m_text.value.size() || text.caption != m_text.caption;
    const bool same = text.value == m_text.value && text.caption == m_text.caption && text.state == m_text.state;
    m_text = text;
    if (same)
        return;
    setToolTip(text.hint);
    setAccessibleName(text.caption + u": "_s + text.value);
    if (wider)
        updateGeometry();
    update();
}

int Figure::shapeSide() const
{
    return m_shape == Shape::Shown ? qRound(QFontMetrics(m_theme->theme().font(TextRole::Display)).capHeight() * 1.1) : 0;
}

int Figure::widthNeeded() const
{
    const Theme &theme = m_theme->theme();
    const int value = QFontMetrics(theme.font(TextRole::Display)).horizontalAdvance(m_text.value);
    const int caption = QFontMetrics(captionFont(theme)).horizontalAdvance(m_text.caption);
    return std::max(value + (shapeSide() > 0 ? shapeSide() + theme.px(8) : 0), caption) + 2;
}

void Figure::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    const QFont valueFont = theme.font(TextRole::Display);
    const QFont smallFont = captionFont(theme);
    const int valueHeight = QFontMetrics(valueFont).height() - theme.px(4);
    const int captionHeight = QFontMetrics(smallFont).height();
    const int top = (height() - valueHeight - captionHeight) / 2;
    const QRect value(0, top, width(), valueHeight);
    painter.setFont(valueFont);
    painter.setPen(m_text.state ? theme.stateText(*m_text.state) : theme.text);
    painter.drawText(value, Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, m_text.value);
    if (const int side = shapeSide(); side > 0 && m_text.state) {
        const int left = width() - QFontMetrics(valueFont).horizontalAdvance(m_text.value) - theme.px(8) - side;
        paintState(painter, QRectF(left, value.center().y() - side / 2.0 + 1, side, side), *m_text.state, theme);
    }
    painter.setFont(smallFont);
    painter.setPen(theme.textFaint);
    painter.drawText(QRect(0, top + valueHeight, width(), captionHeight), int(Qt::AlignRight), m_text.caption);
}

HeaderBar::HeaderBar(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme),
      m_elapsed(new Figure(theme, u"figureElapsed"_s, Figure::Shape::Hidden, this)),
      m_availability(new Figure(theme, u"figureAvailability"_s, Figure::Shape::Hidden, this)),
      m_revenue(new Figure(theme, u"figureRevenue"_s, Figure::Shape::Hidden, this)),
      m_criteria(new Figure(theme, u"figureCriteria"_s, Figure::Shape::Hidden, this)),
      m_verdict(new Figure(theme, u"figureVerdict"_s, Figure::Shape::Shown, this))
{
    setObjectName(u"header"_s);
    connect(board, &Board::changed, this, &HeaderBar::refresh);
    connect(theme, &ThemeSource::changed, this, [this] { arrange(); update(); });
    connect(&m_tick, &QTimer::timeout, this, &HeaderBar::refresh);
    m_tick.start(std::chrono::seconds(1));
    refresh();
}

void HeaderBar::refresh()
{
    const HeaderText before = m_text;
    m_text = headerText(m_board->incident().get(), m_board->verdict(), m_board->clock().now(),
                        m_board->isPaused() ? Probing::Paused : Probing::Running);
    m_elapsed->show(m_text.elapsed);
    m_availability->show(m_text.availability);
    m_revenue->show(m_text.revenue);
    m_criteria->show(m_text.criteria);
    m_verdict->show(m_text.verdict);
    arrange();
    if (before.title != m_text.title || before.line != m_text.line || before.severity != m_text.severity) {
        setAccessibleName(QStringList{m_text.severity, m_text.title, m_text.line}.join(u" "_s));
        setToolTip(m_text.title);
        update(QRect(0, 0, m_figuresLeft, height()));
    }
}

void HeaderBar::arrange()
{
    const Theme &theme = m_theme->theme();
    // In the order in which they give way when the window is narrow; the verdict never does.
    const std::array byPriority{m_verdict, m_criteria, m_elapsed, m_availability, m_revenue};
    const int gap = theme.px(width() < theme.px(1300) ? 22 : 34);
    int room = width() - theme.px(18) - theme.px(titleAtLeast) - theme.px(90);
    QSet<Figure *> kept;
    for (Figure *figure : byPriority) {
        room -= figure->widthNeeded() + gap;
        if (room < 0 && figure != m_verdict)
            break;
        kept << figure;
    }
    int right = width() - theme.px(18);
    for (Figure *figure : {m_verdict, m_criteria, m_revenue, m_availability, m_elapsed}) {
        figure->setVisible(kept.contains(figure));
        if (!kept.contains(figure))
            continue;
        const int needed = std::min(figure->widthNeeded(), right);
        figure->setGeometry(right - needed, 2, needed, height() - 4);
        right -= needed + gap;
    }
    m_figuresLeft = right;
}

void HeaderBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void HeaderBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    paintPanel(painter, rect(), theme);
    int left = theme.px(18);
    if (!m_text.severity.isEmpty()) {
        QFont font = theme.font(TextRole::Title);
        font.setWeight(QFont::Bold);
        const int side = theme.px(34);
        const QRect badge(left, (height() - side) / 2, std::max(theme.px(50), QFontMetrics(font).horizontalAdvance(m_text.severity) + theme.px(20)), side);
        const QColor fill = theme.state(m_text.verdictShape);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawRoundedRect(badge, theme.px(6), theme.px(6));
        const QColor dark(0x11, 0x10, 0x10);
        painter.setPen(contrastRatio(dark, fill) > contrastRatio(Qt::white, fill) ? dark : QColor(Qt::white));
        painter.setFont(font);
        painter.drawText(badge, Qt::AlignCenter, m_text.severity);
        left = badge.right() + theme.px(22);
    }
    const QFont titleFont = theme.font(TextRole::Title);
    const QFont lineFont = theme.font(TextRole::Body);
    const int titleHeight = QFontMetrics(titleFont).height();
    const int lineHeight = QFontMetrics(lineFont).height();
    const int room = std::max(0, m_figuresLeft - left);
    const int top = (height() - titleHeight - lineHeight) / 2;
    painter.setFont(titleFont);
    painter.setPen(theme.text);
    painter.drawText(QRect(left, top, room, titleHeight), Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetrics(titleFont).elidedText(m_text.title, Qt::ElideRight, room));
    painter.setFont(lineFont);
    painter.setPen(theme.textDim);
    painter.drawText(QRect(left, top + titleHeight, room, lineHeight), Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetrics(lineFont).elidedText(m_text.line, Qt::ElideRight, room));
}

} // namespace allclear
