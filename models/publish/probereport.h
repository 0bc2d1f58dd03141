// `allclear probe`: one result as a picture of its phases, like httpstat, or as JSON. Pure.
#pragma once

#include "publish/report.h"

namespace allclear {

/// Of several results in a row: the latencies of complete answers, by nearest rank.
struct LatencySummary {
    qsizetype count = 0;
    qsizetype failed = 0;
    std::optional<Duration> p50, p95, max; ///< absent when no complete answer came
};
LatencySummary summarise(const QList<ObservationPtr> &observations);

/// Outcome, phases as a waterfall, headers, chain, conversation, conditions and the start of the answer.
QString probeText(const Endpoint &endpoint, const Observation &observation, Colour colour);
/// One line of `--repeat`, and the line below them all.
QString repeatLine(qsizetype number, const Observation &observation, Colour colour);
QString summaryText(const LatencySummary &summary);

/// One result: its entry of the contract's section 6 with the schema in front. Several: `probes` and `summary`.
QByteArray probeJson(const Endpoint &endpoint, const QList<ObservationPtr> &observations);

} // namespace allclear
