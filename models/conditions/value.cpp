#include "conditions/value.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QVariant>

#include <algorithm>
#include <array>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

std::optional<Number> prefixedInteger(QStringView digits, bool negative)
{
    struct Base {
        QChar letter;
        int base;
    };
    constexpr std::array bases = {Base{u'x', 16}, Base{u'o', 8}, Base{u'b', 2}};
    if (digits.size() < 3 || digits[0] != u'0')
        return std::nullopt;
    const auto found = std::ranges::find(bases, digits[1].toLower(), &Base::letter);
    // isLetterOrNumber keeps out a second sign and spaces, which toULongLong would take
    if (found == bases.end() || !std::ranges::all_of(digits, [](QChar c) { return c.isLetterOrNumber(); }))
        return std::nullopt;
    bool ok = false;
    const qint64 value = digits.sliced(2).toString().toLongLong(&ok, found->base);
    if (!ok)
        return std::nullopt;
    return Number(negative ? -value : value);
}

bool looksDecimal(QStringView digits, Number::Exponent exponent)
{
    bool anyDigit = false;
    for (QChar c : digits) {
        if (c >= u'0' && c <= u'9')
            anyDigit = true;
        else if (c == u'.')
            continue;
        else if (exponent == Number::Exponent::Allowed && anyDigit && (c == u'e' || c == u'E' || c == u'+' || c == u'-'))
            continue;
        else
            return false;
    }
    return anyDigit;
}

QString decimals(double value, int most)
{
    QString text = QString::number(value, 'f', most);
    while (text.endsWith(u'0'))
        text.chop(1);
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

// Go's time.Duration text cut to whole seconds, without trailing zero parts.
QString goDuration(Duration duration)
{
    const bool negative = duration < Duration::zero();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(negative ? -duration : duration).count();
    const auto h = seconds / 3600;
    const auto m = seconds / 60 % 60;
    const auto s = seconds % 60;
    QString text;
    if (h > 0)
        text += QString::number(h) + u'h';
    if (m > 0 || (h > 0 && s > 0))
        text += QString::number(m) + u'm';
    if (s > 0 || seconds == 0)
        text += QString::number(s) + u's';
    return negative && seconds > 0 ? u'-' + text : text;
}

std::strong_ordering compareWhole(qint64 left, qint64 right) { return left <=> right; }

// Exact where a plain conversion to double would round: 9007199254740993 is greater than 9007199254740992.0.
std::partial_ordering compareMixed(qint64 left, double right)
{
    constexpr double two63 = 9223372036854775808.0;
    if (right >= two63)
        return std::partial_ordering::less;
    if (right < -two63)
        return std::partial_ordering::greater;
    const double whole = std::trunc(right);
    const auto order = compareWhole(left, static_cast<qint64>(whole));
    if (!is_eq(order))
        return order;
    return 0.0 <=> right - whole;
}

// Go's %v, which Gatus prints arrays with.
QString goText(const QJsonValue &json)
{
    if (json.isNull() || json.isUndefined())
        return u"<nil>"_s;
    QStringList parts;
    if (json.isArray()) {
        for (const QJsonValue element : json.toArray())
            parts.append(goText(element));
        return u'[' + parts.join(u' ') + u']';
    }
    if (json.isObject()) {
        const QJsonObject object = json.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            parts.append(it.key() + u':' + goText(it.value()));
        return "map["_L1 + parts.join(u' ') + u']';
    }
    return Value::ofJson(json).text;
}

// `other` decides whether a duration text may stand for a number: only a time equals "1s".
std::optional<Number> equalityNumber(const Value &value, const Value &other)
{
    if (value.number)
        return value.number;
    if (auto number = Number::fromText(value.text, Number::Exponent::Refused))
        return number;
    if (other.isTime) {
        if (const auto duration = parseDuration(value.text))
            return Number(*duration);
    }
    return std::nullopt;
}

std::optional<Number> orderNumber(const Value &value)
{
    if (value.number)
        return value.number;
    if (auto number = Number::fromText(value.text, Number::Exponent::Allowed))
        return number;
    if (const auto duration = parseDuration(value.text))
        return Number(*duration);
    return std::nullopt;
}

} // namespace

Number::Number(Duration duration)
{
    if (duration.count() % 1000 == 0)
        m_value = qint64(duration.count() / 1000);
    else
        m_value = toMs(duration);
}

std::optional<Number> Number::fromText(QStringView text, Exponent exponent)
{
    const bool negative = text.startsWith(u'-');
    const QStringView digits = negative || text.startsWith(u'+') ? text.sliced(1) : text;
    if (const auto prefixed = prefixedInteger(digits, negative))
        return prefixed;
    if (!looksDecimal(digits, exponent))
        return std::nullopt;
    bool ok = false;
    if (std::ranges::all_of(digits, [](QChar c) { return c.isDigit(); })) {
        const qint64 integer = text.toLongLong(&ok);
        return ok ? std::optional(Number(integer)) : std::nullopt;
    }
    const double real = text.toDouble(&ok);
    if (!ok || !std::isfinite(real))
        return std::nullopt;
    return Number(real);
}

std::partial_ordering Number::operator<=>(const Number &other) const
{
    const auto *left = std::get_if<qint64>(&m_value);
    const auto *right = std::get_if<qint64>(&other.m_value);
    if (left && right)
        return *left <=> *right;
    if (left)
        return compareMixed(*left, std::get<double>(other.m_value));
    if (right)
        return 0 <=> compareMixed(*right, std::get<double>(m_value)); // NOLINT(modernize-use-nullptr): how orderings compare
    return std::get<double>(m_value) <=> std::get<double>(other.m_value);
}

QString Number::text() const
{
    if (const auto *integer = std::get_if<qint64>(&m_value))
        return QString::number(*integer);
    return QString::number(std::get<double>(m_value), 'g', QLocale::FloatingPointShortest);
}

Value Value::ofMeasured(Duration duration)
{
    const Number number(duration);
    const double ms = toMs(duration);
    return Value{.text = number.text(), .number = number, .display = decimals(ms, ms < 1 ? 3 : 1), .isTime = true};
}

Value Value::ofRemaining(Duration duration)
{
    const Number number(duration);
    return Value{.text = number.text(), .number = number, .display = goDuration(duration), .isTime = true};
}

Value Value::ofJson(const QJsonValue &json)
{
    switch (json.type()) {
    case QJsonValue::Bool: return ofText(json.toBool() ? u"true"_s : u"false"_s);
    case QJsonValue::String: return ofText(json.toString());
    case QJsonValue::Array: return ofText(goText(json));
    case QJsonValue::Object:
        return ofText(QString::fromUtf8(QJsonDocument(json.toObject()).toJson(QJsonDocument::Compact)));
    case QJsonValue::Double: {
        // Whole numbers come as 64-bit integers, whose double would round beyond 2^53.
        const QVariant variant = json.toVariant();
        if (variant.typeId() == QMetaType::LongLong)
            return ofNumber(Number(qint64(variant.toLongLong())));
        return ofNumber(Number(json.toDouble()));
    }
    case QJsonValue::Null:
    case QJsonValue::Undefined: break;
    }
    return ofText(u"null"_s);
}

bool equal(const Value &left, const Value &right)
{
    if (left.text == right.text)
        return true;
    const auto leftNumber = equalityNumber(left, right);
    const auto rightNumber = equalityNumber(right, left);
    return leftNumber && rightNumber && *leftNumber == *rightNumber;
}

std::optional<std::partial_ordering> order(const Value &left, const Value &right)
{
    const auto leftNumber = orderNumber(left);
    const auto rightNumber = orderNumber(right);
    if (!leftNumber || !rightNumber)
        return std::nullopt;
    return *leftNumber <=> *rightNumber;
}

} // namespace allclear
