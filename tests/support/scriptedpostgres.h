// A PostgreSQL server on a loopback port that follows a script: one answer to each thing the client says, then an end.
#pragma once

#include "support/faultserver.h"

#include <QSslConfiguration>
#include <QSslSocket>
#include <QtEndian>

namespace allclear::test::pg
{

inline QByteArray int32(qint32 value)
{
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(value, bytes.data());
    return bytes;
}

inline QByteArray int16(qint16 value)
{
    QByteArray bytes(2, Qt::Uninitialized);
    qToBigEndian(value, bytes.data());
    return bytes;
}

inline QByteArray message(char type, const QByteArray &body)
{
    return type + int32(static_cast<qint32>(body.size()) + 4) + body;
}
/// A head alone: what it announces may never come.
inline QByteArray head(char type, qint32 length) { return type + int32(length); }

inline QByteArray report(char type, const QByteArray &severity, const QByteArray &code, const QByteArray &text)
{
    return message(type, 'S' + severity + '\0' + 'V' + severity + '\0' + 'C' + code + '\0' + 'M' + text + '\0' + '\0');
}

inline QByteArray error(const QByteArray &code, const QByteArray &text) { return report('E', "FATAL", code, text); }
inline QByteArray ready() { return message('Z', "I"); }
inline QByteArray welcome()
{
    return message('R', int32(0))
        + message('S',
                  QByteArray("server_version\0"
                             "15.1\0",
                             20))
        + message('K', int32(1) + int32(2)) + ready();
}
inline QByteArray parsed() { return message('1', {}) + message('2', {}); }
inline QByteArray done(const QByteArray &tag) { return message('C', tag + '\0'); }
/// The answers to BEGIN and SET.
inline QByteArray begun()
{
    return parsed() + message('n', {}) + done("BEGIN") + parsed() + message('n', {}) + done("SET");
}

struct Cell {
    QByteArray name;
    qint32 type = 25;
    QByteArray value; ///< null: SQL's NULL
};

inline QByteArray columns(const QList<Cell> &cells)
{
    QByteArray body = int16(static_cast<qint16>(cells.size()));
    for (const Cell &cell : cells)
        body += cell.name + '\0' + int32(0) + int16(0) + int32(cell.type) + int16(-1) + int32(-1) + int16(0);
    return message('T', body);
}

inline QByteArray row(const QList<Cell> &cells)
{
    QByteArray body = int16(static_cast<qint16>(cells.size()));
    for (const Cell &cell : cells)
        body += cell.value.isNull() ? int32(-1) : int32(static_cast<qint32>(cell.value.size())) + cell.value;
    return message('D', body);
}

inline QByteArray answer(const QList<Cell> &cells)
{
    return begun() + parsed() + columns(cells) + row(cells) + done("SELECT 1") + ready();
}

struct Turn {
    QByteArray reply;
    Then then = Then::KeepOpen;
    QByteArray tail = {};
    std::chrono::milliseconds dripEvery = usualDrip;
};

class ScriptedServer : public QTcpServer
{
public:
    /// With a configuration, TLS begins after a turn whose reply is "S".
    explicit ScriptedServer(QList<Turn> turns, std::optional<QSslConfiguration> tls = {})
        : m_turns(std::move(turns)), m_tls(std::move(tls))
    {
        listen(QHostAddress::LocalHost);
    }

    int connections() const { return m_connections; }
    const QByteArrayList &heard() const { return m_heard; }
    QString url(const QString &rest = QStringLiteral("db?sslmode=disable")) const
    {
        return QStringLiteral("postgres://probe:hunter2secret@127.0.0.1:%1/%2").arg(serverPort()).arg(rest);
    }
    /// Another script for the second and later connections.
    void setSecond(QList<Turn> turns) { m_second = std::move(turns); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        const auto turns = std::make_shared<QList<Turn>>(m_connections++ > 0 && m_second ? *m_second : m_turns);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, turns] {
            m_heard.append(socket->readAll());
            if (!turns->isEmpty())
                perform(socket, turns->takeFirst());
        });
    }

private:
    void perform(QSslSocket *socket, const Turn &turn)
    {
        socket->write(turn.reply);
        socket->flush();
        if (turn.reply == "S" && m_tls) {
            socket->setSslConfiguration(*m_tls);
            socket->startServerEncryption();
        }
        follow(socket, turn.then, turn.tail, turn.dripEvery);
    }

    QList<Turn> m_turns;
    std::optional<QList<Turn>> m_second;
    std::optional<QSslConfiguration> m_tls;
    QByteArrayList m_heard;
    int m_connections = 0;
};

} // namespace allclear::test::pg
