// An answer of the Prometheus HTTP API to an instant query
// (https://prometheus.io/docs/prometheus/latest/querying/api/). Pure.
#pragma once

#include "conditions/condition.h"

namespace allclear
{

struct PromQlAnswer {
    std::optional<QJsonArray> series; ///< absent: the answer held none, or is no answer
    std::optional<double> value; ///< of the first sample, or the scalar; absent when it is no number (NaN, Inf)
    std::optional<QJsonObject> labels; ///< of the first sample
    QStringList warnings;
    std::optional<Failure> failure;
    QString errorType; ///< of an error: "bad_data"
};

PromQlAnswer promQlAnswerFrom(int status, const QByteArray &body);

} // namespace allclear
