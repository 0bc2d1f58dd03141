// tls://host[:443]: a TLS handshake and nothing else; what the server's certificates are worth is the answer.
#pragma once

#include "probes/handshakeprobe.h"

namespace allclear
{

class TlsProbe : public HandshakeProbe
{
    Q_OBJECT
public:
    TlsProbe(ProbeRequest request, ProbeServices &services);

protected:
    void begin() override;
};

} // namespace allclear
