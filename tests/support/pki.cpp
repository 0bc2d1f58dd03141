#include "support/pki.h"

#include <QFile>

#include <openssl/bio.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>

namespace allclear::test {

using namespace Qt::StringLiterals;

namespace {

template <typename Write>
QByteArray pem(Write write)
{
    BIO *bio = BIO_new(BIO_s_mem());
    write(bio);
    char *data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    QByteArray bytes(data, length);
    BIO_free(bio);
    return bytes;
}

std::shared_ptr<EVP_PKEY> makeKey(KeyKind kind)
{
    EVP_PKEY *key = nullptr;
    switch (kind) {
    case KeyKind::EcP256: key = EVP_EC_gen("P-256"); break;
    case KeyKind::EcP192: key = EVP_EC_gen("P-192"); break;
    case KeyKind::Rsa2048: key = EVP_RSA_gen(2048); break;
    case KeyKind::Rsa1024: key = EVP_RSA_gen(1024); break;
    }
    return {key, EVP_PKEY_free};
}

const EVP_MD *methodOf(Digest digest)
{
    switch (digest) {
    case Digest::Sha256: return EVP_sha256();
    case Digest::Sha1: return EVP_sha1();
    case Digest::Md5: return EVP_md5();
    }
    return nullptr;
}

void addExtension(X509 *certificate, X509 *issuer, int nid, const QByteArray &value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.constData());
    Q_ASSERT(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

void setName(X509_NAME *name, const QString &commonName)
{
    const QByteArray text = commonName.toUtf8();
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(text.constData()),
                               static_cast<int>(text.size()), -1, 0);
}

} // namespace

QByteArray Identity::certificatePem() const
{
    return pem([&](BIO *bio) { PEM_write_bio_X509(bio, certificate.get()); });
}

QByteArray Identity::keyPem() const
{
    return pem([&](BIO *bio) { PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

Identity makeIdentity(const IdentityOptions &options, const Identity *issuer)
{
    static int serial = 1000;
    Identity identity{.key = makeKey(options.key), .certificate = {X509_new(), X509_free}};
    X509 *certificate = identity.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_time_adj_ex(X509_getm_notBefore(certificate), static_cast<int>(options.validFromDays), 0, nullptr);
    X509_time_adj_ex(X509_getm_notAfter(certificate), static_cast<int>(options.validToDays), 0, nullptr);
    setName(X509_get_subject_name(certificate), options.commonName);
    X509 *signer = issuer != nullptr ? issuer->certificate.get() : certificate;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    X509_set_pubkey(certificate, identity.key.get());
    addExtension(certificate, signer, NID_basic_constraints, options.authority ? "critical,CA:TRUE" : "CA:FALSE");
    addExtension(certificate, signer, NID_subject_key_identifier, "hash");
    if (!options.names.isEmpty())
        addExtension(certificate, signer, NID_subject_alt_name, options.names.join(u',').toUtf8());
    if (!options.issuerUrl.isEmpty())
        addExtension(certificate, signer, NID_info_access, "caIssuers;URI:" + options.issuerUrl.toUtf8());
    if (options.extra == Extra::MustStaple)
        addExtension(certificate, signer, NID_tlsfeature, "status_request");
    else if (options.extra == Extra::OcspSigning)
        addExtension(certificate, signer, NID_ext_key_usage, "OCSPSigning");
    X509_sign(certificate, (issuer != nullptr ? issuer->key : identity.key).get(), methodOf(options.digest));
    return identity;
}

QByteArray makeOcspResponse(const Identity &subject, const Identity &issuer, const Identity &signer, const OcspOptions &options)
{
    const std::array statuses = {V_OCSP_CERTSTATUS_GOOD, V_OCSP_CERTSTATUS_REVOKED, V_OCSP_CERTSTATUS_UNKNOWN};
    ASN1_TIME *revokedAt = X509_gmtime_adj(nullptr, -options.revokedSecondsAgo);
    ASN1_TIME *producedAt = X509_gmtime_adj(nullptr, -options.producedSecondsAgo);
    ASN1_TIME *validTo = X509_gmtime_adj(nullptr, options.validForSeconds);
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), subject.certificate.get(), issuer.certificate.get());
    OCSP_basic_add1_status(basic, id, statuses[static_cast<std::size_t>(options.answer)], OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                           revokedAt, producedAt, validTo);
    OCSP_basic_sign(basic, signer.certificate.get(), signer.key.get(), EVP_sha256(), nullptr, 0);
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char *der = nullptr;
    const int length = i2d_OCSP_RESPONSE(response, &der);
    const QByteArray bytes(reinterpret_cast<const char *>(der), length);
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    for (ASN1_TIME *time : {revokedAt, producedAt, validTo})
        ASN1_TIME_free(time);
    return bytes;
}

QString writeFile(const QTemporaryDir &folder, const QString &name, const QByteArray &bytes)
{
    const QString path = folder.filePath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        return {};
    return path;
}

} // namespace allclear::test
