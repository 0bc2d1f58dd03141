#include "probes/stream.h"

#include "probes/chain.h"
#include "probes/socketaddress.h"
#include "probes/tcpconnection.h"

#include <QPointer>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds attemptDelay{250}; // RFC 8305, section 5
constexpr qsizetype maxSniff = 64;
constexpr char firstRecordType = 20, lastRecordType = 23; // change_cipher_spec … application_data (RFC 8446, section 5.1)

QString certificateHint() { return u"client.tls.certificate-file and private-key-file name one"_s; }

/// Which failure of several addresses is worth telling: an answer (refused) says more than silence.
int rank(FailureKind kind)
{
    switch (kind) {
    case FailureKind::Refused: return 4;
    case FailureKind::Closed: return 3;
    case FailureKind::Timeout: return 2;
    case FailureKind::Unreachable: return 1;
    default: return 0;
    }
}

} // namespace

Stream::Stream(ProbeServices &services, StreamTarget target, QObject *parent)
    : QObject(parent), m_services(services), m_target(std::move(target))
{
    m_nextAttempt.setSingleShot(true);
    connect(&m_nextAttempt, &QTimer::timeout, this, &Stream::tryNext);
    connect(&m_lookup, &QFutureWatcherBase::finished, this, [this] {
        if (!m_lookup.isCanceled())
            resolved(m_lookup.result());
    });
}

Stream::~Stream() = default;

void Stream::open()
{
    m_phaseStart = m_services.clock().steady();
    const QString &host = m_target.proxy ? m_target.proxy->host : m_target.host;
    if (QHostAddress literal; literal.setAddress(host)) {
        m_candidates = {literal};
        m_phase = Phase::Connect;
        tryNext();
        return;
    }
    m_lookup.setFuture(m_services.resolver().resolve(host, m_target.proxy ? QString() : m_target.client.dnsResolver));
}

void Stream::resolved(const Resolution &resolution)
{
    if (resolution.addresses.isEmpty()) {
        fail(FailureKind::Dns, m_target.proxy ? u"the proxy cannot be reached: %1"_s.arg(resolution.error) : resolution.error,
             u"check the name for typing errors and this computer's name servers"_s);
        return;
    }
    if (!m_target.proxy) { // the proxy's own name belongs to the way to the target: Connect
        const Duration now = m_services.clock().steady();
        m_dns = now - m_phaseStart;
        m_phaseStart = now;
    }
    m_phase = Phase::Connect;
    m_candidates = resolution.addresses;
    tryNext();
}

void Stream::tryNext()
{
    if (m_candidates.isEmpty() || m_tcp != nullptr)
        return;
    auto *attempt = new TcpConnection(this);
    m_attempts.append(attempt);
    connect(attempt, &TcpConnection::connected, this, [this, attempt] { adopt(attempt); });
    connect(attempt, &TcpConnection::failed, this,
            [this, attempt](FailureKind kind, const QString &reason) { attemptFailed(attempt, kind, reason); });
    attempt->open(m_candidates.takeFirst(), m_target.proxy ? m_target.proxy->port : m_target.port);
    if (!m_candidates.isEmpty())
        m_nextAttempt.start(attemptDelay);
}

void Stream::attemptFailed(TcpConnection *attempt, FailureKind kind, const QString &reason)
{
    const QString peer = (m_target.proxy ? u"the proxy "_s : QString()) + endpointText(attempt->address(), attempt->port());
    m_attempts.removeOne(attempt);
    attempt->deleteLater();
    Failure failure{.kind = kind, .phase = Phase::Connect, .message = {}, .hint = {}};
    switch (kind) {
    case FailureKind::Refused:
        failure.message = u"%1 refused the connection: nothing listens on that port"_s.arg(peer);
        failure.hint = u"check that the service is running and the port is right"_s;
        break;
    case FailureKind::Unreachable:
        failure.message = u"%1 cannot be reached: %2"_s.arg(peer, reason.toLower());
        failure.hint = u"check the route, the VPN and the firewall"_s;
        break;
    case FailureKind::Timeout:
        failure.message = u"%1 did not answer the connection attempt"_s.arg(peer);
        failure.hint = u"a firewall may drop the packets"_s;
        break;
    default: failure.message = u"the connection to %1 failed: %2"_s.arg(peer, reason.toLower()); break;
    }
    if (!m_worst || rank(kind) > rank(m_worst->kind))
        m_worst = failure;
    if (!m_candidates.isEmpty()) {
        m_nextAttempt.stop();
        tryNext();
    } else if (m_attempts.isEmpty()) {
        Q_EMIT failed(*m_worst);
    }
}

void Stream::adopt(TcpConnection *attempt)
{
    m_nextAttempt.stop();
    m_tcp = attempt;
    for (TcpConnection *other : std::as_const(m_attempts)) {
        if (other != attempt) {
            other->close();
            other->deleteLater();
        }
    }
    m_attempts.clear();
    disconnect(attempt, nullptr, this, nullptr);
    connect(attempt, &TcpConnection::received, this, &Stream::tcpReceived);
    connect(attempt, &TcpConnection::ended, this, &Stream::tcpEnded);
    connect(attempt, &TcpConnection::failed, this, &Stream::tcpFailed);
    connect(attempt, &TcpConnection::sent, this, [this] {
        if (m_open)
            Q_EMIT sent();
    });
    m_target.proxy ? enterTunnel() : established();
}

void Stream::enterTunnel()
{
    m_tunnel = std::make_unique<ProxyTunnel>(*m_target.proxy, TunnelTarget{.host = m_target.host, .port = m_target.port});
    m_tunnel->start(m_services.trustStores(), m_target.client, m_services.clock().now());
    advanceTunnel();
}

void Stream::advanceTunnel()
{
    if (const QByteArray bytes = m_tunnel->takeOutgoing(); !bytes.isEmpty())
        m_tcp->write(bytes);
    if (m_tunnel->failure()) {
        fail(m_tunnel->failure()->kind, m_tunnel->failure()->message, m_tunnel->failure()->hint);
        return;
    }
    if (m_tunnel->isOpen() && !m_connect)
        established();
}

/// The way to the target is open, whatever led there.
void Stream::established()
{
    const Duration now = m_services.clock().steady();
    m_connect = now - m_phaseStart;
    m_phaseStart = now;
    if (m_target.security == Security::Tls) {
        beginTls();
        return;
    }
    m_open = true;
    m_phase = Phase::Wait;
    Q_EMIT opened();
}

void Stream::beginTls()
{
    m_phase = Phase::Tls;
    const Result<SslContextPtr> context = m_services.trustStores().context(m_target.client);
    if (!context) {
        fail(FailureKind::Tls, context.error().message, context.error().hint);
        return;
    }
    const QString name = m_target.client.serverName.isEmpty() ? m_target.host : m_target.client.serverName;
    m_session = std::make_unique<TlsSession>(*context, name, m_target.alpn);
    continueTls();
}

void Stream::continueTls()
{
    const TlsProgress progress = m_session->handshake();
    flushTls();
    if (progress == TlsProgress::Failed) {
        handshakeFailed();
    } else if (progress == TlsProgress::Done) {
        finishTls();
    }
}

void Stream::handshakeFailed()
{
    const bool speaksTls = m_firstCipherText.isEmpty() || (m_firstCipherText[0] >= firstRecordType && m_firstCipherText[0] <= lastRecordType);
    if (m_upgraded && !speaksTls) {
        fail(FailureKind::Protocol, u"the server went on in plain text after it had agreed to TLS"_s,
             u"somebody on the way may have put it there, or the server is broken; do not trust what comes after"_s);
    } else if (m_firstCipherText.startsWith("HTTP/")) {
        fail(FailureKind::Tls, u"the server does not speak TLS on this port: it answered in plain HTTP"_s,
             u"use http:// or the port that serves TLS"_s);
    } else if (!m_target.alpn.isEmpty() && m_session->error().contains("no application protocol"_L1)) {
        fail(FailureKind::Tls,
             u"the server speaks none of the protocols that were offered in the TLS handshake: %1"_s.arg(m_target.alpn.join(", "_L1)),
             u"client.http-version says which are offered; without it HTTP/1.1 will do"_s);
    } else if (m_session->lacksCertificate()) {
        fail(FailureKind::Tls, u"the server asked for a client certificate, got none, and refused: %1"_s.arg(m_session->error()),
             certificateHint());
    } else {
        fail(FailureKind::Tls, u"the TLS handshake failed: %1"_s.arg(m_session->error()),
             u"compare the protocol versions, ciphers and client certificates of both sides"_s);
    }
}

void Stream::startTls()
{
    m_open = false;
    m_upgraded = true;
    m_target.security = Security::Tls;
    m_phaseStart = m_services.clock().steady();
    beginTls();
}

bool Stream::awaitsClientVerdict() const
{
    return m_open && m_session && m_session->wasAskedForCertificate() && SSL_version(m_session->ssl()) >= TLS1_3_VERSION
        && !m_session->wasTicketed();
}

void Stream::finishTls()
{
    const Duration now = m_services.clock().steady();
    m_tlsTime = now - m_phaseStart;
    const QString name = m_target.client.serverName.isEmpty() ? m_target.host : m_target.client.serverName;
    const Result<X509StorePtr> store = m_services.trustStores().store(m_target.client.caFile);
    if (!store) {
        fail(FailureKind::Tls, store.error().message, store.error().hint);
        return;
    }
    auto [facts, notes] = examineChain(m_session->ssl(), {.host = name,
                                                          .store = store->get(),
                                                          .staple = m_session->staple(),
                                                          .now = m_services.clock().now()});
    m_tls = std::move(facts);
    m_tlsNotes = std::move(notes);
    m_tls->insecure = m_target.client.insecure;
    if (m_tls->chainVerdict != ChainVerdict::Ok && !m_target.client.insecure) {
        fail(FailureKind::Tls, m_tls->chainMessage,
             u"the chain that was sent is in the details; client.tls.ca-file adds an authority of your own"_s);
        return;
    }
    m_open = true;
    m_phase = Phase::Wait;
    Q_EMIT opened();
}

void Stream::flushTls()
{
    if (const QByteArray bytes = m_session->takeOutgoing(); !bytes.isEmpty() && m_tcp != nullptr)
        toWire(bytes);
}

void Stream::toWire(const QByteArray &bytes)
{
    if (m_tunnel)
        m_tunnel->wrap(bytes);
    m_tcp->write(m_tunnel ? m_tunnel->takeOutgoing() : bytes);
}

void Stream::write(const QByteArray &bytes)
{
    if (!m_session) {
        toWire(bytes);
        return;
    }
    m_session->write(bytes);
    flushTls();
}

qsizetype Stream::unsent() const { return m_tcp != nullptr ? m_tcp->unsent() : 0; }

void Stream::tcpReceived(const QByteArray &bytes)
{
    if (!m_tunnel) {
        innerReceived(bytes);
        return;
    }
    const QPointer<Stream> alive(this);
    m_tunnel->feed(bytes);
    advanceTunnel();
    if (!alive || !m_tunnel->isOpen() || m_tunnel->failure())
        return;
    if (const QByteArray inner = m_tunnel->takeInner(); !inner.isEmpty())
        innerReceived(inner);
}

void Stream::innerReceived(const QByteArray &bytes)
{
    if (!m_session) {
        Q_EMIT received(bytes);
        return;
    }
    if (m_firstCipherText.size() < maxSniff)
        m_firstCipherText += bytes.first(std::min(maxSniff, bytes.size()));
    m_session->feed(bytes);
    if (m_phase == Phase::Tls) {
        QPointer<Stream> alive(this);
        continueTls();
        if (!alive || !m_open)
            return;
    }
    deliverPlain();
}

void Stream::deliverPlain()
{
    const bool awaited = awaitsClientVerdict();
    const QByteArray plain = m_session->read();
    flushTls();
    const bool over = m_session->ended();
    const QString error = m_session->error();
    QPointer<Stream> alive(this);
    m_answering = m_answering || !plain.isEmpty();
    if (!plain.isEmpty())
        Q_EMIT received(plain);
    if (!alive)
        return;
    if (awaited && error.isEmpty() && (m_session->wasTicketed() || m_answering))
        Q_EMIT confirmed();
    if (!alive)
        return;
    if (over) {
        Q_EMIT ended(false);
    } else if (!error.isEmpty() && lacksCertificate()) {
        failForCertificate();
    } else if (!error.isEmpty()) {
        fail(FailureKind::Tls, u"the server broke off the TLS session: %1"_s.arg(error),
             u"\"certificate required\" means that the server wants a client certificate"_s);
    }
}

void Stream::tcpEnded()
{
    if (m_tunnel && !m_connect) {
        m_tunnel->end();
        advanceTunnel();
        return;
    }
    if (m_phase == Phase::Tls) {
        fail(FailureKind::Closed, u"the server closed the connection during the TLS handshake"_s,
             u"does this port serve TLS, and does it serve this name?"_s);
        return;
    }
    if (lacksCertificate())
        failForCertificate();
    else
        Q_EMIT ended(m_session && !m_session->ended());
}

void Stream::tcpFailed(FailureKind kind, const QString &reason)
{
    if (m_tunnel && !m_connect) {
        fail(kind, u"the connection to the proxy %1 broke: %2"_s.arg(m_target.proxy->address(), reason.toLower()));
        return;
    }
    if (m_phase == Phase::Tls) {
        fail(kind, u"the connection broke during the TLS handshake: %1"_s.arg(reason.toLower()));
        return;
    }
    if (lacksCertificate()) {
        failForCertificate();
        return;
    }
    fail(kind, u"the server reset the connection before its answer was complete"_s,
         u"a crash or a restart of the process behind it looks like this"_s);
}

/// A server that wants a client certificate breaks off after the handshake (TLS 1.3 tells the client no sooner).
bool Stream::lacksCertificate() const { return m_session && m_session->lacksCertificate() && !m_answering; }

void Stream::failForCertificate()
{
    m_phase = Phase::Tls;
    fail(FailureKind::Tls, u"the server asked for a client certificate, got none, and broke off"_s,
         certificateHint());
}

void Stream::close()
{
    if (m_session && m_open) {
        m_session->close();
        flushTls();
    }
    if (m_tcp != nullptr)
        m_tcp->close();
}

QString Stream::ip() const { return m_tcp != nullptr && !m_tunnel ? m_tcp->address().toString() : QString(); }

QString Stream::remote() const
{
    return m_tcp != nullptr && !m_tunnel ? endpointText(m_tcp->address(), m_tcp->port()) : QString();
}

void Stream::fail(FailureKind kind, const QString &message, const QString &hint)
{
    if (m_tcp != nullptr)
        m_tcp->close();
    Q_EMIT failed({.kind = kind, .phase = m_phase, .message = message, .hint = hint});
}

} // namespace allclear
