#include "support/dialogueserver.h"

#include <QSslSocket>

namespace allclear::test
{

using namespace Qt::StringLiterals;

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
    accept(this, descriptor, m_tls, [this](QTcpSocket *socket) { serve(socket); });
}

void DialogueServer::serve(QTcpSocket *socket)
{
    auto turn = std::make_shared<qsizetype>(0);
    connect(socket, &QTcpSocket::readyRead, this, [this, socket, turn] {
        m_heard.append(socket->readAll());
        if (*turn >= m_dialogue.answers.size())
            return;
        socket->write(m_dialogue.answers[(*turn)++]);
        if (*turn == m_dialogue.answers.size())
            follow(socket, m_dialogue.then, m_dialogue.tail, m_dialogue.dripEvery);
    });
    if (!m_dialogue.greeting.isEmpty())
        socket->write(m_dialogue.greeting);
    if (!m_dialogue.answers.isEmpty())
        return;
    if (auto *tls = qobject_cast<QSslSocket *>(socket))
        connect(tls, &QSslSocket::encrypted, this, [this, socket] { follow(socket, m_dialogue.then, m_dialogue.tail, m_dialogue.dripEvery); });
    else
        follow(socket, m_dialogue.then, m_dialogue.tail, m_dialogue.dripEvery);
}

} // namespace allclear::test
