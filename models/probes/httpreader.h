// A strict, incremental reader of HTTP/1.x answers (RFC 9110, RFC 9112): it says exactly how an answer breaks the
// protocol instead of guessing on. No socket, no clock; feed it bytes.
#pragma once

#include "core/observation.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

#include <memory>
#include <optional>

namespace allclear {

struct HttpHead {
    int status = 0;
    QByteArray version; ///< "1.1"
    QByteArray reason;
    QList<std::pair<QByteArray, QByteArray>> headers; ///< as sent, in order

    /// First value of that name (compared without case), or nothing.
    std::optional<QByteArray> header(QByteArrayView name) const;
    /// True when a comma-separated header holds that token (compared without case).
    bool hasToken(QByteArrayView name, QByteArrayView token) const;
};

struct HttpLimits {
    qint64 headerBytes = 256 * 1024;   ///< all heads of one answer, interim ones included
    qint64 bodyBytes = 4 * 1024 * 1024; ///< after decompression
};

/// How the request shapes the answer.
enum class HttpExpect { Body, NoBody /* HEAD */, Upgrade /* stops after a 101 */ };

class Inflater; // httpinflate.h

class HttpReader {
public:
    HttpReader(HttpExpect expect, HttpLimits limits);
    ~HttpReader();

    void feed(QByteArrayView bytes);
    /// The peer closed its side. Completes a body that only the close delimits.
    void end();

    bool hasBytes() const { return m_anyBytes; }
    bool headComplete() const { return m_state > State::Headers; }
    bool isComplete() const { return m_state == State::Complete && !m_failure; }
    const std::optional<Failure> &failure() const { return m_failure; }
    const HttpHead &head() const { return m_head; }
    const QByteArray &body() const { return m_body; } ///< decompressed; what has arrived so far
    const QByteArray &surplus() const { return m_buffer; } ///< bytes after the answer (after a 101: frames)
    bool canReuse() const; ///< the connection may carry another request
    const QStringList &notes() const { return m_notes; }

private:
    enum class State { StatusLine, Headers, BodyUntilClose, BodyLength, ChunkSize, ChunkData, ChunkEnd, Trailers, Complete };

    bool takeLine(QByteArray &line);
    void readStatusLine(const QByteArray &line);
    void readHeader(const QByteArray &line);
    void headDone();
    void chooseFraming();
    void chooseDecoding();
    void readChunkSize(const QByteArray &line);
    void takeBody(qint64 most);
    void complete();
    void fail(FailureKind kind, QString message, QString hint = {});

    HttpExpect m_expect;
    HttpLimits m_limits;
    State m_state = State::StatusLine;
    HttpHead m_head;
    QByteArray m_buffer; // not yet consumed
    QByteArray m_body;
    std::unique_ptr<Inflater> m_inflater;
    qint64 m_headerBytes = 0;
    qint64 m_remaining = 0; // of the body or the chunk
    qint64 m_declared = 0;  // Content-Length
    bool m_anyBytes = false;
    std::optional<Failure> m_failure;
    QStringList m_notes;
};

} // namespace allclear
