// What each command takes and says about itself: one row a command.
#pragma once

#include "app/cli/arguments.h"

namespace allclear {

enum class FileCount { None, Optional, One, OneOrMore };

struct CommandManual {
    Command command = Command::Board;
    QString name; ///< empty for the board, which has no word of its own
    QString description;
    FileCount files = FileCount::None;
    QString fileHelp;
    QStringList options; ///< beside those that every command has
    QStringList formats;
    QString durationHelp;
    QStringList examples; ///< "command line  # what it does"
    QString notes;

    QString program() const;
    QString footer() const;
};

const CommandManual &boardManual();
const CommandManual *findManual(const QString &name);
QStringList commandNames();

} // namespace allclear
