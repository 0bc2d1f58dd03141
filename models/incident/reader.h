// Reads an incident file (or a Gatus file) into an Incident. All errors at once, each with line, column, suggestion.
#pragma once

#include "core/diagnostic.h"
#include "incident/incident.h"

#include <QByteArray>
#include <QMap>

namespace allclear {

/// Files larger than this are refused: an incident is written by people.
inline constexpr qint64 maxIncidentBytes = 4 * 1024 * 1024;

struct ReadOptions {
    QMap<QString, QString> variables; ///< win over the environment and the file's block (the rehearsal's ports)
    bool useEnvironment = true;       ///< ${NAME} may come from the process environment
    QString directory;                ///< relative paths in the text are under this
};

struct ReadResult {
    IncidentPtr incident;   ///< null when there are errors
    Diagnostics diagnostics; ///< errors, then notices, each in file order
};

/// Reads the file at `path`. A file that cannot be opened is an error without a line.
ReadResult readIncidentFile(const QString &path, ReadOptions options = {});
/// Reads YAML text; `sourcePath` only names it.
ReadResult readIncident(const QByteArray &yaml, const ReadOptions &options = {}, const QString &sourcePath = {});

} // namespace allclear
