// Replies of the Redis serialization protocol, version 2, read with hiredis's reader but into values of our own, so
// that bytes, elements and depth are bounded whatever a server announces. No socket, no clock; feed it bytes.
#pragma once

#include "core/observation.h"

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <vector>

namespace allclear
{

inline constexpr qsizetype maxRespElements = 65536; ///< of one reply, nested ones included

struct RespValue {
    enum class Type { Status, Error, Integer, Text, Nil, Array };
    Type type = Type::Nil;
    QByteArray text; ///< Status, Error, Text
    qint64 integer = 0;
    std::vector<std::unique_ptr<RespValue>> elements;
};

class RespReader
{
public:
    /// `limit` is in bytes and holds for each reply, framing included.
    explicit RespReader(qint64 limit);
    ~RespReader();

    void feed(QByteArrayView bytes);
    /// The next complete reply, or null: look at failure(), or feed more.
    std::unique_ptr<RespValue> next();
    /// `protocol` or `oversize`; the reader is dead then.
    const std::optional<Failure> &failure() const { return m_failure; }
    bool hasPartial() const { return m_pending > 0; } ///< bytes of a reply that is not complete

private:
    struct Hiredis;
    void checkAnnounced();
    void brokenReply();
    void tooLong();
    void fail(FailureKind kind, const QString &message, const QString &hint);

    qint64 m_limit;
    qint64 m_pending = 0; // bytes since the last complete reply
    QByteArray m_start; // of the first reply: tells who is there instead of Redis
    std::unique_ptr<Hiredis> m_hiredis;
    std::optional<Failure> m_failure;
};

/// A command as an array of bulk strings.
QByteArray respCommand(const QList<QByteArray> &words);
/// What a reply is as text: JSON for arrays, nothing for nil.
std::optional<QByteArray> respText(const RespValue &value);

} // namespace allclear
