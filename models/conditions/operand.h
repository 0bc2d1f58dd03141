// Reading the two sides of a condition. Private to conditions/.
#pragma once

#include "conditions/names.h"

namespace allclear {

/// Nothing (monostate) when the part is no placeholder but text.
std::variant<std::monostate, Reading, ConditionError> parsePlaceholder(const Part &part, Side side);

/// Patterns longer than this are refused; longer texts are not evaluable for matches(). Together with PCRE's match
/// limit they bound the work that one condition can cause.
inline constexpr qsizetype maxPatternLength = 1000;
inline constexpr qsizetype maxMatchedTextLength = 64 * 1024;

} // namespace allclear
