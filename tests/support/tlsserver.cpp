#include "support/tlsserver.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace allclear::test
{

using namespace Qt::StringLiterals;

namespace
{

bool sendAll(int socket, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t count = ::send(socket, bytes.data(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes = bytes.sliced(count);
    }
    return true;
}

int giveStaple(SSL *ssl, void *staple)
{
    const auto *bytes = static_cast<const QByteArray *>(staple);
    if (bytes->isEmpty())
        return SSL_TLSEXT_ERR_NOACK;
    void *copy = OPENSSL_memdup(bytes->constData(), static_cast<std::size_t>(bytes->size()));
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, bytes->size(), copy);
    return SSL_TLSEXT_ERR_OK;
}

int chooseProtocol(SSL *, const unsigned char **out, unsigned char *outLength, const unsigned char *in,
                   unsigned int inLength, void *script)
{
    const QByteArrayView offered(reinterpret_cast<const char *>(in), static_cast<qsizetype>(inLength));
    for (const QByteArray &protocol : static_cast<const TlsScript *>(script)->protocols) {
        const QByteArray entry = QByteArray(1, static_cast<char>(protocol.size())) + protocol;
        if (const qsizetype at = offered.indexOf(entry); at >= 0) {
            *out = in + at + 1;
            *outLength = static_cast<unsigned char>(protocol.size());
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The macros of OpenSSL hold C casts; SSL_CTX_ctrl and SSL_CTX_callback_ctrl are what they expand to.
std::shared_ptr<SSL_CTX> makeContext(TlsScript &script)
{
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
    char groups[] = "X25519:P-256:P-384:P-192";
    SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_GROUPS_LIST, 0, groups);
    SSL_CTX_set_min_proto_version(context.get(), script.minVersion != 0 ? script.minVersion : TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), script.maxVersion);
    SSL_CTX_set_mode(context.get(), SSL_MODE_NO_AUTO_CHAIN);
    if (!script.tickets)
        SSL_CTX_set_num_tickets(context.get(), 0);
    if (!script.sends.isEmpty()) {
        SSL_CTX_use_certificate(context.get(), script.sends.first().certificate.get());
        SSL_CTX_use_PrivateKey(context.get(), script.sends.first().key.get());
        for (const Identity &other : script.sends.sliced(1))
            SSL_CTX_ctrl(context.get(), SSL_CTRL_CHAIN_CERT, 1, other.certificate.get());
    }
    SSL_CTX_callback_ctrl(context.get(), SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, reinterpret_cast<void (*)()>(&giveStaple));
    SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG, 0, &script.staple);
    if (!script.protocols.isEmpty())
        SSL_CTX_set_alpn_select_cb(context.get(), &chooseProtocol, &script);
    if (script.client != ClientCertificate::NotAsked) {
        const int demanded = script.client == ClientCertificate::Demanded ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | demanded, nullptr);
        if (script.clientAuthority.certificate)
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), script.clientAuthority.certificate.get());
    }
    return context;
}

} // namespace

TlsServer::TlsServer(TlsScript script) : m_script(std::move(script)), m_context(makeContext(m_script))
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(m_listener, reinterpret_cast<sockaddr *>(&address), length) != 0 || ::listen(m_listener, 16) != 0
        || ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&address), &length) != 0 || ::pipe(m_stop) != 0)
        qFatal("no loopback socket");
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { loop(); });
}

TlsServer::~TlsServer()
{
    ::close(m_stop[1]);
    m_thread.join();
    ::close(m_stop[0]);
    ::close(m_listener);
}

QString TlsServer::url(const QString &scheme, const QString &host) const
{
    return u"%1://%2:%3"_s.arg(scheme, host).arg(m_port);
}

bool TlsServer::readable(int socket)
{
    std::array<pollfd, 2> waits{pollfd{.fd = socket, .events = POLLIN, .revents = 0},
                                pollfd{.fd = m_stop[0], .events = POLLIN, .revents = 0}};
    return ::poll(waits.data(), waits.size(), -1) > 0 && waits[1].revents == 0;
}

void TlsServer::loop()
{
    while (readable(m_listener)) {
        const int socket = ::accept(m_listener, nullptr, nullptr);
        if (socket < 0)
            continue;
        ++m_connections;
        serve(socket);
        ::close(socket);
    }
}

void TlsServer::serve(int socket)
{
    if (!talk(socket))
        return;
    if (m_script.speaksTls)
        serveTls(socket);
    else
        end(socket);
}

bool TlsServer::talk(int socket)
{
    std::array<char, 4096> buffer;
    QByteArray heard;
    for (const Turn &turn : std::as_const(m_script.talk)) {
        while (!turn.waitFor.isEmpty() && !heard.contains(turn.waitFor)) {
            const ssize_t count = readable(socket) ? ::recv(socket, buffer.data(), buffer.size(), 0) : 0;
            if (count <= 0)
                return false;
            heard.append(buffer.data(), count);
        }
        heard.clear();
        if (!sendAll(socket, turn.say))
            return false;
    }
    return true;
}

void TlsServer::serveTls(int socket)
{
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(m_context.get()), &SSL_free);
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl.get(), in, out);
    SSL_set_accept_state(ssl.get());
    qsizetype budget = m_script.cutAfter;
    int flight = 0;
    bool done = false, broken = false;
    std::array<char, 16 * 1024> buffer;
    while (readable(socket)) {
        const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (count <= 0)
            return;
        BIO_write(in, buffer.data(), static_cast<int>(count));
        ERR_clear_error();
        const int result =
            done ? SSL_read(ssl.get(), buffer.data(), static_cast<int>(buffer.size())) : SSL_do_handshake(ssl.get());
        broken = result <= 0 && SSL_get_error(ssl.get(), result) != SSL_ERROR_WANT_READ;
        if (!done && result == 1) {
            done = true;
            ++m_handshakes;
        }
        char *data = nullptr;
        const long length = BIO_get_mem_data(out, &data);
        QByteArray bytes(data, length);
        BIO_reset(out);
        flight += bytes.isEmpty() ? 0 : 1;
        const bool cuts = m_script.cutAfter >= 0 && flight >= m_script.cutInFlight;
        if (cuts) {
            bytes.truncate(budget);
            budget -= bytes.size();
        }
        if (!sendAll(socket, bytes))
            return;
        if (cuts && budget == 0) {
            end(socket);
            return;
        }
        if (broken) {
            ::shutdown(socket, SHUT_WR);
            readable(socket);
            return;
        }
    }
}

void TlsServer::end(int socket)
{
    while (!m_script.endless.isEmpty()) {
        if (!sendAll(socket, m_script.endless))
            return;
    }
    if (m_script.ending == Ending::Reset) {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    std::array<char, 4096> buffer;
    while (m_script.ending == Ending::KeepOpen && readable(socket)) {
        if (::recv(socket, buffer.data(), buffer.size(), 0) <= 0)
            return;
    }
}

} // namespace allclear::test
