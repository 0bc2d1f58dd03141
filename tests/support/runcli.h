// Runs the real `allclear` while servers of the test go on answering.
#pragma once

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <chrono>

namespace allclear::test {

struct CliResult {
    int code = -1; ///< -1: it did not exit by itself
    QByteArray out;
    QByteArray err;
};

/// A folder that is home, data and working directory of the commands run in it; gone with the object.
class CliFolder {
public:
    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }
    QString path(const QString &name) const { return m_folder.filePath(name); }

    /// Not started yet. Without a display and colours of the surroundings; `variables` are "NAME=value".
    std::unique_ptr<QProcess> command(const QStringList &arguments, const QStringList &variables = {}) const
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment environment;
        environment.insert(QStringLiteral("PATH"), qEnvironmentVariable("PATH"));
        environment.insert(QStringLiteral("HOME"), m_folder.path());
        environment.insert(QStringLiteral("XDG_DATA_HOME"), m_folder.filePath(QStringLiteral("data")));
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
        for (const QString &variable : variables)
            environment.insert(variable.section(u'=', 0, 0), variable.section(u'=', 1));
        process->setProcessEnvironment(environment);
        process->setWorkingDirectory(m_folder.path());
        process->setProgram(QStringLiteral(BIN_DIR "/allclear"));
        process->setArguments(arguments);
        return process;
    }

    CliResult run(const QStringList &arguments, const QStringList &variables = {}) const
    {
        const auto process = command(arguments, variables);
        process->start();
        return finish(*process);
    }

    /// Lets the test's own event loop run until the process has ended.
    static CliResult finish(QProcess &process, std::chrono::milliseconds patience = std::chrono::seconds(90))
    {
        QSignalSpy finished(&process, &QProcess::finished);
        if (process.state() != QProcess::NotRunning && !finished.wait(static_cast<int>(patience.count()))) {
            process.kill();
            process.waitForFinished();
        }
        const bool exited = process.exitStatus() == QProcess::NormalExit && process.error() != QProcess::FailedToStart;
        return {exited ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
    }

private:
    QTemporaryDir m_folder;
};

} // namespace allclear::test
