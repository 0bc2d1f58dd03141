// One connected datagram socket on a POSIX descriptor, driven by the thread's event loop: UDP, or the kernel's
// unprivileged ping (ICMP echo). What ICMP reports about the peer arrives as a fault instead of silence.
#pragma once

#include "core/observation.h"

#include <QHostAddress>
#include <QObject>

#include <memory>

class QSocketNotifier;

namespace allclear
{

enum class DatagramKind { Udp, Ping };

struct DatagramFault {
    enum class Of { Socket /* the kernel makes no such socket for us */, Peer };
    Of of = Of::Peer;
    FailureKind kind = FailureKind::Internal;
    QString reason;
    std::optional<std::pair<int, int>> icmp; ///< type and code of the ICMP message behind it
};

class DatagramSocket : public QObject
{
    Q_OBJECT
public:
    explicit DatagramSocket(QObject *parent = nullptr);
    ~DatagramSocket() override; ///< closes at once

    /// Binds to this peer; says what is wrong, or nothing.
    std::optional<DatagramFault> open(DatagramKind kind, const QHostAddress &address, quint16 port);
    std::optional<DatagramFault> send(const QByteArray &datagram);
    void close();

Q_SIGNALS:
    void received(const QByteArray &datagram);
    void failed(const allclear::DatagramFault &fault); ///< the socket is closed

private:
    void readOne();
    DatagramFault faultOf(int error) const;

    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_readable;
};

} // namespace allclear
