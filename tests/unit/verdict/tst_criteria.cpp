#include "support/incidentbuilder.h"
#include "support/testmain.h"
#include "verdict/judge.h"

using namespace allclear;
using namespace allclear::test;

namespace
{

const QString is200 = u"[STATUS] == 200"_s;

/// An endpoint's result for a criterion with a `require` line.
Observation required(const EndpointKey &key, TimePoint at, Truth truth)
{
    Observation observation = passed(key, at);
    observation.requirements = {conditionResult(is200, truth)};
    return observation;
}

Observation byLetter(const EndpointKey &key, TimePoint at, QChar letter)
{
    switch (letter.unicode()) {
    case u'P': return required(key, at, Truth::Met);
    case u'D': {
        Observation observation = required(key, at, Truth::Met);
        observation.outcome = Outcome::Degraded;
        return observation;
    }
    case u'U': return required(key, at, Truth::Unmet);
    case u'F': return failed(key, at);
    case u'N': {
        Observation observation = notEvaluable(key, at);
        observation.requirements = {conditionResult(is200, Truth::NotEvaluable)};
        return observation;
    }
    case u'C': { // the endpoint's own conditions fail, the criterion's is met
        Observation observation = answered503(key, at);
        observation.requirements = {conditionResult(is200, Truth::Met)};
        return observation;
    }
    case u'L': { // a probe that was cut off claims that it is met
        Observation observation = failed(key, at, FailureKind::Closed);
        observation.requirements = {conditionResult(is200, Truth::Met)};
        return observation;
    }
    case u'I': return failed(key, at, FailureKind::Internal);
    case u'X': return passed(key, at); // the line is not among its requirements
    default: Q_UNREACHABLE();
    }
}

struct Story {
    Ledger ledger;
    TimePoint now;
};

/// One column a tick of 10 s; stories of several endpoints are separated by '/'.
Story play(IncidentBuilder &builder, const QString &text)
{
    Story story{Ledger(builder.build(), Mode::OverTime), t0};
    const QStringList rows = text.split(u'/');
    qsizetype longest = 0;
    for (const QString &row : rows)
        longest = std::max(longest, row.size());
    for (qsizetype column = 0; column < longest; ++column) {
        story.now = t0 + column * 10s;
        for (int endpoint = 0; endpoint < rows.size(); ++endpoint) {
            const QChar letter = column < rows[endpoint].size() ? rows[endpoint][column] : QChar(u'.');
            if (letter != u'.')
                story.ledger.add(share(byLetter(u"e%1"_s.arg(endpoint), story.now, letter)));
        }
    }
    return story;
}

} // namespace

class TestCriteria : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void holdsAreJudged_data()
    {
        QTest::addColumn<QString>("story");
        QTest::addColumn<int>("hold");
        QTest::addColumn<bool>("withRequire");
        QTest::addColumn<CriterionState>("state");
        QTest::addColumn<int>("held");
        using enum CriterionState;
        QTest::newRow("never run is unknown") << u""_s << 30 << true << Unknown << 0;
        QTest::newRow("one met result is holding") << u"P"_s << 30 << true << Holding << 0;
        QTest::newRow("without a hold one met result is enough") << u"P"_s << 0 << true << Met << 0;
        QTest::newRow("the window fills with results") << u"PPP"_s << 30 << true << Holding << 20;
        QTest::newRow("a full window is met") << u"PPPP"_s << 30 << true << Met << 30;
        QTest::newRow("held is capped at the hold") << u"PPPPPPPP"_s << 30 << true << Met << 30;
        QTest::newRow("an unmet result is unmet") << u"PPPPU"_s << 30 << true << Unmet << 0;
        QTest::newRow("after an unmet result the window begins anew") << u"PPPPUPP"_s << 30 << true << Holding << 10;
        QTest::newRow("a failed probe is unmet") << u"PPPPF"_s << 30 << true << Unmet << 0;
        QTest::newRow("a failed probe meets nothing, whatever it claims") << u"L"_s << 0 << true << Unmet << 0;
        QTest::newRow("the endpoint's own conditions do not matter to a require line")
            << u"CCCC"_s << 30 << true << Met << 30;
        QTest::newRow("without require they are all that matters") << u"CCCC"_s << 30 << false << Unmet << 0;
        QTest::newRow("without require a pass meets it") << u"PPPP"_s << 30 << false << Met << 30;
        QTest::newRow("without require a degraded result meets it") << u"DDDD"_s << 30 << false << Met << 30;
        QTest::newRow("not evaluable is unknown, never met") << u"PPPPN"_s << 30 << true << Unknown << 0;
        QTest::newRow("not evaluable breaks the window") << u"PPPPNPP"_s << 30 << true << Holding << 10;
        QTest::newRow("own conditions not evaluable are unknown") << u"N"_s << 0 << false << Unknown << 0;
        QTest::newRow("a fault of ours is unknown") << u"PPPPI"_s << 30 << true << Unknown << 0;
        QTest::newRow("a fault of ours breaks the window") << u"PPPPIPP"_s << 30 << true << Holding << 10;
        QTest::newRow("a line that was not judged is unknown") << u"PPPPX"_s << 30 << true << Unknown << 0;
        QTest::newRow("missing results within three intervals are no gap") << u"PP..PP"_s << 30 << true << Met << 30;
        QTest::newRow("a longer distance is a gap") << u"PPPPP...PP"_s << 30 << true << Holding << 10;
        QTest::newRow("two endpoints hold together") << u"PPPP/PPPP"_s << 30 << true << Met << 30;
        QTest::newRow("the later start counts") << u"PPPPP/.PPPP"_s << 40 << true << Holding << 30;
        QTest::newRow("the earlier end counts") << u"PPPPP/PPPP."_s << 40 << true << Holding << 30;
        QTest::newRow("one unmet of two is unmet") << u"PPPP/PPPU"_s << 30 << true << Unmet << 0;
        QTest::newRow("unmet is stronger than unknown") << u"U/"_s << 30 << true << Unmet << 0;
        QTest::newRow("one never run of two is unknown") << u"PPPP/"_s << 30 << true << Unknown << 0;
    }

    void holdsAreJudged()
    {
        QFETCH(QString, story);
        QFETCH(int, hold);
        QFETCH(bool, withRequire);
        QFETCH(CriterionState, state);
        QFETCH(int, held);
        IncidentBuilder builder;
        QStringList keys;
        for (int index = 0; index <= story.count(u'/'); ++index)
            keys.append(builder.endpoint(u"e%1"_s.arg(index)).key());
        builder.criterion(keys, std::chrono::seconds(hold), withRequire ? QStringList{is200} : QStringList{});
        const Story played = play(builder, story);
        const CriterionStatus status = judge(played.ledger, played.now).criteria[0];
        QCOMPARE(name(status.state), name(state));
        QCOMPARE(status.held, Duration(std::chrono::seconds(held)));
        QCOMPARE(status.hold, Duration(std::chrono::seconds(hold)));
        QCOMPARE(status.selected, keys.size());
        QVERIFY(!status.detail.isEmpty());
        QCOMPARE(status.evidence.isEmpty(), state == CriterionState::Unknown && !story.contains(u'/'));
    }

    void metIsLostWhenNothingComes()
    {
        IncidentBuilder builder;
        builder.endpoint(u"e0"_s);
        builder.criterion({u"e0"_s}, 30s);
        const Story played = play(builder, u"PPPP"_s);
        QCOMPARE(name(judge(played.ledger, played.now + 30s).criteria[0].state), name(CriterionState::Met));
        const CriterionStatus later = judge(played.ledger, played.now + 31s).criteria[0];
        QCOMPARE(name(later.state), name(CriterionState::Unknown));
        QVERIFY2(later.detail.contains(u"stale"), qPrintable(later.detail));
    }

    void circumstancesBreakTheWindow_data()
    {
        QTest::addColumn<QString>("circumstance");
        QTest::addColumn<CriterionState>("state");
        QTest::newRow("undisturbed it is met") << u""_s << CriterionState::Met;
        QTest::newRow("paused is unknown") << u"paused"_s << CriterionState::Unknown;
        QTest::newRow("observer offline is unknown") << u"offline"_s << CriterionState::Unknown;
        QTest::newRow("a pause that ended restarts the window") << u"resumed"_s << CriterionState::Holding;
        QTest::newRow("an offline time that ended restarts the window") << u"online"_s << CriterionState::Holding;
    }

    void circumstancesBreakTheWindow()
    {
        QFETCH(QString, circumstance);
        QFETCH(CriterionState, state);
        IncidentBuilder builder;
        builder.endpoint(u"e0"_s);
        builder.criterion({u"e0"_s}, 30s);
        const Story played = play(builder, u"PPPP"_s);
        Circumstances circumstances;
        if (circumstance == "paused"_L1)
            circumstances.paused.insert(u"e0"_s);
        else if (circumstance == "offline"_L1)
            circumstances.observer = ObserverState::Offline;
        else if (circumstance == "resumed"_L1)
            circumstances.resumed.insert(u"e0"_s, t0 + 15s);
        else if (circumstance == "online"_L1)
            circumstances.onlineSince = t0 + 15s;
        QCOMPARE(name(judge(played.ledger, played.now, circumstances).criteria[0].state), name(state));
    }

    void oneShotHolds_data()
    {
        QTest::addColumn<QString>("letter");
        QTest::addColumn<int>("hold");
        QTest::addColumn<CriterionState>("state");
        QTest::newRow("true now with a hold is holding") << u"P"_s << 300 << CriterionState::Holding;
        QTest::newRow("true now without a hold is met") << u"P"_s << 0 << CriterionState::Met;
        QTest::newRow("unmet is unmet") << u"U"_s << 300 << CriterionState::Unmet;
        QTest::newRow("not evaluable is unknown") << u"N"_s << 300 << CriterionState::Unknown;
        QTest::newRow("never run is unknown") << u""_s << 0 << CriterionState::Unknown;
    }

    void oneShotHolds()
    {
        QFETCH(QString, letter);
        QFETCH(int, hold);
        QFETCH(CriterionState, state);
        IncidentBuilder builder;
        builder.endpoint(u"e0"_s);
        builder.criterion({u"e0"_s}, std::chrono::seconds(hold), {is200});
        Ledger ledger(builder.build(), Mode::OneShot);
        if (!letter.isEmpty())
            ledger.add(share(byLetter(u"e0"_s, t0, letter[0])));
        QCOMPARE(name(judge(ledger, t0 + 1h).criteria[0].state), name(state));
    }

    void whatCannotBeJudgedIsUnknown_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("detail");
        QTest::newRow("a scheme without a probe") << u"unjudged"_s << u"redis is not judged yet"_s;
        QTest::newRow("everything disabled") << u"disabled"_s << u"disabled"_s;
    }

    void whatCannotBeJudgedIsUnknown()
    {
        QFETCH(QString, what);
        QFETCH(QString, detail);
        IncidentBuilder builder;
        Endpoint &endpoint = builder.endpoint(u"e0"_s);
        endpoint.enabled = what != "disabled"_L1;
        if (what == "unjudged"_L1)
            endpoint.notJudged = u"redis is not judged yet"_s;
        builder.criterion({u"e0"_s});
        const Story played = play(builder, u"PPPP"_s);
        const CriterionStatus status = judge(played.ledger, played.now).criteria[0];
        QCOMPARE(name(status.state), name(CriterionState::Unknown));
        QVERIFY2(status.detail.contains(detail), qPrintable(status.detail));
    }

    void itNamesTheSamplesThatProveIt()
    {
        IncidentBuilder builder;
        builder.endpoint(u"e0"_s).group = u"Services"_s;
        builder.criterion({u"Services/e0"_s}, 30s);
        Ledger ledger(builder.build(), Mode::OverTime);
        for (int tick = 0; tick < 4; ++tick)
            ledger.add(share(passed(u"Services/e0"_s, t0 + tick * 10s)));
        const CriterionStatus met = judge(ledger, t0 + 30s).criteria[0];
        QCOMPARE(met.evidence, (QStringList{u"e0@2025-09-16T04:00:00.000Z"_s, u"e0@2025-09-16T04:00:30.000Z"_s}));
        QCOMPARE(met.detail, u"1 of 1 · held 30.0 s"_s);
        ledger.add(share(answered503(u"Services/e0"_s, t0 + 40s)));
        const CriterionStatus unmet = judge(ledger, t0 + 40s).criteria[0];
        QCOMPARE(unmet.evidence, QStringList{u"e0@2025-09-16T04:00:40.000Z"_s});
        QCOMPARE(unmet.detail, u"0 of 1 · worst: e0 503"_s);
    }

    void theNamedSamplesAreBounded()
    {
        IncidentBuilder builder;
        QStringList keys;
        for (int index = 0; index < 200; ++index)
            keys.append(builder.endpoint(u"e%1"_s.arg(index)).key());
        builder.criterion(keys);
        Ledger ledger(builder.build(), Mode::OverTime);
        for (const QString &key : keys)
            ledger.add(share(passed(key, t0)));
        const CriterionStatus status = judge(ledger, t0).criteria[0];
        QCOMPARE(status.passing, 200);
        QCOMPARE(status.evidence.size(), 50);
    }

    void windowedConditionsJudgeTheHold_data()
    {
        QTest::addColumn<QList<int>>("latencies"); // ms; negative: no answer
        QTest::addColumn<CriterionState>("state");
        using enum CriterionState;
        QTest::newRow("all fast over the window is met") << QList<int>{100, 100, 100, 100} << Met;
        QTest::newRow("a window that is not full holds") << QList<int>{100, 100} << Holding;
        QTest::newRow("one slow answer lifts the maximum") << QList<int>{100, 5000, 100, 100} << Unmet;
        QTest::newRow("a slow answer leaves the window in time") << QList<int>{5000, 100, 100, 100, 100} << Met;
        QTest::newRow("a result without an answer is unmet") << QList<int>{100, 100, 100, -1} << Unmet;
        QTest::newRow("a result without an answer restarts the window")
            << QList<int>{100, 100, -1, 100, 100} << Holding;
    }

    void windowedConditionsJudgeTheHold()
    {
        QFETCH(QList<int>, latencies);
        QFETCH(CriterionState, state);
        IncidentBuilder builder;
        builder.endpoint(u"e0"_s);
        builder.criterion({u"e0"_s}, 30s, {u"max([RESPONSE_TIME]) < 2000"_s});
        Ledger ledger(builder.build(), Mode::OverTime);
        TimePoint at = t0;
        for (int latency : latencies) {
            Observation observation = latency < 0 ? failed(u"e0"_s, at) : passed(u"e0"_s, at);
            observation.latency = std::chrono::milliseconds(std::max(latency, 0));
            ledger.add(share(observation));
            at += 10s;
        }
        QCOMPARE(name(judge(ledger, at - 10s).criteria[0].state), name(state));
    }

    void windowedMemoryIsBounded()
    {
        IncidentBuilder builder;
        builder.endpoint(u"e0"_s).interval = 1s;
        builder.criterion({u"e0"_s}, 24h, {u"max([RESPONSE_TIME]) < 2000"_s});
        Ledger ledger(builder.build(), Mode::OverTime);
        for (int index = 0; index < windowedLatencyCount + 50; ++index)
            ledger.add(share(passed(u"e0"_s, t0 + index * 1s)));
        QCOMPARE(ledger.track(u"e0"_s)->requirements[0].responseTimes.size(), windowedLatencyCount);
    }
};

QTEST_GUILESS_MAIN(TestCriteria)
#include "tst_criteria.moc"
