// What the board's command line may say.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace allclear {

struct BoardOptions {
    QString file;          ///< empty: the last one, or the rehearsal
    bool rehearse = false;
    double speed = 1;      ///< of the rehearsal's clock
    bool light = false;
    double scale = 1;      ///< of text and measures, 1 … 2
    bool fullScreen = false;
    bool history = true;
    QString chapter;       ///< crisis, recovery or clear: when to take the screenshot
    QString screenshot;    ///< PNG to write, then quit
    QSize size{1920, 1080};
    bool firstFrame = false; ///< say when the first frame is painted, then quit: for the bench
    QString shots;         ///< folder: all chapters, sizes and looks in one rehearsal, then quit
};

/// Reads the arguments; nothing and an exit code in `status` when the program is to end (help, version, errors).
std::optional<BoardOptions> readOptions(const QStringList &arguments, int &status);

} // namespace allclear
