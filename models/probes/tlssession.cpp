#include "probes/tlssession.h"

#include <QHostAddress>
#include <QUrl>

#include <openssl/bio.h>
#include <openssl/err.h>

#include <array>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QByteArray wire(const QStringList &protocols)
{
    QByteArray list;
    for (const QString &protocol : protocols) {
        list.append(static_cast<char>(protocol.size()));
        list.append(protocol.toLatin1());
    }
    return list;
}

/// Called when the server asks for a client certificate; never refuses, only remembers.
int noteRequest(SSL *ssl, void *log)
{
    auto *seen = static_cast<TlsSession::Log *>(log);
    seen->askedForCertificate = true;
    seen->lacksCertificate = SSL_get_certificate(ssl) == nullptr;
    return 1;
}

void noteMessage(int sent, int, int contentType, const void *bytes, std::size_t length, SSL *, void *log)
{
    if (sent == 0 && contentType == SSL3_RT_HANDSHAKE && length > 0
        && *static_cast<const unsigned char *>(bytes) == SSL3_MT_NEWSESSION_TICKET)
        static_cast<TlsSession::Log *>(log)->ticketed = true;
}

} // namespace

TlsSession::TlsSession(const SslContextPtr &context, const QString &serverName, const QStringList &alpn)
    : m_ssl(SSL_new(context.get())), m_in(BIO_new(BIO_s_mem())), m_out(BIO_new(BIO_s_mem()))
{
    BIO_set_mem_eof_return(m_in, -1);
    SSL_set_bio(m_ssl.get(), m_in, m_out);
    SSL_set_connect_state(m_ssl.get());
    SSL_set_cert_cb(m_ssl.get(), &noteRequest, &m_log);
    // The macros of these three hold C casts; this is what they expand to.
    SSL_set_msg_callback(m_ssl.get(), &noteMessage);
    SSL_ctrl(m_ssl.get(), SSL_CTRL_SET_MSG_CALLBACK_ARG, 0, &m_log);
    SSL_ctrl(m_ssl.get(), SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_ocsp, nullptr);
    if (QHostAddress address; !address.setAddress(serverName)) {
        QByteArray name = QUrl::toAce(serverName);
        SSL_ctrl(m_ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    }
    if (const QByteArray list = wire(alpn); !list.isEmpty()) {
        SSL_set_alpn_protos(m_ssl.get(), reinterpret_cast<const unsigned char *>(list.constData()),
                            static_cast<unsigned int>(list.size()));
    }
}

TlsProgress TlsSession::handshake()
{
    ERR_clear_error();
    const int result = SSL_do_handshake(m_ssl.get());
    if (result == 1)
        return TlsProgress::Done;
    const int reason = SSL_get_error(m_ssl.get(), result);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE)
        return TlsProgress::NeedsMore;
    m_error = takeOpenSslErrors();
    if (m_error.isEmpty())
        m_error = u"the handshake broke off"_s;
    return TlsProgress::Failed;
}

void TlsSession::feed(QByteArrayView cipherText)
{
    BIO_write(m_in, cipherText.data(), static_cast<int>(cipherText.size()));
}

QByteArray TlsSession::takeOutgoing()
{
    char *data = nullptr;
    const long length = BIO_get_mem_data(m_out, &data);
    QByteArray bytes(data, length);
    BIO_reset(m_out);
    return bytes;
}

QByteArray TlsSession::staple() const
{
    unsigned char *response = nullptr;
    const long length = SSL_ctrl(m_ssl.get(), SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, static_cast<void *>(&response));
    return response != nullptr && length > 0 ? QByteArray(reinterpret_cast<const char *>(response), length) : QByteArray();
}

QByteArray TlsSession::read()
{
    QByteArray plain;
    std::array<char, 16 * 1024> buffer;
    while (m_error.isEmpty() && !m_ended) {
        ERR_clear_error();
        const int count = SSL_read(m_ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (count > 0) {
            plain.append(buffer.data(), count);
            continue;
        }
        const int reason = SSL_get_error(m_ssl.get(), count);
        if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE)
            break;
        if (reason == SSL_ERROR_ZERO_RETURN) {
            m_ended = true;
        } else {
            m_error = takeOpenSslErrors();
            if (m_error.isEmpty())
                m_error = u"the TLS stream broke off"_s;
        }
    }
    return plain;
}

bool TlsSession::write(const QByteArray &plainText)
{
    ERR_clear_error();
    return plainText.isEmpty() || SSL_write(m_ssl.get(), plainText.constData(), static_cast<int>(plainText.size())) > 0;
}

} // namespace allclear
