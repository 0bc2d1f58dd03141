// What a server says before TLS: agreed or refused, never both, whatever it says and in whatever pieces.
#include "probes/starttls.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    std::optional<StartTlsProtocol> protocol;
    if (data[0] % 4 < 3)
        protocol = static_cast<StartTlsProtocol>(data[0] % 4);
    StartTlsDialogue dialogue(protocol);
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 2, static_cast<qsizetype>(size) - 2);
    const qsizetype piece = 1 + data[1] % 32;
    for (qsizetype at = 0; at < bytes.size() && !dialogue.isReady() && !dialogue.failure(); at += piece) {
        dialogue.feed(bytes.mid(at, piece));
        (void)dialogue.takeOutgoing();
    }
    if (dialogue.isReady() && dialogue.failure())
        __builtin_trap();
    (void)dialogue.awaited();
    return 0;
}
