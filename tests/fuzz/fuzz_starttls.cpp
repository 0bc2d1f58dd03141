// What a server says before TLS. Its turns are separated by the byte 0xff; whoever is ready when each turn comes at
// once is ready too, and has said the same, when the bytes come one by one.
#include "fuzzing.h"

#include "probes/starttls.h"

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

struct Talk {
    bool ready = false;
    std::optional<FailureKind> failure;
    QByteArray said;
    std::optional<StartTlsProtocol> protocol;
};

Talk talk(const QList<QByteArray> &turns, std::optional<StartTlsProtocol> protocol, qsizetype piece)
{
    StartTlsDialogue dialogue(protocol);
    Talk result{.said = dialogue.takeOutgoing()};
    for (const QByteArray &turn : turns) {
        inPieces(turn, std::min(piece, std::max<qsizetype>(turn.size(), 1)), [&](const QByteArray &some) {
            if (dialogue.failure() || dialogue.isReady())
                return;
            dialogue.feed(some);
            result.said += dialogue.takeOutgoing();
        });
    }
    require(!dialogue.isReady() || !dialogue.failure());
    require(dialogue.transcript().size() <= 2048 && result.said.size() <= 64);
    if (dialogue.failure())
        requireTold(*dialogue.failure());
    else
        require(dialogue.isReady() || !dialogue.awaited().isEmpty());
    if (dialogue.code())
        require(dialogue.failure() && dialogue.failure()->kind == FailureKind::Rejected);
    result.ready = dialogue.isReady();
    result.failure = dialogue.failure() ? std::optional(dialogue.failure()->kind) : std::nullopt;
    result.protocol = dialogue.protocol();
    return result;
}

bool hasAsked(const Talk &talk)
{
    return talk.protocol == StartTlsProtocol::Postgres ? talk.said.size() == 8 : talk.said.endsWith("STARTTLS\r\n");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static constexpr std::array<std::optional<StartTlsProtocol>, 4> protocols{
        std::nullopt, StartTlsProtocol::Smtp, StartTlsProtocol::Imap, StartTlsProtocol::Postgres};
    Input input(data, size);
    const auto protocol = protocols[static_cast<std::size_t>(input.byte()) % protocols.size()];
    const qsizetype piece = 1 + input.byte() % 64;
    const QList<QByteArray> turns = input.rest().split('\xff');
    const Talk whole = talk(turns, protocol, std::numeric_limits<qsizetype>::max());
    const Talk pieces = talk(turns, protocol, piece);
    require(!whole.ready || hasAsked(whole));
    require(!pieces.ready || hasAsked(pieces));
    if (!whole.failure) // what comes too early is noticed only where it comes together with what came in time
        require(whole.ready == pieces.ready && !pieces.failure && whole.said == pieces.said);
    return 0;
}
