// The founding incident as the file format fixes it by example, value by value.
#include "support/testmain.h"

#include "incident/reader.h"

#include <QFile>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

QByteArray fixture(const char *name)
{
    QFile file(QStringLiteral(FIXTURES "/incident/") + QString::fromLatin1(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString shown(const Diagnostics &diagnostics)
{
    QStringList lines;
    for (const Diagnostic &diagnostic : diagnostics)
        lines.append(toText(diagnostic, u"f"_s));
    return lines.join(u'\n');
}

ReadResult read(const QByteArray &yaml, ReadOptions options = {.variables = {}, .useEnvironment = false, .directory = u"/etc/incident"_s})
{
    return readIncident(yaml, options, u"/etc/incident/shop.yaml"_s);
}

QStringList texts(const QList<ConditionText> &conditions)
{
    QStringList list;
    for (const ConditionText &condition : conditions)
        list.append(condition.text);
    return list;
}

#define READ(result) \
    QVERIFY2(result.incident, qUtf8Printable(shown(result.diagnostics)))

} // namespace

class TestReference : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void readsWithoutErrors();
    void header();
    void endpoints();
    void suite();
    void criteria();
    void whysAndActions();
    void runsAndNotify();
    void notices();
};

void TestReference::readsWithoutErrors()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    QVERIFY2(!hasErrors(result.diagnostics), qUtf8Printable(shown(result.diagnostics)));
}

void TestReference::header()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    const Incident &incident = *result.incident;
    QCOMPARE(incident.title, u"Staging: every service answers 503"_s);
    QCOMPARE(incident.severity, u"P0"_s);
    QCOMPARE(incident.status, IncidentStatus::Investigating);
    QCOMPARE(toIso(*incident.declared), u"2025-09-16T04:00:00.000Z"_s);
    QVERIFY(incident.summary.startsWith(u"Enterprise demos"_s));
    QVERIFY(incident.customers.startsWith(u"Platform reliability"_s));
    QCOMPARE(moneyText(*incident.revenueAtRisk), u"$500K+ ARR"_s);
    const QList<EndpointKey> services{u"Services/api-health"_s, u"Services/api-dependencies"_s, u"Services/auth-health"_s,
                                      u"Services/frontend"_s, u"Services/chat-socket"_s};
    QCOMPARE(incident.availabilityOf, services);
    QCOMPARE(incident.links.size(), 1);
    QCOMPARE(incident.links[0].title, u"Five whys worklog"_s);
    QCOMPARE(incident.sourcePath, u"/etc/incident/shop.yaml"_s);
    QCOMPARE(incident.components.size(), 11);
    QCOMPARE(incident.components[0].title, u"VPC connector"_s);
    QCOMPARE(incident.components[5].needs, (QStringList{u"cloud-run"_s, u"certificates"_s}));
    QCOMPARE(incident.component(u"agents"_s)->tier, u"Services"_s);
    QVERIFY(!incident.component(u"nothing"_s));
    QVERIFY(std::ranges::none_of(incident.components, &Component::implied));
}

void TestReference::endpoints()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    const Incident &incident = *result.incident;
    QCOMPARE(incident.endpoints.size(), 13); // 12 and the journey
    const Endpoint &health = *incident.endpoint(u"Services/api-health"_s);
    QCOMPARE(health.url, u"https://api.staging.netrasystems.ai/health"_s);
    QCOMPARE(health.target, health.url);
    QCOMPARE(health.kind, Kind::Http);
    QCOMPARE(health.component, u"api"_s);
    QCOMPARE(health.interval, Duration(10s));
    QCOMPARE(health.client.timeout, Duration(15s));
    QCOMPARE(health.failureThreshold, 2);
    QCOMPARE(health.successThreshold, 2);
    QCOMPARE(texts(health.conditions), (QStringList{u"[STATUS] == 200"_s, u"[BODY].status == healthy"_s}));
    QCOMPARE(texts(health.degradedWhen), QStringList{u"[RESPONSE_TIME] > 2000"_s});
    QCOMPARE(health.mark, (SourceMark{46, 5}));
    QCOMPARE(health.conditions[0].mark, (SourceMark{50, 19}));
    QCOMPARE(health.conditions[1].mark, (SourceMark{50, 38}));
    QVERIFY(health.notJudged.isEmpty());
    const Endpoint &socket = *incident.endpoint(u"Services/chat-socket"_s);
    QCOMPARE(socket.kind, Kind::WebSocket);
    QCOMPARE(socket.url, u"wss://api.staging.netrasystems.ai/ws"_s);
    QVERIFY(socket.notJudged.isEmpty());
    const Endpoint &certificate = *incident.endpoint(u"Infrastructure/api-certificate"_s);
    QCOMPARE(certificate.kind, Kind::Tls);
    QCOMPARE(certificate.interval, Duration(60s));
    QVERIFY(certificate.notJudged.isEmpty());
    QVERIFY(incident.endpoint(u"Infrastructure/redis-ping"_s)->notJudged.isEmpty());
    const Endpoint &postgres = *incident.endpoint(u"Infrastructure/postgres-connections"_s);
    QCOMPARE(postgres.kind, Kind::Postgres);
    QCOMPARE(postgres.notJudged, u"variable ${PGPASSWORD} is not set"_s);
    QCOMPARE(postgres.target, u"postgres://•••@127.0.0.1:5432/netra_staging"_s);
    const Endpoint &connector = *incident.endpoint(u"Infrastructure/connector-state"_s);
    QCOMPARE(connector.client.auth, u"gcp"_s);
    QCOMPARE(connector.client.timeout, Duration(15s));
    QVERIFY(connector.notJudged.isEmpty());
}

void TestReference::suite()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    const Endpoint &suite = result.incident->endpoints.last();
    QCOMPARE(suite.kind, Kind::Journey);
    QCOMPARE(suite.key(), u"Journeys/golden-path"_s);
    QCOMPARE(suite.component, u"agents"_s);
    QCOMPARE(suite.interval, Duration(60s));
    QCOMPARE(suite.client.timeout, Duration(120s));
    QCOMPARE(suite.target, u"2 steps"_s);
    QCOMPARE(suite.notJudged, u"step `log in`: variable ${GOLDEN_USER} is not set"_s);
    QCOMPARE(suite.journey->title, u"Golden path: login → AI response"_s);
    QCOMPARE(suite.journey->steps.size(), 2);
    const JourneyStep &login = suite.journey->steps[0];
    QCOMPARE(login.endpoint.method, u"POST"_s);
    QCOMPARE(login.endpoint.group, u"Journeys"_s);
    QCOMPARE(login.endpoint.headers.size(), 1);
    QCOMPARE(login.store.size(), 2);
    QCOMPARE(login.store[1].second, u"[BODY].user.id"_s);
    const JourneyStep &chat = suite.journey->steps[1];
    QCOMPARE(chat.endpoint.client.timeout, Duration(90s));
    const QList<ConversationStep> &conversation = chat.endpoint.conversation;
    QCOMPARE(conversation.size(), 7);
    QCOMPARE(conversation[0].within, std::optional<Duration>(5s));
    QCOMPARE(texts(conversation[6].expect), QStringList{u"[MESSAGE].type == agent_completed"_s});
    QVERIFY(conversation[1].send.contains(u"[CONTEXT].user"_s));
    QCOMPARE(conversation[6].store[0].first, u"answer"_s);
}

void TestReference::criteria()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    const QList<SuccessCriterion> &criteria = result.incident->criteria;
    QCOMPARE(criteria.size(), 5);
    QCOMPARE(criteria[0].kind, std::optional(Kind::Http));
    QCOMPARE(criteria[0].endpoints.size(), 4); // not the socket
    QCOMPARE(criteria[0].hold, Duration(5min));
    QCOMPARE(criteria[1].endpoints.size(), 7);
    QCOMPARE(texts(criteria[1].require), QStringList{u"[RESPONSE_TIME] < 2000"_s});
    QCOMPARE(criteria[2].endpoints, QList<EndpointKey>{u"Services/chat-socket"_s});
    QVERIFY(criteria[3].require.isEmpty());
    QCOMPARE(criteria[4].endpoints, QList<EndpointKey>{u"Journeys/golden-path"_s});
    QCOMPARE(criteria[4].hold, Duration(10min));
}

void TestReference::whysAndActions()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    const Incident &incident = *result.incident;
    QCOMPARE(incident.whys.size(), 5);
    QCOMPARE(incident.whys[2].evidence, (QList<EndpointKey>{u"Infrastructure/redis-ping"_s, u"Infrastructure/postgres-connections"_s}));
    QCOMPARE(incident.whys[0].confirmedWhen, ConfirmedWhen::Failing);
    QVERIFY(incident.whys[4].evidence.isEmpty());
    QCOMPARE(incident.actions.size(), 5);
    QCOMPARE(incident.actions[0].due, std::optional<Duration>(2h));
    QCOMPARE(incident.actions[0].doneWhen, QList<EndpointKey>{u"Infrastructure/connector-state"_s});
    QCOMPARE(incident.actions[4].due, std::optional<Duration>(15min));
}

void TestReference::runsAndNotify()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    READ(result);
    const Incident &incident = *result.incident;
    QCOMPARE(incident.runs.size(), 3);
    const Run &connectivity = incident.runs[0];
    QCOMPARE(connectivity.command.first(), u"python"_s);
    QCOMPARE(connectivity.directory, QDir::homePath() + "/src/netra"_L1);
    QCOMPARE(connectivity.expect.format, u"pytest"_s);
    QCOMPARE(connectivity.expect.atLeast, std::optional(4));
    QCOMPARE(connectivity.expect.realAfter, std::optional<Duration>(5s));
    QCOMPARE(connectivity.baseline.failed, std::optional(3));
    QCOMPARE(connectivity.baseline.duration, std::optional<Duration>(48800ms));
    QCOMPARE(incident.runs[2].command.last(), u"https://api.staging.netrasystems.ai/health"_s);
    QCOMPARE(incident.runs[2].expect.exit, std::optional(0));
    QCOMPARE(incident.runs[2].expect.output, u"pat(*200*)"_s);
    QVERIFY(incident.notify.desktop && incident.notify.sound);
    QCOMPARE(incident.notify.webhooks.size(), 1);
    QCOMPARE(incident.notify.webhooks[0].on.size(), 5);
}

void TestReference::notices()
{
    const ReadResult result = read(fixture("reference-incident.yaml"));
    QStringList notices;
    for (const Diagnostic &diagnostic : result.diagnostics)
        notices.append(diagnostic.message);
    const QStringList expected{u"nothing watches `load-balancer`"_s, u"variable ${PGPASSWORD} is not set"_s,
                               u"variable ${GOLDEN_USER} is not set"_s, u"variable ${GOLDEN_PASSWORD} is not set"_s,
                               u"variable ${SLACK_WEBHOOK} is not set"_s};
    QCOMPARE(notices, expected);
    const QStringList lines = QString::fromUtf8(fixture("reference-incident.yaml")).split(u'\n');
    for (const Diagnostic &diagnostic : result.diagnostics) {
        const QString name = diagnostic.message.section(u"${"_s, 1).section(u'}', 0, 0);
        if (!name.isEmpty())
            QVERIFY(QStringView(lines[diagnostic.mark.line - 1]).sliced(diagnostic.mark.column - 1).startsWith(u"${"_s + name));
    }
}

QTEST_GUILESS_MAIN(TestReference)
#include "tst_reference.moc"
