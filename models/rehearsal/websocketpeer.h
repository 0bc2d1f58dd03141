// The server's end of a WebSocket after the handshake (RFC 6455, section 5): text and control frames, fragments,
// close codes. No extensions. Deletes itself when the peer leaves.
#pragma once

#include <QByteArray>
#include <QObject>

#include <memory>
#include <optional>

class QTcpSocket;

namespace allclear::rehearsal {

inline constexpr quint64 maxChatMessageBytes = 1024 * 1024;

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, 4.2.2).
QByteArray acceptKey(const QByteArray &key);

enum class Opcode : quint8 { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

struct Frame {
    Opcode opcode = Opcode::Text;
    bool last = true;
    QByteArray payload{}; ///< unmasked
};

/// A server's frame: unmasked, never fragmented.
QByteArray encodeFrame(Opcode opcode, const QByteArray &payload);

/// Takes one client frame off the front of `buffer`. `frame` is empty when more bytes are needed; a `closeCode` other
/// than 0 ends the connection (1002 protocol error, 1009 too big).
struct Decoded {
    std::optional<Frame> frame{};
    quint16 closeCode = 0;
};
Decoded decodeFrame(QByteArray &buffer);

class WebSocketPeer : public QObject {
    Q_OBJECT
public:
    WebSocketPeer(std::unique_ptr<QTcpSocket> socket, QObject *parent);
    ~WebSocketPeer() override;

    /// Reads what came with the handshake; call once, when textReceived is connected.
    void begin(const QByteArray &rest);
    void sendText(const QByteArray &text);
    void close(quint16 code, const QByteArray &reason); ///< nothing is sent or reported after it

Q_SIGNALS:
    void textReceived(const QByteArray &text);

private:
    void readFrames();
    void take(const Frame &frame);
    void finishMessage();

    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_buffer;
    std::optional<Opcode> m_messageOpcode; ///< of the message whose fragments are being collected
    QByteArray m_message;
    bool m_closing = false;
};

} // namespace allclear::rehearsal
