#include "widgets/criteria/criterionrow.h"

#include "widgets/theme/shapes.h"

#include <QPainter>
#include <QResizeEvent>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype evidenceRowsAtMost = 40;

QString stateText(CriterionState state)
{
    switch (state) {
    case CriterionState::Met: return CriterionRow::tr("met");
    case CriterionState::Holding: return CriterionRow::tr("holding");
    case CriterionState::Unmet: return CriterionRow::tr("not met");
    case CriterionState::Unknown: return CriterionRow::tr("not known");
    }
    return {};
}

QString evidenceHeading(CriterionState state)
{
    switch (state) {
    case CriterionState::Met: return CriterionRow::tr("Proved by these samples:");
    case CriterionState::Holding: return CriterionRow::tr("Holding on these samples:");
    case CriterionState::Unmet: return CriterionRow::tr("Refuted by these samples:");
    case CriterionState::Unknown: return CriterionRow::tr("Last samples:");
    }
    return {};
}

} // namespace

QString evidenceText(const QString &evidence)
{
    const qsizetype at = evidence.lastIndexOf(u'@');
    const auto time = at < 0 ? std::nullopt : fromIso(QStringView(evidence).sliced(at + 1));
    return time ? evidence.first(at) + u" · "_s + clockTextWithSeconds(*time) : evidence;
}

QString criterionText(const CriterionStatus &criterion)
{
    return CriterionRow::tr("%1: %2. %3").arg(criterion.title, stateText(criterion.state), criterion.detail);
}

qreal heldShare(const CriterionStatus &criterion)
{
    if (criterion.hold <= Duration::zero())
        return criterion.state == CriterionState::Met ? 1 : 0;
    return std::clamp(toMs(criterion.held) / toMs(criterion.hold), 0.0, 1.0);
}

EvidenceLink::EvidenceLink(ThemeSource *theme, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setText(tr("evidence"));
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
}

QSize EvidenceLink::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    const QFontMetrics metrics(theme.font(TextRole::Small));
    return {metrics.horizontalAdvance(text() + u" ›"_s) + theme.px(8), metrics.height() + theme.px(6)};
}

void EvidenceLink::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    QFont font = theme.font(TextRole::Small);
    font.setUnderline(underMouse());
    painter.setFont(font);
    painter.setPen(theme.accent);
    painter.drawText(rect().adjusted(0, 0, -theme.px(4), 0), Qt::AlignRight | Qt::AlignVCenter,
                     text() + (isChecked() ? u" ⌄"_s : u" ›"_s));
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.accent, theme.px(2)));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(4), theme.px(4));
    }
}

CriterionRow::CriterionRow(ThemeSource *theme, int row, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_link(new EvidenceLink(theme, this)), m_evidence(new QLabel(this)), m_first(row == 0)
{
    setObjectName(u"criterion:%1"_s.arg(row));
    m_link->setObjectName(u"criterionEvidence:%1"_s.arg(row));
    m_evidence->setObjectName(u"criterionSamples:%1"_s.arg(row));
    m_evidence->setTextFormat(Qt::PlainText);
    m_evidence->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_evidence->setWordWrap(true);
    m_evidence->hide();
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    connect(m_link, &EvidenceLink::toggled, this, [this](bool open) {
        m_evidence->setVisible(open);
        showEvidence();
        updateGeometry();
        arrange();
    });
    connect(theme, &ThemeSource::changed, this, &CriterionRow::applyTheme);
    applyTheme();
}

void CriterionRow::setCriterion(const CriterionStatus &criterion)
{
    const bool relayout = criterion.title != m_criterion.title || (isExpanded() && criterion.evidence != m_criterion.evidence);
    m_criterion = criterion;
    const QString spoken = criterionText(criterion);
    if (spoken != accessibleName()) {
        setAccessibleName(spoken);
        setToolTip(spoken.toHtmlEscaped());
    }
    m_link->setAccessibleName(tr("Evidence for %1").arg(criterion.title));
    showEvidence();
    if (relayout)
        updateGeometry();
    update();
}

void CriterionRow::showEvidence()
{
    if (!isExpanded())
        return;
    QStringList lines{evidenceHeading(m_criterion.state)};
    for (const QString &sample : m_criterion.evidence.first(std::min(m_criterion.evidence.size(), evidenceRowsAtMost)))
        lines += evidenceText(sample);
    if (m_criterion.evidence.isEmpty())
        lines = {tr("No sample proves or refutes this yet.")};
    if (const auto more = m_criterion.evidence.size() - evidenceRowsAtMost; more > 0)
        lines += tr("and %1 more").arg(more);
    const QString text = lines.join(u'\n');
    if (text != m_evidence->text() && !m_evidence->hasSelectedText())
        m_evidence->setText(text);
}

void CriterionRow::applyTheme()
{
    const Theme &theme = m_theme->theme();
    m_evidence->setFont(theme.font(TextRole::Small));
    QPalette palette = m_evidence->palette();
    palette.setColor(QPalette::WindowText, theme.textDim);
    palette.setColor(QPalette::Highlight, theme.accent);
    palette.setColor(QPalette::HighlightedText, theme.panel);
    m_evidence->setPalette(palette);
    updateGeometry();
    arrange();
    update();
}

int CriterionRow::textLeft() const { return m_theme->theme().px(34); }

int CriterionRow::textWidth(int width) const
{
    return std::max(1, width - textLeft() - m_link->sizeHint().width() - m_theme->theme().px(6));
}

int CriterionRow::titleHeight(int width) const
{
    const QFontMetrics metrics(m_theme->theme().font(TextRole::Heading));
    const QRect needed = metrics.boundingRect(QRect(0, 0, textWidth(width), 10000), Qt::TextWordWrap, m_criterion.title);
    return std::clamp(needed.height(), metrics.height(), 2 * metrics.lineSpacing());
}

int CriterionRow::headHeight(int padding) const
{
    return titleHeight(width()) + QFontMetrics(m_theme->theme().font(TextRole::Small)).height() + padding;
}

int CriterionRow::evidenceHeight() const
{
    return isExpanded() ? m_evidence->heightForWidth(std::max(1, width() - textLeft())) + m_theme->theme().px(6) : 0;
}

QSize CriterionRow::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(300), headHeight(theme.px(14)) + evidenceHeight()};
}

QSize CriterionRow::minimumSizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(160), headHeight(theme.px(4)) + evidenceHeight()};
}

void CriterionRow::resizeEvent(QResizeEvent *event)
{
    if (event->oldSize().width() != width())
        updateGeometry(); // the title may need another number of lines
    arrange();
}

void CriterionRow::arrange()
{
    const int evidence = evidenceHeight();
    const int head = height() - evidence;
    const QSize link = m_link->sizeHint();
    m_link->setGeometry(QRect(QPoint(width() - link.width(), (head - link.height()) / 2), link));
    m_evidence->setGeometry(textLeft(), head, width() - textLeft(), evidence);
}

void CriterionRow::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    const int head = height() - evidenceHeight();
    if (!m_first)
        painter.fillRect(QRect(0, 0, width(), 1), theme.gridLine);
    const qreal side = theme.px(20);
    paintCriterion(painter, QRectF(theme.px(1), (head - side) / 2, side, side), m_criterion.state, heldShare(m_criterion), theme);
    const QFontMetrics small(theme.font(TextRole::Small));
    const int title = titleHeight(width());
    const int top = (head - title - small.height()) / 2;
    const QRect titleBox(textLeft(), top, textWidth(width()), title);
    painter.setFont(theme.font(TextRole::Heading));
    painter.setPen(theme.text);
    const QFontMetrics metrics(painter.font());
    const bool oneLine = title < 2 * metrics.height();
    painter.drawText(titleBox, Qt::AlignLeft | Qt::AlignTop | (oneLine ? Qt::TextSingleLine : Qt::TextWordWrap),
                     oneLine ? metrics.elidedText(m_criterion.title, Qt::ElideRight, titleBox.width()) : m_criterion.title);
    painter.setFont(theme.font(TextRole::Small));
    painter.setPen(theme.textDim);
    painter.drawText(QRect(textLeft(), top + title, titleBox.width(), small.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     small.elidedText(m_criterion.detail, Qt::ElideRight, titleBox.width()));
}

} // namespace allclear
