// A strict, incremental reader of HTTP/1.x answers (RFC 9110, RFC 9112): it says exactly how an answer breaks the
// protocol instead of guessing on. No socket, no clock; feed it bytes.
#pragma once

#include "probes/httpanswer.h"

namespace allclear {

class HttpReader final : public HttpAnswer {
public:
    HttpReader(HttpExpect expect, HttpLimits limits);

    void feed(QByteArrayView bytes) override;
    /// The peer closed its side. Completes a body that only the close delimits.
    void end() override;

    bool headComplete() const override { return m_state > State::Headers; }
    bool isComplete() const override { return m_state == State::Complete && !failure(); }
    bool canReuse() const override;
    const QByteArray &surplus() const { return m_buffer; } ///< bytes after the answer (after a 101: frames)

private:
    enum class State { StatusLine, Headers, BodyUntilClose, BodyLength, ChunkSize, ChunkData, ChunkEnd, Trailers, Complete };
    enum class Part { Header, Trailer };

    bool step();
    bool takeLine(QByteArray &line);
    bool startsLikeHttp();
    void readStatusLine(const QByteArray &line);
    void readField(const QByteArray &line, Part part);
    void headDone();
    void chooseFraming();
    std::optional<qint64> contentLength();
    bool readTransferEncoding();
    void readChunkSize(const QByteArray &line);
    void takeBody(qint64 most);
    void complete();

    HttpExpect m_expect;
    State m_state = State::StatusLine;
    QByteArray m_buffer; // not yet consumed
    qint64 m_headerBytes = 0;
    qint64 m_chunkExcess = 0; // framing beyond what the chunks are worth
    qint64 m_remaining = 0; // of the body or the chunk
    qint64 m_declared = 0;  // Content-Length
    bool m_bareLineFeed = false;
    bool m_framedTwice = false; // Content-Length and Transfer-Encoding
};

} // namespace allclear
