// What leaves the program: every field of the contract's section 6, the text of `check`, the lines of `watch`.
#include "publish/report.h"
#include "publish/terminal.h"
#include "support/testmain.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;
using namespace allclear;

namespace {

TimePoint at(const char *iso) { return *fromIso(QString::fromLatin1(iso)); }

Endpoint endpoint(const QString &name, const QString &group, const QString &component, Kind kind = Kind::Http)
{
    Endpoint made;
    made.name = name;
    made.group = group;
    made.component = component;
    made.kind = kind;
    made.target = u"https://api.test/health?token=•••"_s;
    return made;
}

Observation failing()
{
    Observation o;
    o.endpoint = u"Services/api-health"_s;
    o.startedAt = at("2025-09-16T05:01:02.003Z");
    o.latency = 10211342us;
    o.queued = 100us;
    o.answered = true;
    o.phases[0] = 1200us;
    o.phases[4] = 10150ms;
    o.status = 503;
    o.remote = u"203.0.113.7:443"_s;
    o.protocol = u"h2"_s;
    o.bytes = 67;
    o.failure = Failure{.kind = FailureKind::Condition, .phase = {}, .message = u"[STATUS] (503) == 200"_s, .hint = u"read the excerpt"_s};
    o.conditions = {{.text = u"[STATUS] == 200"_s, .value = u"503"_s, .shown = u"[STATUS] (503) == 200"_s, .result = Truth::Unmet},
                    {.text = u"[BODY].a == b"_s, .value = {}, .shown = u"[BODY].a (no value) == b"_s, .result = Truth::NotEvaluable}};
    o.excerpt = u"upstream connect error"_s;
    TlsFacts tls;
    tls.version = u"TLSv1.3"_s;
    tls.daysLeft = 41.2;
    tls.shortestDaysLeft = 12.75;
    tls.ocsp = OcspStatus::Good;
    tls.chain = {Certificate{.subject = u"CN=api"_s, .issuer = u"CN=ca"_s, .notBefore = at("2025-01-01T00:00:00Z"), .notAfter = at("2025-12-01T00:00:00Z"),
                             .names = {u"api.test"_s}, .serial = {}, .signature = {}, .key = {}, .fingerprint = {}}};
    o.tls = tls;
    return o;
}

Observation timedOut()
{
    Observation o;
    o.endpoint = u"chat-socket"_s;
    o.startedAt = at("2025-09-16T05:01:03.000Z");
    o.latency = 15s;
    o.failure = Failure{.kind = FailureKind::Timeout, .phase = Phase::Connect, .message = u"No connection within 15 s."_s, .hint = {}};
    return o;
}

IncidentPtr incident()
{
    auto made = std::make_shared<Incident>();
    made->title = u"Staging: every service answers 503"_s;
    made->severity = u"P0"_s;
    made->declared = at("2025-09-16T04:00:00Z");
    made->components = {Component{.name = u"api"_s, .title = u"API"_s, .tier = {}, .needs = {u"vpc-connector"_s}, .implied = false, .mark = {}},
                        Component{.name = u"vpc-connector"_s, .title = u"VPC connector"_s, .tier = {}, .needs = {}, .implied = false, .mark = {}}};
    made->endpoints = {endpoint(u"api-health"_s, u"Services"_s, u"api"_s), endpoint(u"chat-socket"_s, {}, u"api"_s, Kind::WebSocket),
                       endpoint(u"redis-ping"_s, u"Infrastructure"_s, u"vpc-connector"_s, Kind::Redis), endpoint(u"late"_s, {}, u"api"_s)};
    made->endpoints[2].notJudged = u"redis probes come later"_s;
    Endpoint suite;
    suite.name = u"golden-path"_s;
    suite.kind = Kind::Journey;
    suite.notJudged = u"step `log in`: variable ${USER} is not set"_s;
    auto journey = std::make_shared<Journey>();
    journey->steps = {{.endpoint = endpoint(u"log in"_s, {}, {}), .alwaysRun = false, .store = {}}};
    suite.journey = journey;
    made->endpoints.append(suite);
    Run run;
    run.name = u"connectivity"_s;
    run.title = u"Staging connectivity"_s;
    made->runs = {run};
    return made;
}

CheckReport report()
{
    CheckReport made;
    made.incident = incident();
    made.checkedAt = at("2025-09-16T05:01:13.500Z");
    made.duration = 10500123us;
    Verdict &v = made.verdict;
    v.at = made.checkedAt;
    v.overall = Overall::NotClear;
    v.sentence = u"NOT CLEAR: 0 of 1 criteria met, suspect VPC connector (explains 1)"_s;
    const auto status = [](const EndpointKey &key, State state, ObservationPtr latest, const QString &reason = {}) {
        EndpointStatus s;
        s.key = key;
        s.state = state;
        s.latest = std::move(latest);
        s.reason = reason;
        return s;
    };
    v.endpoints = {status(u"Services/api-health"_s, State::Down, std::make_shared<Observation>(failing())),
                   status(u"chat-socket"_s, State::Down, std::make_shared<Observation>(timedOut())),
                   status(u"Infrastructure/redis-ping"_s, State::Unknown, nullptr), status(u"late"_s, State::Unknown, nullptr, u"never run"_s)};
    v.components = {ComponentStatus{.name = u"api"_s, .state = State::Down, .since = at("2025-09-16T05:01:02.003Z"), .worst = {}, .waitsOn = u"vpc-connector"_s, .suspect = false, .reason = {}},
                    ComponentStatus{.name = u"vpc-connector"_s, .state = State::Unknown, .since = {}, .worst = {}, .waitsOn = {}, .suspect = true, .reason = u"never run"_s}};
    v.suspects = {Suspect{.component = u"vpc-connector"_s, .explains = {u"api"_s}}};
    v.criteria = {CriterionStatus{.title = u"HTTP 200"_s, .state = CriterionState::Unmet, .held = {}, .hold = 5min,
                                  .evidence = {u"api-health@2025-09-16T05:01:02.003Z"_s}, .selected = 1, .passing = 0, .detail = u"0 of 1 · worst: api-health 503"_s}};
    v.whys = {WhyStatus{.why = u"Why 503?"_s, .because = u"No healthy backend."_s, .verdict = WhyVerdict::Confirmed, .evidence = {u"api-health@2025-09-16T05:01:02.003Z down"_s}, .detail = {}},
              WhyStatus{.why = u"Why now?"_s, .because = u"Limits."_s, .verdict = WhyVerdict::Untested, .evidence = {}, .detail = u"nothing watches it"_s}};
    v.availability = 0.0;
    return made;
}

QJsonObject json(const CheckReport &from)
{
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(toJson(from), &error);
    return document.object();
}

QStringList lines(const CheckReport &from) { return toText(from, Colour::None).split(u'\n'); }

QString lineWith(const QStringList &lines, const QString &part)
{
    for (const QString &line : lines) {
        if (line.contains(part))
            return line;
    }
    return u"no line has "_s + part;
}

} // namespace

class TestReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void jsonHasTheContractsFields_data();
    void jsonHasTheContractsFields();
    void jsonKeysComeInTheContractsOrder();
    void jsonShowsEveryEndpoint();
    void jsonOfAnUnansweredProbeHasNoLatency();
    void jsonNeverThrowsOrCarriesControls();
    void endpointJsonIsOneLine();
    void textSaysWhatIsWrong_data();
    void textSaysWhatIsWrong();
    void textColumnsLineUp();
    void textEndsWithTheVerdict();
    void textColoursOnlyWhenAsked();
    void textFromTheNetworkCannotSteerTheTerminal();
    void clearWithoutHoldsSaysSo();
    void watchLines();
    void verdictLines();
    void printableText_data();
    void printableText();
    void columns_data();
    void columns();
    void exitCodes();
};

void TestReport::jsonHasTheContractsFields_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QJsonValue>("expected");
    const auto row = [](const char *path, const QJsonValue &expected) { QTest::newRow(path) << QString::fromLatin1(path) << expected; };
    const QJsonValue null(QJsonValue::Null);
    row("schema", u"allclear/1"_s);
    row("verdict", u"not-clear"_s);
    row("checked_at", u"2025-09-16T05:01:13.500Z"_s);
    row("duration_ms", 10500.12);
    row("incident.title", u"Staging: every service answers 503"_s);
    row("incident.severity", u"P0"_s);
    row("incident.availability", 0.0);
    row("endpoints.0.name", u"api-health"_s);
    row("endpoints.0.group", u"Services"_s);
    row("endpoints.0.component", u"api"_s);
    row("endpoints.0.kind", u"http"_s);
    row("endpoints.0.target", u"https://api.test/health?token=•••"_s);
    row("endpoints.0.outcome", u"fail"_s);
    row("endpoints.0.started_at", u"2025-09-16T05:01:02.003Z"_s);
    row("endpoints.0.latency_ms", 10211.34);
    row("endpoints.0.queued_ms", 0.1);
    row("endpoints.0.attempt", 1);
    row("endpoints.0.phases_ms", QJsonObject{{u"dns"_s, 1.2}, {u"wait"_s, 10150}});
    row("endpoints.0.status", 503);
    row("endpoints.0.code", null);
    row("endpoints.0.remote", u"203.0.113.7:443"_s);
    row("endpoints.0.protocol", u"h2"_s);
    row("endpoints.0.bytes", 67);
    row("endpoints.0.failure.kind", u"condition"_s);
    row("endpoints.0.failure.phase", null);
    row("endpoints.0.failure.message", u"[STATUS] (503) == 200"_s);
    row("endpoints.0.conditions.0.text", u"[STATUS] == 200"_s);
    row("endpoints.0.conditions.0.value", u"503"_s);
    row("endpoints.0.conditions.0.result", u"unmet"_s);
    row("endpoints.0.conditions.1.value", null);
    row("endpoints.0.conditions.1.result", u"not-evaluable"_s);
    row("endpoints.0.tls.version", u"TLSv1.3"_s);
    row("endpoints.0.tls.chain_verdict", u"ok"_s);
    row("endpoints.0.tls.days_left", 41.2);
    row("endpoints.0.tls.shortest_days_left", 12.75);
    row("endpoints.0.tls.ocsp", u"good"_s);
    row("endpoints.0.tls.insecure", false);
    row("endpoints.0.tls.chain.0.subject", u"CN=api"_s);
    row("endpoints.0.tls.chain.0.not_after", u"2025-12-01T00:00:00.000Z"_s);
    row("endpoints.0.excerpt", u"upstream connect error"_s);
    row("endpoints.1.group", null);
    row("endpoints.1.kind", u"websocket"_s);
    row("endpoints.1.failure.phase", u"connect"_s);
    row("endpoints.1.tls", null);
    row("endpoints.1.status", null);
    row("endpoints.1.excerpt", null);
    row("endpoints.2.outcome", null);
    row("endpoints.2.not_judged", u"redis probes come later"_s);
    row("endpoints.2.state", u"unknown"_s);
    row("endpoints.3.outcome", null);
    row("endpoints.3.started_at", null);
    row("endpoints.3.latency_ms", null);
    row("endpoints.3.conditions", QJsonArray());
    row("suites.0.name", u"golden-path"_s);
    row("suites.0.outcome", null);
    row("suites.0.latency_ms", null);
    row("suites.0.stopped_at", null);
    row("suites.0.steps.0.name", u"log in"_s);
    row("suites.0.steps.0.outcome", null);
    row("suites.0.not_judged", u"step `log in`: variable ${USER} is not set"_s);
    row("components.0.name", u"api"_s);
    row("components.0.state", u"down"_s);
    row("components.0.waits_on", u"vpc-connector"_s);
    row("components.0.since", u"2025-09-16T05:01:02.003Z"_s);
    row("components.1.waits_on", null);
    row("components.1.since", null);
    row("suspects.0.component", u"vpc-connector"_s);
    row("suspects.0.explains", QJsonArray{u"api"_s});
    row("criteria.0.title", u"HTTP 200"_s);
    row("criteria.0.state", u"unmet"_s);
    row("criteria.0.held_ms", 0);
    row("criteria.0.hold_ms", 300000);
    row("criteria.0.evidence", QJsonArray{u"api-health@2025-09-16T05:01:02.003Z"_s});
    row("five_whys.0.why", u"Why 503?"_s);
    row("five_whys.0.verdict", u"confirmed"_s);
    row("five_whys.0.evidence", QJsonArray{u"api-health@2025-09-16T05:01:02.003Z down"_s});
    row("five_whys.1.verdict", u"untested"_s);
    row("five_whys.1.evidence", QJsonArray());
    row("runs.0.name", u"connectivity"_s);
    row("runs.0.verdict", u"not-run"_s);
    row("runs.0.passed", 0);
    row("runs.0.skipped", 0);
    row("runs.0.duration_ms", 0);
}

void TestReport::jsonHasTheContractsFields()
{
    QFETCH(QString, path);
    QFETCH(QJsonValue, expected);
    QJsonValue value = json(report());
    for (const QString &step : path.split(u'.'))
        value = value.isArray() ? value.toArray().at(step.toInt()) : value.toObject().value(step);
    QVERIFY2(!value.isUndefined(), "the field is missing");
    QCOMPARE(value, expected);
}

void TestReport::jsonKeysComeInTheContractsOrder()
{
    const QByteArray text = toJson(report());
    const auto inOrder = [&text](const QList<QByteArray> &keys) {
        qsizetype from = 0;
        for (const QByteArray &key : keys) {
            from = text.indexOf('"' + key + "\":", from);
            if (from < 0)
                return key;
        }
        return QByteArray("in order");
    };
    QCOMPARE(inOrder({"schema", "verdict", "checked_at", "duration_ms", "incident", "title", "severity", "availability", "endpoints", "suites",
                      "components", "suspects", "criteria", "five_whys", "runs"}), "in order");
    QCOMPARE(inOrder({"endpoints", "name", "group", "component", "kind", "target", "outcome", "started_at", "latency_ms", "queued_ms", "attempt",
                      "phases_ms", "dns", "wait", "status", "code", "remote", "protocol", "bytes", "failure", "kind", "phase", "message",
                      "conditions", "text", "value", "result", "tls", "version", "chain_verdict", "days_left", "insecure", "chain", "excerpt"}), "in order");
    QCOMPARE(inOrder({"criteria", "title", "state", "held_ms", "hold_ms", "evidence"}), "in order");
    QCOMPARE(inOrder({"runs", "name", "verdict", "passed", "failed", "errors", "skipped", "duration_ms"}), "in order");
}

void TestReport::jsonShowsEveryEndpoint()
{
    CheckReport empty = report();
    empty.verdict = Verdict();
    const QJsonObject object = json(empty);
    QCOMPARE(object[u"endpoints"_s].toArray().size(), 4);
    QCOMPARE(object[u"verdict"_s].toString(), u"unknown"_s);
    QVERIFY(object[u"incident"_s].toObject()[u"availability"_s].isNull());
    QCOMPARE(object[u"runs"_s].toArray().size(), 1);
    QCOMPARE(object[u"suspects"_s].toArray().size(), 0);
}

void TestReport::jsonOfAnUnansweredProbeHasNoLatency()
{
    const QJsonObject entry = json(report())[u"endpoints"_s].toArray().at(1).toObject();
    QVERIFY(entry[u"latency_ms"_s].isNull()); // a script that compares it with a limit must not see it pass
    QCOMPARE(entry[u"elapsed_ms"_s].toDouble(), 15000.0);
}

void TestReport::jsonNeverThrowsOrCarriesControls()
{
    CheckReport nasty = report();
    Observation o = failing();
    o.excerpt = u"\x1b[2J\x07 "_s + QChar(0xd800) + u" \u009b31m \x7f \"quoted\" \\ \u2028 é"_s;
    nasty.verdict.endpoints[0].latest = std::make_shared<Observation>(o);
    const QByteArray text = toJson(nasty);
    for (const char c : text)
        QVERIFY(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
    QVERIFY(!text.contains('\x7f') && !text.contains("\xc2\x9b"));
    const QString excerpt = json(nasty)[u"endpoints"_s].toArray().at(0).toObject()[u"excerpt"_s].toString();
    QVERIFY(excerpt.startsWith(u"\x1b[2J\x07 "_s));
    QVERIFY(excerpt.endsWith(u" \u009b31m \x7f \"quoted\" \\ \u2028 é"_s));
}

void TestReport::endpointJsonIsOneLine()
{
    Observation o = failing();
    o.excerpt = u"two\nlines"_s;
    const QByteArray text = endpointJson(incident()->endpoints[0], std::make_shared<Observation>(o));
    QVERIFY(!text.contains('\n'));
    const QJsonObject object = QJsonDocument::fromJson(text).object();
    QCOMPARE(object[u"status"_s].toInt(), 503);
    QCOMPARE(object[u"excerpt"_s].toString(), u"two\nlines"_s);
    const QJsonObject never = QJsonDocument::fromJson(endpointJson(incident()->endpoints[2], nullptr)).object();
    QVERIFY(never[u"outcome"_s].isNull());
    QCOMPARE(never[u"name"_s].toString(), u"redis-ping"_s);
}

void TestReport::textSaysWhatIsWrong_data()
{
    QTest::addColumn<QString>("part");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &part, const QString &expected) { QTest::newRow(name) << part << expected; };
    row("the incident", u"Staging:"_s, u"P0 · Staging: every service answers 503"_s);
    row("its facts", u"T+"_s, u"investigating · declared 2025-09-16T04:00:00.000Z · T+ 01:01:13 · checked 2025-09-16T05:01:13.500Z in 10.5 s · availability 0.0 %"_s);
    row("a failed endpoint", u"Services/api-health"_s, u"  ✗ down      Services/api-health        503          10.2 s    [STATUS] (503) == 200"_s);
    row("its hint below", u"→"_s, u"                                         → read the excerpt"_s);
    row("one without an answer", u"chat-socket"_s, u"  ✗ down      chat-socket                timeout      –         No connection within 15 s."_s);
    row("one not judged", u"redis-ping"_s, u"  ◇ unknown   Infrastructure/redis-ping  not judged yet: redis probes come later"_s);
    row("one never run", u"late "_s, u"  ◇ unknown   late                       never run"_s);
    row("a journey", u"golden-path"_s, u"  ◇ unknown   golden-path  not judged yet: step `log in`: variable ${USER} is not set"_s);
    row("a component that waits", u"waits on"_s, u"  ✗ down      API            waits on VPC connector · since 05:01:02 UTC"_s);
    row("a suspect component", u"SUSPECT"_s, u"  ◇ unknown   VPC connector  SUSPECT · never run"_s);
    row("the suspect", u"explains 1: "_s, u"  ✗ VPC connector (vpc-connector) explains 1: API"_s);
    row("the criteria's count", u"criteria:"_s, u"Success criteria: 0 of 1 met"_s);
    row("a criterion", u"HTTP 200"_s, u"  ✗ unmet     HTTP 200  0 of 1 · worst: api-health 503"_s);
    row("a confirmed why", u"Why 503?"_s, u"  ✓ confirmed  Why 503? No healthy backend."_s);
    row("its evidence", u"05:01:02.003Z down"_s, u"               api-health@2025-09-16T05:01:02.003Z down"_s);
    row("an untested why", u"Why now?"_s, u"  ◇ untested   Why now? Limits."_s);
    row("a command", u"connectivity "_s, u"  ◇ not-run   connectivity  Staging connectivity"_s);
}

void TestReport::textSaysWhatIsWrong()
{
    QFETCH(QString, part);
    QFETCH(QString, expected);
    QCOMPARE(lineWith(lines(report()), part), expected);
}

void TestReport::textColumnsLineUp()
{
    CheckReport wide = report();
    auto changed = std::make_shared<Incident>(*wide.incident);
    changed->endpoints[3].name = u"遅い"_s;
    wide.incident = changed;
    const QStringList all = lines(wide);
    const QString narrowLine = lineWith(all, u"redis-ping"_s);
    const QString wideLine = lineWith(all, u"遅い"_s);
    QCOMPARE(columnsOf(wideLine.left(wideLine.indexOf(u"never run"_s))), columnsOf(narrowLine.left(narrowLine.indexOf(u"not judged"_s))));
    for (const QString &line : all)
        QVERIFY2(!line.endsWith(u' '), qPrintable(line));
}

void TestReport::textEndsWithTheVerdict()
{
    QVERIFY(toText(report(), Colour::None).endsWith(u"\n✗ NOT CLEAR: 0 of 1 criteria met, suspect VPC connector (explains 1)\n"_s));
    CheckReport offline = report();
    offline.verdict.observer = ObserverState::Offline;
    offline.verdict.observerReason = u"no default route"_s;
    QCOMPARE(lineWith(lines(offline), u"OFFLINE"_s), u"◇ OBSERVER OFFLINE: no default route. Nothing below is known."_s);
}

void TestReport::textColoursOnlyWhenAsked()
{
    QVERIFY(!toText(report(), Colour::None).contains(u'\x1b'));
    QString coloured = toText(report(), Colour::Ansi);
    QVERIFY(coloured.contains(u"\x1b[31;1m✗ down    \x1b[0m"_s));
    coloured.remove(QRegularExpression(u"\x1b\\[[0-9;]*m"_s));
    QCOMPARE(coloured, toText(report(), Colour::None)); // colour moves nothing
}

void TestReport::textFromTheNetworkCannotSteerTheTerminal()
{
    CheckReport nasty = report();
    const QString evil = u"\x1b]0;owned\x07\x1b[2J\nfake line\r\u009b5m\u202etxt"_s;
    Observation o = failing();
    o.failure->message = evil;
    o.failure->hint = evil;
    nasty.verdict.endpoints[0].latest = std::make_shared<Observation>(o);
    nasty.verdict.endpoints[1].reason = evil;
    nasty.verdict.sentence = evil;
    nasty.verdict.criteria[0].detail = evil;
    nasty.verdict.whys[0].evidence = {evil};
    auto changed = std::make_shared<Incident>(*nasty.incident);
    changed->title = evil;
    changed->endpoints[0].name = evil;
    changed->endpoints[2].notJudged = evil;
    nasty.incident = changed;
    Observation coded = timedOut();
    coded.code = evil;
    const QString all = toText(nasty, Colour::None) + watchLine(changed->endpoints[0], coded, Colour::None)
        + verdictLine(nasty.verdict, *changed, Colour::None);
    for (const QChar c : all)
        QVERIFY(c == u'\n' || (c >= u' ' && !(c >= u'\x7f' && c < u'\u00a0') && c != u'\u202e'));
    QVERIFY(!all.contains(u"\nfake line"_s));
}

void TestReport::clearWithoutHoldsSaysSo()
{
    CheckReport clear = report();
    clear.verdict.overall = Overall::Clear;
    clear.verdict.sentence = u"ALL CLEAR"_s;
    QVERIFY(toText(clear, Colour::None).endsWith(u"\nclear at this moment; holds not judged\n✓ ALL CLEAR\n"_s));
    clear.verdict.sentence = u"CLEAR: clear at this moment; holds not judged"_s; // said once is enough
    QCOMPARE(toText(clear, Colour::None).count(u"holds not judged"_s), 1);
    clear.verdict.sentence = u"ALL CLEAR"_s;
    clear.holdsJudged = true;
    QVERIFY(!toText(clear, Colour::None).contains(u"holds not judged"_s));
    QVERIFY(!toText(report(), Colour::None).contains(u"holds not judged"_s));
}

void TestReport::watchLines()
{
    const auto made = incident();
    QCOMPARE(watchLine(made->endpoints[0], failing(), Colour::None),
             u"05:01:02 UTC  ✗ fail      Services/api-health             503          10.2 s    [STATUS] (503) == 200"_s);
    QCOMPARE(watchLine(made->endpoints[1], timedOut(), Colour::None),
             u"05:01:03 UTC  ✗ fail      chat-socket                     timeout      –         No connection within 15 s."_s);
    Observation good = failing();
    good.failure.reset();
    good.status = 200;
    good.latency = 41ms;
    good.outcome = Outcome::Pass;
    QCOMPARE(watchLine(made->endpoints[0], good, Colour::None),
             u"05:01:02 UTC  ✓ pass      Services/api-health             200          41 ms"_s);
    good.outcome = Outcome::Degraded;
    good.degradedWhen = {{.text = u"[RESPONSE_TIME] > 20"_s, .value = u"41"_s, .shown = u"[RESPONSE_TIME] (41) > 20"_s, .result = Truth::Met}};
    QCOMPARE(watchLine(made->endpoints[0], good, Colour::None),
             u"05:01:02 UTC  ▲ degraded  Services/api-health             200          41 ms     degraded when [RESPONSE_TIME] (41) > 20"_s);
    QVERIFY(watchLine(made->endpoints[0], good, Colour::Ansi).contains(u"\x1b[33m▲ degraded\x1b[0m"_s));
    good.outcome = Outcome::Pass; // a handshake and nothing else: the certificates are the answer
    good.status.reset();
    QCOMPARE(watchLine(made->endpoints[0], good, Colour::None),
             u"05:01:02 UTC  ✓ pass      Services/api-health             TLSv1.3      41 ms     certificate 41 d left, shortest link 13 d"_s);
    good.tls->shortestDaysLeft = good.tls->daysLeft;
    good.tls->chainVerdict = ChainVerdict::SelfSigned;
    QVERIFY(watchLine(made->endpoints[0], good, Colour::None).endsWith(u"  certificate 41 d left, self-signed"_s));
}

void TestReport::verdictLines()
{
    const CheckReport made = report();
    QCOMPARE(verdictLine(made.verdict, *made.incident, Colour::None),
             u"05:01:13 UTC  T+ 01:01:13  ✗ NOT CLEAR: 0 of 1 criteria met, suspect VPC connector (explains 1) · suspect: vpc-connector"_s);
    Verdict clear = made.verdict;
    clear.overall = Overall::Clear;
    clear.sentence = u"ALL CLEAR"_s;
    clear.suspects.clear();
    QVERIFY(verdictLine(clear, *made.incident, Colour::None).startsWith(u"05:01:13 UTC  T+ 01:01:13  ✓ ALL CLEAR"_s));
    QVERIFY(verdictLine(clear, *made.incident, Colour::Ansi).contains(u"\x1b[32m✓ ALL CLEAR\x1b[0m"_s));
}

void TestReport::printableText_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << u"é ✓ 遅"_s << u"é ✓ 遅"_s;
    QTest::newRow("line breaks become spaces") << u"a\r\nb\tc"_s << u"a  b c"_s;
    QTest::newRow("escape") << u"\x1b[31m"_s << u"\\x1b[31m"_s;
    QTest::newRow("bell and null") << QString(u"\x07"_s + QChar(0)) << u"\\x07\\x00"_s;
    QTest::newRow("DEL and C1") << u"\x7f\u009b"_s << u"\\x7f\\x9b"_s;
    QTest::newRow("direction marks go") << u"a\u202eb\u2066c"_s << u"abc"_s;
}

void TestReport::printableText()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);
    QCOMPARE(printable(text), expected);
}

void TestReport::columns_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("columns");
    QTest::addColumn<QString>("fittedToFour");
    QTest::newRow("empty") << u""_s << 0 << u""_s;
    QTest::newRow("four") << u"abcd"_s << 4 << u"abcd"_s;
    QTest::newRow("five") << u"abcde"_s << 5 << u"abc…"_s;
    QTest::newRow("wide") << u"遅い遅い"_s << 8 << u"遅…"_s;
    QTest::newRow("combining") << u"e\u0301e\u0301"_s << 2 << u"e\u0301e\u0301"_s;
}

void TestReport::columns()
{
    QFETCH(QString, text);
    QFETCH(int, columns);
    QFETCH(QString, fittedToFour);
    QCOMPARE(columnsOf(text), columns);
    QCOMPARE(fitted(text, 4), fittedToFour);
    QVERIFY(columnsOf(padded(text, 10)) == 10);
}

void TestReport::exitCodes()
{
    QCOMPARE(exitCode(Overall::Clear), 0);
    QCOMPARE(exitCode(Overall::NotClear), 1);
    QCOMPARE(exitCode(Overall::Unknown), 3);
}

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"
