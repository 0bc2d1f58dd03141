// What leaves the program as text or JSON. Pure: a verdict in, bytes out. Nothing here probes or judges.
#pragma once

#include "verdict/verdict.h"

#include <QJsonObject>

namespace allclear {

struct CheckReport {
    IncidentPtr incident;
    Verdict verdict;
    TimePoint checkedAt;
    Duration duration{};
    bool holdsJudged = false; ///< false: one shot, "clear at this moment; holds not judged"
};

enum class Colour { None, Ansi };

/// The contract's section 6, one object; keys in the order given there.
QByteArray toJson(const CheckReport &report);
/// One `endpoints` entry of section 6, for watch --format ndjson (no newline inside).
QByteArray endpointJson(const Endpoint &endpoint, const ObservationPtr &observation);
/// The aligned text of `check`.
QString toText(const CheckReport &report, Colour colour);
/// One line of `watch`.
QString watchLine(const Endpoint &endpoint, const Observation &observation, Colour colour);
/// One line for a verdict that changed, in `watch` and `rehearse --headless`.
QString verdictLine(const Verdict &verdict, const Incident &incident, Colour colour);

/// 0 clear, 1 not clear, 3 could not judge.
int exitCode(Overall overall);

} // namespace allclear
