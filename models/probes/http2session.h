// One request and its answer over HTTP/2 (RFC 9113), on nghttp2 as a pure memory session: bytes in, bytes out, no
// socket. Push is refused, and every frame that a peer can repeat without end is counted.
#pragma once

#include "probes/httpanswer.h"
#include "probes/httprequest.h"

#include <nghttp2/nghttp2.h>

namespace allclear
{

class Http2Session final : public HttpAnswer
{
public:
    Http2Session(HttpExpect expect, HttpLimits limits);
    ~Http2Session() override;

    /// Call once, before any feed(). Headers that HTTP/2 has no place for (Connection and its kin) are left out.
    void request(const QByteArray &method, const QUrl &url, const HeaderList &headers, const QByteArray &body);
    void feed(QByteArrayView bytes) override;
    void end() override;
    QByteArray takeOutgoing() override;
    void close() override; ///< GOAWAY
    bool headComplete() const override { return m_headComplete; }
    bool isComplete() const override { return m_complete && !failure(); }
    bool canReuse() const override { return false; }

private:
    struct Callbacks; // nghttp2's view of this class

    void pump();
    void frameBegins(const nghttp2_frame_hd &header);
    void frameCame(const nghttp2_frame &frame);
    void headersCame();
    void dataCame(const nghttp2_frame &frame);
    void goodbyeCame(const nghttp2_goaway &goaway);
    void fieldCame(QByteArrayView name, QByteArrayView value);
    void streamClosed(quint32 code);
    void broke(int error);
    void countIdleFrame();

    nghttp2_session *m_session = nullptr; // owned
    HttpExpect m_expect;
    qint32 m_stream = 0;
    QByteArray m_requestBody;
    qsizetype m_requestSent = 0;
    QByteArray m_outgoing;
    qint64 m_headerBytes = 0;
    qint64 m_dataBytes = 0;
    qint64 m_wireBytes = 0;
    int m_idleFrames = 0; // that carry nothing of the answer
    int m_continuations = 0;
    int m_interim = 0;
    bool m_headComplete = false;
    bool m_complete = false;
    QString m_detail; // what nghttp2 says is wrong
    QString m_goodbye; // name of the GOAWAY's error
};

} // namespace allclear
