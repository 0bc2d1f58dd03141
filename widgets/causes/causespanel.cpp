#include "widgets/causes/causespanel.h"

#include "widgets/theme/shapes.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

struct Measures {
    QSizeF box, gap;
    qreal comfortable; ///< width of a box in which most titles stand on one line
    qreal narrowest;   ///< in which a title is still readable
    qreal narrowGap;   ///< between boxes when there is little room
};

constexpr int unlimited = 1000;

Measures measures(const Theme &theme)
{
    const QFontMetrics metrics(theme.font(TextRole::Small));
    return {.box = QSizeF(theme.px(112), 2 * metrics.height() + theme.px(10)),
            .gap = QSizeF(theme.px(22), theme.px(10)),
            .comfortable = theme.px(84) * 1.0,
            .narrowest = theme.px(62) * 1.0,
            .narrowGap = theme.px(14) * 1.0};
}

/// How many boxes of a width stand side by side.
int across(const QRectF &area, qreal box, qreal gap)
{
    return std::max(1, static_cast<int>((area.width() + gap) / (box + gap)));
}

} // namespace

CausesPanel::CausesPanel(Board *board, ThemeSource *theme, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme), m_heading(new QLabel(tr("Suspected cause"), this)),
      m_note(new QLabel(this)), m_summary(new QLabel(this))
{
    setObjectName(u"causesPanel"_s);
    setAccessibleName(tr("Suspected cause"));
    m_note->setObjectName(u"causesNote"_s);
    m_summary->setObjectName(u"causesSummary"_s);
    for (QLabel *label : {m_heading, m_note, m_summary})
        label->setTextFormat(Qt::PlainText);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_summary->setWordWrap(true);
    connect(board, &Board::changed, this, &CausesPanel::refresh);
    connect(board, &Board::incidentChanged, this, &CausesPanel::refresh);
    connect(theme, &ThemeSource::changed, this, &CausesPanel::applyTheme);
    applyTheme();
}

void CausesPanel::applyTheme()
{
    const Theme &theme = m_theme->theme();
    const auto colour = [](QLabel *label, const QColor &text) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, text);
        label->setPalette(palette);
    };
    m_heading->setFont(theme.font(TextRole::Caption));
    QFont noteFont = theme.font(TextRole::Small);
    noteFont.setWeight(QFont::DemiBold);
    m_note->setFont(noteFont);
    m_summary->setFont(theme.font(TextRole::Small));
    colour(m_heading, theme.textDim);
    colour(m_note, theme.textFaint);
    colour(m_summary, theme.textDim);
    m_inputs.clear();
    refresh();
    update();
}

QList<CauseInput> CausesPanel::inputs() const
{
    QList<CauseInput> inputs;
    const IncidentPtr &incident = m_board->incident();
    if (!incident)
        return inputs;
    const QList<ComponentStatus> &states = m_board->verdict().components;
    for (qsizetype i = 0; i < incident->components.size(); ++i) {
        const Component &component = incident->components[i];
        const ComponentStatus status = states.value(i); // incident order
        inputs.append({.name = component.name, .title = component.title, .tier = component.tier, .needs = component.needs,
                       .state = status.state, .suspect = status.suspect});
    }
    return inputs;
}

int CausesPanel::count(bool (*matches)(State)) const
{
    if (!m_board->incident())
        return 0;
    return static_cast<int>(std::ranges::count_if(m_board->verdict().components, matches, &ComponentStatus::state));
}

QString CausesPanel::noteText() const
{
    if (!m_board->incident())
        return {};
    const int failing = count(showsFailure);
    if (failing == 0)
        return tr("nothing is failing");
    const QList<Suspect> &suspects = m_board->verdict().suspects;
    if (suspects.isEmpty() || failing == 1)
        return failing == 1 ? tr("1 component failing") : tr("%1 components failing").arg(failing);
    return tr("explains %1 of %2 others").arg(suspects.first().explains.size()).arg(failing - 1);
}

bool CausesPanel::everythingUp() const { return count([](State state) { return state != State::Up; }) == 0; }

QString CausesPanel::calmText() const
{
    const Verdict &verdict = m_board->verdict();
    const int unknown = count([](State state) { return state == State::Unknown || state == State::Checking; });
    QString text = unknown == 0   ? tr("Nothing is failing, so there is no cause to look for.")
                   : unknown == 1 ? tr("Nothing is known to fail; of one component nothing is known.")
                                  : tr("Nothing is known to fail; of %1 components nothing is known.").arg(unknown);
    if (!verdict.whys.isEmpty()) {
        const auto counted = [&](WhyVerdict wanted) { return std::ranges::count(verdict.whys, wanted, &WhyStatus::verdict); };
        text += u'\n' + tr("Five whys: %1 confirmed, %2 refuted, %3 untested.").arg(counted(WhyVerdict::Confirmed))
                            .arg(counted(WhyVerdict::Refuted)).arg(counted(WhyVerdict::Untested));
    }
    return text;
}

QString CausesPanel::summaryText() const
{
    if (!m_board->incident())
        return tr("No incident file is open.");
    if (count(isTroubled) == 0)
        return calmText();
    const QList<Suspect> &suspects = m_board->verdict().suspects;
    if (suspects.size() < 2)
        return {};
    QStringList others;
    for (const Suspect &suspect : suspects.sliced(1))
        others += tr("%1 (explains %2)").arg(m_board->componentTitle(suspect.component)).arg(suspect.explains.size());
    return tr("Also suspected: %1").arg(others.join(u", "_s));
}

QString CausesPanel::spokenText() const
{
    if (m_graph.nodes.isEmpty())
        return m_summaryText;
    QStringList sentences;
    for (const Suspect &suspect : m_board->verdict().suspects) {
        QStringList explained;
        for (const QString &component : suspect.explains)
            explained += m_board->componentTitle(component);
        const QString title = m_board->componentTitle(suspect.component);
        sentences += explained.isEmpty() ? tr("%1 is failing and nothing that it needs is.").arg(title)
                                         : tr("%1 is the most upstream failure; on it wait %2.").arg(title, explained.join(u", "_s));
    }
    for (const CauseNode &node : m_graph.nodes) {
        if (node.state == State::Degraded)
            sentences += tr("Degraded: %1.").arg(node.titles.join(u", "_s));
    }
    return sentences.join(u' ');
}

void CausesPanel::refresh()
{
    const QString summary = summaryText();
    const QList<CauseInput> now = inputs();
    m_note->setText(noteText());
    if (!m_inputs.isEmpty() && now == m_inputs && summary == m_summaryText)
        return;
    m_inputs = now;
    m_summaryText = summary;
    m_summary->setToolTip(summary.toHtmlEscaped());
    arrange();
    setAccessibleDescription(spokenText());
}

QRectF CausesPanel::canvas() const
{
    const Theme &theme = m_theme->theme();
    const int top = theme.px(14) + QFontMetrics(m_heading->font()).height();
    const bool line = !m_summaryText.isEmpty() && count(isTroubled) > 0;
    const int bottom = theme.px(8) + (line ? QFontMetrics(m_summary->font()).height() + theme.px(2) : 0);
    return QRectF(theme.px(15), top, std::max(1, width() - theme.px(30)), std::max(1, height() - top - bottom));
}

CauseGraph CausesPanel::fittingGraph(const QRectF &area) const
{
    const Measures size = measures(m_theme->theme());
    const int rows = std::max(1, static_cast<int>((area.height() + size.gap.height()) / (size.box.height() + size.gap.height())));
    for (const Fold fold : {Fold::Open, Fold::Joined}) {
        CauseGraph graph = causeGraph(m_inputs, fold, unlimited, unlimited);
        if (graph.layers <= across(area, size.comfortable, size.gap.width()) && graph.rows <= rows)
            return graph;
    }
    return causeGraph(m_inputs, Fold::Tight, across(area, size.narrowest, size.narrowGap), rows);
}

void CausesPanel::arrange()
{
    const Theme &theme = m_theme->theme();
    const QFontMetrics small(m_note->font());
    const int headHeight = small.height() + theme.px(2);
    const int headWidth = std::min(m_heading->sizeHint().width(), width() - theme.px(30));
    m_heading->setGeometry(theme.px(15), theme.px(10), headWidth, headHeight);
    m_note->setGeometry(theme.px(20) + headWidth, theme.px(10), std::max(0, width() - theme.px(35) - headWidth), headHeight);
    const QRectF area = canvas();
    const bool calm = count(isTroubled) == 0;
    m_summary->setVisible(!m_summaryText.isEmpty());
    m_summary->setAlignment(calm ? Qt::AlignLeft | Qt::AlignTop : Qt::AlignLeft | Qt::AlignVCenter);
    m_summary->setWordWrap(calm);
    m_summary->setFont(theme.font(calm ? TextRole::Body : TextRole::Small));
    m_summary->setGeometry(calm ? area.toRect().adjusted(theme.px(40), theme.px(8), 0, 0)
                                : QRect(theme.px(15), static_cast<int>(area.bottom()), static_cast<int>(area.width()),
                                        QFontMetrics(m_summary->font()).height() + theme.px(2)));
    m_summary->setText(calm ? m_summaryText
                            : QFontMetrics(m_summary->font()).elidedText(m_summaryText, Qt::ElideRight, static_cast<int>(area.width())));
    m_graph = fittingGraph(area);
    const Measures size = measures(theme);
    const qreal gap = m_graph.layers > across(area, size.comfortable, size.gap.width()) ? size.narrowGap : size.gap.width();
    m_frames = placeNodes(m_graph, area, size.box, {gap, size.gap.height()});
    const int hang = CauseBox::overhang(theme);
    while (m_boxes.size() > m_graph.nodes.size())
        delete m_boxes.takeLast();
    while (m_boxes.size() < m_graph.nodes.size()) {
        auto *box = new CauseBox(m_theme, this);
        connect(box, &CauseBox::clicked, this, [this, box] { Q_EMIT opened(box->node().components.value(0)); });
        m_boxes.append(box);
    }
    for (qsizetype i = 0; i < m_boxes.size(); ++i) {
        m_boxes[i]->setNode(m_graph.nodes[i]);
        m_boxes[i]->setGeometry(m_frames[i].toRect().adjusted(-1, -hang, hang, 1));
        m_boxes[i]->show();
    }
    update();
}

QSize CausesPanel::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(460), theme.px(170)};
}

QSize CausesPanel::minimumSizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(220), theme.px(90)};
}

void CausesPanel::resizeEvent(QResizeEvent *) { arrange(); }

void CausesPanel::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    paintPanel(painter, rect(), theme);
    if (m_board->incident() && m_graph.nodes.isEmpty()) {
        const QPointF corner = canvas().topLeft() + QPointF(0, theme.px(8));
        paintState(painter, QRectF(corner, QSizeF(theme.px(26), theme.px(26))), everythingUp() ? State::Up : State::Unknown, theme);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    for (const bool lit : {false, true}) {
        for (const CauseEdge &edge : std::as_const(m_graph.edges)) {
            if (edge.lit != lit)
                continue;
            QColor colour = lit ? theme.state(State::Down) : theme.textFaint;
            colour.setAlpha(lit ? 170 : 130);
            painter.setPen(QPen(colour, 1.4 * theme.scale));
            painter.drawPath(edgePath(m_graph, m_frames, edge, canvas()));
        }
    }
}

} // namespace allclear
