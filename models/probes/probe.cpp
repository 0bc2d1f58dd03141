#include "probes/probe.h"

#include "probes/dnsprobe.h"
#include "probes/httpprobe.h"
#include "probes/icmpprobe.h"
#include "probes/journeyprobe.h"
#include "probes/postgresprobe.h"
#include "probes/promqlprobe.h"
#include "probes/redisprobe.h"
#include "probes/starttlsprobe.h"
#include "probes/tcpprobe.h"
#include "probes/tlsprobe.h"
#include "probes/websocketprobe.h"

namespace allclear {

std::unique_ptr<Probe> makeProbe(ProbeRequest request, ProbeServices &services)
{
    switch (request.endpoint.kind) {
    case Kind::Http: return std::make_unique<HttpProbe>(std::move(request), services);
    case Kind::WebSocket: return std::make_unique<WebSocketProbe>(std::move(request), services);
    case Kind::Journey: return std::make_unique<JourneyProbe>(std::move(request), services);
    case Kind::Tls: return std::make_unique<TlsProbe>(std::move(request), services);
    case Kind::StartTls: return std::make_unique<StartTlsProbe>(std::move(request), services);
    case Kind::Redis: return std::make_unique<RedisProbe>(std::move(request), services);
    case Kind::Tcp: return std::make_unique<TcpProbe>(std::move(request), services);
    case Kind::Dns: return std::make_unique<DnsProbe>(std::move(request), services);
    case Kind::Icmp: return std::make_unique<IcmpProbe>(std::move(request), services);
    case Kind::Postgres: return std::make_unique<PostgresProbe>(std::move(request), services);
    case Kind::PromQl: return std::make_unique<PromQlProbe>(std::move(request), services);
    case Kind::Unknown: return nullptr;
    }
    return nullptr;
}

bool hasProbe(Kind kind) { return kind != Kind::Unknown; }

} // namespace allclear
