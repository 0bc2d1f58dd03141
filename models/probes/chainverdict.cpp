#include "probes/chainverdict.h"

#include "probes/certificate.h"
#include "probes/truststores.h"

#include <QHostAddress>
#include <QUrl>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int strongBits = 112; ///< NIST SP 800-57: RSA 2048, EC 224
constexpr int strongDigestBits = 112; ///< SHA-224; MD5 and SHA-1 collide far below
constexpr int namesShown = 5;

bool isSelfSigned(X509 *certificate) { return X509_self_signed(certificate, 0) == 1; }

QString dateText(TimePoint time) { return toIso(time).first(10); }

enum class IssuerRole { Root, Intermediate, Unknown };

/// What an authority's name says about its place; all there is to go by when its certificate was not sent.
IssuerRole roleOf(const QString &issuer)
{
    const auto says = [&](QLatin1StringView word) { return issuer.contains(word, Qt::CaseInsensitive); };
    if (says("root"_L1))
        return IssuerRole::Root;
    return says("intermediate"_L1) || says("issuing"_L1) || says("subordinate"_L1) || says("sub ca"_L1)
        ? IssuerRole::Intermediate
        : IssuerRole::Unknown;
}

/// A path that ends before an anchor: a link was not sent, or the authority is unknown here. Where both are possible
/// the sentence says both.
ChainFinding brokenPath(const ChainPath &path)
{
    X509 *last = path.links.back().get();
    const QString issuer = issuerOf(last);
    const IssuerRole role = roleOf(issuer);
    const bool alone = path.links.size() == 1;
    if (role == IssuerRole::Root) {
        return {ChainVerdict::UntrustedRoot,
                (alone ? u"the certificate is signed by %1, which this computer does not trust"_s
                       : u"the chain leads to %1, which this computer does not trust"_s)
                    .arg(issuer)};
    }
    if (alone && hasIssuerAddress(last)) {
        return {ChainVerdict::Incomplete,
                u"the server sends its own certificate but not the intermediate %1 that signed it; browsers may have "
                "it cached, curl and Python do not"_s.arg(issuer)};
    }
    if (alone) {
        return {ChainVerdict::Incomplete,
                u"the server sends only its own certificate, and its issuer %1 is not known here: either the "
                "intermediate is not sent, or %1 is an authority that this computer does not trust"_s.arg(issuer)};
    }
    if (role == IssuerRole::Intermediate) {
        return {ChainVerdict::Incomplete,
                u"the server sends %1 but not the intermediate %2 that signed it; browsers may have it cached, curl "
                "and Python do not"_s.arg(subjectOf(last), issuer)};
    }
    return {ChainVerdict::UntrustedRoot,
            u"the chain ends at %1, which this computer does not trust; if %1 is an intermediate, the server does not "
            "send it"_s.arg(issuer)};
}

/// What has no sentence of its own, in OpenSSL's words: a signer that is no authority, constraints that are broken …
void addOtherErrors(QList<ChainFinding> &found, const ChainPath &path)
{
    QStringList reasons;
    for (const int error : path.errors) {
        switch (error) {
        case X509_V_OK:
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: break;
        default: reasons.append(QString::fromLatin1(X509_verify_cert_error_string(error)));
        }
    }
    if (!reasons.isEmpty())
        found.append({ChainVerdict::UntrustedRoot, u"the chain cannot be trusted: %1"_s.arg(reasons.join(", "_L1))});
}

void addTrust(QList<ChainFinding> &found, const ChainPath &path)
{
    const auto any = [&](std::initializer_list<int> codes) {
        return std::ranges::any_of(codes, [&](int code) { return path.errors.contains(code); });
    };
    if (any({X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT})) {
        found.prepend(
            {ChainVerdict::SelfSigned,
             u"the certificate is self-signed: %1 vouches only for itself"_s.arg(subjectOf(path.links.front().get()))});
    } else if (any({X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN})) {
        found.append(
            {ChainVerdict::UntrustedRoot,
             u"the chain leads to %1, which this computer does not trust"_s.arg(subjectOf(path.links.back().get()))});
    } else if (any({X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT})) {
        found.append(brokenPath(path));
    } else {
        addOtherErrors(found, path);
    }
}

void addValidity(QList<ChainFinding> &found, const ChainPath &path, TimePoint now)
{
    for (const auto &link : path.links) {
        const TimePoint from = toTime(X509_get0_notBefore(link.get()));
        const TimePoint to = toTime(X509_get0_notAfter(link.get()));
        const QString role = link == path.links.front() ? u"the certificate of"_s
            : isSelfSigned(link.get())                  ? u"the root"_s
                                                        : u"the intermediate"_s;
        const QString what = role + u' ' + subjectOf(link.get());
        if (to <= now) // as OpenSSL's verifier has it: what it refuses needs a finding
            found.append({ChainVerdict::Expired, u"%1 expired on %2 (UTC)"_s.arg(what, dateText(to))});
        if (from > now)
            found.append({ChainVerdict::NotYetValid,
                          u"%1 is valid only from %2 (UTC); check both clocks"_s.arg(what, toIso(from))});
    }
}

QString namesText(const Certificate &leaf)
{
    if (leaf.names.size() <= namesShown)
        return leaf.names.join(", "_L1);
    return u"%1 and %2 more"_s.arg(leaf.names.first(namesShown).join(", "_L1),
                                   QString::number(leaf.names.size() - namesShown));
}

void addName(QList<ChainFinding> &found, const ChainPath &path, const QString &host)
{
    if (!path.errors.contains(X509_V_ERR_HOSTNAME_MISMATCH) && !path.errors.contains(X509_V_ERR_IP_ADDRESS_MISMATCH))
        return;
    const Certificate leaf = describe(path.links.front().get());
    const QString common = subjectOf(path.links.front().get());
    const bool onlyCommon = leaf.names.isEmpty() && common.compare(host, Qt::CaseInsensitive) == 0;
    found.append(
        {ChainVerdict::HostnameMismatch,
         onlyCommon
             ? u"the certificate names %1 only in its common name, which browsers and Go ignore; it needs a "
               "subjectAltName"_s.arg(host)
             : u"the certificate is for %1, not for %2"_s.arg(leaf.names.isEmpty() ? common : namesText(leaf), host)});
}

void addStrength(QList<ChainFinding> &found, const ChainPath &path)
{
    for (const auto &link : path.links) {
        const bool shortKey = EVP_PKEY_get_security_bits(X509_get0_pubkey(link.get())) < strongBits;
        int bits = 0;
        const bool brokenDigest = X509_get_signature_info(link.get(), nullptr, nullptr, &bits, nullptr) == 1
            && bits < strongDigestBits && !isSelfSigned(link.get()); // nobody relies on the signature of a root
        const QString who = shortKey || brokenDigest ? subjectOf(link.get()) : QString();
        if (shortKey)
            found.append({ChainVerdict::Weak, u"the key of %1 is too short (%2)"_s.arg(who, describe(link.get()).key)});
        if (brokenDigest)
            found.append({ChainVerdict::Weak,
                          u"the signature of %1 uses a broken digest (%2)"_s.arg(who, describe(link.get()).signature)});
    }
}

void setName(X509_VERIFY_PARAM *rules, const QString &host)
{
    QHostAddress address;
    if (address.setAddress(host)) {
        address.setScopeId({});
        X509_VERIFY_PARAM_set1_ip_asc(rules, address.toString().toLatin1().constData());
        return;
    }
    QByteArray name = QUrl::toAce(host);
    if (name.endsWith('.'))
        name.chop(1);
    X509_VERIFY_PARAM_set1_host(rules, name.constData(), static_cast<std::size_t>(name.size()));
}

} // namespace

ChainPath verify(const VerifyQuestion &question)
{
    ChainPath path;
    const std::unique_ptr<X509_STORE_CTX, OpenSslDeleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), question.store, sk_X509_value(question.sent, 0), question.sent);
    X509_STORE_CTX_set_default(context.get(), "ssl_server");
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context.get());
    setName(rules, question.host);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    X509_VERIFY_PARAM_set_auth_level(rules, 0);
    X509_VERIFY_PARAM_set_time(rules,
                               std::chrono::floor<std::chrono::seconds>(question.now).time_since_epoch().count());
    X509_STORE_CTX_set_app_data(context.get(), &path.errors);
    X509_STORE_CTX_set_verify_cb(context.get(), [](int ok, X509_STORE_CTX *state) {
        if (ok != 1)
            static_cast<std::set<int> *>(X509_STORE_CTX_get_app_data(state))->insert(X509_STORE_CTX_get_error(state));
        return 1;
    });
    X509_verify_cert(context.get());
    STACK_OF(X509) *built = X509_STORE_CTX_get1_chain(context.get());
    for (int i = 0; built != nullptr && i < sk_X509_num(built); ++i)
        path.links.emplace_back(sk_X509_value(built, i), X509_free);
    sk_X509_free(built);
    if (path.links.empty()) { // the verifier gave up before it began
        X509_up_ref(sk_X509_value(question.sent, 0));
        path.links.emplace_back(sk_X509_value(question.sent, 0), X509_free);
        path.errors.insert(X509_STORE_CTX_get_error(context.get()));
    }
    return path;
}

QList<ChainFinding> explain(const ChainPath &path, const VerifyQuestion &question)
{
    QList<ChainFinding> found;
    addValidity(found, path, question.now);
    addTrust(found, path);
    addName(found, path, question.host);
    addStrength(found, path);
    return found;
}

} // namespace allclear
