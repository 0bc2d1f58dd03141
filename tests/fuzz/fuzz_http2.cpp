// An HTTP/2 server's bytes, in pieces: the same outcome as in one piece, bounded in and out. Two option bytes first.
#include "fuzzing.h"

#include "probes/http2session.h"

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

constexpr HttpLimits limits{.headerBytes = 8 * 1024, .bodyBytes = 64 * 1024};

struct Ending {
    bool complete = false;
    std::optional<FailureKind> failure;
    int status = 0;
    QByteArray body;
    QList<std::pair<QByteArray, QByteArray>> headers;
};

qint64 headerBytes(const HttpHead &head)
{
    qint64 bytes = 0;
    for (const auto &[name, value] : head.headers)
        bytes += name.size() + value.size();
    return bytes;
}

Ending readIn(const QByteArray &bytes, HttpExpect expect, qsizetype piece)
{
    Http2Session session(expect, limits);
    const bool isHead = expect == HttpExpect::NoBody;
    session.request(isHead ? "HEAD" : "POST", QUrl(QStringLiteral("https://localhost/graphql")), {{"Accept", "*/*"}},
                    isHead ? QByteArray() : QByteArray("{\"query\": \"{ok}\"}"));
    qint64 sent = session.takeOutgoing().size();
    inPieces(bytes, piece, [&](const QByteArray &some) {
        if (session.isComplete() || session.failure())
            return;
        session.feed(some);
        sent += session.takeOutgoing().size();
    });
    session.end();
    require(session.isComplete() != session.failure().has_value());
    require(session.body().size() <= limits.bodyBytes && headerBytes(session.head()) <= limits.headerBytes);
    if (session.isComplete()) // nothing green without evidence
        require(session.headComplete() && session.hasBytes() && session.head().status >= 200
                && session.head().status <= 999);
    else
        requireTold(*session.failure());
    session.close();
    sent += session.takeOutgoing().size();
    require(sent <= 16 * 1024 + 4 * bytes.size());
    return {.complete = session.isComplete(),
            .failure = session.failure() ? std::optional(session.failure()->kind) : std::nullopt,
            .status = session.head().status,
            .body = session.body(),
            .headers = session.head().headers};
}

/// A server that breaks the rules and takes its leave at once has two faults, and the pieces decide which is told.
bool isSame(std::optional<FailureKind> a, std::optional<FailureKind> b)
{
    const auto isPeers = [](std::optional<FailureKind> kind) {
        return kind == FailureKind::Closed || kind == FailureKind::Protocol;
    };
    return a == b || (isPeers(a) && isPeers(b));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const HttpExpect expect = input.byte() % 2 == 0 ? HttpExpect::Body : HttpExpect::NoBody;
    const qsizetype piece = 1 + input.byte() % 64;
    const QByteArray bytes = input.rest();
    const Ending whole = readIn(bytes, expect, std::max<qsizetype>(bytes.size(), 1));
    const Ending pieces = readIn(bytes, expect, piece);
    require(whole.complete == pieces.complete && isSame(whole.failure, pieces.failure));
    if (whole.complete)
        require(whole.status == pieces.status && whole.body == pieces.body && whole.headers == pieces.headers);
    return 0;
}
