#include "support/incidentbuilder.h"
#include "support/testmain.h"
#include "verdict/judge.h"

using namespace allclear;
using namespace allclear::test;

namespace
{

/// The founding incident's graph; nothing watches the load balancer, yet causes pass through it.
IncidentPtr staging()
{
    IncidentBuilder builder;
    builder.component(u"vpc-connector"_s);
    builder.component(u"postgres"_s, {u"vpc-connector"_s});
    builder.component(u"redis"_s, {u"vpc-connector"_s});
    builder.component(u"cloud-run"_s, {u"postgres"_s, u"redis"_s});
    builder.component(u"certificates"_s);
    builder.component(u"load-balancer"_s, {u"cloud-run"_s, u"certificates"_s});
    builder.component(u"api"_s, {u"load-balancer"_s});
    builder.component(u"agents"_s, {u"api"_s});
    for (const QString &name :
         {u"vpc-connector"_s, u"postgres"_s, u"redis"_s, u"cloud-run"_s, u"certificates"_s, u"api"_s, u"agents"_s})
        builder.endpoint(name);
    return builder.build();
}

Verdict judged(const IncidentPtr &incident, const QStringList &down, const QStringList &amber = {})
{
    Ledger ledger(incident, Mode::OverTime);
    for (const Endpoint &endpoint : incident->endpoints) {
        const EndpointKey key = endpoint.key();
        ledger.add(share(down.contains(key)        ? failed(key, t0)
                             : amber.contains(key) ? degraded(key, t0)
                                                   : passed(key, t0)));
    }
    return judge(ledger, t0);
}

const ComponentStatus &component(const Verdict &verdict, const QString &name)
{
    return *std::ranges::find(verdict.components, name, &ComponentStatus::name);
}

/// "up" passes, "down" fails, … : a component of one endpoint per word.
ComponentStatus componentOf(const QString &words)
{
    IncidentBuilder builder;
    builder.component(u"api"_s);
    Circumstances circumstances;
    const QStringList list = words.split(u' ', Qt::SkipEmptyParts);
    for (int index = 0; index < list.size(); ++index) {
        if (list[index] == "journey"_L1) {
            builder.journey(u"journey"_s, u"api"_s).notJudged = u"step `log in`: variable ${USER} is not set"_s;
            continue;
        }
        Endpoint &endpoint = builder.endpoint(u"e%1"_s.arg(index), u"api"_s);
        endpoint.enabled = list[index] != "disabled"_L1;
        if (list[index] == "unjudged"_L1)
            endpoint.notJudged = u"redis is not judged yet"_s;
        if (list[index] == "paused"_L1)
            circumstances.paused.insert(endpoint.key());
    }
    Ledger ledger(builder.build(), Mode::OverTime);
    for (int index = 0; index < list.size(); ++index) {
        const QString key = u"e%1"_s.arg(index);
        if (list[index] == "up"_L1)
            ledger.add(share(passed(key, t0)));
        else if (list[index] == "degraded"_L1)
            ledger.add(share(degraded(key, t0)));
        else if (list[index] == "down"_L1 || list[index] == "disabled"_L1)
            ledger.add(share(failed(key, t0)));
    }
    return judge(ledger, t0, circumstances).components[0];
}

} // namespace

class TestComponents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void theWorstEndpointDecides_data()
    {
        QTest::addColumn<QString>("endpoints");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("worst");
        using enum State;
        QTest::newRow("all up is up, the first names it") << u"up up"_s << Up << u"e0"_s;
        QTest::newRow("one degraded is degraded") << u"up degraded up"_s << Degraded << u"e1"_s;
        QTest::newRow("one down is down") << u"up degraded down"_s << Down << u"e2"_s;
        QTest::newRow("one awaited is checking") << u"up awaited"_s << Checking << u"e1"_s;
        QTest::newRow("one paused is paused") << u"up paused"_s << Paused << u"e1"_s;
        QTest::newRow("one not judged is unknown") << u"up unjudged"_s << Unknown << u"e1"_s;
        QTest::newRow("down is worse than not judged") << u"down unjudged"_s << Down << u"e0"_s;
        QTest::newRow("only not judged is unknown") << u"unjudged"_s << Unknown << u"e0"_s;
        QTest::newRow("a disabled endpoint is left out") << u"up disabled"_s << Up << u"e0"_s;
        QTest::newRow("without endpoints it is unknown") << u""_s << Unknown << u""_s;
        QTest::newRow("only disabled endpoints watch nothing") << u"disabled"_s << Unknown << u""_s;
        QTest::newRow("a journey that cannot be judged is unknown") << u"up journey"_s << Unknown << u"journey"_s;
    }

    void theWorstEndpointDecides()
    {
        QFETCH(QString, endpoints);
        QFETCH(State, state);
        QFETCH(QString, worst);
        const ComponentStatus status = componentOf(endpoints);
        QCOMPARE(name(status.state), name(state));
        QCOMPARE(status.worst, worst);
    }

    void unknownSaysWhy_data()
    {
        QTest::addColumn<QString>("endpoints");
        QTest::addColumn<QString>("reason");
        QTest::newRow("nothing watches it") << u""_s << u"nothing watches it"_s;
        QTest::newRow("a journey that cannot be judged") << u"journey"_s << u"step `log in`: variable ${USER} is not set"_s;
        QTest::newRow("a scheme without a probe") << u"up unjudged"_s << u"redis is not judged yet"_s;
        QTest::newRow("up needs no reason") << u"up"_s << u""_s;
    }

    void unknownSaysWhy()
    {
        QFETCH(QString, endpoints);
        QFETCH(QString, reason);
        QCOMPARE(componentOf(endpoints).reason, reason);
    }

    void causesAreNamed_data()
    {
        QTest::addColumn<QStringList>("down");
        QTest::addColumn<QStringList>("suspects"); // "name:explained,explained"
        QTest::addColumn<QStringList>("waits"); // "component>cause"
        QTest::newRow("nothing fails, nothing is suspected") << QStringList{} << QStringList{} << QStringList{};
        QTest::newRow("a lone failure is its own suspect")
            << QStringList{u"redis"_s} << QStringList{u"redis:"_s} << QStringList{};
        QTest::newRow("the most upstream failing component is waited on")
            << QStringList{u"vpc-connector"_s, u"redis"_s, u"cloud-run"_s, u"api"_s}
            << QStringList{u"vpc-connector:redis,cloud-run,api"_s}
            << QStringList{u"redis>vpc-connector"_s, u"cloud-run>vpc-connector"_s, u"api>vpc-connector"_s};
        QTest::newRow("causes pass through a component that nothing watches")
            << QStringList{u"cloud-run"_s, u"api"_s} << QStringList{u"cloud-run:api"_s}
            << QStringList{u"api>cloud-run"_s};
        QTest::newRow("causes pass through components that are up")
            << QStringList{u"vpc-connector"_s, u"agents"_s} << QStringList{u"vpc-connector:agents"_s}
            << QStringList{u"agents>vpc-connector"_s};
        QTest::newRow("of several causes the one that explains more leads")
            << QStringList{u"vpc-connector"_s, u"cloud-run"_s, u"certificates"_s, u"api"_s}
            << QStringList{u"vpc-connector:cloud-run,api"_s, u"certificates:api"_s}
            << QStringList{u"cloud-run>vpc-connector"_s, u"api>vpc-connector"_s};
        QTest::newRow("of equal causes the file's order leads")
            << QStringList{u"postgres"_s, u"redis"_s, u"cloud-run"_s}
            << QStringList{u"postgres:cloud-run"_s, u"redis:cloud-run"_s} << QStringList{u"cloud-run>postgres"_s};
        QTest::newRow("a cause that is not upstream is not waited on")
            << QStringList{u"certificates"_s, u"vpc-connector"_s, u"redis"_s}
            << QStringList{u"vpc-connector:redis"_s, u"certificates:"_s} << QStringList{u"redis>vpc-connector"_s};
    }

    void causesAreNamed()
    {
        QFETCH(QStringList, down);
        QFETCH(QStringList, suspects);
        QFETCH(QStringList, waits);
        const Verdict verdict = judged(staging(), down);
        QStringList named;
        for (const Suspect &suspect : verdict.suspects) {
            named.append(suspect.component + u':' + suspect.explains.join(u','));
            QVERIFY(component(verdict, suspect.component).suspect);
            QVERIFY(component(verdict, suspect.component).waitsOn.isEmpty());
        }
        QStringList waiting;
        for (const ComponentStatus &status : verdict.components) {
            if (!status.waitsOn.isEmpty())
                waiting.append(status.name + u'>' + status.waitsOn);
            if (down.contains(status.name))
                QCOMPARE(name(status.state), name(State::Down)); // keeps its own state
        }
        QCOMPARE(named, suspects);
        QCOMPARE(waiting, waits);
    }

    void degradedIsNotFailing()
    {
        const Verdict verdict = judged(staging(), {u"redis"_s}, {u"vpc-connector"_s});
        QCOMPARE(verdict.suspects.size(), 1);
        QCOMPARE(verdict.suspects[0].component, u"redis"_s);
        QVERIFY(component(verdict, u"redis"_s).waitsOn.isEmpty());
    }

    void flappingIsFailing()
    {
        IncidentBuilder builder;
        builder.component(u"db"_s);
        builder.component(u"api"_s, {u"db"_s});
        builder.endpoint(u"db"_s);
        builder.endpoint(u"api"_s);
        Ledger ledger(builder.build(), Mode::OverTime);
        TimePoint at = t0;
        for (int index = 0; index < 12; ++index) {
            at += 10s;
            ledger.add(share(index % 2 == 0 ? passed(u"db"_s, at) : failed(u"db"_s, at)));
            ledger.add(share(failed(u"api"_s, at)));
        }
        const Verdict verdict = judge(ledger, at);
        QCOMPARE(name(component(verdict, u"db"_s).state), name(State::Flapping));
        QCOMPARE(component(verdict, u"api"_s).waitsOn, u"db"_s);
        QVERIFY(component(verdict, u"db"_s).suspect);
    }

    void sinceIsTheEarliestOfTheDecidingState()
    {
        IncidentBuilder builder;
        builder.endpoint(u"a"_s, u"api"_s);
        builder.endpoint(u"b"_s, u"api"_s);
        Ledger ledger(builder.build(), Mode::OverTime);
        ledger.add(share(failed(u"b"_s, t0)));
        ledger.add(share(failed(u"a"_s, t0 + 5s)));
        QCOMPARE(*judge(ledger, t0 + 6s).components[0].since, t0);
    }

    void aCycleInAHandMadeGraphDoesNotHang()
    {
        IncidentBuilder builder;
        builder.component(u"a"_s, {u"b"_s, u"nobody"_s});
        builder.component(u"b"_s, {u"a"_s});
        builder.endpoint(u"a"_s);
        builder.endpoint(u"b"_s);
        const Verdict verdict = judged(builder.build(), {u"a"_s, u"b"_s});
        QVERIFY(verdict.suspects.isEmpty());
        QCOMPARE(verdict.overall, Overall::NotClear);
    }

    void aThousandComponentsInAChainNameOneCause()
    {
        IncidentBuilder builder;
        QStringList down;
        for (int index = 0; index < 1000; ++index) {
            const QString name = u"c%1"_s.arg(index);
            builder.component(name, index == 0 ? QStringList{} : QStringList{u"c%1"_s.arg(index - 1)});
            down.append(name);
        }
        for (const QString &name : down)
            builder.endpoint(name);
        const Verdict verdict = judged(builder.build(), down);
        QCOMPARE(verdict.suspects.size(), 1);
        QCOMPARE(verdict.suspects[0].explains.size(), 999);
        QCOMPARE(verdict.components.last().waitsOn, u"c0"_s);
    }
};

QTEST_GUILESS_MAIN(TestComponents)
#include "tst_components.moc"
