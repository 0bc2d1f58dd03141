// The suspected-cause graph: layers and folding as a table, boxes by real events, words for those who cannot see it.
#include "incidentframes.h"
#include "support/testmain.h"
#include "widgets/causes/causespanel.h"

#include <QSignalSpy>

using namespace allclear;
using namespace allclear::test;

namespace {

/// "vpc", "redis<vpc" (needs vpc), "api!<lb" (up), "pg~<vpc" (degraded), "vpc*" (suspect), "a@Services<lb" (tier).
QList<CauseInput> parsed(const QStringList &rows)
{
    QList<CauseInput> inputs;
    for (const QString &row : rows) {
        const QStringList sides = row.split(u'<');
        CauseInput input;
        QString head = sides[0];
        const qsizetype at = head.indexOf(u'@');
        if (at >= 0) {
            input.tier = head.sliced(at + 1);
            head.truncate(at);
        }
        input.state = head.contains(u'!') ? State::Up : head.contains(u'~') ? State::Degraded : State::Down;
        input.suspect = head.contains(u'*');
        input.name = input.title = head.remove(u'!').remove(u'~').remove(u'*');
        if (sides.size() > 1)
            input.needs = sides[1].split(u',');
        inputs.append(input);
    }
    return inputs;
}

/// Layers separated by '|', boxes of a layer by spaces (spaces in labels become '_').
QString pictureOf(const CauseGraph &graph)
{
    QString text;
    int layer = 0;
    for (qsizetype i = 0; i < graph.nodes.size(); ++i) {
        const CauseNode &node = graph.nodes[i];
        if (i > 0)
            text += node.layer != layer ? u" | "_s : u" "_s;
        layer = node.layer;
        text += QString(node.label).replace(u' ', u'_');
    }
    return text;
}

QString edgesOf(const CauseGraph &graph)
{
    QStringList edges;
    for (const CauseEdge &edge : graph.edges)
        edges += graph.nodes[edge.from].label + (edge.lit ? u"=>"_s : u"->"_s) + graph.nodes[edge.to].label;
    edges.sort();
    return edges.join(u' ');
}

struct Fixture {
    explicit Fixture(Stage stage, QSize size = {600, 195}, qreal scale = 1)
        : founding(stage), theme(Appearance::Dark, scale), panel(&founding.board, &theme)
    {
        panel.resize(size);
        panel.show();
        QCoreApplication::processEvents();
    }
    FoundingBoard founding;
    ThemeSource theme;
    CausesPanel panel;
};

} // namespace

class TestCauses : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void layers_data()
    {
        QTest::addColumn<QStringList>("components");
        QTest::addColumn<int>("layersAtMost");
        QTest::addColumn<int>("rowsAtMost");
        QTest::addColumn<int>("fold");
        QTest::addColumn<QString>("picture");
        const int open = int(Fold::Open), joined = int(Fold::Joined), tight = int(Fold::Tight);
        const QStringList chain{u"vpc*"_s, u"pg~<vpc"_s, u"redis<vpc"_s, u"run<pg,redis"_s};
        QTest::newRow("most upstream is left") << chain << 9 << 9 << open << u"vpc | pg redis | run"_s;
        QTest::newRow("nothing failing draws nothing") << QStringList{u"a!"_s, u"b!<a"_s} << 9 << 9 << open << QString();
        QTest::newRow("healthy ones beside the path stay out") << QStringList{u"a"_s, u"b!"_s, u"c<a,b"_s} << 9 << 9 << open << u"a | c"_s;
        QTest::newRow("healthy ones on the path are shown") << QStringList{u"a"_s, u"b!<a"_s, u"c<b"_s} << 9 << 9 << open << u"a | b | c"_s;
        QTest::newRow("three alike share a box")
            << QStringList{u"lb@Edge"_s, u"a@Services<lb"_s, u"b@Services<lb"_s, u"c@Services<lb"_s} << 9 << 9 << open << u"lb | Services_3"_s;
        QTest::newRow("two alike stay apart when there is room")
            << QStringList{u"lb@Edge"_s, u"a@Services<lb"_s, u"b@Services<lb"_s} << 9 << 9 << open << u"lb | a b"_s;
        QTest::newRow("two alike share a box when there is none")
            << QStringList{u"lb@Edge"_s, u"a@Services<lb"_s, u"b@Services<lb"_s} << 9 << 9 << tight << u"lb | Services_2"_s;
        QTest::newRow("another state stays apart")
            << QStringList{u"lb@Edge"_s, u"a@Services<lb"_s, u"b~@Services<lb"_s, u"c@Services<lb"_s} << 9 << 9 << open << u"lb | a b c"_s;
        QTest::newRow("dependents of the same tier join when tight")
            << QStringList{u"lb@Edge"_s, u"a@Services<lb"_s, u"b@Services<lb"_s, u"agents@Services<a,b"_s} << 9 << 9 << tight << u"lb | Services_3"_s;
        QTest::newRow("dependents join before two alike do")
            << QStringList{u"vpc@Platform"_s, u"pg@Data<vpc"_s, u"redis@Data<vpc"_s, u"a@Services<redis"_s, u"b@Services<redis"_s,
                           u"c@Services<redis"_s, u"agents@Services<a,b"_s}
            << 9 << 9 << joined << u"vpc | pg redis | Services_4"_s;
        QTest::newRow("too many rows end in a box of the rest")
            << QStringList{u"a*"_s, u"b*"_s, u"c*"_s, u"d*"_s} << 9 << 2 << tight << u"a 3_more"_s;
        QTest::newRow("too many layers end in a box of the rest")
            << QStringList{u"a"_s, u"b<a"_s, u"c<b"_s, u"d<c"_s} << 3 << 9 << tight << u"a | b | 2_more"_s;
        QTest::newRow("unknown needs are ignored") << QStringList{u"a<nobody"_s} << 9 << 9 << open << u"a"_s;
    }
    void layers()
    {
        QFETCH(QStringList, components);
        QFETCH(int, layersAtMost);
        QFETCH(int, rowsAtMost);
        QFETCH(int, fold);
        QFETCH(QString, picture);
        const CauseGraph graph = causeGraph(parsed(components), static_cast<Fold>(fold), layersAtMost, rowsAtMost);
        QCOMPARE(pictureOf(graph), picture);
    }

    void edges_data()
    {
        QTest::addColumn<QStringList>("components");
        QTest::addColumn<QString>("edges");
        QTest::newRow("failing at both ends is lit") << QStringList{u"a"_s, u"b<a"_s} << u"a=>b"_s;
        QTest::newRow("degraded at one end is not") << QStringList{u"a"_s, u"b~<a"_s} << u"a->b"_s;
        QTest::newRow("short cuts are left out") << QStringList{u"a"_s, u"b<a"_s, u"c<a,b"_s} << u"a=>b b=>c"_s;
    }
    void edges()
    {
        QFETCH(QStringList, components);
        QFETCH(QString, edges);
        QCOMPARE(edgesOf(causeGraph(parsed(components), Fold::Open, 9, 9)), edges);
    }

    void edgesGoRoundTheBoxesTheyPass()
    {
        const CauseGraph graph = causeGraph(parsed({u"a*"_s, u"tls*"_s, u"b<a"_s, u"c<b"_s, u"d<c,tls"_s}), Fold::Open, 9, 9);
        const QRectF area(0, 0, 500, 160);
        const QList<QRectF> boxes = placeNodes(graph, area, {80, 40}, {20, 10});
        for (const CauseEdge &edge : graph.edges) {
            const QPainterPath path = edgePath(graph, boxes, edge, area);
            for (int step = 0; step <= 100; ++step) {
                const QPointF point = path.pointAtPercent(step / 100.0);
                QVERIFY(area.contains(point));
                for (const QRectF &box : boxes)
                    QVERIFY(!box.adjusted(1, 1, -1, -1).contains(point));
            }
        }
    }

    void aThousandFailingComponentsFit()
    {
        QStringList rows{u"root*"_s};
        for (int i = 0; i < 999; ++i)
            rows += u"c%1<%2"_s.arg(i).arg(i % 3 == 0 || i < 3 ? u"root"_s : u"c%1"_s.arg(i - 3 + i % 2));
        const CauseGraph graph = causeGraph(parsed(rows), Fold::Tight, 6, 4);
        QVERIFY(graph.layers <= 6);
        QVERIFY(graph.rows <= 4);
        qsizetype drawn = 0;
        for (const CauseNode &node : graph.nodes)
            drawn += node.components.size();
        QCOMPARE(drawn, 1000); // nobody is lost
    }

    void boxesFitAndDoNotTouch_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<qreal>("scale");
        QTest::newRow("1920×1080") << QSize(600, 195) << 1.0;
        QTest::newRow("1366×768") << QSize(400, 130) << 1.0;
        QTest::newRow("1366×768, narrow") << QSize(300, 110) << 1.0;
        QTest::newRow("1920×1080 with text of 200 %") << QSize(700, 300) << 2.0;
    }
    void boxesFitAndDoNotTouch()
    {
        QFETCH(QSize, size);
        QFETCH(qreal, scale);
        Fixture f(Stage::Crisis, size, scale);
        const auto boxes = f.panel.findChildren<CauseBox *>();
        QVERIFY(boxes.size() >= 2);
        for (const CauseBox *box : boxes) {
            QVERIFY(f.panel.rect().contains(box->geometry()));
            for (const CauseBox *other : boxes)
                QVERIFY(other == box || !other->geometry().adjusted(2, 2, -2, -2).intersects(box->geometry().adjusted(2, 2, -2, -2)));
        }
    }

    void theNoteCountsWhatIsExplained_data()
    {
        QTest::addColumn<int>("stage");
        QTest::addColumn<QString>("note");
        QTest::newRow("crisis") << int(Stage::Crisis) << u"explains 8 of 8 others"_s;
        QTest::newRow("recovery") << int(Stage::Recovery) << u"explains 6 of 6 others"_s;
        QTest::newRow("all clear") << int(Stage::Clear) << u"nothing is failing"_s;
    }
    void theNoteCountsWhatIsExplained()
    {
        QFETCH(int, stage);
        QFETCH(QString, note);
        Fixture f(static_cast<Stage>(stage));
        QCOMPARE(f.panel.note(), note);
    }

    void theSuspectIsSpoken()
    {
        Fixture f(Stage::Crisis);
        QVERIFY(f.panel.accessibleDescription().startsWith(u"VPC connector is the most upstream failure; on it wait Redis, Cloud Run"_s));
        QVERIFY(f.panel.accessibleDescription().endsWith(u"Degraded: PostgreSQL."_s));
        auto *box = f.panel.findChild<CauseBox *>(u"cause:vpc-connector"_s);
        QVERIFY(box);
        QCOMPARE(box->accessibleName(), u"VPC connector: Down, most upstream"_s);
    }

    void whenAllIsWellItIsCalm()
    {
        Fixture f(Stage::Clear);
        QVERIFY(f.panel.findChildren<CauseBox *>().isEmpty());
        QVERIFY(f.panel.summary().startsWith(u"Nothing is failing"_s));
        QVERIFY(f.panel.summary().contains(u"Five whys: 1 confirmed, 0 refuted, 1 untested."_s));
    }

    void aBoxOpensItsComponent()
    {
        Fixture f(Stage::Crisis);
        QSignalSpy opened(&f.panel, &CausesPanel::opened);
        auto *box = f.panel.findChild<CauseBox *>(u"cause:redis"_s);
        QTest::mouseClick(box, Qt::LeftButton);
        QTest::keyClick(box, Qt::Key_Space);
        QCOMPARE(opened.size(), 2);
        QCOMPARE(opened.first().first().toString(), u"redis"_s);
    }

    void theGraphFollowsTheBoard()
    {
        Fixture f(Stage::Crisis);
        f.founding.apply(Stage::Clear);
        QVERIFY(f.panel.findChildren<CauseBox *>().isEmpty());
        f.founding.apply(Stage::Recovery);
        QVERIFY(f.panel.findChild<CauseBox *>(u"cause:cloud-run"_s)->node().suspect);
    }
};

QTEST_MAIN(TestCauses)
#include "tst_causes.moc"
