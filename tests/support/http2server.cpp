#include "support/http2server.h"

#include <QSslSocket>
#include <QTimer>

#include <algorithm>
#include <sys/socket.h>

namespace allclear::test
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 floodBuffer = 256 * 1024;

nghttp2_nv pair(const QByteArray &name, const QByteArray &value)
{
    const auto bytes = [](const QByteArray &text) {
        return reinterpret_cast<uint8_t *>(const_cast<char *>(text.constData()));
    };
    return {bytes(name), bytes(value), static_cast<std::size_t>(name.size()), static_cast<std::size_t>(value.size()),
            NGHTTP2_NV_FLAG_NONE};
}

QList<nghttp2_nv> pairs(const Http2Fields &fields)
{
    QList<nghttp2_nv> list;
    for (const auto &[name, value] : fields)
        list.append(pair(name, value));
    return list;
}

/// RFC 7541, section 5.1, with a 7-bit prefix whose other bit is 0.
QByteArray length(qsizetype value)
{
    QByteArray bytes;
    if (value < 127)
        return bytes.append(static_cast<char>(value));
    bytes.append('\x7f');
    for (value -= 127; value >= 128; value /= 128)
        bytes.append(static_cast<char>(value % 128 + 128));
    return bytes.append(static_cast<char>(value));
}

} // namespace

QByteArray bigEndian(quint32 value)
{
    QByteArray bytes;
    for (const int shift : {24, 16, 8, 0})
        bytes.append(static_cast<char>(value >> shift));
    return bytes;
}

QByteArray frame(int type, int flags, quint32 stream, const QByteArray &payload)
{
    QByteArray bytes = bigEndian(static_cast<quint32>(payload.size())).sliced(1);
    bytes.append(static_cast<char>(type)).append(static_cast<char>(flags));
    return bytes + bigEndian(stream) + payload;
}

QByteArray headerBlock(const Http2Fields &fields)
{
    QByteArray block;
    for (const auto &[name, value] : fields)
        block += QByteArray(1, '\0') + length(name.size()) + name + length(value.size()) + value;
    return block;
}

QByteArray Http2Request::header(const QByteArray &name) const
{
    const auto found = std::ranges::find_if(headers, [&](const auto &header) { return header.first == name; });
    return found == headers.end() ? QByteArray() : found->second;
}

/// One connection.
class Http2Peer : public QObject
{
public:
    Http2Peer(Http2Server *server, QTcpSocket *socket) : QObject(socket), m_server(server), m_socket(socket)
    {
        nghttp2_session_callbacks *callbacks = nullptr;
        nghttp2_session_callbacks_new(&callbacks);
        nghttp2_session_callbacks_set_on_header_callback(
            callbacks,
            [](nghttp2_session *, const nghttp2_frame *, const uint8_t *name, std::size_t nameLength,
               const uint8_t *value, std::size_t valueLength, uint8_t, void *user) {
                self(user).m_request.headers.emplaceBack(
                    QByteArray(reinterpret_cast<const char *>(name), static_cast<qsizetype>(nameLength)),
                    QByteArray(reinterpret_cast<const char *>(value), static_cast<qsizetype>(valueLength)));
                return 0;
            });
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
            callbacks, [](nghttp2_session *, uint8_t, int32_t, const uint8_t *bytes, std::size_t size, void *user) {
                self(user).m_request.body.append(reinterpret_cast<const char *>(bytes), static_cast<qsizetype>(size));
                return 0;
            });
        nghttp2_session_callbacks_set_on_frame_recv_callback(
            callbacks, [](nghttp2_session *, const nghttp2_frame *frame, void *user) {
                self(user).received(*frame);
                return 0;
            });
        nghttp2_option *options = nullptr;
        nghttp2_option_new(&options);
        nghttp2_option_set_no_http_messaging(options, 1); // lies are let through
        nghttp2_session_server_new2(&m_session, callbacks, this, options);
        nghttp2_option_del(options);
        nghttp2_session_callbacks_del(callbacks);
        nghttp2_submit_settings(m_session, NGHTTP2_FLAG_NONE, nullptr, 0);
        connect(socket, &QTcpSocket::readyRead, this, &Http2Peer::read);
        pump();
    }
    ~Http2Peer() override { nghttp2_session_del(m_session); }

private:
    static Http2Peer &self(void *user) { return *static_cast<Http2Peer *>(user); }

    void read()
    {
        const QByteArray bytes = m_socket->readAll();
        nghttp2_session_mem_recv(m_session, reinterpret_cast<const uint8_t *>(bytes.constData()),
                                 static_cast<std::size_t>(bytes.size()));
        pump();
    }

    void pump()
    {
        const uint8_t *bytes = nullptr;
        for (ssize_t count = 0; (count = nghttp2_session_mem_send(m_session, &bytes)) > 0;)
            m_socket->write(reinterpret_cast<const char *>(bytes), count);
    }

    void received(const nghttp2_frame &frame)
    {
        if (frame.hd.type == NGHTTP2_GOAWAY)
            m_server->m_sawGoodbye = true;
        const bool isRequest = frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
        if (!isRequest || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
            return;
        m_server->m_requests.append(m_request);
        m_script = m_server->answer ? m_server->answer(m_request) : m_server->m_script;
        if (m_script.raw.isEmpty() && m_script.tail.isEmpty()) {
            respond(frame.hd.stream_id);
            return;
        }
        pump();
        m_socket->write(m_script.raw);
        follow();
    }

    void respond(int32_t stream)
    {
        for (const QByteArray &status : m_script.interim) {
            const Http2Fields fields{{":status", status}};
            const QList<nghttp2_nv> list = pairs(fields);
            nghttp2_submit_headers(m_session, NGHTTP2_FLAG_NONE, stream, nullptr, list.constData(),
                                   static_cast<std::size_t>(list.size()), nullptr);
        }
        const Http2Fields fields = Http2Fields{{":status", m_script.status}} + m_script.headers;
        const QList<nghttp2_nv> list = pairs(fields);
        nghttp2_data_provider provider{.source = {.ptr = this}, .read_callback = &Http2Peer::body};
        const bool hasBody = !m_script.body.isEmpty() || !m_script.trailers.isEmpty();
        nghttp2_submit_response(m_session, stream, list.constData(), static_cast<std::size_t>(list.size()),
                                hasBody ? &provider : nullptr);
    }

    static ssize_t body(nghttp2_session *session, int32_t stream, uint8_t *out, std::size_t room, uint32_t *flags,
                        nghttp2_data_source *source, void *)
    {
        Http2Peer &peer = self(source->ptr);
        const QByteArrayView rest = QByteArrayView(peer.m_script.body).sliced(peer.m_bodySent);
        const qsizetype count = std::min(rest.size(), static_cast<qsizetype>(room));
        std::copy_n(rest.begin(), count, out);
        peer.m_bodySent += count;
        if (count < rest.size())
            return count;
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!peer.m_script.trailers.isEmpty()) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            const QList<nghttp2_nv> list = pairs(peer.m_script.trailers);
            nghttp2_submit_trailer(session, stream, list.constData(), static_cast<std::size_t>(list.size()));
        }
        return count;
    }

    void follow()
    {
        if (m_script.then == Then::Close) {
            m_socket->disconnectFromHost();
        } else if (m_script.then == Then::Reset) {
            m_socket->flush();
            const linger hard{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            QTimer::singleShot(20, m_socket, [socket = m_socket] { socket->abort(); });
        } else if (m_script.then == Then::Drip) {
            auto *timer = new QTimer(this);
            connect(timer, &QTimer::timeout, this, [this] { m_socket->write(m_script.tail); });
            timer->start(20);
        } else if (m_script.then == Then::Flood) {
            connect(m_socket, &QTcpSocket::bytesWritten, this, &Http2Peer::pour);
            if (auto *tls = qobject_cast<QSslSocket *>(m_socket))
                connect(tls, &QSslSocket::encryptedBytesWritten, this, &Http2Peer::pour);
            pour();
        }
    }

    /// Writing may signal at once what was written: one level is enough.
    void pour()
    {
        if (std::exchange(m_pouring, true))
            return;
        const auto *tls = qobject_cast<QSslSocket *>(m_socket);
        while (m_socket->isOpen() && m_socket->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0) < floodBuffer)
            m_socket->write(m_script.tail);
        m_pouring = false;
    }

    Http2Server *m_server;
    QTcpSocket *m_socket;
    nghttp2_session *m_session = nullptr;
    Http2Request m_request;
    Http2Script m_script;
    qsizetype m_bodySent = 0;
    bool m_pouring = false;
};

Http2Server::Http2Server(Http2Script script, std::optional<QSslConfiguration> tls)
    : m_script(std::move(script)), m_tls(std::move(tls))
{
    if (m_tls)
        m_tls->setAllowedNextProtocols({"h2"});
    listen(QHostAddress::LocalHost);
}

QString Http2Server::url(const QString &path) const
{
    return u"%1://127.0.0.1:%2%3"_s.arg(m_tls ? u"https"_s : u"http"_s).arg(serverPort()).arg(path);
}

void Http2Server::incomingConnection(qintptr descriptor)
{
    ++m_connections;
    if (!m_tls) {
        auto *socket = new QTcpSocket(this);
        socket->setSocketDescriptor(descriptor);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        new Http2Peer(this, socket);
        return;
    }
    auto *socket = new QSslSocket(this);
    socket->setSocketDescriptor(descriptor);
    socket->setSslConfiguration(*m_tls);
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    connect(socket, &QSslSocket::encrypted, socket, [this, socket] { new Http2Peer(this, socket); });
    socket->startServerEncryption();
}

} // namespace allclear::test
