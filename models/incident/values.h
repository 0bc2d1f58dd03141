// Scalars as people write them, and what to suggest when they do not parse. Pure.
#pragma once

#include "core/time.h"

namespace allclear::reading {

/// "10 sec" → "write `10s`"; otherwise what durations look like.
QString durationHint(const QString &text);
/// "4MiB", "512 kB", "1048576" in bytes. Nothing when it is none.
std::optional<qint64> parseBytes(QStringView text);
/// YAML 1.1's words, which Gatus accepts: true, yes, on, and their opposites.
std::optional<bool> parseFlag(QStringView text);

} // namespace allclear::reading
