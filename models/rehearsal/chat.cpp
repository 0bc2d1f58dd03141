#include "rehearsal/chat.h"

#include "rehearsal/websocketpeer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>
#include <QUuid>

#include <algorithm>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

// After the question, in clock time: the whole answer takes under five seconds.
constexpr std::array<Duration, agentEvents.size()> pace = {200ms, 900ms, 1600ms, 3100ms, 4400ms};

QString id() { return QUuid::createUuid().toString(QUuid::WithoutBraces); }

QJsonObject eventData(std::size_t which, Duration elapsed)
{
    switch (which) {
    case 0:
        return {{u"status"_s, u"started"_s}, {u"context"_s, QJsonObject()}, {u"message"_s, u"Agent started"_s}};
    case 1:
        return {{u"reasoning"_s, u"The question is about the cost of the services; their usage is needed first."_s},
                {u"step_number"_s, 1},
                {u"progress_percentage"_s, 20},
                {u"status"_s, u"thinking"_s}};
    case 2:
        return {{u"tool_name"_s, u"cost_analyzer"_s},
                {u"parameters"_s, QJsonObject{{u"window"_s, u"7d"_s}}},
                {u"status"_s, u"executing"_s},
                {u"message"_s, u"Reading seven days of usage"_s}};
    case 3:
        return {{u"tool_name"_s, u"cost_analyzer"_s},
                {u"result"_s, QJsonObject{{u"services"_s, 3}, {u"monthly_saving_usd"_s, 1840}}},
                {u"execution_time_ms"_s, toMs(pace[3] - pace[2])},
                {u"status"_s, u"completed"_s},
                {u"message"_s, u"Usage read"_s}};
    default:
        return {{u"status"_s, u"completed"_s},
                {u"result"_s, u"Three services could run on smaller machines and save 1,840 USD a month."_s},
                {u"execution_time_ms"_s, toMs(elapsed)},
                {u"message"_s, u"Agent completed"_s}};
    }
}

bool asksTheAgent(QStringView type)
{
    constexpr std::array types = {QLatin1StringView("start_agent"), QLatin1StringView("chat_message"),
                                  QLatin1StringView("user_message"), QLatin1StringView("chat"),
                                  QLatin1StringView("agent_request")};
    return std::find(types.begin(), types.end(), type) != types.end();
}

} // namespace

QByteArray chosenSubprotocol(const QByteArray &offered)
{
    const QList<QByteArray> entries = offered.split(',');
    for (const QByteArray &raw : entries) {
        const QByteArray entry = raw.trimmed();
        if (entry == "jwt-auth" || entry.startsWith("jwt.") || entry.startsWith("jwt-auth.")
            || entry.startsWith("bearer.") || entry.startsWith("staging-auth."))
            return entry;
    }
    return {};
}

Chat::Chat(WebSocketPeer &peer, std::shared_ptr<const Clock> clock)
    : QObject(&peer), m_peer(peer), m_clock(std::move(clock)), m_userId(id())
{
    connect(&peer, &WebSocketPeer::textReceived, this, &Chat::take);
    greet();
}

void Chat::greet()
{
    QJsonArray events;
    for (const QLatin1StringView event : agentEvents)
        events.append(QString(event));
    const QJsonObject data{{u"mode"_s, u"main"_s},
                           {u"connection_id"_s, id()},
                           {u"user_id"_s, m_userId},
                           {u"golden_path_events"_s, events},
                           {u"features"_s, QJsonObject{{u"agent_events"_s, true}, {u"heartbeat"_s, true}}},
                           {u"timestamp"_s, toIso(m_clock->now())}};
    send({{u"type"_s, u"connection_established"_s}, {u"data"_s, data}});
}

void Chat::take(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonObject message = QJsonDocument::fromJson(text, &error).object();
    const QString type = message[u"type"].toString();
    if (error.error != QJsonParseError::NoError)
        sendError(u"JSON_PARSE_ERROR"_s, u"The message is not JSON: "_s + error.errorString());
    else if (asksTheAgent(type))
        runAgent(message);
    else if (type == "ping"_L1)
        send({{u"type"_s, u"pong"_s}});
    else if (type == "get_agent_status"_L1)
        send({{u"type"_s, u"agent_status"_s}, {u"data"_s, QJsonObject{{u"status"_s, u"ready"_s}}}});
    else
        sendError(u"UNKNOWN_MESSAGE_TYPE"_s, u"Messages of type \"%1\" are not understood."_s.arg(type));
}

void Chat::runAgent(const QJsonObject &message)
{
    runStep(0, message[u"run_id"].toString(id()), m_clock->steady());
}

void Chat::runStep(std::size_t which, const QString &runId, Duration asked)
{
    if (which == agentEvents.size())
        return;
    const Duration wait = pace[which] - (which > 0 ? pace[which - 1] : Duration::zero());
    const auto real = std::chrono::round<std::chrono::milliseconds>(m_clock->toReal(wait));
    QTimer::singleShot(real, Qt::PreciseTimer, this, [this, which, runId, asked] {
        sendEvent(which, runId, m_clock->steady() - asked);
        runStep(which + 1, runId, asked);
    });
}

void Chat::sendEvent(std::size_t which, const QString &runId, Duration elapsed)
{
    send({{u"type"_s, QString(agentEvents[which])},
          {u"run_id"_s, runId},
          {u"user_id"_s, m_userId},
          {u"agent_name"_s, u"supervisor"_s},
          {u"data"_s, eventData(which, elapsed)}});
}

void Chat::sendError(const QString &code, const QString &message)
{
    send({{u"type"_s, u"error_message"_s},
          {u"error_code"_s, code},
          {u"error_message"_s, message},
          {u"details"_s, QJsonObject()},
          {u"recovery_suggestions"_s, QJsonArray{u"Send a JSON object with a known type."_s}}});
}

void Chat::send(QJsonObject message)
{
    message[u"timestamp"_s] = toIso(m_clock->now());
    m_peer.sendText(QJsonDocument(message).toJson(QJsonDocument::Compact));
}

} // namespace allclear::rehearsal
