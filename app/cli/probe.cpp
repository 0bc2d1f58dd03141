#include "app/cli/commands.h"
#include "app/wiring/interrupt.h"
#include "app/cli/output.h"

#include "conditions/evaluate.h"
#include "incident/reader.h"
#include "probes/probe.h"
#include "probes/services.h"
#include "publish/probereport.h"
#include "verdict/judge.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>
#include <QUrlQuery>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

/// The endpoint as an incident file would hold it (JSON is YAML), so that one reader checks everything.
QByteArray incidentFor(const Invocation &invocation)
{
    const ProbeOptions &options = invocation.probe;
    QJsonObject client;
    if (!options.timeout.isEmpty())
        client[u"timeout"] = options.timeout;
    if (options.insecure)
        client[u"insecure"] = true;
    if (!options.caFile.isEmpty())
        client[u"tls"] = QJsonObject{{u"ca-file"_s, options.caFile}};
    QJsonObject headers;
    for (const QString &header : options.headers)
        headers[header.section(u':', 0, 0).trimmed()] = header.section(u':', 1).trimmed();
    QString url = invocation.files.first();
    QJsonObject dns;
    if (const QUrl asked(url); asked.scheme() == "dns"_L1) { // RFC 4501: dns://server/name?type=MX
        const QString type = QUrlQuery(asked).queryItemValue(u"type"_s);
        dns = {{u"query-name"_s, asked.path().mid(1)}, {u"query-type"_s, type.isEmpty() ? u"A"_s : type.toUpper()}};
        url = asked.adjusted(QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment).toString();
    }
    QJsonObject endpoint{{u"name"_s, u"probe"_s},
                         {u"url"_s, url},
                         {u"conditions"_s, QJsonArray::fromStringList(options.expect.isEmpty() ? QStringList{u"[CONNECTED] == true"_s} : options.expect)}};
    if (!dns.isEmpty())
        endpoint[u"dns"] = dns;
    if (!headers.isEmpty())
        endpoint[u"headers"] = headers;
    if (!client.isEmpty())
        endpoint[u"client"] = client;
    if (!options.body.isEmpty())
        endpoint[u"body"] = options.body;
    if (!options.method.isEmpty())
        endpoint[u"method"] = options.method;
    return QJsonDocument(QJsonObject{{u"endpoints"_s, QJsonArray{endpoint}}}).toJson(QJsonDocument::Compact);
}

/// Without line numbers: nobody sees the file that they are in.
bool complain(const Diagnostics &diagnostics, const Output &output)
{
    for (const Diagnostic &diagnostic : diagnostics) {
        const QString suggestion = diagnostic.suggestion.isEmpty() ? QString() : u"; "_s + diagnostic.suggestion;
        if (diagnostic.severity == Severity::Error)
            output.error(u"allclear probe: "_s + diagnostic.message + suggestion);
        else
            output.notice(u"allclear probe: "_s + diagnostic.message + suggestion);
    }
    return hasErrors(diagnostics);
}

class Prober : public QObject {
public:
    Prober(const Invocation &invocation, const Output &output, IncidentPtr incident)
        : m_invocation(invocation), m_output(output), m_incident(std::move(incident)),
          m_conditions(std::make_shared<const ConditionSet>(endpoint().conditions, endpoint().degradedWhen, QStringList())),
          m_services(std::make_shared<SystemClock>())
    {
    }

    const Endpoint &endpoint() const { return m_incident->endpoints.first(); }
    const QList<ObservationPtr> &observations() const { return m_observations; }

    void next()
    {
        m_probe = makeProbe({.endpoint = endpoint(), .conditions = m_conditions, .secrets = m_incident->secrets, .queued = {},
                             .attempt = static_cast<int>(m_observations.size()) + 1},
                            m_services);
        connect(m_probe.get(), &Probe::finished, this, [this](const ObservationPtr &observation) { take(observation); });
        m_probe->start();
    }

private:
    void take(const ObservationPtr &observation)
    {
        m_probe.release()->deleteLater(); // its signal is what called this
        m_observations.append(observation);
        if (m_invocation.probe.repeat > 1 && m_invocation.format == Format::Text)
            m_output.result(repeatLine(m_observations.size(), *observation, m_output.colour()));
        if (m_observations.size() < m_invocation.probe.repeat)
            next();
        else
            QCoreApplication::quit();
    }

    const Invocation &m_invocation;
    const Output &m_output;
    IncidentPtr m_incident;
    std::shared_ptr<const ConditionSet> m_conditions;
    ProbeServices m_services;
    std::unique_ptr<Probe> m_probe;
    QList<ObservationPtr> m_observations;
};

int codeOf(const QList<ObservationPtr> &observations)
{
    int code = observations.isEmpty() ? 3 : 0;
    for (const ObservationPtr &observation : observations) {
        switch (bearingOf(*observation)) {
        case Bearing::Pass: break;
        case Bearing::Fail: return 1;
        case Bearing::Nothing: code = 3; break;
        }
    }
    return code;
}

} // namespace

int runProbe(const Invocation &invocation)
{
    const Output output(invocation);
    for (const QString &header : invocation.probe.headers) {
        if (header.indexOf(u':') < 1) {
            output.error(u"allclear probe: `--header %1` is no header; write `--header 'Name: value'`"_s.arg(header));
            return 2;
        }
    }
    ReadOptions options;
    options.directory = QDir::currentPath();
    const ReadResult read = readIncident(incidentFor(invocation), options);
    if (complain(read.diagnostics, output) || !read.incident)
        return 2;
    if (const QString &why = read.incident->endpoints.first().notJudged; !why.isEmpty()) {
        output.error(u"allclear probe: "_s + why);
        return 2;
    }
    const Interrupt interrupt;
    Prober prober(invocation, output, read.incident);
    QObject::connect(&interrupt, &Interrupt::requested, &prober, &QCoreApplication::quit);
    prober.next();
    QCoreApplication::exec();
    if (invocation.format == Format::Json)
        output.result(probeJson(prober.endpoint(), prober.observations()));
    else if (invocation.probe.repeat > 1)
        output.result(summaryText(summarise(prober.observations())));
    else if (!prober.observations().isEmpty())
        output.result(probeText(prober.endpoint(), *prober.observations().first(), output.colour()));
    return codeOf(prober.observations());
}

} // namespace allclear
