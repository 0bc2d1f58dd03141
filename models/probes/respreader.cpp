#include "probes/respreader.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <hiredis/hiredis.h>

namespace allclear
{

using namespace Qt::StringLiterals;

/// The reply that hiredis's callbacks put together; each task carries a pointer to it.
struct RespBuilding {
    std::unique_ptr<RespValue> root;
    qsizetype elements = 0;
    bool tooMany = false;
};

namespace
{

constexpr qsizetype sniffBytes = 16;
constexpr std::size_t lengthDigits = 32;
constexpr qsizetype longestLine = 64 * 1024; // of a status, an error, a number or a length

QString limitHint() { return u"client.max-body-size sets the limit"_s; }

RespBuilding *buildingOf(const redisReadTask *task) { return static_cast<RespBuilding *>(task->privdata); }

RespValue *add(const redisReadTask *task, RespValue value)
{
    RespBuilding *building = buildingOf(task);
    if (++building->elements > maxRespElements) {
        building->tooMany = true;
        return nullptr; // hiredis ends as if memory had run out
    }
    auto made = std::make_unique<RespValue>(std::move(value));
    RespValue *raw = made.get();
    if (task->parent != nullptr && task->parent->obj != nullptr)
        static_cast<RespValue *>(task->parent->obj)->elements.push_back(std::move(made));
    else
        building->root = std::move(made);
    return raw;
}

void *createString(const redisReadTask *task, char *text, std::size_t length)
{
    using enum RespValue::Type;
    const RespValue::Type type = task->type == REDIS_REPLY_ERROR ? Error
        : task->type == REDIS_REPLY_STATUS                       ? Status
                                                                 : Text;
    return add(task, {.type = type, .text = QByteArray(text, static_cast<qsizetype>(length))});
}

void *createArray(const redisReadTask *task, int elements)
{
    if (elements > maxRespElements) {
        buildingOf(task)->tooMany = true;
        return nullptr;
    }
    return add(task, {.type = RespValue::Type::Array});
}

void *createInteger(const redisReadTask *task, long long integer)
{
    return add(task, {.type = RespValue::Type::Integer, .integer = integer});
}

void *createNil(const redisReadTask *task) { return add(task, {.type = RespValue::Type::Nil}); }

void freeObject(void *) { } // RespBuilding owns everything

redisReplyObjectFunctions functions{createString, createArray, createInteger, createNil, freeObject};

QJsonValue toJson(const RespValue &value)
{
    using enum RespValue::Type;
    switch (value.type) {
    case Status:
    case Error:
    case Text: return QString::fromUtf8(value.text);
    case Integer: return value.integer;
    case Nil: return QJsonValue::Null;
    case Array: break;
    }
    QJsonArray array;
    for (const std::unique_ptr<RespValue> &element : value.elements)
        array.append(toJson(*element));
    return array;
}

/// Who answers instead of Redis, by its first bytes.
std::pair<QString, QString> stranger(const QByteArray &start)
{
    const QString port = u"check the port: Redis usually has 6379"_s;
    if (start.startsWith("HTTP/"))
        return {u"an HTTP server answered, not Redis"_s, port};
    if (start.startsWith("SSH-"))
        return {u"an SSH server answered, not Redis"_s, port};
    if (start.startsWith("\x15\x03"))
        return {u"the server wants TLS: it answered with a TLS alert"_s, u"write rediss:// for Redis over TLS"_s};
    return {u"the answer is not Redis's protocol: it starts with %1"_s.arg(QString::fromLatin1(start.toHex(' '))),
            port};
}

} // namespace

struct RespReader::Hiredis {
    std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader{redisReaderCreateWithFunctions(&functions),
                                                                    &redisReaderFree};
    RespBuilding building;
};

RespReader::RespReader(qint64 limit) : m_limit(limit), m_hiredis(std::make_unique<Hiredis>())
{
    m_hiredis->reader->privdata = &m_hiredis->building;
}

RespReader::~RespReader() = default;

void RespReader::feed(QByteArrayView bytes)
{
    if (m_failure)
        return;
    if (m_start.size() < sniffBytes)
        m_start += bytes.first(std::min(sniffBytes - m_start.size(), bytes.size()));
    m_pending += bytes.size();
    redisReaderFeed(m_hiredis->reader.get(), bytes.data(), static_cast<std::size_t>(bytes.size()));
}

std::unique_ptr<RespValue> RespReader::next()
{
    if (m_failure)
        return nullptr;
    redisReader *reader = m_hiredis->reader.get();
    void *reply = nullptr;
    if (redisReaderGetReply(reader, &reply) != REDIS_OK) {
        brokenReply();
        return nullptr;
    }
    if (reply == nullptr) {
        checkAnnounced();
        return nullptr;
    }
    const auto rest = static_cast<qint64>(reader->len - reader->pos);
    if (m_pending - rest > m_limit) {
        tooLong();
        return nullptr;
    }
    m_pending = rest;
    m_hiredis->building.elements = 0;
    return std::move(m_hiredis->building.root);
}

/// What is announced or has come of an incomplete reply may be too much already.
void RespReader::checkAnnounced()
{
    if (m_pending > m_limit) {
        tooLong();
        return;
    }
    const redisReader *reader = m_hiredis->reader.get();
    const QByteArrayView unread(reader->buf + reader->pos, static_cast<qsizetype>(reader->len - reader->pos));
    if (unread.size() > longestLine && !unread.first(longestLine).contains('\n')) { // hiredis would read it all again each time
        fail(FailureKind::Oversize, u"a line of the reply exceeds the limit of %1 KiB"_s.arg(longestLine / 1024), {});
        return;
    }
    if (reader->ridx < 0 || reader->rstack[reader->ridx].type != REDIS_REPLY_STRING)
        return;
    const std::size_t some = std::min<std::size_t>(lengthDigits, reader->len - reader->pos);
    const QByteArrayView rest(reader->buf + reader->pos, static_cast<qsizetype>(some));
    const qsizetype end = rest.indexOf('\r');
    bool ok = false;
    const qint64 announced = end > 0 ? rest.first(end).toLongLong(&ok) : 0;
    if (ok && announced > m_limit)
        fail(FailureKind::Oversize,
             u"the reply announces %1 bytes; the limit is %2 KiB"_s.arg(announced).arg(m_limit / 1024), limitHint());
}

void RespReader::tooLong()
{
    fail(FailureKind::Oversize, u"the reply exceeds the limit of %1 KiB"_s.arg(m_limit / 1024), limitHint());
}

void RespReader::brokenReply()
{
    const redisReader *reader = m_hiredis->reader.get();
    const QString told = QString::fromLatin1(reader->errstr);
    if (m_hiredis->building.tooMany) {
        fail(FailureKind::Oversize, u"the reply has more than %1 elements"_s.arg(maxRespElements),
             u"ask for less at a time"_s);
    } else if (!QByteArray("+-:$*").contains(m_start.at(0))) {
        const auto [message, hint] = stranger(m_start);
        fail(FailureKind::Protocol, message, hint);
    } else {
        fail(FailureKind::Protocol, u"the reply breaks Redis's protocol: %1"_s.arg(told),
             u"a proxy in between may have damaged it"_s);
    }
}

void RespReader::fail(FailureKind kind, const QString &message, const QString &hint)
{
    m_failure = {.kind = kind, .phase = Phase::Receive, .message = message, .hint = hint};
    m_hiredis->building.root.reset();
}

QByteArray respCommand(const QList<QByteArray> &words)
{
    std::vector<const char *> texts;
    std::vector<std::size_t> lengths;
    for (const QByteArray &word : words) {
        texts.push_back(word.constData());
        lengths.push_back(static_cast<std::size_t>(word.size()));
    }
    char *formatted = nullptr;
    const int length = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()), texts.data(), lengths.data());
    const QByteArray command(formatted, std::max(0, length));
    redisFreeCommand(formatted);
    return command;
}

std::optional<QByteArray> respText(const RespValue &value)
{
    using enum RespValue::Type;
    switch (value.type) {
    case Status:
    case Error:
    case Text: return value.text;
    case Integer: return QByteArray::number(value.integer);
    case Nil: return std::nullopt;
    case Array: break;
    }
    return QJsonDocument(toJson(value).toArray()).toJson(QJsonDocument::Compact);
}

} // namespace allclear
