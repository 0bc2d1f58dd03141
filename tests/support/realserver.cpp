#include "support/realserver.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <pwd.h>
#include <unistd.h>

namespace allclear::test
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int stopPatienceMs = 10'000;
constexpr qsizetype shownLog = 2000;

bool isRoot() { return ::geteuid() == 0; }

void giveToServer(const QString &path)
{
    const passwd *user = isRoot() ? ::getpwnam("nobody") : nullptr;
    if (user != nullptr && ::chown(QFile::encodeName(path).constData(), user->pw_uid, user->pw_gid) != 0)
        qFatal("cannot give %s to nobody", qPrintable(path));
}

struct Packaged {
    QLatin1StringView program, package;
};

constexpr Packaged packages[] = {
    {"nginx"_L1, "nginx-light"_L1},       {"redis-server"_L1, "redis-server"_L1},
    {"haproxy"_L1, "haproxy"_L1},         {"prometheus"_L1, "prometheus"_L1},
    {"initdb"_L1, "postgresql-15"_L1},    {"postgres"_L1, "postgresql-15"_L1},
    {"psql"_L1, "postgresql-client-15"_L1}, {"pg_isready"_L1, "postgresql-client-15"_L1},
};

/// Empty when the program is there.
QString missing(const QString &program)
{
    const QFileInfo file(program);
    if (file.isExecutable())
        return {};
    const auto row = std::ranges::find(packages, file.fileName(), &Packaged::program);
    const QString package = row == std::end(packages) ? file.fileName() : QString(row->package);
    return u"this test needs %1 of the Debian package %2, which is not installed: ./dev test installs it"_s.arg(program, package);
}

} // namespace

quint16 freePort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        qFatal("no loopback port: %s", qPrintable(server.errorString()));
    return server.serverPort();
}

RealServer::RealServer() : m_port(freePort()) { giveToServer(m_folder.path()); }

RealServer::~RealServer() { stop(); }

QString RealServer::write(const QString &name, const QByteArray &bytes) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    giveToServer(file.fileName());
    return file.fileName();
}

void RealServer::prepare(QProcess &process, const QString &program, const QStringList &arguments) const
{
    QProcessEnvironment environment;
    environment.insert(u"PATH"_s, u"/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"_s);
    environment.insert(u"HOME"_s, m_folder.path());
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder.path());
    if (!isRoot()) {
        process.setProgram(program);
        process.setArguments(arguments);
        return;
    }
    // setpriv executes the program in its own place: the pid is the server's.
    process.setProgram(u"/usr/bin/setpriv"_s);
    process.setArguments(QStringList{u"--reuid=nobody"_s, u"--regid=nogroup"_s, u"--clear-groups"_s, u"--"_s, program}
                         + arguments);
}

bool RealServer::run(const QString &program, const QStringList &arguments, std::chrono::milliseconds patience)
{
    if (const QString absence = missing(program); !absence.isEmpty())
        return fail(absence);
    QProcess process;
    prepare(process, program, arguments);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start();
    const bool ended = process.waitForFinished(static_cast<int>(patience.count()));
    m_output = process.readAll();
    if (!ended)
        process.kill();
    process.waitForFinished();
    if (ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0)
        return true;
    return fail(u"%1 failed: %2"_s.arg(program, QString::fromUtf8(m_output.right(shownLog))));
}

bool RealServer::start(const QString &program, const QStringList &arguments)
{
    if (const QString absence = missing(program); !absence.isEmpty())
        return fail(absence);
    prepare(m_process, program, arguments);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.setStandardOutputFile(path(u"server.log"_s), QIODevice::Append);
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.start();
    return m_process.waitForStarted() || fail(u"%1 could not be started: %2"_s.arg(program, m_process.errorString()));
}

bool RealServer::waitFor(const std::function<bool()> &answers, std::chrono::milliseconds patience)
{
    const QDeadlineTimer deadline(patience);
    while (!answers()) {
        if (!isRunning())
            return fail(u"the server ended: %1"_s.arg(QString::fromUtf8(log().right(shownLog))));
        if (deadline.hasExpired())
            return fail(u"the server does not answer: %1"_s.arg(QString::fromUtf8(log().right(shownLog))));
        QTest::qWait(50);
    }
    return true;
}

bool RealServer::takesConnections() const
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, m_port);
    return socket.waitForConnected(1000);
}

void RealServer::signal(int number) const
{
    if (isRunning())
        ::kill(static_cast<pid_t>(m_process.processId()), number);
}

void RealServer::stop(int number)
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    signal(number);
    if (!m_process.waitForFinished(stopPatienceMs)) {
        m_process.kill();
        m_process.waitForFinished();
    }
}

QByteArray RealServer::log() const
{
    QFile file(path(u"server.log"_s));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool RealServer::fail(const QString &message)
{
    m_error = message;
    return false;
}

} // namespace allclear::test
