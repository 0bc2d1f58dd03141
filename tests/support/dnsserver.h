// A name server on 127.0.0.1 that answers what the test says, over UDP and on the same port over TCP; and DNS messages by
// hand (RFC 1035, section 4).
#pragma once

#include <QNetworkDatagram>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <QUdpSocket>
#include <QtEndian>

#include <functional>
#include <memory>

namespace allclear::test::dns {

inline QByteArray be16(int number)
{
    QByteArray bytes(2, '\0');
    qToBigEndian(static_cast<quint16>(number), bytes.data());
    return bytes;
}

inline QByteArray wireName(const QByteArray &name)
{
    QByteArray wire;
    for (const QByteArray &label : name.split('.'))
        wire += static_cast<char>(label.size()) + label;
    return wire + '\0';
}

inline const QByteArray toQuestion("\xc0\x0c", 2); // a compression pointer to the question's name

inline QByteArray record(int type, const QByteArray &data, const QByteArray &name = toQuestion)
{
    return name + be16(type) + be16(1) + QByteArray("\x00\x00\x01\x2c", 4) + be16(static_cast<int>(data.size())) + data;
}

inline constexpr int answerFlags = 0x8180, truncatedFlag = 0x0200;

struct Reply {
    int flags = answerFlags;
    int count = -1; ///< of answers in the header; -1: as many as there are
    QList<QByteArray> records = {};
};

inline QByteArray reply(const QByteArray &question, const Reply &what)
{
    const int count = what.count < 0 ? static_cast<int>(what.records.size()) : what.count;
    return question.first(2) + be16(what.flags) + be16(1) + be16(count) + be16(0) + be16(0) + question.sliced(12)
        + what.records.join();
}

enum class Tcp { Absent, Answers, Silent, Closes, ClosesInside, Drips };

/// UDP and, on the same port, TCP.
class NameServer : public QObject
{
public:
    using Answers = std::function<QList<QByteArray>(const QByteArray &question)>;

    NameServer(Answers udp, Tcp tcp = Tcp::Absent, const Answers &overTcp = {})
    {
        // The same number may be taken for TCP: then another one.
        for (int attempt = 0; attempt < 50; ++attempt) {
            m_udp.close();
            m_udp.bind(QHostAddress::LocalHost);
            if (tcp == Tcp::Absent || m_tcp.listen(QHostAddress::LocalHost, m_udp.localPort()))
                break;
        }
        connect(&m_udp, &QUdpSocket::readyRead, this, [this, udp] {
            while (m_udp.hasPendingDatagrams()) {
                const QNetworkDatagram asked = m_udp.receiveDatagram();
                questions.append(asked.data());
                for (const QByteArray &answer : udp(asked.data()))
                    m_udp.writeDatagram(asked.makeReply(answer));
            }
        });
        connect(&m_tcp, &QTcpServer::newConnection, this,
                [this, tcp, overTcp] { serve(m_tcp.nextPendingConnection(), tcp, overTcp); });
    }
    quint16 port() const { return m_udp.localPort(); }
    QString url(const QString &scheme = QStringLiteral("dns")) const { return QStringLiteral("%1://127.0.0.1:%2").arg(scheme).arg(port()); }
    QList<QByteArray> questions;

private:
    void serve(QTcpSocket *socket, Tcp tcp, const Answers &answers)
    {
        connect(socket, &QTcpSocket::readyRead, this, [socket, tcp, answers] {
            const QByteArray question = socket->readAll().sliced(2);
            if (tcp == Tcp::Silent)
                return;
            const QByteArray answer = answers ? answers(question).join() : QByteArray();
            const QByteArray framed = be16(static_cast<int>(answer.size())) + answer;
            if (tcp == Tcp::Answers)
                socket->write(framed);
            else if (tcp == Tcp::ClosesInside)
                socket->write(framed.chopped(1));
            if (tcp == Tcp::Closes || tcp == Tcp::ClosesInside)
                socket->disconnectFromHost();
            if (tcp != Tcp::Drips)
                return;
            auto *timer = new QTimer(socket);
            auto at = std::make_shared<qsizetype>(0);
            connect(timer, &QTimer::timeout, socket, [socket, framed, at] {
                if (*at < framed.size() - 1)
                    socket->write(framed.sliced((*at)++, 1));
            });
            timer->start(100);
        });
    }
    QUdpSocket m_udp;
    QTcpServer m_tcp;
};

inline NameServer::Answers always(const Reply &what)
{
    return [what](const QByteArray &question) { return QList{reply(question, what)}; };
}

} // namespace allclear::test::dns
