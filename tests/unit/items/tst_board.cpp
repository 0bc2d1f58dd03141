#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "items/board.h"
#include "support/testmain.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const TimePoint noon{std::chrono::sys_days{std::chrono::year{2025} / 9 / 16} + 12h};

struct Given {
    QStringList endpoints{u"api"_s, u"auth"_s};
    QStringList availabilityOf{u"api"_s};
    std::optional<TimePoint> declared = noon;
    QString path = u"/tmp/incident.yaml"_s;
    Duration interval = 10s;
};

std::shared_ptr<Incident> incidentOf(const Given &given)
{
    auto made = std::make_shared<Incident>();
    made->declared = given.declared;
    made->sourcePath = given.path;
    made->availabilityOf = given.availabilityOf;
    for (const QString &name : given.endpoints) {
        Endpoint endpoint;
        endpoint.name = name;
        endpoint.component = name;
        endpoint.interval = given.interval;
        made->endpoints << endpoint;
        Component component;
        component.name = name;
        component.title = name.toUpper();
        made->components << component;
    }
    return made;
}

std::shared_ptr<Frame> frameOf(const IncidentPtr &incident, TimePoint at = noon)
{
    auto frame = std::make_shared<Frame>();
    frame->incident = incident;
    Verdict verdict;
    verdict.at = at;
    for (int i = 0; i < incident->endpoints.size(); ++i) {
        auto seen = std::make_shared<Observation>();
        seen->endpoint = incident->endpoints[i].key();
        EndpointStatus status;
        status.key = seen->endpoint;
        status.latest = seen;
        verdict.endpoints << status;
        Tile tile;
        tile.component = incident->components[i].name;
        tile.title = incident->components[i].title;
        tile.endpoints = {seen->endpoint};
        frame->tiles << std::pair(i, tile);
    }
    verdict.criteria << CriterionStatus{.title = u"All answer"_s, .evidence = {}, .detail = {}};
    verdict.actions << ActionStatus{.title = u"Engage"_s, .due = noon + 15min};
    frame->verdict = std::make_shared<const Verdict>(verdict);
    return frame;
}

Sample sample(TimePoint at, Outcome outcome = Outcome::Pass)
{
    return {.at = at, .latencyMs = 41, .status = 200, .outcome = static_cast<quint8>(outcome)};
}

/// The states of a strip as letters: u, g (degraded), D, and . for unknown.
QString letters(const QList<StripSlot> &strip)
{
    QString text;
    for (const StripSlot &slot : strip)
        text += slot.state == State::Up ? u'u' : slot.state == State::Degraded ? u'g' : slot.state == State::Down ? u'D' : u'.';
    return text;
}

} // namespace

class BoardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();

    void aFrameFillsEverything();
    void framesWithoutAVerdictAreIgnored();
    void framesWithoutChangeAreQuiet();
    void anotherFileBeginsAnew_data();
    void anotherFileBeginsAnew();
    void anEmptyBoardAnswers();
    void commandsGoOut_data();
    void commandsGoOut();
    void pausingIsSaidOnce();
    void fileErrorsAreShownAndTakenBack();
    void ticksAreStampedByTheFrame();

    void stretchWidths_data();
    void stretchWidths();
    void stripRanges_data();
    void stripRanges();
    void stripStates_data();
    void stripStates();
    void evidenceStandsUntilItIsStale();
    void aLateSampleChangesAFinishedStretch();
    void theKeptStripIsTheFreshStrip();

private:
    std::shared_ptr<ManualClock> m_clock;
    std::unique_ptr<Board> m_board;
};

void BoardTest::init()
{
    test::failOnWarnings();
    m_clock = std::make_shared<ManualClock>(noon);
    m_board = std::make_unique<Board>(m_clock);
}

void BoardTest::aFrameFillsEverything()
{
    QAbstractItemModelTester tiles(m_board->tiles(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QAbstractItemModelTester criteria(m_board->criteria(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QAbstractItemModelTester actions(m_board->actions(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy incidentChanged(m_board.get(), &Board::incidentChanged);
    QSignalSpy changed(m_board.get(), &Board::changed);
    const auto incident = incidentOf({});
    auto frame = frameOf(incident);
    frame->samples = {{0, sample(noon)}, {1, sample(noon)}, {0, sample(noon + 1s)}, {7, sample(noon)}};
    m_board->apply(frame);
    QCOMPARE(incidentChanged.size(), 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_board->incident(), IncidentPtr(incident));
    QCOMPARE(m_board->tiles()->rowCount(), 2);
    QCOMPARE(m_board->criteria()->rowCount(), 1);
    QCOMPARE(m_board->actions()->rowCount(), 1);
    QCOMPARE(m_board->series()->count(), 2);
    QCOMPARE(m_board->series()->name(1), u"auth"_s);
    QCOMPARE(m_board->series()->samples(0).size(), std::size_t(2));
    QCOMPARE(m_board->series()->samples(1).size(), std::size_t(1));
    QCOMPARE(m_board->latest(u"auth"_s)->endpoint, u"auth"_s);
    QCOMPARE(m_board->endpointStatus(u"api"_s)->key, u"api"_s);
    QCOMPARE(m_board->componentTitle(u"api"_s), u"API"_s);
    QCOMPARE(m_board->componentTitle(u"nobody"_s), u"nobody"_s);
    QVERIFY(!m_board->endpointStatus(u"nobody"_s));
    QVERIFY(!m_board->latest(u"nobody"_s));
    QVERIFY(m_board->verdict().at == noon);
}

void BoardTest::framesWithoutAVerdictAreIgnored()
{
    QSignalSpy changed(m_board.get(), &Board::changed);
    m_board->apply(nullptr);
    m_board->apply(std::make_shared<const Frame>());
    QCOMPARE(changed.size(), 0);
}

void BoardTest::framesWithoutChangeAreQuiet()
{
    const auto incident = incidentOf({});
    m_board->apply(frameOf(incident));
    QSignalSpy incidentChanged(m_board.get(), &Board::incidentChanged);
    QSignalSpy tiles(m_board->tiles(), &TileModel::dataChanged);
    QSignalSpy reset(m_board->tiles(), &TileModel::modelReset);
    QSignalSpy criteria(m_board->criteria(), &CriterionModel::dataChanged);
    QSignalSpy actions(m_board->actions(), &ActionModel::dataChanged);
    m_board->apply(frameOf(incident)); // the same incident, named again
    auto plain = frameOf(incident);
    plain->incident = nullptr;
    m_board->apply(plain);
    QCOMPARE(incidentChanged.size() + tiles.size() + reset.size() + criteria.size() + actions.size(), 0);
    QCOMPARE(m_board->tiles()->rowCount(), 2);
}

void BoardTest::anotherFileBeginsAnew_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("kept");
    QTest::addRow("an edited file keeps the samples of the endpoints it still names") << u"/tmp/incident.yaml"_s << 1;
    QTest::addRow("another file begins empty, whatever its endpoints are called") << u"/tmp/other.yaml"_s << 0;
    QTest::addRow("a text without a path is always another one") << QString() << 0;
}

void BoardTest::anotherFileBeginsAnew()
{
    QFETCH(QString, path);
    QFETCH(int, kept);
    auto first = frameOf(incidentOf({}));
    first->samples = {{0, sample(noon)}};
    m_board->apply(first);
    QSignalSpy reset(m_board->tiles(), &TileModel::modelReset);
    QSignalSpy incidentChanged(m_board.get(), &Board::incidentChanged);
    QSignalSpy seriesReset(m_board->series(), &SeriesStore::wasReset);
    m_board->apply(frameOf(incidentOf({.endpoints = {u"new"_s, u"api"_s}, .path = path})));
    QVERIFY(reset.size() >= 1);
    QCOMPARE(incidentChanged.size(), 1);
    QCOMPARE(seriesReset.size(), 1);
    QCOMPARE(m_board->series()->name(1), u"api"_s);
    QCOMPARE(static_cast<int>(m_board->series()->samples(1).size()), kept);
    QVERIFY(!m_board->endpointStatus(u"auth"_s));
    QCOMPARE(m_board->tiles()->tile(0).component, u"new"_s);
}

void BoardTest::anEmptyBoardAnswers()
{
    QVERIFY(!m_board->incident());
    QVERIFY(!m_board->latest(u"api"_s));
    QCOMPARE(m_board->verdict().overall, Overall::Unknown);
    QCOMPARE(letters(m_board->strip(4)), u"...."_s);
    QVERIFY(m_board->strip(0).isEmpty());
    QVERIFY(m_board->strip(-1).isEmpty());
}

void BoardTest::commandsGoOut_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QList<QStringList>>("keys");
    using Keys = QList<QStringList>;
    QTest::addRow("a component: the endpoints of its tile") << u"component"_s << u"auth"_s << Keys{{u"auth"_s}};
    QTest::addRow("an unknown component: nothing") << u"component"_s << u"nobody"_s << Keys{};
    QTest::addRow("one endpoint") << u"endpoint"_s << u"api"_s << Keys{{u"api"_s}};
    QTest::addRow("an unknown endpoint: nothing") << u"endpoint"_s << u"nobody"_s << Keys{};
    QTest::addRow("all of them") << u"all"_s << QString() << Keys{{u"api"_s, u"auth"_s}};
}

void BoardTest::commandsGoOut()
{
    QFETCH(QString, command);
    QFETCH(QString, name);
    QFETCH(QList<QStringList>, keys);
    QSignalSpy rerun(m_board.get(), &Board::rerunRequested);
    m_board->rerunAll(); // nothing to run yet
    m_board->apply(frameOf(incidentOf({})));
    if (command == "component"_L1)
        m_board->rerunComponent(name);
    else if (command == "endpoint"_L1)
        m_board->rerunEndpoint(name);
    else
        m_board->rerunAll();
    QList<QStringList> sent;
    for (const auto &call : rerun)
        sent << call.at(0).toStringList();
    QCOMPARE(sent, keys);
}

void BoardTest::pausingIsSaidOnce()
{
    QSignalSpy paused(m_board.get(), &Board::pauseRequested);
    m_board->setPaused(false);
    m_board->setPaused(true);
    m_board->setPaused(true);
    QVERIFY(m_board->isPaused());
    m_board->setPaused(false);
    QCOMPARE(paused.size(), 2);
    QCOMPARE(paused.at(0).at(0).toStringList(), QStringList()); // all
    QCOMPARE(paused.at(0).at(1).toBool(), true);
    QCOMPARE(paused.at(1).at(1).toBool(), false);
}

void BoardTest::fileErrorsAreShownAndTakenBack()
{
    m_board->apply(frameOf(incidentOf({})));
    QSignalSpy errors(m_board.get(), &Board::fileErrorsChanged);
    m_board->showFileErrors(u"incident.yaml:3:1: error"_s);
    m_board->showFileErrors(u"incident.yaml:3:1: error"_s);
    QCOMPARE(errors.size(), 1);
    QCOMPARE(m_board->tiles()->rowCount(), 2); // the last good state stays
    m_board->showFileErrors({});
    QCOMPARE(errors.size(), 2);
    QVERIFY(m_board->fileErrors().isEmpty());
}

void BoardTest::ticksAreStampedByTheFrame()
{
    m_board->apply(frameOf(incidentOf({}), noon + 3min));
    ActionModel *actions = m_board->actions();
    QVERIFY(actions->setData(actions->index(0), static_cast<int>(Qt::Checked), Qt::CheckStateRole));
    QVERIFY(actions->tickedAt(0) == noon + 3min);
}

void BoardTest::stretchWidths_data()
{
    QTest::addColumn<qint64>("rangeSeconds");
    QTest::addColumn<int>("count");
    QTest::addColumn<qint64>("width");
    QTest::addRow("an hour in sixty") << qint64(3600) << 60 << qint64(64);
    QTest::addRow("an hour in a hundred and twenty") << qint64(3600) << 120 << qint64(32);
    QTest::addRow("whole seconds") << qint64(10) << 7 << qint64(2);
    QTest::addRow("never under a second") << qint64(1) << 100 << qint64(1);
    QTest::addRow("a day in a hundred") << qint64(86400) << 100 << qint64(896);
    QTest::addRow("no stretches") << qint64(100) << 0 << qint64(112);
}

void BoardTest::stretchWidths()
{
    QFETCH(qint64, rangeSeconds);
    QFETCH(int, count);
    QFETCH(qint64, width);
    QCOMPARE(stretchWidth(std::chrono::seconds(rangeSeconds), count) / 1s, width);
}

void BoardTest::stripRanges_data()
{
    QTest::addColumn<int>("declaredMinutesAgo"); // -1: never declared
    QTest::addColumn<int>("coversMinutes");
    QTest::addRow("nothing declared: the last hour") << -1 << 60;
    QTest::addRow("just declared: the last five minutes") << 0 << 5;
    QTest::addRow("declared half an hour ago: since then") << 30 << 30;
    QTest::addRow("declared in the future: the last hour") << -60 << 60;
    QTest::addRow("declared three hours ago: since then") << 180 << 180;
    QTest::addRow("declared a month ago: what the series keep") << 30 * 24 * 60 << 24 * 60;
}

void BoardTest::stripRanges()
{
    QFETCH(int, declaredMinutesAgo);
    QFETCH(int, coversMinutes);
    Given given;
    given.declared = declaredMinutesAgo == -1 ? std::nullopt : std::optional(noon - declaredMinutesAgo * 1min);
    m_board->apply(frameOf(incidentOf(given)));
    const auto strip = m_board->strip(100);
    QCOMPARE(strip.size(), 100);
    QVERIFY(strip.last().to == noon);
    const Duration covered = strip.last().to - strip.first().from;
    const Duration wanted = coversMinutes * 1min;
    QVERIFY(covered >= wanted - strip[0].to.time_since_epoch() % 1s - (strip[0].to - strip[0].from));
    QVERIFY(covered <= wanted + wanted / 3);
    for (qsizetype i = 1; i < strip.size(); ++i)
        QVERIFY(strip[i].from == strip[i - 1].to);
}

void BoardTest::stripStates_data()
{
    QTest::addColumn<QString>("api");  // results in one stretch: p passed, g degraded, f failed; it counts for availability
    QTest::addColumn<QString>("auth"); // it does not
    QTest::addColumn<QString>("state");
    QTest::addRow("no results") << u""_s << u""_s << u"."_s;
    QTest::addRow("every one passed") << u"ppp"_s << u"ppp"_s << u"u"_s;
    QTest::addRow("some failed") << u"ppf"_s << u"ppp"_s << u"g"_s;
    QTest::addRow("half failed") << u"pf"_s << u""_s << u"g"_s;
    QTest::addRow("most failed") << u"pff"_s << u"ppp"_s << u"D"_s;
    QTest::addRow("the only one failed") << u"f"_s << u""_s << u"D"_s;
    QTest::addRow("degraded") << u"pg"_s << u""_s << u"g"_s;
    QTest::addRow("one that does not count failed") << u"pp"_s << u"fff"_s << u"g"_s;
    QTest::addRow("one that does not count passed: no evidence for green") << u""_s << u"ppp"_s << u"."_s;
    QTest::addRow("one that does not count failed, nothing else known") << u""_s << u"f"_s << u"g"_s;
}

void BoardTest::stripStates()
{
    QFETCH(QString, api);
    QFETCH(QString, auth);
    QFETCH(QString, state);
    m_board->apply(frameOf(incidentOf({.declared = {}})));
    const TimePoint from = m_board->strip(10).last().from;
    m_clock->advance(5min);
    const auto fill = [&](int series, const QString &results) {
        std::vector<Sample> samples;
        for (qsizetype i = 0; i < results.size(); ++i) {
            const Outcome outcome = results[i] == u'p' ? Outcome::Pass : results[i] == u'g' ? Outcome::Degraded : Outcome::Fail;
            samples.push_back(sample(from + (i + 1) * 1s, outcome));
        }
        m_board->series()->append(series, samples);
    };
    fill(0, api);
    fill(1, auth);
    const auto strip = m_board->strip(10);
    const auto slot = std::ranges::find(strip, from, &StripSlot::from);
    QVERIFY(slot != strip.end());
    QCOMPARE(letters({*slot}), state);
}

void BoardTest::evidenceStandsUntilItIsStale()
{
    // Stretches of 32 s; results every 60 s stand for 180 s, then nothing is known.
    m_board->apply(frameOf(incidentOf({.declared = {}, .interval = 60s})));
    const TimePoint from = m_board->strip(120).last().from;
    m_clock->advance(10min);
    const Sample one = sample(from);
    m_board->series()->append(0, {&one, 1});
    QString text = letters(m_board->strip(120));
    QCOMPARE(text.count(u'u'), 5); // 0 … 160 s; the sixth ends at 192 s
    QVERIFY(text.contains(u".uuuuu."_s));
}

void BoardTest::aLateSampleChangesAFinishedStretch()
{
    m_board->apply(frameOf(incidentOf({.declared = {}})));
    const TimePoint from = m_board->strip(10).last().from;
    m_clock->advance(30min);
    std::vector<Sample> samples{sample(from + 1s), sample(from + 20min)};
    m_board->series()->append(0, samples);
    const auto before = m_board->strip(10);
    QCOMPARE(std::ranges::find(before, from, &StripSlot::from)->state, State::Up);
    const Sample late = sample(from + 2s, Outcome::Fail);
    m_board->series()->append(0, {&late, 1});
    const auto after = m_board->strip(10);
    QCOMPARE(std::ranges::find(after, from, &StripSlot::from)->state, State::Degraded);
}

// What is kept from call to call is what a strip without memory says.
void BoardTest::theKeptStripIsTheFreshStrip()
{
    const auto incident = incidentOf({.endpoints = {u"api"_s, u"auth"_s, u"socket"_s}, .availabilityOf = {u"api"_s, u"socket"_s}});
    m_board->apply(frameOf(incident));
    quint32 seed = 1;
    const auto random = [&seed](quint32 below) { return (seed = seed * 1664525 + 1013904223) / 65536 % below; };
    for (int step = 0; step < 400; ++step) {
        m_clock->advance(std::chrono::seconds(1 + random(40)));
        const auto outcome = static_cast<Outcome>(random(3));
        const Sample one = sample(m_clock->now() - std::chrono::seconds(random(step % 50 == 0 ? 3000 : 20)), outcome);
        m_board->series()->append(static_cast<int>(random(3)), {&one, 1});
        Strip fresh;
        fresh.setIncident(incident);
        const Duration range = std::max<Duration>(5min, m_clock->now() - noon);
        QCOMPARE(m_board->strip(60), fresh.stretches(*m_board->series(), 60, range, m_clock->now()));
    }
}

QTEST_GUILESS_MAIN(BoardTest)
#include "tst_board.moc"
