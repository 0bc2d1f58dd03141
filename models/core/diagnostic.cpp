#include "core/diagnostic.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

bool hasErrors(const Diagnostics &diagnostics)
{
    return std::ranges::any_of(diagnostics, [](const Diagnostic &d) { return d.severity == Severity::Error; });
}

QString toText(const Diagnostic &diagnostic, const QString &file)
{
    QString text = file;
    if (diagnostic.mark.line > 0)
        text += u':' + QString::number(diagnostic.mark.line) + u':' + QString::number(diagnostic.mark.column);
    text += diagnostic.severity == Severity::Error ? ": error: "_L1 : ": notice: "_L1;
    text += diagnostic.message;
    if (!diagnostic.suggestion.isEmpty())
        text += ", "_L1 + diagnostic.suggestion;
    if (!diagnostic.excerpt.isEmpty()) {
        QString line = diagnostic.excerpt;
        line.replace(u'\t', u' ');
        text += "\n    "_L1 + line + "\n    "_L1;
        if (diagnostic.mark.column > 0)
            text += QString(diagnostic.mark.column - 1, u' ') + u'^';
    }
    return text;
}

} // namespace allclear
