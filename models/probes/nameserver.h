// A look-up at one name server of the file's choice (client.dns-resolver) instead of the system's. Blocks: for the
// resolver's own threads only. RFC 1035; UDP, and TCP when the answer is truncated or the URL says so.
#pragma once

#include "probes/resolver.h"

namespace allclear {

/// `server` is "udp://host:port" or "tcp://host:port"; its own name is left to the system's resolver. Neither /etc/hosts
/// nor search domains are looked at. Ends within ten seconds whatever the server does.
Resolution lookUpAt(const QString &server, const QString &host);

} // namespace allclear
