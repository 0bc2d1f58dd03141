// The backend's chat over one WebSocket: greets with connection_established, answers a chat message with the five
// agent events at a realistic pace, a ping with a pong, and everything else with an error message.
#pragma once

#include "core/clock.h"

#include <QJsonObject>
#include <QObject>

#include <array>

namespace allclear::rehearsal {

class WebSocketPeer;

inline constexpr std::array agentEvents = {QLatin1StringView("agent_started"), QLatin1StringView("agent_thinking"),
                                           QLatin1StringView("tool_executing"), QLatin1StringView("tool_completed"),
                                           QLatin1StringView("agent_completed")};

/// Which of the offered subprotocols the backend echoes: the first that carries a token, or the bare "jwt-auth".
/// Empty when none does; a client that offered some is then closed with 1003.
QByteArray chosenSubprotocol(const QByteArray &offered);

class Chat : public QObject {
    Q_OBJECT
public:
    /// A child of `peer`: ends with the connection. Greets at once.
    Chat(WebSocketPeer &peer, std::shared_ptr<const Clock> clock);

private:
    void greet();
    void take(const QByteArray &text);
    void runAgent(const QJsonObject &message);
    void runStep(std::size_t which, const QString &runId, Duration asked);
    void sendEvent(std::size_t which, const QString &runId, Duration elapsed);
    void sendError(const QString &code, const QString &message);
    void send(QJsonObject message);

    WebSocketPeer &m_peer;
    std::shared_ptr<const Clock> m_clock;
    QString m_userId;
};

} // namespace allclear::rehearsal
