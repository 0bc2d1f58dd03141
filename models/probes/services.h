// What probes of one thread share: the name resolver, the trust stores, access tokens and, for endpoints that ask for keep-alive,
// idle connections. One per engine thread; outlives its probes.
#pragma once

#include "core/clock.h"

#include <memory>

namespace allclear {

class ConnectionPool;
class Credentials;
class Resolver;
class TrustStores;

class ProbeServices {
public:
    explicit ProbeServices(std::shared_ptr<const Clock> clock);
    ~ProbeServices();

    const Clock &clock() const { return *m_clock; }
    Resolver &resolver() { return *m_resolver; }
    TrustStores &trustStores() { return *m_trustStores; }
    ConnectionPool &connections() { return *m_connections; }
    Credentials &credentials() { return *m_credentials; }

private:
    std::shared_ptr<const Clock> m_clock;
    std::unique_ptr<Resolver> m_resolver;
    std::unique_ptr<TrustStores> m_trustStores;
    std::unique_ptr<ConnectionPool> m_connections;
    std::unique_ptr<Credentials> m_credentials;
};

} // namespace allclear
