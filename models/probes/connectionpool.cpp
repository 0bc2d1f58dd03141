#include "probes/connectionpool.h"

namespace allclear {

std::unique_ptr<Stream> ConnectionPool::take(const EndpointKey &endpoint, const StreamTarget &target)
{
    const auto idle = m_idle.find(endpoint);
    if (idle == m_idle.end())
        return nullptr;
    std::unique_ptr<Stream> stream = std::move(idle->second);
    m_idle.erase(idle);
    disconnect(stream.get(), nullptr, this, nullptr);
    if (stream->target() != target)
        return nullptr;
    return stream;
}

void ConnectionPool::give(const EndpointKey &endpoint, std::unique_ptr<Stream> stream)
{
    Stream *raw = stream.get();
    raw->setParent(nullptr);
    connect(raw, &Stream::ended, this, [this, endpoint] { drop(endpoint); });
    connect(raw, &Stream::received, this, [this, endpoint] { drop(endpoint); });
    connect(raw, &Stream::failed, this, [this, endpoint] { drop(endpoint); });
    drop(endpoint);
    m_idle[endpoint] = std::move(stream);
}

void ConnectionPool::drop(const EndpointKey &endpoint)
{
    const auto idle = m_idle.find(endpoint);
    if (idle == m_idle.end())
        return;
    disconnect(idle->second.get(), nullptr, this, nullptr);
    idle->second.release()->deleteLater(); // it may be the sender
    m_idle.erase(idle);
}

} // namespace allclear
