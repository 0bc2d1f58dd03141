// Success criteria and immediate actions: what is shown and spoken, evidence on demand, ticks by mouse and keyboard.
#include "incidentframes.h"
#include "support/testmain.h"
#include "widgets/criteria/actionspanel.h"
#include "widgets/criteria/criteriapanel.h"

#include <QSignalSpy>

using namespace allclear;
using namespace allclear::test;

namespace {

template <typename Panel>
struct Fixture {
    explicit Fixture(Stage stage = Stage::Crisis, QSize size = {600, 280}, qreal scale = 1)
        : founding(stage), theme(Appearance::Dark, scale), panel(&founding.board, &theme)
    {
        panel.resize(size);
        panel.show();
        QCoreApplication::processEvents();
    }
    template <typename Widget = QWidget>
    Widget *find(const QString &name) { return panel.template findChild<Widget *>(name); }

    FoundingBoard founding;
    ThemeSource theme;
    Panel panel;
};

} // namespace

class TestCriteriaPanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnOwnWarnings(); }

    void evidenceIsReadable_data()
    {
        QTest::addColumn<QString>("evidence");
        QTest::addColumn<QString>("shown");
        QTest::newRow("a sample") << u"api-health@2025-09-16T05:01:02.003Z"_s << u"api-health · 05:01:02 UTC"_s;
        QTest::newRow("a name with an at sign") << u"a@b@2025-09-16T05:01:02.003Z"_s << u"a@b · 05:01:02 UTC"_s;
        QTest::newRow("no instant stays as it is") << u"api-health"_s << u"api-health"_s;
    }
    void evidenceIsReadable()
    {
        QFETCH(QString, evidence);
        QFETCH(QString, shown);
        QCOMPARE(evidenceText(evidence), shown);
    }

    void theHeldShare_data()
    {
        QTest::addColumn<int>("heldSeconds");
        QTest::addColumn<int>("holdSeconds");
        QTest::addColumn<bool>("met");
        QTest::addColumn<qreal>("share");
        QTest::newRow("nothing held yet") << 0 << 300 << false << 0.0;
        QTest::newRow("half of the window") << 150 << 300 << false << 0.5;
        QTest::newRow("longer than the window is whole") << 900 << 300 << true << 1.0;
        QTest::newRow("no window and met is whole") << 0 << 0 << true << 1.0;
        QTest::newRow("no window and unmet is nothing") << 0 << 0 << false << 0.0;
    }
    void theHeldShare()
    {
        QFETCH(int, heldSeconds);
        QFETCH(int, holdSeconds);
        QFETCH(bool, met);
        QFETCH(qreal, share);
        CriterionStatus criterion;
        criterion.held = std::chrono::seconds(heldSeconds);
        criterion.hold = std::chrono::seconds(holdSeconds);
        criterion.state = met ? CriterionState::Met : CriterionState::Unmet;
        QCOMPARE(heldShare(criterion), share);
    }

    void rowsSayWhatTheySee_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<QString>("spoken");
        QTest::newRow("not met") << 0 << u"All staging services respond with HTTP 200: not met. 0 of 4 · worst: api-health 503"_s;
        QTest::newRow("holding") << 3 << u"Agent pipeline APIs are accessible and functional: holding. holding 1 m 10 s of 5 m"_s;
        QTest::newRow("not known") << 4 << u"The complete golden path validates (login → AI response): not known. not judged yet: journeys come later"_s;
    }
    void rowsSayWhatTheySee()
    {
        QFETCH(int, row);
        QFETCH(QString, spoken);
        Fixture<CriteriaPanel> f;
        QCOMPARE(f.find(u"criterion:%1"_s.arg(row))->accessibleName(), spoken);
    }

    void theRuleIsStated()
    {
        Fixture<CriteriaPanel> f;
        QCOMPARE(f.panel.note(), u"all clear needs 5 of 5, held 5 min"_s);
    }

    void rowsFollowTheModel()
    {
        Fixture<CriteriaPanel> f;
        f.founding.apply(Stage::Clear);
        QVERIFY(f.find(u"criterion:0"_s)->accessibleName().contains(u": met."_s));
    }

    void evidenceOpensByMouseAndKeyboard()
    {
        Fixture<CriteriaPanel> f;
        auto *link = f.find<QAbstractButton>(u"criterionEvidence:0"_s);
        auto *samples = f.find<QLabel>(u"criterionSamples:0"_s);
        QVERIFY(!samples->isVisible());
        QTest::mouseClick(link, Qt::LeftButton);
        QCoreApplication::processEvents();
        QVERIFY(samples->isVisible());
        QCOMPARE(samples->text(), u"Refuted by these samples:\napi-health · 05:21:02 UTC\nauth-health · 05:21:04 UTC"_s);
        QCOMPARE(samples->textFormat(), Qt::PlainText);
        QVERIFY(samples->height() >= 3 * samples->fontMetrics().height());
        QTest::keyClick(link, Qt::Key_Space);
        QVERIFY(!samples->isVisible());
    }

    void missingEvidenceIsSaid()
    {
        Fixture<CriteriaPanel> f;
        QTest::mouseClick(f.find<QAbstractButton>(u"criterionEvidence:4"_s), Qt::LeftButton);
        QCOMPARE(f.find<QLabel>(u"criterionSamples:4"_s)->text(), u"No sample proves or refutes this yet."_s);
    }

    void nothingClips_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<qreal>("scale");
        QTest::newRow("1366×768") << QSize(400, 170) << 1.0;
        QTest::newRow("1920×1080") << QSize(600, 280) << 1.0;
        QTest::newRow("1920×1080 with text of 200 %") << QSize(600, 280) << 2.0;
    }
    void nothingClips()
    {
        QFETCH(QSize, size);
        QFETCH(qreal, scale);
        Fixture<CriteriaPanel> f(Stage::Crisis, size, scale);
        for (int row = 0; row < 5; ++row) {
            QWidget *widget = f.find(u"criterion:%1"_s.arg(row));
            QVERIFY(widget->height() >= widget->minimumSizeHint().height());
            QVERIFY(widget->rect().contains(f.find(u"criterionEvidence:%1"_s.arg(row))->geometry()));
        }
    }

    // ── Actions ──────────────────────────────────────────────────────────────────────────────────

    void urgency_data()
    {
        QTest::addColumn<int>("minutesLeft");
        QTest::addColumn<bool>("done");
        QTest::addColumn<int>("urgency");
        QTest::newRow("time enough") << 38 << false << int(Urgency::Calm);
        QTest::newRow("ten minutes left") << 10 << false << int(Urgency::Soon);
        QTest::newRow("past due") << -6 << false << int(Urgency::Overdue);
        QTest::newRow("past due but done") << -6 << true << int(Urgency::Done);
    }
    void urgency()
    {
        QFETCH(int, minutesLeft);
        QFETCH(bool, done);
        QFETCH(int, urgency);
        ActionStatus action;
        action.due = declared + std::chrono::minutes(minutesLeft);
        QCOMPARE(int(urgencyOf(action, done, declared)), urgency);
    }

    void actionsSayWhenTheyAreDue()
    {
        Fixture<ActionsPanel> f;
        QCOMPARE(f.panel.note(), u"0 of 4 done"_s);
        QVERIFY(f.find(u"action:0"_s)->accessibleName().contains(u"under way"_s));
        QVERIFY(f.find(u"action:1"_s)->accessibleName().endsWith(u"open, due in 37 min"_s));
        QVERIFY(f.find(u"action:3"_s)->accessibleName().endsWith(u"open, overdue 6 min"_s));
    }

    void actionsAreTickedByMouseAndKeyboard()
    {
        Fixture<ActionsPanel> f;
        QSignalSpy ticked(f.founding.board.actions(), &ActionModel::ticked);
        auto *row = f.find<QAbstractButton>(u"action:2"_s);
        QTest::mouseClick(row, Qt::LeftButton);
        QCOMPARE(ticked.size(), 1);
        QVERIFY(row->isChecked());
        QVERIFY(row->accessibleName().contains(u"done 05:22 UTC"_s));
        QCOMPARE(f.panel.note(), u"1 of 4 done"_s);
        QTest::keyClick(row, Qt::Key_Space);
        QVERIFY(!row->isChecked());
        QCOMPARE(f.panel.note(), u"0 of 4 done"_s);
    }

    void evidenceTicksAndPeopleCannotUntickIt()
    {
        Fixture<ActionsPanel> f(Stage::Recovery);
        auto *row = f.find<QAbstractButton>(u"action:0"_s);
        QVERIFY(row->isChecked());
        QVERIFY(row->accessibleName().contains(u"by evidence"_s));
        QTest::mouseClick(row, Qt::LeftButton);
        QVERIFY(row->isChecked());
    }

    void timePassesWithoutNewRows()
    {
        Fixture<ActionsPanel> f;
        f.founding.clock->advance(60min);
        f.founding.apply(Stage::Crisis);
        QVERIFY(f.find(u"action:1"_s)->accessibleName().contains(u"overdue 22 min"_s));
    }
};

QTEST_MAIN(TestCriteriaPanel)
#include "tst_criteriapanel.moc"
