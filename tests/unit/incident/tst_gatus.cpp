// A Gatus file opens unchanged: what we do not have is announced once and never green.
#include "support/testmain.h"

#include "incident/reader.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

ReadResult readFixture(const QString &name)
{
    const ReadOptions options{.variables = {}, .useEnvironment = false, .directory = {}};
    return readIncidentFile(QStringLiteral(FIXTURES "/incident/") + name, options);
}

QStringList messages(const Diagnostics &diagnostics)
{
    QStringList list;
    for (const Diagnostic &diagnostic : diagnostics)
        list.append((diagnostic.severity == Severity::Error ? u"error: "_s : QString()) + diagnostic.message);
    return list;
}

QStringList gatusNotices(const QStringList &paths)
{
    QStringList list;
    for (const QString &path : paths)
        list.append(u"`%1` is Gatus's and has no effect here"_s.arg(path));
    return list;
}

} // namespace

class TestGatus : public QObject {
Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void websiteOpens();
    void clientBlocksOpen();
    void suiteOpens();
    void noticesAreSaidOnce_data();
    void noticesAreSaidOnce();
    void oldSpellingIsExplained();
};

void TestGatus::websiteOpens()
{
    const ReadResult result = readFixture(u"gatus-website.yaml"_s);
    QCOMPARE(messages(result.diagnostics),
             gatusNotices({u"alerting"_s, u"metrics"_s, u"storage"_s, u"web"_s, u"ui"_s, u"maintenance"_s, u"connectivity"_s, u"endpoints[].alerts"_s}));
    QVERIFY(result.incident);
    const Incident &incident = *result.incident;
    QCOMPARE(incident.title, u"gatus-website"_s);
    QCOMPARE(incident.endpoints.size(), 7);
    const Endpoint &landing = *incident.endpoint(u"shop/landing-page"_s);
    QCOMPARE(landing.interval, Duration(5min));
    QCOMPARE(landing.client.timeout, Duration(5s));
    QCOMPARE(landing.conditions.size(), 2);
    QCOMPARE(incident.endpoint(u"shop/checkout"_s)->conditions.size(), 3);
    const Endpoint &orders = *incident.endpoint(u"core/orders"_s);
    QCOMPARE(orders.body, QByteArray(R"({"query":"{ orders(last: 1) { id } }"})"));
    QCOMPARE(orders.failureThreshold, 1);
    QCOMPARE(incident.endpoint(u"nameserver"_s)->kind, Kind::Dns);
    QVERIFY(incident.endpoint(u"nameserver"_s)->notJudged.isEmpty());
    QCOMPARE(incident.endpoint(u"nameserver"_s)->url, u"dns://8.8.8.8"_s);
    QCOMPARE(incident.endpoint(u"nameserver"_s)->dns.name, u"example.org"_s);
    QCOMPARE(incident.endpoint(u"nameserver"_s)->dns.type, u"A"_s);
    QCOMPARE(incident.endpoint(u"gateway"_s)->kind, Kind::Icmp);
    QCOMPARE(incident.endpoint(u"domain"_s)->notJudged, u"no probe looks up [DOMAIN_EXPIRATION] yet"_s);
    QVERIFY(!incident.endpoint(u"retired"_s)->enabled);
    QCOMPARE(incident.components.size(), 7);
    QCOMPARE(incident.components[0].tier, u"shop"_s);
    QVERIFY(incident.criteria.isEmpty());
    QCOMPARE(incident.availabilityOf.size(), 6);
}

void TestGatus::clientBlocksOpen()
{
    const ReadResult result = readFixture(u"gatus-client.yaml"_s);
    QCOMPARE(messages(result.diagnostics),
             gatusNotices({u"debug"_s, u"concurrency"_s, u"skip-invalid-config-update"_s, u"disable-monitoring-lock"_s, u"tunneling"_s,
                           u"endpoints[].client.tls.renegotiation"_s, u"endpoints[].maintenance-windows"_s, u"endpoints[].ssh"_s, u"endpoints[].ui"_s, u"endpoints[].extra-labels"_s}));
    QVERIFY(result.incident);
    const Incident &incident = *result.incident;
    QVERIFY(incident.endpoint(u"mutual-tls"_s)->client.insecure);
    QCOMPARE(incident.endpoint(u"mutual-tls"_s)->client.privateKeyFile, u"/certs/client.key"_s);
    QVERIFY(incident.endpoint(u"mutual-tls"_s)->notJudged.isEmpty());
    const Endpoint &oauth = *incident.endpoint(u"oauth"_s);
    QVERIFY(oauth.notJudged.isEmpty());
    QCOMPARE(oauth.client.oauth2, (OAuth2Options{u"https://login.example.org/token"_s, u"probe"_s, u"not-a-real-client-secret"_s, {u"read"_s}}));
    QCOMPARE(incident.endpoint(u"resolver"_s)->notJudged, QString());
    QCOMPARE(incident.endpoint(u"resolver"_s)->client.dnsResolver, u"tcp://9.9.9.9:53"_s);
    const Endpoint &feed = *incident.endpoint(u"feed"_s);
    QCOMPARE(feed.client.subprotocols, (QStringList{u"feed.v2"_s, u"feed.v1"_s}));
    QVERIFY(feed.headers.isEmpty());
    QCOMPARE(incident.endpoint(u"bastion"_s)->notJudged, u"no probe for ssh:// yet"_s);
    for (const QString &secret : {u"not-a-real-client-secret"_s, u"not-a-real-password"_s})
        QCOMPARE(incident.secrets.mask(secret), u"•••"_s);
}

void TestGatus::suiteOpens()
{
    const ReadResult result = readFixture(u"gatus-suite.yaml"_s);
    QCOMPARE(messages(result.diagnostics), QStringList());
    QVERIFY(result.incident);
    const Endpoint &suite = result.incident->endpoints.last();
    const QJsonObject context{{u"price"_s, u"19.99"_s},
                              {u"user"_s, QJsonObject{{u"name"_s, u"probe"_s}, {u"roles"_s, QJsonArray{u"reader"_s, u"writer"_s}}}}};
    QCOMPARE(suite.journey->context, context);
    QCOMPARE(suite.client.timeout, Duration(5min));
    QVERIFY(suite.journey->steps[2].alwaysRun);
    QCOMPARE(suite.journey->steps[1].endpoint.url, u"https://api.example.org/products/[CONTEXT].product_id"_s);
    QCOMPARE(suite.notJudged, QString());
}

void TestGatus::noticesAreSaidOnce_data()
{
    QTest::addColumn<QString>("key");
    for (const char *key : {"alerting", "announcements", "concurrency", "connectivity", "debug", "disable-monitoring-lock", "external-endpoints",
                            "maintenance", "metrics", "remote", "security", "skip-invalid-config-update", "storage", "tunneling", "ui", "web"})
        QTest::newRow(key) << QString::fromLatin1(key);
    for (const char *key : {"alerts", "ui", "maintenance-windows", "ssh", "sftp", "mqtt", "grpc", "redis", "extra-labels"})
        QTest::newRow(qPrintable(u"endpoints[]."_s + QString::fromLatin1(key))) << u"endpoints[].%1"_s.arg(QString::fromLatin1(key));
    for (const char *key : {"identity-aware-proxy", "kerberos", "network", "tunnel"})
        QTest::newRow(key) << u"endpoints[].client.%1"_s.arg(QString::fromLatin1(key));
}

void TestGatus::noticesAreSaidOnce()
{
    QFETCH(QString, key);
    const QString name = key.section(u'.', -1);
    const QString top = key == name ? name + ": {a: [1, {b: c}]}\n"_L1 : QString();
    const QString inner = key.contains(u"client"_s) ? u"    client: {%1: {a: b}}\n"_s.arg(name) : key == name ? QString() : u"    %1: {a: b}\n"_s.arg(name);
    QString yaml = top + "endpoints:\n"_L1;
    for (const QString &endpoint : {u"one"_s, u"two"_s})
        yaml += u"  - name: %1\n    url: https://a.test\n    conditions: [\"[STATUS] == 200\"]\n"_s.arg(endpoint) + inner;
    const ReadResult result = readIncident(yaml.toUtf8());
    QVERIFY(result.incident);
    QCOMPARE(messages(result.diagnostics), gatusNotices({key}));
}

void TestGatus::oldSpellingIsExplained()
{
    const ReadResult result = readIncident("services: [{name: a}]\n");
    QVERIFY(!result.incident);
    QCOMPARE(result.diagnostics[0].message, u"unknown key `services`"_s);
    QCOMPARE(result.diagnostics[0].suggestion, u"Gatus calls it `endpoints` since version 3"_s);
}

QTEST_GUILESS_MAIN(TestGatus)
#include "tst_gatus.moc"
