// A proxy on a real loopback socket: HTTP (CONNECT and forwarding) or SOCKS 5. Whatever name it is asked for, it
// connects to 127.0.0.1: so names end in .invalid and nothing but loopback is ever touched.
#pragma once

#include "support/faultserver.h"

namespace allclear::test
{

enum class Speaks { Http, Socks5 };

struct ProxyScript {
    Speaks speaks = Speaks::Http;
    QByteArray user = {}; ///< wanted, with `password`, when not empty
    QByteArray password = {};
    /// Instead of its service, after the first bytes of the client: these bytes, then what `then` says.
    std::optional<QByteArray> instead = std::nullopt;
    Then then = Then::KeepOpen;
};

class ProxyServer : public QTcpServer
{
    Q_OBJECT
public:
    explicit ProxyServer(ProxyScript script, std::optional<QSslConfiguration> tls = std::nullopt);

    /// "http://user:password@127.0.0.1:port" and the like.
    QString url(const QString &scheme, const QString &userInfo = {}) const;
    QString address() const;
    int connections() const { return m_connections; }
    const QStringList &targets() const { return m_targets; } ///< "host:port", as asked for
    const QList<QByteArray> &heads() const { return m_heads; } ///< of HTTP requests

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void serve(QTcpSocket *client);
    void readHttp(QTcpSocket *client, QByteArray &buffer);
    void readSocks(QTcpSocket *client, QByteArray &buffer);
    void readSocksRequest(QTcpSocket *client, QByteArray &buffer);
    void misbehave(QTcpSocket *client);
    /// Both ways, from now on. `first` goes to the target, `opened` and `failed` to the client.
    void join(QTcpSocket *client, quint16 port, const QByteArray &first, const QByteArray &opened,
              const QByteArray &failed);

    ProxyScript m_script;
    std::optional<QSslConfiguration> m_tls;
    int m_connections = 0;
    QStringList m_targets;
    QList<QByteArray> m_heads;
};

} // namespace allclear::test
