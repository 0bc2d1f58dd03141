// An HTTP answer as it arrives, whatever the version on the wire: what every version has in common. Strict: it says
// how an answer breaks the protocol instead of guessing on. No socket, no clock; feed it bytes.
#pragma once

#include "core/observation.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <memory>
#include <optional>

namespace allclear
{

struct HttpHead {
    int status = 0;
    QByteArray version; ///< "1.1", "2"
    QByteArray reason;
    QList<std::pair<QByteArray, QByteArray>> headers; ///< as sent, in order

    /// First value of that name (compared without case), or nothing.
    std::optional<QByteArray> header(QByteArrayView name) const;
    /// True when a comma-separated header holds that token (compared without case).
    bool hasToken(QByteArrayView name, QByteArrayView token) const;
};

struct HttpLimits {
    qint64 headerBytes = 256 * 1024; ///< all heads of one answer, interim ones and trailers included
    qint64 bodyBytes = 4 * 1024 * 1024; ///< after decompression
};

/// How the request shapes the answer.
enum class HttpExpect { Body, NoBody /* HEAD */, Upgrade /* stops after a 101 */ };

class Inflater; // httpinflate.h

/// A body with its Content-Encoding undone and its size bounded, both as sent and as decompressed.
class HttpBody
{
public:
    explicit HttpBody(qint64 limit);
    ~HttpBody();

    /// Looks at Content-Encoding; a coding that cannot be undone is noted and the body kept as it came.
    void begin(const HttpHead &head, QStringList &notes);
    std::optional<Failure> append(QByteArrayView bytes);
    std::optional<Failure> end() const;
    const QByteArray &bytes() const { return m_bytes; }

private:
    qint64 m_limit;
    qint64 m_received = 0; // before decompression
    QByteArray m_bytes;
    std::unique_ptr<Inflater> m_inflater;
};

class HttpAnswer
{
public:
    explicit HttpAnswer(HttpLimits limits);
    virtual ~HttpAnswer();

    virtual void feed(QByteArrayView bytes) = 0;
    /// The peer closed its side.
    virtual void end() = 0;
    virtual bool headComplete() const = 0;
    virtual bool isComplete() const = 0;
    virtual bool canReuse() const = 0; ///< the connection may carry another request
    /// Bytes that the protocol itself wants to send; takes them.
    virtual QByteArray takeOutgoing() { return {}; }
    /// Puts a goodbye into the outgoing bytes, where the protocol has one.
    virtual void close() { }

    bool hasBytes() const { return m_anyBytes; } ///< of the answer; what only keeps a connection going does not count
    const std::optional<Failure> &failure() const { return m_failure; }
    const HttpHead &head() const { return m_head; }
    const QByteArray &body() const { return m_body.bytes(); } ///< decompressed; what has arrived so far
    const QStringList &notes() const { return m_notes; }

protected:
    /// The first failure stands. Its phase is Wait until the answer has begun.
    void fail(FailureKind kind, QString message, QString hint = {});
    void failWith(std::optional<Failure> failure);

    HttpLimits m_limits;
    HttpHead m_head;
    HttpBody m_body;
    bool m_anyBytes = false;
    std::optional<Failure> m_failure;
    QStringList m_notes;
};

/// Bytes from the network as a short quotation: control characters as \xNN.
inline constexpr qsizetype quotedBytes = 60;
QString quoted(QByteArrayView bytes, qsizetype most = quotedBytes);
bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b);
/// Digits only, at most 18 of them: no sign, no overflow.
std::optional<qint64> toLength(QByteArrayView text);

} // namespace allclear
