// A byte stream to one endpoint: name resolution, happy eyeballs (RFC 8305), TCP, and TLS with the chain examined,
// each phase stamped. Lives and signals on the thread that made it; destroying it closes everything at once.
#pragma once

#include "core/observation.h"
#include "probes/proxytunnel.h"
#include "probes/resolver.h"
#include "probes/services.h"
#include "probes/tlssession.h"

#include <QFutureWatcher>
#include <QObject>
#include <QTimer>

namespace allclear {

class TcpConnection;

enum class Security { Plain, Tls };

struct StreamTarget {
    QString host; ///< name or IP address, without brackets
    quint16 port = 0;
    Security security = Security::Plain;
    ClientOptions client;
    QStringList alpn;
    std::optional<Proxy> proxy; ///< the way there; then the proxy resolves `host`

    bool operator==(const StreamTarget &) const = default;
};

class Stream : public QObject {
    Q_OBJECT
public:
    Stream(ProbeServices &services, StreamTarget target, QObject *parent = nullptr);
    ~Stream() override;

    /// Starts; opened() or failed() follows, unless destroyed first. There is no deadline here: the probe has it.
    void open();
    void write(const QByteArray &bytes);
    qsizetype unsent() const; ///< bytes that the kernel has not taken yet
    /// Turns an open plain connection into TLS (STARTTLS); opened() or failed() follows once more.
    void startTls();
    /// Says goodbye (TLS close_notify, FIN) without waiting.
    void close();

    const StreamTarget &target() const { return m_target; }
    /// Where the time is spent now: Dns, Connect, Tls, and Wait once it is open.
    Phase phase() const { return m_phase; }
    std::optional<Duration> dnsTime() const { return m_dns; }
    std::optional<Duration> connectTime() const { return m_connect; }
    std::optional<Duration> tlsTime() const { return m_tlsTime; }
    QString ip() const; ///< of the target; empty behind a proxy, which does not tell
    QString remote() const; ///< "203.0.113.7:443", "[::1]:443"; empty behind a proxy
    /// The target itself accepted the connection; behind a proxy that forwards requests nobody can know.
    bool isTcpConnected() const { return m_connect.has_value() && !isForwarded(); }
    bool isForwarded() const { return m_target.proxy && m_target.proxy->use == ProxyUse::Forward; }
    std::optional<int> proxyStatus() const { return m_tunnel ? m_tunnel->status() : std::nullopt; }
    const std::optional<TlsFacts> &tls() const { return m_tls; }
    const QStringList &tlsNotes() const { return m_tlsNotes; }
    /// The server asked for a client certificate and has not yet said whether it accepts what it got (TLS 1.3 tells
    /// only after the client's handshake is over). confirmed() or failed() follows where the server says it at all.
    bool awaitsClientVerdict() const;

Q_SIGNALS:
    void opened(); ///< ready for the first byte of a request; with TLS the chain is acceptable
    void confirmed(); ///< the server accepts the client, certificate or none
    void sent();   ///< everything written is with the kernel
    void received(const QByteArray &bytes);
    void ended(bool truncatedTls); ///< the peer closed; over TLS without close_notify when `truncatedTls`
    void failed(const allclear::Failure &failure);

private:
    void resolved(const Resolution &resolution);
    void tryNext();
    void attemptFailed(TcpConnection *attempt, FailureKind kind, const QString &reason);
    void adopt(TcpConnection *attempt);
    void enterTunnel();
    void advanceTunnel();
    void established();
    void innerReceived(const QByteArray &bytes);
    void toWire(const QByteArray &bytes);
    void beginTls();
    void continueTls();
    void handshakeFailed();
    void finishTls();
    void tcpReceived(const QByteArray &bytes);
    void tcpEnded();
    void tcpFailed(FailureKind kind, const QString &reason);
    void flushTls();
    void deliverPlain();
    bool lacksCertificate() const;
    void failForCertificate();
    void fail(FailureKind kind, const QString &message, const QString &hint = {});

    ProbeServices &m_services;
    StreamTarget m_target;
    Phase m_phase = Phase::Dns;
    Duration m_phaseStart{};
    std::optional<Duration> m_dns, m_connect, m_tlsTime;
    QFutureWatcher<Resolution> m_lookup;
    QList<QHostAddress> m_candidates;
    QList<TcpConnection *> m_attempts; // children
    QTimer m_nextAttempt;
    std::optional<Failure> m_worst; // of the attempts so far
    TcpConnection *m_tcp = nullptr; // child
    std::unique_ptr<ProxyTunnel> m_tunnel;
    std::unique_ptr<TlsSession> m_session;
    QByteArray m_firstCipherText; // start of what a peer sent that does not speak TLS
    bool m_open = false;
    bool m_answering = false; // plain text has come
    bool m_upgraded = false;  // plain text was spoken before TLS
    std::optional<TlsFacts> m_tls;
    QStringList m_tlsNotes;
};

} // namespace allclear
