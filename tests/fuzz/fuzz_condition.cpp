// A condition's text: it parses or the error has a column inside it; without evidence nothing is ever met.
#include "conditions/condition.h"
#include "conditions/evaluate.h"

using namespace allclear;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    const QString text = QString::fromUtf8(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto parsed = Condition::parse(text);
    if (const auto *error = std::get_if<ConditionError>(&parsed)) {
        if (error->column < 1 || error->column > text.size() + 1 || error->message.isEmpty())
            __builtin_trap();
        return 0;
    }
    const auto &condition = std::get<Condition>(parsed);
    if (!condition.isWindowed()) {
        const ConditionResult blind = condition.evaluate({});
        if (blind.result == Truth::Met && blind.shown.contains(QStringLiteral("(no value)")))
            __builtin_trap(); // green without evidence
    }
    Evidence full;
    full.status = 200;
    full.responseTime = std::chrono::milliseconds(12);
    full.connected = true;
    full.body = R"({"a": {"b": [1, "two", null, {"c": 3.5}]}, "s": "text", "n": -1e3})";
    full.message = full.body;
    full.headers = {{QStringLiteral("Retry-After"), QStringLiteral("120")}};
    full.context = QJsonObject{{QStringLiteral("k"), QStringLiteral("v")}};
    (void)condition.evaluate(full);
    const std::array<Duration, 3> window{std::chrono::milliseconds(1), std::chrono::milliseconds(5), std::chrono::milliseconds(9)};
    if (condition.isWindowed())
        (void)condition.evaluateWindow(window);
    return 0;
}
