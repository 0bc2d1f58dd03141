// What the detail says of one observation, in words. Pure. Everything is plain text: what came from the network passes
// visibleText first.
#pragma once

#include "core/observation.h"

#include <QCoreApplication>
#include <QList>

namespace allclear {

inline constexpr qsizetype rowsAtMost = 100; ///< of headers, conditions, certificates, hops

/// Control characters and characters that reorder or hide text become visible escapes ("\x1b", "\u202e"); line ends
/// and tabs stay.
QString visibleText(const QString &text);

/// "Answered in 41 ms." / "Failed (condition): expected status 200, got 503." and the hint on a line of its own.
QString outcomeText(const Observation &observation);
/// "04:31:07 UTC · took 10.2 s · attempt 2 · http/1.1 · 203.0.113.7:443 · 67 bytes"
QString factsText(const Observation &observation);

struct PhasePart {
    Phase phase;
    Duration took;
};
/// The phases that happened, in order.
QList<PhasePart> phaseParts(const Observation &observation);
/// "dns 1.2 ms, connect 20 ms, wait 10.2 s"
QString phasesText(const QList<PhasePart> &parts);

/// "[STATUS] == 200 · was 503"; names what had no value.
QString conditionText(const ConditionResult &condition);
QString truthWord(Truth truth);

/// "log in · 200 · 142 ms" / "chat · not run: `log in` failed before it"
QString stepText(const StepResult &step);
QString stepWord(const StepResult &step);
State stepState(const StepResult &step);
/// One message a line: when, which way, what; at most rowsAtMost of them.
QString conversationText(const Observation &observation);

/// Subject, issuer, validity and how long that still is.
QString certificateText(const Certificate &certificate, TimePoint now);
/// Down: not valid at `now`; degraded: expires within 14 days.
State certificateState(const Certificate &certificate, TimePoint now);
QString chainText(const TlsFacts &tls);

/// One "name: value" a line, at most rowsAtMost of them.
QString headersText(const Observation &observation);

} // namespace allclear
