// WebSocket framing (RFC 6455, section 5) for a client: strict about what a server may send. No socket.
#pragma once

#include "core/observation.h"

#include <QByteArray>
#include <QByteArrayView>

namespace allclear {

enum class WsOpcode : quint8 { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

struct WsEvent {
    WsOpcode type = WsOpcode::Text; ///< Text, Binary, Close, Ping or Pong; never Continuation
    QByteArray payload;             ///< of a Close: the reason
    int closeCode = 0;              ///< of a Close: 1005 when the peer gave none
};

class WsReader {
public:
    explicit WsReader(qint64 maxMessageBytes) : m_limit(maxMessageBytes) {}

    void feed(QByteArrayView bytes) { m_buffer.append(bytes); }
    /// The next whole message or control frame, if one has arrived. Nothing more comes after a failure or a Close.
    std::optional<WsEvent> next();
    const std::optional<Failure> &failure() const { return m_failure; }
    /// Part of a frame or of a fragmented message is there.
    bool hasPartial() const { return !m_buffer.isEmpty() || m_messageType.has_value(); }

private:
    struct Header;
    std::optional<Header> header();
    std::optional<WsEvent> control(const Header &header, const QByteArray &payload);
    std::optional<WsEvent> data(const Header &header, const QByteArray &payload);
    void fail(FailureKind kind, const QString &message);

    qint64 m_limit;
    QByteArray m_buffer;
    QByteArray m_message;
    std::optional<WsOpcode> m_messageType; // of the fragments so far
    bool m_closed = false;
    std::optional<Failure> m_failure;
};

/// One final, masked client frame.
QByteArray wsFrame(WsOpcode opcode, QByteArrayView payload);
/// What a close code means: "policy violation" for 1008. Empty when it is unassigned.
QString closeMeaning(int code);

} // namespace allclear
