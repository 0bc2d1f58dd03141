// What Redis's answers mean: its refusals as sentences, and INFO as the JSON that conditions read. Pure.
#pragma once

#include "core/observation.h"

#include <QByteArray>

namespace allclear
{

/// The error word of "-NOAUTH Authentication required." is NOAUTH; ERR for errors of no kind of their own.
QString redisErrorWord(const QByteArray &error);
/// A `rejected` failure with the sentence and the hint for this error; `command` is the one that was refused.
Failure redisRefusal(const QByteArray &error, const QByteArray &command);

/// INFO's text as a JSON object: redis_version, mode, role, uptime_seconds, memory {used, max, used_ratio, peak, rss,
/// fragmentation_ratio, policy}, clients {connected, max, blocked}, and persistence, replication and stats with
/// Redis's own field names. What INFO does not say is absent; used_ratio is absent too when no maxmemory is set.
/// Nothing when the text is no INFO.
std::optional<QByteArray> redisInfoJson(const QByteArray &info);

} // namespace allclear
