// What an issue becomes: counted against what a person counts, and the founding incident in detail.
#include "support/testmain.h"

#include "importer/importer.h"
#include "importer/mojibake.h"

#include "incident/reader.h"

#include <QDir>
#include <QFile>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace
{

const QString folder = QStringLiteral(FIXTURES "/issues/");

QByteArray issueText(const QString &name)
{
    QFile file(folder + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    return file.readAll();
}

Import imported(const QString &name, std::optional<int> incident = {})
{
    return importIssue(issueText(name), {.sourceName = name, .incident = incident, .existing = {}});
}

IncidentPtr read(const QByteArray &yaml)
{
    const ReadResult result =
        readIncident(yaml, {.variables = {}, .useEnvironment = false, .directory = u"/incidents"_s});
    for (const Diagnostic &diagnostic : result.diagnostics) {
        if (diagnostic.severity == Severity::Error)
            qInfo("%s", qPrintable(toText(diagnostic, u"import"_s)));
    }
    return result.incident;
}

QString lineWith(const QByteArray &yaml, const QString &text)
{
    for (const QString &line : QString::fromUtf8(yaml).split(u'\n')) {
        if (line.contains(text))
            return line;
    }
    return {};
}

bool has(const Import &import, FindingKind kind, const QString &text)
{
    return std::ranges::any_of(
        import.findings, [&](const Finding &finding) { return finding.kind == kind && finding.text.contains(text); });
}

const Endpoint *named(const Incident &incident, const QString &name)
{
    const auto found = std::ranges::find(incident.endpoints, name, &Endpoint::name);
    return found == incident.endpoints.end() ? nullptr : &*found;
}

QString counts(const Import &import)
{
    return u"title \"%1\", severity \"%2\", criteria %3, whys %4, actions %5, endpoints %6, commands %7"_s
        .arg(import.title, import.severity)
        .arg(import.counts.criteria)
        .arg(import.counts.whys)
        .arg(import.counts.actions)
        .arg(import.counts.endpoints)
        .arg(import.counts.runs);
}

} // namespace

class TestImporter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void countsAreThoseOfAPerson_data();
    void countsAreThoseOfAPerson();
    void theFileIsAcceptedAndSaysWhereFrom_data() { countsAreThoseOfAPerson_data(); }
    void theFileIsAcceptedAndSaysWhereFrom();

    void seedHeader();
    void seedEndpoints();
    void seedComponents();
    void seedCriteria();
    void seedWhys();
    void seedActions();
    void seedRuns();
    void seedTextIsRepaired();

    void mojibake_data();
    void mojibake();
    void severalIncidents();
    void secretsStayOut();
    void refused_data();
    void refused();
    void titles_data();
    void titles();
    void whatIsLeftIsListed();
};

void TestImporter::countsAreThoseOfAPerson_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("incident");
    QTest::addColumn<QString>("expected");
    for (const QString &row : QString::fromUtf8(issueText(u"truth.tsv"_s)).split(u'\n')) {
        const QStringList c = row.split(u'\t');
        if (row.startsWith(u'#') || c.size() < 9)
            continue;
        const QString expected =
            u"title \"%1\", severity \"%2\", criteria %3, whys %4, actions %5, endpoints %6, commands %7"_s.arg(
                c[2], c[3], c[4], c[5], c[6], c[7], c[8]);
        QTest::newRow(qPrintable(u"%1 (%2)"_s.arg(c[0], c[1]))) << c[0] << c[1].toInt() << expected;
    }
}

void TestImporter::countsAreThoseOfAPerson()
{
    QFETCH(QString, file);
    QFETCH(int, incident);
    QFETCH(QString, expected);
    const Import import = imported(file, incident);
    if (counts(import) != expected)
        qInfo("%s", import.yaml.constData());
    QCOMPARE(counts(import), expected);
}

void TestImporter::theFileIsAcceptedAndSaysWhereFrom()
{
    QFETCH(QString, file);
    QFETCH(int, incident);
    const Import import = imported(file, incident);
    QVERIFY2(!import.error, qPrintable(import.error ? import.error->message : QString()));
    const IncidentPtr made = read(import.yaml);
    QVERIFY(made);
    QVERIFY(!made->endpoints.isEmpty());
    QCOMPARE(made->title, import.title);
    QCOMPARE(made->criteria.size(), import.counts.criteria);
    QCOMPARE(made->whys.size(), import.counts.whys);
    QCOMPARE(made->actions.size(), import.counts.actions);
    QCOMPARE(made->runs.size(), import.counts.runs);
    const qsizetype lines = issueText(file).count('\n') + 1;
    static const QRegularExpression value(u"^ +(?:- )?[a-z-]+: \\S"_s), source(u"  # (?:lines? (\\d+)|guessed)"_s);
    for (const QString &line : QString::fromUtf8(import.yaml).split(u'\n')) {
        if (!value.match(line).hasMatch() || line.trimmed().startsWith(u'#'))
            continue;
        const auto match = source.match(line);
        QVERIFY2(match.hasMatch(), qPrintable(u"a value without its source: "_s + line));
        QVERIFY2(match.captured(1).isEmpty() || (match.captured(1).toInt() >= 1 && match.captured(1).toInt() <= lines),
                 qPrintable(line));
    }
}

void TestImporter::seedHeader()
{
    const Import import = imported(u"01-seed.md"_s);
    const IncidentPtr seed = read(import.yaml);
    QVERIFY(seed);
    QCOMPARE(seed->title, u"Critical infrastructure crisis"_s);
    QCOMPARE(seed->severity, u"P0"_s);
    QVERIFY(seed->revenueAtRisk);
    QCOMPARE(seed->revenueAtRisk->amount, 500000.0);
    QCOMPARE(seed->revenueAtRisk->currency, u"USD"_s);
    QCOMPARE(seed->revenueAtRisk->per, u"year"_s);
    QVERIFY(seed->revenueAtRisk->atLeast);
    QCOMPARE(seed->customers, u"Cannot demonstrate platform reliability to enterprise customers"_s);
    QVERIFY2(seed->summary.contains(u"a claim"_s) && seed->summary.contains(u"0%"_s), qPrintable(seed->summary));
    QVERIFY(lineWith(import.yaml, u"customers:"_s).endsWith(u"# line 5"_s));
    QCOMPARE(seed->links.size(), 1);
    QCOMPARE(seed->links.first().url, u"/tests/e2e/test_results/E2E-DEPLOY-REMEDIATE-WORKLOG-all-2025-09-16-04.md"_s);
}

void TestImporter::seedEndpoints()
{
    const Import import = imported(u"01-seed.md"_s);
    const IncidentPtr seed = read(import.yaml);
    QVERIFY(seed);
    for (const QString &name : {u"api-health"_s, u"auth-health"_s}) {
        const Endpoint *endpoint = named(*seed, name);
        QVERIFY(endpoint);
        QCOMPARE(endpoint->conditions.size(), 2);
        QCOMPARE(endpoint->conditions[0].text, u"[STATUS] == 200"_s);
        QCOMPARE(endpoint->conditions[1].text, u"[RESPONSE_TIME] < 2000"_s);
    }
    QCOMPARE(named(*seed, u"api-health"_s)->url, u"https://api.staging.netrasystems.ai/health"_s);
    QVERIFY(named(*seed, u"redis"_s));
    QCOMPARE(named(*seed, u"redis"_s)->url, u"redis://10.166.204.83:6379"_s);
    const Endpoint *socket = named(*seed, u"websocket"_s);
    QVERIFY(socket);
    QCOMPARE(socket->kind, Kind::WebSocket);
    QVERIFY(lineWith(import.yaml, u"wss://"_s).contains(u"guessed"_s));
}

void TestImporter::seedComponents()
{
    const IncidentPtr seed = read(imported(u"01-seed.md"_s).yaml);
    QVERIFY(seed);
    const QMap<QString, QString> tiers{{u"vpc-connector"_s, u"Platform"_s},
                                       {u"database-instance"_s, u"Data"_s},
                                       {u"redis-connectivity"_s, u"Data"_s},
                                       {u"ssl-certificate-chain"_s, u"Edge"_s},
                                       {u"cloud-run-resources"_s, u"Platform"_s}};
    for (auto tier = tiers.cbegin(); tier != tiers.cend(); ++tier) {
        const Component *component = seed->component(tier.key());
        QVERIFY2(component, qPrintable(tier.key()));
        QCOMPARE(component->tier, tier.value());
    }
    QCOMPARE(seed->component(u"redis-connectivity"_s)->needs, QStringList{u"vpc-connector"_s});
    QCOMPARE(seed->component(u"database-instance"_s)->needs, QStringList{u"vpc-connector"_s});
    QCOMPARE(seed->component(u"cloud-run-resources"_s)->needs,
             (QStringList{u"database-instance"_s, u"redis-connectivity"_s}));
    QCOMPARE(seed->component(u"api"_s)->needs, QStringList{u"cloud-run-resources"_s});
    QCOMPARE(named(*seed, u"redis"_s)->component, u"redis-connectivity"_s);
}

void TestImporter::seedCriteria()
{
    const IncidentPtr seed = read(imported(u"01-seed.md"_s).yaml);
    QVERIFY(seed);
    QCOMPARE(seed->criteria.size(), 5);
    QCOMPARE(seed->criteria[0].endpoints, (QStringList{u"Services/api-health"_s, u"Services/auth-health"_s}));
    QCOMPARE(seed->criteria[0].require.first().text, u"[STATUS] == 200"_s);
    QCOMPARE(seed->criteria[1].endpoints.size(), 3);
    QCOMPARE(seed->criteria[1].require.first().text, u"[RESPONSE_TIME] < 2000"_s);
    QCOMPARE(seed->criteria[2].endpoints, QStringList{u"Services/websocket"_s});
    QVERIFY(seed->criteria[3].of != seed->criteria[4].of);
    QCOMPARE(seed->criteria[4].of, QStringList{u"golden-path"_s});
    for (const int open : {3, 4}) { // nothing in the issue shows them: they are never green by themselves
        for (const EndpointKey &key : seed->criteria[open].endpoints)
            QVERIFY(!seed->endpoint(key)->notJudged.isEmpty());
    }
}

void TestImporter::seedWhys()
{
    const IncidentPtr seed = read(imported(u"01-seed.md"_s).yaml);
    QVERIFY(seed);
    QCOMPARE(seed->whys.size(), 5);
    QCOMPARE(seed->whys[0].why, u"HTTP 503 responses"_s);
    QCOMPARE(seed->whys[0].because, u"Load balancer cannot reach healthy backend services"_s);
    QCOMPARE(seed->whys[4].why, u"Root cause"_s);
    QVERIFY(seed->whys[4].because.startsWith(u"Multiple infrastructure components"_s));
    for (const Why &why : seed->whys)
        QVERIFY(why.evidence.isEmpty()); // claims
}

void TestImporter::seedActions()
{
    const IncidentPtr seed = read(imported(u"01-seed.md"_s).yaml);
    QVERIFY(seed);
    QCOMPARE(seed->actions.size(), 4);
    QCOMPARE(seed->actions[0].title, u"Verify VPC connector staging-connector status in us-central1"_s);
    QCOMPARE(seed->actions[0].component, u"vpc-connector"_s);
    for (const Action &action : seed->actions)
        QCOMPARE(action.due, std::optional<Duration>(2h));
}

void TestImporter::seedRuns()
{
    const Import import = imported(u"01-seed.md"_s);
    const IncidentPtr seed = read(import.yaml);
    QVERIFY(seed);
    QCOMPARE(seed->runs.size(), 4);
    const Run &events = seed->runs[0], &connectivity = seed->runs[1];
    QCOMPARE(events.command,
             (QStringList{u"python"_s, u"tests/mission_critical/test_websocket_agent_events_suite.py"_s}));
    QCOMPARE(events.baseline.passed, std::optional<int>(10));
    QCOMPARE(events.baseline.failed, std::optional<int>(5));
    QCOMPARE(events.baseline.errors, std::optional<int>(3));
    QCOMPARE(events.baseline.duration, std::optional<Duration>(96420ms));
    QCOMPARE(connectivity.baseline.passed, std::optional<int>(1));
    QCOMPARE(connectivity.baseline.failed, std::optional<int>(3));
    QCOMPARE(connectivity.baseline.duration, std::optional<Duration>(48800ms));
    QCOMPARE(connectivity.expect.format, u"pytest"_s);
    QCOMPARE(connectivity.expect.atLeast, std::optional<int>(4));
    QCOMPARE(seed->runs[2].command.first(), u"curl"_s);
    QVERIFY(!lineWith(import.yaml, u"Priority 1 Critical Tests: { duration: 13.5s }"_s).isEmpty());
}

void TestImporter::seedTextIsRepaired()
{
    const Import import = imported(u"01-seed.md"_s);
    QVERIFY(has(import, FindingKind::Repaired, u"Mac Roman"_s));
    QVERIFY(has(import, FindingKind::Repaired, u"nothing is lost"_s));
    QVERIFY(import.yaml.contains("(login → AI response)"));
}

void TestImporter::mojibake_data()
{
    QTest::addColumn<QString>("damaged");
    QTest::addColumn<QString>("repaired");
    QTest::newRow("an emoji, whose first byte became a private character") << u"\uf8ffüö® fire"_s << u"🚨 fire"_s;
    QTest::newRow("a cross") << u"‚ùå no"_s << u"❌ no"_s;
    QTest::newRow("an arrow") << u"a ‚Üí b"_s << u"a → b"_s;
    QTest::newRow("Windows-1252") << u"a â†’ b, donâ€™t"_s << u"a → b, don’t"_s;
    QTest::newRow("an umlaut read as Mac Roman") << u"Z√ºrich"_s << u"Zürich"_s;
    QTest::newRow("right text stays") << u"“Ärger” in Zürich → naïve café — ≤ 5 µs √2 ✅"_s
                                      << u"“Ärger” in Zürich → naïve café — ≤ 5 µs √2 ✅"_s;
    QTest::newRow("right and damaged text in one") << u"“Ärger” ‚Üí b"_s << u"“Ärger” → b"_s;
}

void TestImporter::mojibake()
{
    QFETCH(QString, damaged);
    QFETCH(QString, repaired);
    QCOMPARE(issue::repairMojibake(damaged).text, repaired);
    QCOMPARE(issue::repairMojibake(damaged).repaired.isEmpty(), damaged == repaired);
}

void TestImporter::severalIncidents()
{
    const Import all = imported(u"09-several-incidents.md"_s);
    QVERIFY(all.error);
    QVERIFY(all.yaml.isEmpty());
    QCOMPARE(all.incidents.size(), 3);
    QCOMPARE(all.incidents[1].title, u"Certificates expire on Friday"_s);
    QCOMPARE(all.incidents[1].line, 19);
    QVERIFY(imported(u"09-several-incidents.md"_s, 4).error);
    const Import second = imported(u"09-several-incidents.md"_s, 2);
    QVERIFY(!second.error);
    QVERIFY(!second.yaml.contains("Pin the image"));
}

void TestImporter::secretsStayOut()
{
    const Import import = imported(u"21-secrets.md"_s);
    QVERIFY(!import.error);
    QString everything = QString::fromUtf8(import.yaml);
    for (const Finding &finding : import.findings)
        everything += finding.text;
    for (const QString &secret : {u"hunter2secret"_s, u"sk_live_abcdef123456"_s, u"eyJhbGciOiJIUzI1NiJ9"_s})
        QVERIFY2(!everything.contains(secret), qPrintable(everything));
    QVERIFY(import.yaml.contains("Bearer ${ACCESS_TOKEN}"));
}

void TestImporter::refused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("nothing") << QByteArray() << u"empty"_s;
    QTest::newRow("white space") << QByteArray(" \n\t\n") << u"empty"_s;
    QTest::newRow("more than a person writes") << QByteArray(maxIssueBytes + 1, 'a') << u"larger than"_s;
}

void TestImporter::refused()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const Import import = importIssue(text);
    QVERIFY(import.error);
    QVERIFY2(import.error->message.contains(message), qPrintable(import.error->message));
    QVERIFY(!import.error->hint.isEmpty());
    QVERIFY(import.yaml.isEmpty());
}

void TestImporter::titles_data()
{
    QTest::addColumn<QString>("heading");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("severity");
    QTest::newRow("shouting") << u"🚨 CRITICAL INFRASTRUCTURE CRISIS - P0 EMERGENCY"_s
                              << u"Critical infrastructure crisis"_s << u"P0"_s;
    QTest::newRow("a tag in brackets") << u"[P1] Login fails"_s << u"Login fails"_s << u"P1"_s;
    QTest::newRow("two tags") << u"[BUG][P2] Login fails"_s << u"Login fails"_s << u"P2"_s;
    QTest::newRow("a prefix") << u"P0: Login fails"_s << u"Login fails"_s << u"P0"_s;
    QTest::newRow("a word in front") << u"CRITICAL: Login fails"_s << u"Login fails"_s << u"P0"_s;
    QTest::newRow("a tail in parentheses") << u"Login fails (P1 - High)"_s << u"Login fails"_s << u"P1"_s;
    QTest::newRow("a number") << u"GitHub Issue #1234: Login fails"_s << u"Login fails"_s << u""_s;
    QTest::newRow("acronyms keep their capitals")
        << u"API GATEWAY RETURNS HTTP 503"_s << u"API gateway returns HTTP 503"_s << u""_s;
    QTest::newRow("a shouted word") << u"WebSocket handshake FAILING in staging"_s
                                    << u"WebSocket handshake failing in staging"_s << u""_s;
    QTest::newRow("bold and code") << u"**Login** fails in `auth`"_s << u"Login fails in auth"_s << u""_s;
    QTest::newRow("a colon that belongs to it") << u"Login: token refused"_s << u"Login: token refused"_s << u""_s;
}

void TestImporter::titles()
{
    QFETCH(QString, heading);
    QFETCH(QString, title);
    QFETCH(QString, severity);
    const Import import = importIssue(u"# %1\n\nIt does not work.\n"_s.arg(heading).toUtf8());
    QCOMPARE(import.title, title);
    QCOMPARE(import.severity, severity);
}

void TestImporter::whatIsLeftIsListed()
{
    const Import import = imported(u"01-seed.md"_s);
    QVERIFY(has(import, FindingKind::Unmapped, u"Infrastructure team engagement required"_s));
    QVERIFY(has(import, FindingKind::Unmapped, u"Phases 7-10"_s));
    QVERIFY(lineWith(import.yaml, u"# line 74: "_s).contains(u"Infrastructure team"_s));
    for (const Finding &finding : import.findings)
        QVERIFY2(finding.line >= 0 && finding.line <= 74, qPrintable(finding.text));
}

QTEST_APPLESS_MAIN(TestImporter)
#include "tst_importer.moc"
