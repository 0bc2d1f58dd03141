// The detail sheet: words of an observation as tables, the sheet by real keys, live updates under a selection.
#include "incidentframes.h"
#include "support/testmain.h"
#include "widgets/detail/detailpanel.h"

#include <QScrollBar>
#include <QSignalSpy>

using namespace allclear;
using namespace allclear::test;

namespace {

struct Fixture {
    explicit Fixture(Stage stage = Stage::Crisis, QSize size = {560, 900}, qreal scale = 1)
        : founding(stage), theme(Appearance::Dark, scale), panel(&founding.board, &theme, &window)
    {
        window.resize(size);
        window.show();
        panel.setGeometry(window.rect());
        panel.openComponent(u"api"_s);
        QCoreApplication::processEvents();
    }
    QString text(const QString &name) const
    {
        auto *block = panel.findChild<QPlainTextEdit *>(name);
        return block ? block->toPlainText() : QString();
    }
    FoundingBoard founding;
    ThemeSource theme;
    QWidget window;
    DetailPanel panel;
};

} // namespace

class TestDetail : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void hiddenCharactersBecomeVisible_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain text stays") << u"Grüße, 世界 \U0001F600"_s << u"Grüße, 世界 \U0001F600"_s;
        QTest::newRow("line ends and tabs stay") << u"a\nb\tc"_s << u"a\nb\tc"_s;
        QTest::newRow("Windows line ends become plain ones") << u"a\r\nb"_s << u"a\nb"_s;
        QTest::newRow("an escape sequence") << u"\x1b[31mred"_s << u"\\x1b[31mred"_s;
        QTest::newRow("a lone carriage return") << u"a\rb"_s << u"a\\x0db"_s;
        QTest::newRow("a null") << QString(QChar(0)) << u"\\x00"_s;
        QTest::newRow("text that runs backwards") << u"a\u202eb"_s << u"a\\u202eb"_s;
        QTest::newRow("a zero-width space") << u"a\u200bb"_s << u"a\\u200bb"_s;
        QTest::newRow("half a surrogate pair") << QString(QChar(0xd83d)) << u"\\ud83d"_s;
    }
    void hiddenCharactersBecomeVisible()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        QCOMPARE(visibleText(text), shown);
    }

    void outcomes_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<int>("phase");
        QTest::addColumn<QString>("hint");
        QTest::addColumn<QString>("text");
        QTest::newRow("a pass") << int(Outcome::Pass) << -1 << QString() << u"Passed: answered in 41 ms."_s;
        QTest::newRow("degraded") << int(Outcome::Degraded) << -1 << QString()
                                  << u"Degraded: answered in 41 ms, and a degraded-when condition is met."_s;
        QTest::newRow("a failure with its phase and hint") << int(Outcome::Fail) << int(Phase::Connect) << u"Look at the firewall."_s
                                                           << u"Failed (timeout in phase connect): No connection.\nTry: Look at the firewall."_s;
        QTest::newRow("a failure without a phase") << int(Outcome::Fail) << -1 << QString() << u"Failed (timeout): No connection."_s;
    }
    void outcomes()
    {
        QFETCH(int, outcome);
        QFETCH(int, phase);
        QFETCH(QString, hint);
        QFETCH(QString, text);
        Observation observation;
        observation.outcome = static_cast<Outcome>(outcome);
        observation.latency = 41ms;
        if (observation.failed())
            observation.failure = Failure{FailureKind::Timeout, phase < 0 ? std::nullopt : std::optional(static_cast<Phase>(phase)),
                                          u"No connection."_s, hint};
        QCOMPARE(outcomeText(observation), text);
    }

    void conditionsShowWhatCame_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("truth");
        QTest::addColumn<QString>("text");
        QTest::newRow("unmet names the value") << u"503"_s << int(Truth::Unmet) << u"[STATUS] == 200 · was 503"_s;
        QTest::newRow("met names it too") << u"200"_s << int(Truth::Met) << u"[STATUS] == 200 · was 200"_s;
        QTest::newRow("without a value says so") << QString() << int(Truth::NotEvaluable) << u"[STATUS] == 200 · had no value"_s;
    }
    void conditionsShowWhatCame()
    {
        QFETCH(QString, value);
        QFETCH(int, truth);
        QFETCH(QString, text);
        QCOMPARE(conditionText({u"[STATUS] == 200"_s, value, {}, static_cast<Truth>(truth)}), text);
    }

    void stepsOfAJourney_data()
    {
        QTest::addColumn<QString>("outcome"); // empty: not run
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("text");
        QTest::newRow("passed") << u"pass"_s << int(State::Up) << u"passed"_s << u"log in · 200 · 142 ms"_s;
        QTest::newRow("degraded") << u"degraded"_s << int(State::Degraded) << u"degraded"_s << u"log in · 200 · 142 ms"_s;
        QTest::newRow("failed") << u"fail"_s << int(State::Down) << u"failed"_s << u"log in · no answer\\x1b[2J"_s;
        QTest::newRow("not run is unknown, never failed") << QString() << int(State::Unknown) << u"not run"_s << u"log in · not run: `a` failed before it"_s;
    }
    void stepsOfAJourney()
    {
        QFETCH(QString, outcome);
        QFETCH(int, state);
        QFETCH(QString, word);
        QFETCH(QString, text);
        StepResult step{.name = u"log in"_s, .alwaysRun = false, .observation = nullptr, .notRun = u"`a` failed before it"_s};
        if (!outcome.isEmpty()) {
            auto observation = std::make_shared<Observation>();
            observation->outcome = outcome == "pass"_L1 ? Outcome::Pass : outcome == "degraded"_L1 ? Outcome::Degraded : Outcome::Fail;
            observation->answered = outcome != "fail"_L1;
            observation->latency = 142ms;
            if (observation->answered)
                observation->status = 200;
            else
                observation->failure = Failure{.kind = FailureKind::Timeout, .phase = {}, .message = u"no answer\x1b[2J"_s, .hint = {}};
            step.observation = observation;
        }
        QCOMPARE(int(stepState(step)), state);
        QCOMPARE(stepWord(step), word);
        QCOMPARE(stepText(step), text);
    }

    void messagesOfAConversationAreLines()
    {
        Observation chat;
        chat.conversation = {{.way = Exchange::Way::Sent, .at = 1ms, .text = u"hi"_s, .entry = 0},
                             {.way = Exchange::Way::Received, .at = 2ms, .text = u"two\nlines"_s, .entry = -1}};
        Observation journey;
        journey.steps = {{.name = u"chat"_s, .alwaysRun = false, .observation = std::make_shared<const Observation>(chat), .notRun = {}}};
        const QString expected = u"1.0 ms  → hi\n2.0 ms  ← two lines  (skipped)"_s;
        QCOMPARE(conversationText(chat), expected);
        QCOMPARE(conversationText(journey), expected);
    }

    void certificatesAreJudgedByTheirTime_data()
    {
        QTest::addColumn<QString>("now");
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("words");
        QTest::newRow("valid") << u"2025-09-16T05:00:00Z"_s << int(State::Up) << u"40 days left"_s;
        QTest::newRow("expires within a fortnight") << u"2025-10-20T00:00:00Z"_s << int(State::Degraded) << u"7 days left"_s;
        QTest::newRow("expired") << u"2025-10-30T00:00:00Z"_s << int(State::Down) << u"expired 3 days ago"_s;
        QTest::newRow("not valid yet") << u"2025-07-01T00:00:00Z"_s << int(State::Down) << u"not valid yet"_s;
    }
    void certificatesAreJudgedByTheirTime()
    {
        QFETCH(QString, now);
        QFETCH(int, state);
        QFETCH(QString, words);
        const Certificate certificate = certificateOf(u"CN=api"_s, u"CN=ca"_s, u"2025-10-27T00:00:00Z");
        QCOMPARE(int(certificateState(certificate, *fromIso(now))), state);
        const QString text = certificateText(certificate, *fromIso(now));
        QVERIFY2(text.contains(words), qPrintable(text));
        QVERIFY(text.contains(u"issued by CN=ca"_s));
    }

    void phasesShareTheBar()
    {
        const QList<PhasePart> parts{{Phase::Connect, 10ms}, {Phase::Wait, 90ms}, {Phase::Receive, 0ms}};
        const auto shares = phaseShares(parts, 0.01);
        QCOMPARE(shares.size(), 3);
        QCOMPARE(shares.first().first, 0.0);
        QVERIFY(std::abs(shares.last().second - 1) < 1e-9);
        QVERIFY(shares[2].second - shares[2].first > 0.009); // it happened, so it is seen
        QVERIFY(std::abs(shares[1].second - shares[1].first - 0.9 / 1.01) < 1e-9);
        QCOMPARE(phasesText(parts), u"connect 10 ms, wait 90 ms, receive 0.0 ms"_s);
    }

    void headersAreBounded()
    {
        Observation observation;
        for (int i = 0; i < 250; ++i)
            observation.headers.append({u"x-%1"_s.arg(i), u"a\nb"_s});
        const QStringList lines = headersText(observation).split(u'\n');
        QCOMPARE(lines.size(), rowsAtMost + 1);
        QCOMPARE(lines[0], u"x-0: a\\nb"_s);
    }

    // ── The sheet ────────────────────────────────────────────────────────────────────────────────

    void everythingKnownIsShown()
    {
        Fixture f;
        QCOMPARE(f.panel.findChild<QLabel *>(u"detailTitle"_s)->text(), u"API"_s);
        QVERIFY(f.panel.findChild<QLabel *>(u"detailState"_s)->text().startsWith(u"Down since 04:24:00 UTC"_s));
        const QString key = u":Services/api-health"_s;
        QCOMPARE(f.text(u"target"_s + key), u"https://api.staging.netrasystems.ai/health"_s);
        QVERIFY(f.text(u"outcome"_s + key).startsWith(u"Failed (condition)"_s));
        QVERIFY(f.text(u"facts"_s + key).contains(u"05:22:05 UTC · took 10.2 s"_s));
        QVERIFY(f.text(u"headers"_s + key).contains(u"server: Google Frontend"_s));
        QVERIFY(f.text(u"chain"_s + key).startsWith(u"Chain: ok"_s));
        QVERIFY(f.panel.findChild<QWidget *>(u"phases"_s + key)->accessibleName().contains(u"wait 10.2 s"_s));
        const auto conditions = f.panel.findChild<QWidget *>(u"conditions"_s + key)->findChildren<StatusLine *>();
        QCOMPARE(conditions.size(), 2);
        QCOMPARE(conditions[0]->state(), State::Down);
        QCOMPARE(conditions[1]->state(), State::Unknown);
        QVERIFY(conditions[0]->accessibleName().startsWith(u"not met"_s));
        QCOMPARE(f.panel.findChild<QWidget *>(u"certificates"_s + key)->findChildren<StatusLine *>().size(), 2);
    }

    void networkTextIsNeverMarkup()
    {
        Fixture f;
        QCOMPARE(f.text(u"excerpt:Services/api-health"_s),
                 u"<b>upstream</b> connect error or disconnect/reset before headers\\x1b[31m. reset reason: timeout"_s);
        for (const QLabel *label : f.panel.findChildren<QLabel *>())
            QVERIFY(label->textFormat() == Qt::PlainText || label->text().isEmpty() || !label->text().contains(u'<'));
    }

    void escapeClosesAndGivesTheKeyboardBack()
    {
        Fixture f;
        QSignalSpy closed(&f.panel, &DetailPanel::closed);
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &f.panel, Qt::Key_Escape);
        QCOMPARE(closed.size(), 1);
        QVERIFY(f.panel.isHidden());
    }

    void rRerunsTheComponent()
    {
        Fixture f;
        QSignalSpy rerun(&f.founding.board, &Board::rerunRequested);
        QTest::keyClick(&f.panel, Qt::Key_R);
        QCOMPARE(rerun.size(), 1);
        QCOMPARE(rerun.first().first().toStringList().size(), 2);
        QTest::mouseClick(f.panel.findChild<QAbstractButton *>(u"rerun:Services/api-health"_s), Qt::LeftButton);
        QCOMPARE(rerun.last().first().toStringList(), QStringList{u"Services/api-health"_s});
    }

    void theRerunButtonShowsItsState()
    {
        Fixture f;
        auto *button = f.panel.findChild<QAbstractButton *>(u"detailRerun"_s);
        QCOMPARE(button->text(), u"Rerun (R)"_s);
        f.founding.rerun = RerunState::Running;
        f.founding.apply(Stage::Crisis);
        QCOMPARE(button->text(), u"Running …"_s);
        QSignalSpy rerun(&f.founding.board, &Board::rerunRequested);
        QTest::keyClick(&f.panel, Qt::Key_R); // one is under way
        QCOMPARE(rerun.size(), 0);
        f.founding.rerun = RerunState::Done;
        f.founding.apply(Stage::Crisis);
        QVERIFY(button->text().startsWith(u"Done"_s));
    }

    void aNewResultKeepsPlaceAndSelection()
    {
        Fixture f(Stage::Crisis, {560, 420});
        auto *scroll = f.panel.findChild<QScrollArea *>(u"detailScroll"_s)->verticalScrollBar();
        QVERIFY(scroll->maximum() > 0);
        scroll->setValue(scroll->maximum() / 2);
        const int place = scroll->value();
        auto *headers = f.panel.findChild<QPlainTextEdit *>(u"headers:Services/api-health"_s);
        headers->selectAll();
        const QString selected = headers->textCursor().selectedText();
        f.founding.clock->advance(10s);
        f.founding.apply(Stage::Crisis);
        QCoreApplication::processEvents();
        QCOMPARE(scroll->value(), place);
        QCOMPARE(headers->textCursor().selectedText(), selected);
        QVERIFY(f.text(u"facts:Services/api-health"_s).contains(u"05:22:15 UTC"_s));
    }

    void recoveryIsSeenLive()
    {
        Fixture f;
        f.founding.apply(Stage::Clear);
        QVERIFY(f.panel.findChild<QLabel *>(u"detailState"_s)->text().startsWith(u"Up since"_s));
        QCOMPARE(f.text(u"outcome:Services/api-health"_s), u"Passed: answered in 41 ms."_s);
    }

    void insecureWearsABadge()
    {
        Fixture f;
        QVERIFY(f.panel.findChild<QWidget *>(u"insecure:Services/api-health"_s)->isHidden());
        f.founding.incident->endpoints[0].client.insecure = true;
        f.founding.clock->advance(10s);
        f.founding.apply(Stage::Crisis);
        QVERIFY(f.text(u"insecure:Services/api-health"_s).startsWith(u"Insecure"_s));
    }

    void nothingIsWiderThanTheSheet_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<qreal>("scale");
        QTest::newRow("1366×768") << QSize(560, 700) << 1.0;
        QTest::newRow("narrow") << QSize(400, 700) << 1.0;
        QTest::newRow("text of 200 %") << QSize(1000, 1000) << 2.0;
    }
    void nothingIsWiderThanTheSheet()
    {
        QFETCH(QSize, size);
        QFETCH(qreal, scale);
        Fixture f(Stage::Crisis, size, scale);
        auto *area = f.panel.findChild<QScrollArea *>(u"detailScroll"_s);
        QVERIFY(area->widget()->width() <= area->viewport()->width());
        for (const QString &name : {u"detailRerun"_s, u"detailClose"_s})
            QVERIFY(f.panel.rect().contains(f.panel.findChild<QWidget *>(name)->geometry()));
    }
};

QTEST_MAIN(TestDetail)
#include "tst_detail.moc"
