// HTTP/2 frames from a server: success or failure, never both, and the body within its limit.
#include "probes/http2session.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    constexpr HttpLimits limits{.headerBytes = 8 * 1024, .bodyBytes = 32 * 1024};
    Http2Session session(HttpExpect::Body, limits);
    session.request("GET", QUrl(QStringLiteral("https://a.test/")), {}, {});
    (void)session.takeOutgoing();
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    const qsizetype piece = 1 + data[0] % 64;
    for (qsizetype at = 0; at < bytes.size() && !session.isComplete() && !session.failure(); at += piece) {
        session.feed(bytes.sliced(at, std::min(piece, bytes.size() - at)));
        (void)session.takeOutgoing();
    }
    if (!session.isComplete() && !session.failure())
        session.end();
    if (session.body().size() > limits.bodyBytes)
        __builtin_trap();
    if (session.isComplete() == session.failure().has_value())
        __builtin_trap();
    return 0;
}
