// What a server may send in a TLS handshake: certificates (DER, one after the other) and, where no certificate parses
// any more, an OCSP response. The first byte says whether the last certificate is trusted and what the host is called.
#include "fuzzing.h"

#include "probes/chain.h"
#include "probes/staple.h"
#include "probes/truststores.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

constexpr int mostCertificates = 40;
constexpr qsizetype longestText = 512;

using StackPtr =
    std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); })>;

/// Takes certificates off the front of `bytes`; what is left is the staple.
StackPtr certificatesOf(QByteArray &bytes)
{
    StackPtr stack(sk_X509_new_null());
    while (sk_X509_num(stack.get()) < mostCertificates) {
        const auto *at = reinterpret_cast<const unsigned char *>(bytes.constData());
        const auto *start = at;
        X509 *certificate = d2i_X509(nullptr, &at, static_cast<long>(bytes.size()));
        if (certificate == nullptr)
            break;
        sk_X509_push(stack.get(), certificate);
        bytes = bytes.sliced(at - start);
    }
    ERR_clear_error();
    return stack;
}

/// OpenSSL's own verifier, which stops at the first error.
bool isTrustedByOpenSsl(STACK_OF(X509) * sent, const ChainQuestion &question)
{
    const std::unique_ptr<X509_STORE_CTX, OpenSslDeleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), question.store, sk_X509_value(sent, 0), sent);
    X509_STORE_CTX_set_default(context.get(), "ssl_server");
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_auth_level(rules, 0);
    X509_VERIFY_PARAM_set_time(rules,
                               std::chrono::floor<std::chrono::seconds>(question.now).time_since_epoch().count());
    return X509_verify_cert(context.get()) == 1;
}

bool covers(X509 *leaf, const QByteArray &host)
{
    const auto size = static_cast<std::size_t>(host.size());
    return X509_check_host(leaf, host.constData(), size, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1
        || X509_check_ip_asc(leaf, host.constData(), 0) == 1;
}

void checkFacts(const TlsFacts &facts)
{
    require((facts.chainVerdict == ChainVerdict::Ok) == facts.chainMessage.isEmpty());
    require(facts.chain.size() <= 20 && facts.chain.isEmpty() != facts.daysLeft.has_value());
    for (const Certificate &certificate : facts.chain) {
        require(std::max({certificate.subject.size(), certificate.issuer.size(), certificate.serial.size()})
                <= longestText);
        require(certificate.names.size() <= 100 && certificate.fingerprint.size() == 64);
    }
    require(facts.chainVerdict != ChainVerdict::Ok
            || (*facts.daysLeft >= 0 && facts.shortestDaysLeft <= facts.daysLeft));
    require((facts.ocsp == OcspStatus::Revoked) == (facts.chainVerdict == ChainVerdict::Revoked));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const int options = input.byte();
    QByteArray bytes = input.rest();
    const StackPtr sent = certificatesOf(bytes);
    const X509StorePtr store(X509_STORE_new(), X509_STORE_free);
    const int count = sk_X509_num(sent.get());
    if (count > 0 && (options & 1) != 0)
        X509_STORE_add_cert(store.get(), sk_X509_value(sent.get(), count - 1));
    const QByteArray host = (options & 2) != 0 ? "127.0.0.1" : "localhost";
    const ChainQuestion question{.host = QString::fromLatin1(host),
                                 .store = store.get(),
                                 .staple = bytes,
                                 .now = TimePoint(std::chrono::seconds(1'764'000'000))};
    const ChainExamination examined = examineCertificates(sent.get(), question);
    checkFacts(examined.facts);
    if (count > 0 && examined.facts.chainVerdict == ChainVerdict::Ok)
        require(isTrustedByOpenSsl(sent.get(), question) && covers(sk_X509_value(sent.get(), 0), host));
    if (count > 0) { // without an issuer nothing can be proved
        const Staple alone =
            readStaple(bytes, {.certificate = sk_X509_value(sent.get(), 0), .issuer = nullptr, .now = question.now});
        require(alone.status == (bytes.isEmpty() ? OcspStatus::Absent : OcspStatus::Invalid));
    }
    ERR_clear_error();
    return 0;
}
