#include "core/time.h"

#include <QDateTime>
#include <QTimeZone>

#include <array>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QDateTime toDateTime(TimePoint time)
{
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
}

struct Unit {
    QLatin1StringView suffix;
    double microseconds;
};

// Longest suffix first, so that "ms" is not read as "m".
constexpr std::array units = {
    Unit{QLatin1StringView("ns"), 1e-3}, Unit{QLatin1StringView("us"), 1.0}, Unit{QLatin1StringView("ms"), 1e3},
    Unit{QLatin1StringView("s"), 1e6},   Unit{QLatin1StringView("m"), 60e6}, Unit{QLatin1StringView("h"), 3600e6}};

constexpr double hundredYears = 100.0 * 366 * 86400 * 1e6;

QString pair(qint64 big, QLatin1StringView bigUnit, qint64 small, QLatin1StringView smallUnit)
{
    if (small == 0)
        return QString::number(big) + bigUnit;
    return QString::number(big) + bigUnit + u' ' + QString::number(small) + smallUnit;
}

} // namespace

QString toIso(TimePoint time) { return toDateTime(time).toString(Qt::ISODateWithMs); }

std::optional<TimePoint> fromIso(QStringView text)
{
    QDateTime parsed = QDateTime::fromString(text.toString(), Qt::ISODateWithMs);
    if (!parsed.isValid())
        return std::nullopt;
    if (parsed.timeSpec() == Qt::LocalTime)
        parsed.setTimeSpec(Qt::UTC); // an incident file without a zone means UTC, never this computer's zone
    return TimePoint(std::chrono::milliseconds(parsed.toMSecsSinceEpoch()));
}

QString clockText(TimePoint time) { return toDateTime(time).toString(u"HH:mm 'UTC'"_s); }
QString clockTextWithSeconds(TimePoint time) { return toDateTime(time).toString(u"HH:mm:ss 'UTC'"_s); }

double toMs(Duration duration) { return static_cast<double>(duration.count()) / 1000.0; }

Duration fromMs(double milliseconds) { return Duration(static_cast<Duration::rep>(std::llround(milliseconds * 1000.0))); }

QString durationText(Duration duration)
{
    if (duration < Duration::zero())
        return u'-' + durationText(-duration);
    const double ms = toMs(duration);
    if (ms < 9.95)
        return QString::number(ms, 'f', 1) + " ms"_L1;
    if (ms < 999.5)
        return QString::number(ms, 'f', 0) + " ms"_L1;
    if (ms < 59'950)
        return QString::number(ms / 1000, 'f', 1) + " s"_L1;
    const auto seconds = std::llround(ms / 1000);
    if (seconds < 3600)
        return pair(seconds / 60, " m"_L1, seconds % 60, " s"_L1);
    if (seconds < 86400)
        return pair(seconds / 3600, " h"_L1, seconds % 3600 / 60, " m"_L1);
    return pair(seconds / 86400, " d"_L1, seconds % 86400 / 3600, " h"_L1);
}

QString shortDurationText(Duration duration)
{
    const auto ms = duration.count() / 1000;
    if (ms < 1000)
        return ms > 0 ? QString::number(ms) + " ms"_L1 : u"0 s"_s;
    const auto seconds = ms / 1000;
    if (seconds < 120)
        return QString::number(seconds) + " s"_L1;
    if (seconds < 7200)
        return QString::number(seconds / 60) + " min"_L1;
    if (seconds < 2 * 86400)
        return QString::number(seconds / 3600) + " h"_L1;
    return QString::number(seconds / 86400) + " d"_L1;
}

QString elapsedText(Duration duration)
{
    const bool before = duration < Duration::zero();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(before ? -duration : duration).count();
    const auto two = [](qint64 value) { return QString::number(value).rightJustified(2, u'0'); };
    QString text = two(seconds / 3600 % 24) + u':' + two(seconds / 60 % 60) + u':' + two(seconds % 60);
    if (const auto days = seconds / 86400; days > 0)
        text = QString::number(days) + " d "_L1 + text;
    return before ? u'-' + text : text;
}

std::optional<Duration> parseDuration(QStringView text)
{
    text = text.trimmed();
    double sign = 1;
    if (text.startsWith(u'-') || text.startsWith(u'+')) {
        sign = text.startsWith(u'-') ? -1 : 1;
        text = text.sliced(1);
    }
    if (text == "0"_L1)
        return Duration::zero();
    if (text.isEmpty())
        return std::nullopt;
    double total = 0;
    while (!text.isEmpty()) {
        qsizetype length = 0;
        while (length < text.size() && (text[length].isDigit() || text[length] == u'.'))
            ++length;
        bool ok = false;
        const double number = text.first(length).toDouble(&ok);
        if (!ok)
            return std::nullopt;
        text = text.sliced(length);
        if (text.startsWith(u'µ') || text.startsWith(QChar(0x03bc))) { // Go accepts both micro signs
            if (text.size() < 2 || text[1] != u's')
                return std::nullopt;
            total += number;
            text = text.sliced(2);
            continue;
        }
        const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit &u) { return text.startsWith(u.suffix); });
        if (unit == units.end())
            return std::nullopt;
        total += number * unit->microseconds;
        text = text.sliced(unit->suffix.size());
    }
    if (total > hundredYears)
        return std::nullopt;
    return Duration(static_cast<Duration::rep>(std::llround(sign * total)));
}

} // namespace allclear
