// The path behind [BODY], [MESSAGE] and [CONTEXT]: ".a.b[0]" or "[0].x".
#pragma once

#include "conditions/condition.h"

#include <QJsonValue>

namespace allclear {

/// An object's member, or an array's element.
using PathStep = std::variant<QString, qsizetype>;
using Path = QList<PathStep>;

/// `text` starts with `.` or `[`, or is empty; `column` is where it stands in the condition.
std::variant<Path, ConditionError> parsePath(QStringView text, int column);

/// Nothing where a step leads nowhere: a missing member, an index past the end, a member of what is no object.
/// JSON null is no value either, as in Gatus.
std::optional<QJsonValue> follow(const QJsonValue &root, const Path &path);

} // namespace allclear
