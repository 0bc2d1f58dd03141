// Suites on real loopback sockets: what runs, what is "not run", what is handed on, and what is never shown.
#include "proberunner.h"
#include "support/faultserver.h"
#include "support/tinyhttp.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

struct StepSpec {
    QString name;
    QString path = u"/ok"_s;
    QStringList conditions = {u"[STATUS] == 200"_s};
    StoreList store = {};
    bool alwaysRun = false;
    bool enabled = true;
};

/// /ok 200, /503, /login with a token, /echo gives back the Authorization header it was sent, /slow never answers.
class Site {
public:
    Site()
    {
        server.answer = [this](const QByteArray &request) -> QByteArray {
            seen.append(request);
            const QByteArray path = request.split(' ').value(1);
            if (path == "/slow")
                return {};
            QByteArray body = "{}";
            if (path == "/login")
                body = R"({"access_token": "tok-123456", "user": {"id": "user-77"}})";
            if (path == "/echo") {
                const auto at = request.indexOf("Authorization: ");
                body = at < 0 ? "none" : request.mid(at, request.indexOf('\r', at) - at);
            }
            const QByteArray status = path == "/503" ? "503 Service Unavailable" : "200 OK";
            return "HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
        };
    }

    Endpoint suite(const QList<StepSpec> &specs, Duration timeout = 5s) const
    {
        Endpoint suite;
        suite.name = u"golden-path"_s;
        suite.kind = Kind::Journey;
        suite.client.timeout = timeout;
        auto journey = std::make_shared<Journey>();
        journey->context = QJsonObject{{u"plan"_s, u"enterprise"_s}};
        for (const StepSpec &spec : specs) {
            Endpoint step = endpointFor(server.url(u"http"_s, spec.path), spec.conditions);
            step.name = spec.name;
            step.enabled = spec.enabled;
            if (spec.path == "/echo"_L1)
                step.headers.emplaceBack("Authorization", "Bearer [CONTEXT].token");
            journey->steps.append({.endpoint = step, .alwaysRun = spec.alwaysRun, .store = spec.store});
        }
        suite.journey = journey;
        return suite;
    }

    FaultServer server{Script{}};
    QList<QByteArray> seen;
};

const StepSpec login{.name = u"log in"_s, .path = u"/login"_s, .store = {{u"token"_s, u"[BODY].access_token"_s}}};

/// "pass fail not-run" of the steps.
QString story(const Observation &journey)
{
    QStringList words;
    for (const StepResult &step : journey.steps)
        words.append(step.observation ? QString(name(step.observation->outcome)) : u"not-run"_s);
    return words.join(u' ');
}

} // namespace

class TestJourneyProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void stepsTellAStory_data()
    {
        QTest::addColumn<QList<StepSpec>>("steps");
        QTest::addColumn<QString>("story");
        QTest::addColumn<Outcome>("outcome");
        QTest::addColumn<QString>("message");
        const StepSpec ok{.name = u"ok"_s};
        const StepSpec bad{.name = u"bad"_s, .path = u"/503"_s};
        StepSpec cleanUp{.name = u"clean up"_s};
        cleanUp.alwaysRun = true;
        StepSpec badCleanUp{.name = u"clean up"_s, .path = u"/503"_s};
        badCleanUp.alwaysRun = true;
        StepSpec off{.name = u"off"_s, .path = u"/503"_s};
        off.enabled = false;
        const StepSpec missing{.name = u"whoami"_s, .path = u"/echo"_s};
        StepSpec wrongStore = login;
        wrongStore.store = {{u"token"_s, u"[BODY].jwt"_s}};
        const auto row = [](const char *name, const QList<StepSpec> &steps, const QString &story, Outcome outcome, const QString &message = {}) {
            QTest::newRow(name) << steps << story << outcome << message;
        };
        using enum Outcome;
        row("every step passes", {ok, login, ok}, u"pass pass pass"_s, Pass);
        row("a failed step ends it", {ok, bad, ok}, u"pass fail not-run"_s, Fail, u"bad: [STATUS] (503) == 200"_s);
        row("what always runs still runs", {bad, ok, cleanUp}, u"fail not-run pass"_s, Fail, u"bad: [STATUS] (503) == 200"_s);
        row("a failed clean-up fails the journey", {ok, badCleanUp}, u"pass fail"_s, Fail, u"clean up: [STATUS] (503) == 200"_s);
        row("a disabled step is left out", {ok, off, ok}, u"pass not-run pass"_s, Pass);
        row("a value that nobody stored", {missing, ok}, u"fail not-run"_s, Fail, u"whoami: [CONTEXT].token has no value: the request could not be made"_s);
        row("a value that is not in the answer", {wrongStore, ok}, u"fail not-run"_s, Fail, u"log in: `token` could not be stored: the answer holds no [BODY].jwt"_s);
        row("the context it starts with", {StepSpec{.name = u"plan"_s, .conditions = {u"[CONTEXT].plan == enterprise"_s}}}, u"pass"_s, Pass);
        row("a missing value is never met", {StepSpec{.name = u"plan"_s, .conditions = {u"[CONTEXT].tier != x"_s}}}, u"fail"_s, Fail, u"plan: [CONTEXT].tier (no value) != x: not evaluable"_s);
    }
    void stepsTellAStory()
    {
        QFETCH(QList<StepSpec>, steps);
        QFETCH(QString, story);
        QFETCH(Outcome, outcome);
        QFETCH(QString, message);
        Site site;
        const ObservationPtr seen = ProbeRunner().run(site.suite(steps));
        QVERIFY(seen);
        QCOMPARE(::story(*seen), story);
        QCOMPARE(seen->outcome, outcome);
        QCOMPARE(seen->failure ? seen->failure->message : QString(), message);
        QCOMPARE(seen->answered, outcome == Outcome::Pass);
        QCOMPARE(seen->steps.size(), steps.size());
    }

    void valuesAreHandedOnAndNeverShown()
    {
        Site site;
        StepSpec echo{.name = u"whoami"_s, .path = u"/echo"_s, .conditions = {u"[BODY] == Authorization: Bearer tok-123456"_s}};
        StepSpec greedy = login;
        greedy.store.append({u"user"_s, u"[BODY].user.id"_s});
        const ObservationPtr seen = ProbeRunner().run(site.suite({greedy, echo}));
        QVERIFY(seen);
        QCOMPARE(::story(*seen), u"pass pass"_s);
        QVERIFY(site.seen.last().contains("Authorization: Bearer tok-123456\r\n"));
        for (const StepResult &step : seen->steps) {
            for (const QString &secret : {u"tok-123456"_s, u"user-77"_s}) {
                QVERIFY2(!step.observation->excerpt.contains(secret), qPrintable(step.observation->excerpt));
                for (const ConditionResult &condition : step.observation->conditions)
                    QVERIFY2(!condition.shown.contains(secret) && !condition.text.contains(secret), qPrintable(condition.shown));
            }
        }
        QVERIFY(seen->steps[0].observation->excerpt.contains(u"•••"_s));
    }

    void aValueStoredLaterIsMaskedInEarlierSteps()
    {
        Site site;
        StepSpec first{.name = u"look"_s, .path = u"/login"_s};
        const ObservationPtr seen = ProbeRunner().run(site.suite({first, login}));
        QVERIFY(seen);
        QVERIFY2(!seen->steps[0].observation->excerpt.contains(u"tok-123456"_s), qPrintable(seen->steps[0].observation->excerpt));
    }

    void theTimeoutEndsTheJourney()
    {
        Site site;
        StepSpec slow{.name = u"slow"_s, .path = u"/slow"_s};
        StepSpec cleanUp{.name = u"clean up"_s};
        cleanUp.alwaysRun = true;
        const ObservationPtr seen = ProbeRunner().run(site.suite({StepSpec{.name = u"ok"_s}, slow, StepSpec{.name = u"next"_s}, cleanUp}, 300ms));
        QVERIFY(seen && seen->failure);
        QCOMPARE(::story(*seen), u"pass fail not-run not-run"_s);
        QCOMPARE(seen->failure->kind, FailureKind::Timeout);
        QCOMPARE(seen->failure->phase, std::optional(Phase::Wait));
        QVERIFY(seen->latency < 3s);
        QCOMPARE(seen->steps[2].notRun, u"the journey's 300 ms had run out"_s);
    }

    void aStepKeepsItsOwnTimeout()
    {
        Site site;
        Endpoint suite = site.suite({StepSpec{.name = u"slow"_s, .path = u"/slow"_s}});
        auto journey = std::make_shared<Journey>(*suite.journey);
        journey->steps[0].endpoint.client.timeout = 200ms;
        suite.journey = journey;
        const ObservationPtr seen = ProbeRunner().run(suite);
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->message.contains(u"no complete answer within 200 ms"_s), qPrintable(seen->failure->message));
    }

    void requirementsOfCriteriaAreJudged()
    {
        Site site;
        const ObservationPtr seen = ProbeRunner().run(site.suite({login}), {}, {u"[RESPONSE_TIME] < 5000"_s, u"[CONTEXT].token == tok-123456"_s});
        QVERIFY(seen);
        QCOMPARE(seen->requirements[0].result, Truth::Met);
        QCOMPARE(seen->requirements[1].result, Truth::Met);
        QVERIFY(!seen->requirements[1].shown.contains(u"tok-123456"_s));
        const ObservationPtr failed = ProbeRunner().run(site.suite({StepSpec{.name = u"bad"_s, .path = u"/503"_s}}), {}, {u"[RESPONSE_TIME] < 5000"_s});
        QCOMPARE(failed->requirements[0].result, Truth::NotEvaluable);
    }

    void aConversationInAJourney_data()
    {
        QTest::addColumn<QByteArray>("frames");
        QTest::addColumn<QString>("message");
        const auto text = [](const QByteArray &payload) { return QByteArray("\x81") + static_cast<char>(payload.size()) + payload; };
        const QByteArray done = text(R"({"type": "agent_completed", "data": {"result": "all well"}})");
        QTest::newRow("reaches its end") << text(R"({"type": "agent_started"})") + text(R"({"type": "agent_thinking"})") + done << QString();
        QTest::newRow("in the wrong order") << done + text(R"({"type": "agent_started"})")
                                            << u"chat: 400 ms ran out while waiting for `[MESSAGE].type == agent_completed` (entry 2 of 2); no message came meanwhile"_s;
        QTest::newRow("closed in the middle") << text(R"({"type": "agent_started"})") + QByteArray("\x88\x02\x03\xf3", 4)
                                              << u"chat: the server closed the WebSocket with 1011"_s;
    }
    void aConversationInAJourney()
    {
        QFETCH(QByteArray, frames);
        QFETCH(QString, message);
        FaultServer chat({.bytes = frames, .isWebSocket = true});
        Site site;
        Endpoint suite = site.suite({login});
        auto journey = std::make_shared<Journey>(*suite.journey);
        Endpoint step = endpointFor(chat.url(u"ws"_s), {u"[CONTEXT].answer == all well"_s});
        step.name = u"chat"_s;
        step.headers.emplaceBack("Authorization", "Bearer [CONTEXT].token");
        step.conversation = {{.send = {}, .expect = {{.text = u"[MESSAGE].type == agent_started"_s, .mark = {}}}, .within = 5s, .store = {}},
                             {.send = {}, .expect = {{.text = u"[MESSAGE].type == agent_completed"_s, .mark = {}}}, .within = 400ms,
                              .store = {{u"answer"_s, u"[MESSAGE].data.result"_s}}}};
        journey->steps.append({.endpoint = step, .alwaysRun = false, .store = {}});
        suite.journey = journey;
        const ObservationPtr seen = ProbeRunner().run(suite);
        QVERIFY(seen);
        const QString said = seen->failure ? seen->failure->message : QString();
        QVERIFY2(message.isEmpty() ? said.isEmpty() : said.startsWith(message), qPrintable(said));
        QVERIFY(chat.lastRequest().contains("Authorization: Bearer tok-123456\r\n"));
        const ObservationPtr told = seen->steps[1].observation;
        QVERIFY(told->conversation.size() >= 1);
        for (const Exchange &exchange : told->conversation)
            QVERIFY(message.isEmpty() ? !exchange.text.contains(u"all well"_s) : true);
    }

    void destroyedInFlightIsSilent()
    {
        Site site;
        ProbeRunner runner;
        const Endpoint suite = site.suite({StepSpec{.name = u"slow"_s, .path = u"/slow"_s}});
        auto probe = makeProbe({.endpoint = suite, .conditions = std::make_shared<const ConditionSet>(), .secrets = {}}, runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(site.seen.size(), 1);
        probe.reset();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(spy.count(), 0);
    }
};

QTEST_GUILESS_MAIN(TestJourneyProbe)
#include "tst_journeyprobe.moc"
