#include "widgets/detail/endpointsection.h"

#include "widgets/theme/shapes.h"

#include <QLabel>
#include <QPainter>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QList<StatusList::Row> conditionRows(const QList<ConditionResult> &conditions, State met, State unmet)
{
    QList<StatusList::Row> rows;
    for (const ConditionResult &condition : conditions.first(std::min(conditions.size(), rowsAtMost))) {
        const State state = condition.result == Truth::Met ? met : condition.result == Truth::Unmet ? unmet : State::Unknown;
        rows.append({state, truthWord(condition.result), conditionText(condition)});
    }
    return rows;
}

} // namespace

SectionHeading::SectionHeading(ThemeSource *theme, QWidget *parent) : QAbstractButton(parent), m_theme(theme)
{
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void SectionHeading::setContent(const QString &name, State state, const QString &note)
{
    m_name = name;
    m_state = state;
    m_note = note;
    setAccessibleName(note.isEmpty() ? tr("%1: %2").arg(name, stateWord(state)) : tr("%1: %2, %3").arg(name, stateWord(state), note));
    setToolTip(accessibleName().toHtmlEscaped());
    update();
}

QSize SectionHeading::sizeHint() const
{
    const Theme &theme = m_theme->theme();
    return {theme.px(200), QFontMetrics(theme.font(TextRole::Heading)).height() + theme.px(10)};
}

void SectionHeading::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal side = theme.px(16);
    paintState(painter, QRectF(theme.px(1), (height() - side) / 2, side, side), m_state, theme);
    painter.setFont(theme.font(TextRole::Small));
    const QFontMetrics small(painter.font());
    const QString right = (m_note.isEmpty() ? stateWord(m_state) : stateWord(m_state) + u" · "_s + m_note)
        + (isChecked() ? u"  ⌄"_s : u"  ›"_s);
    const int rightWidth = std::min(small.horizontalAdvance(right) + theme.px(3), width() * 2 / 3);
    painter.setPen(theme.stateText(m_state));
    painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, small.elidedText(right, Qt::ElideMiddle, rightWidth));
    painter.setFont(theme.font(TextRole::Heading));
    painter.setPen(theme.text);
    const QRect text = rect().adjusted(theme.px(24), 0, -rightWidth - theme.px(8), 0);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(painter.font()).elidedText(m_name, Qt::ElideMiddle, text.width()));
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, theme.px(2)));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.px(4), theme.px(4));
    }
}

EndpointSection::EndpointSection(Board *board, ThemeSource *theme, const EndpointKey &key, QWidget *parent)
    : QWidget(parent), m_board(board), m_theme(theme), m_key(key), m_heading(new SectionHeading(theme, this)),
      m_body(new QWidget(this)), m_column(new QVBoxLayout(m_body))
{
    setObjectName(u"endpoint:"_s + key);
    m_heading->setObjectName(u"endpointHeading:"_s + key);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(m_heading);
    outer->addWidget(m_body);
    m_target = addText(TextLook::Dim, "target", tr("Target"));
    m_badge = addText(TextLook::Warning, "insecure", tr("Warning"));
    m_outcome = addText(TextLook::Plain, "outcome", tr("Outcome"));
    m_facts = addText(TextLook::Dim, "facts", tr("Latest result"));
    m_phases = new PhaseBar(theme, m_body);
    m_phases->setObjectName(u"phases:"_s + key);
    m_column->addWidget(m_phases);
    m_steps = new StatusList(theme, tr("Steps"), m_body);
    m_steps->setObjectName(u"steps:"_s + key);
    m_column->addWidget(m_steps);
    m_conditions = new StatusList(theme, tr("Conditions"), m_body);
    m_degraded = new StatusList(theme, tr("Degraded when"), m_body);
    m_conditions->setObjectName(u"conditions:"_s + key);
    m_degraded->setObjectName(u"degradedWhen:"_s + key);
    m_column->addWidget(m_conditions);
    m_column->addWidget(m_degraded);
    m_conversation = addTitled(tr("Conversation"), TextLook::Code, "conversation");
    m_notes = addTitled(tr("Notes"), TextLook::Plain, "notes");
    m_hops = addTitled(tr("Redirects"), TextLook::Code, "hops");
    m_chain = addTitled(tr("Certificates"), TextLook::Plain, "chain");
    m_certificates = new StatusList(theme, {}, m_body);
    m_certificates->setObjectName(u"certificates:"_s + key);
    m_column->addWidget(m_certificates);
    m_headers = addTitled(tr("Answer headers"), TextLook::Code, "headers");
    m_excerpt = addTitled(tr("Start of the answer"), TextLook::Code, "excerpt");
    m_rerun = new FlatButton(theme, tr("Rerun this endpoint"), m_body);
    m_rerun->setObjectName(u"rerun:"_s + key);
    m_column->addWidget(m_rerun);
    connect(m_rerun, &FlatButton::clicked, this, [this] { m_board->rerunEndpoint(m_key); });
    connect(m_heading, &SectionHeading::toggled, m_body, &QWidget::setVisible);
    connect(theme, &ThemeSource::changed, this, &EndpointSection::applyTheme);
    m_heading->setChecked(true);
    applyTheme();
    refresh();
}

TextBlock *EndpointSection::addText(TextLook look, const char *name, const QString &spoken)
{
    auto *block = new TextBlock(m_theme, look, m_body);
    block->setObjectName(QLatin1StringView(name) + u':' + m_key);
    block->setAccessibleName(spoken);
    block->hide();
    m_column->addWidget(block);
    return block;
}

TextBlock *EndpointSection::addTitled(const QString &title, TextLook look, const char *name)
{
    auto *caption = new QLabel(title, m_body);
    caption->setTextFormat(Qt::PlainText);
    caption->hide();
    m_column->addWidget(caption);
    TextBlock *block = addText(look, name, title);
    m_titled.append({caption, block});
    return block;
}

void EndpointSection::setExpanded(bool expanded) { m_heading->setChecked(expanded); }

void EndpointSection::applyTheme()
{
    const Theme &theme = m_theme->theme();
    m_column->setContentsMargins(theme.px(24), 0, 0, theme.px(10));
    m_column->setSpacing(theme.px(6));
    layout()->setSpacing(theme.px(2));
    for (const auto &[caption, block] : std::as_const(m_titled)) {
        caption->setFont(theme.font(TextRole::Caption));
        QPalette palette = caption->palette();
        palette.setColor(QPalette::WindowText, theme.textDim);
        caption->setPalette(palette);
    }
    m_heading->updateGeometry();
}

void EndpointSection::refresh()
{
    const IncidentPtr &incident = m_board->incident();
    const Endpoint *endpoint = incident ? incident->endpoint(m_key) : nullptr;
    const EndpointStatus *status = m_board->endpointStatus(m_key);
    if (!endpoint)
        return;
    QString note = status ? visibleText(status->reason) : QString();
    if (status && note.isEmpty() && status->since)
        note = tr("since %1").arg(clockText(*status->since));
    m_heading->setContent(endpoint->name, status ? status->state : State::Unknown, note);
    m_target->setShown(visibleText(endpoint->target));
    m_badge->setShown(endpoint->client.insecure ? tr("Insecure: certificate problems are recorded but do not fail this probe.")
                                                : QString());
    const ObservationPtr latest = m_board->latest(m_key);
    if (!latest) {
        m_outcome->setShown(endpoint->notJudged.isEmpty() ? tr("Not probed yet.")
                                                          : tr("Not judged yet: %1").arg(visibleText(endpoint->notJudged)));
    } else if (latest != m_shown) {
        showObservation(*latest);
    }
    m_shown = latest;
    for (const auto &[caption, block] : std::as_const(m_titled))
        caption->setVisible(block->isVisibleTo(m_body));
}

void EndpointSection::showObservation(const Observation &observation)
{
    m_outcome->setLook(observation.failed()                           ? TextLook::Bad
                           : observation.outcome == Outcome::Degraded ? TextLook::Warning
                                                                      : TextLook::Plain);
    m_outcome->setShown(outcomeText(observation));
    m_facts->setShown(factsText(observation));
    m_phases->setParts(phaseParts(observation));
    QList<StatusList::Row> steps;
    for (const StepResult &step : observation.steps.first(std::min(observation.steps.size(), rowsAtMost)))
        steps.append({stepState(step), stepWord(step), stepText(step)});
    m_steps->setRows(steps);
    m_conversation->setShown(conversationText(observation));
    m_conditions->setRows(conditionRows(observation.conditions, State::Up, State::Down));
    m_degraded->setRows(conditionRows(observation.degradedWhen, State::Degraded, State::Up));
    m_notes->setShown(visibleText(observation.notes.join(u'\n')));
    QStringList hops = observation.hops.first(std::min(observation.hops.size(), rowsAtMost));
    m_hops->setShown(visibleText(hops.join(u'\n')));
    m_headers->setShown(headersText(observation));
    m_excerpt->setShown(visibleText(observation.excerpt));
    showCertificates(observation);
}

void EndpointSection::showCertificates(const Observation &observation)
{
    QList<StatusList::Row> rows;
    if (observation.tls) {
        const TlsFacts &tls = *observation.tls;
        m_chain->setLook(tls.chainVerdict == ChainVerdict::Ok ? TextLook::Plain : TextLook::Bad);
        for (const Certificate &certificate : tls.chain.first(std::min<qsizetype>(tls.chain.size(), 20))) {
            const State state = certificateState(certificate, observation.finishedAt);
            const QString word = state == State::Up ? tr("valid") : state == State::Down ? tr("not valid") : tr("expires soon");
            rows.append({state, word, certificateText(certificate, observation.finishedAt)});
        }
    }
    m_chain->setShown(observation.tls ? chainText(*observation.tls) : QString());
    m_certificates->setRows(rows);
}

} // namespace allclear
