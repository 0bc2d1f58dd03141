#include "probes/promqlanswer.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype longestText = 300;
constexpr qsizetype mostWarnings = 5;

/// [unix time, "value"]
std::optional<double> sampleOf(const QJsonValue &pair)
{
    bool isNumber = false;
    const double value = pair[1].toString().toDouble(&isNumber);
    return isNumber && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Failure broken(const QString &message)
{
    return {.kind = FailureKind::Protocol,
            .phase = Phase::Receive,
            .message = message,
            .hint = u"the URL's path leads to the API: /api/v1/query is added to it"_s};
}

void readVector(const QJsonArray &series, PromQlAnswer &answer)
{
    answer.series = series;
    if (series.isEmpty())
        return;
    answer.labels = series[0]["metric"_L1].toObject();
    answer.value = sampleOf(series[0]["value"_L1]);
}

void readData(const QJsonObject &data, PromQlAnswer &answer)
{
    const QString type = data.value("resultType"_L1).toString();
    const QJsonValue result = data.value("result"_L1);
    if (type == "vector"_L1 && result.isArray()) {
        readVector(result.toArray(), answer);
    } else if (type == "scalar"_L1 && result.isArray()) {
        answer.series = QJsonArray{QJsonObject{{u"metric"_s, QJsonObject()}, {u"value"_s, result}}};
        answer.value = sampleOf(result);
        answer.labels = QJsonObject();
    } else if (type == "matrix"_L1 || type == "string"_L1) {
        answer.failure = Failure{.kind = FailureKind::Protocol,
                                 .phase = Phase::Receive,
                                 .message = u"the query gives a %1; one value per series is needed"_s.arg(
                                     type == "matrix"_L1 ? u"range of samples"_s : u"text"_s),
                                 .hint = u"wrap it, as in rate(…) or last_over_time(…)"_s};
    } else {
        answer.failure = broken(u"the answer is no result of a query"_s);
    }
}

} // namespace

PromQlAnswer promQlAnswerFrom(int status, const QByteArray &body)
{
    PromQlAnswer answer;
    const QJsonObject root = QJsonDocument::fromJson(body).object();
    const QString state = root.value("status"_L1).toString();
    if (state == "error"_L1) {
        answer.errorType = root.value("errorType"_L1).toString().left(longestText);
        answer.failure =
            Failure{.kind = FailureKind::Rejected,
                    .phase = {},
                    .message = u"the query failed (%1): %2"_s.arg(answer.errorType,
                                                                  root.value("error"_L1).toString().left(longestText)),
                    .hint = answer.errorType == "bad_data"_L1 ? u"check the query's syntax"_s
                                                              : u"ask a smaller question, or look at the server"_s};
        return answer;
    }
    const QJsonArray warnings = root.value("warnings"_L1).toArray();
    for (const QJsonValue &warning : warnings) {
        if (answer.warnings.size() < mostWarnings)
            answer.warnings.append(warning.toString().left(longestText));
    }
    if (state == "success"_L1)
        readData(root.value("data"_L1).toObject(), answer);
    else if (status == 200)
        answer.failure = broken(u"the answer is not that of a Prometheus API"_s);
    return answer;
}

} // namespace allclear
