// What a socket reports when the peer was faster than this thread, and how connections share the thread.
#include "probes/tcpconnection.h"
#include "support/faultserver.h"
#include "support/testmain.h"

#include <QSignalSpy>

#include <sys/socket.h>
#include <unistd.h>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

/// Accepts when it is told to, not when an event loop runs.
struct Listener : BoundSocket {
    Listener() { ::listen(descriptor, 1); }

    void acceptAndReset() const
    {
        const int peer = ::accept(descriptor, nullptr, nullptr);
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        ::close(peer);
    }
};

} // namespace

class TestTcpConnection : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void aResetBeforeThisThreadLooksIsNoFailureToConnect()
    {
        const Listener listener;
        TcpConnection connection;
        QSignalSpy connected(&connection, &TcpConnection::connected);
        QSignalSpy failed(&connection, &TcpConnection::failed);
        connection.open(QHostAddress(QHostAddress::LocalHost), listener.port);
        listener.acceptAndReset();
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(connected.size(), 1);
        QCOMPARE(failed[0][0].value<FailureKind>(), FailureKind::Closed);
    }

    void aResetConnectionThatIsClosedMeanwhileSaysNoMore()
    {
        const Listener listener;
        TcpConnection connection;
        QSignalSpy connected(&connection, &TcpConnection::connected);
        QSignalSpy failed(&connection, &TcpConnection::failed);
        connect(&connection, &TcpConnection::connected, &connection, &TcpConnection::close);
        connection.open(QHostAddress(QHostAddress::LocalHost), listener.port);
        listener.acceptAndReset();
        QTRY_COMPARE(connected.size(), 1);
        QCoreApplication::processEvents();
        QCOMPARE(failed.size(), 0);
    }

    void aPeerWhoseBytesAreMuchWorkGetsShorterTurns()
    {
        FaultServer server({.then = Then::Flood, .tail = QByteArray(65536, 'x'), .when = When::OnConnect});
        TcpConnection connection;
        qsizetype most = 0, last = 0;
        connect(&connection, &TcpConnection::received, this, [&](const QByteArray &bytes) {
            most = std::max(most, bytes.size());
            last = bytes.size();
            const auto start = std::chrono::steady_clock::now();
            while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(2)) { }
        });
        connection.open(QHostAddress(QHostAddress::LocalHost), server.port());
        QTRY_COMPARE(last, 2048);
        QVERIFY(most > last);
    }
};

QTEST_GUILESS_MAIN(TestTcpConnection)
#include "tst_tcpconnection.moc"
