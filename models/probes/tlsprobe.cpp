#include "probes/tlsprobe.h"

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr quint16 httpsPort = 443;

} // namespace

TlsProbe::TlsProbe(ProbeRequest request, ProbeServices &services)
    : HandshakeProbe(std::move(request), services, u"tls"_s)
{
}

void TlsProbe::begin()
{
    const auto port = static_cast<quint16>(url().port(httpsPort));
    // Only a web server is sure to understand the offer; others may refuse what they do not know (RFC 7301).
    const QStringList alpn = port == httpsPort ? QStringList{u"h2"_s, u"http/1.1"_s} : QStringList{};
    open({.host = url().host(), .port = port, .security = Security::Tls, .client = endpoint().client, .alpn = alpn});
}

} // namespace allclear
