#include "incident/references.h"
#include "incident/sections.h"
#include "incident/urls.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

QStringList statusWords()
{
    QStringList words;
    for (int i = 0; i <= static_cast<int>(IncidentStatus::Resolved); ++i)
        words.append(name(static_cast<IncidentStatus>(i)));
    return words;
}

std::optional<TimePoint> readInstant(const Section &section, QLatin1StringView key)
{
    const std::optional<QString> text = section.optionalText(key);
    if (!text)
        return std::nullopt;
    const std::optional<TimePoint> instant = fromIso(*text);
    if (!instant)
        section.reading().error(section.markOf(key), u"`%1` is no point in time: `%2`"_s.arg(key, text->left(60)),
                                u"write it as `2025-09-16T04:00:00Z`"_s);
    return instant;
}

std::optional<MoneyAtRisk> readMoney(const Section &impact)
{
    const std::optional<Section> section = impact.section("revenue-at-risk"_L1);
    if (!section)
        return std::nullopt;
    static const QStringList periods = u"year quarter month week day hour minute"_s.split(u' ');
    MoneyAtRisk money;
    const std::optional<double> amount = section->number("amount"_L1);
    if (!section->has("amount"_L1))
        impact.reading().error(section->mark(), u"`revenue-at-risk` needs an `amount`"_s);
    money.amount = amount.value_or(0);
    money.currency = section->optionalText("currency"_L1).value_or(u"USD"_s).toUpper();
    const bool isCode = money.currency.size() == 3 && std::ranges::all_of(money.currency, [](QChar c) { return c >= u'A' && c <= u'Z'; });
    if (!isCode)
        impact.reading().error(section->markOf("currency"_L1), u"`%1` is no currency"_s.arg(money.currency.left(20)),
                               u"write its three letters, such as USD, EUR or CHF"_s);
    money.per = section->oneOf("per"_L1, periods).value_or(u"year"_s);
    money.atLeast = section->flag("at-least"_L1, false);
    return amount ? std::optional(money) : std::nullopt;
}

void readImpact(const Section &section, const References &references, Incident &incident)
{
    incident.customers = section.text("customers"_L1);
    incident.revenueAtRisk = readMoney(section);
    if (section.has("availability-of"_L1))
        incident.availabilityOf = references.resolve(section.reading(), section.texts("availability-of"_L1)).endpoints;
}

void readIncidentBlock(const Section &section, const References &references, Incident &incident)
{
    incident.title = section.text("title"_L1).trimmed();
    incident.severity = section.text("severity"_L1);
    if (const std::optional<QString> status = section.oneOf("status"_L1, statusWords()))
        incident.status = incidentStatusFrom(*status).value_or(incident.status);
    incident.declared = readInstant(section, "declared"_L1);
    incident.summary = section.text("summary"_L1);
    if (const std::optional<Section> impact = section.section("impact"_L1))
        readImpact(*impact, references, incident);
    for (const Section &link : section.sections("links"_L1)) {
        const QString url = link.required("url"_L1, "a link"_L1);
        incident.links.append({link.optionalText("title"_L1).value_or(url), url});
    }
}

void readObserver(const Section &root, Incident &incident)
{
    const std::optional<Section> observer = root.section("observer"_L1);
    if (!observer)
        return;
    incident.observerTarget = observer->required("target"_L1, "the observer"_L1);
    if (incident.observerTarget.isEmpty() || incident.observerTarget.contains("${"_L1))
        return;
    const std::optional<UrlProblem> problem = checkUrl(incident.observerTarget);
    if (problem)
        root.reading().error(observer->markOf("target"_L1), problem->message, problem->suggestion);
    else if (kindOf(incident.observerTarget) != Kind::Tcp)
        root.reading().error(observer->markOf("target"_L1), u"the observer's target must be a tcp:// URL"_s, u"write `tcp://host:port`"_s);
}

} // namespace

void readHeader(const Section &root, const References &references, Incident &incident)
{
    if (const std::optional<Section> section = root.section("incident"_L1))
        readIncidentBlock(*section, references, incident);
    readObserver(root, incident);
    if (!incident.availabilityOf.isEmpty())
        return;
    for (const Endpoint &endpoint : incident.endpoints) {
        if (endpoint.enabled)
            incident.availabilityOf.append(endpoint.key());
    }
}

} // namespace allclear::reading
