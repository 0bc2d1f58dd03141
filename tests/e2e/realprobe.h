// What the tests against real servers share: an observation as one line that a row can name, and a probe in flight.
#pragma once

#include "../unit/probes/proberunner.h"

namespace allclear::test
{

/// Empty when it passed, otherwise "kind/phase code: message" or "tls/phase/verdict: message"; absent parts left out.
inline QString described(const ObservationPtr &seen)
{
    if (!seen)
        return QStringLiteral("no observation");
    if (!seen->failure)
        return {};
    QString text = name(seen->failure->kind);
    if (seen->failure->phase)
        text += u'/' + name(*seen->failure->phase);
    if (seen->failure->kind == FailureKind::Tls && seen->tls)
        text += u'/' + name(seen->tls->chainVerdict);
    if (seen->code)
        text += u' ' + *seen->code;
    return text + QStringLiteral(": ") + seen->failure->message;
}

/// An empty beginning stands for a pass.
inline bool tells(const ObservationPtr &seen, const QString &beginning)
{
    return seen && (beginning.isEmpty() ? !seen->failure : described(seen).startsWith(beginning));
}

/// A probe that goes on while the test does something to the server.
class ProbeInFlight
{
public:
    explicit ProbeInFlight(const Endpoint &endpoint)
        : m_conditions(std::make_shared<const ConditionSet>(endpoint.conditions, endpoint.degradedWhen, QStringList())),
          m_probe(
              makeProbe({.endpoint = endpoint, .conditions = m_conditions, .secrets = {}, .queued = {}, .attempt = 1},
                        m_services)),
          m_finished(m_probe.get(), &Probe::finished)
    {
        m_probe->start();
    }
    bool isDone() const { return !m_finished.isEmpty(); }
    /// Null when it does not finish within ten seconds, or more than once.
    ObservationPtr result()
    {
        if (m_finished.isEmpty())
            m_finished.wait(10'000);
        return m_finished.size() == 1 ? m_finished[0][0].value<ObservationPtr>() : nullptr;
    }

private:
    ProbeServices m_services{std::make_shared<SystemClock>()};
    std::shared_ptr<const ConditionSet> m_conditions;
    std::unique_ptr<Probe> m_probe;
    QSignalSpy m_finished;
};

} // namespace allclear::test
