// A server on a real loopback socket that answers what comes in chunk by chunk: the first chunk gets the first answer,
// and so on; after the last one it does what `then` says. For protocols in which each side waits for the other.
#pragma once

#include "support/faultserver.h"

namespace allclear::test
{

struct Dialogue {
    QList<QByteArray> answers = {};
    Then then = Then::KeepOpen;
    QByteArray tail = {}; ///< of Drip and Flood
    QByteArray greeting = {}; ///< sent before anything is asked
    std::chrono::milliseconds dripEvery = usualDrip;
};

class DialogueServer : public QTcpServer
{
    Q_OBJECT
public:
    explicit DialogueServer(Dialogue dialogue);
    DialogueServer(Dialogue dialogue, const QSslConfiguration &tls);

    quint16 port() const { return serverPort(); }
    QString url(const QString &scheme, const QString &path = {}) const;
    const QList<QByteArray> &heard() const { return m_heard; } ///< chunks of all connections
    int connections() const { return m_connections; }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void serve(QTcpSocket *socket);

    Dialogue m_dialogue;
    std::optional<QSslConfiguration> m_tls;
    QList<QByteArray> m_heard;
    int m_connections = 0;
};

} // namespace allclear::test
