#include "probes/truststores.h"

#include <QFile>

#include <openssl/err.h>
#include <openssl/x509.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr char groups[] = "X25519:P-256:X448:P-521:P-384:P-224:P-192";

} // namespace

QString takeOpenSslErrors()
{
    QStringList reasons;
    while (const unsigned long code = ERR_get_error()) {
        const char *reason = ERR_reason_error_string(code);
        if (reason != nullptr && !reasons.contains(QLatin1StringView(reason)))
            reasons.append(QString::fromLatin1(reason));
    }
    return reasons.join(", "_L1);
}

Result<X509StorePtr> TrustStores::store(const QString &caFile)
{
    if (const auto known = m_stores.constFind(caFile); known != m_stores.constEnd())
        return *known;
    X509StorePtr store(X509_STORE_new(), X509_STORE_free);
    X509_STORE_set_default_paths(store.get());
    // An anchor may be an intermediate or the server's own certificate: what a person names is trusted.
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    ERR_clear_error();
    if (!caFile.isEmpty() && X509_STORE_load_file(store.get(), QFile::encodeName(caFile).constData()) != 1) {
        return Error{u"the CA file %1 could not be read: %2"_s.arg(caFile, takeOpenSslErrors()),
                     u"client.tls.ca-file must name a PEM file with at least one certificate"_s};
    }
    m_stores.insert(caFile, store);
    return store;
}

Result<SslContextPtr> TrustStores::context(const ClientOptions &client)
{
    const QString key = client.certificateFile + u'\n' + client.privateKeyFile;
    if (const auto known = m_contexts.constFind(key); known != m_contexts.constEnd())
        return *known;
    SslContextPtr context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    ERR_clear_error();
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_cipher_list(context.get(), "ALL:!aNULL:!eNULL:@SECLEVEL=0");
    // The default groups and the short ones, without which a server with a short EC key cannot finish the handshake.
    SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_GROUPS_LIST, 0, const_cast<char *>(groups));
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    if (!client.certificateFile.isEmpty()) {
        const QByteArray certificate = QFile::encodeName(client.certificateFile);
        const QByteArray privateKey =
            client.privateKeyFile.isEmpty() ? certificate : QFile::encodeName(client.privateKeyFile);
        if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.constData()) != 1
            || SSL_CTX_use_PrivateKey_file(context.get(), privateKey.constData(), SSL_FILETYPE_PEM) != 1
            || SSL_CTX_check_private_key(context.get()) != 1) {
            return Error{u"the client certificate %1 could not be used: %2"_s.arg(client.certificateFile,
                                                                                  takeOpenSslErrors()),
                         u"client.tls.certificate-file and private-key-file must be PEM files that belong together"_s};
        }
    }
    m_contexts.insert(key, context);
    return context;
}

} // namespace allclear
