#include "incident/values.h"

#include <QRegularExpression>

#include <array>
#include <cmath>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

struct Spelling {
    QLatin1StringView pattern;
    QLatin1StringView unit;
    int factor;
};

constexpr std::array spellings = {
    Spelling{QLatin1StringView("ms|msecs?|millis|milliseconds?"), QLatin1StringView("ms"), 1},
    Spelling{QLatin1StringView("s?|secs?|seconds?"), QLatin1StringView("s"), 1},
    Spelling{QLatin1StringView("m|mins?|minutes?"), QLatin1StringView("m"), 1},
    Spelling{QLatin1StringView("h|hrs?|hours?"), QLatin1StringView("h"), 1},
    Spelling{QLatin1StringView("d|days?"), QLatin1StringView("h"), 24},
    Spelling{QLatin1StringView("w|wks?|weeks?"), QLatin1StringView("h"), 168}};

} // namespace

QString durationHint(const QString &text)
{
    static const QRegularExpression shape(u"^\\s*-?([0-9]+(?:\\.[0-9]+)?)\\s*([a-zA-Z]*)\\.?\\s*$"_s);
    const QRegularExpressionMatch match = shape.match(text);
    for (const Spelling &spelling : spellings) {
        const QRegularExpression unit(u"^(?:%1)$"_s.arg(spelling.pattern), QRegularExpression::CaseInsensitiveOption);
        if (!match.hasMatch() || !unit.match(match.captured(2)).hasMatch())
            continue;
        const double number = match.captured(1).toDouble() * spelling.factor;
        if (number > 0 && number < 1e9)
            return u"write `%1%2`"_s.arg(QString::number(number, 'g', 12), spelling.unit);
    }
    return u"durations look like `300ms`, `10s`, `5m` or `1h30m`"_s;
}

std::optional<qint64> parseBytes(QStringView text)
{
    static const QRegularExpression shape(u"^([0-9]+(?:\\.[0-9]+)?)\\s*(?:([kKMG])(i?)[bB]?|[bB])?$"_s);
    const QRegularExpressionMatch match = shape.match(text.trimmed().toString());
    if (!match.hasMatch())
        return std::nullopt;
    const double base = match.captured(3).isEmpty() ? 1000 : 1024;
    const QString unit = match.captured(2).toUpper();
    const int power = unit.isEmpty() ? 0 : static_cast<int>(u"KMG"_s.indexOf(unit)) + 1;
    const double value = match.captured(1).toDouble() * std::pow(base, power);
    return value < 1e15 ? std::optional(static_cast<qint64>(value)) : std::nullopt;
}

std::optional<bool> parseFlag(QStringView text)
{
    for (QLatin1StringView word : {"true"_L1, "yes"_L1, "on"_L1}) {
        if (text.compare(word, Qt::CaseInsensitive) == 0)
            return true;
    }
    for (QLatin1StringView word : {"false"_L1, "no"_L1, "off"_L1}) {
        if (text.compare(word, Qt::CaseInsensitive) == 0)
            return false;
    }
    return std::nullopt;
}

} // namespace allclear::reading
