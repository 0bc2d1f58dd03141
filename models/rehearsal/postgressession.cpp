// PostgreSQL frontend/backend protocol 3.0 (postgresql.org/docs/current/protocol.html), the part that a health check
// speaks: start-up, trust authentication, simple queries.
#include "rehearsal/databaselistener.h"

#include <QtEndian>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

constexpr qint32 protocol3 = 196608, sslRequest = 80877103, gssRequest = 80877104, cancelRequest = 80877102;
constexpr qint32 maxMessageBytes = 64 * 1024;

QByteArray int32(qint32 value)
{
    const qint32 swapped = qToBigEndian(value);
    return QByteArray(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

QByteArray int16(qint16 value)
{
    const qint16 swapped = qToBigEndian(value);
    return QByteArray(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

qint32 int32At(const QByteArray &bytes, qsizetype index) { return qFromBigEndian<qint32>(bytes.constData() + index); }

QByteArray text(const QByteArray &value) { return value + '\0'; }

QByteArray message(char type, const QByteArray &body) { return type + int32(qint32(body.size()) + 4) + body; }

QByteArray error(const QByteArray &severity, const QByteArray &code, const QByteArray &words)
{
    return message('E', 'S' + text(severity) + 'V' + text(severity) + 'C' + text(code) + 'M' + text(words) + '\0');
}

QByteArray readyForQuery() { return message('Z', "I"_ba); }

QByteArray greeting()
{
    const auto parameter = [](const QByteArray &name, const QByteArray &value) {
        return message('S', text(name) + text(value));
    };
    return message('R', int32(0)) + parameter("server_version"_ba, "17.2"_ba)
        + parameter("server_encoding"_ba, "UTF8"_ba) + parameter("client_encoding"_ba, "UTF8"_ba)
        + message('K', int32(4711) + int32(0)) + readyForQuery();
}

QByteArray oneValue(const QByteArray &column, const QByteArray &value)
{
    constexpr qint32 textType = 25;
    const QByteArray field
        = text(column) + int32(0) + int16(0) + int32(textType) + int16(-1) + int32(-1) + int16(0);
    return message('T', int16(1) + field) + message('D', int16(1) + int32(qint32(value.size())) + value)
        + message('C', text("SELECT 1"_ba)) + readyForQuery();
}

class PostgresSession final : public DatabaseSession {
public:
    Next take(QByteArray &buffer, QByteArray &reply, DatabaseState state) override
    {
        return m_started ? takeMessage(buffer, reply) : takeStartup(buffer, reply, state);
    }

private:
    Next takeStartup(QByteArray &buffer, QByteArray &reply, DatabaseState state)
    {
        if (buffer.size() < 8)
            return Next::NeedMore;
        const qint32 length = int32At(buffer, 0), code = int32At(buffer, 4);
        if (length < 8 || length > maxMessageBytes)
            return Next::Close;
        if (buffer.size() < length)
            return Next::NeedMore;
        buffer.remove(0, length);
        if (code == sslRequest || code == gssRequest) {
            reply += 'N';
            return Next::Continue;
        }
        if (code == cancelRequest)
            return Next::Close;
        if (code != protocol3) {
            reply += error("FATAL"_ba, "0A000"_ba, "unsupported frontend protocol: server supports 3.0 only"_ba);
            return Next::Close;
        }
        return greet(reply, state);
    }

    Next greet(QByteArray &reply, DatabaseState state)
    {
        switch (state) {
        case DatabaseState::Unreachable:
            reply += error("FATAL"_ba, "53300"_ba, "sorry, too many clients already"_ba);
            return Next::Close;
        case DatabaseState::Restarting:
            reply += error("FATAL"_ba, "57P03"_ba, "the database system is starting up"_ba);
            return Next::Close;
        case DatabaseState::Available: break;
        }
        m_started = true;
        reply += greeting();
        return Next::Continue;
    }

    static Next takeMessage(QByteArray &buffer, QByteArray &reply)
    {
        if (buffer.size() < 5)
            return Next::NeedMore;
        const qint32 length = int32At(buffer, 1);
        if (length < 4 || length > maxMessageBytes)
            return Next::Close;
        if (buffer.size() < length + 1)
            return Next::NeedMore;
        const char type = buffer[0];
        const QByteArray body = buffer.sliced(5, length - 4);
        buffer.remove(0, length + 1);
        if (type == 'X')
            return Next::Close;
        reply += type == 'Q' ? query(body.chopped(body.endsWith('\0') ? 1 : 0).simplified())
                             : error("ERROR"_ba, "0A000"_ba, "only simple queries are supported"_ba) + readyForQuery();
        return Next::Continue;
    }

    static QByteArray query(const QByteArray &sql)
    {
        const QByteArray lower = sql.toLower();
        if (lower.isEmpty() || lower == ";")
            return message('I', {}) + readyForQuery();
        if (lower.contains("max_connections"))
            return oneValue("max_connections"_ba, "100"_ba);
        if (lower.contains("pg_stat_activity"))
            return oneValue("count"_ba, "41"_ba);
        if (lower.startsWith("select 1"))
            return oneValue("?column?"_ba, "1"_ba);
        return error("ERROR"_ba, "42601"_ba, "the rehearsal does not know this query"_ba) + readyForQuery();
    }

    bool m_started = false;
};

} // namespace

std::unique_ptr<DatabaseSession> makePostgresSession() { return std::make_unique<PostgresSession>(); }

} // namespace allclear::rehearsal
