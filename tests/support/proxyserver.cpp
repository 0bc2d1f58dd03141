#include "support/proxyserver.h"

#include <QHostAddress>
#include <QSslSocket>
#include <QTimer>
#include <QUrl>

#include <sys/socket.h>

namespace allclear::test
{

using namespace Qt::StringLiterals;

ProxyServer::ProxyServer(ProxyScript script, std::optional<QSslConfiguration> tls)
    : m_script(std::move(script)), m_tls(std::move(tls))
{
    listen(QHostAddress::LocalHost);
}

QString ProxyServer::address() const { return u"127.0.0.1:%1"_s.arg(serverPort()); }

QString ProxyServer::url(const QString &scheme, const QString &userInfo) const
{
    return scheme + u"://"_s + (userInfo.isEmpty() ? QString() : userInfo + u'@') + address();
}

void ProxyServer::incomingConnection(qintptr descriptor)
{
    ++m_connections;
    QTcpSocket *client = m_tls ? new QSslSocket(this) : new QTcpSocket(this);
    client->setSocketDescriptor(descriptor);
    connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    serve(client);
    if (auto *secure = qobject_cast<QSslSocket *>(client)) {
        secure->setSslConfiguration(*m_tls);
        secure->startServerEncryption();
    }
}

void ProxyServer::serve(QTcpSocket *client)
{
    auto buffer = std::make_shared<QByteArray>();
    connect(client, &QTcpSocket::readyRead, client, [this, client, buffer] {
        if (client->property("joined").toBool())
            return;
        *buffer += client->readAll();
        if (m_script.instead)
            misbehave(client);
        else if (m_script.speaks == Speaks::Http)
            readHttp(client, *buffer);
        else
            readSocks(client, *buffer);
    });
}

void ProxyServer::misbehave(QTcpSocket *client)
{
    if (client->property("misbehaved").toBool())
        return;
    client->setProperty("misbehaved", true);
    client->write(*m_script.instead);
    if (m_script.then == Then::Close) {
        client->disconnectFromHost();
    } else if (m_script.then == Then::Reset) {
        client->flush();
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(static_cast<int>(client->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        QTimer::singleShot(20, client, [client] { client->abort(); });
    }
}

void ProxyServer::readHttp(QTcpSocket *client, QByteArray &buffer)
{
    if (!buffer.contains("\r\n\r\n"))
        return;
    const QByteArray head = std::exchange(buffer, {});
    m_heads.append(head);
    const QByteArray credentials =
        "\r\nProxy-Authorization: Basic " + (m_script.user + ':' + m_script.password).toBase64() + "\r\n";
    if (!m_script.user.isEmpty() && !head.contains(credentials)) {
        client->write(
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    const QByteArrayList words = head.first(head.indexOf("\r\n")).split(' ');
    const bool tunnel = words[0] == "CONNECT";
    const QUrl url = tunnel ? QUrl(u"x://"_s + QString::fromLatin1(words[1])) : QUrl::fromEncoded(words[1]);
    m_targets.append(u"%1:%2"_s.arg(url.host()).arg(url.port(80)));
    join(client, static_cast<quint16>(url.port(80)), tunnel ? QByteArray() : head,
         tunnel ? "HTTP/1.1 200 Connection established\r\n\r\n" : QByteArray(),
         "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nnope");
}

void ProxyServer::readSocks(QTcpSocket *client, QByteArray &buffer)
{
    const int stage = client->property("stage").toInt();
    if (stage == 0 && buffer.size() >= 2 && buffer.size() >= 2 + buffer[1]) { // the methods it offers
        const char method = m_script.user.isEmpty() ? '\0' : '\2';
        const bool offered = buffer.sliced(2, buffer[1]).contains(method);
        buffer.remove(0, 2 + buffer[1]);
        client->setProperty("stage", method == 0 ? 2 : 1);
        client->write(QByteArray(1, '\5') + (offered ? method : '\xff'));
    } else if (stage == 1 && buffer.size() >= 2) { // RFC 1929
        const QByteArray wanted = '\1' + QByteArray(1, static_cast<char>(m_script.user.size())) + m_script.user
            + static_cast<char>(m_script.password.size()) + m_script.password;
        const bool right = buffer == wanted;
        buffer.clear();
        client->setProperty("stage", 2);
        client->write(QByteArray(1, '\1') + (right ? '\0' : '\1'));
    } else if (stage == 2 && buffer.size() >= 5) {
        readSocksRequest(client, buffer);
    }
}

void ProxyServer::readSocksRequest(QTcpSocket *client, QByteArray &buffer)
{
    const int type = buffer[3];
    const qsizetype length = type == 1 ? 4 : type == 4 ? 16 : buffer[4] + 1;
    if (buffer.size() < 4 + length + 2)
        return;
    const QByteArray bytes = buffer.sliced(4, length);
    const auto port =
        static_cast<quint16>(static_cast<quint8>(buffer[4 + length]) * 256 + static_cast<quint8>(buffer[5 + length]));
    QString host = QString::fromLatin1(bytes.sliced(1));
    if (type == 4)
        host = QHostAddress(reinterpret_cast<const quint8 *>(bytes.constData())).toString();
    else if (type == 1)
        host = u"%1.%2.%3.%4"_s.arg(quint8(bytes[0])).arg(quint8(bytes[1])).arg(quint8(bytes[2])).arg(quint8(bytes[3]));
    m_targets.append(u"%1:%2"_s.arg(host).arg(port));
    buffer.clear();
    join(client, port, {}, QByteArray("\5\0\0\1\x7f\0\0\1\0\0", 10), QByteArray("\5\5\0\1\0\0\0\0\0\0", 10));
}

void ProxyServer::join(QTcpSocket *client, quint16 port, const QByteArray &first, const QByteArray &opened,
                       const QByteArray &failed)
{
    client->setProperty("joined", true);
    auto *target = new QTcpSocket(client);
    connect(target, &QTcpSocket::connected, client, [client, target, first, opened] {
        target->write(first);
        client->write(opened);
        connect(client, &QTcpSocket::readyRead, target, [client, target] { target->write(client->readAll()); });
    });
    connect(target, &QTcpSocket::readyRead, client, [client, target] { client->write(target->readAll()); });
    connect(target, &QTcpSocket::disconnected, client, [client] { client->disconnectFromHost(); });
    connect(target, &QTcpSocket::errorOccurred, client, [client, target, failed] {
        if (target->error() == QAbstractSocket::ConnectionRefusedError)
            client->write(failed);
    });
    target->connectToHost(QHostAddress::LocalHost, port);
}

} // namespace allclear::test
