// allclear-board as a process: what it does without a display, with unusable arguments, and with a file it cannot read.
#include "support/runcli.h"
#include "support/testmain.h"
#include "support/tinyhttp.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

CliResult board(const CliFolder &folder, const QStringList &arguments, const QStringList &variables = {u"QT_QPA_PLATFORM=offscreen"_s})
{
    const auto process = folder.command(arguments, variables + QStringList{u"XDG_CONFIG_HOME="_s + folder.path(u"config"_s)});
    process->setProgram(QStringLiteral(BIN_DIR "/allclear-board"));
    process->start();
    return CliFolder::finish(*process);
}

QString describe(const CliResult &result)
{
    return u"exit %1\n%2\n%3"_s.arg(result.code).arg(QString::fromUtf8(result.out), QString::fromUtf8(result.err));
}

} // namespace

class TestBoardProgram : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void argumentsAreChecked_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("help") << QStringList{u"--help"_s} << 0 << QByteArray("the incident file; without one");
        QTest::newRow("version") << QStringList{u"--version"_s} << 0 << QByteArray("allclear-board ");
        QTest::newRow("an unknown option") << QStringList{u"--sped"_s, u"3"_s} << 2 << QByteArray("--sped");
        QTest::newRow("a size that is none") << QStringList{u"--size"_s, u"wide"_s} << 2 << QByteArray("WIDTHxHEIGHT");
        QTest::newRow("text beyond twice its size") << QStringList{u"--scale"_s, u"9"_s} << 2 << QByteArray("--scale");
    }
    void argumentsAreChecked()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QByteArray, says);
        const CliResult result = board(CliFolder(), arguments);
        QVERIFY2(result.code == code, qPrintable(describe(result)));
        QVERIFY2((result.out + result.err).contains(says), qPrintable(describe(result)));
    }

    void withoutADisplayItNamesTheHeadlessCommands()
    {
        const CliResult result = board(CliFolder(), {u"--rehearse"_s}, {});
        QCOMPARE(result.code, 2);
        QVERIFY2(result.err.contains("there is no display") && result.err.contains("allclear check FILE"), qPrintable(describe(result)));
    }

    void itPaints_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::newRow("a file") << QByteArray("endpoints: [{name: a, url: '%1', conditions: ['[STATUS] == 200']}]\n");
        QTest::newRow("a file with errors") << QByteArray("endpoints: [{name: a, url: '%1', condition: ['[STATUS] == 200']}]\n");
        QTest::newRow("no YAML at all") << QByteArray("{{{");
    }
    void itPaints()
    {
        QFETCH(QByteArray, yaml);
        const TinyHttp server;
        const CliFolder folder;
        const QString file = folder.write(u"i.yaml"_s, yaml.replace("%1", server.url().toUtf8()));
        const CliResult result = board(folder, {file, u"--first-frame"_s});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QCOMPARE(result.out, QByteArray("first frame\n"));
    }

    void theRehearsalLeavesAScreenshot()
    {
        const CliFolder folder;
        const CliResult result = board(folder, {u"--rehearse"_s, u"--chapter"_s, u"crisis"_s, u"--size"_s, u"1366x768"_s, u"--screenshot"_s, folder.path(u"board.png"_s)});
        QVERIFY2(result.code == 0, qPrintable(describe(result)));
        QFile png(folder.path(u"board.png"_s));
        QVERIFY(png.open(QIODevice::ReadOnly));
        QCOMPARE(png.read(24), QByteArray::fromHex("89504e470d0a1a0a0000000d49484452" "00000556" "00000300")); // 1366 × 768
        QVERIFY(png.size() > 20'000); // not blank
    }
};

QTEST_GUILESS_MAIN(TestBoardProgram)
#include "tst_board_program.moc"
