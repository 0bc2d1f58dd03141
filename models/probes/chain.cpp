#include "probes/chain.h"

#include "probes/truststores.h"

#include <QHostAddress>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <set>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int strongBits = 112; ///< NIST SP 800-57: RSA 2048, EC 224
constexpr int maxNames = 100;   ///< subjectAltName entries kept

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
    return take(bio.get());
}

/// The part people call it by: its common name, or the whole name without one.
QString shortName(const X509_NAME *name)
{
    char text[256] = {};
    if (X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof text) > 0)
        return QString::fromUtf8(text);
    return nameText(name);
}

TimePoint toTime(const ASN1_TIME *time)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return TimePoint(std::chrono::seconds(timegm(&parts)));
}

QStringList namesOf(X509 *certificate)
{
    QStringList names;
    auto *entries = static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; entries != nullptr && i < std::min(sk_GENERAL_NAME_num(entries), maxNames); ++i) {
        const GENERAL_NAME *entry = sk_GENERAL_NAME_value(entries, i);
        if (entry->type == GEN_DNS) {
            names.append(QString::fromUtf8(reinterpret_cast<const char *>(ASN1_STRING_get0_data(entry->d.dNSName)),
                                           ASN1_STRING_length(entry->d.dNSName)));
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
        facts.serial = QString::fromLatin1(hex);
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

/// Verification that goes on past every error: all findings at once.
std::set<int> findings(STACK_OF(X509) *sent, const ChainQuestion &question)
{
    std::set<int> errors;
    std::unique_ptr<X509_STORE_CTX, OpenSslDeleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), question.store, sk_X509_value(sent, 0), sent);
    X509_STORE_CTX_set_default(context.get(), "ssl_server");
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context.get());
    const QByteArray host = question.host.toUtf8();
    if (QHostAddress address; address.setAddress(question.host))
        X509_VERIFY_PARAM_set1_ip_asc(rules, host.constData());
    else
        X509_VERIFY_PARAM_set1_host(rules, host.constData(), static_cast<std::size_t>(host.size()));
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set_auth_level(rules, 2);
    X509_VERIFY_PARAM_set_time(rules, std::chrono::floor<std::chrono::seconds>(question.now).time_since_epoch().count());
    X509_STORE_CTX_set_app_data(context.get(), &errors);
    X509_STORE_CTX_set_verify_cb(context.get(), [](int ok, X509_STORE_CTX *state) {
        if (ok != 1)
            static_cast<std::set<int> *>(X509_STORE_CTX_get_app_data(state))->insert(X509_STORE_CTX_get_error(state));
        return 1;
    });
    X509_verify_cert(context.get());
    return errors;
}

bool hasIssuerAddress(X509 *certificate)
{
    auto *access = static_cast<AUTHORITY_INFO_ACCESS *>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr));
    bool found = false;
    for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access); ++i)
        found = found || OBJ_obj2nid(sk_ACCESS_DESCRIPTION_value(access, i)->method) == NID_ad_ca_issuers;
    AUTHORITY_INFO_ACCESS_free(access);
    return found;
}

struct Finding {
    ChainVerdict verdict;
    QString sentence;
};

/// A chain that ends before an anchor: a link was not sent, or the authority is unknown here. A lone certificate
/// without the address of its issuer leaves both open, and the sentence says so.
Finding brokenChain(STACK_OF(X509) *sent)
{
    const int count = sk_X509_num(sent);
    X509 *last = sk_X509_value(sent, count - 1);
    const QString issuer = shortName(X509_get_issuer_name(last));
    if (count > 1) {
        return {ChainVerdict::UntrustedRoot,
                u"the chain ends at %1, which this computer does not trust"_s.arg(issuer)};
    }
    if (hasIssuerAddress(last)) {
        return {ChainVerdict::Incomplete,
                u"the server sends its own certificate but not the intermediate %1 that signed it; browsers may have "
                "it cached, curl and Python do not"_s.arg(issuer)};
    }
    if (issuer.contains("root"_L1, Qt::CaseInsensitive)) {
        return {ChainVerdict::UntrustedRoot,
                u"the certificate is signed by %1, which this computer does not trust"_s.arg(issuer)};
    }
    return {ChainVerdict::Incomplete,
            u"the server sends only its own certificate, and its issuer %1 is not known here: either the intermediate "
            "is not sent, or %1 is an authority that this computer does not trust"_s.arg(issuer)};
}

QString dateText(TimePoint time) { return toIso(time).first(10); }

QList<Finding> explain(const std::set<int> &errors, STACK_OF(X509) *sent, const QList<Certificate> &chain,
                       const ChainQuestion &question)
{
    QList<Finding> found;
    const auto any = [&](std::initializer_list<int> codes) {
        return std::ranges::any_of(codes, [&](int code) { return errors.contains(code); });
    };
    if (any({X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT})) {
        found.append({ChainVerdict::SelfSigned, u"the certificate is self-signed: %1 vouches only for itself"_s.arg(
                                                    shortName(X509_get_subject_name(sk_X509_value(sent, 0))))});
    }
    for (const Certificate &link : chain) {
        if (link.notAfter < question.now) {
            found.append({ChainVerdict::Expired, u"the certificate of %1 expired on %2 (UTC)"_s.arg(
                                                     link.subject, dateText(link.notAfter))});
        }
        if (link.notBefore > question.now) {
            found.append({ChainVerdict::NotYetValid, u"the certificate of %1 is valid only from %2 (UTC); check both clocks"_s
                                                         .arg(link.subject, toIso(link.notBefore))});
        }
    }
    if (any({X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN})) {
        const int last = sk_X509_num(sent) - 1;
        found.append({ChainVerdict::UntrustedRoot, u"the chain leads to %1, which this computer does not trust"_s.arg(
                                                       shortName(X509_get_issuer_name(sk_X509_value(sent, last))))});
    } else if (any({X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT})) {
        found.append(brokenChain(sent));
    }
    if (any({X509_V_ERR_CERT_REVOKED}))
        found.append({ChainVerdict::Revoked, u"the certificate has been revoked"_s});
    if (any({X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH})) {
        found.append({ChainVerdict::HostnameMismatch,
                      u"the certificate is for %1, not for %2"_s.arg(
                          chain.front().names.isEmpty() ? chain.front().subject : chain.front().names.join(", "_L1),
                          question.host)});
    }
    if (any({X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL}))
        found.append({ChainVerdict::Weak, u"a key in the chain is too short (%1)"_s.arg(chain.front().key)});
    if (any({X509_V_ERR_CA_MD_TOO_WEAK}))
        found.append({ChainVerdict::Weak, u"a signature in the chain uses a broken digest (%1)"_s.arg(chain.front().signature)});
    if (found.isEmpty() && !errors.empty()) {
        found.append({ChainVerdict::UntrustedRoot, u"the chain cannot be trusted: %1"_s.arg(QString::fromLatin1(
                                                       X509_verify_cert_error_string(*errors.begin())))});
    }
    return found;
}

} // namespace

TlsFacts examineChain(const SSL *ssl, const ChainQuestion &question)
{
    TlsFacts facts;
    facts.version = QString::fromLatin1(SSL_get_version(ssl));
    facts.cipher = QString::fromLatin1(SSL_get_cipher_name(ssl));
    const unsigned char *alpn = nullptr;
    unsigned int alpnLength = 0;
    SSL_get0_alpn_selected(ssl, &alpn, &alpnLength);
    facts.alpn = QString::fromLatin1(reinterpret_cast<const char *>(alpn), static_cast<qsizetype>(alpnLength));

    STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
    if (sent == nullptr || sk_X509_num(sent) == 0) {
        facts.chainVerdict = ChainVerdict::UntrustedRoot;
        facts.chainMessage = u"the server sent no certificate"_s;
        return facts;
    }
    for (int i = 0; i < sk_X509_num(sent); ++i)
        facts.chain.append(describe(sk_X509_value(sent, i)));
    const auto days = [&](const Certificate &link) {
        return std::chrono::duration<double, std::ratio<86400>>(link.notAfter - question.now).count();
    };
    facts.daysLeft = days(facts.chain.front());
    facts.shortestDaysLeft = days(std::ranges::min(facts.chain, {}, &Certificate::notAfter));

    QList<Finding> found = explain(findings(sent, question), sent, facts.chain, question);
    if (SSL_version(ssl) < TLS1_2_VERSION)
        found.append({ChainVerdict::Weak, u"the server speaks %1, which is too old"_s.arg(facts.version)});
    if (found.isEmpty() && EVP_PKEY_get_security_bits(X509_get0_pubkey(sk_X509_value(sent, 0))) < strongBits)
        found.append({ChainVerdict::Weak, u"the server's key is too short (%1)"_s.arg(facts.chain.front().key)});
    if (!found.isEmpty()) {
        facts.chainVerdict = found.front().verdict;
        QStringList sentences;
        for (const Finding &finding : found)
            sentences.append(finding.sentence);
        facts.chainMessage = sentences.join("; "_L1);
    }
    return facts;
}

} // namespace allclear
