#include "widgets/detail/statusline.h"

#include "widgets/theme/shapes.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace allclear {

using namespace Qt::StringLiterals;

StatusLine::StatusLine(ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_text(new TextBlock(theme, TextLook::Plain, this))
{
    auto *row = new QHBoxLayout(this);
    row->addWidget(m_text, 1);
    connect(theme, &ThemeSource::changed, this, &StatusLine::applyTheme);
    applyTheme();
}

void StatusLine::setContent(State state, const QString &word, const QString &text)
{
    m_state = state;
    m_text->setShown(text);
    setAccessibleName(tr("%1: %2").arg(word, text));
    m_text->setAccessibleName(accessibleName());
    setToolTip(word);
    update();
}

void StatusLine::applyTheme()
{
    const Theme &theme = m_theme->theme();
    layout()->setContentsMargins(theme.px(22), 0, 0, 0);
}

void StatusLine::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    paintState(painter, QRectF(theme.px(1), theme.px(3), theme.px(15), theme.px(15)), m_state, theme);
}

StatusList::StatusList(ThemeSource *theme, const QString &heading, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_heading(new QLabel(heading, this)), m_column(new QVBoxLayout(this))
{
    setAccessibleName(heading);
    m_column->setContentsMargins({});
    m_column->addWidget(m_heading);
    m_heading->setVisible(!heading.isEmpty());
    connect(theme, &ThemeSource::changed, this, &StatusList::applyTheme);
    applyTheme();
    hide();
}

void StatusList::setRows(const QList<Row> &rows)
{
    while (m_lines.size() > rows.size())
        delete m_lines.takeLast();
    while (m_lines.size() < rows.size()) {
        m_lines.append(new StatusLine(m_theme, this));
        m_column->addWidget(m_lines.last());
    }
    for (qsizetype i = 0; i < rows.size(); ++i)
        m_lines[i]->setContent(rows[i].state, rows[i].word, rows[i].text);
    setVisible(!rows.isEmpty());
}

void StatusList::applyTheme()
{
    const Theme &theme = m_theme->theme();
    m_heading->setFont(theme.font(TextRole::Caption));
    QPalette palette = m_heading->palette();
    palette.setColor(QPalette::WindowText, theme.textDim);
    m_heading->setPalette(palette);
    m_column->setSpacing(theme.px(2));
}

} // namespace allclear
