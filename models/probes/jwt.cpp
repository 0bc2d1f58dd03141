#include "probes/jwt.h"

#include "probes/truststores.h"

#include <QJsonDocument>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

QByteArray encoded(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray encoded(const QJsonObject &object) { return encoded(QJsonDocument(object).toJson(QJsonDocument::Compact)); }

int noPassphrase(char *, int, int, void *) { return 0; } // otherwise OpenSSL asks on the terminal

} // namespace

Result<QByteArray> signedToken(const QJsonObject &header, const QJsonObject &claims, const QByteArray &privateKey)
{
    ERR_clear_error();
    const std::unique_ptr<BIO, OpenSslDeleter<BIO_free>> pem(
        BIO_new_mem_buf(privateKey.constData(), static_cast<int>(privateKey.size())));
    const std::unique_ptr<EVP_PKEY, OpenSslDeleter<EVP_PKEY_free>> key(
        PEM_read_bio_PrivateKey(pem.get(), nullptr, &noPassphrase, nullptr));
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
        takeOpenSslErrors();
        return Error{u"the private key is no RSA key in PEM form"_s, {}};
    }
    const QByteArray content = encoded(header) + '.' + encoded(claims);
    const std::unique_ptr<EVP_MD_CTX, OpenSslDeleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    const auto *data = reinterpret_cast<const unsigned char *>(content.constData());
    const auto size = static_cast<std::size_t>(content.size());
    std::size_t length = 0;
    QByteArray signature;
    bool fine = EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1
        && EVP_DigestSign(context.get(), nullptr, &length, data, size) == 1;
    if (fine) {
        signature.resize(static_cast<qsizetype>(length));
        fine = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &length, data, size)
            == 1;
    }
    if (!fine)
        return Error{u"the private key cannot sign: %1"_s.arg(takeOpenSslErrors()), {}};
    return content + '.' + encoded(signature.first(static_cast<qsizetype>(length)));
}

} // namespace allclear
