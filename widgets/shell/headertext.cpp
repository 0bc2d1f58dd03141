#include "widgets/shell/headertext.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

const QString none = u"—"_s;

QString tr(const char *text) { return QCoreApplication::translate("Header", text); }

State colourOf(double availability)
{
    return availability >= 0.999 ? State::Up : availability >= 0.95 ? State::Degraded : State::Down;
}

QString lastProbeText(const Verdict &verdict, TimePoint now)
{
    if (!verdict.lastProbeAt)
        return tr("waiting for the first results");
    const Duration age = now - *verdict.lastProbeAt;
    return age < 1s ? tr("last probe just now") : tr("last probe %1 ago").arg(shortDurationText(age));
}

QString lineText(const Incident *incident, const Verdict &verdict, TimePoint now, Probing probing)
{
    if (!incident)
        return tr("No incident file has been read yet");
    QStringList parts{statusWord(incident->status)};
    if (incident->declared)
        parts << tr("declared %1").arg(clockText(*incident->declared));
    parts << lastProbeText(verdict, now);
    if (probing == Probing::Paused)
        parts << tr("probing paused");
    return parts.join(u" · "_s);
}

FigureText elapsedFigure(const Incident *incident, TimePoint now)
{
    if (!incident || !incident->declared)
        return {none, tr("Elapsed"), {}, tr("The incident file does not say when the incident was declared.")};
    const Duration elapsed = now - *incident->declared;
    const QString hint = tr("Since the incident was declared at %1").arg(toIso(*incident->declared));
    if (elapsed < Duration())
        return {u"T− "_s + elapsedText(-elapsed), tr("Until declared"), {}, hint};
    return {u"T+ "_s + elapsedText(elapsed), tr("Elapsed"), {}, hint};
}

FigureText revenueFigure(const Incident *incident)
{
    if (!incident || !incident->revenueAtRisk)
        return {none, tr("Revenue at risk"), {}, tr("The incident file names no revenue at risk.")};
    const QString whole = moneyText(*incident->revenueAtRisk);
    const QString period = whole.section(u' ', 1);
    return {whole.section(u' ', 0, 0), period.isEmpty() ? tr("Revenue at risk") : tr("%1 at risk").arg(period), {},
            tr("Stated in the incident file")};
}

FigureText criteriaFigure(const Verdict &verdict)
{
    if (verdict.criteria.isEmpty())
        return {none, tr("Criteria met"), {}, tr("There are no success criteria to meet.")};
    const int met = verdict.criteriaMet();
    const bool all = met == verdict.criteria.size();
    return {u"%1 / %2"_s.arg(met).arg(verdict.criteria.size()), tr("Criteria met"), all ? State::Up : met > 0 ? State::Degraded : State::Down,
            tr("Success criteria that held for their whole window")};
}

void sayVerdict(HeaderText &text, const Verdict &verdict)
{
    text.verdict.caption = tr("Verdict");
    text.verdict.hint = verdict.sentence;
    switch (verdict.overall) {
    case Overall::Clear:
        text.verdict.value = tr("ALL CLEAR");
        text.verdictShape = State::Up;
        break;
    case Overall::NotClear:
        text.verdict.value = tr("NOT CLEAR");
        text.verdictShape = State::Down;
        break;
    case Overall::Unknown:
        text.verdict.value = tr("UNKNOWN");
        text.verdictShape = State::Unknown;
        break;
    }
    text.verdict.state = text.verdictShape;
}

} // namespace

QString statusWord(IncidentStatus status)
{
    switch (status) {
    case IncidentStatus::Investigating: return tr("Investigating");
    case IncidentStatus::Identified: return tr("Identified");
    case IncidentStatus::Mitigating: return tr("Mitigating");
    case IncidentStatus::Monitoring: return tr("Monitoring");
    case IncidentStatus::Resolved: return tr("Resolved");
    }
    return {};
}

QString availabilityText(std::optional<double> availability)
{
    if (!availability)
        return none;
    const double tenths = std::floor(*availability * 1000 + 1e-9) / 10; // percent, one decimal
    const bool whole = std::abs(tenths - std::round(tenths)) < 0.05;
    return u"%1 %"_s.arg(QString::number(tenths, 'f', whole ? 0 : 1));
}

HeaderText headerText(const Incident *incident, const Verdict &verdict, TimePoint now, Probing probing)
{
    HeaderText text;
    text.severity = incident ? incident->severity : QString();
    text.title = incident ? incident->title : u"Allclear"_s;
    text.line = lineText(incident, verdict, now, probing);
    text.elapsed = elapsedFigure(incident, now);
    text.availability = {availabilityText(verdict.availability), tr("Availability"), {},
                         tr("Measured: results that passed, of all results since the incident was declared")};
    if (verdict.availability)
        text.availability.state = colourOf(*verdict.availability);
    text.revenue = revenueFigure(incident);
    text.criteria = criteriaFigure(verdict);
    sayVerdict(text, verdict);
    return text;
}

} // namespace allclear
