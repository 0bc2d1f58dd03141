// The window as people use it: real keys and mouse events on the whole board, its words, and its layout from small to
// wall-sized, with text up to 200 %.
#include "incidentframes.h"
#include "support/testmain.h"
#include "widgets/causes/causespanel.h"
#include "widgets/detail/detailpanel.h"
#include "widgets/shell/boardpage.h"
#include "widgets/shell/boardwindow.h"
#include "widgets/shell/headerbar.h"
#include "widgets/shell/noticebar.h"
#include "widgets/shell/rail.h"
#include "widgets/shell/stripbar.h"
#include "widgets/tiles/tilegrid.h"

#include <QSignalSpy>

using namespace allclear;
using namespace Qt::StringLiterals;
using test::Stage;

namespace {

struct Fixture {
    explicit Fixture(Stage stage = Stage::Crisis, QSize size = {1366, 768}) : founding(stage) { show(size); }
    void show(QSize size)
    {
        founding.fill(test::declared - 15min, 10s);
        window.resize(size);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
    }
    template <typename T = QWidget>
    T *find(const QString &name) const
    {
        auto *found = window.findChild<T *>(name);
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    int row(const QString &component) const
    {
        const QList<Tile> &tiles = window.tiles()->model().tiles();
        for (int i = 0; i < tiles.size(); ++i) {
            if (tiles[i].component == component)
                return i;
        }
        return -1;
    }
    Board &board() { return founding.board; }

    test::FoundingBoard founding;
    ThemeSource theme{Appearance::Dark};
    BoardWindow window{&founding.board, &theme};
};

Verdict verdictWith(Overall overall, std::optional<double> availability = {})
{
    Verdict verdict;
    verdict.overall = overall;
    verdict.availability = availability;
    return verdict;
}

const TimePoint now = *fromIso(u"2025-09-16T05:22:07Z");

} // namespace

class TestShell : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { loadFonts(); }
    void init() { test::failOnWarnings(); }

    // ── Words ────────────────────────────────────────────────────────────────────────────────────

    void availabilityNeverReadsBetterThanItIs_data()
    {
        QTest::addColumn<double>("share");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing passed") << 0.0 << u"0 %"_s;
        QTest::newRow("everything passed") << 1.0 << u"100 %"_s;
        QTest::newRow("one of a hundred thousand failed") << 0.99999 << u"99.9 %"_s;
        QTest::newRow("half") << 0.5 << u"50 %"_s;
        QTest::newRow("two thirds are rounded down") << 0.66667 << u"66.6 %"_s;
        QTest::newRow("one of a thousand passed") << 0.001 << u"0.1 %"_s;
    }
    void availabilityNeverReadsBetterThanItIs()
    {
        QFETCH(double, share);
        QTEST(availabilityText(share), "text");
    }

    void whatWasNotMeasuredIsADash()
    {
        QCOMPARE(availabilityText({}), u"—"_s);
        const HeaderText text = headerText(nullptr, Verdict(), now, Probing::Running);
        QCOMPARE(text.elapsed.value, u"—"_s);
        QCOMPARE(text.availability.value, u"—"_s);
        QCOMPARE(text.revenue.value, u"—"_s);
        QCOMPARE(text.criteria.value, u"—"_s);
        QCOMPARE(text.verdict.value, u"UNKNOWN"_s);
        QVERIFY(!text.availability.state);
        QVERIFY(!text.title.isEmpty());
    }

    void theHeaderTellsTheIncident()
    {
        Incident incident = test::foundingIncident();
        incident.status = IncidentStatus::Mitigating;
        incident.revenueAtRisk = MoneyAtRisk{500000, u"USD"_s, u"year"_s, true};
        Verdict verdict = *test::verdictOf(incident, Stage::Crisis, now);
        verdict.overall = Overall::NotClear;
        verdict.availability = 0.0;
        verdict.lastProbeAt = now - 1s;
        const HeaderText text = headerText(&incident, verdict, now, Probing::Running);
        QCOMPARE(text.line, u"Mitigating · declared 04:00 UTC · last probe 1 s ago"_s);
        QCOMPARE(text.elapsed.value, u"T+ 01:22:07"_s);
        QCOMPARE(text.availability.value, u"0 %"_s);
        QCOMPARE(text.revenue.value, u"$500K+"_s);
        QCOMPARE(text.revenue.caption, u"ARR at risk"_s);
        QCOMPARE(text.criteria.value, u"0 / 5"_s);
        QCOMPARE(text.verdict.value, u"NOT CLEAR"_s);
        QVERIFY(text.verdictShape == State::Down);
        QVERIFY(headerText(&incident, verdict, now, Probing::Paused).line.endsWith(u"probing paused"));
    }

    void theVerdictHasItsWordAndShape_data()
    {
        QTest::addColumn<int>("overall");
        QTest::addColumn<QString>("word");
        QTest::addColumn<int>("shape");
        QTest::newRow("clear") << int(Overall::Clear) << u"ALL CLEAR"_s << int(State::Up);
        QTest::newRow("not clear") << int(Overall::NotClear) << u"NOT CLEAR"_s << int(State::Down);
        QTest::newRow("unknown is never green") << int(Overall::Unknown) << u"UNKNOWN"_s << int(State::Unknown);
    }
    void theVerdictHasItsWordAndShape()
    {
        QFETCH(int, overall);
        const HeaderText text = headerText(nullptr, verdictWith(static_cast<Overall>(overall)), now, Probing::Running);
        QTEST(text.verdict.value, "word");
        QTEST(int(text.verdictShape), "shape");
    }

    void beforeTheFirstResultItWaits()
    {
        const Incident incident = test::foundingIncident();
        QVERIFY(headerText(&incident, Verdict(), now, Probing::Running).line.endsWith(u"waiting for the first results"));
    }

    void aProbeOfThisSecondIsJustNow()
    {
        const Incident incident = test::foundingIncident();
        Verdict verdict;
        verdict.lastProbeAt = now - 300ms;
        QVERIFY(headerText(&incident, verdict, now, Probing::Running).line.endsWith(u"last probe just now"));
    }

    void anIncidentDeclaredLaterCountsDown()
    {
        Incident incident = test::foundingIncident();
        incident.declared = now + 1min;
        QCOMPARE(headerText(&incident, Verdict(), now, Probing::Running).elapsed.value, u"T− 00:01:00"_s);
    }

    void theTitleBarNamesTheIncident()
    {
        Fixture f;
        QCOMPARE(f.window.windowTitle(), u"Allclear — Staging: every service answers 503"_s);
    }

    // ── Layout ───────────────────────────────────────────────────────────────────────────────────

    void nothingOverlapsOrLeaves_data()
    {
        QTest::addColumn<QSize>("room");
        QTest::addColumn<qreal>("scale");
        QTest::addColumn<int>("form");
        for (const QList<int> &notices : {QList<int>{0, 0}, QList<int>{90, 60}}) {
            const QByteArray also = notices[0] > 0 ? " with notices" : "";
            QTest::newRow("1920×1080" + also) << QSize(1858, 1080) << 1.0 << int(PageForm::Tall);
            QTest::newRow("1366×768" + also) << QSize(1304, 768) << 1.0 << int(PageForm::Low);
            QTest::newRow("3840×2160" + also) << QSize(3778, 2160) << 1.0 << int(PageForm::Tall);
            QTest::newRow("3840×2160 at 200 %" + also) << QSize(3716, 2160) << 2.0 << int(PageForm::Tall);
            QTest::newRow("1920×1080 at 200 %" + also) << QSize(1796, 1080) << 2.0 << int(PageForm::Stacked);
            QTest::newRow("1366×768 at 200 %" + also) << QSize(1242, 768) << 2.0 << int(PageForm::Stacked);
            QTest::newRow("640×400" + also) << QSize(578, 400) << 1.0 << int(PageForm::Stacked);
        }
    }
    void nothingOverlapsOrLeaves()
    {
        QFETCH(QSize, room);
        QFETCH(qreal, scale);
        const bool noticed = QByteArray(QTest::currentDataTag()).contains("notices");
        const PageLayout page = arrangePage(room, scale, noticed ? QList<int>{90, 60} : QList<int>{0, 0});
        QTEST(int(page.form), "form");
        QList<QRect> parts{page.header, page.strip, page.tiles, page.criteria, page.causes, page.actions, page.latency};
        for (const QRect &notice : page.notices) {
            if (!notice.isEmpty())
                parts << notice;
        }
        const QRect whole(0, 0, room.width(), page.height);
        for (int a = 0; a < parts.size(); ++a) {
            QVERIFY2(whole.contains(parts[a]), qPrintable(QString::number(a)));
            QVERIFY2(parts[a].height() > 20 && parts[a].width() > 200, qPrintable(QString::number(a)));
            for (int b = a + 1; b < parts.size(); ++b)
                QVERIFY2(!parts[a].intersects(parts[b]), qPrintable(u"%1 and %2"_s.arg(a).arg(b)));
        }
        QCOMPARE(page.height > room.height(), page.form == PageForm::Stacked);
    }

    void everyPartIsVisible_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::newRow("1366×768") << QSize(1366, 768);
        QTest::newRow("1920×1080") << QSize(1920, 1080);
        QTest::newRow("3840×2160") << QSize(3840, 2160);
    }
    void everyPartIsVisible()
    {
        QFETCH(QSize, size);
        Fixture f(Stage::Crisis, size);
        for (const auto &name : {u"header"_s, u"incidentStrip"_s, u"tileGrid"_s, u"criteriaPanel"_s, u"causesPanel"_s,
                                 u"actionsPanel"_s, u"latencyPanel"_s, u"rail"_s}) {
            auto *part = f.find(name);
            QVERIFY2(part->isVisible(), qPrintable(name));
            const QRect inWindow(part->mapTo(&f.window, QPoint(0, 0)), part->size());
            QVERIFY2(f.window.rect().contains(inWindow), qPrintable(name));
        }
        QVERIFY(!f.window.tiles()->placed().scrolls);
        for (const auto &name : {u"figureElapsed"_s, u"figureAvailability"_s, u"figureCriteria"_s, u"figureVerdict"_s})
            QVERIFY2(f.find(name)->isVisible(), qPrintable(name));
    }

    void aNarrowHeaderKeepsTheVerdict()
    {
        Fixture f;
        f.theme.setScale(2.0);
        f.window.resize(700, 600);
        QVERIFY(f.find(u"figureVerdict"_s)->isVisible());
        QVERIFY(f.find(u"header"_s)->rect().contains(f.find(u"figureVerdict"_s)->geometry()));
        QVERIFY(!f.find(u"figureRevenue"_s)->isVisible());
    }

    // ── Keys ─────────────────────────────────────────────────────────────────────────────────────

    void rRerunsTheSelectedComponent()
    {
        Fixture f;
        QSignalSpy spy(&f.board(), &Board::rerunRequested);
        f.window.tiles()->setCurrent(f.row(u"redis"_s));
        QTest::keyClick(&f.window, Qt::Key_R);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.first().first().toStringList(), QStringList{u"Infrastructure/redis-ping"_s});
    }

    void rWithoutASelectionDoesNothing()
    {
        Fixture f;
        QSignalSpy spy(&f.board(), &Board::rerunRequested);
        f.window.tiles()->setCurrent(-1);
        QTest::keyClick(&f.window, Qt::Key_R);
        QCOMPARE(spy.size(), 0);
    }

    void shiftRRerunsEverything()
    {
        Fixture f;
        QSignalSpy spy(&f.board(), &Board::rerunRequested);
        QTest::keyClick(&f.window, Qt::Key_R, Qt::ShiftModifier);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.first().first().toStringList().size(), f.founding.incident->endpoints.size());
    }

    void arrowsEnterAndEscOpenAndCloseTheDetail()
    {
        Fixture f;
        f.window.tiles()->setFocus(Qt::OtherFocusReason);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        auto *detail = f.find<DetailPanel>(u"detailPanel"_s);
        QVERIFY(detail->isVisible());
        QCOMPARE(detail->component(), f.window.tiles()->currentComponent());
        QVERIFY(f.window.rect().contains(QRect(detail->mapTo(&f.window, QPoint(0, 0)), detail->size())));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!detail->isVisible());
        QVERIFY(f.window.tiles()->hasFocus());
    }

    void aClickOnATileOpensItsDetail()
    {
        Fixture f;
        auto *viewport = f.find(u"tileViewport"_s);
        QTest::mouseClick(viewport, Qt::LeftButton, {}, f.window.tiles()->tileRect(f.row(u"api"_s)).center());
        QCOMPARE(f.window.detail()->component(), u"api"_s);
        QVERIFY(f.window.detail()->isVisible());
    }

    void aClosedDetailGivesTheKeyboardBack()
    {
        Fixture f;
        auto *from = f.find(u"railHelp"_s);
        from->setFocus(Qt::TabFocusReason);
        Q_EMIT f.find<CausesPanel>(u"causesPanel"_s)->opened(u"redis"_s);
        QVERIFY(!from->hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(from->hasFocus());
    }

    void rInTheDetailRerunsWhatItShows()
    {
        Fixture f;
        f.window.tiles()->setCurrent(f.row(u"redis"_s));
        QTest::mouseClick(f.find(u"tileViewport"_s), Qt::LeftButton, {}, f.window.tiles()->tileRect(f.row(u"auth"_s)).center());
        QSignalSpy spy(&f.board(), &Board::rerunRequested);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_R);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.first().first().toStringList(), QStringList{u"Services/auth-health"_s});
    }

    void theCausesOpenTheDetailToo()
    {
        Fixture f;
        Q_EMIT f.find<CausesPanel>(u"causesPanel"_s)->opened(u"vpc-connector"_s);
        QCOMPARE(f.window.detail()->component(), u"vpc-connector"_s);
    }

    void pPausesAndResumes()
    {
        Fixture f;
        QSignalSpy spy(&f.board(), &Board::pauseRequested);
        QTest::keyClick(&f.window, Qt::Key_P);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy.last().at(1).toBool(), true);
        auto *button = f.find<RailButton>(u"railPause"_s);
        QCOMPARE(button->text(), u"Resume"_s);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(spy.last().at(1).toBool(), false);
        QCOMPARE(button->text(), u"Pause"_s);
    }

    void tChangesTheAppearance()
    {
        Fixture f;
        QTest::keyClick(&f.window, Qt::Key_T);
        QVERIFY(f.theme.theme().appearance == Appearance::Light);
        QTest::mouseClick(f.find(u"railTheme"_s), Qt::LeftButton);
        QVERIFY(f.theme.theme().appearance == Appearance::Dark);
    }

    void f11FillsTheScreenAndEscLeavesIt()
    {
        Fixture f;
        QTest::keyClick(&f.window, Qt::Key_F11);
        QVERIFY(f.window.isFullScreen());
        QTest::keyClick(&f.window, Qt::Key_F11);
        QVERIFY(!f.window.isFullScreen());
        QTest::keyClick(&f.window, Qt::Key_F11);
        QTest::keyClick(&f.window, Qt::Key_Escape);
        QVERIFY(!f.window.isFullScreen());
    }

    void theTextScales()
    {
        Fixture f;
        QTest::keyClick(&f.window, Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(f.theme.theme().scale, 1.1);
        QTest::keyClick(&f.window, Qt::Key_Equal, Qt::ControlModifier);
        QCOMPARE(f.theme.theme().scale, 1.2);
        QTest::keyClick(&f.window, Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(f.theme.theme().scale, 1.1);
        QTest::keyClick(&f.window, Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(f.theme.theme().scale, 1.0);
    }

    void theQuestionMarkListsTheKeys()
    {
        Fixture f;
        auto *overlay = f.find<KeysOverlay>(u"keysOverlay"_s);
        QVERIFY(!overlay->isVisible());
        QTest::keyClick(&f.window, Qt::Key_Question, Qt::ShiftModifier);
        QVERIFY(overlay->isVisible());
        QVERIFY(overlay->keys().size() >= 10);
        QVERIFY(overlay->accessibleName().contains(u"Shift+R"));
        QTest::keyClick(&f.window, Qt::Key_Escape);
        QVERIFY(!overlay->isVisible());
        QTest::mouseClick(f.find(u"railHelp"_s), Qt::LeftButton);
        QVERIFY(overlay->isVisible());
        QTest::mouseClick(overlay, Qt::LeftButton);
        QVERIFY(!overlay->isVisible());
    }

    void ctrlQCloses()
    {
        Fixture f;
        QSignalSpy spy(&f.window, &BoardWindow::closed);
        QTest::keyClick(&f.window, Qt::Key_Q, Qt::ControlModifier);
        QCOMPARE(spy.size(), 1);
        QVERIFY(!f.window.isVisible());
    }

    // ── What is wrong ────────────────────────────────────────────────────────────────────────────

    void fileErrorsAreShownUntilTheFileIsGood()
    {
        Fixture f;
        auto *bar = f.find<NoticeBar>(u"fileErrors"_s);
        QVERIFY(!bar->isVisible());
        const QRect before = f.find(u"tileGrid"_s)->geometry();
        f.board().showFileErrors(u"incident.yaml:12:5: error: unknown key `intervall`, did you mean `interval`?"_s);
        QVERIFY(bar->isVisible());
        QVERIFY(bar->text().contains(u"12:5"));
        QVERIFY(bar->heading().contains(u"last good version"));
        QVERIFY(f.find(u"tileGrid"_s)->geometry().top() > before.top());
        QVERIFY(!bar->geometry().intersects(f.find(u"header"_s)->geometry()));

        QTest::mouseClick(f.find(u"fileErrorsClose"_s), Qt::LeftButton);
        QVERIFY(!bar->isVisible());
        QCOMPARE(f.find(u"tileGrid"_s)->geometry(), before);
        f.board().showFileErrors(u"incident.yaml:13:1: error: another"_s);
        QVERIFY(bar->isVisible());
        f.board().showFileErrors({});
        QVERIFY(!bar->isVisible());
    }

    void aDismissedErrorStaysAwayOverFrames()
    {
        Fixture f;
        f.board().showFileErrors(u"incident.yaml:12:5: error: no"_s);
        QTest::mouseClick(f.find(u"fileErrorsClose"_s), Qt::LeftButton);
        f.founding.apply(Stage::Crisis);
        QVERIFY(!f.find(u"fileErrors"_s)->isVisible());
    }

    void aFileWithErrorsAtStartIsExplained()
    {
        Board board(std::make_shared<ManualClock>(now));
        ThemeSource theme(Appearance::Dark);
        BoardWindow window(&board, &theme);
        board.showFileErrors(u"incident.yaml:1:1: error: the file is empty"_s);
        window.resize(1366, 768);
        window.show();
        auto *bar = window.findChild<NoticeBar *>(u"fileErrors"_s);
        QVERIFY(bar->isVisible());
        QVERIFY(bar->heading().contains(u"cannot be used yet"));
        QVERIFY(!window.grab().isNull());
    }

    void anOfflineObserverIsSaid()
    {
        Fixture f;
        auto *bar = f.find<NoticeBar>(u"observerOffline"_s);
        QVERIFY(!bar->isVisible());
        auto verdict = std::make_shared<Verdict>(f.board().verdict());
        verdict->observer = ObserverState::Offline;
        verdict->observerReason = u"no usable network interface or default route"_s;
        auto frame = std::make_shared<Frame>();
        frame->verdict = verdict;
        f.board().apply(frame);
        QVERIFY(bar->isVisible());
        QVERIFY(bar->text().contains(u"default route"));
        QVERIFY(bar->heading().contains(u"unknown, not down"));
        f.founding.apply(Stage::Crisis);
        QVERIFY(!bar->isVisible());
    }

    // ── The strip ────────────────────────────────────────────────────────────────────────────────

    void theStripFillsItsWidth()
    {
        Fixture f;
        auto *strip = f.find<StripBar>(u"incidentStrip"_s);
        const auto count = static_cast<int>(strip->cells().size());
        QVERIFY(count > 50);
        QCOMPARE(strip->cellRect(0).left(), 0);
        QVERIFY(strip->cellRect(count - 1).right() >= strip->width() - 4);
        QVERIFY(strip->accessibleName().contains(u"stretches down"));
    }

    void aStretchIsSpelledOut()
    {
        const StripSlot down{State::Down, now - 1min, now};
        QCOMPARE(StripBar::cellText(down), u"05:21:07 UTC – 05:22:07 UTC: Down"_s);
        const StripSlot nothing{State::Unknown, now - 1min, now};
        QVERIFY(StripBar::cellText(nothing).endsWith(u"no evidence"));
    }

    // ── Everyone ─────────────────────────────────────────────────────────────────────────────────

    void everyControlHasANameForEveryone()
    {
        Fixture f;
        f.window.findChild<DetailPanel *>()->openComponent(u"api"_s);
        for (QAbstractButton *button : f.window.findChildren<QAbstractButton *>()) {
            if (!button->isVisible())
                continue;
            QVERIFY2(!button->objectName().isEmpty(), button->metaObject()->className());
            QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(), qPrintable(button->objectName()));
        }
    }

    void theTabKeyReachesTheTilesAgain()
    {
        Fixture f;
        f.window.tiles()->setFocus(Qt::OtherFocusReason);
        bool back = false;
        for (int i = 0; i < 60 && !back; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            back = f.window.tiles()->hasFocus();
            QVERIFY(QApplication::focusWidget()->isVisible());
        }
        QVERIFY(back);
    }

    void bothAppearancesAreDrawn_data()
    {
        QTest::addColumn<int>("stage");
        QTest::newRow("crisis") << int(Stage::Crisis);
        QTest::newRow("recovery") << int(Stage::Recovery);
        QTest::newRow("all clear") << int(Stage::Clear);
    }
    void bothAppearancesAreDrawn()
    {
        QFETCH(int, stage);
        Fixture f(static_cast<Stage>(stage), {1920, 1080});
        for (const auto appearance : {Appearance::Dark, Appearance::Light}) {
            f.theme.setAppearance(appearance);
            const QImage image = f.window.grab().toImage();
            QCOMPARE(image.pixelColor(f.find(u"rail"_s)->width() + 2, 2), makeTheme(appearance).window);
        }
    }
};

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
