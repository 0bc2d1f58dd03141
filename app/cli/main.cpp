#include "app/cli/commands.h"

#include <QCoreApplication>

#include <cstdio>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

int end(const Ending &ending)
{
    std::fputs(ending.out.toUtf8().constData(), stdout);
    std::fputs(ending.err.toUtf8().constData(), stderr);
    return ending.code;
}

int run(const Invocation &invocation)
{
    switch (invocation.command) {
    case Command::Board: return runBoard(invocation);
    case Command::Check: return runCheck(invocation);
    case Command::Watch: return runWatch(invocation);
    case Command::Probe: return runProbe(invocation);
    case Command::Validate: return runValidate(invocation);
    case Command::Import: return runImport(invocation);
    case Command::Rehearse: return runRehearse(invocation);
    }
    Q_UNREACHABLE();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"allclear"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(ALLCLEAR_VERSION));
    const auto parsed = parseArguments(QCoreApplication::arguments().mid(1));
    if (const auto *ending = std::get_if<Ending>(&parsed))
        return end(*ending);
    return run(std::get<Invocation>(parsed));
}
