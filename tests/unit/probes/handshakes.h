// What the tests of tls:// and starttls:// share: an authority of their own, endpoints, and how a row is asked for.
#pragma once

#include "proberunner.h"
#include "support/faultserver.h"
#include "support/tlsserver.h"

namespace allclear::test
{

class Authority
{
public:
    Authority()
        : root(makeIdentity({.commonName = QStringLiteral("Test Root CA"), .authority = true})),
          intermediate(makeIdentity({.commonName = QStringLiteral("Test Issuing CA R11"), .authority = true}, &root)),
          caFile(writeFile(folder, QStringLiteral("ca.pem"), root.certificatePem()))
    {
    }

    /// For localhost and 127.0.0.1 unless told otherwise; signed by the intermediate.
    static IdentityOptions good()
    {
        return {.commonName = QStringLiteral("localhost"),
                .names = {QStringLiteral("DNS:localhost"), QStringLiteral("IP:127.0.0.1")}};
    }
    Identity leaf(const IdentityOptions &options = good()) const { return makeIdentity(options, &intermediate); }
    QList<Identity> chain(const IdentityOptions &options = good()) const { return {leaf(options), intermediate}; }

    QTemporaryDir folder;
    Identity root, intermediate;
    QString caFile;
};

inline Endpoint handshakeEndpoint(const QString &url, const Authority &authority,
                                  const QStringList &conditions = {QStringLiteral("[CONNECTED] == true")})
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.kind = url.startsWith(QLatin1StringView("tls")) ? Kind::Tls : Kind::StartTls;
    endpoint.client.caFile = authority.caFile;
    return endpoint;
}

} // namespace allclear::test
