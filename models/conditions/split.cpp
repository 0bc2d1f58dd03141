// Finds the operator of a condition. Spaces are required round it, and where several stand in the text the first in
// Gatus's order counts; but an operator inside the parentheses of a function belongs to the function.
#include "conditions/tree.h"

#include <algorithm>
#include <array>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array operatorTexts = {
    QLatin1StringView("=="), QLatin1StringView("!="), QLatin1StringView("<="),
    QLatin1StringView(">="), QLatin1StringView(">"),  QLatin1StringView("<")};

struct Occurrence {
    qsizetype at = 0; // of the operator itself, in the condition's text
    Operator op = Operator::Equal;
};

bool spaceAt(QStringView text, qsizetype at) { return at < 0 || at >= text.size() || text[at] == u' '; }

// In text order.
QList<Occurrence> occurrences(QStringView text)
{
    QList<Occurrence> found;
    for (qsizetype at = 0; at < text.size(); ++at) {
        for (std::size_t i = 0; i < operatorTexts.size(); ++i) {
            const auto op = operatorTexts[i];
            if (text.sliced(at).startsWith(op) && spaceAt(text, at - 1) && spaceAt(text, at + op.size()))
                found.append(Occurrence{.at = at, .op = static_cast<Operator>(i)});
        }
    }
    return found;
}

Split splitAt(QStringView text, const Occurrence &where)
{
    const qsizetype after = where.at + operatorTexts[static_cast<std::size_t>(where.op)].size();
    return Split{.left = trimmedPart(text.first(where.at), 0),
                 .op = where.op,
                 .right = trimmedPart(text.sliced(after), after),
                 .operatorAt = where.at};
}

// An operator inside "pat(*a == b*)" on the left leaves the left open.
bool leavesLeftWhole(const Split &split) { return !opensCall(split.left.text) || isCompleteCall(split.left.text); }

std::optional<Split> choose(QStringView text, QList<Occurrence> found)
{
    for (const Occurrence &where : found) {
        const Split split = splitAt(text, where);
        if (isCompleteCall(split.right.text) && leavesLeftWhole(split))
            return split;
    }
    std::ranges::stable_sort(found, {}, &Occurrence::op);
    for (const Occurrence &where : found) {
        const Split split = splitAt(text, where);
        if (leavesLeftWhole(split))
            return split;
    }
    if (!found.isEmpty())
        return splitAt(text, found.first());
    return std::nullopt;
}

ConditionError noOperator(QStringView text)
{
    // What people write instead, and what they mean by it; longer ones first.
    struct Mistake {
        QLatin1StringView written, meant;
    };
    constexpr std::array mistakes = {
        Mistake{QLatin1StringView("==="), QLatin1StringView("==")}, Mistake{QLatin1StringView("!=="), QLatin1StringView("!=")},
        Mistake{QLatin1StringView("=="), QLatin1StringView("==")},  Mistake{QLatin1StringView("!="), QLatin1StringView("!=")},
        Mistake{QLatin1StringView("<="), QLatin1StringView("<=")},  Mistake{QLatin1StringView(">="), QLatin1StringView(">=")},
        Mistake{QLatin1StringView("=<"), QLatin1StringView("<=")},  Mistake{QLatin1StringView("=>"), QLatin1StringView(">=")},
        Mistake{QLatin1StringView("<>"), QLatin1StringView("!=")},  Mistake{QLatin1StringView("=~"), QLatin1StringView("==")},
        Mistake{QLatin1StringView("="), QLatin1StringView("==")},   Mistake{QLatin1StringView("<"), QLatin1StringView("<")},
        Mistake{QLatin1StringView(">"), QLatin1StringView(">")}};
    for (const Mistake &mistake : mistakes) {
        const qsizetype at = text.indexOf(mistake.written);
        if (at < 0)
            continue;
        const int column = static_cast<int>(at) + 1;
        if (mistake.written == mistake.meant) {
            return ConditionError{.column = column,
                                  .message = u"spaces are required round `%1`"_s.arg(mistake.written),
                                  .suggestion = u"write ` %1 `"_s.arg(mistake.meant)};
        }
        return ConditionError{.column = column,
                              .message = u"unknown operator `%1`"_s.arg(mistake.written),
                              .suggestion = u"did you mean `%1`?"_s.arg(mistake.meant)};
    }
    return ConditionError{.column = static_cast<int>(text.size()) + 1,
                          .message = u"a condition needs an operator: == != <= >= < or >, with spaces round it"_s,
                          .suggestion = u"for example `[STATUS] == 200`"_s};
}

} // namespace

Part trimmedPart(QStringView text, qsizetype at)
{
    qsizetype lead = 0;
    while (lead < text.size() && text[lead].isSpace())
        ++lead;
    return Part{.text = text.trimmed(), .at = at + lead};
}

QLatin1StringView text(Operator op) { return operatorTexts[static_cast<std::size_t>(op)]; }

std::variant<Split, ConditionError> splitAtOperator(QStringView text)
{
    if (text.trimmed().isEmpty())
        return ConditionError{.message = u"the condition is empty"_s, .suggestion = u"for example `[STATUS] == 200`"_s};
    const auto split = choose(text, occurrences(text));
    if (!split)
        return noOperator(text);
    const auto op = operatorTexts[static_cast<std::size_t>(split->op)];
    if (split->left.text.isEmpty())
        return ConditionError{.column = static_cast<int>(split->operatorAt) + 1,
                              .message = u"there is nothing on the left of `%1`"_s.arg(op),
                              .suggestion = {}};
    if (split->right.text.isEmpty())
        return ConditionError{.column = static_cast<int>(split->operatorAt + op.size()) + 1,
                              .message = u"there is nothing on the right of `%1`"_s.arg(op),
                              .suggestion = {}};
    return *split;
}

} // namespace allclear
