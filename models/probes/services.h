// What probes of one thread share: the name resolver and the trust stores. One per engine thread; outlives probes.
#pragma once

#include "core/clock.h"

#include <memory>

namespace allclear {

class Resolver;
class TrustStores;

class ProbeServices {
public:
    explicit ProbeServices(std::shared_ptr<const Clock> clock);
    ~ProbeServices();

    const Clock &clock() const { return *m_clock; }
    Resolver &resolver() { return *m_resolver; }
    TrustStores &trustStores() { return *m_trustStores; }

private:
    std::shared_ptr<const Clock> m_clock;
    std::unique_ptr<Resolver> m_resolver;
    std::unique_ptr<TrustStores> m_trustStores;
};

} // namespace allclear
