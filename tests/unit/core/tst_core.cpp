// Time as text, durations, secrets, vocabulary, clocks, samples.
#include "core/clock.h"
#include "core/diagnostic.h"
#include "core/observation.h"
#include "core/result.h"
#include "core/secrets.h"
#include "support/testmain.h"

using namespace allclear;
using namespace Qt::StringLiterals;

class TestCore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("microseconds"); ///< −1: not a duration
        QTest::newRow("milliseconds") << u"300ms"_s << Q_INT64_C(300'000);
        QTest::newRow("seconds") << u"2s"_s << Q_INT64_C(2'000'000);
        QTest::newRow("hours") << u"48h"_s << Q_INT64_C(172'800'000'000);
        QTest::newRow("hours and minutes") << u"1h30m"_s << Q_INT64_C(5'400'000'000);
        QTest::newRow("a fraction") << u"1.5s"_s << Q_INT64_C(1'500'000);
        QTest::newRow("microseconds") << u"10us"_s << Q_INT64_C(10);
        QTest::newRow("microseconds with a micro sign") << u"10µs"_s << Q_INT64_C(10);
        QTest::newRow("zero needs no unit") << u"0"_s << Q_INT64_C(0);
        QTest::newRow("a number without a unit") << u"10"_s << Q_INT64_C(-1);
        QTest::newRow("words") << u"10 sec"_s << Q_INT64_C(-1);
        QTest::newRow("days are not Go's") << u"2d"_s << Q_INT64_C(-1);
        QTest::newRow("a unit without a number") << u"ms"_s << Q_INT64_C(-1);
        QTest::newRow("nothing") << u""_s << Q_INT64_C(-1);
        QTest::newRow("more than a hundred years") << u"9000000h"_s << Q_INT64_C(-1);
        QTest::newRow("two points") << u"1.2.3s"_s << Q_INT64_C(-1);
    }
    void durations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, microseconds);
        const std::optional<Duration> parsed = parseDuration(text);
        QCOMPARE(parsed ? parsed->count() : -1, microseconds);
    }

    void durationTexts_data()
    {
        QTest::addColumn<qint64>("microseconds");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shortText");
        QTest::newRow("nothing") << Q_INT64_C(0) << u"0.0 ms"_s << u"0 s"_s;
        QTest::newRow("under a millisecond") << Q_INT64_C(420) << u"0.4 ms"_s << u"0 s"_s;
        QTest::newRow("milliseconds") << Q_INT64_C(41'200) << u"41 ms"_s << u"41 ms"_s;
        QTest::newRow("just under a second") << Q_INT64_C(999'700) << u"1.0 s"_s << u"999 ms"_s;
        QTest::newRow("seconds") << Q_INT64_C(10'211'300) << u"10.2 s"_s << u"10 s"_s;
        QTest::newRow("just under a minute") << Q_INT64_C(59'990'000) << u"1 m"_s << u"59 s"_s;
        QTest::newRow("minutes") << Q_INT64_C(220'000'000) << u"3 m 40 s"_s << u"3 min"_s;
        QTest::newRow("hours") << Q_INT64_C(7'500'000'000) << u"2 h 5 m"_s << u"2 h"_s;
        QTest::newRow("days") << Q_INT64_C(266'400'000'000) << u"3 d 2 h"_s << u"3 d"_s;
        QTest::newRow("before") << Q_INT64_C(-2'000'000) << u"-2.0 s"_s << u"0 s"_s;
    }
    void durationTexts()
    {
        QFETCH(qint64, microseconds);
        QTEST(durationText(Duration(microseconds)), "text");
        QTEST(shortDurationText(Duration(microseconds)), "shortText");
    }

    void elapsed()
    {
        QCOMPARE(elapsedText(4927s), u"01:22:07"_s);
        QCOMPARE(elapsedText(90000s), u"1 d 01:00:00"_s);
        QCOMPARE(elapsedText(-61s), u"-00:01:01"_s);
    }

    void instants_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("utc");
        QTest::newRow("UTC") << u"2025-09-16T04:00:00Z"_s << u"2025-09-16T04:00:00.000Z"_s;
        QTest::newRow("an offset") << u"2025-09-16T06:00:00+02:00"_s << u"2025-09-16T04:00:00.000Z"_s;
        QTest::newRow("without a zone it is UTC") << u"2025-09-16T04:00:00"_s << u"2025-09-16T04:00:00.000Z"_s;
        QTest::newRow("milliseconds") << u"2025-09-16T04:00:00.125Z"_s << u"2025-09-16T04:00:00.125Z"_s;
        QTest::newRow("nonsense") << u"yesterday"_s << u""_s;
    }
    void instants()
    {
        QFETCH(QString, text);
        const std::optional<TimePoint> parsed = fromIso(text);
        QTEST(parsed ? toIso(*parsed) : QString(), "utc");
    }

    void everyTimeSaysItsZone()
    {
        const TimePoint time = *fromIso(u"2025-09-16T04:02:07Z"_s);
        QCOMPARE(clockText(time), u"04:02 UTC"_s);
        QCOMPARE(clockTextWithSeconds(time), u"04:02:07 UTC"_s);
    }

    void scaledClockRunsFaster()
    {
        const ScaledClock clock(20, *fromIso(u"2025-09-16T04:00:00Z"_s));
        QCOMPARE(clock.toReal(10s), Duration(500ms));
        QVERIFY(clock.now() >= *fromIso(u"2025-09-16T04:00:00Z"_s));
    }

    void manualClockStandsStill()
    {
        ManualClock clock(*fromIso(u"2025-09-16T04:00:00Z"_s));
        clock.advance(90s);
        QCOMPARE(toIso(clock.now()), u"2025-09-16T04:01:30.000Z"_s);
    }

    void secrets_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("masked");
        QTest::newRow("plain") << u"token=hunter2!"_s << u"token=•••"_s;
        QTest::newRow("percent-encoded") << u"?t=hunter2%21"_s << u"?t=•••"_s;
        QTest::newRow("base64") << u"Basic aHVudGVyMiE="_s << u"Basic •••"_s;
        QTest::newRow("twice") << u"hunter2! hunter2!"_s << u"••• •••"_s;
        QTest::newRow("nothing secret") << u"hunter"_s << u"hunter"_s;
    }
    void secrets()
    {
        QFETCH(QString, text);
        QTEST(Secrets({u"hunter2!"_s}).mask(text), "masked");
    }

    void shortValuesAreNotMasked() { QCOMPARE(Secrets({u"abc"_s}).mask(u"abcdef"_s), u"abcdef"_s); }

    void longerSecretsGoFirst() { QCOMPARE(Secrets({u"pass"_s, u"password"_s}).mask(u"password"_s), u"•••"_s); }

    void secretNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("variable");
        QTest::addColumn<bool>("header");
        QTest::newRow("an API key") << u"API_KEY"_s << true << true;
        QTest::newRow("a password") << u"GOLDEN_PASSWORD"_s << true << true;
        QTest::newRow("a token in lower case") << u"access_token"_s << true << true;
        QTest::newRow("a region") << u"REGION"_s << false << false;
        QTest::newRow("Authorization") << u"authorization"_s << false << true;
        QTest::newRow("Cookie") << u"Cookie"_s << false << true;
        QTest::newRow("Set-Cookie") << u"Set-Cookie"_s << false << true;
        QTest::newRow("the WebSocket nonce") << u"Sec-WebSocket-Key"_s << true << false;
    }
    void secretNames()
    {
        QFETCH(QString, name);
        QTEST(Secrets::isSecretName(name), "variable");
        QTEST(Secrets::isSecretHeader(name), "header");
    }

    void urls_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("masked");
        QTest::newRow("user info") << u"postgres://probe:s3cret@db:5432/x"_s << u"postgres://•••@db:5432/x"_s;
        QTest::newRow("an at sign in the password") << u"redis://:a@b@host/0"_s << u"redis://•••@host/0"_s;
        QTest::newRow("a secret query value") << u"https://h/p?a=1&api_key=abc&b=2"_s << u"https://h/p?a=1&api_key=•••&b=2"_s;
        QTest::newRow("an at sign in the path") << u"https://h/@me"_s << u"https://h/@me"_s;
        QTest::newRow("no URL") << u"text"_s << u"text"_s;
    }
    void urls()
    {
        QFETCH(QString, url);
        QTEST(Secrets::maskUrl(url), "masked");
    }

    void vocabularyGoesBothWays()
    {
        for (int i = 0; i <= static_cast<int>(FailureKind::Internal); ++i)
            QCOMPARE(failureKindFrom(QString(name(static_cast<FailureKind>(i)))), static_cast<FailureKind>(i));
        for (int i = 0; i <= static_cast<int>(Kind::Unknown); ++i)
            QCOMPARE(kindFrom(QString(name(static_cast<Kind>(i)))), static_cast<Kind>(i));
        QVERIFY(!incidentStatusFrom(u"over"_s));
    }

    void unknownIsNeverHiddenBehindUp()
    {
        for (const State state : {State::Paused, State::Checking, State::Unknown, State::Degraded, State::Flapping, State::Down})
            QVERIFY(severity(state) > severity(State::Up));
        QVERIFY(severity(State::Down) > severity(State::Flapping));
        QVERIFY(severity(State::Degraded) > severity(State::Unknown));
    }

    void sampleOfAnAnswerAndOfNone()
    {
        Observation answered;
        answered.latency = 41ms;
        answered.outcome = Outcome::Pass;
        answered.answered = true;
        QCOMPARE(toSample(answered).latencyMs, 41.0F);
        QVERIFY(!toSample(answered).failed());
        Observation silent;
        silent.latency = 15s;
        silent.failure = Failure{.kind = FailureKind::Timeout, .phase = Phase::Wait, .message = {}, .hint = {}};
        QVERIFY(qIsNaN(toSample(silent).latencyMs)); // a gap, never 0 and never the time that was waited
        QVERIFY(toSample(silent).failed());
    }

    void diagnosticPointsAtTheColumn()
    {
        const Diagnostic diagnostic{.severity = Severity::Error, .mark = {.line = 12, .column = 5}, .message = u"unknown key `intervall`"_s,
                                    .suggestion = u"did you mean `interval`?"_s, .excerpt = u"    intervall: 10s"_s};
        QCOMPARE(toText(diagnostic, u"f.yaml"_s), u"f.yaml:12:5: error: unknown key `intervall`, did you mean `interval`?\n"
                                                  "        intervall: 10s\n        ^"_s);
        QVERIFY(hasErrors({diagnostic}));
        QVERIFY(!hasErrors({}));
    }
};

QTEST_GUILESS_MAIN(TestCore)
#include "tst_core.moc"
