// A JSON path over a JSON text, split at the first line break; `store` and [CONTEXT] use the same reader.
#include "conditions/extract.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 64 * 1024)
        return 0;
    const QByteArray input(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const qsizetype cut = input.indexOf('\n');
    const QString path = QString::fromUtf8(input.first(std::max<qsizetype>(cut, 0)));
    Evidence evidence;
    evidence.body = evidence.message = input.sliced(cut + 1);
    for (const char *field : {"[BODY]", "[MESSAGE]", "[CONTEXT]", "len([BODY]"}) {
        const QString placeholder = QString::fromLatin1(field) + path;
        const auto value = extract(placeholder, evidence);
        if (value && checkStored(placeholder))
            __builtin_trap(); // a value from a placeholder that does not parse
    }
    (void)fillContext(path, QJsonObject{{QStringLiteral("a"), QStringLiteral("b")}});
    return 0;
}
