// What a journey's `store` takes out of an answer, and how a later step's texts use it.
#pragma once

#include "conditions/condition.h"

namespace allclear {

/// Why the text cannot stand in `store`: it must be one placeholder, plain or in len().
std::optional<ConditionError> checkStored(const QString &placeholder);
/// The placeholder's value with the JSON type it had; nothing where it has no value, or does not parse.
std::optional<QJsonValue> extract(const QString &placeholder, const Evidence &evidence);

struct Filled {
    QString text;
    QStringList missing; ///< "[CONTEXT].token" for each that has no value; they stay in the text
};
/// Every [CONTEXT].path in the text becomes its value, unquoted, as in Gatus.
Filled fillContext(const QString &text, const QJsonObject &context);

} // namespace allclear
