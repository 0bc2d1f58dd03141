#include "probes/chain.h"

#include "probes/certificate.h"
#include "probes/chainverdict.h"
#include "probes/staple.h"

#include <openssl/x509v3.h>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxDescribed = 20; ///< certificates kept; OpenSSL lets 100 KiB of them through

std::optional<std::size_t> placeIn(const ChainPath &path, const X509 *certificate)
{
    const auto found = std::ranges::find_if(path.links, [&](const auto &link) { return X509_cmp(link.get(), certificate) == 0; });
    return found == path.links.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - path.links.begin()));
}

bool signsAnother(STACK_OF(X509) *sent, int index)
{
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        if (i != index && X509_check_issued(sk_X509_value(sent, index), sk_X509_value(sent, i)) == X509_V_OK)
            return true;
    }
    return false;
}

/// RFC 5246 section 7.4.2: each certificate certifies the one before it; the root may be left out.
QStringList orderNotes(STACK_OF(X509) *sent, const ChainPath &path)
{
    QStringList notes;
    std::size_t reached = 0;
    bool ordered = true;
    for (int i = 1; i < std::min(sk_X509_num(sent), maxDescribed); ++i) {
        X509 *certificate = sk_X509_value(sent, i);
        const QString who = subjectOf(certificate);
        const std::optional<std::size_t> place = placeIn(path, certificate);
        bool repeated = false;
        for (int before = 0; before < i; ++before)
            repeated = repeated || X509_cmp(sk_X509_value(sent, before), certificate) == 0;
        if (repeated) {
            notes.append(u"the server sends the certificate %1 twice"_s.arg(who));
        } else if (X509_self_signed(certificate, 0) == 1 && (place || signsAnother(sent, i))) {
            notes.append(u"the server also sends the root %1; clients use their own copy of it"_s.arg(who));
        } else if (!place) {
            notes.append((signsAnother(sent, i) ? u"the server sends %1, which is not needed: there is a shorter way to a trusted root"_s
                                                : u"the server sends %1, which has nothing to do with its own certificate"_s).arg(who));
        }
        if (place && !repeated) {
            ordered = ordered && *place > reached;
            reached = *place;
        }
    }
    if (!ordered)
        notes.prepend(u"the certificates are sent out of order; strict clients refuse that"_s);
    return notes;
}

void readHandshake(TlsFacts &facts, const SSL *ssl)
{
    facts.version = QString::fromLatin1(SSL_get_version(ssl));
    facts.cipher = QString::fromLatin1(SSL_get_cipher_name(ssl));
    const unsigned char *alpn = nullptr;
    unsigned int alpnLength = 0;
    SSL_get0_alpn_selected(ssl, &alpn, &alpnLength);
    facts.alpn = QString::fromLatin1(reinterpret_cast<const char *>(alpn), static_cast<qsizetype>(alpnLength));
}

/// The first finding is the verdict; every one has its sentence.
void addFinding(TlsFacts &facts, const ChainFinding &finding)
{
    if (facts.chainVerdict == ChainVerdict::Ok)
        facts.chainVerdict = finding.verdict;
    facts.chainMessage += (facts.chainMessage.isEmpty() ? QString() : u"; "_s) + finding.sentence;
}

double daysUntil(const ASN1_TIME *time, TimePoint now)
{
    return std::chrono::duration<double, std::ratio<86400>>(toTime(time) - now).count();
}

/// What the staple adds: a finding when it revokes, a note when it proves nothing.
void addStaple(ChainExamination &result, QList<ChainFinding> &found, const Staple &staple, X509 *leaf)
{
    result.facts.ocsp = staple.status;
    if (staple.status == OcspStatus::Revoked)
        found.prepend({ChainVerdict::Revoked, staple.sentence});
    else if (!staple.sentence.isEmpty())
        result.notes.append(staple.sentence);
    if (staple.status == OcspStatus::Absent && demandsStaple(leaf)) {
        result.notes.append(u"the certificate demands a stapled OCSP response (must-staple), and the server sends none: browsers "
                            "that honour it refuse the connection"_s);
    }
}

} // namespace

ChainExamination examineChain(const SSL *ssl, const ChainQuestion &question)
{
    ChainExamination result = examineCertificates(SSL_get_peer_cert_chain(ssl), question);
    readHandshake(result.facts, ssl);
    if (SSL_version(ssl) < TLS1_2_VERSION && !result.facts.chain.isEmpty()) {
        addFinding(result.facts, {ChainVerdict::Weak,
                                  u"the server speaks %1, which is too old (RFC 8996)"_s.arg(result.facts.version)});
    }
    return result;
}

ChainExamination examineCertificates(STACK_OF(X509) *sent, const ChainQuestion &question)
{
    ChainExamination result;
    TlsFacts &facts = result.facts;
    if (sent == nullptr || sk_X509_num(sent) == 0) {
        facts.chainVerdict = ChainVerdict::UntrustedRoot;
        facts.chainMessage = u"the server sent no certificate"_s;
        return result;
    }
    for (int i = 0; i < std::min(sk_X509_num(sent), maxDescribed); ++i)
        facts.chain.append(describe(sk_X509_value(sent, i)));
    if (sk_X509_num(sent) > maxDescribed)
        result.notes.append(u"the server sends %1 certificates; the first %2 are kept"_s.arg(sk_X509_num(sent)).arg(maxDescribed));

    const VerifyQuestion verification{.sent = sent, .store = question.store, .host = question.host, .now = question.now};
    const ChainPath path = verify(verification);
    facts.daysLeft = daysUntil(X509_get0_notAfter(path.links.front().get()), question.now);
    facts.shortestDaysLeft = facts.daysLeft;
    for (const auto &link : path.links)
        facts.shortestDaysLeft = std::min(*facts.shortestDaysLeft, daysUntil(X509_get0_notAfter(link.get()), question.now));

    QList<ChainFinding> found = explain(path, verification);
    result.notes += orderNotes(sent, path);
    X509 *leaf = path.links.front().get();
    X509 *issuer = path.links.size() > 1 ? path.links[1].get() : nullptr;
    addStaple(result, found, readStaple(question.staple, {.certificate = leaf, .issuer = issuer, .now = question.now}), leaf);
    for (const ChainFinding &finding : std::as_const(found))
        addFinding(facts, finding);
    return result;
}

} // namespace allclear
