// A real server of Debian's for tests: in a temporary folder of its own, on a free loopback port, stopped by its own
// pid. As root it runs as `nobody`, because PostgreSQL and others refuse to run as root.
//
//   RealServer server;
//   QVERIFY2(server.start(u"/usr/bin/prometheus"_s, {…}), qPrintable(server.error()));
//   QVERIFY2(server.waitFor([&] { return server.takesConnections(); }), qPrintable(server.error()));
#pragma once

#include <QProcess>
#include <QTemporaryDir>

#include <chrono>
#include <csignal>
#include <functional>

namespace allclear::test
{

/// A loopback port that nothing listens on at this moment.
quint16 freePort();

class RealServer
{
public:
    RealServer();
    ~RealServer(); ///< stops

    quint16 port() const { return m_port; }
    QString folder() const { return m_folder.path(); }
    QString path(const QString &name) const { return m_folder.filePath(name); }
    /// A file in the folder that the server may read, and nobody else.
    QString write(const QString &name, const QByteArray &bytes) const;

    /// Runs a command (an absolute path, as in start()) to its end as the server's user, in the folder.
    bool run(const QString &program, const QStringList &arguments,
             std::chrono::milliseconds patience = std::chrono::seconds(30));
    QByteArray output() const { return m_output; } ///< of the last run(), both streams

    /// Not yet answering: see waitFor(). Starting again after stop() keeps folder and port.
    bool start(const QString &program, const QStringList &arguments);
    /// Asks again and again; the test's event loop runs in between. False when the time is over or the server died.
    bool waitFor(const std::function<bool()> &answers, std::chrono::milliseconds patience = std::chrono::seconds(30));
    bool takesConnections() const;
    bool isRunning() const { return m_process.state() == QProcess::Running; }
    void signal(int number) const;
    /// `number` first; SIGKILL when that does not end it within ten seconds.
    void stop(int number = SIGTERM);

    QString error() const { return m_error; } ///< with the end of the server's log, or the Debian package that is missing
    QByteArray log() const;

private:
    void prepare(QProcess &process, const QString &program, const QStringList &arguments) const;
    bool fail(const QString &message);

    QTemporaryDir m_folder;
    quint16 m_port = 0;
    QProcess m_process;
    QByteArray m_output;
    QString m_error;
};

} // namespace allclear::test
