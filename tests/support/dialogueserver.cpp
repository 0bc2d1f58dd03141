#include "support/dialogueserver.h"

#include <QSslSocket>
#include <QTimer>

#include <sys/socket.h>

namespace allclear::test
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 floodBuffer = 256 * 1024;

void resetHard(QTcpSocket *socket)
{
    socket->flush();
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(static_cast<int>(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    socket->abort();
}

} // namespace

DialogueServer::DialogueServer(Dialogue dialogue) : m_dialogue(std::move(dialogue)) { listen(QHostAddress::LocalHost); }

DialogueServer::DialogueServer(Dialogue dialogue, const QSslConfiguration &tls) : DialogueServer(std::move(dialogue))
{
    m_tls = tls;
}

QString DialogueServer::url(const QString &scheme, const QString &path) const
{
    return u"%1://127.0.0.1:%2%3"_s.arg(scheme).arg(serverPort()).arg(path);
}

void DialogueServer::incomingConnection(qintptr descriptor)
{
    ++m_connections;
    if (!m_tls) {
        auto *socket = new QTcpSocket(this);
        socket->setSocketDescriptor(descriptor);
        serve(socket);
        return;
    }
    auto *socket = new QSslSocket(this);
    socket->setSocketDescriptor(descriptor);
    socket->setSslConfiguration(*m_tls);
    serve(socket);
    socket->startServerEncryption();
}

void DialogueServer::serve(QTcpSocket *socket)
{
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    auto turn = std::make_shared<qsizetype>(0);
    connect(socket, &QTcpSocket::readyRead, this, [this, socket, turn] {
        m_heard.append(socket->readAll());
        if (*turn >= m_dialogue.answers.size())
            return;
        socket->write(m_dialogue.answers[(*turn)++]);
        if (*turn == m_dialogue.answers.size())
            follow(socket);
    });
    if (!m_dialogue.greeting.isEmpty())
        socket->write(m_dialogue.greeting);
    if (m_dialogue.answers.isEmpty())
        follow(socket);
}

void DialogueServer::follow(QTcpSocket *socket)
{
    switch (m_dialogue.then) {
    case Then::KeepOpen: break;
    case Then::Close: socket->disconnectFromHost(); break;
    case Then::Reset: QTimer::singleShot(20, socket, [socket] { resetHard(socket); }); break;
    case Then::Drip: {
        auto *timer = new QTimer(socket);
        auto position = std::make_shared<qsizetype>(0);
        connect(timer, &QTimer::timeout, socket, [this, socket, position] {
            const QByteArray &tail = m_dialogue.tail;
            socket->write(tail.isEmpty() ? "x" : tail.sliced((*position)++ % tail.size(), 1));
        });
        timer->start(m_dialogue.dripEvery);
        break;
    }
    case Then::Flood: {
        const auto pour = [this, socket] {
            while (socket->bytesToWrite() < floodBuffer && socket->state() == QAbstractSocket::ConnectedState)
                socket->write(m_dialogue.tail);
        };
        connect(socket, &QTcpSocket::bytesWritten, socket, pour);
        pour();
        break;
    }
    }
}

} // namespace allclear::test
