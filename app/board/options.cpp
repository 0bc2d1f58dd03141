#include "app/board/options.h"

#include <CLI/CLI.hpp>

#include <iostream>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

std::optional<QSize> toSize(const std::string &text)
{
    const QStringList parts = QString::fromStdString(text).split(u'x');
    if (parts.size() != 2)
        return std::nullopt;
    const QSize size(parts[0].toInt(), parts[1].toInt());
    return size.width() >= 640 && size.height() >= 400 && size.width() <= 7680 && size.height() <= 4320
        ? std::optional(size)
        : std::nullopt;
}

} // namespace

std::optional<BoardOptions> readOptions(const QStringList &arguments, int &status)
{
    CLI::App app("Allclear: a war-room for one incident", "allclear-board");
    app.footer("Examples:\n  allclear-board incident.yaml\n  allclear-board --rehearse --speed 10\n"
               "Without a display use `allclear check FILE` or `allclear rehearse --headless`.");
    BoardOptions options;
    std::string file, chapter, screenshot, shots, size = "1920x1080";
    bool dark = false, noHistory = false;
    app.add_option("FILE", file, "the incident file; without one the last opened, or the rehearsal");
    app.add_flag("--rehearse", options.rehearse, "a simulated incident on loopback sockets, crisis to recovery");
    app.add_option("--speed", options.speed, "how many times faster than life the rehearsal runs")->check(CLI::Range(0.1, 200.0));
    app.add_flag("--light", options.light, "light appearance");
    app.add_flag("--dark", dark, "dark appearance (the default)")->excludes("--light");
    app.add_option("--scale", options.scale, "size of text, 1 to 2")->check(CLI::Range(1.0, 2.0));
    app.add_flag("--full-screen", options.fullScreen, "start in full screen (F11)");
    app.add_flag("--no-history", noHistory, "keep no history");
    app.add_option("--chapter", chapter, "when to take the screenshot of a rehearsal")->check(CLI::IsMember({"crisis", "recovery", "clear"}));
    app.add_option("--screenshot", screenshot, "write a PNG of the board and quit");
    app.add_option("--shots", shots, "write PNGs of every chapter, size and appearance into this folder and quit");
    app.add_flag("--first-frame", options.firstFrame, "say so when the first frame is painted, and quit");
    app.add_option("--size", size, "of the window, WIDTHxHEIGHT");
    app.set_version_flag("--version", "allclear-board " ALLCLEAR_VERSION);
    std::vector<std::string> words;
    for (auto word = arguments.rbegin(); word != arguments.rend() - 1; ++word)
        words.push_back(word->toStdString());
    try {
        app.parse(words);
    } catch (const CLI::ParseError &error) {
        status = app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
        return std::nullopt;
    }
    const std::optional<QSize> wanted = toSize(size);
    if (!wanted) {
        std::cerr << "--size wants WIDTHxHEIGHT between 640x400 and 7680x4320, for example 1920x1080; it was \"" << size << "\"\n";
        status = 2;
        return std::nullopt;
    }
    options.file = QString::fromStdString(file);
    options.chapter = QString::fromStdString(chapter);
    options.screenshot = QString::fromStdString(screenshot);
    options.shots = QString::fromStdString(shots);
    options.size = *wanted;
    options.history = !noHistory;
    return options;
}

} // namespace allclear
