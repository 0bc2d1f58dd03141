// PostgreSQL messages in pieces: the same as in one piece; errors, columns, values and challenges of any content.
#include "probes/pgauth.h"
#include "probes/pgmessages.h"

using namespace allclear;

namespace {

QByteArray storyOf(const QByteArray &bytes, qsizetype piece)
{
    PgReader reader(32 * 1024, 16 * 1024);
    QByteArray story;
    for (qsizetype at = 0; at < bytes.size() && !reader.failure(); at += piece) {
        reader.feed(bytes.mid(at, piece));
        while (const std::optional<PgMessage> message = reader.take())
            story += message->type + QByteArray::number(message->body.size()) + ' ';
    }
    return reader.failure() ? story + "failed" : story;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    if (storyOf(bytes, std::max<qsizetype>(bytes.size(), 1)) != storyOf(bytes, 1 + data[0] % 16))
        __builtin_trap();
    (void)pg::reportFrom(bytes);
    (void)pg::columnsFrom(bytes);
    (void)pg::valuesFrom(bytes);
    PgAuth auth(QStringLiteral("probe"), QStringLiteral("secret"), "nonce");
    for (qsizetype at = 0; at < bytes.size(); at += 64) {
        if (std::holds_alternative<Failure>(auth.answer(bytes.mid(at, 64))))
            break;
    }
    if (auth.isDone() && bytes.isEmpty())
        __builtin_trap();
    return 0;
}
