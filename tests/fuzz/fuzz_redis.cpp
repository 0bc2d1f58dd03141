// Replies of a Redis server, in pieces: the same values as in one piece, within the limits; and what is read from them.
#include "fuzzing.h"

#include "probes/redisanswers.h"
#include "probes/respreader.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

constexpr qint64 limit = 8 * 1024;

struct Heard {
    QList<std::optional<QByteArray>> texts;
    std::optional<FailureKind> failure;
};

qsizetype elementsOf(const RespValue &value)
{
    qsizetype count = 1;
    for (const auto &element : value.elements)
        count += elementsOf(*element);
    return count;
}

void checkReply(const RespValue &value, const std::optional<QByteArray> &text)
{
    require(elementsOf(value) <= maxRespElements);
    require(text.has_value() == (value.type != RespValue::Type::Nil));
    if (value.type == RespValue::Type::Array)
        require(QJsonDocument::fromJson(*text).isArray());
    if (value.type == RespValue::Type::Error) {
        require(redisErrorWord(value.text).size() <= 40);
        requireTold(redisRefusal(value.text, "PING"));
    }
}

/// A ratio only where both of its sides were said.
void checkInfo(const QByteArray &text)
{
    const std::optional<QByteArray> json = redisInfoJson(text);
    require(json.has_value() <= text.contains("redis_version"));
    if (!json)
        return;
    const QJsonDocument document = QJsonDocument::fromJson(*json);
    require(document.isObject());
    const QJsonObject memory = document[QStringLiteral("memory")].toObject();
    if (memory.contains(QStringLiteral("used_ratio")))
        require(memory.value(QStringLiteral("max")).toDouble() > 0 && memory.value(QStringLiteral("used")).isDouble());
}

Heard hear(const QByteArray &bytes, qsizetype piece)
{
    RespReader reader(limit);
    Heard heard;
    inPieces(bytes, piece, [&](const QByteArray &some) {
        reader.feed(some);
        while (const std::unique_ptr<RespValue> value = reader.next()) {
            const std::optional<QByteArray> text = respText(*value);
            checkReply(*value, text);
            if (value->type == RespValue::Type::Text)
                checkInfo(*text);
            heard.texts.append(text);
        }
    });
    if (reader.failure()) {
        requireTold(*reader.failure());
        heard.failure = reader.failure()->kind;
    }
    return heard;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input(data, size);
    const qsizetype piece = 1 + input.byte() % 64;
    const QByteArray bytes = input.rest();
    const Heard whole = hear(bytes, std::max<qsizetype>(bytes.size(), 1));
    const Heard pieces = hear(bytes, piece);
    require(whole.texts == pieces.texts && whole.failure.has_value() == pieces.failure.has_value());
    // Too long and broken at once: what is noticed first depends on the pieces.
    require(whole.failure == pieces.failure || bytes.size() > limit || whole.failure == FailureKind::Oversize
            || pieces.failure == FailureKind::Oversize);
    checkInfo(bytes);
    return 0;
}
