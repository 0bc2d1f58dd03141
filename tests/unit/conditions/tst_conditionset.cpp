// The last step of every probe: evidence in, outcome and failure out.
#include "conditions/evaluate.h"
#include "support/testmain.h"

using namespace Qt::StringLiterals;
using namespace allclear;

namespace {

QList<ConditionText> texts(const QStringList &lines)
{
    QList<ConditionText> list;
    for (const QString &line : lines)
        list.append(ConditionText{.text = line, .mark = {}});
    return list;
}

} // namespace

class TestConditionSet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void judges_data();
    void judges();
    void aFailedProbeKeepsItsFailure();
    void requirementsAreEvaluatedBesides();
    void textsThatDoNotParseAreNotEvaluable();
};

void TestConditionSet::judges_data()
{
    QTest::addColumn<QStringList>("conditions");
    QTest::addColumn<QStringList>("degradedWhen");
    QTest::addColumn<int>("outcome");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QStringList &conditions, const QStringList &degradedWhen, Outcome outcome, const QString &message = {}) {
        QTest::newRow(name) << conditions << degradedWhen << static_cast<int>(outcome) << message;
    };
    const QString ok = u"[STATUS] == 503"_s;
    row("every condition met", {ok}, {}, Outcome::Pass);
    row("no conditions and an answer", {}, {}, Outcome::Pass);
    row("one unmet names itself", {u"[STATUS] == 200"_s}, {}, Outcome::Fail, u"[STATUS] (503) == 200"_s);
    row("the first unmet is named", {ok, u"[STATUS] < 500"_s, u"[STATUS] == 200"_s}, {}, Outcome::Fail, u"[STATUS] (503) < 500"_s);
    row("one not evaluable fails", {ok, u"[BODY].status == UP"_s}, {}, Outcome::Fail, u"[BODY].status (no value) == UP: not evaluable"_s);
    row("not evaluable fails with != too", {u"[BODY].status != DOWN"_s}, {}, Outcome::Fail, u"[BODY].status (no value) != DOWN: not evaluable"_s);
    row("not evaluable before unmet", {u"[IP] == 1"_s, u"[STATUS] == 200"_s}, {}, Outcome::Fail, u"[IP] (no value) == 1: not evaluable"_s);
    row("degraded", {ok}, {u"[RESPONSE_TIME] > 2000"_s}, Outcome::Degraded);
    row("one of several degrades", {ok}, {u"[RESPONSE_TIME] > 9000"_s, u"[RESPONSE_TIME] > 2s"_s}, Outcome::Degraded);
    row("not degraded", {ok}, {u"[RESPONSE_TIME] > 5s"_s}, Outcome::Pass);
    row("a degraded-when without a value degrades nothing", {ok}, {u"[BODY].used > 0.9"_s}, Outcome::Pass);
    row("failed outranks degraded", {u"[STATUS] == 200"_s}, {u"[RESPONSE_TIME] > 2000"_s}, Outcome::Fail, u"[STATUS] (503) == 200"_s);
}

void TestConditionSet::judges()
{
    QFETCH(QStringList, conditions);
    QFETCH(QStringList, degradedWhen);
    QFETCH(int, outcome);
    QFETCH(QString, message);
    Evidence evidence;
    evidence.status = 503;
    evidence.responseTime = 3s;
    evidence.body = "upstream connect error";
    Observation observation;
    ConditionSet(texts(conditions), texts(degradedWhen), {}).judge(observation, evidence);
    QCOMPARE(name(observation.outcome), name(static_cast<Outcome>(outcome)));
    QCOMPARE(observation.failure.has_value(), !message.isEmpty());
    if (observation.failure) {
        QCOMPARE(observation.failure->message, message);
        QCOMPARE(name(observation.failure->kind), "condition"_L1);
        QVERIFY(!observation.failure->phase);
    }
    QCOMPARE(observation.conditions.size(), conditions.size());
    QCOMPARE(observation.degradedWhen.size(), degradedWhen.size());
}

void TestConditionSet::aFailedProbeKeepsItsFailure()
{
    Observation observation;
    observation.outcome = Outcome::Pass;
    observation.failure = Failure{.kind = FailureKind::Timeout, .phase = Phase::Receive, .message = u"too slow"_s, .hint = {}};
    Evidence evidence;
    evidence.status = 200;
    evidence.connected = true;
    const ConditionSet set(texts({u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 2000"_s}), {}, {u"[CONNECTED] == true"_s});
    set.judge(observation, evidence);
    QCOMPARE(observation.outcome, Outcome::Fail);
    QCOMPARE(observation.failure->kind, FailureKind::Timeout);
    QCOMPARE(observation.failure->message, u"too slow"_s);
    QCOMPARE(observation.conditions.size(), 2);
    QCOMPARE(observation.conditions[0].result, Truth::Met);
    QCOMPARE(observation.conditions[1].result, Truth::NotEvaluable);
    QCOMPARE(observation.requirements.size(), 1);
    QCOMPARE(observation.requirements[0].result, Truth::Met);
}

void TestConditionSet::requirementsAreEvaluatedBesides()
{
    Observation observation;
    Evidence evidence;
    evidence.status = 200;
    ConditionSet(texts({u"[STATUS] == 200"_s}), {}, {u"[RESPONSE_TIME] < 2000"_s, u"[STATUS] == 200"_s}).judge(observation, evidence);
    QCOMPARE(observation.outcome, Outcome::Pass); // a criterion's requirement is not the endpoint's condition
    QCOMPARE(observation.requirements.size(), 2);
    QCOMPARE(observation.requirements[0].result, Truth::NotEvaluable);
    QCOMPARE(observation.requirements[0].text, u"[RESPONSE_TIME] < 2000"_s);
    QCOMPARE(observation.requirements[1].result, Truth::Met);
}

void TestConditionSet::textsThatDoNotParseAreNotEvaluable()
{
    Observation observation;
    Evidence evidence;
    evidence.status = 200;
    ConditionSet(texts({u"[STATUS] == 200"_s, u"[STATUS]==200"_s}), texts({u"nonsense"_s}), {u"[STATSU] == 200"_s}).judge(observation, evidence);
    QCOMPARE(observation.outcome, Outcome::Fail);
    QCOMPARE(observation.failure->message, u"[STATUS]==200: not evaluable"_s);
    QCOMPARE(observation.conditions[1].result, Truth::NotEvaluable);
    QCOMPARE(observation.degradedWhen[0].result, Truth::NotEvaluable);
    QCOMPARE(observation.requirements[0].result, Truth::NotEvaluable);
}

QTEST_GUILESS_MAIN(TestConditionSet)
#include "tst_conditionset.moc"
