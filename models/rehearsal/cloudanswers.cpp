#include "rehearsal/cloudanswers.h"

#include <QJsonArray>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

QString parent() { return "projects/"_L1 + project + "/locations/"_L1 + region; }
QString connectorName() { return parent() + "/connectors/staging-connector"_L1; }
QString serviceName() { return parent() + "/services/netra-backend-staging"_L1; }

HttpReply missing(const QByteArray &path, Duration after)
{
    const QString text = "Resource '"_L1 + QString::fromUtf8(path) + "' was not found"_L1;
    return jsonReply(404,
                     {{u"error"_s,
                       QJsonObject{{u"code"_s, 404}, {u"message"_s, text}, {u"status"_s, u"NOT_FOUND"_s}}}},
                     after);
}

struct Revisions {
    QLatin1StringView generation, created, ready;
};

Revisions revisions(RevisionState state)
{
    switch (state) {
    case RevisionState::Serving:
        return {"741"_L1, "netra-backend-staging-00209-kzt"_L1, "netra-backend-staging-00209-kzt"_L1};
    case RevisionState::CrashLooping:
        return {"742"_L1, "netra-backend-staging-00210-hxm"_L1, "netra-backend-staging-00209-kzt"_L1};
    case RevisionState::Fixed:
        return {"746"_L1, "netra-backend-staging-00214-pql"_L1, "netra-backend-staging-00214-pql"_L1};
    }
    Q_UNREACHABLE();
}

QJsonObject readyCondition(RevisionState state, TimePoint now)
{
    QJsonObject condition{{u"type"_s, u"Ready"_s}, {u"lastTransitionTime"_s, toIso(now)}};
    if (state != RevisionState::CrashLooping) {
        condition[u"state"_s] = u"CONDITION_SUCCEEDED"_s;
        return condition;
    }
    condition[u"state"_s] = u"CONDITION_FAILED"_s;
    condition[u"revisionReason"_s] = u"HEALTH_CHECK_CONTAINER_ERROR"_s;
    condition[u"message"_s] = u"The revision netra-backend-staging-00210-hxm is not ready and cannot serve traffic: its "
                              "workers failed to boot (ModuleNotFoundError) and the container called exit(3)."_s;
    return condition;
}

QJsonObject serviceTemplate()
{
    const QJsonObject limits{{u"cpu"_s, u"4"_s}, {u"memory"_s, u"6Gi"_s}};
    const QJsonObject container{{u"resources"_s, QJsonObject{{u"limits"_s, limits}}}};
    return {{u"timeout"_s, u"600s"_s},
            {u"maxInstanceRequestConcurrency"_s, 80},
            {u"vpcAccess"_s, QJsonObject{{u"connector"_s, connectorName()}, {u"egress"_s, u"ALL_TRAFFIC"_s}}},
            {u"scaling"_s, QJsonObject{{u"minInstanceCount"_s, 2}, {u"maxInstanceCount"_s, 15}}},
            {u"containers"_s, QJsonArray{container}}};
}

} // namespace

QJsonObject connectorResource(ConnectorState state)
{
    QJsonObject connector{{u"name"_s, connectorName()},   {u"network"_s, u"default"_s},
                          {u"ipCidrRange"_s, u"10.1.0.0/28"_s}, {u"minInstances"_s, 2},
                          {u"maxInstances"_s, 10},        {u"machineType"_s, u"e2-micro"_s},
                          {u"minThroughput"_s, 200},      {u"maxThroughput"_s, 1000},
                          {u"connectedProjects"_s, QJsonArray{QString(project)}}};
    switch (state) {
    case ConnectorState::Ready: connector[u"state"_s] = u"READY"_s; break;
    case ConnectorState::Updating: connector[u"state"_s] = u"UPDATING"_s; break;
    case ConnectorState::Error: connector[u"state"_s] = u"ERROR"_s; break;
    }
    return connector;
}

QJsonObject serviceResource(RevisionState state, TimePoint now)
{
    const Revisions which = revisions(state);
    const QString prefix = serviceName() + "/revisions/"_L1;
    const QJsonObject ready = readyCondition(state, now);
    const QJsonObject traffic{{u"type"_s, u"TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"_s},
                              {u"revision"_s, which.ready},
                              {u"percent"_s, 100}};
    return {{u"name"_s, serviceName()},
            {u"generation"_s, which.generation},
            {u"observedGeneration"_s, which.generation},
            {u"reconciling"_s, false},
            {u"latestCreatedRevision"_s, prefix + which.created},
            {u"latestReadyRevision"_s, prefix + which.ready},
            {u"terminalCondition"_s, ready},
            {u"conditions"_s, QJsonArray{ready}},
            {u"uri"_s, u"https://netra-backend-staging-pnovr5vsba-uc.a.run.app"_s},
            {u"template"_s, serviceTemplate()},
            {u"trafficStatuses"_s, QJsonArray{traffic}}};
}

QJsonObject sqlInstanceResource(DatabaseState state)
{
    const QJsonObject address{{u"type"_s, u"PRIVATE"_s}, {u"ipAddress"_s, u"10.166.204.21"_s}};
    QJsonObject instance{
        {u"name"_s, u"staging-shared-postgres"_s},
        {u"databaseVersion"_s, u"POSTGRES_17"_s},
        {u"settings"_s, QJsonObject{{u"activationPolicy"_s, u"ALWAYS"_s}, {u"tier"_s, u"db-g1-small"_s}}},
        {u"connectionName"_s, project + u':' + region + ":staging-shared-postgres"_L1},
        {u"ipAddresses"_s, QJsonArray{address}}};
    switch (state) {
    case DatabaseState::Available: instance[u"state"_s] = u"RUNNABLE"_s; break;
    case DatabaseState::Unreachable: instance[u"state"_s] = u"FAILED"_s; break;
    case DatabaseState::Restarting: instance[u"state"_s] = u"MAINTENANCE"_s; break;
    }
    return instance;
}

QJsonObject redisInstanceResource(DatabaseState state)
{
    QJsonObject instance{{u"name"_s, parent() + "/instances/staging-redis"_L1},
                         {u"host"_s, u"10.166.204.83"_s},
                         {u"port"_s, 6379},
                         {u"memorySizeGb"_s, 1},
                         {u"tier"_s, u"BASIC"_s},
                         {u"redisVersion"_s, u"REDIS_7_2"_s},
                         {u"statusMessage"_s, QString()}};
    switch (state) {
    case DatabaseState::Available: instance[u"state"_s] = u"READY"_s; break;
    case DatabaseState::Unreachable:
        instance[u"state"_s] = u"REPAIRING"_s;
        instance[u"statusMessage"_s] = u"The instance does not answer its health checks on 10.166.204.83:6379."_s;
        break;
    case DatabaseState::Restarting:
        instance[u"state"_s] = u"UPDATING"_s;
        instance[u"statusMessage"_s] = u"The instance is restarting."_s;
        break;
    }
    return instance;
}

QJsonObject connectionsTimeSeries(DatabaseState state, TimePoint now)
{
    const QString used = state == DatabaseState::Available ? u"41"_s
        : state == DatabaseState::Unreachable              ? u"100"_s
                                                           : u"88"_s;
    QJsonArray points;
    for (int minute = 0; minute < 3; ++minute) {
        points.append(QJsonObject{
            {u"interval"_s, QJsonObject{{u"endTime"_s, toIso(now - std::chrono::minutes(minute))}}},
            {u"value"_s, QJsonObject{{u"int64Value"_s, used}}}});
    }
    const QString database = project + ":staging-shared-postgres"_L1;
    const QJsonObject series{
        {u"metric"_s, QJsonObject{{u"type"_s, u"cloudsql.googleapis.com/database/postgresql/num_backends"_s},
                                  {u"labels"_s, QJsonObject{{u"database"_s, u"netra_staging"_s}}}}},
        {u"resource"_s, QJsonObject{{u"type"_s, u"cloudsql_database"_s},
                                    {u"labels"_s, QJsonObject{{u"database_id"_s, database}}}}},
        {u"valueType"_s, u"INT64"_s},
        {u"points"_s, points}};
    return {{u"timeSeries"_s, QJsonArray{series}}};
}

HttpReply cloudAnswer(const HttpRequest &request, const Moment &moment)
{
    const Duration after = around(90ms, moment.nth);
    if (request.method != "GET" && request.method != "HEAD")
        return methodNotAllowed("GET, HEAD"_ba, after);
    const Situation &now = moment.situation;
    const QString path = QString::fromUtf8(request.path);
    const QString projectPath = "/v1/projects/"_L1 + project;
    if (path == "/v1/"_L1 + connectorName())
        return jsonReply(200, connectorResource(now.connector), after);
    if (path == "/v2/"_L1 + serviceName())
        return jsonReply(200, serviceResource(now.revision, moment.now - moment.into), after);
    if (path == projectPath + "/instances/staging-shared-postgres"_L1)
        return jsonReply(200, sqlInstanceResource(now.databases), after);
    if (path == "/v1/"_L1 + parent() + "/instances/staging-redis"_L1)
        return jsonReply(200, redisInstanceResource(now.databases), after);
    if (path == "/v1/"_L1 + parent() + "/instances"_L1)
        return jsonReply(200, {{u"instances"_s, QJsonArray{redisInstanceResource(now.databases)}}}, after);
    if (path == "/v3/projects/"_L1 + project + "/timeSeries"_L1)
        return jsonReply(200, connectionsTimeSeries(now.databases, moment.now), after);
    return missing(request.path, after);
}

} // namespace allclear::rehearsal
