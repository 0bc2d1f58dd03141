// What the header says, as pure text from the incident and the verdict.
#pragma once

#include "verdict/verdict.h"

namespace allclear {

/// One figure at the right of the header; `state` gives its colour, none leaves it plain.
struct FigureText {
    QString value;
    QString caption;
    std::optional<State> state;
    QString hint; ///< tooltip
};

struct HeaderText {
    QString severity;
    QString title;
    QString line; ///< "Mitigating · declared 04:02 UTC · last probe 1 s ago"
    FigureText elapsed, availability, revenue, criteria, verdict;
    State verdictShape = State::Unknown;
};

enum class Probing { Running, Paused };

/// `incident` may be null: nothing was read yet.
HeaderText headerText(const Incident *incident, const Verdict &verdict, TimePoint now, Probing probing);
/// "99.9 %", rounded down so that only a whole hundred reads as one; "—" when nothing was measured.
QString availabilityText(std::optional<double> availability);
/// "Investigating", "Identified", … (translated).
QString statusWord(IncidentStatus status);

} // namespace allclear
