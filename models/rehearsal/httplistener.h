// A small HTTP/1.1 server (RFC 9112) for the rehearsal: Content-Length bodies, keep-alive, answers that take their
// time on the injected clock, and a way to take a connection over after 101. All on one thread; never blocks.
#pragma once

#include "core/clock.h"

#include <QByteArray>
#include <QList>
#include <QObject>

#include <functional>
#include <memory>
#include <optional>

class QTcpServer;
class QTcpSocket;

namespace allclear::rehearsal {

inline constexpr qsizetype maxHeadBytes = 64 * 1024;
inline constexpr qsizetype maxRequestBodyBytes = 1024 * 1024;

using HttpHeaders = QList<std::pair<QByteArray, QByteArray>>;

struct HttpRequest {
    QByteArray method;
    QByteArray path;  ///< without the query
    QByteArray query; ///< without the question mark
    int minorVersion = 1;
    HttpHeaders headers{};
    QByteArray body{};

    QByteArray header(QByteArrayView name) const; ///< first of that name, case ignored; empty when absent
    bool wantsWebSocket() const;                  ///< asks for a WebSocket upgrade (RFC 6455, 4.2.1)
};

struct HttpReply {
    int status = 200;
    QByteArray contentType = QByteArrayLiteral("application/json");
    QByteArray body{};
    HttpHeaders headers{};
    Duration after{};  ///< clock time between the request and the answer
    bool close = false; ///< close the connection after the answer
    /// With status 101: takes the socket over once the head is written. The callee owns it; `rest` came after the head.
    std::function<void(std::unique_ptr<QTcpSocket> socket, const QByteArray &rest)> takeOver{};
};

using HttpHandler = std::function<HttpReply(const HttpRequest &)>;

/// Reads one request head; `Malformed` and `TooLarge` end the connection with 400 and 431.
enum class HeadState { Incomplete, Complete, Malformed, TooLarge };
HeadState readHead(QByteArray &buffer, HttpRequest &request);

class HttpListener : public QObject {
    Q_OBJECT
public:
    HttpListener(std::shared_ptr<const Clock> clock, HttpHandler handler, QObject *parent = nullptr);

    /// Binds 127.0.0.1, port 0. False when that fails; errorText() then says why.
    bool listen();
    quint16 port() const;
    QString errorText() const;

    /// Serves a connection that something else accepted (the TLS listener); takes ownership.
    void serve(std::unique_ptr<QTcpSocket> socket);

private:
    std::shared_ptr<const Clock> m_clock;
    HttpHandler m_handler;
    QTcpServer *m_server; // child
};

} // namespace allclear::rehearsal
