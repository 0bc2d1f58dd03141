#include "rehearsal/websocketpeer.h"

#include <QCryptographicHash>
#include <QTcpSocket>
#include <QtEndian>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

constexpr quint16 protocolError = 1002, unsupportedData = 1003, tooBig = 1009;

bool isControl(Opcode opcode) { return static_cast<quint8>(opcode) >= 8; }

bool isKnown(quint8 opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

quint8 byteAt(const QByteArray &bytes, qsizetype index) { return static_cast<quint8>(bytes[index]); }

template <typename T>
T bigEndianAt(const QByteArray &bytes, qsizetype index)
{
    return qFromBigEndian<T>(bytes.constData() + index);
}

template <typename T>
void appendBigEndian(QByteArray &bytes, T value)
{
    const T swapped = qToBigEndian(value);
    bytes.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

} // namespace

QByteArray acceptKey(const QByteArray &key)
{
    const QByteArray salted = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"_ba;
    return QCryptographicHash::hash(salted, QCryptographicHash::Sha1).toBase64();
}

QByteArray encodeFrame(Opcode opcode, const QByteArray &payload)
{
    QByteArray frame;
    frame.append(static_cast<char>(0x80 | static_cast<quint8>(opcode)));
    if (payload.size() < 126) {
        frame.append(static_cast<char>(payload.size()));
    } else if (payload.size() <= 0xffff) {
        frame.append(char(126));
        appendBigEndian(frame, static_cast<quint16>(payload.size()));
    } else {
        frame.append(char(127));
        appendBigEndian(frame, static_cast<quint64>(payload.size()));
    }
    return frame + payload;
}

Decoded decodeFrame(QByteArray &buffer)
{
    if (buffer.size() < 2)
        return {};
    const quint8 first = byteAt(buffer, 0), second = byteAt(buffer, 1);
    const bool masked = (second & 0x80) != 0;
    if ((first & 0x70) != 0 || !isKnown(first & 0x0f) || !masked)
        return {.closeCode = protocolError};
    Frame frame{.opcode = static_cast<Opcode>(first & 0x0f), .last = (first & 0x80) != 0};
    const quint8 shortLength = second & 0x7f;
    if (isControl(frame.opcode) && (!frame.last || shortLength > 125))
        return {.closeCode = protocolError};
    const qsizetype lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    const qsizetype headBytes = 2 + lengthBytes + 4;
    if (buffer.size() < headBytes)
        return {};
    const quint64 length = lengthBytes == 2 ? bigEndianAt<quint16>(buffer, 2)
        : lengthBytes == 8                  ? bigEndianAt<quint64>(buffer, 2)
                                            : quint64(shortLength);
    if (length > maxChatMessageBytes)
        return {.closeCode = tooBig};
    const auto size = static_cast<qsizetype>(length);
    if (buffer.size() < headBytes + size)
        return {};
    frame.payload = buffer.sliced(headBytes, size);
    for (qsizetype i = 0; i < size; ++i)
        frame.payload[i] = static_cast<char>(byteAt(frame.payload, i) ^ byteAt(buffer, headBytes - 4 + i % 4));
    buffer.remove(0, headBytes + size);
    return {.frame = frame};
}

WebSocketPeer::WebSocketPeer(std::unique_ptr<QTcpSocket> socket, QObject *parent)
    : QObject(parent), m_socket(std::move(socket))
{
    connect(m_socket.get(), &QTcpSocket::readyRead, this, [this] {
        m_buffer += m_socket->readAll();
        readFrames();
    });
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &QObject::deleteLater);
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        deleteLater();
}

WebSocketPeer::~WebSocketPeer() { m_socket->disconnect(this); }

void WebSocketPeer::begin(const QByteArray &rest)
{
    m_buffer = rest + m_socket->readAll();
    readFrames();
}

void WebSocketPeer::sendText(const QByteArray &text)
{
    if (!m_closing && m_socket->state() == QAbstractSocket::ConnectedState)
        m_socket->write(encodeFrame(Opcode::Text, text));
}

void WebSocketPeer::close(quint16 code, const QByteArray &reason)
{
    if (m_closing || m_socket->state() != QAbstractSocket::ConnectedState)
        return;
    m_closing = true;
    QByteArray payload;
    appendBigEndian(payload, code);
    m_socket->write(encodeFrame(Opcode::Close, payload + reason));
    m_socket->disconnectFromHost();
}

void WebSocketPeer::readFrames()
{
    while (!m_closing) {
        const Decoded decoded = decodeFrame(m_buffer);
        if (decoded.closeCode != 0)
            close(decoded.closeCode, "protocol error"_ba);
        if (!decoded.frame)
            return;
        take(*decoded.frame);
    }
    m_buffer.clear();
}

void WebSocketPeer::take(const Frame &frame)
{
    switch (frame.opcode) {
    case Opcode::Ping: m_socket->write(encodeFrame(Opcode::Pong, frame.payload)); return;
    case Opcode::Pong: return;
    case Opcode::Close: {
        const quint16 code = frame.payload.size() >= 2 ? bigEndianAt<quint16>(frame.payload, 0) : quint16(1000);
        close(code, {});
        return;
    }
    case Opcode::Continuation:
    case Opcode::Text:
    case Opcode::Binary: break;
    }
    if ((frame.opcode == Opcode::Continuation) != m_messageOpcode.has_value()) {
        close(protocolError, "unexpected fragment"_ba);
        return;
    }
    if (frame.opcode != Opcode::Continuation)
        m_messageOpcode = frame.opcode;
    m_message += frame.payload;
    if (static_cast<quint64>(m_message.size()) > maxChatMessageBytes)
        close(tooBig, "message too big"_ba);
    else if (frame.last)
        finishMessage();
}

void WebSocketPeer::finishMessage()
{
    const bool isText = m_messageOpcode == Opcode::Text;
    const QByteArray message = std::exchange(m_message, {});
    m_messageOpcode.reset();
    if (isText)
        Q_EMIT textReceived(message);
    else
        close(unsupportedData, "only text is understood"_ba);
}

} // namespace allclear::rehearsal
