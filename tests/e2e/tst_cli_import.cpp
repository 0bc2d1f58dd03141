// `allclear import` as a person types it.
#include "support/runcli.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

const QString issues = QStringLiteral(FIXTURES "/issues/");

QString describe(const CliResult &result)
{
    return u"exit %1\n%2\n%3"_s.arg(result.code).arg(QString::fromUtf8(result.out), QString::fromUtf8(result.err));
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestCliImport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void theFileIsWrittenAndValid()
    {
        const CliFolder folder;
        const CliResult result = folder.run({u"import"_s, issues + u"01-seed.md"_s, u"-o"_s, folder.path(u"i.yaml"_s)});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QVERIFY2(result.out.isEmpty(), result.out.constData());
        QVERIFY2(result.err.contains("Mac Roman"), result.err.constData());
        QVERIFY2(result.err.contains("01-seed.md:74: "), result.err.constData());
        const CliResult validated = folder.run({u"validate"_s, folder.path(u"i.yaml"_s)});
        QVERIFY2(validated.code == 0, qPrintable(describe(validated)));
        QVERIFY2(!validated.err.contains("error:"), validated.err.constData());
    }

    void withoutOutputItIsPrinted()
    {
        const CliFolder folder;
        const CliResult result = folder.run({u"import"_s, issues + u"02-front-matter.md"_s, u"--quiet"_s});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QVERIFY2(result.err.isEmpty(), result.err.constData());
        QVERIFY(result.out.contains("\nincident:\n"));
    }

    void checkProbesIt()
    {
        const CliFolder folder; // an address that nothing answers on: no name is looked up
        const QString issue =
            folder.write(u"issue.md"_s, "# Down\n\n## Success Criteria\n- [ ] http://127.0.0.1:1/health returns 200\n");
        QCOMPARE(folder.run({u"import"_s, issue, u"-o"_s, folder.path(u"i.yaml"_s)}).code, 0);
        const CliResult result = folder.run({u"check"_s, folder.path(u"i.yaml"_s)});
        QVERIFY2(result.code == 1, qPrintable(describe(result)));
    }

    void severalIncidentsAreListed()
    {
        const CliFolder folder;
        const CliResult result =
            folder.run({u"import"_s, issues + u"09-several-incidents.md"_s, u"-o"_s, folder.path(u"i.yaml"_s)});
        QVERIFY2(result.code == 2, qPrintable(describe(result)));
        QVERIFY(result.err.contains("--incident N"));
        QVERIFY(result.err.contains("2  Certificates expire on Friday"));
        QVERIFY(!QFile::exists(folder.path(u"i.yaml"_s)));
        const CliResult second =
            folder.run({u"import"_s, issues + u"09-several-incidents.md"_s, u"--incident"_s, u"2"_s});
        QVERIFY2(second.code == 0, qPrintable(describe(second)));
        QVERIFY(second.out.contains("title: Certificates expire on Friday"));
    }

    void importedAgainKeepsWhatAPersonChanged()
    {
        const CliFolder folder;
        const QString issue = folder.write(u"issue.md"_s, contentOf(issues + u"01-seed.md"_s)),
                      file = folder.path(u"i.yaml"_s);
        QCOMPARE(folder.run({u"import"_s, issue, u"-o"_s, file}).code, 0);
        folder.write(u"i.yaml"_s, contentOf(file).replace("severity: P0", "severity: P1"));
        folder.write(u"issue.md"_s, contentOf(issue).replace("$500K+", "$600K+"));
        const CliResult result = folder.run({u"import"_s, issue, u"-o"_s, file});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QVERIFY(contentOf(file).contains("severity: P1"));
        QVERIFY(contentOf(file).contains("amount: 600000"));
        QVERIFY2(result.err.contains("stays as you wrote it"), result.err.constData());
    }

    void refused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("no issue") << QStringList{} << QByteArray("an issue is expected");
        QTest::newRow("two issues") << QStringList{u"a.md"_s, u"b.md"_s} << QByteArray("one issue is expected");
        QTest::newRow("no such file") << QStringList{u"missing.md"_s} << QByteArray("cannot be read");
        QTest::newRow("a folder") << QStringList{issues} << QByteArray("is a folder");
        QTest::newRow("an output that cannot be")
            << QStringList{issues + u"01-seed.md"_s, u"-o"_s, u"/nowhere/i.yaml"_s} << QByteArray("cannot be written");
        QTest::newRow("an output of other making")
            << QStringList{issues + u"01-seed.md"_s, u"-o"_s, issues + u"02-front-matter.md"_s}
            << QByteArray("not made by an import");
        QTest::newRow("no such incident")
            << QStringList{issues + u"01-seed.md"_s, u"--incident"_s, u"7"_s} << QByteArray("there is no incident 7");
    }

    void refused()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, message);
        const CliFolder folder;
        const CliResult result = folder.run(QStringList{u"import"_s} + arguments);
        QVERIFY2(result.code == 2, qPrintable(describe(result)));
        QVERIFY2(result.err.contains(message), result.err.constData());
        QVERIFY(result.out.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCliImport)
#include "tst_cli_import.moc"
