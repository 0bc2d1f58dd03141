#include "probes/services.h"

#include "probes/connectionpool.h"
#include "probes/credentials.h"
#include "probes/resolver.h"
#include "probes/truststores.h"

namespace allclear {

ProbeServices::ProbeServices(std::shared_ptr<const Clock> clock)
    : m_clock(std::move(clock)),
      m_resolver(std::make_unique<Resolver>()),
      m_trustStores(std::make_unique<TrustStores>()),
      m_connections(std::make_unique<ConnectionPool>()),
      m_credentials(std::make_unique<Credentials>(*this))
{
}

ProbeServices::~ProbeServices() = default;

} // namespace allclear
