#include "support/incidentbuilder.h"
#include "support/testmain.h"
#include "verdict/judge.h"

using namespace allclear;
using namespace allclear::test;

namespace
{

struct Row {
    Mode mode = Mode::OverTime;
    QString results; ///< a word a component: up, degraded, down, awaited, unjudged
    QString criterion; ///< of the first component: none, met, holding, unmet, unknown
};

/// One component "c0", "c1", … a word; the criterion's require line is decided by the criterion's word.
Verdict judged(const Row &row, const Circumstances &circumstances = {})
{
    IncidentBuilder builder;
    const QStringList words = row.results.split(u' ', Qt::SkipEmptyParts);
    for (int index = 0; index < words.size(); ++index) {
        Endpoint &endpoint = builder.endpoint(u"c%1"_s.arg(index));
        if (words[index] == "unjudged"_L1)
            endpoint.notJudged = u"redis is not judged yet"_s;
    }
    if (row.criterion != "none"_L1)
        builder.criterion({u"c0"_s}, row.criterion == "holding"_L1 ? 5min : 0min, {u"[STATUS] == 200"_s});
    const Truth truth = row.criterion == "unmet"_L1 ? Truth::Unmet
        : row.criterion == "unknown"_L1             ? Truth::NotEvaluable
                                                    : Truth::Met;
    Ledger ledger(builder.build(), row.mode);
    for (int index = 0; index < words.size(); ++index) {
        const QString key = u"c%1"_s.arg(index);
        Observation observation = words[index] == "down"_L1 ? answered503(key, t0)
            : words[index] == "degraded"_L1                 ? degraded(key, t0)
                                                            : passed(key, t0);
        observation.requirements = {conditionResult(u"[STATUS] == 200"_s, truth)};
        if (words[index] != "awaited"_L1)
            ledger.add(share(observation));
    }
    return judge(ledger, t0, circumstances);
}

} // namespace

class TestVerdict : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void theVerdictFollowsFromItsParts_data()
    {
        QTest::addColumn<Mode>("mode");
        QTest::addColumn<QString>("results");
        QTest::addColumn<QString>("criterion");
        QTest::addColumn<Overall>("overall");
        QTest::addColumn<QString>("sentence");
        using enum Overall;
        const Mode over = Mode::OverTime;
        const Mode once = Mode::OneShot;
        QTest::newRow("all up and met is clear")
            << over << u"up up"_s << u"met"_s << Clear << u"ALL CLEAR: 1 of 1 criteria met"_s;
        QTest::newRow("without criteria all up is clear")
            << over << u"up up"_s << u"none"_s << Clear << u"ALL CLEAR: 2 of 2 components pass"_s;
        QTest::newRow("degraded does not block clear, the sentence says so")
            << over << u"up degraded"_s << u"met"_s << Clear << u"ALL CLEAR: 1 of 1 criteria met; C1 is degraded"_s;
        QTest::newRow("several degraded components are all named")
            << over << u"degraded degraded"_s << u"none"_s << Clear
            << u"ALL CLEAR: 2 of 2 components pass; C0, C1 are degraded"_s;
        QTest::newRow("holding is not clear yet")
            << over << u"up up"_s << u"holding"_s << NotClear
            << u"NOT CLEAR: 0 of 1 criteria met; holding 0.0 ms of 5 m: criterion 1"_s;
        QTest::newRow("holding is clear at this moment for a check")
            << once << u"up up"_s << u"holding"_s << Clear
            << u"CLEAR: clear at this moment; holds not judged; 1 of 1 criteria true now"_s;
        QTest::newRow("a check without holds is all clear")
            << once << u"up up"_s << u"met"_s << Clear << u"ALL CLEAR: 1 of 1 criteria met"_s;
        QTest::newRow("a failing component is not clear")
            << over << u"up down"_s << u"met"_s << NotClear << u"NOT CLEAR: 1 of 1 criteria met; suspect C1"_s;
        QTest::newRow("a failing component without criteria is counted")
            << over << u"up down"_s << u"none"_s << NotClear << u"NOT CLEAR: 1 of 2 components failing; suspect C1"_s;
        QTest::newRow("an unmet criterion is not clear although all is up")
            << over << u"up up"_s << u"unmet"_s << NotClear
            << u"NOT CLEAR: 0 of 1 criteria met; not met: criterion 1 (0 of 1 · worst: c0 [STATUS] == 200)"_s;
        QTest::newRow("an unknown criterion is unknown")
            << over << u"up up"_s << u"unknown"_s << Unknown
            << u"UNKNOWN: 0 of 1 criteria met; criterion 1: 0 of 1 · c0: not evaluable"_s;
        QTest::newRow("an awaited component is unknown")
            << over << u"up awaited"_s << u"met"_s << Unknown
            << u"UNKNOWN: 1 of 2 components without a verdict; C1: never run: the first result is awaited"_s;
        QTest::newRow("a component that is not judged is unknown")
            << over << u"up unjudged"_s << u"met"_s << Unknown
            << u"UNKNOWN: 1 of 2 components without a verdict; C1: redis is not judged yet"_s;
        QTest::newRow("failing is stronger than unknown") << over << u"down unjudged"_s << u"none"_s << NotClear
                                                          << u"NOT CLEAR: 1 of 2 components failing; suspect C0"_s;
        QTest::newRow("a check that reached nothing could not judge")
            << once << u"awaited"_s << u"none"_s << Unknown
            << u"UNKNOWN: 1 of 1 components without a verdict; C0: never run"_s;
        QTest::newRow("nothing watched is unknown")
            << over << u""_s << u"none"_s << Unknown << u"UNKNOWN: nothing is watched"_s;
    }

    void theVerdictFollowsFromItsParts()
    {
        QFETCH(Mode, mode);
        QFETCH(QString, results);
        QFETCH(QString, criterion);
        QFETCH(Overall, overall);
        QFETCH(QString, sentence);
        const Verdict verdict = judged({mode, results, criterion});
        QCOMPARE(name(verdict.overall), name(overall));
        QCOMPARE(verdict.sentence, sentence);
    }

    void theSentenceNamesWhatTheSuspectExplains()
    {
        IncidentBuilder builder;
        builder.component(u"vpc"_s);
        builder.component(u"redis"_s, {u"vpc"_s});
        builder.component(u"tls"_s);
        for (const QString &name : {u"vpc"_s, u"redis"_s, u"tls"_s})
            builder.endpoint(name);
        Ledger ledger(builder.build(), Mode::OverTime);
        for (const QString &name : {u"vpc"_s, u"redis"_s, u"tls"_s})
            ledger.add(share(failed(name, t0)));
        QCOMPARE(judge(ledger, t0).sentence,
                 u"NOT CLEAR: 3 of 3 components failing; suspect VPC explains 1 of 2 other failing components "
                 "(2 suspects)"_s);
    }

    void observerOfflineIsUnknownNeverNotClear()
    {
        Circumstances circumstances;
        circumstances.observer = ObserverState::Offline;
        circumstances.observerReason = u"no usable network interface"_s;
        const Verdict verdict = judged({Mode::OverTime, u"down down"_s, u"unmet"_s}, circumstances);
        QCOMPARE(name(verdict.overall), name(Overall::Unknown));
        QCOMPARE(verdict.sentence, u"UNKNOWN: observer offline: no usable network interface"_s);
        QCOMPARE(verdict.observer, ObserverState::Offline);
        QVERIFY(verdict.suspects.isEmpty());
    }

    void aDegradedComponentDoesNotHideAnUnknownEndpoint()
    {
        IncidentBuilder builder;
        builder.endpoint(u"a"_s, u"api"_s);
        builder.endpoint(u"b"_s, u"api"_s).notJudged = u"redis is not judged yet"_s;
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(degraded(u"a"_s, t0)));
        const Verdict verdict = judge(ledger, t0);
        QCOMPARE(name(verdict.components[0].state), name(State::Degraded));
        QCOMPARE(name(verdict.overall), name(Overall::Unknown));
    }

    void aPausedComponentIsNotClear()
    {
        Circumstances circumstances;
        circumstances.paused = {u"c1"_s};
        QCOMPARE(name(judged({Mode::OverTime, u"up up"_s, u"met"_s}, circumstances).overall), name(Overall::Unknown));
    }

    void withoutAnIncidentNothingIsKnown()
    {
        const Verdict verdict = judge(Ledger(), t0);
        QCOMPARE(name(verdict.overall), name(Overall::Unknown));
        QVERIFY(verdict.endpoints.isEmpty());
        QVERIFY(!verdict.sentence.isEmpty());
    }

    void whysAreJudgedByTheirEvidence_data()
    {
        QTest::addColumn<QString>("results");
        QTest::addColumn<ConfirmedWhen>("when");
        QTest::addColumn<WhyVerdict>("verdict");
        QTest::addColumn<QString>("detail");
        using enum WhyVerdict;
        const auto failing = ConfirmedWhen::Failing;
        const auto passing = ConfirmedWhen::Passing;
        QTest::newRow("all evidence fails: confirmed") << u"down down"_s << failing << Confirmed << u""_s;
        QTest::newRow("all evidence passes: refuted") << u"up degraded"_s << failing << Refuted << u""_s;
        QTest::newRow("mixed evidence tests nothing")
            << u"down up"_s << failing << Untested << u"untested: c0 is down, c1 is up"_s;
        QTest::newRow("awaited evidence tests nothing")
            << u"down awaited"_s << failing << Untested << u"untested: c0 is down, c1 is checking"_s;
        QTest::newRow("evidence that is not judged tests nothing")
            << u"unjudged"_s << failing << Untested << u"untested: c0 is unknown"_s;
        QTest::newRow("no evidence tests nothing") << u""_s << failing << Untested << u"untested: nothing watches it"_s;
        QTest::newRow("passing wanted and passing: confirmed") << u"up degraded"_s << passing << Confirmed << u""_s;
        QTest::newRow("passing wanted and failing: refuted") << u"down"_s << passing << Refuted << u""_s;
    }

    void whysAreJudgedByTheirEvidence()
    {
        QFETCH(QString, results);
        QFETCH(ConfirmedWhen, when);
        QFETCH(WhyVerdict, verdict);
        QFETCH(QString, detail);
        IncidentBuilder builder;
        QStringList keys;
        const QStringList words = results.split(u' ', Qt::SkipEmptyParts);
        for (int index = 0; index < words.size(); ++index) {
            Endpoint &endpoint = builder.endpoint(u"c%1"_s.arg(index));
            keys.append(endpoint.key());
            if (words[index] == "unjudged"_L1)
                endpoint.notJudged = u"redis is not judged yet"_s;
        }
        builder.why(keys, when);
        Ledger ledger(builder.build(), Mode::OverTime);
        for (int index = 0; index < words.size(); ++index) {
            if (words[index] != "awaited"_L1)
                ledger.add(share(words[index] == "down"_L1           ? failed(keys[index], t0)
                                     : words[index] == "degraded"_L1 ? degraded(keys[index], t0)
                                                                     : passed(keys[index], t0)));
        }
        const WhyStatus status = judge(ledger, t0).whys[0];
        QCOMPARE(name(status.verdict), name(verdict));
        QCOMPARE(status.detail, detail);
        QCOMPARE(status.evidence.size(), keys.size());
    }

    void whysNameTheirEvidence()
    {
        IncidentBuilder builder;
        builder.endpoint(u"redis-ping"_s, u"redis"_s);
        builder.why({u"redis-ping"_s});
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(failed(u"redis-ping"_s, t0)));
        QCOMPARE(judge(ledger, t0).whys[0].evidence, QStringList{u"redis-ping@2025-09-16T04:00:00.000Z down"_s});
    }

    void actionsAreJudged_data()
    {
        QTest::addColumn<QString>("result");
        QTest::addColumn<int>("minutes"); // since declared
        QTest::addColumn<bool>("watched");
        QTest::addColumn<ActionState>("state");
        QTest::newRow("before its due time it is open") << u"down"_s << 119 << true << ActionState::Open;
        QTest::newRow("after its due time it is overdue") << u"down"_s << 121 << true << ActionState::Overdue;
        QTest::newRow("its endpoint up is done") << u"up"_s << 119 << true << ActionState::Done;
        QTest::newRow("its endpoint up late is done") << u"up"_s << 121 << true << ActionState::Done;
        QTest::newRow("its endpoint degraded is not done") << u"degraded"_s << 119 << true << ActionState::Open;
        QTest::newRow("never seen is not done") << u""_s << 119 << true << ActionState::Open;
        QTest::newRow("without done-when a person ticks it") << u"up"_s << 119 << false << ActionState::Open;
    }

    void actionsAreJudged()
    {
        QFETCH(QString, result);
        QFETCH(int, minutes);
        QFETCH(bool, watched);
        QFETCH(ActionState, state);
        IncidentBuilder builder;
        builder.endpoint(u"vpc"_s);
        builder.incident().declared = t0;
        builder.action(u"Verify the connector"_s, 2h, watched ? QStringList{u"vpc"_s} : QStringList{});
        Ledger ledger(builder.build(), Mode::OverTime);
        const TimePoint now = t0 + std::chrono::minutes(minutes);
        if (!result.isEmpty())
            ledger.add(share(result == "down"_L1           ? failed(u"vpc"_s, now)
                                 : result == "degraded"_L1 ? degraded(u"vpc"_s, now)
                                                           : passed(u"vpc"_s, now)));
        const ActionStatus status = judge(ledger, now).actions[0];
        QCOMPARE(status.state, state);
        QCOMPARE(status.due, std::optional<TimePoint>(t0 + 2h));
        QCOMPARE(status.byEvidence, state == ActionState::Done);
    }

    void withoutADeclaredTimeNothingIsDue()
    {
        IncidentBuilder builder;
        builder.action(u"Engage the infrastructure team"_s, 15min);
        const ActionStatus status = judge(Ledger(builder.build(), Mode::OverTime), t0 + 24h).actions[0];
        QVERIFY(!status.due);
        QCOMPARE(status.state, ActionState::Open);
    }

    void availabilityIsMeasured_data()
    {
        QTest::addColumn<QString>("story"); // a letter every 10 s from 30 s before declared
        QTest::addColumn<bool>("declared");
        QTest::addColumn<double>("availability"); // negative: none
        QTest::newRow("no result, no availability") << u""_s << true << -1.0;
        QTest::newRow("results before declared do not count") << u"PPP"_s << true << -1.0;
        QTest::newRow("results since declared count") << u"FFFPPPF"_s << true << 0.75;
        QTest::newRow("without declared all count") << u"FFFP"_s << false << 0.25;
        QTest::newRow("a fault of ours is no result") << u"FFFPI"_s << true << 1.0;
        QTest::newRow("an answer without the value did not pass") << u"FFFPN"_s << true << 0.5;
        QTest::newRow("degraded passes") << u"FFFD"_s << true << 1.0;
    }

    void availabilityIsMeasured()
    {
        QFETCH(QString, story);
        QFETCH(bool, declared);
        QFETCH(double, availability);
        IncidentBuilder builder;
        builder.endpoint(u"api"_s);
        builder.endpoint(u"other"_s);
        builder.incident().availabilityOf = {u"api"_s};
        if (declared)
            builder.incident().declared = t0 + 30s;
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(failed(u"other"_s, t0 + 60s))); // not selected
        TimePoint at = t0;
        for (QChar letter : story) {
            ledger.add(share(letter == u'P'       ? passed(u"api"_s, at)
                                 : letter == u'D' ? degraded(u"api"_s, at)
                                 : letter == u'N' ? notEvaluable(u"api"_s, at)
                                 : letter == u'I' ? failed(u"api"_s, at, FailureKind::Internal)
                                                  : failed(u"api"_s, at)));
            at += 10s;
        }
        QCOMPARE(judge(ledger, at).availability.value_or(-1.0), availability);
    }

    void theLastProbeIsTheLatestOfAll()
    {
        IncidentBuilder builder;
        builder.endpoint(u"a"_s);
        builder.endpoint(u"b"_s);
        Ledger ledger(builder.build(), Mode::OverTime);
        QVERIFY(!judge(ledger, t0).lastProbeAt);
        ledger.add(share(passed(u"b"_s, t0 + 2s)));
        ledger.add(share(passed(u"a"_s, t0 + 1s)));
        QCOMPARE(judge(ledger, t0 + 3s).lastProbeAt, std::optional<TimePoint>(t0 + 2s));
    }

    void judgingAThousandEndpoints()
    {
        IncidentBuilder builder;
        QStringList keys;
        for (int index = 0; index < 1000; ++index) {
            builder.component(u"c%1"_s.arg(index), index < 10 ? QStringList{} : QStringList{u"c%1"_s.arg(index / 10)});
            keys.append(u"c%1"_s.arg(index));
        }
        for (const QString &key : keys)
            builder.endpoint(key);
        for (int index = 0; index < 5; ++index)
            builder.criterion(keys, 5min);
        Ledger ledger(builder.build(), Mode::OverTime);
        for (const QString &key : keys)
            ledger.add(share(failed(key, t0)));
        Verdict verdict;
        QBENCHMARK { verdict = judge(ledger, t0); }
        QCOMPARE(verdict.suspects.size(), 10);
        QCOMPARE(name(verdict.overall), name(Overall::NotClear));
    }
};

QTEST_GUILESS_MAIN(TestVerdict)
#include "tst_verdict.moc"
