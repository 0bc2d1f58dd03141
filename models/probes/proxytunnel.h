// The way through a proxy as a filter between TCP and what is above it: TLS to an https proxy, then CONNECT
// (RFC 9110, section 9.3.6) or SOCKS 5 (RFC 1928, RFC 1929), then bytes that pass unchanged. No socket, no clock.
#pragma once

#include "core/observation.h"
#include "probes/proxy.h"
#include "probes/truststores.h"

#include <QByteArray>

#include <memory>
#include <optional>

namespace allclear
{

class HttpReader;
class TlsSession;

struct TunnelTarget {
    QString host; ///< without brackets
    quint16 port = 0;
};

class ProxyTunnel
{
public:
    ProxyTunnel(Proxy proxy, TunnelTarget target);
    ~ProxyTunnel();

    /// Begins; for an https proxy with TLS, whose certificate is judged at `now` and must cover the proxy's name.
    void start(TrustStores &stores, const ClientOptions &client, TimePoint now);
    /// Bytes from the proxy.
    void feed(QByteArrayView wire);
    /// The proxy closed its side before the way was open.
    void end();
    /// What goes to the proxy: its protocol's bytes, and after wrap() those of the layer above.
    QByteArray takeOutgoing();
    void wrap(QByteArrayView inner);
    /// What came through for the layer above; takes it.
    QByteArray takeInner();

    bool isOpen() const { return m_stage == Stage::Open; }
    const std::optional<Failure> &failure() const { return m_failure; }
    std::optional<int> status() const { return m_status; } ///< with which an HTTP proxy refused

private:
    enum class Stage { Tls, Connect, Greeting, Password, Request, Open };

    bool secure(TrustStores &stores);
    void handshake();
    void negotiate();
    void readConnect();
    bool readGreeting();
    bool readPassword();
    bool readReply();
    void send(const QByteArray &bytes);
    void sendConnect();
    void sendSocksRequest();
    void refused(quint8 reply);
    void fail(FailureKind kind, const QString &message, const QString &hint = {});
    QString name() const;
    QString targetName() const;

    Proxy m_proxy;
    TunnelTarget m_target;
    ClientOptions m_tlsOptions; // toward the proxy
    TrustStores *m_stores = nullptr;
    TimePoint m_now;
    Stage m_stage = Stage::Connect;
    std::unique_ptr<TlsSession> m_session; // an https proxy's
    std::unique_ptr<HttpReader> m_reader; // CONNECT's answer
    QByteArray m_in, m_out;
    std::optional<Failure> m_failure;
    std::optional<int> m_status;
};

} // namespace allclear
