// The rehearsal as a whole: its incident file, read with its own ports, probed by the engine and judged, chapter by
// chapter. Every endpoint must be judged, and the suspect must be the component that the chapter broke.
#include "core/clock.h"
#include "engine/engine.h"
#include "incident/reader.h"
#include "rehearsal/staging.h"
#include "support/testmain.h"
#include "verdict/judge.h"

#include <QSignalSpy>

using namespace allclear;
using namespace Qt::StringLiterals;

class TestRehearsal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void fileIsReadWithoutErrors();
    void fileIsReadWithoutTheRehearsalToo();
    void everyComponentIsWatched();
    void verdictOfEveryChapter_data();
    void verdictOfEveryChapter();
    void chainIsIncompleteWhileTheStorySaysSo_data();
    void chainIsIncompleteWhileTheStorySaysSo();

private:
    Verdict judgeOnce(Chapter chapter);
    IncidentPtr read() const;

    std::shared_ptr<const Clock> m_clock;
    std::unique_ptr<Staging> m_staging;
};

namespace {

QString problems(const Diagnostics &diagnostics)
{
    QStringList lines;
    for (const Diagnostic &diagnostic : diagnostics)
        lines.append(toText(diagnostic, u"rehearsal.yaml"_s));
    return lines.join(u'\n');
}

const ComponentStatus *find(const Verdict &verdict, const QString &component)
{
    const auto found = std::find_if(verdict.components.begin(), verdict.components.end(),
                                    [&](const ComponentStatus &status) { return status.name == component; });
    return found == verdict.components.end() ? nullptr : &*found;
}

} // namespace

void TestRehearsal::init()
{
    test::failOnWarnings();
    m_clock = std::make_shared<ScaledClock>(4, SystemClock().now());
    m_staging = std::make_unique<Staging>(m_clock);
    QVERIFY(m_staging->listen());
}

IncidentPtr TestRehearsal::read() const
{
    return readIncident(rehearsalIncident(), {.variables = m_staging->variables(), .directory = {}}).incident;
}

void TestRehearsal::fileIsReadWithoutErrors()
{
    const ReadResult result
        = readIncident(rehearsalIncident(), {.variables = m_staging->variables(), .directory = {}});
    QVERIFY2(result.incident && result.diagnostics.isEmpty(), qPrintable(problems(result.diagnostics)));
    QCOMPARE(result.incident->severity, u"P0"_s);
    QCOMPARE(moneyText(*result.incident->revenueAtRisk), u"$500K+ ARR"_s);
    QCOMPARE(result.incident->criteria.size(), 5);
    QCOMPARE(result.incident->whys.size(), 5);
    QCOMPARE(std::ranges::count(result.incident->endpoints, Kind::Journey, &Endpoint::kind), 1);
    QList<Endpoint> watched = result.incident->endpoints;
    for (const JourneyStep &step : watched.last().journey->steps)
        watched.append(step.endpoint);
    for (const Endpoint &endpoint : std::as_const(watched)) {
        if (endpoint.journey)
            continue;
        QVERIFY2(endpoint.notJudged.isEmpty(), qPrintable(endpoint.key() + ": "_L1 + endpoint.notJudged));
        QVERIFY2(endpoint.target.contains(u"127.0.0.1"_s), qPrintable(endpoint.target));
        QVERIFY2(!endpoint.target.contains(u"${"_s), qPrintable(endpoint.target));
    }
}

void TestRehearsal::fileIsReadWithoutTheRehearsalToo()
{
    const ReadResult result = readIncident(rehearsalIncident(), {.useEnvironment = false, .directory = {}});
    QVERIFY2(result.incident && !hasErrors(result.diagnostics), qPrintable(problems(result.diagnostics)));
}

void TestRehearsal::everyComponentIsWatched()
{
    const IncidentPtr incident = read();
    QVERIFY(incident);
    for (const Component &component : incident->components) {
        QVERIFY2(!component.implied, qPrintable(component.name));
        const bool watched
            = std::any_of(incident->endpoints.begin(), incident->endpoints.end(),
                          [&](const Endpoint &endpoint) { return endpoint.component == component.name; });
        QVERIFY2(watched, qPrintable(component.name));
    }
}

Verdict TestRehearsal::judgeOnce(Chapter chapter)
{
    const IncidentPtr incident = read();
    if (!incident)
        return {};
    Ledger ledger(incident, Mode::OneShot);
    Engine engine(m_clock);
    connect(&engine, &Engine::observed, this, [&](const ObservationPtr &observation) {
        ledger.add(observation);
        if (observation->failed() && observation->failure)
            qInfo().noquote() << observation->endpoint << observation->failure->message;
    });
    QSignalSpy done(&engine, &Engine::allProbed);
    m_staging->enter(chapter);
    engine.load(incident);
    engine.probeAllOnce();
    if (done.isEmpty() && !done.wait(20'000))
        return {};
    return judge(ledger, m_clock->now());
}

void TestRehearsal::verdictOfEveryChapter_data()
{
    QTest::addColumn<Chapter>("chapter");
    QTest::addColumn<Overall>("overall");
    QTest::addColumn<QString>("suspect");
    QTest::addColumn<QStringList>("down");
    const auto row = [](Chapter chapter, Overall overall, const QString &suspect, const QStringList &down) {
        QTest::newRow(qPrintable(name(chapter))) << chapter << overall << suspect << down;
    };
    const QStringList connector{u"vpc-connector"_s}, data{u"postgres"_s, u"redis"_s}, run{u"cloud-run"_s};
    const QStringList balancer{u"load-balancer"_s};
    const QStringList services{u"api"_s, u"auth"_s, u"websocket"_s, u"agents"_s}, frontend{u"frontend"_s};
    const QStringList certificates{u"certificates"_s};
    const QString vpc = u"vpc-connector"_s;
    row(Chapter::Healthy, Overall::Clear, {}, {});
    row(Chapter::ConnectorSaturates, Overall::NotClear, vpc, connector);
    row(Chapter::DatabasesUnreachable, Overall::NotClear, vpc, connector + data + QStringList{u"api"_s, u"auth"_s, u"agents"_s}); // nobody can log in
    row(Chapter::CrashLoop, Overall::NotClear, vpc, connector + data + run + services);
    row(Chapter::Everything503, Overall::NotClear, vpc,
        connector + data + run + certificates + balancer + services + frontend);
    row(Chapter::ConnectorRepaired, Overall::NotClear, u"postgres"_s,
        data + run + certificates + balancer + services + frontend);
    row(Chapter::DatabasesBack, Overall::NotClear, u"cloud-run"_s, run + balancer + services + frontend);
    row(Chapter::RevisionFixed, Overall::Clear, {}, {});
    row(Chapter::Recovered, Overall::Clear, {}, {});
}

void TestRehearsal::verdictOfEveryChapter()
{
    QFETCH(Chapter, chapter);
    QFETCH(QString, suspect);
    QFETCH(QStringList, down);
    const Verdict verdict = judgeOnce(chapter);
    QVERIFY(!verdict.components.isEmpty());
    for (const ComponentStatus &component : verdict.components) {
        const bool isDown = component.state == State::Down;
        QVERIFY2(isDown == down.contains(component.name),
                 qPrintable(component.name + " is "_L1 + name(component.state)));
        QVERIFY2(component.state != State::Unknown, qPrintable(component.name));
    }
    QCOMPARE(verdict.suspects.isEmpty() ? QString() : verdict.suspects.first().component, suspect);
    if (!suspect.isEmpty())
        QVERIFY(find(verdict, suspect)->suspect);
    QTEST(verdict.overall, "overall");
}

void TestRehearsal::chainIsIncompleteWhileTheStorySaysSo_data()
{
    QTest::addColumn<Chapter>("chapter");
    QTest::addColumn<ChainVerdict>("chain");
    QTest::newRow("complete when healthy") << Chapter::Healthy << ChainVerdict::Ok;
    QTest::newRow("incomplete when everything fails") << Chapter::Everything503 << ChainVerdict::Incomplete;
    QTest::newRow("complete again with the databases") << Chapter::DatabasesBack << ChainVerdict::Ok;
}

void TestRehearsal::chainIsIncompleteWhileTheStorySaysSo()
{
    QFETCH(Chapter, chapter);
    const Verdict verdict = judgeOnce(chapter);
    const auto found = std::find_if(verdict.endpoints.begin(), verdict.endpoints.end(), [](const EndpointStatus &status) {
        return status.key.endsWith("certificate"_L1);
    });
    QVERIFY(found != verdict.endpoints.end() && found->latest && found->latest->tls);
    QVERIFY(found->latest->tls->daysLeft.value_or(0) > 40);
    QTEST(found->latest->tls->chainVerdict, "chain");
}

QTEST_GUILESS_MAIN(TestRehearsal)
#include "tst_rehearsal.moc"
