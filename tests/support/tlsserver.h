// A TLS server of its own on OpenSSL and a real loopback socket: any certificates in any order, any protocol version,
// a stapled OCSP response, a plain-text talk before TLS, and every way to break off in the handshake. It serves on a
// thread of its own, one connection after the other.
#pragma once

#include "support/pki.h"

#include <QList>

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <thread>

namespace allclear::test
{

enum class ClientCertificate { NotAsked, Asked, Demanded };

/// What happens at the end of the script, or when `cutAfter` bytes of the handshake have been sent.
enum class Ending { KeepOpen, Close, Reset };

/// One turn of the talk before TLS: waits for a text from the client (empty: speaks at once), then says its own.
struct Turn {
    QByteArray waitFor = {};
    QByteArray say = {};
};

struct TlsScript {
    QList<Identity> sends = {}; ///< leaf first: its key is used; the others as they are
    int minVersion = 0; ///< TLS1_VERSION …; 0: no limit
    int maxVersion = 0;
    QByteArray staple = {}; ///< DER
    ClientCertificate client = ClientCertificate::NotAsked;
    Identity clientAuthority = {}; ///< who must have signed the client's certificate
    bool tickets = true;
    QList<QByteArray> protocols = {}; ///< ALPN, in order of preference; none of them offered: fatal alert
    QList<Turn> talk = {};
    bool speaksTls = true; ///< false: the talk is all there is
    int cutAfter = -1; ///< bytes of TLS sent before `ending`; -1: the handshake goes through
    int cutInFlight = 1; ///< of the server's; `cutAfter` counts from its start
    Ending ending = Ending::KeepOpen;
    QByteArray endless = {}; ///< sent again and again instead of an ending
};

class TlsServer
{
public:
    explicit TlsServer(TlsScript script);
    ~TlsServer(); ///< breaks off what is being served

    quint16 port() const { return m_port; }
    QString url(const QString &scheme, const QString &host = QStringLiteral("127.0.0.1")) const;
    int connections() const { return m_connections; }
    int handshakes() const { return m_handshakes; } ///< those that came to their end

private:
    void loop();
    void serve(int socket);
    bool talk(int socket);
    void serveTls(int socket);
    void end(int socket);
    /// Waits until the socket can be read; false when the server is stopped or the peer is gone.
    bool readable(int socket);

    TlsScript m_script;
    std::shared_ptr<SSL_CTX> m_context;
    int m_listener = -1;
    int m_stop[2] = {-1, -1};
    quint16 m_port = 0;
    std::atomic<int> m_connections = 0;
    std::atomic<int> m_handshakes = 0;
    std::thread m_thread;
};

} // namespace allclear::test
