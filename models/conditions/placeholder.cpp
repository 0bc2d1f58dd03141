// Reads "[BODY].a.b[0]", "[HEADER].Retry-After", "[STATUS]": what stands in brackets at the start of an operand.
#include "conditions/operand.h"

#include <algorithm>
#include <array>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

ConditionError fail(const Part &part, qsizetype offset, const QString &message, const QString &suggestion = {})
{
    return ConditionError{.column = part.column(offset), .message = message, .suggestion = suggestion};
}

// What follows the brackets, and where.
struct Rest {
    QStringView text;
    qsizetype at;
};

using Read = std::variant<Reading, ConditionError>;

Read readHeader(const Part &part, Rest rest)
{
    const QStringView name = rest.text.startsWith(u'.') ? rest.text.sliced(1) : QStringView();
    if (name.isEmpty())
        return fail(part, rest.at, u"`[HEADER]` needs the name of a header"_s, u"for example `[HEADER].Content-Type`"_s);
    // RFC 9110: a field name is a token.
    static constexpr QStringView others = u"!#$%&'*+-.^_`|~";
    const auto bad = std::ranges::find_if(
        name, [](QChar c) { return !(c.unicode() < 128 && c.isLetterOrNumber()) && !others.contains(c); });
    if (bad != name.end())
        return fail(part, rest.at + 1 + (bad - name.begin()), u"`%1` cannot stand in the name of a header"_s.arg(*bad));
    return Reading{.field = Field::Header, .header = name.toString()};
}

Read readPhase(const Part &part, Rest rest)
{
    using enum Phase;
    constexpr std::array phases = {Dns, Connect, Tls, Send, Wait, Receive};
    const QStringView wanted = rest.text.startsWith(u'.') ? rest.text.sliced(1) : QStringView();
    std::array<QLatin1StringView, phases.size()> names;
    std::ranges::transform(phases, names.begin(), [](Phase phase) { return name(phase); });
    const auto found = std::ranges::find_if(names, [wanted](QLatin1StringView known) { return wanted == known; });
    if (found != names.end())
        return Reading{.field = Field::Phase, .phase = phases[static_cast<std::size_t>(found - names.begin())]};
    const QString meant = nearest(wanted, names, 2);
    return fail(part, rest.at, u"`[PHASE]` needs one of .dns .connect .tls .send .wait .receive"_s,
                meant.isEmpty() ? u"for example `[PHASE].wait`"_s : u"did you mean `[PHASE].%1`?"_s.arg(meant));
}

Read readPath(const Part &part, Field field, QStringView word, Rest rest)
{
    if (!rest.text.isEmpty() && !rest.text.startsWith(u'.') && !rest.text.startsWith(u'[')) {
        return fail(part, rest.at, u"unexpected text after `[%1]`"_s.arg(word),
                    u"a path starts with `.` or `[`, as in `[%1].status`"_s.arg(word));
    }
    auto path = parsePath(rest.text, part.column(rest.at));
    if (auto *error = std::get_if<ConditionError>(&path))
        return *error;
    Reading reading{.field = field, .path = std::get<Path>(path)};
    if (field == Field::Context && reading.path.isEmpty())
        return fail(part, rest.at, u"`[CONTEXT]` needs the name of a stored value"_s, u"for example `[CONTEXT].token`"_s);
    if (field == Field::Labels && reading.path.isEmpty())
        return fail(part, rest.at, u"`[LABELS]` needs the name of a label"_s, u"for example `[LABELS].job`"_s);
    return reading;
}

bool isUpperName(QStringView word)
{
    return !word.isEmpty() && std::ranges::all_of(word, [](QChar c) {
        return (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'_' || c == u'-' || c == u' ';
    }) && word.front() >= u'A' && word.front() <= u'Z';
}

bool isWord(QStringView word)
{
    return !word.isEmpty()
        && std::ranges::all_of(word, [](QChar c) { return c.unicode() < 128 && (c.isLetterOrNumber() || c == u'_'); })
        && !word.front().isDigit();
}

// Gatus takes brackets it does not know for text: "[1 2 3]" is how it prints an array. An unknown placeholder is what
// looks like one, or what nearly is one.
bool meantAsPlaceholder(QStringView word, QStringView rest, Side side)
{
    if (side == Side::Left && (rest.startsWith(u'.') || rest.startsWith(u'[')) && !word.contains(u' '))
        return true; // a path behind it: no text looks like this
    if (isUpperName(word))
        return !word.contains(u' ') || !nearestField(word, 2).isEmpty();
    if (!isWord(word))
        return false;
    return side == Side::Left || rest.startsWith(u'.') || (word.size() >= 5 && !nearestField(word, 2).isEmpty());
}

ConditionError unknownPlaceholder(const Part &part, QStringView word)
{
    const QString meant = nearestField(word, word.size() < 5 ? 1 : 3);
    return fail(part, 0, u"unknown placeholder `[%1]`"_s.arg(word),
                meant.isEmpty() ? QString() : u"did you mean `[%1]`?"_s.arg(meant));
}

} // namespace

std::variant<std::monostate, Reading, ConditionError> parsePlaceholder(const Part &part, Side side)
{
    if (!part.text.startsWith(u'['))
        return std::monostate();
    const qsizetype close = part.text.indexOf(u']');
    if (close < 0) {
        const QStringView inside = part.text.sliced(1);
        const QStringView first = inside.first(std::ranges::find_if(inside, [](QChar c) {
            return !(c.isLetterOrNumber() || c == u'_');
        }) - inside.begin());
        if (side == Side::Left || fieldFrom(first) || isUpperName(first))
            return fail(part, 0, u"`[` is not closed"_s, fieldFrom(first) ? u"write `[%1]`"_s.arg(first) : u"add `]`"_s);
        return std::monostate();
    }
    const QStringView word = part.text.sliced(1, close - 1);
    const Rest rest{.text = part.text.sliced(close + 1), .at = close + 1};
    const auto field = fieldFrom(word.trimmed());
    if (!field) {
        if (meantAsPlaceholder(word, rest.text, side))
            return unknownPlaceholder(part, word);
        return std::monostate();
    }
    if (word.trimmed().size() != word.size())
        return fail(part, 1, u"no spaces go inside the brackets"_s, u"write `[%1]`"_s.arg(word.trimmed()));
    Read read = Reading{.field = *field};
    switch (*field) {
    case Field::Header: read = readHeader(part, rest); break;
    case Field::Phase: read = readPhase(part, rest); break;
    case Field::Body:
    case Field::Message:
    case Field::Labels:
    case Field::Series:
    case Field::Context: read = readPath(part, *field, word, rest); break;
    default:
        if (!rest.text.isEmpty())
            return fail(part, rest.at, u"unexpected text after `[%1]`, which has no parts"_s.arg(word));
    }
    if (auto *error = std::get_if<ConditionError>(&read))
        return *error;
    return std::get<Reading>(read);
}

} // namespace allclear
