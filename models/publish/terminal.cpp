#include "publish/terminal.h"

#include <algorithm>
#include <array>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

bool turnsDirection(char32_t c) { return c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069); }

bool isWide(char32_t c)
{
    struct Range {
        char32_t first, last;
    };
    // The blocks of Unicode's EastAsianWidth.txt that are W or F, and emoji.
    constexpr std::array ranges = {
        Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0xa4cf},   Range{0xac00, 0xd7a3},
        Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},
        Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};
    return std::ranges::any_of(ranges, [c](const Range &range) { return range.first <= c && c <= range.last; });
}

int columnsOfCharacter(char32_t c)
{
    const auto category = QChar::category(c);
    if (category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing || category == QChar::Other_Format)
        return 0;
    return isWide(c) ? 2 : 1;
}

} // namespace

QString printable(const QString &text)
{
    QString safe;
    safe.reserve(text.size());
    for (const char32_t c : text.toUcs4()) {
        if (c == U'\n' || c == U'\r' || c == U'\t' || c == 0x2028 || c == 0x2029)
            safe += u' ';
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            safe += "\\x"_L1 + QString::number(c, 16).rightJustified(2, u'0');
        else if (!turnsDirection(c))
            safe += QString::fromUcs4(&c, 1);
    }
    return safe;
}

int columnsOf(const QString &text)
{
    int columns = 0;
    for (const char32_t c : text.toUcs4())
        columns += columnsOfCharacter(c);
    return columns;
}

QString padded(const QString &text, int columns) { return text + QString(std::max(0, columns - columnsOf(text)), u' '); }

QString fitted(const QString &text, int columns)
{
    if (columnsOf(text) <= columns)
        return text;
    QString cut;
    int used = 1;
    for (const char32_t c : text.toUcs4()) {
        used += columnsOfCharacter(c);
        if (used > columns)
            break;
        cut += QString::fromUcs4(&c, 1);
    }
    return cut + u'…';
}

QString toned(const QString &text, Tone tone, Colour colour)
{
    if (colour == Colour::None || tone == Tone::Plain)
        return text;
    static constexpr std::array codes = {"0"_L1, "1"_L1, "32"_L1, "33"_L1, "31;1"_L1, "90"_L1, "34"_L1, "35"_L1};
    return "\x1b["_L1 + codes[static_cast<std::size_t>(tone)] + u'm' + text + "\x1b[0m"_L1;
}

Tone toneOf(State state)
{
    switch (state) {
    case State::Up: return Tone::Good;
    case State::Degraded: return Tone::Warning;
    case State::Down: return Tone::Bad;
    case State::Unknown: return Tone::Quiet;
    case State::Checking: return Tone::Busy;
    case State::Flapping: return Tone::Odd;
    case State::Paused: return Tone::Busy;
    }
    return Tone::Plain;
}

Tone toneOf(Outcome outcome)
{
    return outcome == Outcome::Pass ? Tone::Good : outcome == Outcome::Degraded ? Tone::Warning : Tone::Bad;
}

Tone toneOf(CriterionState state)
{
    switch (state) {
    case CriterionState::Met: return Tone::Good;
    case CriterionState::Holding: return Tone::Busy;
    case CriterionState::Unmet: return Tone::Bad;
    case CriterionState::Unknown: return Tone::Quiet;
    }
    return Tone::Plain;
}

Tone toneOf(Overall overall)
{
    return overall == Overall::Clear ? Tone::Good : overall == Overall::NotClear ? Tone::Bad : Tone::Quiet;
}

QString shapeOf(State state)
{
    switch (state) {
    case State::Up: return u"✓"_s;
    case State::Degraded: return u"▲"_s;
    case State::Down: return u"✗"_s;
    case State::Unknown: return u"◇"_s;
    case State::Checking: return u"○"_s;
    case State::Flapping: return u"~"_s;
    case State::Paused: return u"‖"_s;
    }
    return u"◇"_s;
}

QString shapeOf(Outcome outcome)
{
    return outcome == Outcome::Pass ? u"✓"_s : outcome == Outcome::Degraded ? u"▲"_s : u"✗"_s;
}

QString shapeOf(CriterionState state)
{
    switch (state) {
    case CriterionState::Met: return u"✓"_s;
    case CriterionState::Holding: return u"○"_s;
    case CriterionState::Unmet: return u"✗"_s;
    case CriterionState::Unknown: return u"◇"_s;
    }
    return u"◇"_s;
}

QString shapeOf(WhyVerdict verdict)
{
    return verdict == WhyVerdict::Confirmed ? u"✓"_s : verdict == WhyVerdict::Refuted ? u"✗"_s : u"◇"_s;
}

QString shapeOf(Overall overall)
{
    return overall == Overall::Clear ? u"✓"_s : overall == Overall::NotClear ? u"✗"_s : u"◇"_s;
}

namespace {

/// Of an answer that is nothing but a handshake: how long its certificates last, and what an insecure endpoint hides.
QString certificateLine(const TlsFacts &tls)
{
    if (!tls.daysLeft)
        return {};
    const auto daysText = [](double days) { return QString::number(days, 'f', 0) + " d"_L1; };
    QString line = "certificate "_L1 + daysText(*tls.daysLeft) + " left"_L1;
    if (tls.shortestDaysLeft && *tls.shortestDaysLeft < *tls.daysLeft)
        line += ", shortest link "_L1 + daysText(*tls.shortestDaysLeft);
    if (tls.chainVerdict != ChainVerdict::Ok)
        line += ", "_L1 + name(tls.chainVerdict);
    return line;
}

} // namespace

QString answerWord(const Observation &observation)
{
    if (observation.status)
        return QString::number(*observation.status);
    if (observation.code)
        return printable(*observation.code);
    if (observation.failure)
        return name(observation.failure->kind);
    if (observation.tls)
        return printable(observation.tls->version);
    return name(observation.outcome);
}

QString reasonLine(const Observation &observation)
{
    if (observation.failure)
        return printable(observation.failure->message);
    const auto met = std::ranges::find(observation.degradedWhen, Truth::Met, &ConditionResult::result);
    if (observation.outcome == Outcome::Degraded && met != observation.degradedWhen.end())
        return "degraded when "_L1 + printable(met->shown);
    if (observation.tls && !observation.status)
        return certificateLine(*observation.tls);
    return {};
}

} // namespace allclear
