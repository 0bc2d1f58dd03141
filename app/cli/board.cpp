#include "app/cli/commands.h"
#include "app/cli/output.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

QStringList boardArguments(const Invocation &invocation)
{
    if (invocation.command == Command::Rehearse)
        return {u"--rehearse"_s, u"--speed"_s, QString::number(invocation.speed)};
    return invocation.files;
}

} // namespace

int runBoard(const Invocation &invocation)
{
    const Output output(invocation);
    if (!hasDisplay()) {
        output.error(u"There is no display for the board (DISPLAY and WAYLAND_DISPLAY are not set).\n"
                     "Without one, use `allclear check FILE` or `allclear rehearse --headless`."_s);
        return 2;
    }
    const QByteArray program = QFile::encodeName(QCoreApplication::applicationDirPath() + u"/allclear-board"_s);
    QList<QByteArray> arguments{program};
    for (const QString &argument : boardArguments(invocation))
        arguments.append(QFile::encodeName(argument));
    std::vector<char *> pointers;
    for (QByteArray &argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    execv(program.constData(), pointers.data());
    output.error(u"The board cannot be started: %1: %2"_s.arg(QFile::decodeName(program),
                                                              QString::fromLocal8Bit(std::strerror(errno))));
    return 2;
}

} // namespace allclear
