#include "app/cli/commands.h"
#include "app/cli/output.h"

#include "incident/reader.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QString counted(qsizetype count, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(count).arg(count == 1 ? one : many);
}

QString summary(const Incident &incident)
{
    const auto suites = std::ranges::count(incident.endpoints, Kind::Journey, &Endpoint::kind);
    return u"%1, %2, %3"_s.arg(counted(incident.endpoints.size() - suites, u"endpoint"_s, u"endpoints"_s),
                               counted(suites, u"suite"_s, u"suites"_s),
                               counted(incident.criteria.size(), u"criterion"_s, u"criteria"_s));
}

} // namespace

int runValidate(const Invocation &invocation)
{
    const Output output(invocation);
    int code = 0;
    for (const QString &file : invocation.files) {
        const ReadResult read = readIncidentFile(file);
        output.diagnostics(read.diagnostics, file);
        if (read.incident)
            output.result(u"%1: %2: ok"_s.arg(file, summary(*read.incident)));
        else
            code = 2;
    }
    return code;
}

} // namespace allclear
