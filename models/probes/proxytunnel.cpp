#include "probes/proxytunnel.h"

#include "probes/chain.h"
#include "probes/httpreader.h"
#include "probes/tlssession.h"

#include <QHostAddress>
#include <QtEndian>

#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr HttpLimits connectLimits{.headerBytes = 64 * 1024, .bodyBytes = 64 * 1024};
constexpr qsizetype maxSocksText = 255;

enum SocksMethod : unsigned char { NoPassword = 0, WithPassword = 2, NoneFits = 0xff };
enum SocksAddress : unsigned char { V4 = 1, Name = 3, V6 = 4 };

/// RFC 1928, section 6.
struct Reply {
    FailureKind kind;
    QLatin1StringView words;
};
constexpr std::array<Reply, 9> replies{
    {{FailureKind::Internal, QLatin1StringView("succeeded")},
     {FailureKind::Rejected, QLatin1StringView("a general failure")},
     {FailureKind::Rejected, QLatin1StringView("its rules forbid it")},
     {FailureKind::Unreachable, QLatin1StringView("the network is unreachable")},
     {FailureKind::Unreachable, QLatin1StringView("the host is unreachable")},
     {FailureKind::Refused, QLatin1StringView("the connection was refused")},
     {FailureKind::Unreachable, QLatin1StringView("the time to live ran out")},
     {FailureKind::Rejected, QLatin1StringView("it does not know the command")},
     {FailureKind::Rejected, QLatin1StringView("it does not know the kind of address")}}};

quint8 byteAt(const QByteArray &bytes, qsizetype index) { return static_cast<quint8>(bytes[index]); }

/// A length in one byte, then the text (RFC 1929; a domain name in RFC 1928).
QByteArray counted(const QByteArray &text) { return QByteArray(1, static_cast<char>(text.size())) + text; }

} // namespace

ProxyTunnel::ProxyTunnel(Proxy proxy, TunnelTarget target) : m_proxy(std::move(proxy)), m_target(std::move(target)) { }
ProxyTunnel::~ProxyTunnel() = default;

QString ProxyTunnel::name() const { return u"the proxy "_s + m_proxy.address(); }

QString ProxyTunnel::targetName() const
{
    return (m_target.host.contains(u':') ? u"[%1]:%2"_s : u"%1:%2"_s).arg(m_target.host).arg(m_target.port);
}

void ProxyTunnel::fail(FailureKind kind, const QString &message, const QString &hint)
{
    if (!m_failure)
        m_failure = Failure{.kind = kind, .phase = Phase::Connect, .message = message, .hint = hint};
}

void ProxyTunnel::start(TrustStores &stores, const ClientOptions &client, TimePoint now)
{
    m_tlsOptions.insecure = client.insecure;
    m_tlsOptions.caFile = client.caFile; // the client certificate is the target's business, not the proxy's
    m_stores = &stores;
    m_now = now;
    if (m_proxy.kind != ProxyKind::Https) {
        negotiate();
        return;
    }
    const Result<SslContextPtr> context = stores.context(m_tlsOptions);
    if (!context) {
        fail(FailureKind::Tls, context.error().message, context.error().hint);
        return;
    }
    m_stage = Stage::Tls;
    m_session = std::make_unique<TlsSession>(*context, m_proxy.host, QStringList{u"http/1.1"_s});
    handshake();
}

void ProxyTunnel::handshake()
{
    const TlsProgress progress = m_session->handshake();
    if (progress == TlsProgress::Failed) {
        fail(FailureKind::Tls, u"the TLS handshake with %1 failed: %2"_s.arg(name(), m_session->error()),
             u"a proxy that speaks plain HTTP needs http:// in proxy-url"_s);
    } else if (progress == TlsProgress::Done) {
        const Result<X509StorePtr> store = m_stores->store(m_tlsOptions.caFile);
        if (!store) {
            fail(FailureKind::Tls, store.error().message, store.error().hint);
            return;
        }
        const TlsFacts facts =
            examineChain(m_session->ssl(), {.host = m_proxy.host, .store = store->get(), .now = m_now}).facts;
        if (facts.chainVerdict != ChainVerdict::Ok && !m_tlsOptions.insecure)
            fail(FailureKind::Tls, u"the certificate of %1 is not acceptable: %2"_s.arg(name(), facts.chainMessage));
        else
            negotiate();
    }
}

/// Says the first words of the proxy's protocol.
void ProxyTunnel::negotiate()
{
    if (m_proxy.use == ProxyUse::Forward) {
        m_stage = Stage::Open;
    } else if (m_proxy.kind == ProxyKind::Socks5) {
        m_stage = Stage::Greeting;
        send(m_proxy.user.isEmpty() ? QByteArray("\x05\x01\x00", 3) : QByteArray("\x05\x02\x00\x02", 4));
    } else {
        m_stage = Stage::Connect;
        sendConnect();
    }
}

void ProxyTunnel::sendConnect()
{
    m_reader = std::make_unique<HttpReader>(HttpExpect::NoBody, connectLimits);
    const QByteArray authority = targetName().toLatin1();
    QByteArray head = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority
        + "\r\nUser-Agent: Allclear/" ALLCLEAR_VERSION "\r\n";
    if (const QByteArray credentials = m_proxy.authorization(); !credentials.isEmpty())
        head += "Proxy-Authorization: " + credentials + "\r\n";
    send(head + "\r\n");
}

void ProxyTunnel::sendSocksRequest()
{
    m_stage = Stage::Request;
    QByteArray request("\x05\x01\x00", 3);
    const QHostAddress address(m_target.host);
    if (address.isNull()) {
        const QByteArray host = QUrl::toAce(m_target.host);
        if (host.isEmpty() || host.size() > maxSocksText) {
            fail(FailureKind::Dns,
                 u"the name %1 cannot be given to %2"_s.arg(m_target.host.left(maxSocksText), name()));
            return;
        }
        request.append(static_cast<char>(Name)).append(counted(host));
    } else if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        request.append(static_cast<char>(V6)).append(reinterpret_cast<const char *>(&bytes), sizeof bytes);
    } else {
        const quint32 bytes = qToBigEndian(address.toIPv4Address());
        request.append(static_cast<char>(V4)).append(reinterpret_cast<const char *>(&bytes), sizeof bytes);
    }
    const quint16 port = qToBigEndian(m_target.port);
    send(request.append(reinterpret_cast<const char *>(&port), sizeof port));
}

void ProxyTunnel::send(const QByteArray &bytes)
{
    if (m_session)
        m_session->write(bytes);
    else
        m_out += bytes;
}

void ProxyTunnel::wrap(QByteArrayView inner) { send(inner.toByteArray()); }

QByteArray ProxyTunnel::takeOutgoing()
{
    if (m_session)
        m_out += m_session->takeOutgoing();
    return std::exchange(m_out, {});
}

QByteArray ProxyTunnel::takeInner() { return isOpen() ? std::exchange(m_in, {}) : QByteArray(); }

void ProxyTunnel::feed(QByteArrayView wire)
{
    if (m_session) {
        m_session->feed(wire);
        if (m_stage == Stage::Tls)
            handshake();
        if (m_failure || m_stage == Stage::Tls)
            return;
        m_in += m_session->read();
        if (!m_session->error().isEmpty())
            fail(FailureKind::Tls, u"%1 broke off its TLS session: %2"_s.arg(name(), m_session->error()));
    } else {
        m_in.append(wire);
    }
    bool progress = true;
    while (progress && !m_failure) {
        switch (m_stage) {
        case Stage::Greeting: progress = readGreeting(); break;
        case Stage::Password: progress = readPassword(); break;
        case Stage::Request: progress = readReply(); break;
        case Stage::Connect: readConnect(); [[fallthrough]];
        case Stage::Tls:
        case Stage::Open: progress = false; break;
        }
    }
}

void ProxyTunnel::readConnect()
{
    m_reader->feed(std::exchange(m_in, {}));
    if (m_reader->failure()) {
        fail(m_reader->failure()->kind,
             u"%1 does not answer as a proxy does: %2"_s.arg(name(), m_reader->failure()->message),
             u"is that the port of an HTTP proxy?"_s);
        return;
    }
    if (!m_reader->isComplete())
        return;
    const HttpHead &head = m_reader->head();
    if (head.status / 100 == 2) {
        m_in = m_reader->surplus();
        m_stage = Stage::Open;
        return;
    }
    m_status = head.status;
    if (head.status == 407) {
        fail(FailureKind::Rejected, proxyAuthenticationText(m_proxy), u"write user:password@ into proxy-url"_s);
        return;
    }
    const QString reason = head.reason.isEmpty() ? QString() : u' ' + quoted(head.reason);
    fail(FailureKind::Rejected,
         u"%1 refused to connect to %2: %3%4"_s.arg(name(), targetName()).arg(head.status).arg(reason),
         u"the proxy could not reach it, or its rules forbid it"_s);
}

bool ProxyTunnel::readGreeting()
{
    if (m_in.size() < 2)
        return false;
    const quint8 version = byteAt(m_in, 0), method = byteAt(m_in, 1);
    if (version != 5) {
        fail(FailureKind::Protocol, u"%1 does not speak SOCKS 5: it answered \"%2\""_s.arg(name(), quoted(m_in)));
        return false;
    }
    m_in.remove(0, 2);
    if (method == WithPassword && !m_proxy.user.isEmpty()) {
        m_stage = Stage::Password;
        send('\x01' + counted(m_proxy.user.toUtf8().first(std::min(maxSocksText, m_proxy.user.toUtf8().size())))
             + counted(m_proxy.password.toUtf8().first(std::min(maxSocksText, m_proxy.password.toUtf8().size()))));
    } else if (method == NoPassword) {
        sendSocksRequest();
    } else {
        fail(FailureKind::Rejected, proxyAuthenticationText(m_proxy), u"write user:password@ into proxy-url"_s);
    }
    return true;
}

bool ProxyTunnel::readPassword()
{
    if (m_in.size() < 2)
        return false;
    const bool accepted = byteAt(m_in, 1) == 0;
    m_in.remove(0, 2);
    if (accepted)
        sendSocksRequest();
    else
        fail(FailureKind::Rejected, proxyAuthenticationText(m_proxy), u"check user and password in proxy-url"_s);
    return true;
}

bool ProxyTunnel::readReply()
{
    if (m_in.size() < 5)
        return false;
    if (byteAt(m_in, 0) != 5) {
        fail(FailureKind::Protocol, u"%1 does not speak SOCKS 5: it answered \"%2\""_s.arg(name(), quoted(m_in)));
        return false;
    }
    if (const quint8 reply = byteAt(m_in, 1); reply != 0) {
        refused(reply);
        return false;
    }
    qsizetype length = 0; // of the address it bound
    switch (byteAt(m_in, 3)) {
    case V4: length = 4; break;
    case V6: length = 16; break;
    case Name: length = 1 + byteAt(m_in, 4); break;
    default: fail(FailureKind::Protocol, u"%1 answered with an unknown kind of address"_s.arg(name())); return false;
    }
    const qsizetype whole = 4 + length + 2;
    if (m_in.size() < whole)
        return false;
    m_in.remove(0, whole);
    m_stage = Stage::Open;
    return true;
}

void ProxyTunnel::refused(quint8 reply)
{
    const bool known = reply < replies.size();
    fail(known ? replies[reply].kind : FailureKind::Rejected,
         u"%1 could not connect to %2: %3"_s.arg(
             name(), targetName(), known ? QString(replies[reply].words) : u"SOCKS reply %1"_s.arg(reply)));
}

void ProxyTunnel::end()
{
    if (!isOpen())
        fail(FailureKind::Closed, u"%1 closed the connection before the way to %2 was open"_s.arg(name(), targetName()),
             u"is that the port of a proxy of this kind, and does it allow this computer?"_s);
}

} // namespace allclear
