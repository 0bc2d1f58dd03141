// A server on a real loopback socket that does what it is told, however wrong: one script for every connection.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPointer>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>

namespace allclear::test {

/// What follows the bytes of a script.
enum class Then {
    KeepOpen, ///< silence
    Close,    ///< FIN
    Reset,    ///< RST
    Drip,     ///< `tail`, a byte every 20 ms, for ever
    Flood,    ///< `tail` again and again as fast as the peer reads
};

enum class When { OnRequest /* a whole head, ended by an empty line */, OnConnect };

struct Script {
    QByteArray bytes = {};
    Then then = Then::KeepOpen;
    QByteArray tail = {};
    When when = When::OnRequest;
    bool isWebSocket = false; ///< a correct 101 is sent first
    QByteArray extraHeaders = {}; ///< of that 101
    int skipBytes = 0;        ///< wait for so many further bytes after the 101 before `bytes` are sent
};

class FaultServer : public QTcpServer {
    Q_OBJECT
public:
    explicit FaultServer(Script script);
    /// Serves TLS with these certificates first (leaf first), then the script.
    FaultServer(Script script, const QSslConfiguration &tls);

    quint16 port() const { return serverPort(); }
    QString url(const QString &scheme, const QString &path = QStringLiteral("/")) const;
    int connections() const { return m_connections; }
    int requests() const { return m_requests; }
    const QByteArray &lastRequest() const { return m_lastRequest; }
    void setScript(Script script) { m_script = std::move(script); }
    /// Called with each request's head; its answer replaces the script's bytes.
    std::function<QByteArray(const QByteArray &request)> answer;

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void serve(QTcpSocket *socket);
    void receive(QTcpSocket *socket, QByteArray &buffer);
    void perform(QTcpSocket *socket, const QByteArray &request);
    void follow(QTcpSocket *socket);

    Script m_script;
    std::optional<QSslConfiguration> m_tls;
    int m_connections = 0;
    int m_requests = 0;
    QByteArray m_lastRequest;
};

/// Sec-WebSocket-Accept for a request's key.
QByteArray acceptFor(const QByteArray &request);
/// A loopback port on which nothing listens.
quint16 closedPort();

} // namespace allclear::test
