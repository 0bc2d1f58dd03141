// Idle connections of endpoints with `client.keep-alive: true`, one each. A connection that the peer closes or speaks
// on while idle is dropped.
#pragma once

#include "probes/stream.h"

#include <map>
#include <memory>

namespace allclear {

class ConnectionPool : public QObject {
    Q_OBJECT
public:
    /// The idle connection for this endpoint and target, or null. The caller owns it.
    std::unique_ptr<Stream> take(const EndpointKey &endpoint, const StreamTarget &target);
    void give(const EndpointKey &endpoint, std::unique_ptr<Stream> stream);

private:
    void drop(const EndpointKey &endpoint);
    std::map<EndpointKey, std::unique_ptr<Stream>> m_idle;
};

} // namespace allclear
