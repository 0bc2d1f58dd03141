// Text for a terminal: what came from the network can neither move the cursor nor recolour, and columns line up.
#pragma once

#include "publish/report.h"

namespace allclear {

/// One line, safe to print: control characters (C0, C1, DEL) and line breaks become spaces or visible escapes such
/// as "\x1b"; marks that turn the direction of text are dropped.
QString printable(const QString &text);

/// Columns that a terminal gives the text: two for wide East Asian characters and emoji, none for combining marks.
int columnsOf(const QString &text);
QString padded(const QString &text, int columns);
/// Cut to so many columns, the last of them "…" when something was cut.
QString fitted(const QString &text, int columns);

enum class Tone { Plain, Strong, Good, Warning, Bad, Quiet, Busy, Odd };
QString toned(const QString &text, Tone tone, Colour colour);

Tone toneOf(State state);
Tone toneOf(Outcome outcome);
Tone toneOf(CriterionState state);
Tone toneOf(Overall overall);

/// The shape that goes with the word, so that nothing depends on colour: ✓ ✗ ▲ ◇ ○ ~ ‖
QString shapeOf(State state);
QString shapeOf(Outcome outcome);
QString shapeOf(CriterionState state);
QString shapeOf(WhyVerdict verdict);
QString shapeOf(Overall overall);

/// "503", "NOAUTH", "timeout", "pass": what came, in one word.
QString answerWord(const Observation &observation);
/// Of an endpoint's line in `check` and `watch`.
inline constexpr int answerColumns = 11; // "unreachable"
inline constexpr int latencyColumns = 8; // "10 m 20 s" is cut by nothing: it only shifts
/// The failure in one line, or what degraded it, or nothing.
QString reasonLine(const Observation &observation);

} // namespace allclear
