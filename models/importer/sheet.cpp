#include "importer/sheet.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

QString flowList(const QStringList &texts, QString (*write)(const QString &) = quoted)
{
    QStringList items;
    for (const QString &text : texts)
        items.append(write(text));
    return u"["_s + items.join(u", "_s) + u']';
}

QString placeOf(int line, const QString &guess = {})
{
    const QString place = line > 0 ? u"line %1"_s.arg(line) : QString();
    if (guess.isEmpty())
        return place;
    return (place.isEmpty() ? u"guessed: "_s : place + u", guessed: "_s) + guess;
}

QString placesOf(const QList<Sourced> &values)
{
    QList<int> lines;
    QStringList guesses;
    for (const Sourced &value : values) {
        if (value.line > 0 && !lines.contains(value.line))
            lines.append(value.line);
        if (!value.guess.isEmpty() && !guesses.contains(value.guess))
            guesses.append(value.guess);
    }
    if (lines.size() < 2)
        return placeOf(lines.value(0), guesses.join(u"; "_s));
    QStringList numbers;
    for (const int line : std::as_const(lines))
        numbers.append(QString::number(line));
    const QString places = u"lines "_s + numbers.join(u", "_s);
    return guesses.isEmpty() ? places : places + u", guessed: "_s + guesses.join(u"; "_s);
}

class EntryBuilder
{
public:
    explicit EntryBuilder(const QString &id) { m_entry.id = id; }

    EntryBuilder &add(const QString &key, const QString &value, const QString &comment = {})
    {
        m_entry.fields.append({key, value, comment});
        return *this;
    }

    EntryBuilder &add(const QString &key, const Sourced &value)
    {
        if (value.isEmpty())
            return *this;
        if (value.lastLine > value.line)
            return add(key, quoted(value.text), u"lines %1-%2"_s.arg(value.line).arg(value.lastLine));
        return add(key, quoted(value.text), placeOf(value.line, value.guess));
    }

    Entry entry() const { return m_entry; }

private:
    Entry m_entry;
};

QString moneyValue(const DraftMoney &money)
{
    return u"{ amount: %1, currency: %2, per: %3%4 }"_s.arg(
        QString::number(money.amount, 'f', 2).remove(QRegularExpression(u"\\.?0+$"_s)), money.currency, money.per,
        money.atLeast ? u", at-least: true"_s : QString());
}

Sheet incidentSheet(const Draft &draft)
{
    EntryBuilder entry({});
    entry.add(u"title"_s, draft.title).add(u"severity"_s, draft.severity);
    entry.add(u"status"_s, u"investigating"_s, u"guessed: the issue is open"_s);
    entry.add(u"declared"_s, draft.declared).add(u"summary"_s, draft.summary);
    if (draft.money)
        entry.add(u"impact.revenue-at-risk"_s, moneyValue(*draft.money),
                  placeOf(draft.money->line, draft.money->guess));
    entry.add(u"impact.customers"_s, draft.customers);
    const bool services = std::ranges::any_of(draft.endpoints, [](const DraftEndpoint &e) {
        return e.kind == AddressKind::Http || e.kind == AddressKind::WebSocket;
    });
    if (services)
        entry.add(u"impact.availability-of"_s, u"[group:Services]"_s,
                  u"guessed: availability is measured here, not typed in"_s);
    return {.key = u"incident"_s, .heading = {}, .entries = {entry.entry()}, .remarks = {}};
}

Sheet linkSheet(const Draft &draft)
{
    Sheet sheet{.key = u"links"_s, .heading = {}, .entries = {}, .remarks = {}};
    QSet<QString> ids;
    for (const DraftLink &link : draft.links)
        sheet.entries.append(EntryBuilder(uniqueName(link.url, ids))
                                 .add(u"title"_s, quoted(link.title), placeOf(link.line))
                                 .add(u"url"_s, quoted(link.url), placeOf(link.line))
                                 .entry());
    return sheet;
}

Sheet defaultsSheet()
{
    EntryBuilder entry({});
    entry.add(u"interval"_s, u"30s"_s, u"guessed: the issue does not say how often to look"_s);
    entry.add(u"failure-threshold"_s, u"2"_s, u"guessed"_s).add(u"success-threshold"_s, u"2"_s, u"guessed"_s);
    entry.add(u"client"_s, u"{ timeout: 15s }"_s, u"guessed"_s);
    return {.key = u"defaults"_s, .heading = {}, .entries = {entry.entry()}, .remarks = {}};
}

QString tierOf(ComponentKind kind)
{
    switch (kind) {
    case ComponentKind::Network:
    case ComponentKind::Compute: return u"Platform"_s;
    case ComponentKind::Cache:
    case ComponentKind::Database:
    case ComponentKind::Queue: return u"Data"_s;
    case ComponentKind::Certificate:
    case ComponentKind::Edge: return u"Edge"_s;
    case ComponentKind::Service: return u"Services"_s;
    }
    Q_UNREACHABLE();
}

Sheet componentSheet(const Draft &draft)
{
    Sheet sheet{.key = u"components"_s,
                .heading = u"What is watched: one tile each; `needs` draws what waits on what"_s,
                .entries = {},
                .remarks = {}};
    for (const DraftComponent &component : draft.components) {
        EntryBuilder entry(component.name);
        entry.add(u"name"_s, quoted(component.name), placeOf(component.line, component.guess))
            .add(u"title"_s, quoted(component.title), placeOf(component.line, component.guess));
        entry.add(u"tier"_s, tierOf(component.kind), u"guessed: by its name"_s);
        if (!component.needs.isEmpty())
            entry.add(u"needs"_s, flowList(component.needs), placeOf(component.needsLine, u"proposed from the whys"_s));
        sheet.entries.append(entry.entry());
    }
    return sheet;
}

Sheet endpointSheet(const Draft &draft)
{
    Sheet sheet{.key = u"endpoints"_s, .heading = {}, .entries = {}, .remarks = {}};
    for (const DraftEndpoint &endpoint : draft.endpoints) {
        const bool service = endpoint.kind == AddressKind::Http || endpoint.kind == AddressKind::WebSocket;
        QStringList conditions;
        for (const Sourced &condition : endpoint.conditions)
            conditions.append(condition.text);
        EntryBuilder entry(endpoint.name);
        entry.add(u"name"_s, quoted(endpoint.name), placeOf(endpoint.line));
        entry.add(u"component"_s, quoted(endpoint.component), u"guessed: by its address"_s);
        entry.add(u"group"_s, service ? u"Services"_s : u"Infrastructure"_s, u"guessed: by its kind"_s);
        const QString url = endpoint.url.startsWith("${"_L1) ? quotedWithVariables(endpoint.url) : quoted(endpoint.url);
        entry.add(u"url"_s, url, placeOf(endpoint.line, endpoint.guess));
        entry.add(u"conditions"_s, flowList(conditions), placesOf(endpoint.conditions));
        sheet.entries.append(entry.entry());
    }
    return sheet;
}

Sheet openSheet(const Draft &draft)
{
    Sheet sheet{
        .key = u"suites"_s,
        .heading =
            u"Not watched yet: the issue gives no address. Each stays unknown, never green, until you set its variable or write its steps"_s,
        .entries = {},
        .remarks = {}};
    for (const DraftOpen &open : draft.open) {
        EntryBuilder entry(open.name);
        entry.add(u"name"_s, quoted(open.name), placeOf(open.line, u"for what the issue gives no address"_s));
        if (!open.title.isEmpty())
            entry.add(u"title"_s, quoted(open.title),
                      placeOf(open.line, open.line > 0 ? QString() : u"there is nothing"_s));
        entry.add(u"group"_s, u"\"Not watched yet\""_s, u"guessed"_s);
        entry.add(u"endpoints"_s,
                  u"[{ name: answers, url: \"${%1}\", conditions: [\"[STATUS] == 200\"] }]"_s.arg(open.variable),
                  u"guessed: set %1, or write the steps"_s.arg(open.variable));
        sheet.entries.append(entry.entry());
    }
    return sheet;
}

Sheet criterionSheet(const Draft &draft)
{
    Sheet sheet{.key = u"success-criteria"_s,
                .heading = u"When it is over: every one of these held for its whole window, on fresh evidence"_s,
                .entries = {},
                .remarks = {}};
    for (const DraftCriterion &criterion : draft.criteria) {
        EntryBuilder entry(criterion.title);
        entry.add(u"title"_s, quoted(criterion.title), placeOf(criterion.line));
        entry.add(u"of"_s, flowList(criterion.of), placeOf(criterion.line, criterion.ofGuess));
        if (criterion.httpOnly)
            entry.add(u"kind"_s, u"http"_s, placeOf(criterion.line, u"a status is HTTP's"_s));
        QStringList require;
        for (const Sourced &condition : criterion.require)
            require.append(condition.text);
        if (!require.isEmpty())
            entry.add(u"require"_s, flowList(require), placeOf(criterion.line));
        entry.add(u"hold"_s, criterion.hold);
        sheet.entries.append(entry.entry());
    }
    return sheet;
}

Sheet whySheet(const Draft &draft)
{
    Sheet sheet{
        .key = u"five-whys"_s,
        .heading =
            u"Why it happened: the issue's claims. Name endpoints in `evidence`, and what they do confirms or refutes them"_s,
        .entries = {},
        .remarks = {}};
    QSet<QString> ids;
    for (const DraftWhy &why : draft.whys) {
        EntryBuilder entry(uniqueName(why.why, ids));
        entry.add(u"why"_s, quoted(why.why), placeOf(why.line));
        if (!why.because.isEmpty())
            entry.add(u"because"_s, quoted(why.because), placeOf(why.becauseLine));
        entry.add(u"evidence"_s, u"[]"_s, u"guessed: untested"_s);
        sheet.entries.append(entry.entry());
    }
    return sheet;
}

Sheet actionSheet(const Draft &draft)
{
    Sheet sheet{.key = u"actions"_s, .heading = u"What people do"_s, .entries = {}, .remarks = {}};
    for (const DraftAction &action : draft.actions) {
        EntryBuilder entry(action.title);
        entry.add(u"title"_s, quoted(action.title), placeOf(action.line)).add(u"owner"_s, action.owner);
        entry.add(u"due"_s, action.due).add(u"component"_s, action.component);
        sheet.entries.append(entry.entry());
    }
    return sheet;
}

QString baselineValue(const DraftBaseline &baseline)
{
    QStringList parts;
    const auto add = [&parts](const QString &key, std::optional<int> count) {
        if (count)
            parts.append(u"%1: %2"_s.arg(key).arg(*count));
    };
    add(u"passed"_s, baseline.passed);
    add(u"failed"_s, baseline.failed);
    add(u"errors"_s, baseline.errors);
    add(u"skipped"_s, baseline.skipped);
    if (baseline.duration)
        parts.append(u"duration: "_s + durationWord(*baseline.duration));
    return u"{ %1 }"_s.arg(parts.join(u", "_s));
}

QString expectValue(const DraftRun &run)
{
    if (run.format.isEmpty())
        return u"{ exit: 0 }"_s;
    if (run.format.text == "curl"_L1)
        return u"{ format: curl, output: \"pat(*200*)\" }"_s;
    int least = 0;
    if (run.baseline)
        least = run.baseline->passed.value_or(0) + run.baseline->failed.value_or(0);
    return least > 0 ? u"{ format: %1, at-least: %2 }"_s.arg(run.format.text).arg(least)
                     : u"{ format: %1 }"_s.arg(run.format.text);
}

Sheet runSheet(const Draft &draft)
{
    Sheet sheet{.key = u"runs"_s,
                .heading =
                    u"Validation commands: never started before a person on this computer has seen and approved them"_s,
                .entries = {},
                .remarks = {}};
    for (const DraftRun &run : draft.runs) {
        EntryBuilder entry(run.name);
        entry.add(u"name"_s, quoted(run.name), placeOf(run.line)).add(u"title"_s, run.title);
        entry.add(u"command"_s, flowList(run.command, quotedWithVariables), placeOf(run.line, run.guess))
            .add(u"directory"_s, run.directory);
        entry.add(u"expect"_s, expectValue(run),
                  placeOf(run.baseline ? run.baseline->line : 0,
                          run.format.isEmpty() ? u"it ends well"_s : run.format.guess));
        if (run.baseline)
            entry.add(u"baseline"_s, baselineValue(*run.baseline), placeOf(run.baseline->line));
        sheet.entries.append(entry.entry());
    }
    for (const DraftBaseline &baseline : draft.unmatched)
        sheet.remarks.append(u"%1: %2, but the issue gives no command for it (line %3)"_s
                                 .arg(withoutSecrets(shortened(baseline.title, 80)), baselineValue(baseline))
                                 .arg(baseline.line));
    return sheet;
}

} // namespace

QList<Sheet> sheetsOf(const Draft &draft)
{
    QList<Sheet> sheets{incidentSheet(draft), linkSheet(draft), defaultsSheet(),       componentSheet(draft),
                        endpointSheet(draft), openSheet(draft), criterionSheet(draft), whySheet(draft),
                        actionSheet(draft),   runSheet(draft)};
    sheets.removeIf([](const Sheet &sheet) { return sheet.entries.isEmpty() && sheet.remarks.isEmpty(); });
    return sheets;
}

} // namespace allclear::issue
