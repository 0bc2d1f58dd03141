// PostgreSQL frontend/backend protocol 3.0 (postgresql.org/docs/current/protocol.html), the part that a health check
// speaks: start-up, trust authentication, simple queries, and the extended protocol without parameters.
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

struct Cell {
    QByteArray column, value;
    qint32 type = 25; // text
};
using Row = QList<Cell>;

QByteArray described(const Row &row)
{
    QByteArray fields;
    for (const Cell &cell : row)
        fields += text(cell.column) + int32(0) + int16(0) + int32(cell.type) + int16(-1) + int32(-1) + int16(0);
    return message('T', int16(qint16(row.size())) + fields);
}

QByteArray sent(const Row &row)
{
    QByteArray values;
    for (const Cell &cell : row)
        values += int32(qint32(cell.value.size())) + cell.value;
    return message('D', int16(qint16(row.size())) + values) + message('C', text("SELECT 1"_ba));
}

/// What the rehearsal's database says to a statement; nothing when it does not know it.
std::optional<Row> rowFor(const QByteArray &sql)
{
    constexpr qint32 integer = 23, numeric = 1700, truth = 16;
    const QByteArray lower = sql.toLower();
    if (lower.contains("connections_ratio")) {
        return Row{{"server_version"_ba, "17.2"_ba}, {"connections"_ba, "41"_ba, integer}, {"max_connections"_ba, "100"_ba, integer},
                   {"reserved"_ba, "3"_ba, integer}, {"connections_ratio"_ba, "0.4227"_ba, numeric},
                   {"in_recovery"_ba, "f"_ba, truth}, {"database"_ba, "netra_staging"_ba}};
    }
    if (lower.contains("max_connections"))
        return Row{{"max_connections"_ba, "100"_ba}};
    if (lower.contains("pg_stat_activity"))
        return Row{{"count"_ba, "41"_ba}};
    if (lower.startsWith("select 1"))
        return Row{{"?column?"_ba, "1"_ba}};
    return std::nullopt;
}

bool isCommand(const QByteArray &sql)
{
    const QByteArray lower = sql.toLower();
    return lower.startsWith("begin") || lower.startsWith("set ") || lower.startsWith("rollback");
}

QByteArray unknownQuery() { return error("ERROR"_ba, "42601"_ba, "the rehearsal does not know this query"_ba); }

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

    Next takeMessage(QByteArray &buffer, QByteArray &reply)
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
        if (type == 'Q')
            reply += query(body.chopped(body.endsWith('\0') ? 1 : 0).simplified());
        else
            reply += extended(type, body);
        return Next::Continue;
    }

    static QByteArray query(const QByteArray &sql)
    {
        if (sql.isEmpty() || sql == ";")
            return message('I', {}) + readyForQuery();
        if (isCommand(sql))
            return message('C', text("OK"_ba)) + readyForQuery();
        const std::optional<Row> row = rowFor(sql);
        return (row ? described(*row) + sent(*row) : unknownQuery()) + readyForQuery();
    }

    /// After an error everything is skipped up to the sync, as the protocol says.
    QByteArray extended(char type, const QByteArray &body)
    {
        if (type == 'S') {
            m_skips = false;
            return readyForQuery();
        }
        if (m_skips)
            return {};
        if (type == 'P') {
            m_sql = body.mid(body.indexOf('\0') + 1);
            m_sql = m_sql.first(std::max<qsizetype>(0, m_sql.indexOf('\0'))).simplified();
        }
        const std::optional<Row> row = rowFor(m_sql);
        if (!row && !isCommand(m_sql)) {
            m_skips = true;
            return unknownQuery();
        }
        switch (type) {
        case 'P': return message('1', {});
        case 'B': return message('2', {});
        case 'D': return row ? described(*row) : message('n', {});
        case 'E': return row ? sent(*row) : message('C', text("OK"_ba));
        default: m_skips = true; return error("ERROR"_ba, "0A000"_ba, "not supported by the rehearsal"_ba);
        }
    }

    QByteArray m_sql; // parsed last
    bool m_skips = false;
    bool m_started = false;
};

} // namespace

std::unique_ptr<DatabaseSession> makePostgresSession() { return std::make_unique<PostgresSession>(); }

} // namespace allclear::rehearsal
