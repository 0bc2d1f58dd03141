// What a proxy answers before the way through it is open, in pieces: CONNECT's answer or SOCKS 5. Two option bytes.
#include "fuzzing.h"

#include "probes/proxytunnel.h"

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

struct Ending {
    bool open = false;
    std::optional<FailureKind> failure;
    std::optional<int> status;
    QByteArray inner, said;
};

Ending readIn(const QByteArray &bytes, const Proxy &proxy, qsizetype piece)
{
    TrustStores stores;
    ProxyTunnel tunnel(proxy, {.host = QStringLiteral("example.invalid"), .port = 443});
    tunnel.start(stores, {}, TimePoint(std::chrono::seconds(1'764'000'000)));
    Ending ending{.said = tunnel.takeOutgoing()};
    inPieces(bytes, piece, [&](const QByteArray &some) {
        if (tunnel.failure())
            return;
        tunnel.feed(some);
        ending.said += tunnel.takeOutgoing();
        ending.inner += tunnel.takeInner();
    });
    tunnel.end();
    require(tunnel.isOpen() != tunnel.failure().has_value());
    require(ending.said.size() <= 2048 && ending.inner.size() <= bytes.size());
    require(tunnel.isOpen() || ending.inner.isEmpty()); // nothing of the proxy's own talk passes as the target's
    if (tunnel.failure())
        requireTold(*tunnel.failure());
    ending.open = tunnel.isOpen();
    ending.failure = tunnel.failure() ? std::optional(tunnel.failure()->kind) : std::nullopt;
    ending.status = tunnel.status();
    return ending;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const int options = input.byte();
    const qsizetype piece = 1 + input.byte() % 64;
    Proxy proxy{.kind = (options & 1) != 0 ? ProxyKind::Socks5 : ProxyKind::Http,
                .host = QStringLiteral("proxy.invalid"),
                .port = 3128};
    if ((options & 2) != 0)
        proxy.user = proxy.password = QStringLiteral("somebody");
    const QByteArray bytes = input.rest();
    const Ending whole = readIn(bytes, proxy, std::max<qsizetype>(bytes.size(), 1));
    const Ending pieces = readIn(bytes, proxy, piece);
    require(whole.open == pieces.open && whole.failure == pieces.failure && whole.status == pieces.status);
    require(whole.inner == pieces.inner && whole.said == pieces.said);
    return 0;
}
