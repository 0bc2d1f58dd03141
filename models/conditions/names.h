// The words of the condition language, and which of them a misspelt one was meant to be.
#pragma once

#include "conditions/tree.h"

namespace allclear {

enum class Function { Pat, Any, Len, Has, Matches, P50, P95, P99, Max, Mean };

struct FieldName {
    QLatin1StringView name;
    Field field;
};
struct FunctionName {
    QLatin1StringView name;
    Function function;
};

std::span<const FieldName> fieldNames();
std::span<const FunctionName> functionNames();

/// Placeholders compare without case, functions with it, as in Gatus.
std::optional<Field> fieldFrom(QStringView word);
std::optional<Function> functionFrom(QStringView word);

/// The closest candidate at most `maxDistance` typing errors away; empty when there is none.
QString nearest(QStringView word, std::span<const QLatin1StringView> candidates, int maxDistance);
QString nearestField(QStringView word, int maxDistance);
QString nearestFunction(QStringView word);

} // namespace allclear
