#include "support/runcli.h"
#include "support/testmain.h"
#include "support/tinyhttp.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <csignal>

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

QByteArray incidentWith(const QByteArray &name, const QString &url)
{
    return "incident: { title: Watched }\nendpoints:\n  - { name: " + name + ", url: \"" + url.toUtf8()
        + "\", interval: 1s, conditions: [\"[STATUS] == 200\"] }\n"
          "success-criteria:\n  - { title: It answers, of: [" + name + "], hold: 1h }\n";
}

/// Collects what a running command prints.
class Running {
public:
    Running(const CliFolder &folder, const QStringList &arguments) : m_process(folder.command(arguments))
    {
        QObject::connect(m_process.get(), &QProcess::readyReadStandardOutput, m_process.get(),
                         [this] { m_out += m_process->readAllStandardOutput(); });
        QObject::connect(m_process.get(), &QProcess::readyReadStandardError, m_process.get(),
                         [this] { m_err += m_process->readAllStandardError(); });
        m_process->start();
    }
    const QByteArray &out() const { return m_out; }
    const QByteArray &err() const { return m_err; }
    QList<QByteArray> lines() const { return m_out.left(m_out.lastIndexOf('\n')).split('\n'); }
    CliResult interrupt()
    {
        ::kill(static_cast<pid_t>(m_process->processId()), SIGINT);
        CliResult result = CliFolder::finish(*m_process);
        result.out = m_out + result.out;
        result.err = m_err + result.err;
        return result;
    }

private:
    std::unique_ptr<QProcess> m_process;
    QByteArray m_out, m_err;
};

} // namespace

class TestCliWatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { allclear::test::failOnWarnings(); }

    void oneLineAResultAndASummaryOnCtrlC()
    {
        TinyHttp server({503, "busy", {}});
        const CliFolder folder;
        Running watch(folder, {u"watch"_s, folder.write(u"i.yaml"_s, incidentWith("service", server.url()))});
        QTRY_VERIFY_WITH_TIMEOUT(watch.out().count("service") >= 2, 30000);
        const CliResult result = watch.interrupt();
        QVERIFY2(result.code == 1, result.err.constData());
        QVERIFY2(result.out.contains("503"), result.out.constData());
        QVERIFY2(result.out.contains("NOT CLEAR"), result.out.constData());
        QVERIFY2(!result.out.contains('\x1b'), result.out.constData());
    }

    void ndjsonHoldsNothingButResults()
    {
        TinyHttp server;
        const CliFolder folder;
        Running watch(folder, {u"watch"_s, folder.write(u"i.yaml"_s, incidentWith("service", server.url())), u"--format"_s, u"ndjson"_s});
        QTRY_VERIFY_WITH_TIMEOUT(watch.lines().size() >= 2, 30000);
        const CliResult result = watch.interrupt();
        QVERIFY(result.code == 1 || result.code == 3);
        QVERIFY(result.out.endsWith('\n'));
        for (const QByteArray &line : result.out.chopped(1).split('\n')) {
            const QJsonObject entry = QJsonDocument::fromJson(line).object();
            QVERIFY2(entry[u"name"_s].toString() == u"service"_s, line.constData());
            QCOMPARE(entry[u"outcome"_s].toString(), u"pass"_s);
        }
    }

    void aChangedFileIsTakenOverLive()
    {
        TinyHttp first, second;
        const CliFolder folder;
        const QString file = folder.write(u"i.yaml"_s, incidentWith("before", first.url()));
        Running watch(folder, {u"watch"_s, file, u"--no-history"_s});
        QTRY_VERIFY_WITH_TIMEOUT(watch.out().contains("before"), 30000);

        folder.write(u"i.yaml"_s, "endpoints: [ { nam: x } ]\n");
        QTRY_VERIFY_WITH_TIMEOUT(watch.err().contains("keeping the version read before"), 30000);
        QVERIFY2(watch.err().contains("i.yaml:1:"), watch.err().constData());
        const int served = first.requests();
        QTRY_VERIFY_WITH_TIMEOUT(first.requests() > served, 30000);

        const QString replacement = folder.write(u"i.yaml.new"_s, incidentWith("after", second.url()));
        QVERIFY(std::rename(QFile::encodeName(replacement).constData(), QFile::encodeName(file).constData()) == 0);
        QTRY_VERIFY_WITH_TIMEOUT(watch.out().contains("after"), 30000);
        watch.interrupt();
    }

    void resultsGoToTheHistoryUnlessTheyMayNot_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<bool>("kept");
        QTest::newRow("kept") << QStringList{} << true;
        QTest::newRow("--no-history") << QStringList{u"--no-history"_s} << false;
    }
    void resultsGoToTheHistoryUnlessTheyMayNot()
    {
        QFETCH(QStringList, options);
        QFETCH(bool, kept);
        TinyHttp server;
        const CliFolder folder;
        const QString file = folder.write(u"i.yaml"_s, incidentWith("service", server.url()));
        const CliResult result = folder.run(QStringList{u"watch"_s, file, u"--for"_s, u"300ms"_s} + options);
        QVERIFY2(result.code == 1 || result.code == 3, result.err.constData());
        const QStringList stored = QDir(folder.path(u"data/allclear/history"_s)).entryList({u"*.sqlite"_s});
        QCOMPARE(stored.size(), kept ? 1 : 0);
    }
};

QTEST_GUILESS_MAIN(TestCliWatch)
#include "tst_cli_watch.moc"
