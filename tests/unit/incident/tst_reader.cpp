// What the reader makes of defaults, variables, secrets and references.
#include "support/testmain.h"

#include "incident/reader.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

QString shown(const Diagnostics &diagnostics)
{
    QStringList lines;
    for (const Diagnostic &diagnostic : diagnostics)
        lines.append(toText(diagnostic, u"f"_s));
    return lines.join(u'\n');
}

ReadResult read(const QByteArray &yaml, ReadOptions options = {.variables = {}, .useEnvironment = false, .directory = u"/etc/incident"_s})
{
    return readIncident(yaml, options, u"/etc/incident/shop.yaml"_s);
}

/// One endpoint with `lines` under it.
QByteArray endpointWith(const QByteArray &lines, const QByteArray &before = {})
{
    return before + "endpoints:\n  - name: api\n    url: https://api.test/health\n    conditions: [\"[STATUS] == 200\"]\n" + lines;
}

#define READ(result) \
    QVERIFY2(result.incident, qUtf8Printable(shown(result.diagnostics)))

} // namespace

class TestReader : public QObject {
Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void defaultsAreMergedKeyByKey();
    void bodies_data();
    void bodies();
    void clientOptions();
    void kinds_data();
    void kinds();
    void nameServers_data();
    void nameServers();
    void variables_data();
    void variables();
    void variablesNeverAddStructure();
    void unsetVariableKeepsAnEndpointFromBeingJudged();
    void secretsAreMasked_data();
    void secretsAreMasked();
    void suitesThatCannotBeJudged_data();
    void suitesThatCannotBeJudged();
    void aSuiteIsAsInsecureAsItsSteps();
    void impliedComponents();
    void references_data();
    void references();
    void dueTimes();
    void moneyTexts_data();
    void moneyTexts();
    void historyIds();
    void files();
    void textForms_data();
    void textForms();
};

void TestReader::init()
{
    test::failOnWarnings();
    qputenv("ALLCLEAR_TEST_HOST", "environment.test");
}

void TestReader::cleanup() { qunsetenv("ALLCLEAR_TEST_HOST"); }

void TestReader::defaultsAreMergedKeyByKey()
{
    const ReadResult result = read(R"(
defaults:
  interval: 15s
  method: HEAD
  headers: { Accept: text/plain, X-Team: blue }
  client: { timeout: 4s, insecure: true, tls: { ca-file: ca.pem, server-name: a.test } }
  degraded-when: ["[RESPONSE_TIME] > 500"]
endpoints:
  - name: a
    url: https://a.test
    interval: 5s
    headers: { X-Team: red }
    client: { timeout: 2s, tls: { server-name: b.test } }
    conditions: ["[STATUS] == 200"]
  - name: b
    url: https://b.test
    method: GET
    degraded-when: []
    conditions: ["[STATUS] == 200"]
)");
    READ(result);
    const Endpoint &a = result.incident->endpoints[0];
    QCOMPARE(a.interval, Duration(5s));
    QCOMPARE(a.method, u"HEAD"_s);
    QCOMPARE(a.client.timeout, Duration(2s));
    QVERIFY(a.client.insecure);
    QCOMPARE(a.client.caFile, u"/etc/incident/ca.pem"_s);
    QCOMPARE(a.client.serverName, u"b.test"_s);
    QCOMPARE(a.headers, (QList<std::pair<QByteArray, QByteArray>>{{"X-Team", "red"}, {"Accept", "text/plain"}}));
    QCOMPARE(a.degradedWhen.size(), 1);
    const Endpoint &b = result.incident->endpoints[1];
    QCOMPARE(b.interval, Duration(15s));
    QCOMPARE(b.method, u"GET"_s);
    QVERIFY(b.degradedWhen.isEmpty());
    QCOMPARE(b.headers.size(), 2);
}

void TestReader::bodies_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("none") << QByteArray() << QByteArray();
    QTest::newRow("as written") << QByteArray("    body: '{\"a\": \"ü\"}'\n") << QByteArray("{\"a\": \"ü\"}");
    QTest::newRow("over several lines") << QByteArray("    body: |\n      one\n      two\n") << QByteArray("one\ntwo\n");
    QTest::newRow("a number") << QByteArray("    body: 12\n") << QByteArray("12");
    QTest::newRow("GraphQL is wrapped") << QByteArray("    graphql: true\n    body: '{ a(b: \"c\") }'\n") << QByteArray(R"({"query":"{ a(b: \"c\") }"})");
    QTest::newRow("Gatus's placeholders") << QByteArray("    group: g\n    body: '[ENDPOINT_NAME] [ENDPOINT_GROUP] [ENDPOINT_URL]'\n")
                                          << QByteArray("api g https://api.test/health");
    QTest::newRow("an escaped dollar sign") << QByteArray("    body: 'costs $$5'\n") << QByteArray("costs $5");
}

void TestReader::bodies()
{
    QFETCH(QByteArray, lines);
    QFETCH(QByteArray, body);
    const ReadResult result = read(endpointWith(lines));
    READ(result);
    const Endpoint &endpoint = result.incident->endpoints[0];
    QCOMPARE(endpoint.body, body);
    QCOMPARE(endpoint.headers.contains({"Content-Type", "application/json"}), endpoint.graphql);
}

void TestReader::clientOptions()
{
    const ReadResult result = read(endpointWith(R"(    client:
      timeout: 1500ms
      insecure: yes
      ignore-redirect: true
      keep-alive: on
      http-version: 2
      store-cookies: true
      max-body-size: 2MiB
      proxy-url: http://user:proxypass@proxy.test:3128
      starttls: imap
      subprotocols: [chat.v2, jwt.abc]
      tls: { ca-file: ../ca.pem, certificate-file: /c.pem, private-key-file: k.pem, server-name: s.test }
)"));
    READ(result);
    ClientOptions expected;
    expected.timeout = 1500ms;
    expected.insecure = expected.ignoreRedirect = expected.keepAlive = expected.storeCookies = true;
    expected.httpVersion = HttpVersion::Http2;
    expected.maxBodyBytes = 2 * 1024 * 1024;
    expected.proxyUrl = u"http://user:proxypass@proxy.test:3128"_s;
    expected.startTls = StartTlsProtocol::Imap;
    expected.subprotocols = {u"chat.v2"_s, u"jwt.abc"_s};
    expected.caFile = u"/etc/ca.pem"_s;
    expected.certificateFile = u"/c.pem"_s;
    expected.privateKeyFile = u"/etc/incident/k.pem"_s;
    expected.serverName = u"s.test"_s;
    QVERIFY(result.incident->endpoints[0].client == expected);
    QCOMPARE(result.incident->secrets.mask(u"proxypass"_s), u"•••"_s);
}

void TestReader::kinds_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("notJudged");
    using enum Kind;
    QTest::newRow("http") << u"http://a.test"_s << Http << QString();
    QTest::newRow("https with a port") << u"https://a.test:8443/x?y=1"_s << Http << QString();
    QTest::newRow("a scheme in capitals") << u"HTTPS://a.test"_s << Http << QString();
    QTest::newRow("an IPv6 address") << u"http://[::1]:8080/"_s << Http << QString();
    QTest::newRow("ws") << u"ws://a.test/ws"_s << WebSocket << QString();
    QTest::newRow("wss") << u"wss://a.test/ws"_s << WebSocket << QString();
    QTest::newRow("tls") << u"tls://a.test:443"_s << Tls << QString();
    QTest::newRow("starttls") << u"starttls://a.test:587"_s << StartTls << QString();
    QTest::newRow("tcp") << u"tcp://a.test:22"_s << Tcp << QString();
    QTest::newRow("udp") << u"udp://a.test:53"_s << Unknown << u"no probe for udp:// yet"_s;
    QTest::newRow("sctp") << u"sctp://a.test:53"_s << Unknown << u"no probe for sctp:// yet"_s;
    QTest::newRow("icmp") << u"icmp://a.test"_s << Icmp << QString();
    QTest::newRow("icmp with a bare IPv6 address, as Gatus takes it") << u"icmp://2001:db8::1"_s << Icmp << QString();
    QTest::newRow("grpc") << u"grpc://a.test:50051"_s << Unknown << u"no probe for grpc:// yet"_s;
    QTest::newRow("grpcs") << u"grpcs://a.test:50051"_s << Unknown << u"no probe for grpcs:// yet"_s;
    QTest::newRow("ssh") << u"ssh://a.test:22"_s << Unknown << u"no probe for ssh:// yet"_s;
    QTest::newRow("redis") << u"redis://a.test:6379/0"_s << Redis << QString();
    QTest::newRow("rediss") << u"rediss://a.test:6379"_s << Redis << QString();
    QTest::newRow("postgres") << u"postgres://u@a.test/db"_s << Postgres << QString();
    QTest::newRow("postgresql") << u"postgresql://u@a.test/db"_s << Postgres << QString();
    QTest::newRow("promql") << u"promql+https://prom.test/?query=up"_s << PromQl << QString();
}

void TestReader::kinds()
{
    QFETCH(QString, url);
    QFETCH(Kind, kind);
    QFETCH(QString, notJudged);
    const ReadResult result = read(u"endpoints: [{name: a, url: '%1', conditions: ['[CONNECTED] == true']}]"_s.arg(url).toUtf8());
    READ(result);
    QCOMPARE(result.incident->endpoints[0].kind, kind);
    QCOMPARE(result.incident->endpoints[0].notJudged, notJudged);
}

void TestReader::nameServers_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("expected");
    QTest::newRow("an address, as Gatus takes it") << u"8.8.8.8"_s << u"dns://8.8.8.8"_s;
    QTest::newRow("an address and a port") << u"8.8.8.8:5353"_s << u"dns://8.8.8.8:5353"_s;
    QTest::newRow("a bare IPv6 address") << u"2001:db8::53"_s << u"dns://[2001:db8::53]"_s;
    QTest::newRow("an IPv6 address and a port") << u"[2001:db8::53]:5353"_s << u"dns://[2001:db8::53]:5353"_s;
    QTest::newRow("a name") << u"ns1.example.org"_s << u"dns://ns1.example.org"_s;
    QTest::newRow("with its scheme") << u"dns://127.0.0.1:5353"_s << u"dns://127.0.0.1:5353"_s;
}

void TestReader::nameServers()
{
    QFETCH(QString, url);
    QFETCH(QString, expected);
    const ReadResult result = read(u"endpoints: [{name: a, url: '%1', dns: {query-name: www.a.test, query-type: MX}, conditions: ['[DNS_RCODE] == NOERROR']}]"_s.arg(url).toUtf8());
    READ(result);
    const Endpoint &endpoint = result.incident->endpoints[0];
    QCOMPARE(endpoint.kind, Kind::Dns);
    QCOMPARE(endpoint.url, expected);
    QCOMPARE(endpoint.dns.name, u"www.a.test"_s);
    QCOMPARE(endpoint.dns.type, u"MX"_s);
    QVERIFY(endpoint.notJudged.isEmpty());
}

void TestReader::variables_data()
{
    QTest::addColumn<QByteArray>("block");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("expected");
    QTest::newRow("from the file") << QByteArray("variables: {HOST: file.test}\n") << u"https://${HOST}/"_s << u"https://file.test/"_s;
    QTest::newRow("without braces, as Gatus does") << QByteArray("variables: {HOST: file.test}\n") << u"https://$HOST/"_s << u"https://file.test/"_s;
    QTest::newRow("the environment wins over the file") << QByteArray("variables: {ALLCLEAR_TEST_HOST: file.test}\n")
                                                        << u"https://${ALLCLEAR_TEST_HOST}/"_s << u"https://environment.test/"_s;
    QTest::newRow("the options win over both") << QByteArray("variables: {GIVEN: file.test}\n") << u"https://${GIVEN}/"_s << u"https://given.test/"_s;
    QTest::newRow("one variable uses another above it") << QByteArray("variables: {HOST: file.test, API: 'https://${HOST}'}\n") << u"${API}/x"_s << u"https://file.test/x"_s;
    QTest::newRow("two in one value") << QByteArray("variables: {A: a, B: test}\n") << u"https://${A}.${B}/"_s << u"https://a.test/"_s;
    QTest::newRow("a value is not replaced again") << QByteArray("variables: {A: 'x$$y'}\n") << u"https://h.test/${A}"_s << u"https://h.test/x$y"_s;
    QTest::newRow("an escaped reference") << QByteArray() << u"https://h.test/$${A}"_s << u"https://h.test/${A}"_s;
    QTest::newRow("a dollar sign before no name") << QByteArray() << u"https://h.test/$/5$"_s << u"https://h.test/$/5$"_s;
    QTest::newRow("a number") << QByteArray("variables: {PORT: 8080}\n") << u"https://h.test:${PORT}/"_s << u"https://h.test:8080/"_s;
    QTest::newRow("an empty value") << QByteArray("variables: {NONE: }\n") << u"https://h.test/${NONE}"_s << u"https://h.test/"_s;
}

void TestReader::variables()
{
    QFETCH(QByteArray, block);
    QFETCH(QString, url);
    QFETCH(QString, expected);
    const ReadOptions options{.variables = {{u"GIVEN"_s, u"given.test"_s}}, .useEnvironment = true, .directory = {}};
    const ReadResult result = readIncident(block + u"endpoints: [{name: a, url: '%1', conditions: ['[STATUS] == 200']}]"_s.arg(url).toUtf8(), options);
    READ(result);
    QCOMPARE(result.incident->endpoints[0].url, expected);
    QVERIFY(result.incident->endpoints[0].notJudged.isEmpty());
}

void TestReader::variablesNeverAddStructure()
{
    const ReadOptions options{.variables = {{u"EVIL"_s, u"x\nenabled: false\n- name: y"_s}}, .useEnvironment = false, .directory = {}};
    const ReadResult result = readIncident(endpointWith("    body: ${EVIL}\n"), options);
    READ(result);
    QCOMPARE(result.incident->endpoints.size(), 1);
    QVERIFY(result.incident->endpoints[0].enabled);
    QCOMPARE(result.incident->endpoints[0].body, QByteArray("x\nenabled: false\n- name: y"));
}

void TestReader::unsetVariableKeepsAnEndpointFromBeingJudged()
{
    const ReadResult result = read(endpointWith("    headers: {Authorization: 'Bearer ${API_TOKEN}'}\n"
                                                "  - {name: b, url: 'https://${HOST}/${API_TOKEN}', conditions: ['[STATUS] == 200']}\n"
                                                "  - {name: c, url: 'https://c.test', conditions: ['[STATUS] == 200']}\n"));
    READ(result);
    QCOMPARE(result.incident->endpoints[0].notJudged, u"variable ${API_TOKEN} is not set"_s);
    QCOMPARE(result.incident->endpoints[1].notJudged, u"variable ${HOST} is not set"_s);
    QVERIFY(result.incident->endpoints[2].notJudged.isEmpty());
    QCOMPARE(result.diagnostics.size(), 2); // each name once
    QCOMPARE(result.diagnostics[0].severity, Severity::Notice);
    QCOMPARE(result.diagnostics[0].mark, (SourceMark{5, 38}));
    QCOMPARE(result.diagnostics[1].message, u"variable ${HOST} is not set"_s);
}

void TestReader::secretsAreMasked_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("secret");
    QTest::newRow("a variable of a secret name") << endpointWith("    url: https://a.test/${API_KEY}\n", "variables: {API_KEY: hunter2secret}\n").replace("    url: https://api.test/health\n", "") << u"hunter2secret"_s;
    QTest::newRow("a variable in a variable of a secret name") << endpointWith("", "variables: {A: hunter2secret, MY_TOKEN: '${A}'}\n") << u"hunter2secret"_s;
    QTest::newRow("an Authorization header") << endpointWith("    headers: {Authorization: Bearer hunter2secret}\n") << u"hunter2secret"_s;
    QTest::newRow("a header without a scheme") << endpointWith("    headers: {Authorization: hunter2 secret}\n") << u"hunter2 secret"_s;
    QTest::newRow("a cookie") << endpointWith("    headers: {cookie: session=hunter2secret}\n") << u"session=hunter2secret"_s;
    QTest::newRow("a header of a secret name") << endpointWith("    headers: {X-Api-Key: hunter2secret}\n") << u"hunter2secret"_s;
    QTest::newRow("a password in a URL") << QByteArray("endpoints: [{name: a, url: 'https://u:hunter2secret@a.test', conditions: ['[STATUS] == 200']}]") << u"hunter2secret"_s;
    QTest::newRow("a secret query value") << QByteArray("endpoints: [{name: a, url: 'https://a.test/?access_token=hunter2secret', conditions: ['[STATUS] == 200']}]") << u"hunter2secret"_s;
    QTest::newRow("a part that Gatus uses") << endpointWith("", "security: {basic: {password-bcrypt: hunter2secret}}\n") << u"hunter2secret"_s;
    QTest::newRow("the context of a suite") << QByteArray("suites: [{name: s, context: {password: hunter2secret}, endpoints: [{name: a, url: 'https://a.test', conditions: ['[STATUS] == 200']}]}]") << u"hunter2secret"_s;
    QTest::newRow("a webhook") << endpointWith("", "notify: {webhooks: [{url: 'https://h.test/T0/abc', on: [all-clear]}]}\n") << u"https://h.test/T0/abc"_s;
    QTest::newRow("the options") << endpointWith("") << u"from-the-options"_s;
}

void TestReader::secretsAreMasked()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QString, secret);
    const ReadOptions options{.variables = {{u"GIVEN_PASSWORD"_s, u"from-the-options"_s}}, .useEnvironment = false, .directory = {}};
    const ReadResult good = readIncident(yaml, options);
    READ(good);
    QVERIFY(!good.incident->secrets.mask(u"see "_s + secret).contains(secret));
    for (const Endpoint &endpoint : good.incident->endpoints)
        QVERIFY(!endpoint.target.contains(secret));
    const ReadResult bad = readIncident("unknown: " + secret.toUtf8() + '\n' + QByteArray(yaml).replace("name: a", "nam: a"), options);
    QVERIFY(hasErrors(bad.diagnostics));
    QVERIFY2(!shown(bad.diagnostics).contains(secret), qUtf8Printable(shown(bad.diagnostics)));
}

void TestReader::suitesThatCannotBeJudged_data()
{
    QTest::addColumn<QByteArray>("suite");
    QTest::addColumn<QString>("reason");
    const QByteArray step = "endpoints: [{ name: a, url: \"https://a.test/\", conditions: [\"[STATUS] == 200\"] }]";
    QTest::newRow("one that can") << QByteArray("{ name: s, context: { user: probe }, " + step + " }") << QString();
    QTest::newRow("an unset variable in the context") << QByteArray("{ name: s, context: { user: { id: \"${NOPE}\" } }, " + step + " }") << u"variable ${NOPE} is not set"_s;
    QTest::newRow("an unset variable in a step") << QByteArray("{ name: s, endpoints: [{ name: a, url: \"https://a.test/${NOPE}\", conditions: [\"[STATUS] == 200\"] }] }") << u"step `a`: variable ${NOPE} is not set"_s;
    QTest::newRow("an unset variable in a message") << QByteArray("{ name: s, endpoints: [{ name: a, url: \"wss://a.test/\", conversation: [{ send: \"${NOPE}\" }], conditions: [\"[CONNECTED] == true\"] }] }") << u"step `a`: variable ${NOPE} is not set"_s;
    QTest::newRow("a scheme without a probe") << QByteArray("{ name: s, endpoints: [{ name: a, url: \"ssh://a.test:22\", conditions: [\"[CONNECTED] == true\"] }] }") << u"step `a`: no probe for ssh:// yet"_s;
    QTest::newRow("every step disabled") << QByteArray("{ name: s, endpoints: [{ name: a, enabled: false, url: \"https://a.test/\", conditions: [\"[STATUS] == 200\"] }] }") << u"all its steps are disabled"_s;
}

void TestReader::suitesThatCannotBeJudged()
{
    QFETCH(QByteArray, suite);
    QFETCH(QString, reason);
    const ReadResult result = read("suites:\n  - " + suite + "\n");
    READ(result);
    QCOMPARE(result.incident->endpoints.first().notJudged, reason);
}

void TestReader::aSuiteIsAsInsecureAsItsSteps()
{
    const ReadResult result = read("suites:\n  - { name: s, endpoints: [{ name: a, url: \"https://a.test/\", client: { insecure: true }, conditions: [\"[STATUS] == 200\"] }] }\n");
    READ(result);
    QVERIFY(result.incident->endpoints.first().client.insecure);
}

void TestReader::impliedComponents()
{
    const ReadResult result = read(R"(
endpoints:
  - { name: web, group: Edge, url: "https://a.test", conditions: ["[STATUS] == 200"] }
  - { name: web, group: Core, url: "https://b.test", conditions: ["[STATUS] == 200"] }
  - { name: api, group: Core, component: backend, url: "https://c.test", conditions: ["[STATUS] == 200"] }
)");
    READ(result);
    const QList<Component> &components = result.incident->components;
    QCOMPARE(components.size(), 3);
    QCOMPARE(components[0].name, u"web"_s);
    QCOMPARE(components[0].tier, u"Edge"_s);
    QCOMPARE(components[1].name, u"Core/web"_s);
    QCOMPARE(components[1].title, u"web"_s);
    QCOMPARE(components[2].name, u"backend"_s);
    QVERIFY(std::ranges::all_of(components, &Component::implied));
    QCOMPARE(result.incident->endpoints[1].component, u"Core/web"_s);

    const ReadResult mixed = read("components: [{name: api}]\n" + endpointWith("  - {name: web, url: 'https://b.test', conditions: ['[STATUS] == 200']}\n"));
    READ(mixed);
    QCOMPARE(mixed.incident->components.size(), 2);
    QVERIFY(!mixed.incident->components[0].implied); // the endpoint `api` joins the component of its name
    QCOMPARE(mixed.incident->endpoints[0].component, u"api"_s);
    QVERIFY(mixed.incident->components[1].implied);
}

void TestReader::references_data()
{
    QTest::addColumn<QByteArray>("of");
    QTest::addColumn<QStringList>("endpoints");
    QTest::newRow("a name") << QByteArray("[web]") << QStringList{u"Edge/web"_s};
    QTest::newRow("a full name") << QByteArray("[Core/api]") << QStringList{u"Core/api"_s};
    QTest::newRow("a full name without a group") << QByteArray("[api]") << QStringList{u"api"_s};
    QTest::newRow("a group with its journeys") << QByteArray("['group:Core']") << QStringList{u"Core/api"_s, u"Core/db"_s, u"Core/login"_s};
    QTest::newRow("a component") << QByteArray("['component:data']") << QStringList{u"Core/db"_s};
    QTest::newRow("no key twice") << QByteArray("[db, 'group:Core', Core/db]") << QStringList{u"Core/db"_s, u"Core/api"_s, u"Core/login"_s};
    QTest::newRow("a journey") << QByteArray("[login]") << QStringList{u"Core/login"_s};
    QTest::newRow("no disabled endpoint") << QByteArray("[web, old]") << QStringList{u"Edge/web"_s};
    QTest::newRow("journeys by their kind") << QByteArray("['group:Core'], kind: suite") << QStringList{u"Core/login"_s};
}

void TestReader::references()
{
    QFETCH(QByteArray, of);
    QFETCH(QStringList, endpoints);
    const ReadResult result = read(R"(
components: [{ name: data }]
endpoints:
  - { name: web, group: Edge, url: "https://a.test", conditions: ["[STATUS] == 200"] }
  - { name: api, group: Core, url: "https://b.test", conditions: ["[STATUS] == 200"] }
  - { name: db, group: Core, component: data, url: "https://c.test", conditions: ["[STATUS] == 200"] }
  - { name: api, url: "https://d.test", conditions: ["[STATUS] == 200"] }
  - { name: old, enabled: false, url: "https://e.test", conditions: ["[STATUS] == 200"] }
suites:
  - { name: login, group: Core, endpoints: [{ name: x, url: "https://f.test", conditions: ["[STATUS] == 200"] }] }
success-criteria:
  - { title: t, of: )" + of + " }\n");
    READ(result);
    QCOMPARE(QStringList(result.incident->criteria[0].endpoints), endpoints);
    QCOMPARE(result.incident->availabilityOf.size(), 5); // the disabled one is left out
}

void TestReader::dueTimes()
{
    const ReadResult result = read(endpointWith("", "incident: {declared: 2025-09-16T04:00:00Z}\nactions:\n"
                                                    "  - {title: a, due: 90m}\n  - {title: b, due: 2025-09-16T06:30:00+02:00}\n  - {title: c}\n"));
    READ(result);
    QCOMPARE(result.incident->actions[0].due, std::optional<Duration>(90min));
    QCOMPARE(result.incident->actions[1].due, std::optional<Duration>(30min));
    QVERIFY(!result.incident->actions[2].due);
}

void TestReader::moneyTexts_data()
{
    QTest::addColumn<MoneyAtRisk>("money");
    QTest::addColumn<QString>("text");
    const auto row = [](double amount, const QString &currency, const QString &per, bool atLeast, const QString &text) {
        QTest::newRow(qUtf8Printable(text)) << MoneyAtRisk{.amount = amount, .currency = currency, .per = per, .atLeast = atLeast} << text;
    };
    row(500'000, u"USD"_s, u"year"_s, true, u"$500K+ ARR"_s);
    row(1'200'000, u"EUR"_s, u"year"_s, true, u"€1.2M+ ARR"_s);
    row(1'250'000, u"GBP"_s, u"year"_s, false, u"£1.25M ARR"_s);
    row(12'500, u"USD"_s, u"year"_s, false, u"$12.5K ARR"_s);
    row(2'000'000'000, u"JPY"_s, u"year"_s, false, u"¥2B ARR"_s);
    row(999'960, u"USD"_s, u"year"_s, false, u"$1M ARR"_s);
    row(5'000, u"CHF"_s, u"month"_s, false, u"5,000 CHF a month at risk"_s);
    row(5'000, u"USD"_s, u"hour"_s, true, u"$5,000+ an hour at risk"_s);
    row(0, u"USD"_s, u"day"_s, false, u"$0 a day at risk"_s);
    row(750, u"USD"_s, QString(), false, u"$750 at risk"_s);
}

void TestReader::moneyTexts()
{
    QFETCH(MoneyAtRisk, money);
    QFETCH(QString, text);
    QCOMPARE(moneyText(money), text);
}

void TestReader::historyIds()
{
    Incident a, b, text;
    a.sourcePath = u"/srv/a.yaml"_s;
    b.sourcePath = u"/srv/b.yaml"_s;
    QVERIFY(a.historyId() != b.historyId());
    QVERIFY(a.historyId() != text.historyId());
    QCOMPARE(a.historyId().size(), 24);
    b.sourcePath = u"/srv/a.yaml"_s;
    b.title = u"another title"_s;
    QCOMPARE(a.historyId(), b.historyId());
}

void TestReader::files()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"night shift.yaml"_s);
    const ReadResult missing = readIncidentFile(path);
    QVERIFY(!missing.incident);
    QCOMPARE(missing.diagnostics.size(), 1);
    QCOMPARE(missing.diagnostics[0].mark.line, 0);
    QVERIFY(missing.diagnostics[0].message.contains(u"cannot be read"_s));
    QVERIFY(readIncidentFile(folder.path()).diagnostics[0].message.endsWith(u"is a folder"_s));

    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(endpointWith("    client: {tls: {ca-file: ca.pem}}\n"));
    file.close();
    const ReadResult result = readIncidentFile(path);
    READ(result);
    QCOMPARE(result.incident->title, u"night shift"_s);
    QCOMPARE(result.incident->sourcePath, path);
    QCOMPARE(result.incident->endpoints[0].client.caFile, folder.filePath(u"ca.pem"_s));

    QVERIFY(file.open(QIODevice::Append));
    file.write(QByteArray(maxIncidentBytes, '#'));
    file.close();
    QCOMPARE(readIncidentFile(path).diagnostics[0].message, u"the file is larger than 4 MiB"_s);
}

void TestReader::textForms_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::newRow("a byte order mark") << "\xEF\xBB\xBF" + endpointWith("");
    QTest::newRow("Windows line ends") << endpointWith("").replace("\n", "\r\n");
    QTest::newRow("old Mac line ends") << endpointWith("").replace('\n', '\r');
    QTest::newRow("a document marker") << "---\n" + endpointWith("");
    QTest::newRow("a document end") << endpointWith("") + "...\n";
    QTest::newRow("an empty second document") << endpointWith("") + "---\n";
    QTest::newRow("JSON") << QByteArray(R"({"endpoints": [{"name": "api", "url": "https://api.test/health", "conditions": ["[STATUS] == 200"]}]})");
    QTest::newRow("anchors and merge keys") << QByteArray("x-base: &base {url: 'https://api.test/health', conditions: ['[STATUS] == 200']}\nendpoints:\n  - <<: *base\n    name: api\n");
    QTest::newRow("several merges, the first wins") << QByteArray("a: &a {url: 'https://api.test/health'}\nb: &b {url: 'https://b.test', conditions: ['[STATUS] == 200']}\nendpoints:\n  - <<: [*a, *b]\n    name: api\n");
    QTest::newRow("empty optional parts") << endpointWith("    group:\n    headers:\n    client:\n") + "suites:\nincident:\nruns: []\n";
}

void TestReader::textForms()
{
    QFETCH(QByteArray, yaml);
    const ReadResult result = read(yaml);
    READ(result);
    QCOMPARE(result.diagnostics.size(), 0);
    QCOMPARE(result.incident->title, u"shop"_s);
    QCOMPARE(result.incident->endpoints.size(), 1);
    QCOMPARE(result.incident->endpoints[0].url, u"https://api.test/health"_s);
    QCOMPARE(result.incident->endpoints[0].interval, Duration(60s));
    QCOMPARE(result.incident->endpoints[0].client.timeout, Duration(10s));
}

QTEST_GUILESS_MAIN(TestReader)
#include "tst_reader.moc"
