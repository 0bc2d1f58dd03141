// Time as Allclear keeps it: std::chrono everywhere, UTC inside, microsecond resolution
// (the contract asks for 0.1 ms). Formatting always shows the zone.
#pragma once

#include <QString>
#include <QStringView>

#include <chrono>
#include <optional>

namespace allclear {

using namespace std::chrono_literals;

using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<Duration>; // UTC

/// "2025-09-16T04:00:00.000Z": ISO 8601, milliseconds, always UTC.
QString toIso(TimePoint time);
/// Accepts ISO 8601 with any offset ("Z", "+02:00"); nothing when it is no instant.
std::optional<TimePoint> fromIso(QStringView text);
/// "04:02 UTC" / "04:02:07 UTC": a time of day for people.
QString clockText(TimePoint time);
QString clockTextWithSeconds(TimePoint time);

/// Milliseconds as a number (two decimals are kept by callers that print).
double toMs(Duration duration);
Duration fromMs(double milliseconds);

/// For people, three significant figures at most: "0.4 ms", "41 ms", "10.2 s", "3 m 40 s", "2 h 5 m".
QString durationText(Duration duration);
/// As an age or interval in one unit: "2 s", "5 min", "3 h".
QString shortDurationText(Duration duration);
/// The T+ clock: "01:22:07", with days in front when there are any: "2 d 01:22:07".
QString elapsedText(Duration duration);

/// Go's duration syntax, which Gatus uses: "300ms", "2s", "1h30m", "48h", "1.5s", "10us". Nothing on a syntax error
/// or a value outside ±100 years.
std::optional<Duration> parseDuration(QStringView text);

} // namespace allclear
