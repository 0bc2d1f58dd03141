// What the cloud provider's REST APIs say about the platform, in the shapes of Google's discovery documents:
// vpcaccess v1, run v2, sqladmin v1, redis v1, monitoring v3. The APIs themselves never fail in this story.
#pragma once

#include "rehearsal/moment.h"

namespace allclear::rehearsal {

inline constexpr QLatin1StringView project("netra-staging");
inline constexpr QLatin1StringView region("us-central1");

HttpReply cloudAnswer(const HttpRequest &request, const Moment &moment);

QJsonObject connectorResource(ConnectorState state);
QJsonObject serviceResource(RevisionState state, TimePoint now);
QJsonObject sqlInstanceResource(DatabaseState state);
QJsonObject redisInstanceResource(DatabaseState state);
/// num_backends of the staging database, newest point first; int64 values are strings.
QJsonObject connectionsTimeSeries(DatabaseState state, TimePoint now);

} // namespace allclear::rehearsal
