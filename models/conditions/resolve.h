// What a placeholder is worth on one probe's evidence. Private to conditions/.
#pragma once

#include "conditions/tree.h"
#include "conditions/value.h"

namespace allclear {

/// Nothing: no value, so the condition is not evaluable.
std::optional<Value> resolve(const Reading &reading, const Evidence &evidence);

} // namespace allclear
