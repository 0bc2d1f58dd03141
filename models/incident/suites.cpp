#include "conditions/extract.h"
#include "incident/sections.h"

#include <QJsonArray>
#include <QScopedValueRollback>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

/// Gatus takes any value here; scalars are texts, as conditions compare them.
QJsonValue contextValue(Reading &reading, const Value &value)
{
    if (value.type == Value::Type::Scalar)
        return reading.expand(value).text;
    if (value.type == Value::Type::Sequence) {
        QJsonArray array;
        for (const ValuePtr &item : value.items)
            array.append(contextValue(reading, *item));
        return array;
    }
    QJsonObject object;
    for (const auto &[key, child] : mergedEntries(value))
        object.insert(key->text, contextValue(reading, *child));
    return object;
}

QJsonObject readContext(const Section &suite)
{
    const ValuePtr value = suite.find("context"_L1);
    if (value && value->type == Value::Type::Map)
        return contextValue(suite.reading(), *value).toObject();
    if (value)
        suite.reading().error(value->mark, u"`context` must be a mapping of names to values, not %1"_s.arg(typeName(*value)));
    return {};
}

JourneyStep readStep(const Section &section, const QString &group)
{
    QStringList undefined;
    JourneyStep step{.endpoint = readEndpoint({section, group}), .alwaysRun = false, .store = {}};
    const QScopedValueRollback scope(section.reading().undefined, &undefined);
    step.alwaysRun = section.flag("always-run"_L1, false);
    step.store = readStore(section);
    if (step.endpoint.notJudged.isEmpty() && !undefined.isEmpty())
        step.endpoint.notJudged = u"variable ${%1} is not set"_s.arg(undefined.first());
    const bool expects = std::ranges::any_of(step.endpoint.conversation, [](const ConversationStep &s) { return !s.expect.isEmpty(); });
    if (section.list("conditions"_L1).isEmpty() && !expects)
        section.reading().error(section.markOf("conditions"_L1), u"the step `%1` needs at least one condition"_s.arg(step.endpoint.name),
                                u"add `conditions: [\"[STATUS] == 200\"]`"_s);
    return step;
}

QList<JourneyStep> readSteps(const Section &suite, const QString &group, const ValuePtr &defaults)
{
    QList<JourneyStep> steps;
    QHash<QString, int> firsts;
    for (const ValuePtr &item : suite.list("endpoints"_L1)) {
        const Section section = Section::withDefaults(suite.reading(), item, u"suites[].endpoints[]"_s, defaults);
        if (!section.isMap())
            continue;
        const JourneyStep step = readStep(section, group);
        if (const auto first = firsts.constFind(step.endpoint.name); first != firsts.cend() && !step.endpoint.name.isEmpty())
            suite.reading().error(section.markOf("name"_L1), u"the step `%1` exists already in this suite"_s.arg(step.endpoint.name),
                                  u"it is on line %1: change the name"_s.arg(*first));
        else
            firsts.insert(step.endpoint.name, section.markOf("name"_L1).line);
        steps.append(step);
    }
    return steps;
}

/// Why the journey cannot be made as the file means it.
QString whyNotJudged(const QList<JourneyStep> &steps)
{
    const auto unusable = std::ranges::find_if(steps, [](const JourneyStep &step) {
        return step.endpoint.enabled && !step.endpoint.notJudged.isEmpty();
    });
    if (unusable != steps.end())
        return u"step `%1`: %2"_s.arg(unusable->endpoint.name, unusable->endpoint.notJudged);
    const bool none = !steps.isEmpty() && std::ranges::none_of(steps, [](const JourneyStep &step) { return step.endpoint.enabled; });
    return none ? u"all its steps are disabled"_s : QString();
}

Endpoint readSuite(const Section &section, const ValuePtr &defaults)
{
    Endpoint suite;
    auto journey = std::make_shared<Journey>();
    suite.kind = Kind::Journey;
    suite.mark = section.mark();
    section.reading().componentMarks.insert({suite.mark.line, suite.mark.column}, section.markOf("component"_L1));
    suite.name = section.required("name"_L1, "a suite"_L1);
    journey->title = section.optionalText("title"_L1).value_or(suite.name);
    suite.group = section.text("group"_L1);
    suite.component = section.text("component"_L1);
    suite.enabled = section.flag("enabled"_L1, true);
    suite.interval = section.duration("interval"_L1, Least::Positive).value_or(10min);
    suite.client.timeout = section.duration("timeout"_L1, Least::Positive).value_or(5min);
    QStringList undefined;
    {
        const QScopedValueRollback scope(section.reading().undefined, &undefined);
        journey->context = readContext(section);
    }
    journey->steps = readSteps(section, suite.group, defaults);
    if (journey->steps.isEmpty() && section.list("endpoints"_L1).isEmpty())
        section.reading().error(section.markOf("endpoints"_L1), u"the suite `%1` needs at least one endpoint"_s.arg(suite.name));
    suite.target = journey->steps.size() == 1 ? u"1 step"_s : u"%1 steps"_s.arg(journey->steps.size());
    suite.client.insecure = std::ranges::any_of(journey->steps, [](const JourneyStep &step) { return step.endpoint.client.insecure; });
    suite.notJudged = undefined.isEmpty() ? whyNotJudged(journey->steps) : u"variable ${%1} is not set"_s.arg(undefined.first());
    suite.journey = journey;
    return suite;
}

} // namespace

QList<Endpoint> readSuites(const Section &root)
{
    Reading &reading = root.reading();
    const QScopedValueRollback dollar(reading.dollar, Dollar::AlsoBare);
    const ValuePtr defaults = root.find("defaults"_L1);
    const bool usable = defaults && defaults->expanded <= 1000;
    QList<Endpoint> suites;
    QHash<EndpointKey, int> firsts;
    for (const Section &section : root.sections("suites"_L1)) {
        const Endpoint suite = readSuite(section, usable ? defaults : nullptr);
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
