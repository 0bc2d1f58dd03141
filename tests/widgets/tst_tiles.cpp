// The wall of tiles, driven by real keys and mouse events: geometry, dirty painting, selection, rerun, what is spoken.
#include "support/testmain.h"
#include "widgets/theme/contrast.h"
#include "widgets/tiles/tilegrid.h"

#include <QAccessible>
#include <QPaintEvent>
#include <QScrollBar>
#include <QSignalSpy>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const TimePoint start = *fromIso(u"2025-09-16T05:22:07Z");

struct Recipe {
    QString title;
    QString tier;
    State state = State::Up;
    QString value = u"41 ms"_s;
    QString reason = u"3 names resolve"_s;
};

Tile makeTileFrom(const Recipe &recipe)
{
    Tile tile;
    tile.component = recipe.title.toLower().replace(u' ', u'-');
    tile.title = recipe.title;
    tile.tier = recipe.tier;
    tile.state = recipe.state;
    tile.value = recipe.value;
    tile.reason = recipe.reason;
    tile.lastAt = start - 2s;
    tile.interval = 10s;
    for (int i = 0; i < recentResultCount; ++i)
        tile.recent << (recipe.state == State::Down && i > 10 ? State::Down : State::Up);
    for (int i = 0; i < 40; ++i)
        tile.sparkline.push_back(static_cast<float>(30 + (i * 7) % 11));
    return tile;
}

QList<Recipe> founding()
{
    return {{u"VPC connector"_s, u"Platform"_s, State::Down, u"ERROR"_s, u"connector state is ERROR"_s},
            {u"PostgreSQL"_s, u"Data"_s, State::Degraded, u"98 / 100"_s, u"connections in use"_s},
            {u"Redis"_s, u"Data"_s, State::Down, u"timeout"_s, u"connect after 5.0 s"_s},
            {u"Cloud Run"_s, u"Platform"_s, State::Down, u"0 / 4 ready"_s, u"startup probe failed"_s},
            {u"TLS chain"_s, u"Edge"_s, State::Up, u"ok"_s, u"41 d left"_s},
            {u"Load balancer"_s, u"Edge"_s, State::Down, u"503"_s, u"no healthy backend"_s},
            {u"API"_s, u"Services"_s, State::Down, u"503"_s, u"10.2 s to first byte"_s},
            {u"Auth"_s, u"Services"_s, State::Down, u"503"_s, u"10.1 s to first byte"_s},
            {u"Frontend"_s, u"Services"_s, State::Down, u"503"_s, u"10.1 s to first byte"_s},
            {u"WebSocket"_s, u"Services"_s, State::Down, u"rejected"_s, u"handshake refused: HTTP 503"_s},
            {u"Agent pipeline"_s, u"Services"_s, State::Unknown, u"not judged yet"_s, u"journeys come later"_s}};
}

/// Counts what the viewport was asked to paint.
class PaintWatch : public QObject {
public:
    explicit PaintWatch(QWidget *watched) : QObject(watched) { watched->installEventFilter(this); }
    QRegion region;
    int events = 0;

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            region += static_cast<QPaintEvent *>(event)->region();
            ++events;
        }
        return false;
    }
};

struct Fixture {
    explicit Fixture(const QList<Recipe> &recipes, QSize size = {1000, 600}) { show(recipes, size); }
    Fixture(int count, QSize size, int tiers = 4)
    {
        QList<Recipe> recipes;
        for (int i = 0; i < count; ++i)
            recipes << Recipe{u"Component %1"_s.arg(i), u"Tier %1"_s.arg(i % tiers), i % 3 == 0 ? State::Down : State::Up};
        show(recipes, size);
    }
    void show(const QList<Recipe> &recipes, QSize size)
    {
        for (const Recipe &recipe : recipes)
            tiles << makeTileFrom(recipe);
        applyAll();
        grid.resize(size);
        grid.show();
        QVERIFY(QTest::qWaitForWindowExposed(&grid));
        QCoreApplication::sendPostedEvents();
    }
    void applyAll()
    {
        QList<std::pair<int, Tile>> rows;
        for (int i = 0; i < tiles.size(); ++i)
            rows << std::pair(i, tiles[i]);
        board.tiles()->apply(rows, static_cast<int>(tiles.size()));
    }
    void change(int row, const std::function<void(Tile &)> &how)
    {
        how(tiles[row]);
        board.tiles()->apply({{row, tiles[row]}}, static_cast<int>(tiles.size()));
    }
    int row(const QString &title) const
    {
        for (int i = 0; i < tiles.size(); ++i) {
            if (tiles[i].title == title)
                return i;
        }
        return -1;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(start);
    Board board{clock};
    ThemeSource theme{Appearance::Dark};
    QList<Tile> tiles;
    TileGrid grid{&board, &theme};
};

} // namespace

class TestTiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { loadFonts(); }
    void init() { test::failOnWarnings(); }

    // ── Geometry ─────────────────────────────────────────────────────────────────────────────────

    void tiersComeInTheFilesOrder()
    {
        Fixture f(founding());
        const std::vector<Tier> tiers = tiersOf(f.tiles);
        QStringList captions;
        for (const Tier &tier : tiers)
            captions << tier.caption;
        QCOMPARE(captions, (QStringList{u"Platform"_s, u"Data"_s, u"Edge"_s, u"Services"_s}));
        QCOMPARE(tiers[0].rows, (std::vector<int>{0, 3}));
        QCOMPARE(tiers[3].rows.size(), 5u);
    }

    void everythingFitsWithoutScrolling_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("tiers");
        QTest::addColumn<QSize>("room");
        QTest::addColumn<qreal>("scale");
        // The room that a window of 1366×768 leaves to the grid, and larger ones.
        const QSize low(880, 420), wide(1210, 640), wall(2900, 1700);
        QTest::newRow("4 in a low window") << 4 << 4 << low << 1.0;
        QTest::newRow("11 in a low window") << 11 << 4 << low << 1.0;
        QTest::newRow("30 in a low window") << 30 << 4 << low << 1.0;
        QTest::newRow("60 in a low window") << 60 << 4 << low << 1.0;
        QTest::newRow("60 of one tier in a low window") << 60 << 1 << low << 1.0;
        QTest::newRow("60 in six tiers in a low window") << 60 << 6 << low << 1.0;
        QTest::newRow("4 at 1920×1080") << 4 << 2 << wide << 1.0;
        QTest::newRow("11 at 1920×1080") << 11 << 4 << wide << 1.0;
        QTest::newRow("60 at 1920×1080") << 60 << 5 << wide << 1.0;
        QTest::newRow("60 at 3840×2160") << 60 << 4 << wall << 1.0;
        QTest::newRow("60 at 3840×2160 with text of 200 %") << 60 << 4 << wall << 2.0;
        QTest::newRow("11 at 1920×1080 with text of 200 %") << 11 << 4 << wide << 2.0;
    }
    void everythingFitsWithoutScrolling()
    {
        QFETCH(int, count);
        QFETCH(int, tiers);
        QFETCH(QSize, room);
        QFETCH(qreal, scale);
        QList<Tile> tiles;
        for (int i = 0; i < count; ++i)
            tiles << makeTileFrom({u"C%1"_s.arg(i), u"T%1"_s.arg(i % tiers)});
        const TileLayout layout = layoutTiles(tiersOf(tiles), room, scale);
        QVERIFY(!layout.scrolls);
        QVERIFY(layout.height <= room.height());
        for (std::size_t a = 0; a < layout.rects.size(); ++a) {
            QVERIFY(QRect(QPoint(0, 0), room).contains(layout.rects[a]));
            for (std::size_t b = a + 1; b < layout.rects.size(); ++b)
                QVERIFY(!layout.rects[a].intersects(layout.rects[b]));
        }
    }

    void moreTilesMeanLessOnEach_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<QSize>("room");
        QTest::addColumn<int>("density");
        QTest::newRow("4 tiles show everything") << 4 << QSize(1210, 640) << int(Density::Large);
        QTest::newRow("11 tiles show everything") << 11 << QSize(1210, 640) << int(Density::Large);
        QTest::newRow("11 in a low window drop the sparkline") << 11 << QSize(880, 450) << int(Density::Medium);
        QTest::newRow("1,000 are compact and scroll") << 1000 << QSize(1210, 640) << int(Density::Compact);
    }
    void moreTilesMeanLessOnEach()
    {
        QFETCH(int, count);
        QFETCH(QSize, room);
        QFETCH(int, density);
        QList<Tile> tiles;
        for (int i = 0; i < count; ++i)
            tiles << makeTileFrom({u"C%1"_s.arg(i), u"T%1"_s.arg(i % 4)});
        const TileLayout layout = layoutTiles(tiersOf(tiles), room, 1.0);
        QCOMPARE(int(layout.density), density);
        QCOMPARE(layout.scrolls, count == 1000);
    }

    void tilesWithoutTiersHaveNoCaptions()
    {
        const TileLayout layout = layoutTiles(tiersOf({makeTileFrom({u"A"_s, {}}), makeTileFrom({u"B"_s, {}})}), {800, 400}, 1.0);
        QVERIFY(layout.captions.empty());
        QVERIFY(layout.rects[0].left() < 5);
    }

    // ── Keys ─────────────────────────────────────────────────────────────────────────────────────

    void arrowsMoveInTwoDimensions_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<int>("key");
        QTest::addColumn<QString>("to");
        QTest::newRow("right in a row") << u"API"_s << int(Qt::Key_Right) << u"Auth"_s;
        QTest::newRow("left in a row") << u"Auth"_s << int(Qt::Key_Left) << u"API"_s;
        QTest::newRow("right at the end goes to the next row") << u"Cloud Run"_s << int(Qt::Key_Right) << u"PostgreSQL"_s;
        QTest::newRow("down keeps the column") << u"Cloud Run"_s << int(Qt::Key_Down) << u"Redis"_s;
        QTest::newRow("up keeps the column") << u"Auth"_s << int(Qt::Key_Up) << u"Load balancer"_s;
        QTest::newRow("up from a long row takes the nearest") << u"WebSocket"_s << int(Qt::Key_Up) << u"Load balancer"_s;
        QTest::newRow("left at the start stays") << u"VPC connector"_s << int(Qt::Key_Left) << u"VPC connector"_s;
        QTest::newRow("up at the top stays") << u"Cloud Run"_s << int(Qt::Key_Up) << u"Cloud Run"_s;
        QTest::newRow("down at the bottom stays") << u"API"_s << int(Qt::Key_Down) << u"API"_s;
        QTest::newRow("home goes to the first") << u"API"_s << int(Qt::Key_Home) << u"VPC connector"_s;
        QTest::newRow("end goes to the last") << u"VPC connector"_s << int(Qt::Key_End) << u"Agent pipeline"_s;
    }
    void arrowsMoveInTwoDimensions()
    {
        QFETCH(QString, from);
        QFETCH(int, key);
        QFETCH(QString, to);
        Fixture f(founding(), {1210, 640});
        f.grid.setFocus();
        f.grid.setCurrent(f.row(from));
        QTest::keyClick(&f.grid, static_cast<Qt::Key>(key));
        QCOMPARE(f.tiles[f.grid.current()].title, to);
    }

    void keysOpenAndRerun_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<bool>("opens");
        QTest::newRow("Return opens") << int(Qt::Key_Return) << true;
        QTest::newRow("Enter opens") << int(Qt::Key_Enter) << true;
        QTest::newRow("R reruns") << int(Qt::Key_R) << false;
        QTest::newRow("Space reruns") << int(Qt::Key_Space) << false;
    }
    void keysOpenAndRerun()
    {
        QFETCH(int, key);
        QFETCH(bool, opens);
        Fixture f(founding());
        QSignalSpy opened(&f.grid, &TileGrid::opened);
        QSignalSpy rerun(&f.grid, &TileGrid::rerunRequested);
        f.grid.setFocus();
        QTest::keyClick(&f.grid, static_cast<Qt::Key>(key)); // nothing is selected yet
        QCOMPARE(opened.size() + rerun.size(), 0);
        f.grid.setCurrent(f.row(u"Redis"_s));
        QTest::keyClick(&f.grid, static_cast<Qt::Key>(key));
        QCOMPARE(opened.size(), opens ? 1 : 0);
        QCOMPARE(rerun.size(), opens ? 0 : 1);
        QCOMPARE((opens ? opened : rerun).first().first().toString(), u"redis"_s);
    }

    void tabSelectsTheFirstTile()
    {
        Fixture f(founding());
        f.grid.clearFocus(); // the window gave it the focus when it was shown
        f.grid.setFocus(Qt::TabFocusReason);
        QCOMPARE(f.grid.current(), 0);
    }

    void theSelectionScrollsIntoSight()
    {
        Fixture f(1000, {900, 500});
        f.grid.setFocus();
        QTest::keyClick(&f.grid, Qt::Key_End);
        QVERIFY(f.grid.viewport()->rect().contains(f.grid.tileRect(f.grid.current())));
        QCOMPARE(f.grid.verticalScrollBar()->value(), f.grid.verticalScrollBar()->maximum());
        QTest::keyClick(&f.grid, Qt::Key_Home);
        QVERIFY(f.grid.viewport()->rect().contains(f.grid.tileRect(f.grid.current())));
    }

    // ── Mouse ────────────────────────────────────────────────────────────────────────────────────

    void aClickOpens()
    {
        Fixture f(founding());
        QSignalSpy opened(&f.grid, &TileGrid::opened);
        const int row = f.row(u"API"_s);
        QTest::mouseClick(f.grid.viewport(), Qt::LeftButton, {}, f.grid.tileRect(row).center());
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().toString(), u"api"_s);
        QCOMPARE(f.grid.current(), row);
    }

    void aClickOnTheButtonRerunsOnly()
    {
        Fixture f(founding());
        QSignalSpy opened(&f.grid, &TileGrid::opened);
        QSignalSpy rerun(&f.grid, &TileGrid::rerunRequested);
        QTest::mouseClick(f.grid.viewport(), Qt::LeftButton, {}, f.grid.rerunRect(f.row(u"Auth"_s)).center());
        QCOMPARE(opened.size(), 0);
        QCOMPARE(rerun.size(), 1);
        QCOMPARE(rerun.first().first().toString(), u"auth"_s);
    }

    void aPressThatLeavesTheTileDoesNothing()
    {
        Fixture f(founding());
        QSignalSpy opened(&f.grid, &TileGrid::opened);
        QTest::mousePress(f.grid.viewport(), Qt::LeftButton, {}, f.grid.tileRect(0).center());
        QTest::mouseRelease(f.grid.viewport(), Qt::LeftButton, {}, f.grid.tileRect(3).center());
        QCOMPARE(opened.size(), 0);
    }

    void theChipFindsAWordingThatFits_data()
    {
        QTest::addColumn<int>("density");
        QTest::addColumn<int>("width");
        QTest::addColumn<QString>("waitsOn");
        QTest::addColumn<QString>("wording");
        QTest::newRow("a wide tile says it whole") << int(Density::Large) << 277 << u"VPC connector"_s << u"waits on VPC connector"_s;
        QTest::newRow("a narrow one points upstream") << int(Density::Medium) << 150 << u"Redis"_s << u"↑ Redis"_s;
        QTest::newRow("a wide suspect is most upstream") << int(Density::Large) << 277 << QString() << u"most upstream"_s;
        QTest::newRow("a narrow suspect is upstream") << int(Density::Medium) << 146 << QString() << u"upstream"_s;
    }
    void theChipFindsAWordingThatFits()
    {
        QFETCH(int, density);
        QFETCH(int, width);
        QFETCH(QString, waitsOn);
        TilePainter painter;
        painter.prepare(makeTheme(Appearance::Dark), static_cast<Density>(density), QSize(width, 140), 1);
        Tile tile = makeTileFrom({u"API"_s, u"T"_s, State::Down});
        tile.waitsOn = waitsOn;
        tile.suspect = waitsOn.isEmpty();
        QTEST(painter.layOut(tile).chip.text(), "wording");
    }

    void aLongNameIsShortenedInTheMiddle()
    {
        TilePainter painter;
        painter.prepare(makeTheme(Appearance::Dark), Density::Compact, QSize(140, 80), 1);
        const QString shown = painter.layOut(makeTileFrom({u"Notification service of the eastern region"_s, u"T"_s})).title.text();
        QVERIFY(shown.startsWith(u"Not"));
        QVERIFY(shown.endsWith(u"on"));
        QVERIFY(shown.contains(u'…'));
    }

    void theTooltipHasTheWholeName()
    {
        Tile tile = makeTileFrom({u"A very long component name that no tile has room for, whatever its width"_s, u"T"_s, State::Down,
                                  u"503"_s, u"why"_s});
        tile.waitsOn = u"VPC connector"_s;
        tile.insecure = true;
        const QString text = toolTipText(tile);
        QVERIFY(text.contains(tile.title));
        QVERIFY(text.contains(u"Down"));
        QVERIFY(text.contains(u"503 · why"));
        QVERIFY(text.contains(u"VPC connector"));
        QVERIFY(text.contains(u"Insecure"));
    }

    // ── Painting ─────────────────────────────────────────────────────────────────────────────────

    void aChangeRepaintsItsTileOnly()
    {
        Fixture f(1000, {1200, 700});
        PaintWatch watch(f.grid.viewport());
        f.change(4, [](Tile &tile) { tile.value = u"changed"_s; });
        QTRY_VERIFY(watch.events > 0);
        QCOMPARE(watch.region, QRegion(f.grid.tileRect(4)));
    }

    void tenScatteredChangesRepaintTenTiles()
    {
        Fixture f(1000, {1200, 700});
        PaintWatch watch(f.grid.viewport());
        QRegion expected;
        QList<std::pair<int, Tile>> rows;
        for (int i = 0; i < 10; ++i) {
            const int row = f.grid.placed().order[static_cast<std::size_t>(i * 3)];
            Tile tile = f.tiles[row];
            tile.value = u"503"_s;
            rows << std::pair(row, tile);
            expected += f.grid.tileRect(row);
        }
        f.board.tiles()->apply(rows, 1000);
        QTRY_VERIFY(watch.events > 0);
        QCOMPARE(watch.region, expected & f.grid.viewport()->rect());
        QVERIFY(watch.region.rectCount() >= 5);
    }

    void aHiddenRowRepaintsNothing()
    {
        Fixture f(1000, {1200, 700});
        PaintWatch watch(f.grid.viewport());
        const int last = f.grid.placed().order.back();
        f.change(last, [](Tile &tile) { tile.value = u"503"_s; });
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
        QCOMPARE(watch.events, 0);
    }

    void agesTickInWholeSeconds()
    {
        Fixture f(founding(), {1210, 640});
        const QImage before = f.grid.grab().toImage();
        f.clock->advance(400ms);
        QCOMPARE(f.grid.grab().toImage(), before);
        f.clock->advance(600ms);
        QVERIFY(f.grid.grab().toImage() != before);
    }

    void anAgeRepaintsFootersOnly()
    {
        Fixture f(founding(), {1210, 640});
        PaintWatch watch(f.grid.viewport());
        f.clock->advance(1s);
        QTRY_VERIFY_WITH_TIMEOUT(watch.events > 0, 5000);
        const QRect bounds = f.grid.tileRect(0);
        for (const QRect &rect : watch.region)
            QVERIFY(rect.height() < bounds.height() / 3);
    }

    void aRunningRerunRepaintsItsButtonThenShowsATick()
    {
        Fixture f(founding(), {1210, 640});
        f.change(0, [](Tile &tile) { tile.rerun = RerunState::Running; });
        QCoreApplication::processEvents();
        PaintWatch watch(f.grid.viewport());
        QTRY_VERIFY(!watch.region.isEmpty());
        QCOMPARE(watch.region.boundingRect(), f.grid.rerunRect(0));

        const QImage running = f.grid.grab(f.grid.rerunRect(0)).toImage();
        f.change(0, [](Tile &tile) { tile.rerun = RerunState::Idle; });
        QCoreApplication::processEvents();
        const QImage ticked = f.grid.grab(f.grid.rerunRect(0)).toImage();
        QVERIFY(running != ticked);
        QTRY_VERIFY_WITH_TIMEOUT(f.grid.grab(f.grid.rerunRect(0)).toImage() != ticked, 5000);
    }

    void everyDensityPaintsWhatItHolds_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<int>("density");
        QTest::newRow("large") << 4 << QSize(900, 600) << int(Density::Large);
        QTest::newRow("medium") << 20 << QSize(900, 560) << int(Density::Medium);
        QTest::newRow("compact") << 24 << QSize(900, 420) << int(Density::Compact);
        QTest::newRow("tiny") << 44 << QSize(900, 420) << int(Density::Tiny);
        QTest::newRow("micro") << 60 << QSize(880, 400) << int(Density::Micro);
    }
    void everyDensityPaintsWhatItHolds()
    {
        QFETCH(int, count);
        QFETCH(QSize, size);
        QFETCH(int, density);
        Fixture f(count, size);
        QCOMPARE(int(f.grid.placed().density), density);
        const QImage image = f.grid.grab().toImage();
        const Theme &theme = f.theme.theme();
        for (int row = 0; row < count; ++row) {
            const QRect rect = f.grid.tileRect(row);
            QCOMPARE(image.pixelColor(rect.left() + 2, rect.center().y()), theme.state(f.tiles[row].state)); // the state bar
            bool text = false;
            for (int y = rect.top(); y <= rect.bottom() && !text; ++y)
                for (int x = rect.left(); x <= rect.right() && !text; ++x)
                    text = contrastRatio(image.pixelColor(x, y), theme.panel) > 10;
            QVERIFY(text);
        }
    }

    void resultsDifferByHeightToo()
    {
        Fixture f({{u"A"_s, u"T"_s, State::Down}, {u"B"_s, u"T"_s, State::Up}}, {700, 300});
        for (int row : {0, 1})
            f.change(row, [row](Tile &tile) { tile.recent = QList<State>(recentResultCount, row == 0 ? State::Down : State::Up); });
        const QImage image = f.grid.grab().toImage();
        const Theme &theme = f.theme.theme();
        const auto inked = [&](int row, const QColor &colour) {
            const QRect rect = f.grid.tileRect(row);
            int most = 0;
            for (int x = rect.left() + 8; x < rect.right() - 8; ++x) {
                int column = 0;
                for (int y = rect.bottom() - 60; y < rect.bottom() - 20; ++y)
                    column += image.pixelColor(x, y) == colour ? 1 : 0;
                most = std::max(most, column);
            }
            return most;
        };
        QVERIFY(inked(0, theme.state(State::Down)) > inked(1, theme.state(State::Up)));
    }

    void anEmptyBoardSaysSo()
    {
        Fixture f(QList<Recipe>{}, {600, 400});
        const QImage before = f.grid.grab().toImage();
        QVERIFY(before != [&] { f.grid.setEmptyText(u"Waiting for the first results…"_s); return f.grid.grab().toImage(); }());
    }

    void theThemeRepaintsEverything()
    {
        Fixture f(founding());
        const QImage dark = f.grid.grab().toImage();
        f.theme.setAppearance(Appearance::Light);
        const QImage light = f.grid.grab().toImage();
        QCOMPARE(dark.pixelColor(1, 1), makeTheme(Appearance::Dark).window);
        QCOMPARE(light.pixelColor(1, 1), makeTheme(Appearance::Light).window);
    }

    void theSelectionOutlivesANewFile()
    {
        Fixture f(founding());
        f.grid.setCurrent(f.row(u"Redis"_s));
        f.tiles.removeFirst();
        f.applyAll();
        QCOMPARE(f.grid.currentComponent(), u"redis"_s);
    }

    // ── Accessibility ────────────────────────────────────────────────────────────────────────────

    void everyTileIsAnItemWithAName()
    {
        Fixture f(founding());
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(&f.grid);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->text(QAccessible::Name), u"Components"_s);
        QCOMPARE(list->childCount(), f.tiles.size());
        const int row = f.row(u"Redis"_s);
        QAccessibleInterface *item = list->child(row);
        QVERIFY(item);
        QCOMPARE(item->role(), QAccessible::ListItem);
        QCOMPARE(item->text(QAccessible::Name), accessibleText(f.tiles[row], start));
        QCOMPARE(item->rect().size(), f.grid.tileRect(row).size());
        QCOMPARE(list->indexOfChild(item), row);
        QCOMPARE(list->childAt(item->rect().center().x(), item->rect().center().y()), item);
        QVERIFY(!item->state().selected);
        f.grid.setCurrent(row);
        QVERIFY(item->state().selected);
        QCOMPARE(list->child(99), nullptr);
    }

    void aScreenReaderCanActOnATile()
    {
        Fixture f(founding());
        QSignalSpy opened(&f.grid, &TileGrid::opened);
        QSignalSpy rerun(&f.grid, &TileGrid::rerunRequested);
        QAccessibleActionInterface *action = QAccessible::queryAccessibleInterface(&f.grid)->child(6)->actionInterface();
        QVERIFY(action);
        action->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(opened.size(), 1);
        action->doAction(u"Rerun"_s);
        QCOMPARE(rerun.size(), 1);
        QVERIFY(!action->localizedActionName(u"Rerun"_s).isEmpty());
    }
};

QTEST_MAIN(TestTiles)
#include "tst_tiles.moc"
