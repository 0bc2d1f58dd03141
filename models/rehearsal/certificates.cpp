#include "rehearsal/certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

template <auto function>
struct Free {
    template <typename T>
    void operator()(T *pointer) const { function(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;

struct Validity {
    std::time_t from = 0;
    std::time_t until = 0;
};

struct Request {
    const char *commonName;
    std::array<std::pair<int, const char *>, 5> extensions; // nid 0: none
    Validity validity;
};

constexpr std::array<std::pair<int, const char *>, 5> authorityExtensions = {{
    {NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"}, {0, nullptr}, {0, nullptr}}};
constexpr std::array<std::pair<int, const char *>, 5> intermediateExtensions = {{
    {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}, {NID_key_usage, "critical,keyCertSign,cRLSign"},
    {NID_subject_key_identifier, "hash"}, {NID_authority_key_identifier, "keyid:always"}, {0, nullptr}}};
constexpr std::array<std::pair<int, const char *>, 5> leafExtensions = {{
    {NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,digitalSignature"},
    {NID_ext_key_usage, "serverAuth"}, {NID_authority_key_identifier, "keyid:always"},
    {NID_subject_alt_name, "DNS:localhost,DNS:api.staging.test,IP:127.0.0.1"}}};

Key makeKey() { return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")); }

bool setSerial(X509 *certificate)
{
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), int(bytes.size())) != 1)
        return false;
    bytes[0] &= 0x7f; // positive, at most 20 octets
    const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(bytes.data(), int(bytes.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool setName(X509_NAME *name, const char *commonName)
{
    const auto *text = reinterpret_cast<const unsigned char *>(commonName);
    const auto *organisation = reinterpret_cast<const unsigned char *>("Allclear rehearsal");
    return X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8, organisation, -1, -1, 0) == 1
        && X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

bool addExtensions(X509 *certificate, X509 *issuer, const Request &request)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    for (const auto &[nid, value] : request.extensions) {
        if (nid == 0)
            continue;
        const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
        if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
            return false;
    }
    return true;
}

/// Null when OpenSSL fails. A null `issuer` makes it self-signed.
Cert makeCertificate(const Request &request, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey)
{
    Cert made(X509_new());
    if (!made || X509_set_version(made.get(), X509_VERSION_3) != 1 || !setSerial(made.get())
        || !setName(X509_get_subject_name(made.get()), request.commonName))
        return nullptr;
    X509 *signer = issuer ? issuer : made.get();
    const bool done = X509_set_issuer_name(made.get(), X509_get_subject_name(signer)) == 1
        && ASN1_TIME_set(X509_getm_notBefore(made.get()), request.validity.from)
        && ASN1_TIME_set(X509_getm_notAfter(made.get()), request.validity.until)
        && X509_set_pubkey(made.get(), key) == 1 && addExtensions(made.get(), signer, request)
        && X509_sign(made.get(), issuerKey, EVP_sha256()) > 0;
    return done ? std::move(made) : nullptr;
}

QByteArray contents(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return QByteArray(data, size);
}

QByteArray pem(X509 *certificate)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    return bio && PEM_write_bio_X509(bio.get(), certificate) == 1 ? contents(bio.get()) : QByteArray();
}

QByteArray pem(EVP_PKEY *key)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    const bool written
        = bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
    return written ? contents(bio.get()) : QByteArray();
}

Validity validity(TimePoint now, std::chrono::days lifetime)
{
    const auto real = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    const auto seconds = [](TimePoint time) {
        return std::time_t(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    };
    // An hour more, so that "41 days left" stays true for as long as a rehearsal lasts.
    return {seconds(std::min(now, real) - std::chrono::days(1)), seconds(std::max(now, real) + lifetime + 1h)};
}

} // namespace

Result<Certificates> makeCertificates(TimePoint now)
{
    const Error failure{u"OpenSSL could not make the rehearsal's certificates."_s,
                        u"Check that OpenSSL 3 is installed with its default provider."_s};
    const Key authorityKey = makeKey(), intermediateKey = makeKey(), leafKey = makeKey();
    if (!authorityKey || !intermediateKey || !leafKey)
        return failure;
    const Validity oneYear = validity(now, std::chrono::days(365));
    const Cert authority = makeCertificate({"Allclear rehearsal root CA", authorityExtensions, oneYear},
                                           authorityKey.get(), nullptr, authorityKey.get());
    if (!authority)
        return failure;
    const Cert intermediate = makeCertificate({"Allclear rehearsal intermediate CA", intermediateExtensions, oneYear},
                                              intermediateKey.get(), authority.get(), authorityKey.get());
    if (!intermediate)
        return failure;
    const Cert leaf = makeCertificate({"api.staging.test", leafExtensions, validity(now, leafLifetime)}, leafKey.get(),
                                      intermediate.get(), intermediateKey.get());
    if (!leaf)
        return failure;
    Certificates made{pem(authority.get()), pem(intermediate.get()), pem(leaf.get()), pem(leafKey.get())};
    if (made.authority.isEmpty() || made.intermediate.isEmpty() || made.leaf.isEmpty() || made.leafKey.isEmpty())
        return failure;
    return made;
}

} // namespace allclear::rehearsal
