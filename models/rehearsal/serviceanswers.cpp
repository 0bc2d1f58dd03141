#include "rehearsal/serviceanswers.h"

#include "rehearsal/authanswers.h"

#include <QJsonArray>

#include <algorithm>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

HttpReply platform503(Duration after)
{
    return textReply(503, "Service Unavailable: upstream connect error, no healthy backend\n"_ba, after);
}

HttpReply startupFailed(Duration after)
{
    const QJsonObject details{{u"phase"_s, u"SERVICES"_s},
                              {u"error"_s, u"ModuleNotFoundError: a service module is missing from the image"_s}};
    return jsonReply(503, {{u"status"_s, u"unhealthy"_s}, {u"message"_s, u"startup_failed"_s}, {u"details"_s, details}},
                     after);
}

/// How long a plain answer takes: the whole story in one function, so that every endpoint of a service agrees.
Duration latency(const Moment &moment, Duration healthy)
{
    switch (moment.situation.services) {
    case ServiceState::Healthy: return around(healthy, moment.nth);
    case ServiceState::Slow: { // rises over the chapter's first 20 s to forty-fold, at most 3 s
        const double risen = std::min(1.0, toMs(moment.into) / 20'000.0);
        return around(healthy + fromMs(risen * std::min(40 * toMs(healthy), 3'000.0)), moment.nth);
    }
    case ServiceState::CutOff:
    case ServiceState::CrashLooping: return around(12 * healthy, moment.nth);
    case ServiceState::Unavailable: return around(10s, moment.nth) / 10 + 9200ms; // 10.0 … 10.4 s
    case ServiceState::NotStarting: return around(3500ms, moment.nth);
    case ServiceState::WarmingUp: return around(5 * healthy, moment.nth);
    }
    Q_UNREACHABLE();
}

/// The one in three requests that reaches a worker before it dies.
bool survives(const Moment &moment) { return moment.nth % 3 == 2; }

QJsonObject dependency(bool connected, double responseMs, const QString &error)
{
    return {{u"status"_s, connected ? u"healthy"_s : u"unhealthy"_s},
            {u"connected"_s, connected},
            {u"response_time_ms"_s, responseMs},
            {u"error"_s, connected ? QJsonValue() : QJsonValue(error)}};
}

HttpReply dependencies(const Moment &moment)
{
    const bool connected = moment.situation.databases == DatabaseState::Available;
    const Duration after = connected ? latency(moment, 70ms) : around(5s, moment.nth) / 10 + 4550ms; // 5.0 … 5.1 s
    const double spent = connected ? toMs(after) / 4 : toMs(after);
    const QJsonObject checks{
        {u"postgres"_s, dependency(connected, spent, u"timeout after 5.0 s connecting to 10.166.204.21:5432"_s)},
        {u"redis"_s, dependency(connected, spent, u"Error -3 connecting to 10.166.204.83:6379: timed out"_s)}};
    const QJsonObject body{{u"status"_s, connected ? u"healthy"_s : u"unhealthy"_s},
                           {u"uptime_seconds"_s, 86'400 + toMs(moment.into) / 1000},
                           {u"checks"_s, checks}};
    return connected ? jsonReply(200, body, after) : jsonReply(503, {{u"detail"_s, body}}, after);
}

HttpReply health(const Moment &moment)
{
    return jsonReply(200,
                     {{u"status"_s, u"healthy"_s},
                      {u"service"_s, u"netra-ai-platform"_s},
                      {u"version"_s, u"1.0.0"_s},
                      {u"timestamp"_s, unixSeconds(moment.now)}},
                     latency(moment, 50ms));
}

HttpReply agentsStatus(const Moment &moment)
{
    const bool connected = moment.situation.databases == DatabaseState::Available;
    const auto agent = [&](const QString &agentName) {
        return QJsonObject{{u"name"_s, agentName}, {u"status"_s, connected ? u"ready"_s : u"degraded"_s}};
    };
    const QJsonArray agents{agent(u"supervisor"_s), agent(u"triage"_s), agent(u"data"_s), agent(u"optimization"_s)};
    return jsonReply(200,
                     {{u"status"_s, connected ? u"healthy"_s : u"degraded"_s},
                      {u"agents"_s, agents},
                      {u"active_runs"_s, connected ? 3 : 0}},
                     latency(moment, 60ms));
}

HttpReply mcpServers(const Moment &moment)
{
    const auto server = [](const QString &serverName, int tools) {
        return QJsonObject{{u"name"_s, serverName}, {u"status"_s, u"connected"_s}, {u"tools"_s, tools}};
    };
    const QJsonArray servers{server(u"cost-analyzer"_s, 6), server(u"data-helper"_s, 4)};
    return jsonReply(200, {{u"servers"_s, servers}, {u"total"_s, servers.size()}}, latency(moment, 55ms));
}

HttpReply executeAgent(const HttpRequest &request, const Moment &moment)
{
    const Duration after = latency(moment, 120ms);
    if (request.method != "POST")
        return methodNotAllowed("POST"_ba, after);
    return jsonReply(200,
                     {{u"status"_s, u"success"_s},
                      {u"agent"_s, u"supervisor"_s},
                      {u"response"_s, u"Three services could run on smaller machines."_s},
                      {u"execution_time"_s, toMs(after) / 1000},
                      {u"circuit_breaker_state"_s, u"CLOSED"_s},
                      {u"error"_s, QJsonValue()}},
                     after);
}

HttpReply socketNotReady(Duration after)
{
    HttpReply reply = jsonReply(503,
                                {{u"error"_s, u"service_not_ready"_s},
                                 {u"message"_s, u"Enhanced uvicorn compatibility check failed"_s}},
                                after);
    reply.headers.append({"retry-after"_ba, "10"_ba});
    return reply;
}

HttpReply apiAnswer(const HttpRequest &request, const Moment &moment)
{
    if (moment.situation.services == ServiceState::NotStarting)
        return startupFailed(latency(moment, 50ms));
    if (moment.situation.services == ServiceState::CrashLooping && !survives(moment))
        return request.path.startsWith("/ws") ? socketNotReady(around(2s, moment.nth))
                                              : startupFailed(around(2s, moment.nth));
    const QByteArray &path = request.path;
    if (path == "/health" || path == "/health/" || path == "/health/live")
        return health(moment);
    if (path == "/api/health" || path == "/api/health/ready" || path == "/health/ready")
        return dependencies(moment);
    if (path == "/api/agents/status")
        return agentsStatus(moment);
    if (path == "/api/mcp/servers")
        return mcpServers(moment);
    if (path == "/api/agents/execute")
        return executeAgent(request, moment);
    if (path == "/ws/health")
        return jsonReply(200, {{u"status"_s, u"healthy"_s}, {u"service"_s, u"websocket"_s}}, latency(moment, 45ms));
    if (isChatPath(path)) {
        HttpReply reply = jsonReply(426, {{u"detail"_s, u"Upgrade Required"_s}}, latency(moment, 45ms));
        reply.headers.append({"upgrade"_ba, "websocket"_ba});
        return reply;
    }
    return notFound(latency(moment, 45ms));
}

HttpReply frontendHealth(const Moment &moment)
{
    const bool backendAnswers
        = moment.situation.services != ServiceState::CutOff && moment.situation.services != ServiceState::CrashLooping;
    const QJsonObject backend{{u"status"_s, backendAnswers ? u"healthy"_s : u"timeout"_s},
                              {u"response_time_ms"_s, backendAnswers ? 48 : 2003}};
    return jsonReply(200,
                     {{u"status"_s, backendAnswers ? u"healthy"_s : u"degraded"_s},
                      {u"service"_s, u"frontend"_s},
                      {u"dependencies"_s, QJsonObject{{u"backend"_s, backend}}}},
                     backendAnswers ? latency(moment, 45ms) : 2003ms);
}

HttpReply frontendAnswer(const HttpRequest &request, const Moment &moment)
{
    if (moment.situation.services == ServiceState::NotStarting)
        return platform503(latency(moment, 45ms));
    if (request.path == "/health")
        return frontendHealth(moment);
    if (request.path == "/api/health") // never asks its dependencies
        return jsonReply(200, {{u"status"_s, u"healthy"_s}, {u"service"_s, u"frontend"_s}}, around(40ms, moment.nth));
    if (request.path != "/")
        return notFound(around(40ms, moment.nth));
    HttpReply page = textReply(200, "<!doctype html><title>Staging</title><p>Staging frontend\n"_ba,
                               around(40ms, moment.nth));
    page.contentType = "text/html; charset=utf-8"_ba;
    return page;
}

} // namespace

bool isChatPath(const QByteArray &path)
{
    return path == "/ws" || path == "/api/v1/websocket" || path == "/websocket";
}

HttpReply upgradeAnswer(const Moment &moment)
{
    switch (moment.situation.services) {
    case ServiceState::Unavailable: return platform503(latency(moment, 50ms));
    case ServiceState::NotStarting: return socketNotReady(latency(moment, 50ms));
    case ServiceState::CrashLooping:
        if (!survives(moment))
            return socketNotReady(around(2s, moment.nth));
        break;
    case ServiceState::CutOff: return {.status = 101, .after = around(2800ms, moment.nth)}; // the readiness check
    case ServiceState::Healthy:
    case ServiceState::Slow:
    case ServiceState::WarmingUp: break;
    }
    return {.status = 101, .after = latency(moment, 50ms)};
}

HttpReply serviceAnswer(Service service, const HttpRequest &request, const Moment &moment, const Login &login)
{
    if (service == Service::Edge) // the balancer's own page: it answers whatever is behind it
        return jsonReply(200, {{u"status"_s, u"ok"_s}, {u"service"_s, u"edge"_s}}, around(20ms, moment.nth));
    if (moment.situation.services == ServiceState::Unavailable)
        return platform503(latency(moment, 50ms));
    switch (service) {
    case Service::Auth:
        return moment.situation.services == ServiceState::NotStarting
            ? platform503(latency(moment, 45ms))
            : authAnswer(request, moment, login, latency(moment, 45ms));
    case Service::Frontend: return frontendAnswer(request, moment);
    case Service::Api:
    case Service::Edge: break;
    }
    return apiAnswer(request, moment);
}

} // namespace allclear::rehearsal
