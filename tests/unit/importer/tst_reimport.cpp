// Importing again: what the issue changed follows, what a person changed stays. And the way out, with ticked boxes.
#include "support/testmain.h"

#include "importer/importer.h"
#include "importer/issuemarkdown.h"

#include "incident/reader.h"

#include <QFile>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace
{

const QByteArray issueBefore = "# Login fails (P1)\n"
                               "\n"
                               "## Business Impact\n"
                               "- **Customers:** all of them\n"
                               "\n"
                               "## Success Criteria\n"
                               "- [ ] https://auth.shop.io/health returns 200\n"
                               "- [ ] Response times <2 seconds for all endpoints\n"
                               "\n"
                               "## Next Steps (2 hours)\n"
                               "1. Restart the service\n"
                               "2. Tell the users\n";

QByteArray replaced(QByteArray text, const QByteArray &before, const QByteArray &after)
{
    if (!text.contains(before))
        qFatal("the text does not hold \"%s\":\n%s", before.constData(), text.constData());
    return text.replace(before, after);
}

IncidentPtr read(const QByteArray &yaml)
{
    return readIncident(yaml, {.variables = {}, .useEnvironment = false, .directory = u"/incidents"_s}).incident;
}

QByteArray again(const QByteArray &issue, const QByteArray &existing)
{
    const Import import = importIssue(issue, {.sourceName = u"issue.md"_s, .incident = {}, .existing = existing});
    if (import.error)
        qInfo("%s", qPrintable(import.error->message));
    return import.yaml;
}

QByteArray first()
{
    return importIssue(issueBefore, {.sourceName = u"issue.md"_s, .incident = {}, .existing = {}}).yaml;
}

/// The comment behind a key, with all that goes before it on the line.
QByteArray lineOf(const QByteArray &yaml, const QByteArray &start)
{
    for (const QByteArray &line : yaml.split('\n')) {
        if (line.trimmed().startsWith(start))
            return line;
    }
    return {};
}

VerdictPtr verdictOf(const Incident &incident, const QList<CriterionState> &states)
{
    Verdict verdict;
    for (qsizetype i = 0; i < incident.criteria.size(); ++i) {
        CriterionStatus status{.title = incident.criteria[i].title,
                               .state = states.value(i, CriterionState::Unmet),
                               .held = 5min,
                               .hold = 5min,
                               .evidence = {},
                               .detail = u"0 of 1 · worst: a_b 503"_s};
        if (status.state == CriterionState::Met)
            status.evidence = {u"auth-health@2025-09-16T05:01:02.003Z"_s};
        verdict.criteria.append(status);
    }
    return std::make_shared<const Verdict>(verdict);
}

const TimePoint now = *fromIso(u"2025-09-16T06:00:00Z");

} // namespace

class TestReimport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void theSameIssueChangesNothing()
    {
        const QByteArray file = first();
        QVERIFY(isImported(file));
        QCOMPARE(again(issueBefore, file), file);
    }

    void theIssuesChangesFollow()
    {
        const QByteArray issue =
            replaced(replaced(issueBefore, "(P1)", "(P0)"), "2. Tell", "2. Watch the log\n3. Tell");
        const QByteArray file = again(issue, first());
        const IncidentPtr incident = read(file);
        QVERIFY(incident);
        QCOMPARE(incident->severity, u"P0"_s);
        QCOMPARE(incident->actions.size(), 3);
        QVERIFY2(lineOf(file, "- title: Tell the users").endsWith("# line 13"), file.constData());
    }

    void aPersonsChangesStay()
    {
        QByteArray file = first();
        file = replaced(file, "severity: P1", "severity: P3");
        file = replaced(file, "- title: Restart the service",
                        "- title: Restart the service  # I do that\n    owner: alice\n#");
        const QByteArray changed = replaced(issueBefore, "(P1)", "(P0)");
        const QByteArray merged = again(replaced(changed, "(2 hours)", "(4 hours)"), file);
        const IncidentPtr incident = read(merged);
        QVERIFY2(incident, merged.constData());
        QCOMPARE(incident->severity, u"P3"_s);
        QCOMPARE(incident->actions.first().owner, u"alice"_s);
        QCOMPARE(incident->actions.first().due, std::optional<Duration>(4h));
        QVERIFY(merged.contains("# I do that"));
    }

    void aPersonsEntriesAndCommentsStay()
    {
        QByteArray file = first();
        file = replaced(file, "endpoints:\n",
                        "# mine\nendpoints:\n  - name: mine\n    url: https://mine.shop.io/\n    component: auth\n    "
                        "conditions: [\"[STATUS] == 204\"]\n");
        const QByteArray merged = again(issueBefore, file);
        const IncidentPtr incident = read(merged);
        QVERIFY2(incident, merged.constData());
        QVERIFY(merged.contains("# mine\n"));
        QVERIFY(incident->endpoint(u"mine"_s));
    }

    void sectionsAppendedBehindTheRecordsStay()
    {
        const QByteArray file = first() + "\n# how we hear of it\nnotify:\n  desktop: true\n";
        const QByteArray merged = again(issueBefore, file);
        const IncidentPtr incident = read(merged);
        QVERIFY2(incident, merged.constData());
        QVERIFY(incident->notify.desktop);
        QVERIFY(merged.contains("# how we hear of it\n"));
        QCOMPARE(again(issueBefore, merged), merged);
    }

    void whatAPersonRemovedStaysAway()
    {
        QByteArray file = first();
        const qsizetype start = file.indexOf("  - title: Tell the users"), end = file.indexOf("\n\n", start);
        file.remove(start, end - start + 1);
        const Import import = importIssue(issueBefore, {.sourceName = {}, .incident = {}, .existing = file});
        QVERIFY(!import.error);
        QVERIFY(!import.yaml.contains("Tell the users"));
        QCOMPARE(read(import.yaml)->actions.size(), 1);
        QVERIFY(std::ranges::any_of(import.findings, [](const Finding &finding) {
            return finding.kind == FindingKind::Kept && finding.text.contains(u"Tell the users"_s);
        }));
        QVERIFY(!again(issueBefore, import.yaml).contains("Tell the users"));
    }

    void whatTheIssueRemovedGoesUnlessAPersonChangedIt()
    {
        const QByteArray shorter = replaced(issueBefore, "1. Restart the service\n2. Tell", "1. Tell");
        QVERIFY(!again(shorter, first()).contains("Restart the service"));
        const QByteArray mine =
            replaced(first(), "- title: Restart the service", "- owner: bob\n    title: Restart the service");
        const QByteArray merged = again(shorter, mine);
        QVERIFY2(merged.contains("Restart the service"), merged.constData());
        QVERIFY(read(merged));
    }

    void otherFilesAreLeftAlone()
    {
        const Import import = importIssue(
            issueBefore,
            {.sourceName = {},
             .incident = {},
             .existing = "endpoints: [{ name: a, url: \"https://a.io\", conditions: [\"[STATUS] == 200\"] }]\n"});
        QVERIFY(import.error);
        QVERIFY(import.yaml.isEmpty());
        const Import broken =
            importIssue(issueBefore, {.sourceName = {}, .incident = {}, .existing = first() + "endpoints: {\n"});
        QVERIFY(broken.error);
    }

    void onlyMetBoxesAreTicked()
    {
        const IncidentPtr incident = read(first());
        QVERIFY(incident);
        const QByteArray out = issueMarkdown(
            issueBefore, *incident, *verdictOf(*incident, {CriterionState::Met, CriterionState::Holding}), now);
        const QByteArray expected =
            replaced(issueBefore, "- [ ] https://auth.shop.io/health returns 200",
                     "- [x] https://auth.shop.io/health returns 200 \xe2\x80\x94 met 2025-09-16T06:00:00.000Z, held 5 "
                     "m: auth-health@2025-09-16T05:01:02.003Z");
        QCOMPARE(QString::fromUtf8(out), QString::fromUtf8(expected));
    }

    void aBoxTickedByHandIsOpenedAgain()
    {
        const IncidentPtr incident = read(first());
        const QByteArray out = issueMarkdown(replaced(issueBefore, "- [ ] Response", "- [X] Response"), *incident,
                                             *verdictOf(*incident, {}), now);
        QVERIFY2(out.contains("- [ ] Response times <2 seconds for all endpoints \xe2\x80\x94 not met "
                              "2025-09-16T06:00:00.000Z: 0 of 1 \xc2\xb7 worst: a\\_b 503\n"),
                 out.constData());
    }

    void printedAgainItSaysTheNewState()
    {
        const IncidentPtr incident = read(first());
        const QByteArray once =
            issueMarkdown(issueBefore, *incident, *verdictOf(*incident, {CriterionState::Met}), now);
        QCOMPARE(issueMarkdown(once, *incident, *verdictOf(*incident, {CriterionState::Met}), now), once);
        const IncidentPtr reimported = read(again(once, first()));
        QCOMPARE(reimported->criteria.first().title, incident->criteria.first().title);
    }

    void everythingElseComesBackByteForByte_data()
    {
        QTest::addColumn<QString>("file");
        for (const char *file : {"01-seed.md", "02-front-matter.md", "06-nested-fence.md", "10-crlf.md",
                                 "11-nested-tasks.md", "24-deep-tasks.md"})
            QTest::newRow(file) << QString::fromLatin1(file);
    }

    void everythingElseComesBackByteForByte()
    {
        QFETCH(QString, file);
        QFile source(QStringLiteral(FIXTURES "/issues/") + file);
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QByteArray text = source.readAll();
        const Import import = importIssue(text);
        const IncidentPtr incident = read(import.yaml);
        QVERIFY(incident);
        QCOMPARE(issueMarkdown(text, *incident, Verdict{}, now), text);
        const QList<CriterionState> met(incident->criteria.size(), CriterionState::Met);
        QByteArray out = issueMarkdown(text, *incident, *verdictOf(*incident, met), now);
        static const QByteArray evidence =
            " \xe2\x80\x94 met 2025-09-16T06:00:00.000Z, held 5 m: auth-health@2025-09-16T05:01:02.003Z";
        QCOMPARE(out.count(evidence), incident->criteria.size());
        out.replace(evidence, "").replace("[x]", "[ ]").replace("[X]", "[ ]");
        QCOMPARE(out, QByteArray(text).replace("[x]", "[ ]").replace("[X]", "[ ]"));
    }
};

QTEST_APPLESS_MAIN(TestReimport)
#include "tst_reimport.moc"
