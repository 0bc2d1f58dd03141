#include "probes/pgmessages.h"

#include <QByteArrayView>
#include <QtEndian>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint32 protocol3 = 196608, sslRequestCode = 80877103;
constexpr qint64 longestControl = 64 * 1024; // errors, notices, parameters
constexpr qsizetype greetingBytes = 64;
constexpr qsizetype longestText = 2000; // of an error's field that is shown
constexpr int mostColumns = 1664; // PostgreSQL's own limit

QByteArray int32(qint32 value)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(value, bytes.data());
    return bytes;
}

QByteArray int16(qint16 value)
{
    QByteArray bytes(2, Qt::Uninitialized);
    qToBigEndian(value, bytes.data());
    return bytes;
}

QByteArray text(const QByteArray &value) { return value + '\0'; }

/// Takes fields off a message's body; `ok` turns false when there is less than was asked for.
struct Cursor {
    QByteArrayView rest;
    bool ok = true;

    QByteArrayView bytes(qsizetype count)
    {
        ok = ok && count >= 0 && count <= rest.size();
        if (!ok)
            return {};
        const QByteArrayView taken = rest.first(count);
        rest = rest.sliced(count);
        return taken;
    }
    qint32 int32()
    {
        const QByteArrayView b = bytes(4);
        return ok ? qFromBigEndian<qint32>(b.data()) : 0;
    }
    qint16 int16()
    {
        const QByteArrayView b = bytes(2);
        return ok ? qFromBigEndian<qint16>(b.data()) : qint16(0);
    }
    QByteArrayView string()
    {
        const qsizetype end = rest.indexOf('\0');
        const QByteArrayView taken = bytes(end);
        bytes(1);
        return taken;
    }
};

bool isSqlState(const QString &code)
{
    return code.size() == 5
        && std::ranges::all_of(code, [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'A' && c <= u'Z'); });
}

} // namespace

namespace pg
{

QByteArray sslRequest() { return ::allclear::int32(8) + ::allclear::int32(sslRequestCode); }

QByteArray message(char type, const QByteArray &body)
{
    return type + ::allclear::int32(static_cast<qint32>(body.size()) + 4) + body;
}

QByteArray startup(const QList<std::pair<QByteArray, QByteArray>> &parameters)
{
    QByteArray body = ::allclear::int32(protocol3);
    for (const auto &[name, value] : parameters)
        body += text(name) + text(value);
    body += '\0';
    return ::allclear::int32(static_cast<qint32>(body.size()) + 4) + body;
}

QByteArray statement(const QByteArray &sql, qint32 mostRows)
{
    const QByteArray unnamed(1, '\0');
    return message('P', unnamed + text(sql) + int16(0))
        + message('B', unnamed + unnamed + int16(0) + int16(0) + int16(0)) + message('D', 'P' + unnamed)
        + message('E', unnamed + ::allclear::int32(mostRows));
}

QByteArray sync() { return message('S', {}); }
QByteArray simpleQuery(const QByteArray &sql) { return message('Q', text(sql)); }
QByteArray terminate() { return message('X', {}); }

Report reportFrom(const QByteArray &body)
{
    Report report;
    Cursor cursor{body};
    QString localized;
    while (cursor.ok) {
        const QByteArrayView type = cursor.bytes(1);
        if (!cursor.ok || type.front() == '\0')
            break;
        const QByteArrayView raw = cursor.string();
        const QString value = QString::fromUtf8(raw.first(std::min(longestText, raw.size())));
        switch (type.front()) {
        case 'S': localized = value; break;
        case 'V': report.severity = value; break;
        case 'C': report.code = isSqlState(value) ? value : QString(); break;
        case 'M': report.message = value; break;
        case 'D': report.detail = value; break;
        default: break;
        }
    }
    if (report.severity.isEmpty())
        report.severity = localized;
    return report;
}

std::optional<QList<Column>> columnsFrom(const QByteArray &body)
{
    Cursor cursor{body};
    const qint16 count = cursor.int16();
    if (count < 0 || count > mostColumns)
        return std::nullopt;
    QList<Column> columns;
    for (int i = 0; i < count && cursor.ok; ++i) {
        Column column{.name = QString::fromUtf8(cursor.string())};
        cursor.bytes(6); // table, attribute
        column.type = static_cast<quint32>(cursor.int32());
        cursor.bytes(8); // size, modifier, format
        columns.append(column);
    }
    return cursor.ok && cursor.rest.isEmpty() ? std::optional(columns) : std::nullopt;
}

std::optional<QList<QByteArray>> valuesFrom(const QByteArray &body)
{
    Cursor cursor{body};
    const qint16 count = cursor.int16();
    QList<QByteArray> values;
    for (int i = 0; i < count && cursor.ok; ++i) {
        const qint32 length = cursor.int32();
        values.append(length == -1 ? QByteArray() : QByteArray("").append(cursor.bytes(length)));
    }
    return count >= 0 && cursor.ok && cursor.rest.isEmpty() ? std::optional(values) : std::nullopt;
}

} // namespace pg

void PgReader::feed(const QByteArray &bytes)
{
    if (m_firstBytes.size() < greetingBytes)
        m_firstBytes += bytes.first(std::min(greetingBytes - m_firstBytes.size(), bytes.size()));
    if (m_at > 0) {
        m_buffer.remove(0, m_at);
        m_at = 0;
    }
    m_buffer += bytes;
}

std::optional<PgMessage> PgReader::take()
{
    const QByteArrayView rest = QByteArrayView(m_buffer).sliced(m_at);
    if (m_failure || rest.size() < 5) {
        if (!m_failure && !m_spokePostgres && !rest.isEmpty() && !QByteArrayView("RENv").contains(rest.front()))
            admits(rest.front(), 0);
        return std::nullopt;
    }
    const qint64 length = qFromBigEndian<qint32>(rest.data() + 1);
    if (!admits(rest.front(), length) || rest.size() < length + 1)
        return std::nullopt;
    PgMessage message{.type = rest.front(), .body = rest.sliced(5, length - 4).toByteArray()};
    m_at += length + 1;
    m_spokePostgres = true;
    (message.type == 'D' ? m_rows : m_others) += length + 1;
    return message;
}

bool PgReader::admits(char type, qint64 length)
{
    if (!m_spokePostgres && (!QByteArrayView("RENv").contains(type) || length < 4 || length > longestControl)) {
        fail(FailureKind::Protocol, u"the peer does not speak PostgreSQL: %1"_s.arg(shownGreeting(m_firstBytes)),
             u"check the port: something else listens there"_s);
    } else if (length < 4 || !QChar::isLetterOrNumber(static_cast<unsigned char>(type))) {
        fail(FailureKind::Protocol, u"the server broke the PostgreSQL protocol: a message that cannot be"_s);
    } else if (type == 'D' && m_rows + length > m_rowBytes) {
        fail(FailureKind::Oversize, u"the rows exceed the limit of %1 KiB"_s.arg(m_rowBytes / 1024),
             u"select less, or raise client.max-body-size"_s);
    } else if (type != 'D' && length > longestControl && type != 'T') {
        fail(FailureKind::Protocol,
             u"the server announced a message of %1 bytes where a short one belongs"_s.arg(length));
    } else if (type != 'D' && m_others + length > m_otherBytes) {
        fail(FailureKind::Oversize,
             u"the server talks without end: over %1 KiB of notices and status"_s.arg(m_otherBytes / 1024));
    }
    return !m_failure;
}

void PgReader::fail(FailureKind kind, const QString &message, const QString &hint)
{
    m_failure = Failure{.kind = kind, .phase = Phase::Receive, .message = message, .hint = hint};
}

QString shownGreeting(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf('\n');
    const QByteArray line = (end < 0 ? bytes : bytes.first(end)).trimmed();
    const bool readable = !line.isEmpty() && std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; });
    return readable ? u"it answered \"%1\""_s.arg(QString::fromLatin1(line))
                    : u"it answered the bytes %1"_s.arg(
                        QString::fromLatin1(bytes.first(std::min<qsizetype>(16, bytes.size())).toHex(' ')));
}

} // namespace allclear
