#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "items/board.h"
#include "support/testmain.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const TimePoint noon{std::chrono::sys_days{std::chrono::year{2025} / 9 / 16} + 12h};
using Ranges = QList<std::pair<int, int>>;

Ranges rangesOf(const QSignalSpy &spy)
{
    Ranges ranges;
    for (const auto &change : spy)
        ranges << std::pair(change.at(0).toModelIndex().row(), change.at(1).toModelIndex().row());
    return ranges;
}

Tile tile(int number, State state = State::Up)
{
    Tile made;
    made.component = u"c%1"_s.arg(number);
    made.title = u"Component %1"_s.arg(number);
    made.tier = u"Services"_s;
    made.state = state;
    made.value = u"41 ms"_s;
    made.reason = u"answers"_s;
    made.sparkline = {41, std::numeric_limits<float>::quiet_NaN(), 43};
    return made;
}

QList<std::pair<int, Tile>> tiles(int count)
{
    QList<std::pair<int, Tile>> made;
    for (int i = 0; i < count; ++i)
        made << std::pair(i, tile(i));
    return made;
}

ActionStatus action(const QString &title, std::optional<TimePoint> due = {}, ActionState state = ActionState::Open,
                    bool byEvidence = false)
{
    return {.title = title, .state = state, .due = due, .byEvidence = byEvidence};
}

CriterionStatus criterion(const QString &title, CriterionState state, Duration held = {})
{
    return {.title = title, .state = state, .held = held, .hold = 5min, .evidence = {}, .selected = 4, .passing = 1, .detail = u"1 of 4"_s};
}

} // namespace

class ModelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void onlyChangedTilesAreAnnounced_data();
    void onlyChangedTilesAreAnnounced();
    void anotherCountResetsTheTiles();
    void tilesAnswerTheirRoles();
    void onlyChangedCriteriaAreAnnounced();
    void criteriaAnswerTheirRoles_data();
    void criteriaAnswerTheirRoles();
    void dueTexts_data();
    void dueTexts();
    void ticking_data();
    void ticking();
    void ticksOutliveFrames();
    void ticksAreRestored();
    void dueTextsMoveWithTheClock();
    void actionsAnswerTheirRoles();
};

void ModelsTest::onlyChangedTilesAreAnnounced_data()
{
    QTest::addColumn<QList<int>>("sent");
    QTest::addColumn<QList<int>>("different");
    QTest::addColumn<Ranges>("ranges");
    QTest::addRow("nothing sent") << QList<int>{} << QList<int>{} << Ranges{};
    QTest::addRow("all sent, none differs") << QList{0, 1, 2, 3, 4, 5, 6, 7} << QList<int>{} << Ranges{};
    QTest::addRow("one differs") << QList{3} << QList{3} << Ranges{{3, 3}};
    QTest::addRow("neighbours come as one range") << QList{2, 3, 4} << QList{2, 3, 4} << Ranges{{2, 4}};
    QTest::addRow("in any order") << QList{4, 2, 3} << QList{2, 3, 4} << Ranges{{2, 4}};
    QTest::addRow("an equal one in between parts them") << QList{2, 3, 4} << QList{2, 4} << Ranges{{2, 2}, {4, 4}};
    QTest::addRow("first and last") << QList{0, 7} << QList{0, 7} << Ranges{{0, 0}, {7, 7}};
    QTest::addRow("rows that are none are ignored") << QList{-1, 8, 1} << QList{-1, 8, 1} << Ranges{{1, 1}};
}

void ModelsTest::onlyChangedTilesAreAnnounced()
{
    QFETCH(QList<int>, sent);
    QFETCH(QList<int>, different);
    QFETCH(Ranges, ranges);
    TileModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.apply(tiles(8), 8);
    QSignalSpy changed(&model, &TileModel::dataChanged);
    QSignalSpy reset(&model, &TileModel::modelReset);
    QList<std::pair<int, Tile>> frame;
    for (const int row : std::as_const(sent))
        frame << std::pair(row, tile(row, different.contains(row) ? State::Down : State::Up));
    model.apply(frame, 8);
    QCOMPARE(rangesOf(changed), ranges);
    QCOMPARE(reset.size(), 0);
    for (int row = 0; row < 8; ++row)
        QCOMPARE(model.tile(row).state, different.contains(row) ? State::Down : State::Up);
}

void ModelsTest::anotherCountResetsTheTiles()
{
    TileModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy reset(&model, &TileModel::modelReset);
    model.apply(tiles(3), 3);
    model.apply(tiles(2), 2);
    model.apply({}, 4);
    model.clear();
    QCOMPARE(reset.size(), 4);
    QCOMPARE(model.rowCount(), 0);
}

void ModelsTest::tilesAnswerTheirRoles()
{
    TileModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setClock(std::make_shared<ManualClock>(noon));
    Tile down = tile(1, State::Down);
    down.waitsOn = u"VPC connector"_s;
    down.lastAt = noon - 2s;
    down.interval = 10s;
    down.rerun = RerunState::Running;
    model.apply({{0, down}}, 1);
    const auto at = model.index(0);
    QCOMPARE(at.data().toString(), u"Component 1"_s);
    QCOMPARE(at.data(Qt::ToolTipRole).toString(), u"answers"_s);
    QCOMPARE(at.data(TileModel::StateRole).toInt(), static_cast<int>(State::Down));
    QCOMPARE(at.data(TileModel::ValueRole).toString(), u"41 ms"_s);
    QCOMPARE(at.data(TileModel::ReasonRole).toString(), u"answers"_s);
    QCOMPARE(at.data(TileModel::TierRole).toString(), u"Services"_s);
    QCOMPARE(at.data(TileModel::WaitsOnRole).toString(), u"VPC connector"_s);
    QCOMPARE(at.data(TileModel::ComponentRole).toString(), u"c1"_s);
    QCOMPARE(at.data(TileModel::RerunRole).toInt(), static_cast<int>(RerunState::Running));
    QCOMPARE(at.data(Qt::AccessibleTextRole).toString(), accessibleText(down, noon));
    QVERIFY(!at.data(Qt::DecorationRole).isValid());
    QCOMPARE(model.roleNames().value(TileModel::StateRole), "state");
    QVERIFY(!model.data({}, Qt::DisplayRole).isValid());
}

void ModelsTest::onlyChangedCriteriaAreAnnounced()
{
    CriterionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QList<CriterionStatus> rows;
    for (int i = 0; i < 5; ++i)
        rows << criterion(u"criterion %1"_s.arg(i), CriterionState::Unmet);
    model.apply(rows);
    QSignalSpy changed(&model, &CriterionModel::dataChanged);
    QSignalSpy reset(&model, &CriterionModel::modelReset);
    model.apply(rows);
    QCOMPARE(changed.size(), 0);
    rows[1].state = CriterionState::Holding;
    rows[2].held = 3s;
    rows[4].evidence << u"api-health@2025-09-16T05:01:02.003Z"_s;
    model.apply(rows);
    QCOMPARE(rangesOf(changed), (Ranges{{1, 2}, {4, 4}}));
    QCOMPARE(model.criterion(1).state, CriterionState::Holding);
    QCOMPARE(reset.size(), 0);
    rows.removeLast();
    model.apply(rows);
    QCOMPARE(reset.size(), 1);
}

void ModelsTest::criteriaAnswerTheirRoles_data()
{
    QTest::addColumn<CriterionStatus>("row");
    QTest::addColumn<double>("share");
    QTest::addColumn<QString>("spoken");
    QTest::addRow("unmet") << criterion(u"All answer"_s, CriterionState::Unmet) << 0.0 << u"All answer: unmet. 1 of 4."_s;
    QTest::addRow("holding a fifth") << criterion(u"All answer"_s, CriterionState::Holding, 1min) << 0.2
                                     << u"All answer: holding. 1 of 4."_s;
    QTest::addRow("met is a full ring") << criterion(u"All answer"_s, CriterionState::Met, 9min) << 1.0
                                        << u"All answer: met. 1 of 4."_s;
    QTest::addRow("without a window, not met") << CriterionStatus{.title = u"T"_s, .evidence = {}, .detail = {}} << 0.0
                                               << u"T: unknown."_s;
}

void ModelsTest::criteriaAnswerTheirRoles()
{
    QFETCH(CriterionStatus, row);
    QFETCH(double, share);
    QFETCH(QString, spoken);
    CriterionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.apply({row});
    const auto at = model.index(0);
    QCOMPARE(at.data().toString(), row.title);
    QCOMPARE(at.data(CriterionModel::StateRole).toInt(), static_cast<int>(row.state));
    QCOMPARE(at.data(CriterionModel::DetailRole).toString(), row.detail);
    QCOMPARE(at.data(CriterionModel::HeldRole).toDouble(), share);
    QCOMPARE(at.data(CriterionModel::EvidenceRole).toStringList(), row.evidence);
    QCOMPARE(at.data(Qt::AccessibleTextRole).toString(), spoken);
}

void ModelsTest::dueTexts_data()
{
    QTest::addColumn<ActionStatus>("row");
    QTest::addColumn<std::optional<TimePoint>>("ticked");
    QTest::addColumn<QString>("text");
    const std::optional<TimePoint> no;
    const std::optional<TimePoint> yes = noon - 7h - 19min;
    QTest::addRow("no due time") << action(u"a"_s) << no << QString();
    QTest::addRow("due in minutes") << action(u"a"_s, noon + 38min) << no << u"due in 38 min"_s;
    QTest::addRow("due in seconds") << action(u"a"_s, noon + 59s) << no << u"due in 59 s"_s;
    QTest::addRow("due in hours") << action(u"a"_s, noon + 3h) << no << u"due in 3 h"_s;
    QTest::addRow("due this second") << action(u"a"_s, noon) << no << u"due now"_s;
    QTest::addRow("overdue") << action(u"a"_s, noon - 6min, ActionState::Overdue) << no << u"overdue 6 min"_s;
    QTest::addRow("ticked, with the zone") << action(u"a"_s, noon + 1h) << yes << u"done 04:41 UTC"_s;
    QTest::addRow("ticked although overdue") << action(u"a"_s, noon - 1h, ActionState::Overdue) << yes << u"done 04:41 UTC"_s;
    QTest::addRow("the evidence says so") << action(u"a"_s, noon, ActionState::Done, true) << no << u"done, by evidence"_s;
    QTest::addRow("the evidence wins over a tick") << action(u"a"_s, noon, ActionState::Done, true) << yes << u"done, by evidence"_s;
    QTest::addRow("done") << action(u"a"_s, noon, ActionState::Done) << no << u"done"_s;
    QTest::addRow("dropped") << action(u"a"_s, noon - 1h, ActionState::Dropped) << no << u"dropped"_s;
}

void ModelsTest::dueTexts()
{
    QFETCH(ActionStatus, row);
    QFETCH(std::optional<TimePoint>, ticked);
    QFETCH(QString, text);
    QCOMPARE(dueText(row, ticked, noon), text);
}

void ModelsTest::ticking_data()
{
    QTest::addColumn<ActionStatus>("row");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<int>("role");
    QTest::addColumn<bool>("accepted");
    QTest::addColumn<bool>("done");
    QTest::addColumn<int>("signals");
    const QVariant on = static_cast<int>(Qt::Checked);
    const QVariant off = static_cast<int>(Qt::Unchecked);
    const int check = Qt::CheckStateRole;
    QTest::addRow("an open one is ticked") << action(u"a"_s) << on << check << true << true << 1;
    QTest::addRow("an overdue one is ticked") << action(u"a"_s, noon, ActionState::Overdue) << on << check << true << true << 1;
    QTest::addRow("taking back what is not ticked says nothing") << action(u"a"_s) << off << check << true << false << 0;
    QTest::addRow("half a tick is none") << action(u"a"_s) << QVariant(static_cast<int>(Qt::PartiallyChecked)) << check
                                         << false << false << 0;
    QTest::addRow("evidence cannot be unticked") << action(u"a"_s, {}, ActionState::Done, true) << off << check << false << true << 0;
    QTest::addRow("a dropped one stays dropped") << action(u"a"_s, {}, ActionState::Dropped) << on << check << false << false << 0;
    QTest::addRow("the title cannot be edited") << action(u"a"_s) << QVariant(u"b"_s) << static_cast<int>(Qt::EditRole)
                                                << false << false << 0;
}

void ModelsTest::ticking()
{
    QFETCH(ActionStatus, row);
    QFETCH(QVariant, value);
    QFETCH(int, role);
    QFETCH(bool, accepted);
    QFETCH(bool, done);
    QFETCH(int, signals);
    ActionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setNow(noon);
    model.apply({action(u"first"_s), row});
    QSignalSpy ticked(&model, &ActionModel::ticked);
    QSignalSpy changed(&model, &ActionModel::dataChanged);
    QCOMPARE(model.setData(model.index(1), value, role), accepted);
    QCOMPARE(model.index(1).data(Qt::CheckStateRole).toInt(), static_cast<int>(done ? Qt::Checked : Qt::Unchecked));
    QCOMPARE(model.index(0).data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Unchecked));
    QCOMPARE(model.doneCount(), done ? 1 : 0);
    QCOMPARE(ticked.size(), signals);
    QCOMPARE(rangesOf(changed), signals ? Ranges({{1, 1}}) : Ranges());
    if (signals) {
        QCOMPARE(ticked.at(0).at(0).toString(), u"a"_s);
        QCOMPARE(ticked.at(0).at(1).toBool(), true);
        QVERIFY(model.tickedAt(1) == noon);
        QVERIFY(model.setData(model.index(1), static_cast<int>(Qt::Unchecked), Qt::CheckStateRole));
        QCOMPARE(ticked.at(1).at(1).toBool(), false);
        QVERIFY(!model.tickedAt(1));
    }
}

void ModelsTest::ticksOutliveFrames()
{
    ActionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setNow(noon);
    model.apply({action(u"a"_s), action(u"b"_s)});
    model.setData(model.index(1), static_cast<int>(Qt::Checked), Qt::CheckStateRole);
    QSignalSpy changed(&model, &ActionModel::dataChanged);
    model.apply({action(u"a"_s), action(u"b"_s)});
    QCOMPARE(changed.size(), 0);
    model.apply({action(u"new"_s), action(u"a"_s), action(u"b"_s)}); // by title, not by row
    QVERIFY(!model.isDone(1));
    QVERIFY(model.isDone(2));
    model.apply({});
    model.apply({action(u"b"_s)});
    QVERIFY(model.isDone(0));
}

void ModelsTest::ticksAreRestored()
{
    ActionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.apply({action(u"a"_s), action(u"b"_s), action(u"c"_s)});
    QSignalSpy changed(&model, &ActionModel::dataChanged);
    QSignalSpy ticked(&model, &ActionModel::ticked);
    model.setTicks({{u"b"_s, noon}, {u"gone"_s, noon}});
    QCOMPARE(rangesOf(changed), (Ranges{{1, 1}}));
    QCOMPARE(model.doneCount(), 1);
    QCOMPARE(ticked.size(), 0); // a person did not tick just now
    model.setTicks({{u"b"_s, noon}});
    QCOMPARE(changed.size(), 1);
    QCOMPARE(model.index(1).data(ActionModel::DueRole).toString(), u"done 12:00 UTC"_s);
}

void ModelsTest::dueTextsMoveWithTheClock()
{
    ActionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setNow(noon);
    model.apply({action(u"a"_s, noon + 30min), action(u"b"_s), action(u"c"_s, noon + 3h)});
    QSignalSpy changed(&model, &ActionModel::dataChanged);
    model.setNow(noon + 100ms);
    model.setNow(noon + 200ms);
    QCOMPARE(rangesOf(changed), (Ranges{{0, 0}, {2, 2}})); // 29 min, 2 h
    model.setNow(noon + 31min);
    QCOMPARE(model.index(0).data(ActionModel::DueRole).toString(), u"overdue 60 s"_s);
    QVERIFY(model.index(0).data(ActionModel::OverdueRole).toBool());
    QVERIFY(!model.index(1).data(ActionModel::OverdueRole).toBool());
    QVERIFY(!model.index(2).data(ActionModel::OverdueRole).toBool());
}

void ModelsTest::actionsAnswerTheirRoles()
{
    ActionModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setNow(noon);
    model.apply({action(u"Engage"_s, noon + 15min), action(u"Verify"_s, {}, ActionState::Done, true), action(u"Look"_s)});
    QCOMPARE(model.index(0).data().toString(), u"Engage"_s);
    QCOMPARE(model.index(0).data(Qt::ToolTipRole).toString(), u"Engage (due in 15 min)"_s);
    QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(), u"Engage, due in 15 min"_s);
    QCOMPARE(model.index(2).data(Qt::AccessibleTextRole).toString(), u"Look"_s);
    QVERIFY(model.index(1).data(ActionModel::ByEvidenceRole).toBool());
    QVERIFY(model.flags(model.index(0)).testFlag(Qt::ItemIsUserCheckable));
    QVERIFY(!model.flags(model.index(1)).testFlag(Qt::ItemIsUserCheckable));
    QVERIFY(model.flags({}) == Qt::NoItemFlags);
    QCOMPARE(model.roleNames().value(ActionModel::DueRole), "due");
}

QTEST_GUILESS_MAIN(ModelsTest)
#include "tst_models.moc"
