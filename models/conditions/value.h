// What a placeholder or a literal is worth when two of them are compared.
#pragma once

#include "core/time.h"

#include <QJsonValue>

#include <compare>
#include <optional>
#include <variant>

namespace allclear {

/// A number that keeps 64-bit integers exact and compares them exactly with decimals.
class Number {
public:
    explicit Number(qint64 integer) : m_value(integer) {}
    explicit Number(double real) : m_value(real) {}
    /// In milliseconds, as Gatus counts durations.
    explicit Number(Duration duration);

    enum class Exponent { Refused, Allowed };
    /// Decimal integers, decimals, 0x / 0o / 0b integers, each with an optional sign; "1e3" only when allowed.
    /// Integers beyond 64 bits, "nan" and "inf" are no numbers.
    static std::optional<Number> fromText(QStringView text, Exponent exponent);

    std::partial_ordering operator<=>(const Number &other) const;
    bool operator==(const Number &other) const { return is_eq(*this <=> other); }
    QString text() const;

private:
    std::variant<qint64, double> m_value;
};

struct Value {
    QString text;                 ///< what texts, globs and regular expressions are compared with
    std::optional<Number> number; ///< of a source that is a number by itself
    QString display = {};         ///< what people are shown when it differs from `text`
    bool isTime = false;          ///< `number` is milliseconds: "1s" may equal it

    const QString &shown() const { return display.isEmpty() ? text : display; }

    static Value ofText(const QString &text) { return Value{.text = text, .number = {}}; }
    static Value ofNumber(Number number) { return Value{.text = number.text(), .number = number}; }
    /// A measured time: shown with a decimal of a millisecond.
    static Value ofMeasured(Duration duration);
    /// A time left: shown as Gatus does, "336h" or "71h59m10s".
    static Value ofRemaining(Duration duration);
    /// As Gatus renders JSON: arrays as "[a b]", objects as compact JSON. Must not be null.
    static Value ofJson(const QJsonValue &json);
};

/// As numbers when both are numbers, else as texts. Texts with an exponent stay texts: "1e5" may be a commit.
bool equal(const Value &left, const Value &right);
/// Numerically; texts may be numbers or durations (in milliseconds). Nothing when a side is neither.
std::optional<std::partial_ordering> order(const Value &left, const Value &right);

} // namespace allclear
