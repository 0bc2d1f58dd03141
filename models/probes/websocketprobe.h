// ws:// and wss://: the upgrade by hand, so that a refusal keeps its HTTP status, headers and body; then, when the
// endpoint asks for it, a message out and the first answer in, or a whole conversation; then one ping. RFC 6455.
#pragma once

#include "probes/conversation.h"
#include "probes/httprequest.h"
#include "probes/timedprobe.h"
#include "probes/wsframes.h"

#include <memory>

namespace allclear {

class HttpReader;

class WebSocketProbe : public TimedProbe {
    Q_OBJECT
public:
    WebSocketProbe(ProbeRequest request, ProbeServices &services);
    ~WebSocketProbe() override;

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;
    Failure timedOut() const override;

private:
    enum class Stage { Handshake, Rejected, Message, Conversation, Ping };

    void sendHandshake();
    void received(const QByteArray &bytes);
    void ended();
    void streamFailed(Failure failure);
    void readHandshake(const QByteArray &bytes);
    void accepted();
    std::optional<QString> handshakeProblem() const;
    void rejected();
    void beginPing();
    void readFrames();
    void closedByPeer(const WsEvent &event);
    void answered();
    void startGrace();
    void answerPing(const QByteArray &payload);
    void sendBody();
    void keepExchange(Exchange::Way way, const QByteArray &message);
    void beginConversation();
    void continueConversation();
    void keepAnswer();

    QUrl m_url;
    QStringList m_offered; // subprotocols
    QByteArray m_key;
    std::unique_ptr<Stream> m_stream;
    std::unique_ptr<HttpReader> m_reader;
    WsReader m_frames;
    Stage m_stage = Stage::Handshake;
    bool m_wantsMessage = false;
    QTimer m_grace; // for the rest of a refusal's body, and for the pong
    Duration m_graceLength{};
    Duration m_sentAt{}, m_firstByteAt{}, m_pingAt{};
    std::optional<QByteArray> m_message;
    std::unique_ptr<Conversation> m_conversation;
    QTimer m_patience; // for the awaited entry of the conversation
};

} // namespace allclear
