#include "support/runcli.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;

class TestCliRehearse : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void fromCrisisToAllClear()
    {
        const CliResult result = CliFolder().run({u"rehearse"_s, u"--headless"_s, u"--speed"_s, u"20"_s});
        QVERIFY2(result.code == 0, (result.out + result.err).constData());
        const qsizetype suspect = result.out.indexOf("suspect: vpc-connector (explains ");
        const qsizetype cleared = result.out.lastIndexOf("ALL CLEAR");
        QVERIFY2(suspect >= 0 && suspect < cleared, result.out.constData());
        QVERIFY2(result.out.contains("chapter: "), result.out.constData());
        QVERIFY2(result.out.contains("api: down"), result.out.constData());
        QVERIFY2(!result.out.contains('\x1b'), result.out.constData());
        QVERIFY2(result.err.isEmpty(), result.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestCliRehearse)
#include "tst_cli_rehearse.moc"
