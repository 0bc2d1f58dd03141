#include "support/incidentbuilder.h"
#include "support/testmain.h"
#include "verdict/judge.h"

using namespace allclear;
using namespace allclear::test;

namespace
{

const QString api = u"api"_s;

Observation letter(char16_t kind, TimePoint at)
{
    switch (kind) {
    case u'P': return passed(api, at);
    case u'D': return degraded(api, at);
    case u'F': return failed(api, at);
    case u'C': return answered503(api, at);
    case u'N': return notEvaluable(api, at);
    case u'I': return failed(api, at, FailureKind::Internal);
    case u'U': return failed(api, at, FailureKind::Untrusted);
    default: Q_UNREACHABLE();
    }
}

/// One result every 10 s; '.' is a missed one.
TimePoint fold(Ledger &ledger, const QString &story)
{
    TimePoint at = t0;
    TimePoint last = t0;
    for (QChar kind : story) {
        if (kind != u'.') {
            ledger.add(share(letter(kind.unicode(), at)));
            last = at;
        }
        at += 10s;
    }
    return last;
}

Ledger ledgerOf(int failureThreshold, int successThreshold, Mode mode = Mode::OverTime)
{
    IncidentBuilder builder;
    Endpoint &endpoint = builder.endpoint(api);
    endpoint.failureThreshold = failureThreshold;
    endpoint.successThreshold = successThreshold;
    return Ledger(builder.build(), mode);
}

EndpointStatus statusOf(const Ledger &ledger, TimePoint now, const Circumstances &circumstances = {})
{
    return judge(ledger, now, circumstances).endpoints.value(0);
}

} // namespace

class TestEndpointState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void resultsDecideTheState_data()
    {
        QTest::addColumn<int>("failureThreshold");
        QTest::addColumn<int>("successThreshold");
        QTest::addColumn<QString>("story");
        QTest::addColumn<State>("state");
        using enum State;
        QTest::newRow("nothing came yet: the first result is awaited") << 1 << 1 << u""_s << Checking;
        QTest::newRow("one pass is enough for a threshold of one") << 1 << 1 << u"P"_s << Up;
        QTest::newRow("one failure is enough for a threshold of one") << 1 << 1 << u"F"_s << Down;
        QTest::newRow("an unmet condition fails as a refusal does") << 1 << 1 << u"C"_s << Down;
        QTest::newRow("a degraded result counts as a pass") << 2 << 2 << u"DD"_s << Degraded;
        QTest::newRow("degraded shows at once when it was up") << 2 << 2 << u"PPD"_s << Degraded;
        QTest::newRow("up shows at once when it was degraded") << 2 << 2 << u"DDP"_s << Up;
        QTest::newRow("one pass of two is checking") << 2 << 2 << u"P"_s << Checking;
        QTest::newRow("two passes of two are up") << 2 << 2 << u"PP"_s << Up;
        QTest::newRow("a first failure of two is checking") << 2 << 2 << u"F"_s << Checking;
        QTest::newRow("two failures of two are down") << 2 << 2 << u"FF"_s << Down;
        QTest::newRow("up and a failure of two is checking, not up") << 2 << 2 << u"PPF"_s << Checking;
        QTest::newRow("up and a failure of three is checking, not up") << 3 << 1 << u"PF"_s << Checking;
        QTest::newRow("up and two failures of three is checking") << 3 << 1 << u"PFF"_s << Checking;
        QTest::newRow("up and three failures of three is down") << 3 << 1 << u"PFFF"_s << Down;
        QTest::newRow("a blip below the threshold leaves it up") << 2 << 2 << u"PPFP"_s << Up;
        QTest::newRow("failures must be consecutive") << 2 << 2 << u"FPF"_s << Checking;
        QTest::newRow("down and one pass of two is checking") << 2 << 2 << u"FFP"_s << Checking;
        QTest::newRow("down and two passes of two are up") << 2 << 2 << u"FFPP"_s << Up;
        QTest::newRow("down, a pass and a failure stays down") << 2 << 2 << u"FFPF"_s << Down;
        QTest::newRow("a fault of ours says nothing of the target") << 1 << 1 << u"I"_s << Unknown;
        QTest::newRow("an unapproved command says nothing of the target") << 1 << 1 << u"U"_s << Unknown;
        QTest::newRow("a fault of ours takes green away") << 1 << 1 << u"PI"_s << Unknown;
        QTest::newRow("a fault of ours takes red away") << 1 << 1 << u"FI"_s << Unknown;
        QTest::newRow("a fault of ours is no failure in a row") << 2 << 1 << u"PFI"_s << Unknown;
        QTest::newRow("after a fault of ours red is back with a failure") << 2 << 1 << u"FFIF"_s << Down;
        QTest::newRow("after a fault of ours passes count anew") << 1 << 2 << u"FPIP"_s << Checking;
        QTest::newRow("an answer without the asked-for value is unknown") << 1 << 1 << u"N"_s << Unknown;
        QTest::newRow("an answer without the asked-for value is never up") << 1 << 1 << u"PPN"_s << Unknown;
        QTest::newRow("ten changes of twenty are not over half") << 1 << 1 << u"PPPPPPPPPPFPFPFPFPFP"_s << Up;
        QTest::newRow("eleven changes of twenty are flapping") << 1 << 1 << u"PPPPPPPPPFPFPFPFPFPF"_s << Flapping;
        QTest::newRow("eleven changes in twelve results are flapping") << 1 << 1 << u"PFPFPFPFPFPF"_s << Flapping;
        QTest::newRow("thresholds never reached, yet flapping") << 2 << 2 << u"PFPFPFPFPFPF"_s << Flapping;
        QTest::newRow("flapping ends when it is quiet") << 1 << 1 << u"PFPFPFPFPFPFPPPPPPPPPPPP"_s << Up;
        QTest::newRow("degraded and up is no flapping") << 1 << 1 << u"PDPDPDPDPDPDPDPD"_s << Degraded;
        QTest::newRow("a gap within three intervals keeps it up") << 1 << 2 << u"PP..P"_s << Up;
        QTest::newRow("a longer gap needs the passes again") << 1 << 2 << u"PP...P"_s << Checking;
        QTest::newRow("a longer gap does not end red") << 2 << 2 << u"FF...F"_s << Down;
        QTest::newRow("a longer gap forgets the flapping") << 1 << 1 << u"PFPFPFPFPFPF...P"_s << Up;
    }

    void resultsDecideTheState()
    {
        QFETCH(int, failureThreshold);
        QFETCH(int, successThreshold);
        QFETCH(QString, story);
        QFETCH(State, state);
        Ledger ledger = ledgerOf(failureThreshold, successThreshold);
        const TimePoint now = fold(ledger, story) + 1s;
        QCOMPARE(name(statusOf(ledger, now).state), name(state));
    }

    void oneShotTakesOneResult_data()
    {
        QTest::addColumn<QString>("story");
        QTest::addColumn<State>("state");
        QTest::newRow("never run is unknown: nothing is awaited") << u""_s << State::Unknown;
        QTest::newRow("one pass is up") << u"P"_s << State::Up;
        QTest::newRow("one failure is down") << u"F"_s << State::Down;
        QTest::newRow("a fault of ours is unknown") << u"I"_s << State::Unknown;
    }

    void oneShotTakesOneResult()
    {
        QFETCH(QString, story);
        QFETCH(State, state);
        Ledger ledger = ledgerOf(5, 5, Mode::OneShot);
        fold(ledger, story);
        QCOMPARE(name(statusOf(ledger, t0 + 1h).state), name(state)); // staleness is not applied
    }

    void evidenceAges_data()
    {
        QTest::addColumn<int>("interval");
        QTest::addColumn<int>("age");
        QTest::addColumn<bool>("stale");
        QTest::newRow("three intervals old is fresh") << 60 << 180 << false;
        QTest::newRow("over three intervals old is stale") << 60 << 181 << true;
        QTest::newRow("a short interval is fresh for 30 s") << 1 << 30 << false;
        QTest::newRow("a short interval is stale after 30 s") << 1 << 31 << true;
        QTest::newRow("slightly from the future is fresh") << 10 << -5 << false;
        QTest::newRow("far from the future is stale: the clock was set back") << 10 << -3600 << true;
    }

    void evidenceAges()
    {
        QFETCH(int, interval);
        QFETCH(int, age);
        QFETCH(bool, stale);
        IncidentBuilder builder;
        builder.endpoint(api).interval = std::chrono::seconds(interval);
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(passed(api, t0)));
        const EndpointStatus status = statusOf(ledger, t0 + std::chrono::seconds(age));
        QCOMPARE(status.stale, stale);
        QCOMPARE(name(status.state), name(stale ? State::Unknown : State::Up));
        QCOMPARE(status.reason.startsWith(u"stale"_s), stale);
    }

    void evidenceAgesFromTheEndOfTheProbe()
    {
        Ledger ledger = ledgerOf(1, 1);
        Observation slow = passed(api, t0);
        slow.finishedAt = t0 + 15s;
        ledger.add(share(slow));
        QVERIFY(!statusOf(ledger, t0 + 45s).stale);
        QVERIFY(statusOf(ledger, t0 + 46s).stale);
    }

    void circumstancesTakeEvidenceAway_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("canaryFailed");
        QTest::addColumn<State>("state");
        const QString remote = u"https://api.example/health"_s;
        QTest::newRow("offline makes a remote target unknown, not down") << remote << false << State::Unknown;
        QTest::newRow("offline does not touch 127.0.0.1") << u"http://127.0.0.1:80/"_s << false << State::Down;
        QTest::newRow("offline does not touch 127.9.8.7") << u"tcp://127.9.8.7:80"_s << false << State::Down;
        QTest::newRow("offline does not touch ::1") << u"http://[::1]:80/"_s << false << State::Down;
        QTest::newRow("offline does not touch localhost") << u"http://LocalHost/"_s << false << State::Down;
        QTest::newRow("offline does not touch a loopback name server") << u"127.0.0.1"_s << false << State::Down;
        QTest::newRow("a name that begins like a loopback is remote")
            << u"http://127.0.0.1.evil/"_s << false << State::Unknown;
        QTest::newRow("a failed canary makes loopback unknown too") << u"http://127.0.0.1/"_s << true << State::Unknown;
        QTest::newRow("user info does not make a loopback")
            << u"http://localhost@api.example/"_s << false << State::Unknown;
    }

    void circumstancesTakeEvidenceAway()
    {
        QFETCH(QString, url);
        QFETCH(bool, canaryFailed);
        QFETCH(State, state);
        IncidentBuilder builder;
        builder.endpoint(api).url = url;
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(failed(api, t0)));
        Circumstances circumstances;
        circumstances.observer = ObserverState::Offline;
        circumstances.observerReason = u"no route"_s;
        circumstances.observerCanaryFailed = canaryFailed;
        const EndpointStatus status = statusOf(ledger, t0, circumstances);
        QCOMPARE(name(status.state), name(state));
        QCOMPARE(status.reason, state == State::Unknown ? u"observer offline: no route"_s : QString());
        QCOMPARE(isOfflineFor(ledger.incident()->endpoints[0], circumstances), state == State::Unknown);
    }

    void everyEndpointFailingIsNeverOffline()
    {
        IncidentBuilder builder;
        for (int index = 0; index < 5; ++index)
            builder.endpoint(u"e%1"_s.arg(index));
        Ledger ledger(builder.build(), Mode::OverTime);
        for (int index = 0; index < 5; ++index)
            ledger.add(share(failed(u"e%1"_s.arg(index), t0, FailureKind::Unreachable)));
        const Verdict verdict = judge(ledger, t0);
        QCOMPARE(verdict.observer, ObserverState::Online);
        QCOMPARE(verdict.overall, Overall::NotClear);
        for (const EndpointStatus &status : verdict.endpoints)
            QCOMPARE(name(status.state), name(State::Down));
    }

    void resultsFromWhileOfflineAreNoEvidence()
    {
        Ledger ledger = ledgerOf(1, 1);
        ledger.add(share(failed(api, t0)));
        Circumstances circumstances;
        circumstances.onlineSince = t0 + 1s;
        QCOMPARE(name(statusOf(ledger, t0 + 2s, circumstances).state), name(State::Checking));
        ledger.add(share(failed(api, t0 + 3s)));
        QCOMPARE(name(statusOf(ledger, t0 + 4s, circumstances).state), name(State::Down));
    }

    void pausedShowsPaused()
    {
        Ledger ledger = ledgerOf(1, 1);
        ledger.add(share(failed(api, t0)));
        Circumstances circumstances;
        circumstances.paused = {api};
        const EndpointStatus status = statusOf(ledger, t0, circumstances);
        QCOMPARE(name(status.state), name(State::Paused));
        QCOMPARE(status.reason, u"paused"_s);
    }

    void notJudgedSaysWhy()
    {
        IncidentBuilder builder;
        builder.endpoint(api).notJudged = u"redis is not judged yet"_s;
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(passed(api, t0)));
        const EndpointStatus status = statusOf(ledger, t0);
        QCOMPARE(name(status.state), name(State::Unknown));
        QCOMPARE(status.reason, u"redis is not judged yet"_s);
    }

    void sinceFollowsTheState_data()
    {
        QTest::addColumn<QString>("story");
        QTest::addColumn<int>("now");
        QTest::addColumn<int>("since");
        QTest::newRow("up since the first pass") << u"PPP"_s << 21 << 0;
        QTest::newRow("down since the failure that settled it") << u"PFF"_s << 21 << 10;
        QTest::newRow("stale since the evidence ran out") << u"PP"_s << 60 << 40;
        QTest::newRow("up again after a gap, since the new pass") << u"P...."
                                                                     "P"_s
                                                                  << 51 << 50;
    }

    void sinceFollowsTheState()
    {
        QFETCH(QString, story);
        QFETCH(int, now);
        QFETCH(int, since);
        Ledger ledger = ledgerOf(1, 1);
        fold(ledger, story);
        const EndpointStatus status = statusOf(ledger, t0 + std::chrono::seconds(now));
        QVERIFY(status.since);
        QCOMPARE(toIso(*status.since), toIso(t0 + std::chrono::seconds(since)));
    }

    void olderAndUnknownObservationsChangeNothing()
    {
        Ledger ledger = ledgerOf(1, 1);
        ledger.add(share(passed(api, t0)));
        ledger.add(share(failed(api, t0 - 1s)));
        ledger.add(share(failed(api, t0)));
        ledger.add(share(failed(u"nobody"_s, t0 + 1s)));
        ledger.add(nullptr);
        QCOMPARE(ledger.track(api)->total, 1);
        QCOMPARE(name(statusOf(ledger, t0).state), name(State::Up));
        QCOMPARE(ledger.track(u"nobody"_s), nullptr);
    }

    void memoryIsBounded()
    {
        Ledger ledger = ledgerOf(1, 1);
        for (int index = 0; index < 500; ++index)
            ledger.add(share(passed(api, t0 + index * 1s)));
        QCOMPARE(ledger.track(api)->recent.size(), recentResultCount);
        QCOMPARE(ledger.track(api)->recent.last().at, t0 + 499s);
        QCOMPARE(ledger.track(api)->total, 500);
    }

    void seedShowsYesterdayButProvesNothing()
    {
        Ledger ledger = ledgerOf(1, 1);
        QList<Sample> samples;
        for (int index = 40; index > 0; --index)
            samples.append(toSample(passed(api, t0 - index * 1s)));
        ledger.seed(api, samples, 40, 39);
        const Verdict verdict = judge(ledger, t0);
        QCOMPARE(name(verdict.endpoints[0].state), name(State::Checking));
        QCOMPARE(verdict.overall, Overall::Unknown);
        QCOMPARE(*verdict.availability, 39.0 / 40.0);
        QCOMPARE(ledger.track(api)->recent.size(), recentResultCount);
    }

    void aLateSeedDoesNotCountLiveResultsTwice()
    {
        Ledger ledger = ledgerOf(1, 1);
        ledger.add(share(passed(api, t0)));
        const QList<Sample> stored{toSample(failed(api, t0 - 10s)), toSample(passed(api, t0))};
        ledger.seed(api, stored, 2, 1);
        ledger.seed(api, stored, 2, 1); // twice by mistake
        QCOMPARE(ledger.track(api)->total, 2);
        QCOMPARE(ledger.track(api)->passed, 1);
        QCOMPARE(ledger.track(api)->recent.size(), 2);
        QCOMPARE(name(statusOf(ledger, t0).state), name(State::Up));
    }

    void aChangedFileKeepsWhatItDidNotChange_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<State>("state");
        QTest::newRow("an unchanged endpoint keeps its state") << u"nothing"_s << State::Up;
        QTest::newRow("a new title of the component keeps it") << u"title"_s << State::Up;
        QTest::newRow("another address is another endpoint") << u"url"_s << State::Checking;
        QTest::newRow("another condition asks again") << u"condition"_s << State::Checking;
        QTest::newRow("another threshold counts again") << u"threshold"_s << State::Checking;
    }

    void aChangedFileKeepsWhatItDidNotChange()
    {
        QFETCH(QString, change);
        QFETCH(State, state);
        IncidentBuilder builder;
        builder.endpoint(api);
        builder.criterion({api});
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(passed(api, t0)));
        Endpoint &endpoint = builder.incident().endpoints[0];
        if (change == "title"_L1)
            builder.incident().components[0].title = u"New"_s;
        else if (change == "url"_L1)
            endpoint.url += u'2';
        else if (change == "condition"_L1)
            endpoint.conditions.append({.text = u"[STATUS] == 200"_s, .mark = {}});
        else if (change == "threshold"_L1)
            endpoint.successThreshold = 2;
        const Ledger next = ledger.adopted(builder.build());
        QCOMPARE(name(statusOf(next, t0).state), name(state));
        QCOMPARE(name(judge(next, t0).criteria[0].state),
                 name(state == State::Up ? CriterionState::Met : CriterionState::Unknown));
    }
};

QTEST_GUILESS_MAIN(TestEndpointState)
#include "tst_endpointstate.moc"
