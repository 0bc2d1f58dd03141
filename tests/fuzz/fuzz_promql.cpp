// Answers of a Prometheus-compatible API: a value only where there is one series, a failure or an answer.
#include "probes/promqlanswer.h"

#include <cmath>

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const QByteArray body(reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    const PromQlAnswer answer = promQlAnswerFrom(data[0] % 2 == 0 ? 200 : 400, body);
    if (answer.failure && answer.value)
        __builtin_trap();
    if (answer.value && !std::isfinite(*answer.value))
        __builtin_trap();
    return 0;
}
