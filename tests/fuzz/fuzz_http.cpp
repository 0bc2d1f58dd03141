// HTTP/1.x bytes in pieces of every size: whatever comes, the outcome is the same as in one piece, and bounded.
#include "probes/httpreader.h"

using namespace allclear;

namespace {

constexpr HttpLimits limits{.headerBytes = 8 * 1024, .bodyBytes = 64 * 1024};

struct Ending {
    bool complete = false;
    std::optional<FailureKind> failure;
    QByteArray body;
};

Ending readIn(QByteArrayView bytes, HttpExpect expect, qsizetype piece)
{
    HttpReader reader(expect, limits);
    for (qsizetype at = 0; at < bytes.size() && !reader.isComplete() && !reader.failure(); at += piece)
        reader.feed(bytes.sliced(at, std::min(piece, bytes.size() - at)));
    if (!reader.isComplete() && !reader.failure())
        reader.end();
    if (reader.body().size() > limits.bodyBytes + 64 * 1024)
        __builtin_trap();
    if (reader.isComplete() == reader.failure().has_value())
        __builtin_trap(); // neither or both
    return {.complete = reader.isComplete(), .failure = reader.failure() ? std::optional(reader.failure()->kind) : std::nullopt, .body = reader.body()};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 32 * 1024)
        return 0;
    const auto expect = static_cast<HttpExpect>(data[0] % 3);
    const qsizetype piece = 1 + data[1] % 64;
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 2, static_cast<qsizetype>(size) - 2);
    const Ending whole = readIn(bytes, expect, std::max<qsizetype>(bytes.size(), 1));
    const Ending pieces = readIn(bytes, expect, piece);
    if (whole.complete != pieces.complete || whole.failure != pieces.failure || (whole.complete && whole.body != pieces.body))
        __builtin_trap();
    return 0;
}
