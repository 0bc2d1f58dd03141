#include "widgets/detail/detailpanel.h"

#include "widgets/theme/shapes.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype sectionsAtMost = 40;
constexpr qsizetype expandedAtMost = 3;

void setColour(QLabel *label, const QColor &colour)
{
    QPalette palette = label->palette();
    if (palette.color(QPalette::WindowText) == colour)
        return;
    palette.setColor(QPalette::WindowText, colour);
    label->setPalette(palette);
}

} // namespace

DetailPanel::DetailPanel(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme), m_title(new QLabel(this)), m_state(new QLabel(this)),
      m_reason(new QLabel(this)), m_surplus(new QLabel(this)), m_rerun(new FlatButton(theme, tr("Rerun (R)"), this)),
      m_close(new FlatButton(theme, tr("Close (Esc)"), this)), m_area(new QScrollArea(this))
{
    setObjectName(u"detailPanel"_s);
    m_title->setObjectName(u"detailTitle"_s);
    m_state->setObjectName(u"detailState"_s);
    m_reason->setObjectName(u"detailReason"_s);
    m_rerun->setObjectName(u"detailRerun"_s);
    m_close->setObjectName(u"detailClose"_s);
    m_area->setObjectName(u"detailScroll"_s);
    for (QLabel *label : {m_title, m_state, m_reason, m_surplus}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_rerun);
    head->addWidget(m_close);
    auto *content = new QWidget;
    m_sections = new QVBoxLayout(content);
    m_sections->setContentsMargins({});
    m_sections->addWidget(m_surplus);
    m_sections->addStretch(1);
    m_area->setWidget(content);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_area->setFocusPolicy(Qt::NoFocus);
    m_area->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    auto *column = new QVBoxLayout(this);
    column->addLayout(head);
    column->addWidget(m_state);
    column->addWidget(m_reason);
    column->addWidget(m_area, 1);
    connect(m_close, &FlatButton::clicked, this, &DetailPanel::closeSheet);
    connect(m_rerun, &FlatButton::clicked, this, &DetailPanel::rerun);
    connect(board, &Board::changed, this, &DetailPanel::refresh);
    connect(board, &Board::incidentChanged, this, &DetailPanel::rebuild);
    connect(theme, &ThemeSource::changed, this, &DetailPanel::applyTheme);
    applyTheme();
    hide();
}

void DetailPanel::openComponent(const QString &component)
{
    if (!isVisible())
        m_focusBefore = QApplication::focusWidget();
    m_component = component;
    rebuild();
    m_area->verticalScrollBar()->setValue(0);
    show();
    raise();
    m_rerun->setFocus(Qt::OtherFocusReason);
}

void DetailPanel::closeSheet()
{
    if (isHidden())
        return;
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    Q_EMIT closed();
}

const Tile *DetailPanel::tile() const
{
    const QList<Tile> &tiles = m_board->tiles()->tiles();
    const auto found = std::ranges::find(tiles, m_component, &Tile::component);
    return found == tiles.end() ? nullptr : &*found;
}

void DetailPanel::rebuild()
{
    qDeleteAll(m_endpoints);
    m_endpoints.clear();
    const Tile *shown = tile();
    if (!shown) {
        if (!m_component.isEmpty())
            closeSheet(); // the file no longer holds it
        return;
    }
    QList<EndpointKey> keys = shown->endpoints;
    std::stable_partition(keys.begin(), keys.end(), [&](const EndpointKey &key) { return key == shown->worst; });
    for (qsizetype i = 0; i < std::min(keys.size(), sectionsAtMost); ++i) {
        auto *section = new EndpointSection(m_board, m_theme, keys[i], m_area->widget());
        section->setExpanded(i < expandedAtMost);
        m_sections->insertWidget(static_cast<int>(i), section);
        m_endpoints.append(section);
    }
    const auto surplus = keys.size() - sectionsAtMost;
    m_surplus->setText(keys.isEmpty() ? tr("No endpoint watches this component, so nothing is known of it.")
                                      : surplus == 1 ? tr("One more endpoint is not shown.") : tr("%1 more endpoints are not shown.").arg(surplus));
    m_surplus->setVisible(keys.isEmpty() || surplus > 0);
    refreshHead();
}

void DetailPanel::refresh()
{
    if (isHidden())
        return;
    const int scrolled = m_area->verticalScrollBar()->value();
    refreshHead();
    for (EndpointSection *section : std::as_const(m_endpoints))
        section->refresh();
    m_area->verticalScrollBar()->setValue(scrolled);
}

void DetailPanel::refreshHead()
{
    const Tile *shown = tile();
    if (!shown)
        return;
    const Theme &theme = m_theme->theme();
    const TimePoint now = m_board->clock().now();
    m_title->setText(visibleText(shown->title));
    QString state = stateWord(shown->state);
    if (shown->since)
        state = tr("%1 since %2").arg(state, clockTextWithSeconds(*shown->since));
    state += u" · "_s + ageText(*shown, now);
    if (!shown->waitsOn.isEmpty())
        state += u" · "_s + tr("waits on %1").arg(visibleText(shown->waitsOn));
    else if (shown->suspect)
        state += u" · "_s + tr("most upstream failure");
    m_state->setText(state);
    setColour(m_state, theme.stateText(shown->state));
    m_reason->setText(visibleText(shown->reason.isEmpty() ? shown->value : shown->value + u": "_s + shown->reason));
    m_reason->setVisible(!m_reason->text().trimmed().isEmpty());
    m_rerun->setCaption(shown->rerun == RerunState::Running ? tr("Running …")
                            : shown->rerun == RerunState::Done ? tr("Done, rerun (R)")
                                                               : tr("Rerun (R)"));
    setAccessibleName(tr("Detail of %1").arg(visibleText(shown->title)));
    setAccessibleDescription(m_state->text());
}

void DetailPanel::rerun()
{
    const Tile *shown = tile();
    if (shown && shown->rerun != RerunState::Running)
        m_board->rerunComponent(m_component);
}

void DetailPanel::applyTheme()
{
    const Theme &theme = m_theme->theme();
    m_title->setFont(theme.font(TextRole::Title));
    m_state->setFont(theme.font(TextRole::Body));
    m_reason->setFont(theme.font(TextRole::Body));
    m_surplus->setFont(theme.font(TextRole::Body));
    setColour(m_title, theme.text);
    setColour(m_reason, theme.textDim);
    setColour(m_surplus, theme.textDim);
    layout()->setContentsMargins(theme.px(20), theme.px(16), theme.px(16), theme.px(12));
    layout()->setSpacing(theme.px(6));
    m_sections->setSpacing(theme.px(6));
    m_sections->setContentsMargins(0, 0, theme.px(10), 0); // keeps clear of the scroll bar
    refreshHead();
    updateGeometry();
    update();
}

QSize DetailPanel::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(560), theme.px(700)};
}

QSize DetailPanel::minimumSizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(340), theme.px(240)};
}

bool DetailPanel::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) { // these keys are the sheet's own while it has the keyboard
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->modifiers() == Qt::NoModifier && (key->key() == Qt::Key_Escape || key->key() == Qt::Key_R)) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void DetailPanel::keyPressEvent(QKeyEvent *event)
{
    if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_Escape)
        return closeSheet();
    if (event->modifiers() == Qt::NoModifier && event->key() == Qt::Key_R)
        return rerun();
    if (event->key() == Qt::Key_PageDown || event->key() == Qt::Key_PageUp) {
        QScrollBar *bar = m_area->verticalScrollBar();
        bar->setValue(bar->value() + (event->key() == Qt::Key_PageDown ? bar->pageStep() : -bar->pageStep()));
        return;
    }
    QWidget::keyPressEvent(event);
}

void DetailPanel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme->theme().window);
    paintPanel(painter, rect(), m_theme->theme());
}

} // namespace allclear
