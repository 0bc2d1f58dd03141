#include "probes/httpfetch.h"

namespace allclear
{

namespace
{

constexpr HttpLimits limits{.headerBytes = 64 * 1024, .bodyBytes = 256 * 1024};

} // namespace

HttpFetch::HttpFetch(ProbeServices &services, FetchRequest request, QObject *parent)
    : QObject(parent), m_services(services), m_request(std::move(request)), m_reader(HttpExpect::Body, limits)
{
}

void HttpFetch::start()
{
    const Result<StreamTarget> target = targetOf(m_request.url, m_request.client);
    if (!target) {
        const Failure failure{
            .kind = FailureKind::Internal, .phase = {}, .message = target.error().message, .hint = {}};
        QMetaObject::invokeMethod(
            this, [this, failure] { fail(failure); }, Qt::QueuedConnection);
        return;
    }
    m_stream = std::make_unique<Stream>(m_services, *target);
    connect(m_stream.get(), &Stream::opened, this, &HttpFetch::send);
    connect(m_stream.get(), &Stream::failed, this, &HttpFetch::fail);
    connect(m_stream.get(), &Stream::received, this, [this](const QByteArray &bytes) {
        m_reader.feed(bytes);
        check();
    });
    connect(m_stream.get(), &Stream::ended, this, [this] {
        m_reader.end();
        check();
    });
    m_stream->open();
}

void HttpFetch::send()
{
    HeaderList headers = m_request.headers;
    headers.emplaceBack("User-Agent", "Allclear/" ALLCLEAR_VERSION);
    headers.emplaceBack("Accept-Encoding", "identity");
    headers.emplaceBack("Connection", "close");
    if (!m_request.body.isEmpty())
        headers.emplaceBack("Content-Length", QByteArray::number(m_request.body.size()));
    m_stream->write(requestHead(m_request.method, m_request.url, headers) + m_request.body);
}

void HttpFetch::check()
{
    if (m_done)
        return;
    if (m_reader.failure()) {
        fail(*m_reader.failure());
    } else if (m_reader.isComplete()) {
        m_done = true;
        Q_EMIT finished(m_reader.head().status, m_reader.body());
    }
}

void HttpFetch::fail(const Failure &failure)
{
    if (!std::exchange(m_done, true))
        Q_EMIT failed(failure);
}

} // namespace allclear
