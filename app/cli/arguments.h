// The command line as a value. The only file pair that knows the option parser.
#pragma once

#include "core/time.h"

#include <QStringList>

#include <variant>

namespace allclear {

enum class Command { Board, Check, Watch, Probe, Validate, Import, Rehearse };
enum class Format { Text, Json, NdJson };

/// Of `allclear probe`; texts as typed, checked like those of an incident file.
struct ProbeOptions {
    QStringList expect;  ///< --expect
    QStringList headers; ///< --header, "Name: value"
    QString body;
    QString method;
    QString timeout;
    QString caFile;
    bool insecure = false;
    int repeat = 1;
};

/// Of `allclear import`.
struct ImportArguments {
    QString output;              ///< --output; empty: standard output
    std::optional<int> incident; ///< --incident
};

struct Invocation {
    Command command = Command::Board;
    QStringList files;                ///< as typed; the URL of `probe`
    Format format = Format::Text;
    std::optional<Duration> duration; ///< --for
    double speed = 1;                 ///< --speed
    bool headless = false;
    bool quiet = false;
    bool noColour = false;
    bool noHistory = false;
    ProbeOptions probe = {};
    ImportArguments import = {};
};

/// The command line itself ends the program: help, version, or arguments that cannot be used.
struct Ending {
    int code = 0;
    QString out; ///< for standard output
    QString err; ///< for standard error
};

/// `arguments` without the program's name. Unusable ones end with code 2, what was expected, and a suggestion.
std::variant<Invocation, Ending> parseArguments(const QStringList &arguments);

/// The candidate that `word` was probably meant to be; empty when none is near.
QString nearest(const QString &word, const QStringList &candidates);

} // namespace allclear
