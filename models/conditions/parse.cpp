// Condition::parse: splits at the operator, reads both sides, and refuses pairs that could never be met.
#include "conditions/operand.h"

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

ConditionError fail(const Part &part, const QString &message, const QString &suggestion = {})
{
    return ConditionError{.column = part.column(), .message = message, .suggestion = suggestion};
}

bool isEquality(Operator op) { return op == Operator::Equal || op == Operator::NotEqual; }

QStringView functionName(const Part &part) { return part.text.first(part.text.indexOf(u'(')); }

std::optional<ConditionError> checkMatchers(const Split &split, const Operand &left, const Operand &right)
{
    if (left.isMatcher() && right.isMatcher())
        return fail(split.right, u"only one side can be %1(): the other is what it judges"_s.arg(functionName(split.right)));
    const Part *matcher = left.isMatcher() ? &split.left : right.isMatcher() ? &split.right : nullptr;
    if (matcher && !isEquality(split.op)) {
        return fail(*matcher, u"%1() works with == and != only"_s.arg(functionName(*matcher)),
                    u"put == in place of %1"_s.arg(text(split.op)));
    }
    return std::nullopt;
}

std::optional<ConditionError> checkWindow(const Split &split, const Operand &left, const Operand &right)
{
    const bool leftWindow = std::holds_alternative<WindowOf>(left.form);
    const bool rightWindow = std::holds_alternative<WindowOf>(right.form);
    if (leftWindow == rightWindow)
        return std::nullopt;
    const Operand &other = leftWindow ? right : left;
    if (std::holds_alternative<Literal>(other.form))
        return std::nullopt;
    return fail(leftWindow ? split.right : split.left,
                u"%1() compares with a number or a duration"_s.arg(functionName(leftWindow ? split.left : split.right)),
                u"for example `p95([RESPONSE_TIME]) < 2000`"_s);
}

// "[STATUS] == 200 == true", "[STATUS] == 200 && [BODY].x == y": Gatus drops what follows the second operator.
std::optional<ConditionError> checkSecondOperator(const Split &split, const Operand &right)
{
    const QString again = u' ' + QString(text(split.op)) + u' ';
    const qsizetype at = split.right.text.indexOf(again);
    if (at < 0 || !std::holds_alternative<Literal>(right.form))
        return std::nullopt;
    return ConditionError{.column = split.right.column(at + 1),
                          .message = u"a condition has one operator; this is the second `%1`"_s.arg(text(split.op)),
                          .suggestion = u"write two conditions: all of them must be met"_s};
}

// "STATUS == 200" compares two texts and is never met.
std::optional<ConditionError> checkBareName(const Split &split, const Operand &left, const Operand &right)
{
    const auto *word = std::get_if<Literal>(&left.form);
    if (!word || std::holds_alternative<Reading>(right.form) || word->text != word->text.toUpper())
        return std::nullopt;
    if (!fieldFrom(word->text))
        return std::nullopt;
    return fail(split.left, u"`%1` is only a text here"_s.arg(word->text), u"did you mean `[%1]`?"_s.arg(word->text));
}

} // namespace

std::variant<Condition, ConditionError> Condition::parse(const QString &text)
{
    const auto split = splitAtOperator(text);
    if (const auto *error = std::get_if<ConditionError>(&split))
        return *error;
    const auto &parts = std::get<Split>(split);
    auto left = parseOperand(parts.left, Side::Left);
    if (const auto *error = std::get_if<ConditionError>(&left))
        return *error;
    auto right = parseOperand(parts.right, Side::Right);
    if (const auto *error = std::get_if<ConditionError>(&right))
        return *error;
    const auto &leftSide = std::get<Operand>(left);
    const auto &rightSide = std::get<Operand>(right);
    for (const auto check : {checkMatchers, checkWindow}) {
        if (const auto error = check(parts, leftSide, rightSide))
            return *error;
    }
    if (const auto error = checkSecondOperator(parts, rightSide))
        return *error;
    if (const auto error = checkBareName(parts, leftSide, rightSide))
        return *error;
    return Condition(std::make_shared<const Tree>(
        Tree{.text = text, .left = leftSide, .op = parts.op, .right = rightSide}));
}

} // namespace allclear
