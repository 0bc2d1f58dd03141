// Reads one side of a condition: a function, a placeholder or a text.
#include "conditions/operand.h"

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

using Read = std::variant<Operand, ConditionError>;

ConditionError fail(const Part &part, qsizetype offset, const QString &message, const QString &suggestion = {})
{
    return ConditionError{.column = part.column(offset), .message = message, .suggestion = suggestion};
}

// "name(" at the start: lower-case letters, digits and underscores up to a parenthesis.
QStringView callName(QStringView text)
{
    qsizetype at = 0;
    while (at < text.size() && text[at].unicode() < 128 && (text[at].isLetterOrNumber() || text[at] == u'_'))
        ++at;
    const bool isCall = at > 0 && at < text.size() && text[at] == u'(' && !text[0].isDigit();
    return isCall ? text.first(at) : QStringView();
}

Read readGlob(const Part &part, const Part &argument)
{
    if (argument.text.size() > maxPatternLength)
        return fail(argument, 0, u"the pattern is longer than %1 characters"_s.arg(maxPatternLength));
    Glob::Error error;
    auto glob = Glob::parse(argument.text, error);
    if (!glob)
        return fail(argument, error.at, u"pat(): "_s + error.message, u"put `\\` before a character that is meant as it is"_s);
    return Operand{.text = part.text.toString(), .form = *std::move(glob)};
}

Read readAny(const Part &part, const Part &argument)
{
    if (argument.text.trimmed().isEmpty())
        return fail(argument, 0, u"any() needs at least one value"_s, u"for example `any(200, 204)`"_s);
    QStringList options;
    for (const QStringView option : argument.text.split(u',')) {
        const Part place = trimmedPart(option, argument.at + (option.data() - argument.text.data()));
        if (isCompleteCall(place.text) || std::holds_alternative<Reading>(parsePlaceholder(place, Side::Right)))
            return fail(place, 0, u"any() takes plain values, not `%1`"_s.arg(place.text));
        options.append(place.text.toString());
    }
    return Operand{.text = part.text.toString(), .form = AnyOf{options}};
}

// PCRE stops at this many steps from one starting place; the condition is then not evaluable.
constexpr QStringView matchLimit = u"(*LIMIT_MATCH=50000)";

Read readRegex(const Part &part, const Part &argument)
{
    const qsizetype last = argument.text.lastIndexOf(u'/');
    if (!argument.text.startsWith(u'/') || last < 1) {
        return fail(argument, 0, u"matches() needs a regular expression between slashes"_s,
                    u"for example `matches(/^v[0-9]+/)`"_s);
    }
    const QStringView pattern = argument.text.sliced(1, last - 1);
    const QStringView flags = argument.text.sliced(last + 1);
    if (!flags.isEmpty() && flags != "i"_L1)
        return fail(argument, last + 1, u"unknown flag `%1`"_s.arg(flags), u"the only flag is `i`: letters match in either case"_s);
    if (pattern.isEmpty())
        return fail(argument, 0, u"the regular expression is empty"_s);
    if (pattern.size() > maxPatternLength)
        return fail(argument, 0, u"the regular expression is longer than %1 characters"_s.arg(maxPatternLength));
    QRegularExpression::PatternOptions options;
    options.setFlag(QRegularExpression::CaseInsensitiveOption, !flags.isEmpty());
    const QRegularExpression regex(matchLimit.toString() + pattern.toString(), options);
    if (!regex.isValid()) {
        const qsizetype offset = std::max<qsizetype>(0, regex.patternErrorOffset() - matchLimit.size());
        return fail(argument, std::min(1 + offset, last), u"the regular expression is not valid: "_s + regex.errorString());
    }
    return Operand{.text = part.text.toString(), .form = regex};
}

Read readWrapped(const Part &part, const Part &argument, QStringView name, Wrapper wrapper)
{
    auto placeholder = parsePlaceholder(argument, Side::Left);
    if (auto *error = std::get_if<ConditionError>(&placeholder))
        return *error;
    if (auto *reading = std::get_if<Reading>(&placeholder)) {
        reading->wrapper = wrapper;
        return Operand{.text = part.text.toString(), .form = *reading};
    }
    return fail(argument, 0, u"%1() needs a placeholder"_s.arg(name), u"for example `%1([BODY].items)`"_s.arg(name));
}

Read readWindow(const Part &part, const Part &argument, QStringView name, Statistic statistic)
{
    const auto placeholder = parsePlaceholder(argument, Side::Left);
    if (auto *error = std::get_if<ConditionError>(&placeholder))
        return *error;
    const auto *reading = std::get_if<Reading>(&placeholder);
    if (!reading || reading->field != Field::ResponseTime)
        return fail(argument, 0, u"%1() is of [RESPONSE_TIME] only"_s.arg(name), u"write `%1([RESPONSE_TIME])`"_s.arg(name));
    return Operand{.text = part.text.toString(), .form = WindowOf{statistic}};
}

Read readCall(const Part &part, QStringView name, Function function)
{
    const qsizetype open = name.size();
    if (!part.text.endsWith(u')'))
        return fail(part, open, u"`%1(` is not closed"_s.arg(name), u"add `)`"_s);
    // Gatus takes the text of pat() and any() with its spaces; a placeholder may have spaces round it.
    const Part argument{.text = part.text.sliced(open + 1, part.text.size() - open - 2), .at = part.at + open + 1};
    const Part trimmed = trimmedPart(argument.text, argument.at);
    switch (function) {
    case Function::Pat: return readGlob(part, argument);
    case Function::Any: return readAny(part, argument);
    case Function::Matches: return readRegex(part, trimmed);
    case Function::Len: return readWrapped(part, trimmed, name, Wrapper::Len);
    case Function::Has: return readWrapped(part, trimmed, name, Wrapper::Has);
    case Function::P50: return readWindow(part, trimmed, name, Statistic::P50);
    case Function::P95: return readWindow(part, trimmed, name, Statistic::P95);
    case Function::P99: return readWindow(part, trimmed, name, Statistic::P99);
    case Function::Max: return readWindow(part, trimmed, name, Statistic::Max);
    case Function::Mean: return readWindow(part, trimmed, name, Statistic::Mean);
    }
    return fail(part, 0, u"unknown function `%1`"_s.arg(name));
}

// "LEN([BODY])", "lenght([BODY].x)", "age([BODY].t)": a call, though of nothing we know. "OK(1)" is text.
std::optional<ConditionError> unknownCall(const Part &part, QStringView name)
{
    const bool lower = name == name.toString().toLower();
    const bool known = functionFrom(name.toString().toLower()).has_value();
    const bool ofPlaceholder = part.text.sliced(name.size() + 1).trimmed().startsWith(u'[');
    if (!known && !ofPlaceholder && !(lower && part.text.endsWith(u')')))
        return std::nullopt;
    const QString meant = nearestFunction(name);
    const QString suggestion = !meant.isEmpty() ? u"did you mean `%1(`?"_s.arg(meant)
                                                : u"for a text with parentheses write `pat(%1)`"_s.arg(part.text);
    return fail(part, 0, u"unknown function `%1()`"_s.arg(name), suggestion);
}

// "STATUS] == 200": the bracket that opens is missing.
std::optional<ConditionError> strayBracket(const Part &part)
{
    const qsizetype close = part.text.indexOf(u']');
    if (close < 0 || !fieldFrom(part.text.first(close)))
        return std::nullopt;
    return fail(part, close, u"`]` has no `[` before it"_s, u"write `[%1]`"_s.arg(part.text.first(close)));
}

} // namespace

bool opensCall(QStringView text) { return functionFrom(callName(text)).has_value(); }
bool isCompleteCall(QStringView text) { return opensCall(text) && text.endsWith(u')'); }

std::variant<Operand, ConditionError> parseOperand(const Part &part, Side side)
{
    if (const QStringView name = callName(part.text); !name.isEmpty()) {
        if (const auto function = functionFrom(name))
            return readCall(part, name, *function);
        if (const auto error = unknownCall(part, name))
            return *error;
    }
    const auto placeholder = parsePlaceholder(part, side);
    if (const auto *error = std::get_if<ConditionError>(&placeholder))
        return *error;
    if (const auto *reading = std::get_if<Reading>(&placeholder))
        return Operand{.text = part.text.toString(), .form = *reading};
    if (const auto error = strayBracket(part))
        return *error;
    return Operand{.text = part.text.toString(), .form = Literal{part.text.toString()}};
}

} // namespace allclear
