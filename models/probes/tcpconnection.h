// One non-blocking TCP connection on a POSIX socket, driven by the thread's event loop. It exists because a probe must
// tell apart what QTcpSocket folds together: FIN from RST, refused from unreachable, one address from the next.
#pragma once

#include "core/observation.h"

#include <QHostAddress>
#include <QObject>

#include <memory>

class QSocketNotifier;

namespace allclear {

class TcpConnection : public QObject {
    Q_OBJECT
public:
    explicit TcpConnection(QObject *parent = nullptr);
    ~TcpConnection() override; ///< closes at once

    /// Starts connecting; exactly one of connected() and failed() follows, unless destroyed first.
    void open(const QHostAddress &address, quint16 port);
    /// Queues bytes; what the kernel does not take now goes out later.
    void write(const QByteArray &bytes);
    bool hasUnsent() const { return !m_unsent.isEmpty(); }
    qsizetype unsent() const { return m_unsent.size(); } ///< bytes that the kernel has not taken yet
    void close();
    QHostAddress address() const { return m_address; }
    quint16 port() const { return m_port; }

Q_SIGNALS:
    void connected();
    void sent(); ///< everything written so far is with the kernel
    void received(const QByteArray &bytes); ///< at most 64 KiB at a time; less when they take long to digest
    void ended();                           ///< the peer's FIN
    /// refused, unreachable, or closed (reset); the connection is dead.
    void failed(allclear::FailureKind kind, const QString &reason);

private:
    void finishConnecting();
    void readSome();
    void adaptTurn(std::chrono::nanoseconds taken);
    void writeSome();
    void fail(int error);

    int m_descriptor = -1;
    bool m_connected = false;
    QHostAddress m_address;
    quint16 m_port = 0;
    QByteArray m_unsent;
    std::size_t m_turn; // bytes read at a time
    std::unique_ptr<QSocketNotifier> m_readable, m_writable;
};

} // namespace allclear
