#include "widgets/detail/textblock.h"

#include <QFontDatabase>
#include <QScrollBar>
#include <QTextDocument>

#include <algorithm>
#include <cmath>

namespace allclear {

namespace {

constexpr int linesAtMost = 16;

} // namespace

TextBlock::TextBlock(ThemeSource *theme, TextLook look, QWidget *parent)
    : QPlainTextEdit(parent), m_theme(theme), m_look(look)
{
    setReadOnly(true);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setUndoRedoEnabled(false);
    document()->setMaximumBlockCount(1000);
    connect(theme, &ThemeSource::changed, this, &TextBlock::applyTheme);
    applyTheme();
}

void TextBlock::setShown(const QString &text)
{
    setVisible(!text.isEmpty());
    if (text == toPlainText() || (textCursor().hasSelection() && !text.isEmpty()))
        return;
    const int scrolled = verticalScrollBar()->value();
    setPlainText(text);
    adjustHeight();
    verticalScrollBar()->setValue(scrolled);
}

void TextBlock::setLook(TextLook look)
{
    if (look == m_look)
        return;
    m_look = look;
    applyTheme();
}

void TextBlock::applyTheme()
{
    const Theme &theme = m_theme->theme();
    QFont font = theme.font(m_look == TextLook::Dim ? TextRole::Small : TextRole::Body);
    if (m_look == TextLook::Code) {
        font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        font.setPixelSize(theme.px(11));
    }
    setFont(font);
    document()->setDefaultFont(font);
    document()->setDocumentMargin(m_look == TextLook::Code ? theme.px(6) : 0);
    const QColor colour = m_look == TextLook::Bad       ? theme.stateText(State::Down)
                          : m_look == TextLook::Warning ? theme.stateText(State::Degraded)
                          : m_look == TextLook::Dim     ? theme.textDim
                                                        : theme.text;
    QPalette colours = palette();
    colours.setColor(QPalette::Text, colour);
    colours.setColor(QPalette::Base, m_look == TextLook::Code ? theme.window : theme.panel);
    colours.setColor(QPalette::Highlight, theme.accent);
    colours.setColor(QPalette::HighlightedText, theme.panel);
    setPalette(colours);
    const QColor ground = m_look == TextLook::Code ? theme.window : theme.panel;
    setStyleSheet(QStringLiteral("QPlainTextEdit { color: %1; background: %2; border: 1px solid %3; border-radius: %4px; padding: 0; }"
                                 "QPlainTextEdit:focus { border-color: %5; }")
                      .arg(colour.name(), ground.name(), m_look == TextLook::Code ? theme.border.name() : ground.name())
                      .arg(theme.px(4)).arg(theme.accent.name()));
    adjustHeight();
}

void TextBlock::adjustHeight()
{
    if (m_adjusting || viewport()->width() < 4)
        return;
    m_adjusting = true;
    const int lines = std::clamp(static_cast<int>(std::ceil(document()->size().height())), 1, linesAtMost);
    const qreal frame = 2 * document()->documentMargin() + 4;
    const int wanted = static_cast<int>(std::ceil(lines * QFontMetricsF(document()->defaultFont()).lineSpacing() + frame));
    const bool whole = document()->size().height() <= linesAtMost;
    setVerticalScrollBarPolicy(whole ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    if (wanted != height() || wanted != minimumHeight())
        setFixedHeight(wanted);
    m_adjusting = false;
}

void TextBlock::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    adjustHeight();
}

void TextBlock::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        adjustHeight();
}

} // namespace allclear
