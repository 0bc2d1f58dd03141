#include "support/testmain.h"

#include "engine/compare.h"

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

using Change = void (*)(Endpoint &);

Endpoint sample()
{
    Endpoint endpoint;
    endpoint.name = u"api"_s;
    endpoint.group = u"Services"_s;
    endpoint.url = u"http://127.0.0.1/health"_s;
    endpoint.kind = Kind::Http;
    endpoint.conditions = {{u"[STATUS] == 200"_s, {3, 5}}};
    return endpoint;
}

SuccessCriterion criterion(const QStringList &endpoints, const QStringList &texts)
{
    SuccessCriterion made;
    made.endpoints = endpoints;
    for (const QString &text : texts)
        made.require.append({text, {}});
    return made;
}

} // namespace
Q_DECLARE_METATYPE(Change)

class TestCompare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void alike_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<bool>("alike");
        const auto row = [](const char *title, bool alike, Change change) { QTest::newRow(title) << change << alike; };
        row("nothing changed", true, [](Endpoint &) {});
        row("moved to another line", true, [](Endpoint &e) { e.mark = {90, 1}; e.conditions[0].mark = {91, 1}; });
        row("thresholds are the verdict's business", true, [](Endpoint &e) { e.failureThreshold = 5; e.successThreshold = 5; });
        row("another component", true, [](Endpoint &e) { e.component = u"auth"_s; });
        row("renamed", false, [](Endpoint &e) { e.name = u"api2"_s; });
        row("another group", false, [](Endpoint &e) { e.group.clear(); });
        row("another URL", false, [](Endpoint &e) { e.url = u"http://127.0.0.1/ready"_s; });
        row("another kind", false, [](Endpoint &e) { e.kind = Kind::WebSocket; });
        row("another method", false, [](Endpoint &e) { e.method = u"HEAD"_s; });
        row("another header", false, [](Endpoint &e) { e.headers = {{"X", "1"}}; });
        row("another body", false, [](Endpoint &e) { e.body = "x"; });
        row("another name to look up", false, [](Endpoint &e) { e.dns.name = u"other.test"_s; });
        row("another record type", false, [](Endpoint &e) { e.dns.type = u"MX"_s; });
        row("GraphQL", false, [](Endpoint &e) { e.graphql = true; });
        row("switched off", false, [](Endpoint &e) { e.enabled = false; });
        row("another interval", false, [](Endpoint &e) { e.interval = 5s; });
        row("another timeout", false, [](Endpoint &e) { e.client.timeout = 3s; });
        row("another condition", false, [](Endpoint &e) { e.conditions[0].text = u"[STATUS] == 204"_s; });
        row("one condition more", false, [](Endpoint &e) { e.conditions.append({u"[CONNECTED] == true"_s, {}}); });
        row("amber sooner", false, [](Endpoint &e) { e.degradedWhen = {{u"[RESPONSE_TIME] > 1"_s, {}}}; });
        row("no longer judged", false, [](Endpoint &e) { e.notJudged = u"later"_s; });
    }
    void alike()
    {
        QFETCH(Change, change);
        QFETCH(bool, alike);
        Endpoint changed = sample();
        change(changed);
        QCOMPARE(probedAlike(sample(), changed), alike);
        QCOMPARE(probedAlike(changed, sample()), alike);
    }

    void requirementsComeFromEveryCriterionThatSelectsTheEndpoint()
    {
        Incident incident;
        incident.criteria = {criterion({u"a"_s, u"b"_s}, {u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 2000"_s}),
                             criterion({u"b"_s}, {u"[CONNECTED] == true"_s}),
                             criterion({u"a"_s}, {u"[STATUS] == 200"_s}), criterion({u"a"_s}, {})};
        QCOMPARE(requirementsOf(u"a"_s, incident), (QStringList{u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 2000"_s}));
        QCOMPARE(requirementsOf(u"b"_s, incident).size(), 3);
        QVERIFY(requirementsOf(u"c"_s, incident).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
