// promql+http:// and promql+https://: an instant query to any API that speaks Prometheus's. The URL's path is kept and
// /api/v1/query added; its `query` parameter is the question. [VALUE], [LABELS].x, len([SERIES]); [BODY] is the whole
// answer. No data is no value: not evaluable, never 0.
#pragma once

#include "probes/httpprobe.h"

namespace allclear
{

class PromQlProbe : public HttpProbe
{
    Q_OBJECT
public:
    PromQlProbe(ProbeRequest request, ProbeServices &services);

protected:
    std::optional<Failure> interpret(const HttpHead &head, const QByteArray &body) override;
};

} // namespace allclear
