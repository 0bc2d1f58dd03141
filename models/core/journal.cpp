#include "core/journal.h"

#include <algorithm>
#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr std::array<QLatin1StringView, entryKindCount> entryNames = {
    "opened"_L1, "state-changed"_L1, "criterion-won"_L1, "criterion-lost"_L1, "all-clear"_L1,
    "clear-lost"_L1, "action-changed"_L1, "run-finished"_L1, "run-approved"_L1, "note"_L1,
    "file-changed"_L1, "status-changed"_L1, "acknowledged"_L1, "paused"_L1, "observer-changed"_L1};

} // namespace

QLatin1StringView name(EntryKind kind) { return entryNames[static_cast<std::size_t>(kind)]; }

std::optional<EntryKind> entryKindFrom(QStringView text)
{
    const auto found = std::ranges::find_if(entryNames, [text](QLatin1StringView one) { return text == one; });
    if (found == entryNames.end())
        return {};
    return static_cast<EntryKind>(found - entryNames.begin());
}

} // namespace allclear
