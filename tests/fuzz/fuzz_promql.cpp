// Answers of HTTP APIs in JSON: Prometheus's and Google's errors. One option byte: the HTTP status.
#include "fuzzing.h"

#include "probes/googleerrors.h"
#include "probes/promqlanswer.h"

#include <cmath>

using namespace allclear;
using namespace allclear::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static constexpr std::array statuses{200, 400, 401, 403, 422, 429, 503};
    Input input(data, size);
    const int status = statuses[static_cast<std::size_t>(input.byte()) % statuses.size()];
    const QByteArray body = input.rest();
    const PromQlAnswer answer = promQlAnswerFrom(status, body);
    require(!answer.series || !answer.failure); // success or failure
    require(answer.series || (!answer.value && !answer.labels)); // no value without a series
    require(status != 200 || answer.series || answer.failure); // a 200 without a result is no success
    require(!answer.value || (std::isfinite(*answer.value) && !answer.series->isEmpty()));
    require(answer.warnings.size() <= 5);
    if (answer.failure)
        requireTold(*answer.failure);
    const auto google = googleErrorFrom(status, body, QByteArray("30"));
    require(!google || (status >= 400 && !google->sentence.isEmpty()));
    return 0;
}
