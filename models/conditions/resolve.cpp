#include "conditions/resolve.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

Value truthValue(bool value) { return Value::ofText(value ? u"true"_s : u"false"_s); }

// Gatus counts bytes of UTF-8.
Value lengthOf(const QString &text) { return Value::ofNumber(Number(qint64(text.toUtf8().size()))); }

std::optional<Value> text(const std::optional<QString> &value)
{
    return value ? std::optional(Value::ofText(*value)) : std::nullopt;
}

std::optional<Value> measured(const std::optional<Duration> &value)
{
    return value ? std::optional(Value::ofMeasured(*value)) : std::nullopt;
}

std::optional<Value> remaining(const std::optional<Duration> &value)
{
    return value ? std::optional(Value::ofRemaining(*value)) : std::nullopt;
}

// Whole numbers are written and compared as such.
Number asNumber(double value)
{
    constexpr double exact = 9007199254740992; // 2^53
    return value == std::floor(value) && std::abs(value) <= exact ? Number(static_cast<qint64>(value)) : Number(value);
}

std::optional<Value> header(const QString &name, const Evidence &evidence)
{
    const auto found = std::ranges::find_if(evidence.headers, [&name](const auto &header) {
        return header.first.compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == evidence.headers.end() ? std::nullopt : std::optional(Value::ofText(found->second));
}

std::optional<Value> plain(const Reading &reading, const Evidence &evidence)
{
    switch (reading.field) {
    case Field::Status:
        return evidence.status ? std::optional(Value::ofNumber(Number(qint64(*evidence.status)))) : std::nullopt;
    case Field::ResponseTime: return measured(evidence.responseTime);
    case Field::Ip: return text(evidence.ip);
    case Field::Connected: return evidence.connected ? std::optional(truthValue(*evidence.connected)) : std::nullopt;
    case Field::CertificateExpiration: return remaining(evidence.certificateExpiration);
    case Field::DomainExpiration: return remaining(evidence.domainExpiration);
    case Field::DnsRcode: return text(evidence.dnsRcode);
    case Field::Header: return header(reading.header, evidence);
    case Field::Chain: return evidence.chain ? std::optional(Value::ofText(name(*evidence.chain))) : std::nullopt;
    case Field::TlsVersion: return text(evidence.tlsVersion);
    case Field::Phase: return measured(evidence.phases[static_cast<std::size_t>(reading.phase)]);
    case Field::Code: return text(evidence.code);
    case Field::Value: return evidence.value ? std::optional(Value::ofNumber(asNumber(*evidence.value))) : std::nullopt;
    case Field::Body:
    case Field::Message:
    case Field::Labels:
    case Field::Series:
    case Field::Context: break; // documents
    }
    return std::nullopt;
}

// Whether the place where the value would stand did arrive, so that its absence is a fact.
bool absenceIsKnown(Field field, const Evidence &evidence)
{
    switch (field) {
    case Field::Header: return evidence.status.has_value() || !evidence.headers.isEmpty();
    case Field::Phase: return std::ranges::any_of(evidence.phases, [](const auto &phase) { return phase.has_value(); });
    case Field::Value: return evidence.series.has_value();
    default: return false;
    }
}

std::optional<Value> resolvePlain(const Reading &reading, const Evidence &evidence)
{
    auto value = plain(reading, evidence);
    switch (reading.wrapper) {
    case Wrapper::None: return value;
    case Wrapper::Len: return value ? std::optional(lengthOf(value->text)) : std::nullopt;
    case Wrapper::Has:
        if (!value && !absenceIsKnown(reading.field, evidence))
            return std::nullopt;
        return truthValue(value && !value->text.isEmpty());
    }
    return std::nullopt;
}

std::optional<Value> inDocument(const Reading &reading, const std::optional<QJsonValue> &root)
{
    if (!root)
        return std::nullopt;
    const auto found = follow(*root, reading.path);
    if (reading.wrapper == Wrapper::Has)
        return truthValue(found.has_value());
    if (!found)
        return std::nullopt;
    if (reading.wrapper == Wrapper::None)
        return Value::ofJson(*found);
    if (found->isArray())
        return Value::ofNumber(Number(qint64(found->toArray().size())));
    if (found->isObject() && reading.field == Field::Context)
        return Value::ofNumber(Number(qint64(found->toObject().size())));
    return lengthOf(Value::ofJson(*found).text);
}

// [BODY] by itself is the text that arrived; its length is the number of elements when it is a JSON array.
std::optional<Value> wholeText(const Reading &reading, const QByteArray &bytes, const JsonMemo &memo)
{
    const QByteArray trimmed = bytes.trimmed();
    switch (reading.wrapper) {
    case Wrapper::None: return Value::ofText(QString::fromUtf8(trimmed));
    case Wrapper::Has: return truthValue(!trimmed.isEmpty());
    case Wrapper::Len: break;
    }
    if (trimmed.startsWith('[')) {
        const auto root = memo.root(bytes);
        if (root && root->isArray())
            return Value::ofNumber(Number(qint64(root->toArray().size())));
    }
    return Value::ofNumber(Number(qint64(trimmed.size())));
}

std::optional<Value> inBytes(const Reading &reading, const std::optional<QByteArray> &bytes, const JsonMemo &memo)
{
    if (!bytes)
        return std::nullopt;
    if (reading.path.isEmpty())
        return wholeText(reading, *bytes, memo);
    return inDocument(reading, memo.root(*bytes));
}

} // namespace

std::optional<Value> resolve(const Reading &reading, const Evidence &evidence)
{
    switch (reading.field) {
    case Field::Body: return inBytes(reading, evidence.body, evidence.bodyJson);
    case Field::Message: return inBytes(reading, evidence.message, evidence.messageJson);
    case Field::Context:
        // Without a context nothing was stored anywhere, and nothing is known.
        return inDocument(reading, evidence.context.isEmpty() ? std::nullopt : std::optional<QJsonValue>(evidence.context));
    case Field::Labels: return inDocument(reading, evidence.labels ? std::optional<QJsonValue>(*evidence.labels) : std::nullopt);
    case Field::Series: return inDocument(reading, evidence.series ? std::optional<QJsonValue>(*evidence.series) : std::nullopt);
    default: return resolvePlain(reading, evidence);
    }
}

} // namespace allclear
