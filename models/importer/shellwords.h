// What a shell block holds: its commands, without prompts, comments and what they printed. Pure; nothing is started.
#pragma once

#include "importer/words.h"

namespace allclear::issue
{

struct ShellCommand {
    QString text; ///< the whole command on one line
    QStringList words; ///< argv as a shell would split it, `$NAME` as `${NAME}`
    bool needsShell = false; ///< pipes, redirects, substitutions, globs
    QString directory; ///< of a `cd` before it
    QString comment; ///< the last `# …` above it, without the mark
    int line = 0;
};

struct SkippedLine {
    QString text;
    int line = 0;
    QString why;
};

struct ShellBlock {
    QList<ShellCommand> commands;
    QList<SkippedLine> skipped; ///< `export …`, here-documents, …
};

/// `lines` are those of a fenced block. With prompts ("$ ") in it, other lines are output.
ShellBlock shellBlock(const QList<Line> &lines);

struct ShellWords {
    QStringList words;
    bool needsShell = false;
    bool complete = true; ///< false: a quote is still open
};
ShellWords splitShell(const QString &text);

/// A program that an issue would start to look at something: pytest, curl, kubectl, …
bool isKnownProgram(const QString &program);
/// Starting it changes nothing: tests and look-ups, not deployments.
bool isCheck(const QStringList &words);

} // namespace allclear::issue
