#include "probes/staple.h"

#include "probes/certificate.h"
#include "probes/truststores.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr Duration clockSkew = 5min; ///< between this computer and the responder

using ResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpenSslDeleter<OCSP_RESPONSE_free>>;
using BasicPtr = std::unique_ptr<OCSP_BASICRESP, OpenSslDeleter<OCSP_BASICRESP_free>>;
using CertIdPtr = std::unique_ptr<OCSP_CERTID, OpenSslDeleter<OCSP_CERTID_free>>;

Staple invalid(const QString &sentence) { return {OcspStatus::Invalid, u"the stapled OCSP response "_s + sentence}; }

/// Signed by the issuer or by whom the issuer certified for it. Only the issuer is an anchor here: a response is as
/// good as the certificate's own signature, whatever else is wrong with the chain.
bool isSignedFor(OCSP_BASICRESP *basic, const StapleQuestion &question)
{
    const std::unique_ptr<X509_STORE, OpenSslDeleter<X509_STORE_free>> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), question.issuer);
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                               std::chrono::floor<std::chrono::seconds>(question.now).time_since_epoch().count());
    STACK_OF(X509) *known = sk_X509_new_null();
    sk_X509_push(known, question.issuer);
    const bool verified = OCSP_basic_verify(basic, known, store.get(), 0) == 1;
    sk_X509_free(known); // the certificate itself is the caller's
    ERR_clear_error();
    return verified;
}

/// The answer about this certificate among those of the response; the responder chose the digest of the id.
OCSP_SINGLERESP *answerAbout(OCSP_BASICRESP *basic, const StapleQuestion &question)
{
    for (int i = 0; i < OCSP_resp_count(basic); ++i) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        auto *id = const_cast<OCSP_CERTID *>(OCSP_SINGLERESP_get0_id(single));
        ASN1_OBJECT *digest = nullptr;
        OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, id);
        const EVP_MD *method = digest != nullptr ? EVP_get_digestbyobj(digest) : nullptr;
        if (method == nullptr)
            continue;
        const CertIdPtr wanted(OCSP_cert_to_id(method, question.certificate, question.issuer));
        if (wanted && OCSP_id_cmp(wanted.get(), id) == 0)
            return single;
    }
    return nullptr;
}

QString reasonText(int reason)
{
    switch (reason) {
    case OCSP_REVOKED_STATUS_KEYCOMPROMISE: return u"its key was compromised"_s;
    case OCSP_REVOKED_STATUS_CACOMPROMISE: return u"its authority was compromised"_s;
    case OCSP_REVOKED_STATUS_AFFILIATIONCHANGED: return u"its owner's affiliation changed"_s;
    case OCSP_REVOKED_STATUS_SUPERSEDED: return u"it was superseded"_s;
    case OCSP_REVOKED_STATUS_CESSATIONOFOPERATION: return u"the service it was for has ended"_s;
    case OCSP_REVOKED_STATUS_CERTIFICATEHOLD: return u"it is on hold"_s;
    default: return u"no reason is given"_s;
    }
}

Staple judge(OCSP_SINGLERESP *single, const StapleQuestion &question)
{
    int reason = 0;
    ASN1_GENERALIZEDTIME *revokedAt = nullptr, *thisUpdate = nullptr, *nextUpdate = nullptr;
    const int status = OCSP_single_get0_status(single, &reason, &revokedAt, &thisUpdate, &nextUpdate);
    if (thisUpdate == nullptr || toTime(thisUpdate) > question.now + clockSkew)
        return invalid(u"is from the future; check both clocks"_s);
    if (nextUpdate != nullptr && toTime(nextUpdate) < question.now - clockSkew)
        return invalid(u"expired on %1; the server does not renew it"_s.arg(toIso(toTime(nextUpdate))));
    switch (status) {
    case V_OCSP_CERTSTATUS_GOOD: return {OcspStatus::Good, {}};
    case V_OCSP_CERTSTATUS_REVOKED:
        return {OcspStatus::Revoked,
                u"the certificate was revoked on %1 (%2), says the stapled OCSP response"_s.arg(
                    toIso(toTime(revokedAt)), reasonText(reason))};
    default:
        return {OcspStatus::Unknown,
                u"the stapled OCSP response says that the authority does not know the certificate"_s};
    }
}

} // namespace

Staple readStaple(QByteArrayView response, const StapleQuestion &question)
{
    if (response.isEmpty())
        return {};
    const auto *bytes = reinterpret_cast<const unsigned char *>(response.data());
    ERR_clear_error();
    const ResponsePtr parsed(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(response.size())));
    if (!parsed) {
        ERR_clear_error();
        return invalid(u"cannot be parsed"_s);
    }
    if (const int status = OCSP_response_status(parsed.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        return invalid(u"holds no answer, only the responder's error \"%1\""_s.arg(
            QString::fromLatin1(OCSP_response_status_str(status))));
    }
    const BasicPtr basic(OCSP_response_get1_basic(parsed.get()));
    if (!basic)
        return invalid(u"is of an unknown type"_s);
    if (question.issuer == nullptr)
        return invalid(u"cannot be verified without the certificate of the issuer"_s);
    if (!isSignedFor(basic.get(), question))
        return invalid(u"is not signed by the certificate's issuer or a responder of its choice"_s);
    OCSP_SINGLERESP *single = answerAbout(basic.get(), question);
    return single != nullptr ? judge(single, question) : invalid(u"is about another certificate"_s);
}

} // namespace allclear
