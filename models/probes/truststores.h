// OpenSSL contexts and trust stores shared by the probes of one thread: loading the system's anchors once, not once a
// probe. Not thread-safe; one per ProbeServices.
#pragma once

#include "core/endpoint.h"
#include "core/result.h"

#include <openssl/ssl.h>

#include <QHash>

#include <memory>

namespace allclear {

template <auto Free>
struct OpenSslDeleter {
    template <typename T>
    void operator()(T *object) const
    {
        Free(object);
    }
};
using SslContextPtr = std::shared_ptr<SSL_CTX>;
using X509StorePtr = std::shared_ptr<X509_STORE>;
using X509Ptr = std::unique_ptr<X509, OpenSslDeleter<X509_free>>;

/// The reasons that OpenSSL's error queue holds, as one text; empties the queue.
QString takeOpenSslErrors();

class TrustStores {
public:
    /// The system's anchors, plus those of `caFile` (PEM) when it is not empty. The error names the file.
    Result<X509StorePtr> store(const QString &caFile);
    /// A client context that never verifies by itself: probes keep the chain and judge it (chain.h). Old protocols
    /// and weak keys are let through the handshake so that they can be reported as `weak`.
    Result<SslContextPtr> context(const ClientOptions &client);

private:
    QHash<QString, X509StorePtr> m_stores;
    QHash<QString, SslContextPtr> m_contexts;
};

} // namespace allclear
