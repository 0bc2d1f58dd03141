// Runs one probe to its end in the test's event loop.
#pragma once

#include "conditions/evaluate.h"
#include "probes/probe.h"
#include "probes/services.h"
#include "support/testmain.h"

#include <QSignalSpy>

namespace allclear::test {

inline Endpoint endpointFor(const QString &url, const QStringList &conditions = {QStringLiteral("[CONNECTED] == true")})
{
    Endpoint endpoint;
    endpoint.name = QStringLiteral("target");
    endpoint.url = url;
    endpoint.target = url;
    endpoint.kind = url.startsWith(QLatin1StringView("ws")) ? Kind::WebSocket : Kind::Http;
    endpoint.client.timeout = 5s;
    for (const QString &text : conditions)
        endpoint.conditions.append({.text = text, .mark = {}});
    return endpoint;
}

/// "kind: message" of a failed probe.
inline QByteArray told(const ObservationPtr &seen)
{
    return seen && seen->failure ? (name(seen->failure->kind) + QStringLiteral(": ") + seen->failure->message).toUtf8()
                                 : QByteArray("no failure");
}

class ProbeRunner {
public:
    ObservationPtr run(const Endpoint &endpoint, const Secrets &secrets = {}, const QStringList &requirements = {})
    {
        auto conditions = std::make_shared<const ConditionSet>(endpoint.conditions, endpoint.degradedWhen, requirements);
        const std::unique_ptr<Probe> probe =
            makeProbe({.endpoint = endpoint, .conditions = conditions, .secrets = secrets, .queued = {}, .attempt = 1}, services);
        ObservationPtr result;
        int count = 0;
        QObject::connect(probe.get(), &Probe::finished, probe.get(), [&](const ObservationPtr &observation) {
            result = observation;
            ++count;
        });
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        if (spy.isEmpty() && !spy.wait(20'000))
            return nullptr;
        QCoreApplication::sendPostedEvents();
        return count == 1 ? result : nullptr; // exactly once
    }

    ProbeServices services{std::make_shared<SystemClock>()};
};

} // namespace allclear::test
