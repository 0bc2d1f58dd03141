// A server on a real loopback socket that does what it is told, however wrong: one script for every connection.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPointer>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QTcpSocket>

#include <chrono>
#include <functional>
#include <netinet/in.h>
#include <optional>
#include <vector>

namespace allclear::test {

/// What follows the bytes of a script.
enum class Then {
    KeepOpen,  ///< silence
    Close,     ///< FIN
    Reset,     ///< RST
    HalfClose, ///< FIN of this side; what the peer says is still read
    Drip,      ///< `tail`, a byte every `dripEvery`, for ever
    Flood,     ///< `tail` again and again as fast as the peer reads
    FloodDeaf, ///< the same, and nothing that the peer says is read any more
};

constexpr std::chrono::milliseconds usualDrip{20};

/// Does it to a connected socket; over TLS too.
void follow(QTcpSocket *socket, Then then, const QByteArray &tail = {}, std::chrono::milliseconds dripEvery = usualDrip);

/// The socket of an accepted connection, a child of `server`, gone with the connection; `serve` connects to it before its
/// TLS handshake begins, when there is one.
void accept(QTcpServer *server, qintptr descriptor, const std::optional<QSslConfiguration> &tls, const std::function<void(QTcpSocket *)> &serve);

enum class When { OnRequest /* a whole head, ended by an empty line */, OnConnect };

struct Script {
    QByteArray bytes = {};
    Then then = Then::KeepOpen;
    QByteArray tail = {};
    When when = When::OnRequest;
    bool isWebSocket = false; ///< a correct 101 is sent first
    QByteArray extraHeaders = {}; ///< of that 101
    int skipBytes = 0;        ///< wait for so many further bytes after the 101 before `bytes` are sent
    std::chrono::milliseconds dripEvery = usualDrip;
    std::chrono::milliseconds delay{0}; ///< before the first byte
};

class FaultServer : public QTcpServer {
    Q_OBJECT
public:
    explicit FaultServer(Script script, const QHostAddress &address = QHostAddress::LocalHost);
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

/// A loopback port without an event loop behind it: connections are refused until it listens.
struct BoundSocket {
    BoundSocket();
    ~BoundSocket();
    Q_DISABLE_COPY_MOVE(BoundSocket)

    int descriptor;
    sockaddr_in address{};
    quint16 port = 0;
};

/// Listens, never accepts, and has its queue full: the kernel drops what comes.
class FullQueue
{
public:
    FullQueue();
    ~FullQueue();
    Q_DISABLE_COPY_MOVE(FullQueue)
    quint16 port() const { return m_listener.port; }

private:
    BoundSocket m_listener;
    std::vector<int> m_clients;
};

} // namespace allclear::test
