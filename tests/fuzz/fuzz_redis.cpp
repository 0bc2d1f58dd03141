// Redis replies and INFO texts, in pieces: the same values as in one piece, and never beyond the limits.
#include "probes/redisanswers.h"
#include "probes/respreader.h"

using namespace allclear;

namespace {

constexpr qint64 limit = 64 * 1024;

QList<QByteArray> repliesOf(QByteArrayView bytes, qsizetype piece, bool &failed)
{
    RespReader reader(limit);
    QList<QByteArray> replies;
    for (qsizetype at = 0; at < bytes.size() && !reader.failure(); at += piece) {
        reader.feed(bytes.sliced(at, std::min(piece, bytes.size() - at)));
        while (const std::unique_ptr<RespValue> reply = reader.next())
            replies.append(respText(*reply).value_or("nil"));
    }
    failed = reader.failure().has_value();
    return replies;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    bool failedWhole = false, failedPieces = false;
    const QList<QByteArray> whole = repliesOf(bytes, std::max<qsizetype>(bytes.size(), 1), failedWhole);
    const QList<QByteArray> pieces = repliesOf(bytes, 1 + data[0] % 32, failedPieces);
    if (failedWhole != failedPieces || (!failedWhole && whole != pieces))
        __builtin_trap();
    (void)redisInfoJson(bytes);
    (void)redisErrorWord(bytes);
    return 0;
}
