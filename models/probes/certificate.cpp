#include "probes/certificate.h"

#include "probes/truststores.h"

#include <QHostAddress>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int maxNames = 100; ///< subjectAltName entries kept
constexpr int maxName = 255; ///< bytes of one of them, as long as DNS allows
constexpr qsizetype maxText = 512; ///< of a subject, an issuer, a serial number
constexpr qint64 statusRequest = 5; ///< TLS feature of RFC 7633: the extension number of status_request

using BioPtr = std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>>;

QString take(BIO *bio)
{
    char *data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return QString::fromUtf8(data, length);
}

QString nameText(const X509_NAME *name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    return take(bio.get()).left(maxText);
}

QStringList namesOf(X509 *certificate)
{
    QStringList names;
    auto *entries = static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; entries != nullptr && i < std::min(sk_GENERAL_NAME_num(entries), maxNames); ++i) {
        const GENERAL_NAME *entry = sk_GENERAL_NAME_value(entries, i);
        if (entry->type == GEN_DNS) {
            names.append(QString::fromUtf8(reinterpret_cast<const char *>(ASN1_STRING_get0_data(entry->d.dNSName)),
                                           std::min(maxName, ASN1_STRING_length(entry->d.dNSName))));
        } else if (entry->type == GEN_IPADD) {
            const unsigned char *bytes = ASN1_STRING_get0_data(entry->d.iPAddress);
            if (ASN1_STRING_length(entry->d.iPAddress) == 16)
                names.append(QHostAddress(bytes).toString());
            else if (ASN1_STRING_length(entry->d.iPAddress) == 4)
                names.append(u"%1.%2.%3.%4"_s.arg(bytes[0]).arg(bytes[1]).arg(bytes[2]).arg(bytes[3]));
        }
    }
    GENERAL_NAMES_free(entries);
    return names;
}

QString keyText(const EVP_PKEY *key)
{
    if (key == nullptr)
        return u"unreadable key"_s;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return u"%1 %2"_s.arg(QString::fromLatin1(EVP_PKEY_get0_type_name(key))).arg(EVP_PKEY_get_bits(key));
    char group[64] = {};
    EVP_PKEY_get_group_name(key, group, sizeof group, nullptr);
    return u"EC %1"_s.arg(QString::fromLatin1(group));
}

} // namespace

QString shortName(const X509_NAME *name)
{
    const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (index < 0)
        return nameText(name);
    unsigned char *utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
    const QString text =
        length > 0 ? QString::fromUtf8(reinterpret_cast<const char *>(utf8), length).left(maxName) : nameText(name);
    OPENSSL_free(utf8);
    return text;
}

QString subjectOf(const X509 *certificate) { return shortName(X509_get_subject_name(certificate)); }
QString issuerOf(const X509 *certificate) { return shortName(X509_get_issuer_name(certificate)); }

TimePoint toTime(const ASN1_TIME *time)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return TimePoint(std::chrono::seconds(timegm(&parts)));
}

Certificate describe(X509 *certificate)
{
    Certificate facts{.subject = nameText(X509_get_subject_name(certificate)),
                      .issuer = nameText(X509_get_issuer_name(certificate)),
                      .notBefore = toTime(X509_get0_notBefore(certificate)),
                      .notAfter = toTime(X509_get0_notAfter(certificate)),
                      .names = namesOf(certificate),
                      .serial = {},
                      .signature = QString::fromLatin1(OBJ_nid2ln(X509_get_signature_nid(certificate))),
                      .key = keyText(X509_get0_pubkey(certificate)),
                      .fingerprint = {}};
    if (BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr)) {
        char *hex = BN_bn2hex(serial);
        facts.serial = QString::fromLatin1(hex).left(maxText);
        OPENSSL_free(hex);
        BN_free(serial);
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &length) == 1) {
        facts.fingerprint = QString::fromLatin1(
            QByteArray(reinterpret_cast<const char *>(digest), static_cast<qsizetype>(length)).toHex());
    }
    return facts;
}

bool hasIssuerAddress(X509 *certificate)
{
    auto *access =
        static_cast<AUTHORITY_INFO_ACCESS *>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr));
    bool found = false;
    for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access); ++i)
        found = found || OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access, i)->method) == NID_ad_ca_issuers;
    AUTHORITY_INFO_ACCESS_free(access);
    return found;
}

bool demandsStaple(X509 *certificate)
{
    auto *features = static_cast<TLS_FEATURE *>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr));
    bool found = false;
    for (int i = 0; features != nullptr && i < sk_ASN1_INTEGER_num(features); ++i)
        found = found || ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == statusRequest;
    TLS_FEATURE_free(features);
    return found;
}

} // namespace allclear
