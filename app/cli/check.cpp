#include "app/cli/commands.h"
#include "app/wiring/interrupt.h"
#include "app/cli/output.h"
#include "app/wiring/session.h"

#include "incident/reader.h"

#include <QCoreApplication>
#include <QTimer>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

void print(const CheckReport &report, const Invocation &invocation, const Output &output)
{
    if (invocation.format == Format::Json)
        output.result(toJson(report));
    else
        output.result(toText(report, output.colour()));
}

} // namespace

int runCheck(const Invocation &invocation)
{
    const Output output(invocation);
    const QString file = invocation.files.first();
    const ReadResult read = readIncidentFile(file);
    output.diagnostics(read.diagnostics, file);
    if (!read.incident)
        return 2;

    const Interrupt interrupt;
    const auto clock = std::make_shared<SystemClock>();
    Session session(clock, invocation.duration ? Mode::OverTime : Mode::OneShot, Session::Home::CallersThread);
    QCoreApplication *app = QCoreApplication::instance();
    QObject::connect(&interrupt, &Interrupt::requested, app, &QCoreApplication::quit);
    int results = 0;
    QObject::connect(session.engine(), &Engine::observed, app, [&] {
        output.progress(u"%1 results of %2 endpoints"_s.arg(++results).arg(read.incident->endpoints.size()));
    });
    session.take(read.incident);
    if (invocation.duration) {
        QObject::connect(session.desk(), &Desk::framed, app, [app](const FramePtr &frame) {
            if (frame->verdict->overall == Overall::Clear)
                app->quit();
        });
        const auto real = std::chrono::ceil<std::chrono::milliseconds>(clock->toReal(*invocation.duration));
        QTimer::singleShot(real, Qt::PreciseTimer, app, &QCoreApplication::quit);
        session.start();
    } else {
        QObject::connect(session.engine(), &Engine::allProbed, app, &QCoreApplication::quit);
        session.probeAllOnce();
    }
    app->exec();
    const CheckReport report = session.report();
    print(report, invocation, output);
    return exitCode(report.verdict.overall);
}

} // namespace allclear
