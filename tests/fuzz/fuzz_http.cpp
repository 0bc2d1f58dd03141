// HTTP/1.x bytes in pieces of every size: whatever comes, the outcome is the same as in one piece, and bounded.
#include "probes/httpreader.h"

using namespace allclear;

namespace {

constexpr HttpLimits limits{.headerBytes = 8 * 1024, .bodyBytes = 64 * 1024};

struct Ending {
    bool complete = false;
    std::optional<FailureKind> failure;
    HttpHead head;
    QByteArray body;
};

/// Nothing green without evidence: a complete answer has a status that ends an exchange.
void checkComplete(const HttpReader &reader, HttpExpect expect)
{
    const int status = reader.head().status;
    if (!reader.headComplete() || !reader.hasBytes() || status > 999 || (status < 200) != (status == 101 && expect == HttpExpect::Upgrade))
        __builtin_trap();
    if (expect == HttpExpect::NoBody && !reader.body().isEmpty())
        __builtin_trap();
}

Ending readIn(QByteArrayView bytes, HttpExpect expect, qsizetype piece)
{
    HttpReader reader(expect, limits);
    for (qsizetype at = 0; at < bytes.size() && !reader.isComplete() && !reader.failure(); at += piece)
        reader.feed(bytes.sliced(at, std::min(piece, bytes.size() - at)));
    if (!reader.isComplete() && !reader.failure())
        reader.end();
    if (reader.body().size() > limits.bodyBytes)
        __builtin_trap();
    if (reader.isComplete() == reader.failure().has_value())
        __builtin_trap(); // neither or both
    if (reader.isComplete())
        checkComplete(reader, expect);
    else if (reader.canReuse())
        __builtin_trap();
    return {.complete = reader.isComplete(),
            .failure = reader.failure() ? std::optional(reader.failure()->kind) : std::nullopt,
            .head = reader.head(),
            .body = reader.body()};
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
    if (whole.complete != pieces.complete || whole.failure != pieces.failure || (whole.complete && whole.body != pieces.body)
        || whole.head.status != pieces.head.status || whole.head.headers != pieces.head.headers)
        __builtin_trap();
    return 0;
}
