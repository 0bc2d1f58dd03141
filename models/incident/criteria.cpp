#include "incident/references.h"
#include "incident/sections.h"

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

QStringList kindWords()
{
    QStringList words;
    for (int i = 0; i < static_cast<int>(Kind::Unknown); ++i)
        words.append(name(static_cast<Kind>(i)));
    return words;
}

/// Drops endpoints of other kinds and disabled ones. Nothing left is an error: zero selected
/// endpoints would be a criterion that nothing can refute.
void narrow(const Section &section, const References &references, const References::Found &found, SuccessCriterion &criterion)
{
    for (const EndpointKey &key : found.endpoints) {
        const Endpoint *endpoint = references.endpoint(key);
        if (endpoint && endpoint->enabled && (!criterion.kind || endpoint->kind == *criterion.kind))
            criterion.endpoints.append(key);
    }
    if (!criterion.endpoints.isEmpty() || !found.complete)
        return;
    if (found.endpoints.isEmpty())
        section.reading().error(section.markOf("of"_L1), u"the criterion selects nothing"_s, u"name endpoints, suites, `group:…` or `component:…` in `of`"_s);
    else if (criterion.kind)
        section.reading().error(section.markOf("kind"_L1), u"the criterion selects no endpoint of kind %1"_s.arg(name(*criterion.kind)),
                                u"change `kind` or `of`"_s);
    else
        section.reading().error(section.markOf("of"_L1), u"the criterion selects only disabled endpoints"_s, u"enable one of them or change `of`"_s);
}

SuccessCriterion readCriterion(const Section &section, const References &references)
{
    SuccessCriterion criterion;
    criterion.mark = section.mark();
    criterion.title = section.required("title"_L1, "a criterion"_L1);
    if (const std::optional<QString> kind = section.oneOf("kind"_L1, kindWords()))
        criterion.kind = kindFrom(*kind);
    criterion.require = section.conditions("require"_L1, Windowed::Allowed);
    criterion.hold = section.duration("hold"_L1, Least::Zero).value_or(Duration::zero());
    const QList<MarkedText> of = section.texts("of"_L1);
    for (const MarkedText &reference : of)
        criterion.of.append(reference.text);
    const ValuePtr written = section.find("of"_L1);
    if (!written)
        section.reading().error(section.mark(), u"a criterion needs an `of`"_s, u"name endpoints, suites, `group:…` or `component:…`"_s);
    else if (written->type == Value::Type::Sequence && of.size() == written->items.size())
        narrow(section, references, references.resolve(section.reading(), of), criterion);
    return criterion;
}

} // namespace

QList<SuccessCriterion> readCriteria(const Section &root, const References &references)
{
    QList<SuccessCriterion> criteria;
    QHash<QString, int> firsts;
    for (const Section &section : root.sections("success-criteria"_L1)) {
        const SuccessCriterion criterion = readCriterion(section, references);
        if (const auto first = firsts.constFind(criterion.title); first != firsts.cend() && !criterion.title.isEmpty())
            root.reading().error(section.markOf("title"_L1), u"the criterion `%1` exists already"_s.arg(criterion.title),
                                 u"it is on line %1: change the title"_s.arg(*first));
        else
            firsts.insert(criterion.title, section.markOf("title"_L1).line);
        criteria.append(criterion);
    }
    return criteria;
}

} // namespace allclear::reading
