#include "widgets/criteria/scrollcolumn.h"

#include "widgets/theme/shapes.h"

#include <QHBoxLayout>
#include <QPainter>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

void setColour(QLabel *label, const QColor &colour)
{
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, colour);
    label->setPalette(palette);
}

} // namespace

ScrollColumn::ScrollColumn(ThemeSource *theme, const QString &heading, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_heading(new QLabel(heading, this)), m_note(new QLabel(this)),
      m_empty(new QLabel(this)), m_area(new QScrollArea(this))
{
    setAccessibleName(heading);
    for (QLabel *label : {m_heading, m_note, m_empty})
        label->setTextFormat(Qt::PlainText);
    m_heading->setObjectName(u"panelHeading"_s);
    m_note->setObjectName(u"panelNote"_s);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_empty->setWordWrap(true);
    auto *content = new QWidget;
    m_rows = new QVBoxLayout(content);
    m_rows->setContentsMargins({});
    m_rows->setSpacing(0);
    m_rows->addWidget(m_empty);
    m_rows->addStretch(1);
    m_area->setWidget(content);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setFocusPolicy(Qt::NoFocus);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    auto *top = new QHBoxLayout;
    top->addWidget(m_heading);
    top->addWidget(m_note, 1);
    auto *column = new QVBoxLayout(this);
    column->addLayout(top);
    column->addWidget(m_area, 1);
    connect(theme, &ThemeSource::changed, this, &ScrollColumn::applyTheme);
    applyTheme();
}

void ScrollColumn::setNote(const QString &note)
{
    m_note->setText(note);
    m_note->setToolTip(note.toHtmlEscaped());
}

void ScrollColumn::setEmptyText(const QString &text)
{
    m_empty->setText(text);
    m_empty->setVisible(!text.isEmpty());
}

void ScrollColumn::addRow(QWidget *row) { m_rows->insertWidget(m_rows->count() - 1, row); }

void ScrollColumn::clearRows()
{
    while (m_rows->count() > 2)
        delete std::unique_ptr<QLayoutItem>(m_rows->takeAt(1))->widget();
}

void ScrollColumn::applyTheme()
{
    const Theme &theme = m_theme->theme();
    m_heading->setFont(theme.font(TextRole::Caption));
    QFont noteFont = theme.font(TextRole::Small);
    noteFont.setWeight(QFont::DemiBold);
    m_note->setFont(noteFont);
    m_empty->setFont(theme.font(TextRole::Body));
    setColour(m_heading, theme.textDim);
    setColour(m_note, theme.textFaint);
    setColour(m_empty, theme.textDim);
    layout()->setContentsMargins(theme.px(15), theme.px(10), theme.px(15), theme.px(8));
    layout()->setSpacing(theme.px(4));
    update();
}

void ScrollColumn::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintPanel(painter, rect(), m_theme->theme());
}

} // namespace allclear
