// The look is measured: WCAG contrast of every colour that is read, in either appearance, and the bundled font.
#include "support/testmain.h"
#include "widgets/theme/contrast.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/shapes.h"
#include "widgets/theme/theme.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QPixmap>
#include <QSignalSpy>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

QImage drawn(const std::function<void(QPainter &)> &draw, const QColor &background, qreal ratio = 1)
{
    QImage image(QSize(32, 32) * ratio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(background);
    QPainter painter(&image);
    draw(painter);
    return image;
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { loadFonts(); }
    void init() { test::failOnWarnings(); }

    void contrast_data()
    {
        QTest::addColumn<QColor>("colour");
        QTest::addColumn<QColor>("background");
        QTest::addColumn<double>("atLeast");
        for (const auto appearance : {Appearance::Dark, Appearance::Light}) {
            const Theme theme = makeTheme(appearance);
            const QByteArray look = appearance == Appearance::Dark ? "dark" : "light";
            const auto row = [&look](const QByteArray &sentence, const QColor &colour, const QColor &on, double ratio) {
                QTest::newRow((look + ": " + sentence).constData()) << colour << on << ratio;
            };
            row("text on the window", theme.text, theme.window, 7.0);
            row("text on a panel", theme.text, theme.panel, 7.0);
            row("text on a raised panel", theme.text, theme.panelRaised, 7.0);
            row("text on a chip", theme.text, theme.chip, 7.0);
            row("text on a soft accent", theme.text, theme.accentSoft, 7.0);
            row("dim text on the window", theme.textDim, theme.window, 4.5);
            row("dim text on a panel", theme.textDim, theme.panel, 4.5);
            row("dim text on the rail", theme.textDim, theme.rail, 4.5);
            row("dim text on a raised panel", theme.textDim, theme.panelRaised, 4.5);
            row("faint text on the window", theme.textFaint, theme.window, 4.5);
            row("faint text on a panel", theme.textFaint, theme.panel, 4.5);
            row("faint text on the rail", theme.textFaint, theme.rail, 4.5);
            row("faint text on a raised panel", theme.textFaint, theme.panelRaised, 4.5);
            row("dim text on a chip", theme.textDim, theme.chip, 4.5);
            row("a link on a panel", theme.accent, theme.panel, 4.5);
            row("the focus ring on the window", theme.accent, theme.window, 3.0);
            row("the focus ring on a panel", theme.accent, theme.panel, 3.0);
            for (int i = 0; i < stateCount; ++i) {
                const State state = static_cast<State>(i);
                const QByteArray word = QByteArray(name(state).data(), name(state).size());
                row("shape of " + word, theme.state(state), theme.panel, 3.0);
                row("shape of " + word + " on the window", theme.state(state), theme.window, 2.7);
                row("text of " + word + " on a panel", theme.stateText(state), theme.panel, 4.5);
                row("text of " + word + " on a raised panel", theme.stateText(state), theme.panelRaised, 4.5);
                row("text of " + word + " on the window", theme.stateText(state), theme.window, 4.5);
            }
            for (int i = 0; i < 8; ++i)
                row("line of series " + QByteArray::number(i), theme.series(i), theme.panel, 3.0);
        }
    }
    void contrast()
    {
        QFETCH(QColor, colour);
        QFETCH(QColor, background);
        QFETCH(double, atLeast);
        QVERIFY2(contrastRatio(colour, background) >= atLeast,
                 qPrintable(u"%1 on %2 is %3"_s.arg(colour.name(), background.name()).arg(contrastRatio(colour, background))));
    }

    void contrastIsWcags_data()
    {
        QTest::addColumn<QColor>("a");
        QTest::addColumn<QColor>("b");
        QTest::addColumn<double>("ratio");
        QTest::newRow("black on white is the largest there is") << QColor(Qt::black) << QColor(Qt::white) << 21.0;
        QTest::newRow("a colour on itself has none") << QColor(Qt::red) << QColor(Qt::red) << 1.0;
        QTest::newRow("WCAG's well-known grey") << QColor(0x76, 0x76, 0x76) << QColor(Qt::white) << 4.54;
    }
    void contrastIsWcags()
    {
        QFETCH(QColor, a);
        QFETCH(QColor, b);
        QFETCH(double, ratio);
        QVERIFY(std::abs(contrastRatio(a, b) - ratio) < 0.01);
        QVERIFY(std::abs(contrastRatio(b, a) - ratio) < 0.01);
    }

    void darkShapesHaveTheContractsColours_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("colour");
        QTest::newRow("up") << int(State::Up) << u"#2bb58c"_s;
        QTest::newRow("degraded") << int(State::Degraded) << u"#e6a817"_s;
        QTest::newRow("down") << int(State::Down) << u"#e5533d"_s;
        QTest::newRow("unknown") << int(State::Unknown) << u"#7d8792"_s;
        QTest::newRow("checking") << int(State::Checking) << u"#5b8def"_s;
        QTest::newRow("flapping") << int(State::Flapping) << u"#cc79a7"_s;
        QTest::newRow("paused") << int(State::Paused) << u"#6c8ebf"_s;
    }
    void darkShapesHaveTheContractsColours()
    {
        QFETCH(int, state);
        QFETCH(QString, colour);
        QCOMPARE(makeTheme(Appearance::Dark).state(static_cast<State>(state)).name(), colour);
    }

    void everyStateHasAShapeOfItsOwn()
    {
        // Without colour: where a shape has ink must differ between any two states.
        const Theme theme = makeTheme(Appearance::Dark);
        QList<QImage> masks;
        for (int i = 0; i < stateCount; ++i) {
            const auto state = static_cast<State>(i);
            QImage image = drawn([&](QPainter &painter) { paintState(painter, QRectF(0, 0, 32, 32), state, theme); }, theme.panel);
            for (int y = 0; y < 32; ++y)
                for (int x = 0; x < 32; ++x)
                    image.setPixelColor(x, y, image.pixelColor(x, y) == theme.panel ? Qt::black : Qt::white);
            masks << image;
        }
        for (int a = 0; a < stateCount; ++a) {
            for (int b = a + 1; b < stateCount; ++b) {
                int different = 0;
                for (int y = 0; y < 32; ++y)
                    for (int x = 0; x < 32; ++x)
                        different += masks[a].pixel(x, y) != masks[b].pixel(x, y) ? 1 : 0;
                QVERIFY2(different > 60, qPrintable(u"%1 and %2 differ in %3 pixels"_s.arg(a).arg(b).arg(different)));
            }
        }
    }

    void everyStateHasAWord()
    {
        QSet<QString> words;
        for (int i = 0; i < stateCount; ++i)
            words << stateWord(static_cast<State>(i));
        QCOMPARE(words.size(), stateCount);
        QVERIFY(!words.contains(QString()));
    }

    void aHeldRingGrows()
    {
        const Theme theme = makeTheme(Appearance::Dark);
        const auto at = [&theme](qreal share) {
            return drawn([&](QPainter &p) { paintCriterion(p, QRectF(0, 0, 32, 32), CriterionState::Holding, share, theme); }, theme.panel);
        };
        const auto amber = [&theme](const QImage &image) {
            int count = 0;
            for (int y = 0; y < 32; ++y)
                for (int x = 0; x < 32; ++x)
                    count += image.pixelColor(x, y) == theme.criterion(CriterionState::Holding) ? 1 : 0;
            return count;
        };
        QVERIFY(amber(at(0.25)) > 0);
        QVERIFY(amber(at(0.5)) > amber(at(0.25)));
        QVERIFY(amber(at(1.0)) > amber(at(0.5)));
        QCOMPARE(at(0.5), at(0.501)); // in steps: the cache stays small
    }

    void everyIconIsDrawnInTheAskedColour_data()
    {
        QTest::addColumn<int>("icon");
        for (int i = 0; i <= int(Icon::Insecure); ++i)
            QTest::addRow("icon %d", i) << i;
    }
    void everyIconIsDrawnInTheAskedColour()
    {
        QFETCH(int, icon);
        const QImage image = iconPixmap(static_cast<Icon>(icon), QColor(Qt::green), 24, 2).toImage();
        QCOMPARE(image.size(), QSize(48, 48));
        int ink = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor colour = image.pixelColor(x, y);
                ink += colour.alpha() > 200 && colour.green() > 200 && colour.red() == 0 && colour.blue() == 0 ? 1 : 0;
            }
        }
        QVERIFY2(ink > 40, qPrintable(QString::number(ink)));
    }

    void theBundledFontIsUsed_data()
    {
        QTest::addColumn<int>("role");
        QTest::addColumn<int>("pixels");
        QTest::addColumn<int>("weight");
        QTest::newRow("display") << int(TextRole::Display) << 24 << int(QFont::Bold);
        QTest::newRow("value") << int(TextRole::Value) << 22 << int(QFont::Bold);
        QTest::newRow("title") << int(TextRole::Title) << 18 << int(QFont::DemiBold);
        QTest::newRow("heading") << int(TextRole::Heading) << 14 << int(QFont::DemiBold);
        QTest::newRow("body") << int(TextRole::Body) << 13 << int(QFont::Normal);
        QTest::newRow("small") << int(TextRole::Small) << 11 << int(QFont::Normal);
        QTest::newRow("caption") << int(TextRole::Caption) << 11 << int(QFont::DemiBold);
    }
    void theBundledFontIsUsed()
    {
        QFETCH(int, role);
        QFETCH(int, pixels);
        QFETCH(int, weight);
        const Theme theme = makeTheme(Appearance::Dark);
        const QFont font = theme.font(static_cast<TextRole>(role));
        const QFontInfo info(font);
        QVERIFY2(info.family().startsWith(u"Open Sans"), qPrintable(info.family()));
        QCOMPARE(info.weight(), weight);
        QCOMPARE(font.pixelSize(), pixels);
        const QFont doubled = makeTheme(Appearance::Dark, 2.0).font(static_cast<TextRole>(role));
        QCOMPARE(doubled.pixelSize(), 2 * pixels);
    }

    void figuresAreTabular()
    {
        for (const auto role : {TextRole::Display, TextRole::Value, TextRole::Body, TextRole::Small}) {
            const QFontMetricsF metrics(makeTheme(Appearance::Dark).font(role));
            for (char16_t digit = u'0'; digit <= u'9'; ++digit)
                QCOMPARE(metrics.horizontalAdvance(QChar(digit)), metrics.horizontalAdvance(u'0'));
        }
    }

    void aChangeIsSaidOnce()
    {
        ThemeSource source(Appearance::Dark);
        QSignalSpy spy(&source, &ThemeSource::changed);
        source.setAppearance(Appearance::Dark);
        QCOMPARE(spy.size(), 0);
        source.setAppearance(Appearance::Light);
        QCOMPARE(spy.size(), 1);
        source.setScale(1.5);
        QCOMPARE(spy.size(), 2);
        QCOMPARE(source.theme().px(10), 15);
        QVERIFY(source.theme().appearance == Appearance::Light);
        source.setScale(7);
        QCOMPARE(source.theme().scale, 2.0);
        source.setScale(2);
        QCOMPARE(spy.size(), 3);
    }

    void theStyleSheetIsFilledIn()
    {
        for (const auto appearance : {Appearance::Dark, Appearance::Light}) {
            const QString sheet = makeTheme(appearance).styleSheet();
            QVERIFY(!sheet.contains(u'%'));
            qApp->setStyleSheet(sheet); // a sheet that does not parse warns
        }
        qApp->setStyleSheet({});
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
