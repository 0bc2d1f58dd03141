#include "core/observation.h"

namespace allclear {

Sample toSample(const Observation &observation)
{
    return Sample{
        .at = observation.startedAt,
        .latencyMs = observation.answered ? static_cast<float>(toMs(observation.latency))
                                          : std::numeric_limits<float>::quiet_NaN(),
        .status = static_cast<quint16>(observation.status.value_or(0)),
        .outcome = static_cast<quint8>(observation.outcome),
        .failure = static_cast<quint8>(observation.failure ? static_cast<int>(observation.failure->kind) + 1 : 0),
    };
}

} // namespace allclear
