// PostgreSQL's frontend/backend protocol 3.0, https://www.postgresql.org/docs/current/protocol.html: messages out as
// bytes, messages in from a bounded, incremental reader. No socket, no clock.
#pragma once

#include "core/observation.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace allclear
{

namespace pg
{

QByteArray sslRequest();
QByteArray startup(const QList<std::pair<QByteArray, QByteArray>> &parameters);
/// One message: type, length, body.
QByteArray message(char type, const QByteArray &body);
/// The extended protocol, which takes exactly one statement: parse, bind without parameters, describe, execute.
QByteArray statement(const QByteArray &sql, qint32 mostRows);
QByteArray sync();
QByteArray simpleQuery(const QByteArray &sql);
QByteArray terminate();

/// ErrorResponse and NoticeResponse.
struct Report {
    QString severity; ///< "FATAL"; never translated where the server says so (9.6 and later)
    QString code; ///< SQLSTATE; empty when the server sent none or no five letters and digits
    QString message;
    QString detail;
};
Report reportFrom(const QByteArray &body);

struct Column {
    QString name;
    quint32 type = 0; ///< OID
};
/// Nothing when the bytes do not add up.
std::optional<QList<Column>> columnsFrom(const QByteArray &body);
/// A null value is a null QByteArray, an empty text an empty one.
std::optional<QList<QByteArray>> valuesFrom(const QByteArray &body);

} // namespace pg

struct PgMessage {
    char type = 0;
    QByteArray body;
};

/// Cuts messages off a stream. Refuses a length that cannot be, before it is waited for or allocated.
class PgReader
{
public:
    /// `rowBytes` bounds the rows (messages D) together, `otherBytes` everything else together.
    PgReader(qint64 rowBytes, qint64 otherBytes) : m_rowBytes(rowBytes), m_otherBytes(otherBytes) { }

    void feed(const QByteArray &bytes);
    /// The next complete message; nothing when more bytes are needed or the stream is broken.
    std::optional<PgMessage> take();
    bool hasPartial() const { return m_at < m_buffer.size(); }
    const QByteArray &firstBytes() const { return m_firstBytes; } ///< of what the peer said, for telling what it is
    const std::optional<Failure> &failure() const { return m_failure; }
    qint64 rowBytes() const { return m_rows; }

private:
    bool admits(char type, qint64 length);
    void fail(FailureKind kind, const QString &message, const QString &hint = {});

    QByteArray m_buffer;
    qsizetype m_at = 0;
    QByteArray m_firstBytes;
    qint64 m_rowBytes, m_otherBytes;
    qint64 m_rows = 0, m_others = 0;
    bool m_spokePostgres = false;
    std::optional<Failure> m_failure;
};

/// "it answered "HTTP/1.1 400 Bad Request"": what a peer that does not speak PostgreSQL said, made readable.
QString shownGreeting(const QByteArray &bytes);

} // namespace allclear
