#include "probes/promqlprobe.h"

#include "probes/googleerrors.h"
#include "probes/httpreader.h"
#include "probes/promqlanswer.h"

#include <QJsonArray>
#include <QUrl>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr char prefix[] = "promql+";

ProbeRequest asHttp(ProbeRequest request)
{
    QUrl url(request.endpoint.url.sliced(qsizetype(sizeof prefix) - 1));
    QString path = url.path(QUrl::FullyEncoded);
    while (path.endsWith(u'/'))
        path.chop(1);
    if (!path.endsWith("/api/v1/query"_L1))
        url.setPath(path + "/api/v1/query"_L1, QUrl::TolerantMode);
    request.endpoint.url = url.toString(QUrl::FullyEncoded);
    request.endpoint.method = u"GET"_s;
    request.endpoint.body.clear();
    return request;
}

} // namespace

PromQlProbe::PromQlProbe(ProbeRequest request, ProbeServices &services)
    : HttpProbe(asHttp(std::move(request)), services)
{
}

std::optional<Failure> PromQlProbe::interpret(const HttpHead &head, const QByteArray &body)
{
    const PromQlAnswer answer = promQlAnswerFrom(head.status, body);
    for (const QString &warning : answer.warnings)
        m_observation.notes.append(u"warning of the server: "_s + warning);
    if (!answer.errorType.isEmpty())
        m_observation.code = answer.errorType;
    m_evidence.series = answer.series;
    m_evidence.labels = answer.labels;
    m_evidence.value = answer.value;
    if (answer.failure)
        return answer.failure;
    if (answer.series)
        return std::nullopt;
    // Refused before it was asked (a proxy, Google's front door): without a failure, conditions on [STATUS] could be
    // green.
    if (const std::optional<GoogleError> error = googleErrorFrom(head.status, body, head.header("Retry-After")))
        return Failure{.kind = FailureKind::Rejected, .phase = {}, .message = error->sentence, .hint = error->hint};
    return Failure{.kind = FailureKind::Rejected,
                   .phase = {},
                   .message = u"the API answered HTTP %1 and no result"_s.arg(head.status),
                   .hint = {}};
}

} // namespace allclear
