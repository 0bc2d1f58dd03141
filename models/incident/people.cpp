#include "incident/references.h"
#include "incident/sections.h"
#include "incident/values.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

Why readWhy(const Section &section, const References &references)
{
    Why why;
    why.why = section.required("why"_L1, "a why"_L1);
    why.because = section.text("because"_L1);
    why.evidence = references.keys(section.reading(), section.texts("evidence"_L1));
    if (section.oneOf("confirmed-when"_L1, {u"failing"_s, u"passing"_s}) == u"passing"_s)
        why.confirmedWhen = ConfirmedWhen::Passing;
    return why;
}

/// "2h" after `declared`, or an instant.
std::optional<Duration> readDue(const Section &section, const std::optional<TimePoint> &declared)
{
    const std::optional<QString> text = section.optionalText("due"_L1);
    if (!text || text->contains("${"_L1))
        return std::nullopt;
    const SourceMark mark = section.markOf("due"_L1);
    if (const std::optional<TimePoint> instant = fromIso(*text)) {
        if (!declared)
            section.reading().error(mark, u"`due` is a point in time, but the incident has no `declared` to count from"_s,
                                    u"add `declared` under `incident`, or write a duration such as `2h`"_s);
        return declared ? std::optional(*instant - *declared) : std::nullopt;
    }
    const std::optional<Duration> due = parseDuration(*text);
    if (!due || *due < Duration::zero()) {
        section.reading().error(mark, u"`due` is neither a duration nor a point in time: `%1`"_s.arg(text->left(60)), durationHint(*text));
        return std::nullopt;
    }
    return due;
}

Action readAction(const Section &section, const References &references, const std::optional<TimePoint> &declared)
{
    Action action;
    action.title = section.required("title"_L1, "an action"_L1);
    action.owner = section.text("owner"_L1);
    action.due = readDue(section, declared);
    action.component = section.text("component"_L1);
    action.doneWhen = references.keys(section.reading(), section.texts("done-when"_L1));
    const QStringList components = references.componentNames();
    if (!action.component.isEmpty() && !components.contains(action.component))
        section.reading().error(section.markOf("component"_L1), u"there is no component `%1`"_s.arg(action.component),
                                section.reading().didYouMean(action.component, components));
    return action;
}

QStringList readCommand(const Section &section)
{
    QStringList command;
    for (const MarkedText &word : section.texts("command"_L1))
        command.append(word.text);
    const ValuePtr value = section.find("command"_L1);
    if (!value)
        section.reading().error(section.mark(), u"a run needs a `command`"_s, u"write `command: [program, argument]`"_s);
    else if (value->type == Value::Type::Sequence && (command.isEmpty() || command.first().trimmed().isEmpty()))
        section.reading().error(value->mark, u"`command` names no program"_s, u"write `command: [program, argument]`"_s);
    return command;
}

Run readRun(const Section &section)
{
    Run run;
    run.name = section.required("name"_L1, "a run"_L1);
    run.title = section.optionalText("title"_L1).value_or(run.name);
    run.command = readCommand(section);
    run.directory = section.reading().absolutePath(section.text("directory"_L1));
    run.timeout = section.duration("timeout"_L1, Least::Positive).value_or(run.timeout);
    if (const std::optional<Section> expect = section.section("expect"_L1)) {
        run.expect.format = expect->text("format"_L1);
        run.expect.exit = expect->integer("exit"_L1, 0);
        run.expect.atLeast = expect->integer("at-least"_L1, 1);
        run.expect.realAfter = expect->duration("real-after"_L1, Least::Zero);
        run.expect.output = expect->text("output"_L1);
    }
    if (const std::optional<Section> baseline = section.section("baseline"_L1)) {
        run.baseline.passed = baseline->integer("passed"_L1, 0);
        run.baseline.failed = baseline->integer("failed"_L1, 0);
        run.baseline.errors = baseline->integer("errors"_L1, 0);
        run.baseline.skipped = baseline->integer("skipped"_L1, 0);
        run.baseline.duration = baseline->duration("duration"_L1, Least::Zero);
    }
    return run;
}

Webhook readWebhook(const Section &section)
{
    static const QStringList events = u"component-down component-up criterion-met criterion-lost all-clear"_s.split(u' ');
    Webhook webhook;
    webhook.url = section.required("url"_L1, "a webhook"_L1);
    const bool isWeb = webhook.url.startsWith("http://"_L1) || webhook.url.startsWith("https://"_L1);
    if (!webhook.url.isEmpty() && !isWeb && !webhook.url.contains("${"_L1))
        section.reading().error(section.markOf("url"_L1), u"a webhook's `url` must be an http:// or https:// URL"_s);
    if (isWeb && QUrl(webhook.url).path().size() > 1)
        section.reading().secrets.append(webhook.url); // whoever knows it can post
    for (const MarkedText &event : section.texts("on"_L1)) {
        if (!events.contains(event.text)) {
            const QString near = section.reading().didYouMean(event.text, events);
            section.reading().error(event.mark, u"there is no event `%1`"_s.arg(event.text.left(60)),
                                    near.isEmpty() ? u"the events are: %1"_s.arg(events.join(u", "_s)) : near);
        }
        webhook.on.append(event.text);
    }
    return webhook;
}

} // namespace

QList<Why> readWhys(const Section &root, const References &references)
{
    QList<Why> whys;
    for (const Section &section : root.sections("five-whys"_L1))
        whys.append(readWhy(section, references));
    return whys;
}

QList<Action> readActions(const Section &root, const References &references, const Incident &incident)
{
    QList<Action> actions;
    for (const Section &section : root.sections("actions"_L1))
        actions.append(readAction(section, references, incident.declared));
    return actions;
}

QList<Run> readRuns(const Section &root)
{
    QList<Run> runs;
    QHash<QString, int> firsts;
    for (const Section &section : root.sections("runs"_L1)) {
        const Run run = readRun(section);
        if (const auto first = firsts.constFind(run.name); first != firsts.cend() && !run.name.isEmpty())
            root.reading().error(section.markOf("name"_L1), u"the run `%1` exists already"_s.arg(run.name),
                                 u"it is on line %1: change the name"_s.arg(*first));
        else
            firsts.insert(run.name, section.markOf("name"_L1).line);
        runs.append(run);
    }
    return runs;
}

Notify readNotify(const Section &root)
{
    Notify notify;
    const std::optional<Section> section = root.section("notify"_L1);
    if (!section)
        return notify;
    notify.desktop = section->flag("desktop"_L1, false);
    notify.sound = section->flag("sound"_L1, false);
    for (const Section &webhook : section->sections("webhooks"_L1))
        notify.webhooks.append(readWebhook(webhook));
    return notify;
}

} // namespace allclear::reading
