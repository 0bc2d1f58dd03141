#include "incident/sections.h"

#include <QScopedValueRollback>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

/// Gatus takes any value here; a nested one is reached as [CONTEXT].a.b, so that is its name.
void flatten(Reading &reading, const Value &value, const QString &name, QList<std::pair<QString, QString>> &context)
{
    if (value.type == Value::Type::Scalar)
        context.append({name, reading.expand(value).text});
    for (qsizetype i = 0; i < value.items.size(); ++i)
        flatten(reading, *value.items[i], u"%1[%2]"_s.arg(name).arg(i), context);
    for (const auto &[key, child] : mergedEntries(value))
        flatten(reading, *child, name.isEmpty() ? key->text : name + u'.' + key->text, context);
}

QList<std::pair<QString, QString>> readContext(const Section &suite)
{
    QList<std::pair<QString, QString>> context;
    const ValuePtr value = suite.find("context"_L1);
    if (value && value->type == Value::Type::Map)
        flatten(suite.reading(), *value, {}, context);
    else if (value)
        suite.reading().error(value->mark, u"`context` must be a mapping of names to values, not %1"_s.arg(typeName(*value)));
    return context;
}

ConversationStep readConversationStep(const Section &section)
{
    ConversationStep step;
    step.send = section.text("send"_L1);
    step.expect = section.conditions("expect"_L1, Windowed::Refused);
    step.within = section.duration("within"_L1, Least::Positive);
    step.store = section.pairs("store"_L1);
    if (!section.has("send"_L1) && !section.has("expect"_L1))
        section.reading().error(section.mark(), u"a conversation entry needs `send` or `expect`"_s);
    if (section.has("send"_L1) && section.has("expect"_L1))
        section.reading().error(section.markOf("expect"_L1), u"a conversation entry sends or expects, not both"_s,
                                u"make it two entries"_s);
    return step;
}

SuiteStep readStep(const Section &section, const QString &group)
{
    QStringList undefined;
    SuiteStep step{.endpoint = readEndpoint({section, group}), .alwaysRun = false, .store = {}, .conversation = {}};
    const QScopedValueRollback scope(section.reading().undefined, &undefined);
    step.alwaysRun = section.flag("always-run"_L1, false);
    step.store = section.pairs("store"_L1);
    for (const Section &entry : section.sections("conversation"_L1))
        step.conversation.append(readConversationStep(entry));
    if (step.endpoint.notJudged.isEmpty() && !undefined.isEmpty())
        step.endpoint.notJudged = u"variable ${%1} is not set"_s.arg(undefined.first());
    const bool expects = std::ranges::any_of(step.conversation, [](const ConversationStep &s) { return !s.expect.isEmpty(); });
    if (section.list("conditions"_L1).isEmpty() && !expects)
        section.reading().error(section.markOf("conditions"_L1), u"the step `%1` needs at least one condition"_s.arg(step.endpoint.name),
                                u"add `conditions: [\"[STATUS] == 200\"]`"_s);
    return step;
}

QList<SuiteStep> readSteps(const Section &suite, const QString &group, const ValuePtr &defaults)
{
    QList<SuiteStep> steps;
    QHash<QString, int> firsts;
    for (const ValuePtr &item : suite.list("endpoints"_L1)) {
        const Section section = Section::withDefaults(suite.reading(), item, u"suites[].endpoints[]"_s, defaults);
        if (!section.isMap())
            continue;
        const SuiteStep step = readStep(section, group);
        if (const auto first = firsts.constFind(step.endpoint.name); first != firsts.cend() && !step.endpoint.name.isEmpty())
            suite.reading().error(section.markOf("name"_L1), u"the step `%1` exists already in this suite"_s.arg(step.endpoint.name),
                                  u"it is on line %1: change the name"_s.arg(*first));
        else
            firsts.insert(step.endpoint.name, section.markOf("name"_L1).line);
        steps.append(step);
    }
    return steps;
}

Suite readSuite(const Section &section, const ValuePtr &defaults)
{
    Suite suite;
    suite.mark = section.mark();
    section.reading().componentMarks.insert({suite.mark.line, suite.mark.column}, section.markOf("component"_L1));
    suite.name = section.required("name"_L1, "a suite"_L1);
    suite.title = section.optionalText("title"_L1).value_or(suite.name);
    suite.group = section.text("group"_L1);
    suite.component = section.text("component"_L1);
    suite.enabled = section.flag("enabled"_L1, true);
    suite.interval = section.duration("interval"_L1, Least::Positive).value_or(suite.interval);
    suite.timeout = section.duration("timeout"_L1, Least::Positive).value_or(suite.timeout);
    suite.context = readContext(section);
    suite.steps = readSteps(section, suite.group, defaults);
    if (suite.steps.isEmpty() && section.list("endpoints"_L1).isEmpty())
        section.reading().error(section.markOf("endpoints"_L1), u"the suite `%1` needs at least one endpoint"_s.arg(suite.name));
    suite.notJudged = u"journeys are not judged yet"_s;
    return suite;
}

} // namespace

QList<Suite> readSuites(const Section &root)
{
    Reading &reading = root.reading();
    const QScopedValueRollback dollar(reading.dollar, Dollar::AlsoBare);
    const ValuePtr defaults = root.find("defaults"_L1);
    const bool usable = defaults && defaults->expanded <= 1000;
    QList<Suite> suites;
    QHash<EndpointKey, int> firsts;
    for (const Section &section : root.sections("suites"_L1)) {
        const Suite suite = readSuite(section, usable ? defaults : nullptr);
        if (const auto first = firsts.constFind(suite.key()); first != firsts.cend() && !suite.name.isEmpty())
            reading.error(section.markOf("name"_L1), u"the suite `%1` exists already"_s.arg(suite.key()),
                          u"it is on line %1: change the name or the group"_s.arg(*first));
        else
            firsts.insert(suite.key(), section.markOf("name"_L1).line);
        suites.append(suite);
    }
    return suites;
}

} // namespace allclear::reading
