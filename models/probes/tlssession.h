// A TLS client on memory: cipher text in, cipher text out, no socket. The handshake never verifies by itself, so the
// chain is there to be examined whatever is wrong with it.
#pragma once

#include "core/result.h"
#include "probes/truststores.h"

#include <QByteArray>
#include <QStringList>

namespace allclear {

enum class TlsProgress { NeedsMore, Done, Failed };

class TlsSession {
public:
    /// `serverName` is sent as SNI unless it is an IP address (RFC 6066).
    TlsSession(const SslContextPtr &context, const QString &serverName, const QStringList &alpn);

    TlsProgress handshake();
    void feed(QByteArrayView cipherText);
    QByteArray takeOutgoing();

    /// Plain text that has arrived. After it returns, `ended` says that the peer closed the TLS stream properly, and
    /// `error` is not empty when the stream is broken.
    QByteArray read();
    bool write(const QByteArray &plainText);
    void close() { SSL_shutdown(m_ssl.get()); } ///< puts close_notify into the outgoing bytes
    bool ended() const { return m_ended; }
    QString error() const { return m_error; }
    /// The server asked for a client certificate …
    bool wasAskedForCertificate() const { return m_log.askedForCertificate; }
    /// … and there was none to give.
    bool lacksCertificate() const { return m_log.lacksCertificate; }
    /// A session ticket came after the handshake: with TLS 1.3 the only word that the server accepts the client.
    bool wasTicketed() const { return m_log.ticketed; }
    /// The OCSP response that was stapled to the handshake, DER; empty when there was none.
    QByteArray staple() const;
    const SSL *ssl() const { return m_ssl.get(); }

    /// What OpenSSL's callbacks saw.
    struct Log {
        bool askedForCertificate = false;
        bool lacksCertificate = false;
        bool ticketed = false;
    };

private:
    std::unique_ptr<SSL, OpenSslDeleter<SSL_free>> m_ssl;
    BIO *m_in = nullptr;  // owned by m_ssl
    BIO *m_out = nullptr; // owned by m_ssl
    bool m_ended = false;
    Log m_log;
    QString m_error;
};

} // namespace allclear
