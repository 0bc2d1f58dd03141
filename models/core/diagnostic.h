// What is wrong with a file, and where: one entry an error, all of them at once.
#pragma once

#include "core/endpoint.h"

#include <QList>
#include <QString>

namespace allclear {

enum class Severity { Error, Notice };

struct Diagnostic {
    Severity severity = Severity::Error;
    SourceMark mark;
    QString message;    ///< "unknown key `intervall`"
    QString suggestion; ///< "did you mean `interval`?"; may be empty
    QString excerpt;    ///< the line it is on; may be empty
};

using Diagnostics = QList<Diagnostic>;

bool hasErrors(const Diagnostics &diagnostics);
/// "file.yaml:12:5: error: unknown key `intervall`, did you mean `interval`?" plus the line and a caret under it.
QString toText(const Diagnostic &diagnostic, const QString &file);

} // namespace allclear
