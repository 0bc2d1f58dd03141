// A JSON path over a JSON text, split at the first line break; `store`, conditions and [CONTEXT] use the same reader and
// find the same.
#include "fuzzing.h"

#include "conditions/extract.h"

#include <QJsonDocument>

using namespace allclear;
using namespace allclear::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray input = Input(data, size).rest();
    const qsizetype cut = input.indexOf('\n');
    const QString path = QString::fromUtf8(input.first(std::max<qsizetype>(cut, 0)));
    Evidence evidence;
    evidence.body = evidence.message = input.sliced(cut + 1);
    evidence.context = QJsonDocument::fromJson(*evidence.body).object();
    for (const char *field : {"[BODY]", "[MESSAGE]", "[CONTEXT]", "len([BODY]"}) {
        const QString placeholder = QString::fromLatin1(field) + path;
        const auto value = extract(placeholder, evidence);
        require(!value || !checkStored(placeholder)); // a value from a placeholder that does not parse
    }
    const bool isPath = path.startsWith(u'.') || path.startsWith(u'[');
    const auto found = extract(QStringLiteral("[BODY]") + path, evidence);
    require(found == extract(QStringLiteral("[MESSAGE]") + path, evidence));
    if (isPath && QJsonDocument::fromJson(*evidence.body).isObject())
        require(found == extract(QStringLiteral("[CONTEXT]") + path, evidence));
    if (!evidence.body->contains('"') && !evidence.body->contains('[')) // nothing in it has a part
        require(!isPath || !found);
    const Filled filled = fillContext(path, evidence.context);
    require(filled.missing.isEmpty() || filled.text.contains(filled.missing.front()));
    return 0;
}
