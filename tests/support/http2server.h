// An HTTP/2 server on a real loopback socket: right answers by nghttp2, wrong ones as raw frames.
#pragma once

#include "support/faultserver.h"

#include <nghttp2/nghttp2.h>

namespace allclear::test
{

using Http2Fields = QList<std::pair<QByteArray, QByteArray>>;

struct Http2Script {
    QByteArray status = "200";
    Http2Fields headers = {};
    QByteArray body = {};
    Http2Fields trailers = {};
    QList<QByteArray> interim = {}; ///< statuses that come first
    /// Instead of an answer: these bytes, then `tail` as `then` says.
    QByteArray raw = {};
    Then then = Then::KeepOpen;
    QByteArray tail = {};
};

struct Http2Request {
    Http2Fields headers; ///< pseudo headers included
    QByteArray body;
    QByteArray header(const QByteArray &name) const;
};

class Http2Peer;

class Http2Server : public QTcpServer
{
    Q_OBJECT
public:
    /// Without certificates the server speaks HTTP/2 in clear text, with prior knowledge.
    explicit Http2Server(Http2Script script, std::optional<QSslConfiguration> tls = std::nullopt);

    QString url(const QString &path = QStringLiteral("/")) const;
    int connections() const { return m_connections; }
    const QList<Http2Request> &requests() const { return m_requests; }
    bool sawGoodbye() const { return m_sawGoodbye; } ///< the client's GOAWAY
    /// Called with each request; its script replaces the one of the constructor.
    std::function<Http2Script(const Http2Request &request)> answer;

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    friend class Http2Peer;
    Http2Script m_script;
    std::optional<QSslConfiguration> m_tls;
    int m_connections = 0;
    QList<Http2Request> m_requests;
    bool m_sawGoodbye = false;
};

/// One frame: 9 bytes of header, then the payload (RFC 9113, section 4.1).
QByteArray frame(int type, int flags, quint32 stream, const QByteArray &payload);
/// A header block of literals without indexing (RFC 7541, section 6.2.2).
QByteArray headerBlock(const Http2Fields &fields);
QByteArray bigEndian(quint32 value);

} // namespace allclear::test
