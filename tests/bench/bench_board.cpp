// How long the GUI thread works for one frame of the board: 1,000 tiles of which 100 change ten times a second, and 20
// endpoints with 86,400 samples behind them. Prints what was measured; asserts nothing.
#include "items/board.h"
#include "items/desk.h"
#include "widgets/shell/boardwindow.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>

#include <algorithm>
#include <cstdio>
#include <sys/resource.h>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

constexpr int tileCount = 1000;
constexpr int changedPerFrame = 100;
constexpr int seriesCount = 20;
constexpr int samplesPerSeries = 86'400;
constexpr int frames = 100; // ten seconds of board time

std::shared_ptr<Incident> incidentOf(int components, TimePoint declared)
{
    auto incident = std::make_shared<Incident>();
    incident->title = u"Bench"_s;
    incident->severity = u"P0"_s;
    incident->declared = declared;
    for (int i = 0; i < components; ++i) {
        const QString name = u"component-%1"_s.arg(i);
        incident->components.append({.name = name, .title = name, .tier = u"Tier %1"_s.arg(i % 8), .needs = {}});
        if (i >= seriesCount)
            continue;
        Endpoint endpoint;
        endpoint.name = name;
        endpoint.component = name;
        endpoint.kind = Kind::Http;
        endpoint.interval = 1s;
        incident->endpoints.append(endpoint);
    }
    return incident;
}

Tile tileOf(const Component &component, int step, TimePoint now)
{
    Tile tile;
    tile.component = tile.title = component.name;
    tile.tier = component.tier;
    tile.state = step % 7 == 0 ? State::Down : State::Up;
    tile.value = u"%1 ms"_s.arg(20 + step % 80);
    tile.reason = u"HTTP 200 · all conditions hold"_s;
    tile.interval = 1s;
    tile.lastAt = now;
    for (int i = 0; i < recentResultCount; ++i) {
        tile.sparkline.push_back(static_cast<float>(20 + (step * 7 + i * 13) % 60));
        tile.recent.append((step + i) % 7 == 0 ? State::Down : State::Up);
    }
    return tile;
}

double cpuMs()
{
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
        + static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

double residentMiB()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').at(1).toDouble() * 4096 / 1048576;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    loadFonts();
    const auto clock = std::make_shared<SystemClock>();
    Board board(clock);
    ThemeSource theme(Appearance::Dark);
    BoardWindow window(&board, &theme);
    window.resize(1920, 1080);
    window.show();

    const TimePoint now = clock->now();
    const auto incident = incidentOf(tileCount, now - 24h);
    auto verdict = std::make_shared<Verdict>();
    verdict->at = now;
    for (const Component &component : incident->components)
        verdict->components.append({.name = component.name, .state = State::Up});
    auto first = std::make_shared<Frame>();
    first->incident = incident;
    first->verdict = verdict;
    for (int i = 0; i < tileCount; ++i)
        first->tiles.append({i, tileOf(incident->components[i], i, now)});
    for (int series = 0; series < seriesCount; ++series) {
        for (int i = samplesPerSeries; i > 0; --i)
            first->samples.append({series, Sample{.at = now - i * 1s, .latencyMs = static_cast<float>(20 + (i * 31 + series) % 200)}});
    }
    board.apply(first);
    QApplication::processEvents();
    first.reset();

    std::vector<double> times;
    const double cpuBefore = cpuMs();
    for (int step = 1; step <= frames; ++step) {
        const TimePoint at = clock->now();
        auto frame = std::make_shared<Frame>();
        frame->incident = incident;
        frame->verdict = verdict;
        for (int i = 0; i < changedPerFrame; ++i) {
            const int row = (step * changedPerFrame + i) % tileCount;
            frame->tiles.append({row, tileOf(incident->components[row], step + i, at)});
        }
        if (step % 10 == 0) {
            for (int series = 0; series < seriesCount; ++series)
                frame->samples.append({series, Sample{.at = at, .latencyMs = static_cast<float>(20 + step % 90)}});
        }
        QElapsedTimer timer;
        timer.start();
        board.apply(frame);
        QApplication::processEvents();
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    const double cpu = cpuMs() - cpuBefore;
    std::ranges::sort(times);
    const auto at = [&](double share) { return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))]; };
    std::printf("board frame, %d tiles (%d change a frame), %d × %d samples: p50 %.2f ms, p99 %.2f ms, max %.2f ms\n", tileCount,
                changedPerFrame, seriesCount, samplesPerSeries, at(0.5), at(0.99), times.back());
    std::printf("GUI thread at 10 frames a second: %.1f %% of a core; RSS %.0f MiB\n", cpu / (frames * 100.0) * 100, residentMiB());
    return 0;
}
