// The latency chart: axes, limits, columns and lines as tables; the panel by real mouse and key events.
#include "incidentframes.h"
#include "support/testmain.h"
#include "widgets/latency/latencypanel.h"

#include <QImage>
#include <QPaintEvent>
#include <QSignalSpy>

using namespace allclear;
using namespace allclear::test;

Q_DECLARE_METATYPE(std::vector<allclear::Vertex>)
Q_DECLARE_METATYPE(std::vector<quint8>)

namespace {

constexpr float noAnswer = std::numeric_limits<float>::quiet_NaN();
const TimePoint noon = *fromIso(u"2025-09-16T12:00:00Z");

/// One character a column: digits answer, '!' answers and fails, 'x' holds results but no answer, '.' holds nothing.
std::vector<ColumnBin> binsFrom(const QString &picture)
{
    std::vector<ColumnBin> bins;
    for (const QChar c : picture) {
        ColumnBin bin;
        if (c.isDigit() || c == u'!') {
            bin.min = bin.max = bin.last = c == u'!' ? 9.0F : static_cast<float>(c.digitValue());
            bin.samples = 1;
            bin.failures = c == u'!' ? 1 : 0;
        } else if (c == u'x') {
            bin.samples = bin.failures = bin.gaps = 1;
        }
        bins.push_back(bin);
    }
    return bins;
}

class PaintWatch : public QObject {
public:
    explicit PaintWatch(QWidget *watched) : QObject(watched) { watched->installEventFilter(this); }
    QRegion region;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint)
            region += static_cast<QPaintEvent *>(event)->region();
        return false;
    }
};

struct Fixture {
    explicit Fixture(Stage stage = Stage::Crisis, int extraEndpoints = 0, QSize size = {1200, 240})
        : founding(stage, extraEndpoints), theme(Appearance::Dark), panel(&founding.board, &theme)
    {
        panel.resize(size);
        panel.show();
        QCoreApplication::processEvents();
    }
    LatencyChart *chart() { return panel.chart(); }
    QAbstractButton *button(const QString &name) { return panel.findChild<QAbstractButton *>(name); }
    QPoint at(TimePoint time)
    {
        const QRectF plot = chart()->plot();
        return QPointF(plot.left() + chart()->grid().columnOf(time) + 0.5, plot.center().y()).toPoint();
    }

    FoundingBoard founding;
    ThemeSource theme;
    LatencyPanel panel;
};

} // namespace

class TestLatency : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnOwnWarnings(); }

    // ── Axes ─────────────────────────────────────────────────────────────────────────────────────

    void valueTicksAreRound_data()
    {
        QTest::addColumn<bool>("logarithmic");
        QTest::addColumn<double>("lowest");
        QTest::addColumn<double>("highest");
        QTest::addColumn<QStringList>("labels");
        QTest::newRow("slow answers in seconds") << false << 40.0 << 10300.0 << QStringList{u"0 s"_s, u"4 s"_s, u"8 s"_s, u"12 s"_s};
        QTest::newRow("fast answers in milliseconds") << false << 8.0 << 41.0 << QStringList{u"0 ms"_s, u"20 ms"_s, u"40 ms"_s, u"60 ms"_s};
        QTest::newRow("around a second") << false << 8.0 << 1200.0 << QStringList{u"0 s"_s, u"400 ms"_s, u"800 ms"_s, u"1.2 s"_s};
        QTest::newRow("nothing yet") << false << double(INFINITY) << 0.0 << QStringList{u"0 s"_s, u"400 ms"_s, u"800 ms"_s, u"1.2 s"_s};
        QTest::newRow("decades") << true << 12.0 << 10300.0 << QStringList{u"10 ms"_s, u"1 s"_s, u"100 s"_s};
        QTest::newRow("one decade") << true << 20.0 << 90.0 << QStringList{u"10 ms"_s, u"100 ms"_s};
    }
    void valueTicksAreRound()
    {
        QFETCH(bool, logarithmic);
        QFETCH(double, lowest);
        QFETCH(double, highest);
        QFETCH(QStringList, labels);
        const ValueAxis axis = valueAxis(logarithmic ? Scale::Logarithmic : Scale::Linear, lowest, highest, 3);
        QStringList shown;
        for (const ValueTick &tick : axis.ticks)
            shown += tick.label;
        QCOMPARE(shown, labels);
        QVERIFY(axis.high >= highest);
    }

    void sharesOfTheHeight_data()
    {
        QTest::addColumn<bool>("logarithmic");
        QTest::addColumn<double>("ms");
        QTest::addColumn<double>("share");
        QTest::newRow("the bottom of a linear axis is zero") << false << 0.0 << 0.0;
        QTest::newRow("half way up a linear axis") << false << 500.0 << 0.5;
        QTest::newRow("what is above the top stays at the top") << false << 5000.0 << 1.0;
        QTest::newRow("a decade is a third of three decades") << true << 10.0 << 1.0 / 3;
        QTest::newRow("zero lies at the bottom of a logarithmic axis") << true << 0.0 << 0.0;
    }
    void sharesOfTheHeight()
    {
        QFETCH(bool, logarithmic);
        QFETCH(double, ms);
        QFETCH(double, share);
        const ValueAxis axis{.scale = logarithmic ? Scale::Logarithmic : Scale::Linear, .low = logarithmic ? 1.0 : 0.0,
                             .high = 1000, .ticks = {}};
        QVERIFY(std::abs(axis.share(ms) - share) < 1e-9);
    }

    void timeTicksAreRound_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<int>("seconds");
        QTest::addColumn<int>("atMost");
        QTest::addColumn<QStringList>("labels");
        QTest::newRow("an hour") << u"2025-09-16T03:46:00Z"_s << 4500 << 7
                                 << QStringList{u"04:00"_s, u"04:15"_s, u"04:30"_s, u"04:45"_s, u"05:00"_s};
        QTest::newRow("a minute shows seconds") << u"2025-09-16T03:59:50Z"_s << 60 << 4
                                                << QStringList{u"04:00:00"_s, u"04:00:30"_s};
        QTest::newRow("midnight shows the day") << u"2025-09-16T20:30:00Z"_s << 6 * 3600 << 5
                                                << QStringList{u"22:00"_s, u"17 Sep"_s, u"02:00"_s};
    }
    void timeTicksAreRound()
    {
        QFETCH(QString, from);
        QFETCH(int, seconds);
        QFETCH(int, atMost);
        QFETCH(QStringList, labels);
        const TimeGrid grid{.from = *fromIso(from), .step = 1s, .columns = seconds};
        QStringList shown;
        for (const TimeTick &tick : timeTicks(grid, atMost))
            shown += tick.label;
        QCOMPARE(shown, labels);
    }

    void aScrollingWindowEndsNowAndIsAligned()
    {
        const TimeGrid grid = scrollingGrid(1h, noon + 7s, 900); // 4 s a column
        QCOMPARE(grid.step, Duration(4s));
        QCOMPARE(grid.columnOf(noon + 7s), 899);
        QCOMPARE(grid.from.time_since_epoch() % grid.step, Duration());
        QCOMPARE(scrollingGrid(1h, noon + 7900ms, 900), grid); // stands still inside a column
        QCOMPARE(scrollingGrid(1h, noon + 8s, 900).from, grid.from + grid.step);
    }

    void theIncidentsWindow_data()
    {
        QTest::addColumn<bool>("isDeclared");
        QTest::addColumn<int>("minutesAfter");
        QTest::addColumn<int>("beginsMinutesBeforeNow");
        QTest::newRow("begins a quarter of an hour before the declaration") << true << 60 << 75;
        QTest::newRow("begins a minute before while it is young") << true << 5 << 6;
        QTest::newRow("is the last hour without a declaration") << false << 60 << 60;
        QTest::newRow("is the last hour when the declaration lies ahead") << true << -5 << 60;
        QTest::newRow("never exceeds a day") << true << 3 * 1440 << 1440;
    }
    void theIncidentsWindow()
    {
        QFETCH(bool, isDeclared);
        QFETCH(int, minutesAfter);
        QFETCH(int, beginsMinutesBeforeNow);
        const TimePoint now = declared + std::chrono::minutes(minutesAfter);
        const TimeGrid grid = gridFor(Range::Incident, isDeclared ? std::optional(declared) : std::nullopt, now, 1000, {});
        QVERIFY(std::chrono::abs(grid.from - (now - std::chrono::minutes(beginsMinutesBeforeNow))) <= 2 * grid.step);
        QVERIFY(now < grid.to());
    }

    void aGrowingWindowStandsStillUntilItIsFull()
    {
        const TimeGrid first = growingGrid(noon, noon + 1h, 1000, {});
        QCOMPARE(growingGrid(noon, noon + 61min, 1000, first), first);
        const TimeGrid next = growingGrid(noon, first.to(), 1000, first);
        QVERIFY(next.step > first.step);
        QVERIFY(first.to() < next.to());
    }

    // ── Limits ───────────────────────────────────────────────────────────────────────────────────

    void limitsComeFromConditions_data()
    {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<double>("ms");
        QTest::newRow("milliseconds without a unit") << u"[RESPONSE_TIME] < 2000"_s << 2000.0;
        QTest::newRow("a duration") << u"[RESPONSE_TIME] <= 1.5s"_s << 1500.0;
        QTest::newRow("the other way round") << u"2s > [RESPONSE_TIME]"_s << 2000.0;
        QTest::newRow("over a window") << u"p95([RESPONSE_TIME]) < 800ms"_s << 800.0;
        QTest::newRow("a lower bound is no limit") << u"[RESPONSE_TIME] > 10"_s << -1.0;
        QTest::newRow("another placeholder is no limit") << u"[STATUS] < 300"_s << -1.0;
        QTest::newRow("a word is no limit") << u"[RESPONSE_TIME] < fast"_s << -1.0;
    }
    void limitsComeFromConditions()
    {
        QFETCH(QString, condition);
        QFETCH(double, ms);
        QCOMPARE(responseTimeLimit(condition).value_or(-1.0), ms);
    }

    void criteriaWithTheSameLimitShareALine()
    {
        Incident incident = foundingIncident();
        incident.criteria[3].require.append({.text = u"max([RESPONSE_TIME]) < 2s"_s, .mark = {}});
        incident.endpoints[0].conditions.append({.text = u"[RESPONSE_TIME] < 500"_s, .mark = {}}); // criterion 5 takes these
        const QList<LimitLine> expected{{500, {5}}, {2000, {2, 4}}};
        QCOMPARE(limitLines(incident), expected);
    }

    // ── Lines ────────────────────────────────────────────────────────────────────────────────────

    void linesBreakWhereNoAnswerCame_data()
    {
        QTest::addColumn<QString>("picture");
        QTest::addColumn<std::vector<Vertex>>("points");
        QTest::newRow("neighbours are joined") << u"12"_s << std::vector<Vertex>{{0, false}, {1, true}};
        QTest::newRow("empty columns between results are bridged") << u"1..2"_s << std::vector<Vertex>{{0, false}, {3, true}};
        QTest::newRow("no answer breaks the line") << u"1.x.2"_s << std::vector<Vertex>{{0, false}, {4, false}};
        QTest::newRow("a long silence breaks the line") << u"1.....2"_s << std::vector<Vertex>{{0, false}, {6, false}};
        QTest::newRow("no answer at all draws nothing") << u"xxx"_s << std::vector<Vertex>{};
        QTest::newRow("a failing answer is a point like others") << u"1!"_s << std::vector<Vertex>{{0, false}, {1, true}};
    }
    void linesBreakWhereNoAnswerCame()
    {
        QFETCH(QString, picture);
        QFETCH(std::vector<Vertex>, points);
        const auto bins = binsFrom(picture);
        QCOMPARE(vertices(bins, {0, static_cast<int>(bins.size()) - 1}, 4), points);
    }

    void aStripSeesItsNeighbours()
    {
        const auto bins = binsFrom(u"1..2..3..4"_s);
        const std::vector<Vertex> expected{{0, false}, {3, true}, {6, true}};
        QCOMPARE(vertices(bins, {2, 4}, 5), expected);
    }

    void theNearestResultIsRead_data()
    {
        QTest::addColumn<QString>("picture");
        QTest::addColumn<int>("column");
        QTest::addColumn<int>("nearest");
        QTest::newRow("the column itself") << u"1.2"_s << 2 << 2;
        QTest::newRow("the earlier of two") << u"1.2"_s << 1 << 0;
        QTest::newRow("a column without an answer counts") << u"x..1"_s << 1 << 0;
        QTest::newRow("nothing within reach") << u"1......"_s << 6 << -1;
    }
    void theNearestResultIsRead()
    {
        QFETCH(QString, picture);
        QFETCH(int, column);
        QFETCH(int, nearest);
        QCOMPARE(nearestResult(binsFrom(picture), column, 3), nearest);
    }

    void aSpikeOfOneSampleInADaySurvives()
    {
        SeriesStore store;
        store.reset({u"a"_s});
        std::vector<Sample> samples;
        for (int i = 0; i < 86'400; ++i)
            samples.push_back(sampleAt(noon + std::chrono::seconds(i), i == 43'217 ? 9'999.0F : 40.0F));
        store.append(0, samples);
        ColumnCache cache;
        cache.rebuild(store, scrollingGrid(24h, noon + 24h - 1s, 720));
        const auto bins = cache.bins(0);
        QCOMPARE(std::ranges::count(bins, 9'999.0F, &ColumnBin::max), 1);
        QCOMPARE(std::ranges::count(bins, 40.0F, &ColumnBin::min), 720);
    }

    void theCacheEqualsARebuildAfterEveryStep()
    {
        SeriesStore store;
        store.reset({u"a"_s, u"b"_s});
        ColumnCache cache;
        cache.rebuild(store, scrollingGrid(10min, noon, 100));
        connect(&store, &SeriesStore::stretchChanged, &store,
                [&](int series, TimePoint first, TimePoint last) { cache.refresh(store, series, first, last); });
        for (int i = 0; i < 400; ++i) {
            const int late = i % 7 == 0 ? 45 : 0; // some results arrive out of order
            const std::array sample{sampleAt(noon + std::chrono::seconds(3 * i - late), i % 11 == 0 ? noAnswer : 10.0F + static_cast<float>(i))};
            store.append(i % 2, sample);
            cache.moveTo(store, scrollingGrid(10min, noon + std::chrono::seconds(3 * i), 100));
        }
        ColumnCache fresh;
        fresh.rebuild(store, cache.grid());
        for (int series = 0; series < 2; ++series) {
            for (int column = 0; column < 100; ++column) {
                const ColumnBin &kept = cache.bins(series)[static_cast<std::size_t>(column)];
                const ColumnBin &anew = fresh.bins(series)[static_cast<std::size_t>(column)];
                QCOMPARE(kept.samples, anew.samples);
                QCOMPARE(kept.gaps, anew.gaps);
                QVERIFY(kept.max == anew.max || (kept.max != kept.max && anew.max != anew.max));
            }
        }
    }

    void outagesAreShaded_data()
    {
        QTest::addColumn<QList<int>>("failingAt"); // seconds; the others pass, one a second column
        QTest::addColumn<std::vector<quint8>>("columns");
        QTest::newRow("a failure stands until the next result") << QList<int>{2} << std::vector<quint8>{0, 0, 1, 1, 0, 0, 0, 0};
        QTest::newRow("a failure at the end stands until now, not into the future") << QList<int>{4}
                                                                                    << std::vector<quint8>{0, 0, 0, 0, 1, 1, 0, 0};
        QTest::newRow("no failure, no shade") << QList<int>{} << std::vector<quint8>(8, 0);
    }
    void outagesAreShaded()
    {
        QFETCH(QList<int>, failingAt);
        QFETCH(std::vector<quint8>, columns);
        SeriesStore store;
        store.reset({u"a"_s});
        for (int second = 0; second < 6; second += 2) {
            const std::array sample{sampleAt(noon + std::chrono::seconds(second), 10, failingAt.contains(second) ? Outcome::Fail : Outcome::Pass)};
            store.append(0, sample);
        }
        ColumnCache cache;
        cache.rebuild(store, {.from = noon, .step = 1s, .columns = 8});
        const std::array series{0};
        const std::array carry{30};
        QCOMPARE(outageColumns(cache, series, carry, 5), columns);
    }

    // ── The panel ────────────────────────────────────────────────────────────────────────────────

    void theLimitIsNamed()
    {
        Fixture f;
        QCOMPARE(f.chart()->accessibleDescription(), u"limit 2 s (criterion 2)"_s);
        QVERIFY(f.chart()->axis().high >= 2000);
    }

    void hoverReadsEverySeries()
    {
        Fixture f;
        f.founding.fill(*fromIso(u"2025-09-16T03:45:00Z"), 10s);
        f.founding.apply(Stage::Crisis);
        QTest::mouseMove(f.chart(), f.at(*fromIso(u"2025-09-16T04:27:00Z")));
        QVERIFY(f.chart()->hoverColumn() >= 0);
        const QList<HoverValue> values = f.chart()->hoverValues();
        QCOMPARE(values.size(), 6);
        QCOMPARE(values[0].name, u"api-health"_s);
        QVERIFY(values[0].value.contains(u"10.2 s"_s));
        QVERIFY(values[0].failed);
        QCOMPARE(values[2].value, u"no answer"_s); // never 0
        QVERIFY(!values[3].failed);
        QVERIFY(f.chart()->hoverText().startsWith(u"04:2"_s));
        QVERIFY(f.chart()->hoverText().contains(u"UTC"_s));
        QVERIFY(f.chart()->accessibleDescription().contains(u"redis-ping no answer"_s));
    }

    void arrowsMoveTheCrossHair()
    {
        Fixture f;
        f.founding.fill(*fromIso(u"2025-09-16T03:45:00Z"), 10s);
        f.founding.apply(Stage::Crisis);
        f.chart()->setFocus();
        QTest::keyClick(f.chart(), Qt::Key_Left);
        const int last = f.chart()->grid().columnOf(f.founding.clock->now());
        QCOMPARE(f.chart()->hoverColumn(), last);
        QTest::keyClick(f.chart(), Qt::Key_Left);
        QCOMPARE(f.chart()->hoverColumn(), last - 1);
        QTest::keyClick(f.chart(), Qt::Key_Home);
        QCOMPARE(f.chart()->hoverColumn(), 0);
        QTest::keyClick(f.chart(), Qt::Key_Escape);
        QCOMPARE(f.chart()->hoverColumn(), -1);
    }

    void rangesAreChosenByMouseAndKeyboard_data()
    {
        QTest::addColumn<QString>("button");
        QTest::addColumn<int>("minutes");
        QTest::newRow("15 m") << u"range15m"_s << 15;
        QTest::newRow("1 h") << u"range1h"_s << 60;
        QTest::newRow("6 h") << u"range6h"_s << 360;
        QTest::newRow("24 h") << u"range24h"_s << 1440;
    }
    void rangesAreChosenByMouseAndKeyboard()
    {
        QFETCH(QString, button);
        QFETCH(int, minutes);
        for (const bool byKey : {false, true}) {
            Fixture f;
            QAbstractButton *range = f.button(button);
            QVERIFY(!range->accessibleName().isEmpty());
            byKey ? QTest::keyClick(range, Qt::Key_Space) : QTest::mouseClick(range, Qt::LeftButton);
            QVERIFY(range->isChecked());
            QVERIFY(!f.button(u"rangeIncident"_s)->isChecked());
            const TimeGrid &grid = f.chart()->grid();
            QVERIFY(std::chrono::abs(grid.to() - grid.from - std::chrono::minutes(minutes)) < 1s);
        }
    }

    void theLogToggleChangesTheScale()
    {
        Fixture f;
        QTest::keyClick(f.button(u"logScale"_s), Qt::Key_Space);
        QCOMPARE(f.chart()->axis().scale, Scale::Logarithmic);
        QTest::mouseClick(f.button(u"logScale"_s), Qt::LeftButton);
        QCOMPARE(f.chart()->axis().scale, Scale::Linear);
    }

    void theLegendShowsFailingOnesFirst()
    {
        Fixture f(Stage::Recovery, 0, {1600, 240}); // wide enough for all, however the fonts are hinted
        const QList<LegendEntry *> entries = f.panel.legend()->shownEntries();
        QCOMPARE(entries.size(), 6);
        QCOMPARE(entries[0]->accessibleName(), u"api-health: 10.2 s, failing"_s);
        QVERIFY(!entries.last()->isFailing());
    }

    void aLegendThatDoesNotFitSaysHowManyMore()
    {
        Fixture f(Stage::Crisis, 14, {760, 220});
        const auto shown = f.panel.legend()->shownEntries().size();
        QVERIFY(shown > 0);
        QCOMPARE(f.panel.legend()->hiddenCount(), 20 - shown);
        QCOMPARE(f.button(u"latencyLegendMore"_s)->text(), u"+%1 more"_s.arg(20 - shown));
        for (LegendEntry *entry : f.panel.legend()->shownEntries())
            QVERIFY(f.panel.legend()->rect().contains(entry->geometry()));
    }

    void aLegendEntryTogglesItsLine()
    {
        Fixture f;
        f.founding.fill(*fromIso(u"2025-09-16T03:45:00Z"), 10s);
        f.founding.apply(Stage::Crisis);
        LegendEntry *first = f.panel.legend()->shownEntries().first();
        QTest::keyClick(first, Qt::Key_Space);
        QVERIFY(!f.chart()->isSeriesShown(first->series()));
        QTest::mouseClick(first, Qt::LeftButton);
        QVERIFY(f.chart()->isSeriesShown(first->series()));
    }

    void aSpikeReachesThePixels()
    {
        Fixture f;
        f.chart()->setRange(Range::Day);
        const TimePoint now = f.founding.clock->now();
        std::vector<Sample> samples;
        for (TimePoint at = now - 23h; at < now; at += 1s)
            samples.push_back(sampleAt(at, at == now - 10h ? 30'000.0F : 20.0F));
        f.founding.board.series()->append(0, samples);
        const QImage image = f.chart()->grab().toImage();
        const QRectF plot = f.chart()->plot();
        const int x = static_cast<int>(plot.left()) + f.chart()->grid().columnOf(now - 10h);
        const int y = static_cast<int>(plot.bottom() - f.chart()->axis().share(15'000) * plot.height());
        const QRgb line = f.theme.theme().series(0).rgb();
        QVERIFY(image.pixel(x, y) == line || image.pixel(x + 1, y) == line || image.pixel(x - 1, y) == line);
        QVERIFY(image.pixel(x + 20, y) != line);
    }

    void oneSampleAmongMillionsRepaintsANarrowStrip()
    {
        Fixture f(Stage::Crisis, 14, {1600, 260});
        f.founding.fill(f.founding.clock->now() - 86'400s, 1s);
        f.chart()->setRange(Range::Day);
        QCoreApplication::processEvents();
        QCOMPARE(f.chart()->grid().columns, static_cast<int>(f.chart()->plot().width()));
        PaintWatch watch(f.chart());
        const std::array sample{sampleAt(f.founding.clock->now(), 50)};
        f.founding.board.series()->append(3, sample);
        QCoreApplication::processEvents();
        QVERIFY(!watch.region.isEmpty());
        QVERIFY(watch.region.boundingRect().width() < 24);
    }

    void aMovedWindowLooksLikeOnePaintedAnew()
    {
        Fixture f(Stage::Crisis, 2, {900, 240});
        f.chart()->setRange(Range::Minutes15);
        f.founding.fill(f.founding.clock->now() - 20min, 5s);
        f.chart()->grab();
        for (int i = 0; i < 40; ++i) {
            f.founding.clock->advance(2500ms);
            f.founding.apply(Stage::Crisis, {{i % 8, sampleAt(f.founding.clock->now() - 1s, i % 5 == 0 ? noAnswer : 60.0F + static_cast<float>(i))}});
            QCoreApplication::processEvents();
        }
        const QImage moved = f.chart()->grab().toImage();
        f.chart()->setRange(Range::Hour);
        f.chart()->setRange(Range::Minutes15);
        const QImage anew = f.chart()->grab().toImage();
        int different = 0;
        for (int y = 0; y < moved.height(); ++y) {
            for (int x = 0; x < moved.width(); ++x)
                different += moved.pixel(x, y) != anew.pixel(x, y) ? 1 : 0;
        }
        QVERIFY2(different < moved.width() * moved.height() / 500, qPrintable(QString::number(different)));
    }
};

QTEST_MAIN(TestLatency)
#include "tst_latency.moc"
