// Properties that hold for every sequence of results, tried on thousands of random ones with a fixed seed.
#include "support/incidentbuilder.h"
#include "support/testmain.h"
#include "verdict/judge.h"

#include <random>

using namespace allclear;
using namespace allclear::test;

namespace
{

constexpr int sequences = 2000;
constexpr int endpointCount = 3;
const QString is200 = u"[STATUS] == 200"_s;

class Dice
{
public:
    explicit Dice(unsigned seed) : m_engine(seed) { }
    int roll(int sides) { return static_cast<int>(m_engine() % static_cast<unsigned>(sides)); }
    bool chance(int percent) { return roll(100) < percent; }

private:
    std::mt19937 m_engine; // its sequence is fixed by the standard; distributions are not
};

EndpointKey keyOf(int endpoint) { return u"e%1"_s.arg(endpoint); }

IncidentPtr randomIncident(Dice &dice)
{
    IncidentBuilder builder;
    QStringList keys;
    for (int index = 0; index < endpointCount; ++index) {
        Endpoint &endpoint = builder.endpoint(keyOf(index));
        endpoint.failureThreshold = 1 + dice.roll(3);
        endpoint.successThreshold = 1 + dice.roll(3);
        endpoint.interval = std::chrono::seconds(5 + 5 * dice.roll(4));
        if (dice.chance(30))
            endpoint.url = u"http://127.0.0.1/"_s;
        keys.append(endpoint.key());
    }
    const Duration hold = std::chrono::seconds(30 * dice.roll(4));
    builder.criterion(keys, hold);
    builder.criterion(keys, hold, {is200});
    builder.criterion({keys[0]}, hold, {u"p95([RESPONSE_TIME]) < 2000"_s});
    return builder.build();
}

Circumstances randomCircumstances(Dice &dice, TimePoint now)
{
    Circumstances circumstances;
    if (dice.chance(10))
        circumstances.observer = ObserverState::Offline;
    if (dice.chance(10))
        circumstances.paused.insert(keyOf(dice.roll(endpointCount)));
    if (dice.chance(10))
        circumstances.onlineSince = now - std::chrono::seconds(dice.roll(60));
    if (dice.chance(10))
        circumstances.resumed.insert(keyOf(dice.roll(endpointCount)), now - std::chrono::seconds(dice.roll(60)));
    return circumstances;
}

Truth notMet(Dice &dice) { return dice.chance(50) ? Truth::Unmet : Truth::NotEvaluable; }

/// Failed or not evaluable in one of many ways; a probe without a complete answer may claim anything.
Observation badResult(Dice &dice, const EndpointKey &key, TimePoint at)
{
    if (dice.chance(20)) {
        Observation observation = notEvaluable(key, at);
        observation.requirements = {conditionResult(is200, notMet(dice))};
        observation.answered = dice.chance(50);
        observation.latency = 10s;
        return observation;
    }
    const auto kind = static_cast<FailureKind>(dice.roll(static_cast<int>(FailureKind::Internal) + 1));
    Observation observation = failed(key, at, kind);
    const bool complete = kind == FailureKind::Condition;
    if (complete)
        observation.conditions = {conditionResult(is200, notMet(dice))};
    observation.answered = complete && dice.chance(50);
    observation.latency = 10s;
    observation.requirements = {conditionResult(is200, complete ? notMet(dice) : Truth::Met)};
    return observation;
}

Observation goodResult(Dice &dice, const EndpointKey &key, TimePoint at)
{
    Observation observation = dice.chance(20) ? degraded(key, at) : passed(key, at);
    observation.finishedAt = at + std::chrono::milliseconds(dice.roll(900));
    observation.requirements = {conditionResult(is200, Truth::Met)};
    return observation;
}

struct Event {
    TimePoint at;
    ObservationPtr observation;
};

/// Results of all endpoints in order of time, some missing, `goodPercent` of them good.
QList<Event> randomEvents(Dice &dice, const Incident &incident, int goodPercent)
{
    QList<Event> events;
    for (int endpoint = 0; endpoint < endpointCount; ++endpoint) {
        const Duration interval = incident.endpoints[endpoint].interval;
        TimePoint at = t0 + std::chrono::seconds(dice.roll(5));
        for (int tick = 0; tick < 30; ++tick) {
            at += interval * (dice.chance(5) ? 5 : 1);
            if (dice.chance(10))
                continue;
            const bool good = dice.chance(goodPercent);
            events.append(
                {at, share(good ? goodResult(dice, keyOf(endpoint), at) : badResult(dice, keyOf(endpoint), at))});
        }
    }
    std::ranges::stable_sort(events, {}, &Event::at);
    return events;
}

bool isGreen(State state) { return state == State::Up || state == State::Degraded; }
bool isGreen(CriterionState state) { return state == CriterionState::Met || state == CriterionState::Holding; }

/// Higher is greener.
int rank(CriterionState state)
{
    switch (state) {
    case CriterionState::Met: return 2;
    case CriterionState::Holding: return 1;
    case CriterionState::Unmet:
    case CriterionState::Unknown: break;
    }
    return 0;
}

bool hasGreen(const Verdict &verdict)
{
    return verdict.overall == Overall::Clear
        || std::ranges::any_of(verdict.endpoints, [](const EndpointStatus &e) { return isGreen(e.state); })
        || std::ranges::any_of(verdict.components, [](const ComponentStatus &c) { return isGreen(c.state); })
        || std::ranges::any_of(verdict.criteria, [](const CriterionStatus &c) { return isGreen(c.state); })
        || std::ranges::any_of(verdict.actions, [](const ActionStatus &a) { return a.byEvidence; });
}

bool isGreener(const Verdict &later, const Verdict &earlier)
{
    if (later.overall == Overall::Clear && earlier.overall != Overall::Clear)
        return true;
    for (int index = 0; index < later.endpoints.size(); ++index) {
        if (isGreen(later.endpoints[index].state) && !isGreen(earlier.endpoints[index].state))
            return true;
    }
    for (int index = 0; index < later.components.size(); ++index) {
        if (isGreen(later.components[index].state) && !isGreen(earlier.components[index].state))
            return true;
    }
    for (int index = 0; index < later.criteria.size(); ++index) {
        if (rank(later.criteria[index].state) > rank(earlier.criteria[index].state)
            || later.criteria[index].held > earlier.criteria[index].held)
            return true;
    }
    return false;
}

/// What counts for a criterion of randomIncident: a windowed one only wants an answer, fast or slow.
bool counts(const SuccessCriterion &criterion, const Observation &observation)
{
    const bool isWindowed = !criterion.require.isEmpty() && criterion.require[0].text != is200;
    return isWindowed ? observation.answered : !observation.failed();
}

/// Naively, from the raw list: does one endpoint's unbroken run of results that count, fresh at `now`, cover the hold?
bool isCovered(const QList<Event> &events, const Endpoint &endpoint, const SuccessCriterion &criterion, TimePoint now)
{
    std::optional<TimePoint> first;
    std::optional<TimePoint> previous;
    for (const Event &event : events) {
        const Observation &observation = *event.observation;
        if (observation.endpoint != endpoint.key())
            continue;
        const TimePoint finished = observation.finishedAt;
        const bool gap = previous && finished - *previous > endpoint.staleAfter();
        if (!counts(criterion, observation))
            first.reset();
        else if (!first || gap)
            first = finished;
        previous = finished;
    }
    return first && now - *previous <= endpoint.staleAfter() && *previous - *first >= criterion.hold;
}

QString summary(const Verdict &verdict)
{
    QStringList parts{name(verdict.overall), verdict.sentence};
    for (const EndpointStatus &endpoint : verdict.endpoints)
        parts.append(endpoint.key + u' ' + name(endpoint.state) + u' ' + endpoint.reason
                     + (endpoint.since ? toIso(*endpoint.since) : QString()));
    for (const CriterionStatus &criterion : verdict.criteria)
        parts.append(name(criterion.state) + QString::number(criterion.held.count()) + criterion.detail
                     + criterion.evidence.join(u','));
    return parts.join(u'\n');
}

} // namespace

class TestProperties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void missingStaleFailedOrNotEvaluableResultsAreNeverGreen_data()
    {
        QTest::addColumn<Mode>("mode");
        QTest::newRow("over time") << Mode::OverTime;
        QTest::newRow("in one shot") << Mode::OneShot;
    }

    void missingStaleFailedOrNotEvaluableResultsAreNeverGreen()
    {
        QFETCH(Mode, mode);
        Dice dice(20250916);
        for (int sequence = 0; sequence < sequences; ++sequence) {
            const IncidentPtr incident = randomIncident(dice);
            Ledger ledger(incident, mode);
            if (dice.chance(30)) // a green yesterday
                ledger.seed(keyOf(0), {toSample(passed(keyOf(0), t0 - 5s)), toSample(passed(keyOf(0), t0 - 1s))}, 2, 2);
            for (const Event &event : randomEvents(dice, *incident, 0)) {
                ledger.add(event.observation);
                if (!dice.chance(20))
                    continue;
                const Verdict verdict = judge(ledger, event.at, randomCircumstances(dice, event.at));
                QVERIFY2(!hasGreen(verdict), qPrintable(u"sequence %1\n"_s.arg(sequence) + summary(verdict)));
            }
        }
    }

    void goodResultsThatWentStaleAreNeverGreen()
    {
        Dice dice(4);
        for (int sequence = 0; sequence < sequences; ++sequence) {
            const IncidentPtr incident = randomIncident(dice);
            Ledger ledger(incident, Mode::OverTime);
            TimePoint last = t0;
            for (const Event &event : randomEvents(dice, *incident, 100)) {
                ledger.add(event.observation);
                last = event.at;
            }
            const Verdict verdict = judge(ledger, last + 2min + std::chrono::seconds(dice.roll(100000)));
            QVERIFY2(!hasGreen(verdict), qPrintable(u"sequence %1\n"_s.arg(sequence) + summary(verdict)));
        }
    }

    void aMetCriterionIsCoveredByGoodResults()
    {
        Dice dice(7);
        int met = 0;
        for (int sequence = 0; sequence < sequences; ++sequence) {
            const IncidentPtr incident = randomIncident(dice);
            const QList<Event> events = randomEvents(dice, *incident, 97);
            Ledger ledger(incident, Mode::OverTime);
            for (int count = 1; count <= events.size(); ++count) {
                const Event &event = events[count - 1];
                ledger.add(event.observation);
                if (!dice.chance(10))
                    continue;
                const TimePoint now = event.at + std::chrono::milliseconds(dice.roll(1000));
                const Verdict verdict = judge(ledger, now, randomCircumstances(dice, now));
                for (int index = 0; index < verdict.criteria.size(); ++index) {
                    if (verdict.criteria[index].state != CriterionState::Met)
                        continue;
                    ++met;
                    QVERIFY(!verdict.criteria[index].evidence.isEmpty());
                    for (const EndpointKey &key : incident->criteria[index].endpoints) {
                        const Endpoint &endpoint = incident->endpoints[ledger.endpointIndex(key)];
                        QVERIFY2(
                            isCovered(events.first(count), endpoint, incident->criteria[index], now),
                            qPrintable(u"sequence %1, %2\n"_s.arg(QString::number(sequence), key) + summary(verdict)));
                    }
                }
            }
        }
        QVERIFY2(met > 1000, qPrintable(u"only %1 criteria were ever met: the test shows nothing"_s.arg(met)));
    }

    void timeWithoutResultsTurnsNothingGreener()
    {
        Dice dice(11);
        int green = 0;
        for (int sequence = 0; sequence < sequences; ++sequence) {
            const IncidentPtr incident = randomIncident(dice);
            Ledger ledger(incident, Mode::OverTime);
            TimePoint now = t0;
            for (const Event &event : randomEvents(dice, *incident, 90)) {
                ledger.add(event.observation);
                now = event.at + 1s;
                if (dice.chance(2))
                    break;
            }
            Verdict earlier = judge(ledger, now);
            green += hasGreen(earlier) ? 1 : 0;
            for (int step = 0; step < 20; ++step) {
                now += std::chrono::milliseconds(dice.roll(10000));
                const Verdict later = judge(ledger, now);
                QVERIFY2(
                    !isGreener(later, earlier),
                    qPrintable(u"sequence %1\n"_s.arg(sequence) + summary(earlier) + u"\n->\n"_s + summary(later)));
                earlier = later;
            }
            QVERIFY(!hasGreen(judge(ledger, now + 1h)));
        }
        QVERIFY(green > sequences / 4);
    }

    void foldingDoesNotDependOnJudgingInBetween()
    {
        Dice dice(13);
        for (int sequence = 0; sequence < sequences / 3; ++sequence) {
            const IncidentPtr incident = randomIncident(dice);
            Ledger judgedOften(incident, Mode::OverTime);
            Ledger judgedOnce(incident, Mode::OverTime);
            TimePoint now = t0;
            for (const Event &event : randomEvents(dice, *incident, 80)) {
                judgedOften.add(event.observation);
                judgedOnce.add(event.observation);
                now = event.at + 1s;
                judge(judgedOften, now + std::chrono::seconds(dice.roll(1000)), randomCircumstances(dice, now));
                if (dice.chance(5)) {
                    const Ledger copy = judgedOften; // a copy is a value of its own
                    judgedOften = copy;
                }
            }
            QCOMPARE(summary(judge(judgedOften, now)), summary(judge(judgedOnce, now)));
        }
    }
};

QTEST_GUILESS_MAIN(TestProperties)
#include "tst_properties.moc"
