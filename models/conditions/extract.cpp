#include "conditions/extract.h"

#include "conditions/resolve.h"

#include <QRegularExpression>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

std::variant<Reading, ConditionError> parseStored(const QString &placeholder)
{
    auto operand = parseOperand(trimmedPart(placeholder, 0), Side::Left);
    if (auto *error = std::get_if<ConditionError>(&operand))
        return *error;
    const auto *reading = std::get_if<Reading>(&std::get<Operand>(operand).form);
    if (reading == nullptr || reading->wrapper == Wrapper::Has)
        return ConditionError{.column = 1, .message = u"`store` takes a placeholder"_s, .suggestion = u"for example `[BODY].access_token`"_s};
    return *reading;
}

/// The JSON itself, so that an object stays an object; a text that is no JSON is a string.
std::optional<QJsonValue> document(const std::optional<QByteArray> &bytes, const JsonMemo &memo, const Path &path)
{
    if (!bytes)
        return std::nullopt;
    const std::optional<QJsonValue> root = memo.root(*bytes);
    if (root)
        return follow(*root, path);
    return path.isEmpty() ? std::optional<QJsonValue>(QString::fromUtf8(bytes->trimmed())) : std::nullopt;
}

} // namespace

std::optional<ConditionError> checkStored(const QString &placeholder)
{
    const auto parsed = parseStored(placeholder);
    const auto *error = std::get_if<ConditionError>(&parsed);
    return error != nullptr ? std::optional(*error) : std::nullopt;
}

std::optional<QJsonValue> extract(const QString &placeholder, const Evidence &evidence)
{
    const auto parsed = parseStored(placeholder);
    const auto *reading = std::get_if<Reading>(&parsed);
    if (reading == nullptr)
        return std::nullopt;
    if (reading->wrapper == Wrapper::None) {
        switch (reading->field) {
        case Field::Body: return document(evidence.body, evidence.bodyJson, reading->path);
        case Field::Message: return document(evidence.message, evidence.messageJson, reading->path);
        case Field::Context: return follow(evidence.context, reading->path);
        default: break;
        }
    }
    const std::optional<Value> value = resolve(*reading, evidence);
    return value ? std::optional<QJsonValue>(value->text) : std::nullopt;
}

Filled fillContext(const QString &text, const QJsonObject &context)
{
    static const QRegularExpression use(u"\\[CONTEXT\\]((?:\\.[A-Za-z0-9_\\-]+|\\[\\d+\\])+)"_s,
                                        QRegularExpression::CaseInsensitiveOption);
    Filled filled;
    qsizetype from = 0;
    for (auto matches = use.globalMatch(text); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        filled.text += QStringView(text).sliced(from, match.capturedStart() - from);
        from = match.capturedEnd();
        const auto path = parsePath(match.capturedView(1), 1);
        const auto *steps = std::get_if<Path>(&path);
        const std::optional<QJsonValue> value = steps != nullptr ? follow(context, *steps) : std::nullopt;
        if (value) {
            filled.text += Value::ofJson(*value).text;
        } else {
            filled.text += match.capturedView();
            filled.missing.append(match.captured());
        }
    }
    filled.text += QStringView(text).sliced(from);
    return filled;
}

} // namespace allclear
