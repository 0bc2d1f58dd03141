// An incident file: read, or refused with at least one error that stands somewhere.
#include "incident/reader.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 64 * 1024)
        return 0;
    const QByteArray yaml(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const ReadResult read = readIncident(yaml, {.variables = {}, .useEnvironment = false, .directory = QStringLiteral("/tmp")});
    if ((read.incident == nullptr) != hasErrors(read.diagnostics))
        __builtin_trap();
    if (!read.incident)
        return 0;
    for (const SuccessCriterion &criterion : read.incident->criteria) {
        if (criterion.endpoints.isEmpty())
            __builtin_trap(); // nothing could refute it
    }
    return 0;
}
