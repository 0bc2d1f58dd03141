#include "support/runcli.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray goodFile = "incident: { title: Test }\n"
                            "endpoints:\n"
                            "  - { name: a, url: \"http://127.0.0.1:9/\", conditions: [\"[STATUS] == 200\"] }\n"
                            "success-criteria:\n"
                            "  - { title: It answers, of: [a], hold: 1m }\n";

} // namespace

class TestCliArguments : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void help_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("of the program") << QStringList{u"--help"_s} << QByteArray("rehearse");
        QTest::newRow("in short") << QStringList{u"-h"_s} << QByteArray("Commands:");
        QTest::newRow("of check") << QStringList{u"check"_s, u"--help"_s} << QByteArray("--for");
        QTest::newRow("of watch") << QStringList{u"watch"_s, u"--help"_s} << QByteArray("--no-history");
        QTest::newRow("of validate") << QStringList{u"validate"_s, u"--help"_s} << QByteArray("allclear validate");
        QTest::newRow("of rehearse") << QStringList{u"rehearse"_s, u"--help"_s} << QByteArray("--speed");
        QTest::newRow("asked for before the command") << QStringList{u"--help"_s, u"check"_s} << QByteArray("allclear check");
    }
    void help()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const CliResult result = CliFolder().run(arguments);
        QCOMPARE(result.code, 0);
        QVERIFY2(result.out.contains(says), result.out.constData());
        QVERIFY2(result.out.contains("Examples:"), result.out.constData());
        QVERIFY2(result.out.contains("--no-color") && result.out.contains("--quiet"), result.out.constData());
        QVERIFY2(result.err.isEmpty(), result.err.constData());
    }

    void version_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("of the program") << QStringList{u"--version"_s};
        for (const QString &command : {u"check"_s, u"watch"_s, u"validate"_s, u"import"_s, u"rehearse"_s})
            QTest::newRow(qPrintable(command)) << QStringList{command, u"--version"_s};
    }
    void version()
    {
        QFETCH(QStringList, arguments);
        const CliResult result = CliFolder().run(arguments);
        QCOMPARE(result.code, 0);
        QCOMPARE(result.out, QByteArray("allclear 0.1.0\n"));
    }

    void unusable_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *title, const QStringList &arguments, const char *says) {
            QTest::newRow(title) << arguments << QByteArray(says);
        };
        row("a mistyped command", {u"chekc"_s, u"x.yaml"_s}, "did you mean `allclear check`?");
        row("a word that is nothing", {u"frobnicate"_s}, "The commands are check, watch, probe, validate, import, rehearse");
        row("a command that comes later", {u"report"_s, u"a.yaml"_s}, "`report` is neither a command nor a file");
        row("no file", {u"check"_s}, "an incident file is expected: `allclear check FILE`");
        row("no file to validate", {u"validate"_s}, "`allclear validate FILE`");
        row("two files", {u"check"_s, u"a.yaml"_s, u"b.yaml"_s}, "`b.yaml` is the second");
        row("a mistyped option", {u"check"_s, u"a.yaml"_s, u"--formt"_s, u"json"_s}, "did you mean `--format`?");
        row("an option of another command", {u"check"_s, u"a.yaml"_s, u"--no-history"_s}, "`--no-history` is not an option of `allclear check`");
        row("an option without its value", {u"check"_s, u"a.yaml"_s, u"--format"_s}, "--format");
        row("an unknown format", {u"check"_s, u"a.yaml"_s, u"--format"_s, u"jsn"_s}, "expected text or json; did you mean `json`?");
        row("check has no ndjson", {u"check"_s, u"a.yaml"_s, u"--format"_s, u"ndjson"_s}, "expected text or json");
        row("a format that comes later", {u"check"_s, u"a.yaml"_s, u"--format"_s, u"junit"_s}, "`junit` is not available yet; text and json are");
        row("watch has no json", {u"watch"_s, u"a.yaml"_s, u"--format"_s, u"json"_s}, "did you mean `ndjson`?");
        row("no duration", {u"check"_s, u"a.yaml"_s, u"--for"_s, u"soon"_s}, "expected one like 30s, 5m or 1h30m");
        row("a duration of nothing", {u"check"_s, u"a.yaml"_s, u"--for"_s, u"0s"_s}, "not a duration");
        row("no speed", {u"rehearse"_s, u"--headless"_s, u"--speed"_s, u"fast"_s}, "expected a number from 0.1 to 200");
        row("an endless speed", {u"rehearse"_s, u"--speed"_s, u"inf"_s}, "expected a number");
        row("a speed that is no number", {u"rehearse"_s, u"--speed"_s, u"nan"_s}, "expected a number");
        row("a file for the rehearsal", {u"rehearse"_s, u"a.yaml"_s}, "`a.yaml` was not expected");
        row("two files for the board", {u"a.yaml"_s, u"b.yaml"_s}, "one incident file is expected");
    }
    void unusable()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const CliResult result = CliFolder().run(arguments);
        QCOMPARE(result.code, 2);
        QVERIFY2(result.out.isEmpty(), result.out.constData());
        QVERIFY2(result.err.contains(says), result.err.constData());
        QVERIFY2(result.err.contains("--help"), result.err.constData());
    }

    void withoutADisplayTheHeadlessCommandsAreNamed_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("the board") << QStringList{};
        QTest::newRow("the board on a file") << QStringList{u"incident.yaml"_s};
        QTest::newRow("the rehearsal") << QStringList{u"rehearse"_s};
    }
    void withoutADisplayTheHeadlessCommandsAreNamed()
    {
        QFETCH(QStringList, arguments);
        const CliResult result = CliFolder().run(arguments);
        QCOMPARE(result.code, 2);
        QVERIFY(result.out.isEmpty());
        QVERIFY2(result.err.contains("allclear check FILE"), result.err.constData());
        QVERIFY2(result.err.contains("allclear rehearse --headless"), result.err.constData());
    }

    void validateCountsWhatItRead()
    {
        const CliFolder folder;
        folder.write(u"i.yaml"_s, goodFile);
        const CliResult result = folder.run({u"validate"_s, u"i.yaml"_s});
        QVERIFY2(result.code == 0, result.err.constData());
        QCOMPARE(result.out, QByteArray("i.yaml: 1 endpoint, 0 suites, 1 criterion: ok\n"));
    }

    void validateReadsEveryFileAndNamesEveryError()
    {
        const CliFolder folder;
        folder.write(u"good.yaml"_s, goodFile);
        folder.write(u"bad.yaml"_s, "endpoints:\n  - { name: a, urll: x }\n  - { name: b, intervall: 3s, url: \"http://127.0.0.1/\" }\n");
        const CliResult result = folder.run({u"validate"_s, u"bad.yaml"_s, u"good.yaml"_s});
        QCOMPARE(result.code, 2);
        QVERIFY2(result.out.startsWith("good.yaml: "), result.out.constData());
        QVERIFY2(result.err.contains("bad.yaml:2:") && result.err.contains("bad.yaml:3:"), result.err.constData());
        QVERIFY2(result.err.contains("interval"), result.err.constData());
    }

    void optionsMayStandBeforeTheCommand()
    {
        const CliFolder folder;
        folder.write(u"i.yaml"_s, goodFile);
        const CliResult result = folder.run({u"--no-color"_s, u"validate"_s, u"--quiet"_s, u"i.yaml"_s});
        QCOMPARE(result.code, 0);
    }
};

QTEST_GUILESS_MAIN(TestCliArguments)
#include "tst_cli_arguments.moc"
