#include "probes/wsframes.h"

#include <QRandomGenerator>
#include <QStringDecoder>
#include <QtEndian>

#include <array>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr quint64 maxControlPayload = 125;

bool isControl(WsOpcode opcode) { return static_cast<quint8>(opcode) >= 8; }

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString ignored = decoder(bytes);
    return !decoder.hasError();
}

/// RFC 6455, section 7.4: codes that may travel on the wire.
bool mayBeSent(int code)
{
    if (code >= 3000 && code <= 4999)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

} // namespace

struct WsReader::Header {
    bool final;
    WsOpcode opcode;
    qsizetype headerSize;
    quint64 payloadSize;
};

void WsReader::fail(FailureKind kind, const QString &message)
{
    m_failure = Failure{.kind = kind, .phase = Phase::Receive, .message = message, .hint = {}};
}

std::optional<WsReader::Header> WsReader::header()
{
    if (m_buffer.size() < 2)
        return std::nullopt;
    const auto first = static_cast<quint8>(m_buffer[0]);
    const auto second = static_cast<quint8>(m_buffer[1]);
    const quint8 opcode = first & 0x0f;
    if ((first & 0x70) != 0)
        fail(FailureKind::Protocol, u"the server set reserved bits of a WebSocket frame (0x%1); no extension was agreed"_s.arg(first, 2, 16, QLatin1Char('0')));
    else if ((opcode > 2 && opcode < 8) || opcode > 10)
        fail(FailureKind::Protocol, u"the server used the reserved WebSocket opcode %1"_s.arg(opcode));
    else if ((second & 0x80) != 0)
        fail(FailureKind::Protocol, u"the server masked a WebSocket frame; only clients may"_s);
    if (m_failure)
        return std::nullopt;
    Header result{.final = (first & 0x80) != 0, .opcode = static_cast<WsOpcode>(opcode), .headerSize = 2, .payloadSize = second & 0x7fU};
    if (result.payloadSize == 126) {
        result.headerSize = 4;
        if (m_buffer.size() < 4)
            return std::nullopt;
        result.payloadSize = qFromBigEndian<quint16>(m_buffer.constData() + 2);
        if (result.payloadSize < 126)
            fail(FailureKind::Protocol, u"a WebSocket frame's length is not in its shortest form"_s);
    } else if (result.payloadSize == 127) {
        result.headerSize = 10;
        if (m_buffer.size() < 10)
            return std::nullopt;
        result.payloadSize = qFromBigEndian<quint64>(m_buffer.constData() + 2);
        if (result.payloadSize <= 0xffff || (result.payloadSize >> 63) != 0)
            fail(FailureKind::Protocol, u"a WebSocket frame's length is invalid (%1)"_s.arg(result.payloadSize));
    }
    if (!m_failure && isControl(result.opcode) && (!result.final || result.payloadSize > maxControlPayload))
        fail(FailureKind::Protocol, u"a WebSocket control frame is fragmented or longer than 125 bytes"_s);
    return m_failure ? std::nullopt : std::optional(result);
}

std::optional<WsEvent> WsReader::next()
{
    while (!m_failure && !m_closed) {
        const std::optional<Header> frame = header();
        if (!frame)
            return std::nullopt;
        if (!isControl(frame->opcode) && frame->payloadSize + static_cast<quint64>(m_message.size()) > static_cast<quint64>(m_limit)) {
            fail(FailureKind::Oversize, u"a WebSocket message of %1 bytes or more exceeds the limit of %2 KiB"_s
                                            .arg(frame->payloadSize + static_cast<quint64>(m_message.size()))
                                            .arg(m_limit / 1024));
            return std::nullopt;
        }
        const auto size = static_cast<qsizetype>(frame->payloadSize);
        if (m_buffer.size() < frame->headerSize + size)
            return std::nullopt;
        const QByteArray payload = m_buffer.sliced(frame->headerSize, size);
        m_buffer.remove(0, frame->headerSize + size);
        const std::optional<WsEvent> event = isControl(frame->opcode) ? control(*frame, payload) : data(*frame, payload);
        if (event)
            return event;
    }
    return std::nullopt;
}

std::optional<WsEvent> WsReader::control(const Header &header, const QByteArray &payload)
{
    if (header.opcode != WsOpcode::Close)
        return WsEvent{.type = header.opcode, .payload = payload, .closeCode = 0};
    m_closed = true;
    if (payload.isEmpty())
        return WsEvent{.type = WsOpcode::Close, .payload = {}, .closeCode = 1005};
    if (payload.size() == 1) {
        fail(FailureKind::Protocol, u"a WebSocket close frame of one byte is malformed"_s);
        return std::nullopt;
    }
    const int code = qFromBigEndian<quint16>(payload.constData());
    const QByteArray reason = payload.sliced(2);
    if (!mayBeSent(code) || !isUtf8(reason)) {
        fail(FailureKind::Protocol, u"the server closed the WebSocket with the invalid code or reason %1"_s.arg(code));
        return std::nullopt;
    }
    return WsEvent{.type = WsOpcode::Close, .payload = reason, .closeCode = code};
}

std::optional<WsEvent> WsReader::data(const Header &header, const QByteArray &payload)
{
    if ((header.opcode == WsOpcode::Continuation) != m_messageType.has_value()) {
        fail(FailureKind::Protocol, m_messageType ? u"a new WebSocket message began before the last one ended"_s
                                                  : u"a WebSocket continuation frame continues nothing"_s);
        return std::nullopt;
    }
    if (!m_messageType)
        m_messageType = header.opcode;
    m_message += payload;
    if (!header.final)
        return std::nullopt;
    WsEvent event{.type = *m_messageType, .payload = std::exchange(m_message, {}), .closeCode = 0};
    m_messageType.reset();
    if (event.type == WsOpcode::Text && !isUtf8(event.payload)) {
        fail(FailureKind::Protocol, u"a WebSocket text message is not valid UTF-8"_s);
        return std::nullopt;
    }
    return event;
}

QByteArray wsFrame(WsOpcode opcode, QByteArrayView payload)
{
    QByteArray frame;
    frame.append(static_cast<char>(0x80 | static_cast<quint8>(opcode)));
    const auto size = static_cast<quint64>(payload.size());
    if (size < 126) {
        frame.append(static_cast<char>(0x80 | size));
    } else if (size <= 0xffff) {
        frame.append(static_cast<char>(0x80 | 126));
        frame.resize(4);
        qToBigEndian<quint16>(static_cast<quint16>(size), frame.data() + 2);
    } else {
        frame.append(static_cast<char>(0x80 | 127));
        frame.resize(10);
        qToBigEndian<quint64>(size, frame.data() + 2);
    }
    const quint32 random = QRandomGenerator::system()->generate();
    std::array<char, 4> mask;
    qToBigEndian(random, mask.data());
    frame.append(mask.data(), mask.size());
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame.append(static_cast<char>(payload[i] ^ mask[static_cast<std::size_t>(i % 4)]));
    return frame;
}

QString closeMeaning(int code)
{
    switch (code) {
    case 1000: return u"normal closure"_s;
    case 1001: return u"the server is going away"_s;
    case 1002: return u"protocol error"_s;
    case 1003: return u"unsupported data"_s;
    case 1005: return u"no code given"_s;
    case 1007: return u"invalid data"_s;
    case 1008: return u"policy violation"_s;
    case 1009: return u"message too big"_s;
    case 1010: return u"missing extension"_s;
    case 1011: return u"internal server error"_s;
    case 1012: return u"service restart"_s;
    case 1013: return u"try again later"_s;
    case 1014: return u"bad gateway"_s;
    default: return {};
    }
}

} // namespace allclear
