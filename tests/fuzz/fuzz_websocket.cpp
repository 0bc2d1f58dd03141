// WebSocket frames from a server, in pieces: the same events as in one piece, messages within the limit.
#include "probes/wsframes.h"

using namespace allclear;

namespace {

constexpr qint64 limit = 16 * 1024;

QList<WsEvent> eventsOf(QByteArrayView bytes, qsizetype piece, bool &failed)
{
    WsReader reader(limit);
    QList<WsEvent> events;
    for (qsizetype at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.sliced(at, std::min(piece, bytes.size() - at)));
        while (const auto event = reader.next()) {
            if (event->payload.size() > limit || event->type == WsOpcode::Continuation)
                __builtin_trap();
            events.append(*event);
        }
    }
    failed = reader.failure().has_value();
    return events;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 64 * 1024)
        return 0;
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    bool failedWhole = false, failedPieces = false;
    const QList<WsEvent> whole = eventsOf(bytes, std::max<qsizetype>(bytes.size(), 1), failedWhole);
    const QList<WsEvent> pieces = eventsOf(bytes, 1 + data[0] % 32, failedPieces);
    const bool same = std::ranges::equal(whole, pieces, [](const WsEvent &a, const WsEvent &b) {
        return a.type == b.type && a.payload == b.payload && a.closeCode == b.closeCode;
    });
    if (!same || failedWhole != failedPieces)
        __builtin_trap();
    return 0;
}
