// A tiny HTTP/1.1 server on a loopback port for tests: one answer a connection, then it closes. It answers what
// `answer` says, or nothing at all until release().
#pragma once

#include <QHostAddress>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>

namespace allclear::test {

struct HttpAnswer {
    int status = 200;
    QByteArray body = "{}";
    QByteArray headers; ///< complete lines, each ending in CR LF
};

class TinyHttp : public QTcpServer {
public:
    enum class Manner { AnswersAtOnce, HoldsUntilReleased };

    explicit TinyHttp(HttpAnswer fixed = {}, Manner manner = Manner::AnswersAtOnce)
        : answer([fixed = std::move(fixed)](const QByteArray &) { return fixed; }), m_manner(manner)
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("no loopback port: %s", qPrintable(errorString()));
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection())
                serve(socket);
        });
    }

    std::function<HttpAnswer(const QByteArray &request)> answer;

    QString url(const QString &path = QStringLiteral("/")) const
    {
        return QStringLiteral("http://127.0.0.1:%1%2").arg(serverPort()).arg(path);
    }
    int requests() const { return static_cast<int>(m_requests.size()); }
    const QList<QByteArray> &received() const { return m_requests; }
    int waiting() const { return static_cast<int>(m_held.size()); }
    int mostAtOnce() const { return m_mostAtOnce; }

    /// Answers everything that waits and whatever comes later.
    void release()
    {
        m_manner = Manner::AnswersAtOnce;
        for (const auto &[socket, request] : std::exchange(m_held, {})) {
            if (socket)
                reply(socket, request);
        }
    }

private:
    void serve(QTcpSocket *socket)
    {
        m_mostAtOnce = std::max(m_mostAtOnce, ++m_open);
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            --m_open;
            socket->deleteLater();
        });
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
            if (!socket->peek(64 * 1024).contains("\r\n\r\n"))
                return;
            const QByteArray request = socket->readAll();
            m_requests.append(request);
            if (m_manner == Manner::AnswersAtOnce)
                reply(socket, request);
            else
                m_held.append({socket, request});
        });
    }

    void reply(QTcpSocket *socket, const QByteArray &request)
    {
        const HttpAnswer made = answer(request);
        socket->write("HTTP/1.1 " + QByteArray::number(made.status) + " Test\r\nContent-Length: "
                      + QByteArray::number(made.body.size()) + "\r\nConnection: close\r\n" + made.headers + "\r\n"
                      + made.body);
        socket->disconnectFromHost();
    }

    Manner m_manner;
    QList<QByteArray> m_requests;
    QList<std::pair<QPointer<QTcpSocket>, QByteArray>> m_held;
    int m_open = 0;
    int m_mostAtOnce = 0;
};

/// A loopback port on which nothing listens: it was bound and let go.
inline quint16 refusedPort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("no loopback port: %s", qPrintable(server.errorString()));
    return server.serverPort();
}

} // namespace allclear::test
