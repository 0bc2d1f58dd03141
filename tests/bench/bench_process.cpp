// The real allclear-board as a process: time from its start to the first frame, and what it costs while it watches 20
// endpoints. The endpoints are served by this program on 127.0.0.1. Prints what was measured; asserts nothing.
#include "history/history.h"
#include "incident/reader.h"
#include "support/testmain.h"
#include "support/tinyhttp.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int endpointCount = 20;
constexpr int starts = 9;
constexpr std::chrono::seconds settling{10};
constexpr std::chrono::seconds watched{30};

QString incidentFor(quint16 port, const QString &interval)
{
    QString yaml = u"incident: { title: Bench }\nendpoints:\n"_s;
    for (int i = 0; i < endpointCount; ++i) {
        yaml += u"  - { name: e%1, url: \"http://127.0.0.1:%2/%1\", interval: %3, conditions: [\"[STATUS] == 200\"] }\n"_s.arg(i)
                    .arg(port).arg(interval);
    }
    return yaml;
}

/// User and system time of a process, in seconds.
double cpuSeconds(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray line = file.readAll();
    const QList<QByteArray> fields = line.sliced(line.lastIndexOf(')') + 2).split(' ');
    return (fields[11].toDouble() + fields[12].toDouble()) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double residentMiB(qint64 pid)
{
    QFile file(u"/proc/%1/statm"_s.arg(pid));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').at(1).toDouble() * 4096 / 1048576 : 0;
}

void wait(std::chrono::milliseconds time)
{
    QTimer timer;
    timer.setSingleShot(true);
    QSignalSpy spy(&timer, &QTimer::timeout);
    timer.start(time);
    spy.wait(static_cast<int>(time.count()) + 5000);
}

/// Yesterday's results of 20 endpoints at one a second, as the board would have recorded them.
void fillHistory(const QString &incidentPath)
{
    const allclear::ReadResult read = allclear::readIncidentFile(incidentPath);
    if (!read.incident)
        qFatal("the bench's own file cannot be read");
    allclear::HistoryStore store(std::make_shared<allclear::SystemClock>());
    store.open(allclear::HistoryStore::defaultPath(read.incident->historyId()));
    const allclear::TimePoint begin = allclear::SystemClock().now() - std::chrono::hours(24);
    for (int second = 0; second < 86'400; ++second) {
        for (const allclear::Endpoint &endpoint : read.incident->endpoints) {
            auto observation = std::make_shared<allclear::Observation>();
            observation->endpoint = endpoint.key();
            observation->startedAt = begin + std::chrono::seconds(second);
            observation->finishedAt = observation->startedAt;
            observation->latency = std::chrono::milliseconds(20 + second % 97);
            observation->outcome = allclear::Outcome::Pass;
            observation->answered = true;
            observation->status = 200;
            store.record(observation);
        }
        if (second % 1000 == 0)
            store.flush();
    }
    store.flush();
    store.close();
}

struct Cost {
    double cpuShare = 0;
    double residentMiB = 0;
};

Cost costOf(const QString &board, const QString &incidentPath)
{
    QProcess process;
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(board, {incidentPath});
    process.waitForStarted();
    wait(settling);
    const double before = cpuSeconds(process.processId());
    wait(watched);
    const Cost cost{.cpuShare = (cpuSeconds(process.processId()) - before) / static_cast<double>(watched.count()),
                    .residentMiB = residentMiB(process.processId())};
    process.terminate();
    process.waitForFinished(5000);
    return cost;
}

void writeIncident(const QString &path, quint16 port, const QString &interval)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(incidentFor(port, interval).toUtf8()) < 0)
        qFatal("cannot write %s", qPrintable(path));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toUtf8());
    qputenv("XDG_CONFIG_HOME", home.path().toUtf8());
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QString board = QStringLiteral(BIN_DIR "/allclear-board");
    allclear::test::TinyHttp server;
    const QString path = home.filePath(u"bench.yaml"_s);
    writeIncident(path, server.serverPort(), u"10s"_s);

    std::vector<double> times;
    for (int i = 0; i < starts; ++i) {
        QElapsedTimer timer;
        QProcess process;
        timer.start();
        process.start(board, {path, u"--first-frame"_s});
        if (!process.waitForReadyRead(10'000))
            return 1;
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        process.waitForFinished(10'000);
    }
    std::ranges::sort(times);
    std::printf("start to first frame: median of %d: %.0f ms, slowest %.0f ms\n", starts, times[times.size() / 2], times.back());

    const Cost idle = costOf(board, path);
    std::printf("watching %d endpoints every 10 s: %.2f %% of a core over %d s, RSS %.0f MiB\n", endpointCount, 100 * idle.cpuShare,
                static_cast<int>(watched.count()), idle.residentMiB);

    const QString busyPath = home.filePath(u"day.yaml"_s);
    writeIncident(busyPath, server.serverPort(), u"1s"_s);
    fillHistory(busyPath);
    const Cost day = costOf(board, busyPath);
    std::printf("with 24 h of %d endpoints at 1 s: %.2f %% of a core, RSS %.0f MiB\n", endpointCount, 100 * day.cpuShare, day.residentMiB);
    return 0;
}
