// Evaluation: both sides are resolved, then compared. A side without a value decides before any operator does.
#include "conditions/condition.h"

#include "conditions/operand.h"
#include "conditions/overloaded.h"
#include "conditions/resolve.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestShown = 200;
constexpr qsizetype longestShownAtPattern = 25; // as Gatus

QString truncated(const QString &text, qsizetype most)
{
    if (text.size() <= most)
        return text;
    const qsizetype cut = text.at(most - 1).isHighSurrogate() ? most - 1 : most;
    return text.first(cut) + "...(truncated)"_L1;
}

// One side after resolving. A matcher has no value of its own.
struct Resolved {
    const Operand &operand;
    std::optional<Value> value;

    bool isLiteral() const { return std::holds_alternative<Literal>(operand.form); }
    bool isMeasured() const { return !isLiteral() && !operand.isMatcher(); }
};

Truth truth(bool met) { return met ? Truth::Met : Truth::Unmet; }

// Nothing when it cannot be told: the text is too long for a regular expression or PCRE's match limit was reached.
std::optional<bool> matches(const Operand &matcher, const Value &value)
{
    return std::visit(
        Overloaded{
            [&](const Glob &glob) -> std::optional<bool> { return glob.matches(value.text); },
            [&](const AnyOf &any) -> std::optional<bool> {
                return std::ranges::any_of(any.options, [&](const QString &option) { return equal(Value::ofText(option), value); });
            },
            [&](const QRegularExpression &regex) -> std::optional<bool> {
                if (value.text.size() > maxMatchedTextLength)
                    return std::nullopt;
                const auto match = regex.match(value.text);
                return match.isValid() ? std::optional(match.hasMatch()) : std::nullopt;
            },
            [](const auto &) -> std::optional<bool> { return std::nullopt; },
        },
        matcher.form);
}

bool holds(Operator op, std::partial_ordering order)
{
    switch (op) {
    case Operator::LessOrEqual: return is_lteq(order);
    case Operator::GreaterOrEqual: return is_gteq(order);
    case Operator::Greater: return is_gt(order);
    case Operator::Less: return is_lt(order);
    case Operator::Equal: return is_eq(order);
    case Operator::NotEqual: return is_neq(order);
    }
    return false;
}

Truth compare(Operator op, const Resolved &left, const Resolved &right)
{
    const bool leftMatches = left.operand.isMatcher();
    if (leftMatches || right.operand.isMatcher()) {
        const auto &subject = leftMatches ? right.value : left.value;
        const auto matched = subject ? matches((leftMatches ? left : right).operand, *subject) : std::nullopt;
        return matched ? truth(*matched == (op == Operator::Equal)) : Truth::NotEvaluable;
    }
    if (!left.value || !right.value)
        return Truth::NotEvaluable;
    if (op == Operator::Equal || op == Operator::NotEqual)
        return truth(equal(*left.value, *right.value) == (op == Operator::Equal));
    const auto ordering = order(*left.value, *right.value);
    return ordering ? truth(holds(op, *ordering)) : Truth::NotEvaluable;
}

QString shownSide(const Resolved &side, bool facesPattern)
{
    if (!side.isMeasured())
        return side.operand.text;
    if (!side.value)
        return side.operand.text + " (no value)"_L1;
    const qsizetype most = facesPattern ? longestShownAtPattern : longestShown;
    return side.operand.text + " ("_L1 + truncated(side.value->shown(), most) + u')';
}

// The value that was judged: the left's, or the right's when only the right is measured ("any(200, 204) == [STATUS]").
QString judgedValue(const Resolved &left, const Resolved &right)
{
    const Resolved &judged = left.isMeasured() || !right.isMeasured() ? left : right;
    return judged.value ? truncated(judged.value->shown(), longestShown) : QString();
}

bool showsPattern(const Operand &operand)
{
    return std::holds_alternative<Glob>(operand.form) || std::holds_alternative<QRegularExpression>(operand.form);
}

ConditionResult conclude(const Condition::Tree &tree, const Resolved &left, const Resolved &right)
{
    return ConditionResult{
        .text = tree.text,
        .value = judgedValue(left, right),
        .shown = shownSide(left, showsPattern(right.operand)) + u' ' + QString(text(tree.op)) + u' '
            + shownSide(right, showsPattern(left.operand)),
        .result = compare(tree.op, left, right),
    };
}

Duration percentile(const std::vector<Duration> &sorted, int percent)
{
    // Nearest rank: the smallest value that at least this share of the values does not exceed.
    const std::size_t rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
    return sorted[rank - 1];
}

std::optional<Value> windowValue(Statistic statistic, std::span<const Duration> times)
{
    if (times.empty())
        return std::nullopt;
    std::vector<Duration> sorted(times.begin(), times.end());
    std::ranges::sort(sorted);
    switch (statistic) {
    case Statistic::P50: return Value::ofMeasured(percentile(sorted, 50));
    case Statistic::P95: return Value::ofMeasured(percentile(sorted, 95));
    case Statistic::P99: return Value::ofMeasured(percentile(sorted, 99));
    case Statistic::Max: return Value::ofMeasured(sorted.back());
    case Statistic::Mean: break;
    }
    double sum = 0;
    for (const Duration time : sorted)
        sum += static_cast<double>(time.count());
    return Value::ofMeasured(Duration(std::llround(sum / static_cast<double>(sorted.size()))));
}

bool isWindow(const Operand &operand) { return std::holds_alternative<WindowOf>(operand.form); }

Resolved resolved(const Operand &operand, const Evidence &evidence)
{
    return Resolved{operand, std::visit(Overloaded{
                                            [](const Literal &literal) { return std::optional(Value::ofText(literal.text)); },
                                            [&](const Reading &reading) { return resolve(reading, evidence); },
                                            [](const auto &) { return std::optional<Value>(); },
                                        },
                                        operand.form)};
}

Resolved resolvedInWindow(const Operand &operand, std::span<const Duration> times)
{
    if (const auto *window = std::get_if<WindowOf>(&operand.form))
        return Resolved{operand, windowValue(window->statistic, times)};
    return resolved(operand, Evidence{});
}

} // namespace

Condition::Condition(std::shared_ptr<const Tree> tree)
    : m_tree(std::move(tree))
{
}

QString Condition::text() const { return m_tree->text; }

bool Condition::isWindowed() const { return isWindow(m_tree->left) || isWindow(m_tree->right); }

ConditionResult Condition::evaluate(const Evidence &evidence) const
{
    return conclude(*m_tree, resolved(m_tree->left, evidence), resolved(m_tree->right, evidence));
}

ConditionResult Condition::evaluateWindow(std::span<const Duration> responseTimes) const
{
    return conclude(*m_tree, resolvedInWindow(m_tree->left, responseTimes), resolvedInWindow(m_tree->right, responseTimes));
}

} // namespace allclear
