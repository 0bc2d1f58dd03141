#include "probes/probe.h"

#include "probes/httpprobe.h"
#include "probes/journeyprobe.h"
#include "probes/websocketprobe.h"

namespace allclear {

std::unique_ptr<Probe> makeProbe(ProbeRequest request, ProbeServices &services)
{
    switch (request.endpoint.kind) {
    case Kind::Http: return std::make_unique<HttpProbe>(std::move(request), services);
    case Kind::WebSocket: return std::make_unique<WebSocketProbe>(std::move(request), services);
    case Kind::Journey: return std::make_unique<JourneyProbe>(std::move(request), services);
    case Kind::Tls:
    case Kind::StartTls:
    case Kind::Tcp:
    case Kind::Dns:
    case Kind::Icmp:
    case Kind::Redis:
    case Kind::Postgres:
    case Kind::PromQl:
    case Kind::Unknown: return nullptr;
    }
    return nullptr;
}

bool hasProbe(Kind kind) { return kind == Kind::Http || kind == Kind::WebSocket || kind == Kind::Journey; }

} // namespace allclear
