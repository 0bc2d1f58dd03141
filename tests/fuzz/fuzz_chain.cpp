// Certificates as a server sends them (DER, one behind the other): described and judged, and never trusted, for nothing is
// trusted here. The rest of the input is a stapled OCSP response.
#include "probes/certificate.h"
#include "probes/chainverdict.h"
#include "probes/staple.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *at = data;
    const unsigned char *const end = data + size;
    STACK_OF(X509) *sent = sk_X509_new_null();
    std::vector<std::shared_ptr<X509>> owned;
    while (at < end && owned.size() < 8) {
        X509 *certificate = d2i_X509(nullptr, &at, static_cast<long>(end - at));
        if (certificate == nullptr)
            break;
        owned.emplace_back(certificate, &X509_free);
        sk_X509_push(sent, certificate);
        (void)describe(certificate);
    }
    const TimePoint now = TimePoint(std::chrono::seconds(1790000000));
    if (!owned.empty()) {
        static X509_STORE *const store = X509_STORE_new(); // empty
        const VerifyQuestion question{.sent = sent, .store = store, .host = QStringLiteral("a.test"), .now = now};
        const ChainPath path = verify(question);
        if (path.links.empty() || explain(path, question).isEmpty())
            __builtin_trap(); // green without an anchor
        const QByteArrayView rest(reinterpret_cast<const char *>(at), static_cast<qsizetype>(end - at));
        (void)readStaple(rest, {.certificate = owned.front().get(), .issuer = owned.size() > 1 ? owned[1].get() : nullptr, .now = now});
    }
    sk_X509_free(sent);
    return 0;
}
