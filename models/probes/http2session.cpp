#include "probes/http2session.h"

#include <algorithm>
#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int maxIdleFrames = 1000;
constexpr int maxContinuations = 64;
constexpr int maxInterim = 100;
constexpr qsizetype maxDetail = 200;
constexpr qint64 framing = 1024 * 1024; // what frames may cost beyond twice the limits
constexpr qint64 fieldOverhead = 32; // RFC 9113, section 6.5.2
constexpr qint32 window = 1024 * 1024;

QString nameOf(quint32 code) { return QString::fromLatin1(nghttp2_http2_strerror(code)); }

/// The peer gave up (closed), or says that the protocol was broken.
FailureKind kindOf(quint32 code)
{
    switch (code) {
    case NGHTTP2_NO_ERROR:
    case NGHTTP2_INTERNAL_ERROR:
    case NGHTTP2_REFUSED_STREAM:
    case NGHTTP2_CANCEL:
    case NGHTTP2_CONNECT_ERROR:
    case NGHTTP2_ENHANCE_YOUR_CALM: return FailureKind::Closed;
    default: return FailureKind::Protocol;
    }
}

QString hintFor(quint32 code)
{
    switch (code) {
    case NGHTTP2_HTTP_1_1_REQUIRED: return u"client.http-version: \"1.1\" asks for HTTP/1.1"_s;
    case NGHTTP2_ENHANCE_YOUR_CALM: return u"the server finds this client too busy; a longer interval may help"_s;
    case NGHTTP2_REFUSED_STREAM:
        return u"the server took no notice of the request; it may be overloaded or shutting down"_s;
    default: return u"a crash, a restart or a proxy's limit looks like this"_s;
    }
}

/// RFC 9113, section 8.2.2: what belongs to one connection of HTTP/1.1; Host becomes :authority.
bool hasNoPlace(const QByteArray &lowerName)
{
    static constexpr std::array<QByteArrayView, 7> names{
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host", "te"};
    return std::ranges::any_of(names, [&](QByteArrayView name) { return name == lowerName; });
}

nghttp2_nv pair(const QByteArray &name, const QByteArray &value)
{
    const auto bytes = [](const QByteArray &text) {
        return reinterpret_cast<uint8_t *>(const_cast<char *>(text.constData()));
    };
    return {bytes(name), bytes(value), static_cast<std::size_t>(name.size()), static_cast<std::size_t>(value.size()),
            NGHTTP2_NV_FLAG_NONE};
}

HeaderList fieldsOf(const QByteArray &method, const QUrl &url, const HeaderList &headers)
{
    QByteArray authority = authorityOf(url);
    for (const auto &[name, value] : headers) {
        if (equalsIgnoringCase(name, "Host"))
            authority = value.trimmed();
    }
    HeaderList fields{
        {":method", method}, {":scheme", url.scheme().toLatin1()}, {":authority", authority}, {":path", pathOf(url)}};
    for (const auto &[name, value] : headers) {
        const QByteArray lower = name.toLower();
        if (!hasNoPlace(lower))
            fields.emplaceBack(lower, cleanValue(value).trimmed());
    }
    return fields;
}

} // namespace

struct Http2Session::Callbacks {
    static Http2Session &self(void *user) { return *static_cast<Http2Session *>(user); }
    static int verdict(void *user) { return self(user).m_failure ? NGHTTP2_ERR_CALLBACK_FAILURE : 0; }
    /// What comes behind a complete answer cannot change it, whether it comes in the same segment or not.
    static bool isOver(void *user) { return self(user).m_complete || self(user).m_failure; }

    static int beginFrame(nghttp2_session *, const nghttp2_frame_hd *header, void *user)
    {
        if (!isOver(user))
            self(user).frameBegins(*header);
        return verdict(user);
    }
    static int frame(nghttp2_session *, const nghttp2_frame *frame, void *user)
    {
        if (!isOver(user))
            self(user).frameCame(*frame);
        return verdict(user);
    }
    static int field(nghttp2_session *, const nghttp2_frame *frame, const uint8_t *name, std::size_t nameLength,
                     const uint8_t *value, std::size_t valueLength, uint8_t, void *user)
    {
        if (frame->hd.stream_id == self(user).m_stream && !isOver(user))
            self(user).fieldCame({name, static_cast<qsizetype>(nameLength)},
                                 {value, static_cast<qsizetype>(valueLength)});
        return verdict(user);
    }
    static int invalidField(nghttp2_session *, const nghttp2_frame *, const uint8_t *name, std::size_t nameLength,
                            const uint8_t *value, std::size_t valueLength, uint8_t, void *user)
    {
        if (isOver(user))
            return verdict(user);
        const QByteArrayView n(name, static_cast<qsizetype>(nameLength)), v(value, static_cast<qsizetype>(valueLength));
        self(user).fail(FailureKind::Protocol, u"a header is malformed: \"%1: %2\""_s.arg(quoted(n), quoted(v)));
        return verdict(user);
    }
    static int data(nghttp2_session *, uint8_t, qint32 stream, const uint8_t *bytes, std::size_t length, void *user)
    {
        Http2Session &session = self(user);
        if (stream != session.m_stream || isOver(user))
            return verdict(user);
        session.m_dataBytes += static_cast<qint64>(length);
        session.failWith(session.m_body.append({bytes, static_cast<qsizetype>(length)}));
        return verdict(user);
    }
    static int invalidFrame(nghttp2_session *, const nghttp2_frame *, int error, void *user)
    {
        if (self(user).m_detail.isEmpty())
            self(user).m_detail = QString::fromLatin1(nghttp2_strerror(error));
        return 0;
    }
    static int streamClosed(nghttp2_session *, qint32 stream, quint32 code, void *user)
    {
        if (stream == self(user).m_stream)
            self(user).streamClosed(code);
        return 0;
    }
    static int error(nghttp2_session *, int, const char *text, std::size_t length, void *user)
    {
        self(user).m_detail = quoted({text, static_cast<qsizetype>(length)}, maxDetail);
        return 0;
    }
    static ssize_t requestBody(nghttp2_session *, qint32, uint8_t *out, std::size_t room, uint32_t *flags,
                               nghttp2_data_source *source, void *)
    {
        Http2Session &session = self(source->ptr);
        const QByteArrayView rest = QByteArrayView(session.m_requestBody).sliced(session.m_requestSent);
        const qsizetype count = std::min(rest.size(), static_cast<qsizetype>(room));
        std::copy_n(rest.begin(), count, out);
        session.m_requestSent += count;
        if (count == rest.size())
            *flags |= NGHTTP2_DATA_FLAG_EOF;
        return count;
    }
};

Http2Session::Http2Session(HttpExpect expect, HttpLimits limits) : HttpAnswer(limits), m_expect(expect)
{
    nghttp2_session_callbacks *callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, &Callbacks::beginFrame);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::frame);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::field);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, &Callbacks::invalidField);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::data);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, &Callbacks::invalidFrame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::streamClosed);
    nghttp2_session_callbacks_set_error_callback2(callbacks, &Callbacks::error);
    nghttp2_option *options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_max_continuations(options, maxContinuations);
    nghttp2_session_client_new2(&m_session, callbacks, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
}

Http2Session::~Http2Session() { nghttp2_session_del(m_session); }

void Http2Session::request(const QByteArray &method, const QUrl &url, const HeaderList &headers, const QByteArray &body)
{
    const std::array settings{
        nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, window},
        nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<quint32>(m_limits.headerBytes)}};
    nghttp2_submit_settings(m_session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
    nghttp2_session_set_local_window_size(m_session, NGHTTP2_FLAG_NONE, 0, window);
    const HeaderList fields = fieldsOf(method, url, headers);
    QList<nghttp2_nv> pairs;
    for (const auto &[name, value] : fields)
        pairs.append(pair(name, value));
    m_requestBody = body;
    nghttp2_data_provider provider{.source = {.ptr = this}, .read_callback = &Callbacks::requestBody};
    m_stream = nghttp2_submit_request(m_session, nullptr, pairs.constData(), static_cast<std::size_t>(pairs.size()),
                                      body.isEmpty() ? nullptr : &provider, nullptr);
    if (m_stream < 0)
        fail(FailureKind::Internal,
             u"the request could not be made for HTTP/2: %1"_s.arg(QString::fromLatin1(nghttp2_strerror(m_stream))));
    pump();
}

void Http2Session::close()
{
    if (!m_failure)
        nghttp2_session_terminate_session(m_session, NGHTTP2_NO_ERROR);
    pump();
}

/// Moves what nghttp2 wants to send to the outgoing bytes.
void Http2Session::pump()
{
    const uint8_t *bytes = nullptr;
    ssize_t count = 0;
    while ((count = nghttp2_session_mem_send(m_session, &bytes)) > 0)
        m_outgoing.append(reinterpret_cast<const char *>(bytes), count);
    if (count < 0)
        broke(static_cast<int>(count));
}

QByteArray Http2Session::takeOutgoing() { return std::exchange(m_outgoing, {}); }

void Http2Session::feed(QByteArrayView bytes)
{
    if (m_failure || m_complete)
        return;
    m_wireBytes += bytes.size();
    if (m_wireBytes > 2 * (m_limits.headerBytes + m_limits.bodyBytes) + framing) {
        fail(FailureKind::Protocol, u"the server sent more frames than an answer within the limits can need"_s);
        return;
    }
    const ssize_t count = nghttp2_session_mem_recv(m_session, reinterpret_cast<const uint8_t *>(bytes.data()),
                                                   static_cast<std::size_t>(bytes.size()));
    if (m_failure || m_complete)
        return;
    if (count < 0) {
        broke(static_cast<int>(count));
        return;
    }
    pump();
    if (nghttp2_session_want_read(m_session) == 0 && nghttp2_session_want_write(m_session) == 0 && !m_complete)
        broke(NGHTTP2_ERR_PROTO);
}

void Http2Session::broke(int error)
{
    const QString detail = m_detail.isEmpty() ? QString::fromLatin1(nghttp2_strerror(error)) : m_detail;
    fail(FailureKind::Protocol, u"the server breaks the rules of HTTP/2: %1"_s.arg(detail),
         u"client.http-version: \"1.1\" asks for HTTP/1.1 and tells whether only HTTP/2 is broken"_s);
}

void Http2Session::countIdleFrame()
{
    if (++m_idleFrames > maxIdleFrames)
        fail(FailureKind::Protocol,
             u"the server sent over %1 frames that carry nothing of the answer"_s.arg(maxIdleFrames));
}

void Http2Session::frameBegins(const nghttp2_frame_hd &header)
{
    switch (header.type) {
    case NGHTTP2_DATA: break; // counted when it is there
    case NGHTTP2_HEADERS: m_anyBytes = m_anyBytes || header.stream_id == m_stream; break;
    case NGHTTP2_CONTINUATION:
        if (++m_continuations > maxContinuations)
            fail(FailureKind::Protocol, u"the server sent over %1 CONTINUATION frames"_s.arg(maxContinuations));
        break;
    case NGHTTP2_PUSH_PROMISE:
        fail(FailureKind::Protocol, u"the server pushes an answer that was not asked for, although push is off"_s);
        break;
    default: countIdleFrame(); break;
    }
}

void Http2Session::frameCame(const nghttp2_frame &frame)
{
    if (frame.hd.type == NGHTTP2_GOAWAY)
        goodbyeCame(frame.goaway);
    if (frame.hd.stream_id != m_stream)
        return;
    if (frame.hd.type == NGHTTP2_HEADERS)
        headersCame();
    else if (frame.hd.type == NGHTTP2_DATA)
        dataCame(frame);
    else if (frame.hd.type == NGHTTP2_RST_STREAM && !m_complete)
        fail(kindOf(frame.rst_stream.error_code),
             u"the server reset the stream before its answer was complete: %1"_s.arg(
                 nameOf(frame.rst_stream.error_code)),
             hintFor(frame.rst_stream.error_code));
    const bool carriesAnswer = frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
    if (!carriesAnswer || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 || m_failure)
        return;
    m_complete = true;
    failWith(m_body.end());
}

void Http2Session::headersCame()
{
    if (m_headComplete) // trailers: counted, not kept
        return;
    if (m_head.status < 100) { // RFC 9110, section 15; what nginx makes of an upstream that is no HTTP server
        fail(FailureKind::Protocol, u"the answer's status is %1, which HTTP does not have"_s.arg(m_head.status, 3, 10, QLatin1Char('0')));
        return;
    }
    if (m_head.status < 200) {
        if (++m_interim > maxInterim)
            fail(FailureKind::Protocol, u"the server sent over %1 interim answers and no answer"_s.arg(maxInterim));
        return;
    }
    m_headComplete = true;
    if (m_expect != HttpExpect::NoBody)
        m_body.begin(m_head, m_notes);
}

void Http2Session::dataCame(const nghttp2_frame &frame)
{
    const bool last = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame.hd.length <= frame.data.padlen && !last)
        countIdleFrame();
}

void Http2Session::goodbyeCame(const nghttp2_goaway &goaway)
{
    m_goodbye = nameOf(goaway.error_code);
    if (m_complete || (goaway.last_stream_id >= m_stream && goaway.error_code == NGHTTP2_NO_ERROR))
        return; // it still answers what it has begun
    const QByteArrayView said(goaway.opaque_data, static_cast<qsizetype>(goaway.opaque_data_len));
    fail(kindOf(goaway.error_code),
         u"the server ended the connection (GOAWAY) before it answered: %1%2"_s.arg(
             m_goodbye, said.isEmpty() ? QString() : u", \"%1\""_s.arg(quoted(said))),
         hintFor(goaway.error_code));
}

void Http2Session::fieldCame(QByteArrayView name, QByteArrayView value)
{
    m_headerBytes += name.size() + value.size() + fieldOverhead;
    if (m_headerBytes > m_limits.headerBytes) {
        fail(FailureKind::Oversize,
             u"the answer's headers exceed the limit of %1 KiB"_s.arg(m_limits.headerBytes / 1024));
        return;
    }
    if (m_headComplete)
        return;
    if (name == ":status") // nghttp2 lets only three digits through
        m_head = {.status = value.toByteArray().toInt(), .version = "2", .reason = {}, .headers = {}};
    else if (!name.startsWith(':'))
        m_head.headers.emplaceBack(name.toByteArray(), value.toByteArray().trimmed());
}

/// After a reset by the peer the failure is there already; what is left is nghttp2 refusing the answer.
void Http2Session::streamClosed(quint32 code)
{
    if (m_complete || m_failure)
        return;
    const std::optional<QByteArray> announced = m_headComplete ? m_head.header("Content-Length") : std::nullopt;
    if (code == NGHTTP2_PROTOCOL_ERROR && announced && announced->toLongLong() != m_dataBytes) {
        fail(FailureKind::Protocol,
             u"the answer announced %1 bytes and brought %2"_s.arg(quoted(*announced)).arg(m_dataBytes));
        return;
    }
    if (m_detail.isEmpty())
        m_detail = nameOf(code);
    broke(NGHTTP2_ERR_PROTO);
}

void Http2Session::end()
{
    if (m_failure || m_complete)
        return;
    QString message = m_anyBytes ? u"the server closed the connection in the middle of its answer"_s
                                 : u"the server closed the connection without answering"_s;
    if (!m_goodbye.isEmpty())
        message += u" (GOAWAY: %1)"_s.arg(m_goodbye);
    fail(FailureKind::Closed, message, u"a crash, a restart or a proxy's limit looks like this"_s);
}

} // namespace allclear
