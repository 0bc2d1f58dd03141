#include "rehearsal/tlslistener.h"

#include "rehearsal/httplistener.h"

#include <QHostAddress>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTimer>

namespace allclear::rehearsal {

namespace {

constexpr auto handshakeLimit = 10s; // real time: protects against a peer that never speaks

QSslConfiguration configuration(const Certificates &certificates, const QList<QSslCertificate> &chain)
{
    QSslConfiguration made = QSslConfiguration::defaultConfiguration();
    made.setCaCertificates({}); // or OpenSSL would look for the missing link there and send it
    made.setPeerVerifyMode(QSslSocket::VerifyNone);
    made.setPrivateKey(QSslKey(certificates.leafKey, QSsl::Ec));
    made.setLocalCertificateChain(chain);
    return made;
}

} // namespace

TlsListener::TlsListener(const Certificates &certificates, HttpListener &http, QObject *parent)
    : QTcpServer(parent), m_http(http)
{
    const QSslCertificate leaf(certificates.leaf), intermediate(certificates.intermediate);
    m_complete = configuration(certificates, {leaf, intermediate});
    m_incomplete = configuration(certificates, {leaf});
}

bool TlsListener::listenLocally() { return listen(QHostAddress::LocalHost, 0); }
void TlsListener::send(ChainState chain) { m_chain = chain; }

void TlsListener::incomingConnection(qintptr descriptor)
{
    auto *socket = new QSslSocket(this);
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        return;
    }
    socket->setSslConfiguration(m_chain == ChainState::Complete ? m_complete : m_incomplete);
    auto *limit = new QTimer(socket);
    limit->setSingleShot(true);
    connect(limit, &QTimer::timeout, socket, &QSslSocket::abort);
    limit->start(handshakeLimit);
    connect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
    connect(socket, &QSslSocket::encrypted, this, [this, socket, limit] {
        limit->stop();
        disconnect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
        socket->setParent(nullptr);
        m_http.serve(std::unique_ptr<QTcpSocket>(socket));
    });
    socket->startServerEncryption();
}

} // namespace allclear::rehearsal
