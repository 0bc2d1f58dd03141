#include "support/testmain.h"

#include "publish/probereport.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

ObservationPtr answered(Duration latency, Outcome outcome = Outcome::Pass)
{
    auto observation = std::make_shared<Observation>();
    observation->latency = latency;
    observation->answered = true;
    observation->outcome = outcome;
    return observation;
}

} // namespace

class TestProbeReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void latenciesAreRanked_data()
    {
        QTest::addColumn<QList<int>>("milliseconds"); // negative: no complete answer
        QTest::addColumn<QString>("text");
        QTest::newRow("one") << QList<int>{7} << u"1 probe, 0 failed · p50 7.0 ms · p95 7.0 ms · max 7.0 ms"_s;
        QTest::newRow("an even number takes the lower middle") << QList<int>{10, 40, 20, 30} << u"4 probes, 0 failed · p50 20 ms · p95 40 ms · max 40 ms"_s;
        QTest::newRow("a failure is no latency of zero") << QList<int>{10, -1, 30} << u"3 probes, 1 failed · p50 10 ms · p95 30 ms · max 30 ms"_s;
        QTest::newRow("only failures") << QList<int>{-1, -1} << u"2 probes, 2 failed · no complete answer came, so there is no latency"_s;
    }
    void latenciesAreRanked()
    {
        QFETCH(QList<int>, milliseconds);
        QFETCH(QString, text);
        QList<ObservationPtr> observations;
        for (const int value : milliseconds) {
            auto observation = std::make_shared<Observation>(*answered(std::chrono::milliseconds(std::abs(value))));
            observation->answered = value > 0;
            observation->outcome = value > 0 ? Outcome::Pass : Outcome::Fail;
            observations.append(observation);
        }
        QCOMPARE(summaryText(summarise(observations)), text);
    }

    void theWaterfallKeepsItsProportions()
    {
        Observation observation = *answered(100ms);
        observation.phases[static_cast<std::size_t>(Phase::Connect)] = 25ms;
        observation.phases[static_cast<std::size_t>(Phase::Wait)] = 75ms;
        const QStringList lines = probeText({.name = u"p"_s, .target = u"http://x"_s}, observation, Colour::None).split(u'\n');
        const auto line = [&](const QString &start) {
            const auto found = std::ranges::find_if(lines, [&](const QString &text) { return text.startsWith(start); });
            return found == lines.end() ? QString() : *found;
        };
        QCOMPARE(line(u"  connect"_s).count(u'█'), 12);
        QCOMPARE(line(u"  wait"_s).count(u'█'), 36);
        QCOMPARE(line(u"  wait"_s).indexOf(u'█') - line(u"  connect"_s).indexOf(u'█'), 12);
    }

    void stepsAndMessagesAreListed()
    {
        Observation journey = *answered(10ms, Outcome::Fail);
        journey.steps = {{.name = u"log in"_s, .alwaysRun = false, .observation = answered(4ms), .notRun = {}},
                         {.name = u"chat"_s, .alwaysRun = false, .observation = nullptr, .notRun = u"`log in` failed before it"_s}};
        journey.conversation = {{.way = Exchange::Way::Sent, .at = 1ms, .text = u"hi"_s, .entry = 0},
                                {.way = Exchange::Way::Received, .at = 2ms, .text = u"noise"_s, .entry = -1}};
        const QString text = probeText({.name = u"p"_s}, journey, Colour::None);
        for (const QString &part : {u"  ✓ log in"_s, u"  · chat  not run: `log in` failed before it"_s, u"→ hi"_s, u"← noise  (skipped)"_s})
            QVERIFY2(text.contains(part), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestProbeReport)
#include "tst_probereport.moc"
