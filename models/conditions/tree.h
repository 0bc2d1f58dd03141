// A condition's parsed form. Private to conditions/.
#pragma once

#include "conditions/condition.h"
#include "conditions/glob.h"
#include "conditions/path.h"

#include <QRegularExpression>

namespace allclear {

/// In the order Gatus looks for them.
enum class Operator { Equal, NotEqual, LessOrEqual, GreaterOrEqual, Greater, Less };

enum class Field {
    Status, ResponseTime, Ip, Body, Connected, CertificateExpiration, DomainExpiration, DnsRcode, Context, // Gatus's
    Header, Chain, TlsVersion, Message, Phase, Code, Value, Labels, Series                                 // ours
};

enum class Wrapper { None, Len, Has };
enum class Statistic { P50, P95, P99, Max, Mean };

/// A placeholder, by itself or in len() or has().
struct Reading {
    Field field = Field::Status;
    Wrapper wrapper = Wrapper::None;
    Path path = {};            ///< Body, Message, Context, Labels
    QString header = {};       ///< Header
    Phase phase = Phase::Dns;  ///< Phase
};

struct Literal {
    QString text;
};

struct AnyOf {
    QStringList options;
};

struct WindowOf {
    Statistic statistic = Statistic::P50;
};

struct Operand {
    QString text; ///< as written, without the spaces round it
    std::variant<Literal, Reading, Glob, AnyOf, QRegularExpression, WindowOf> form;

    /// pat(), any(), matches(): judges the other side and has no value of its own.
    bool isMatcher() const
    {
        return std::holds_alternative<Glob>(form) || std::holds_alternative<AnyOf>(form)
            || std::holds_alternative<QRegularExpression>(form);
    }
};

struct Condition::Tree {
    QString text;
    Operand left;
    Operator op = Operator::Equal;
    Operand right;
};

/// Part of a condition's text without the spaces round it, and where it starts.
struct Part {
    QStringView text;
    qsizetype at = 0;
    int column(qsizetype offset = 0) const { return static_cast<int>(at + offset) + 1; }
};

/// `text`, which starts at `at`, without the spaces round it.
Part trimmedPart(QStringView text, qsizetype at);

enum class Side { Left, Right };

struct Split {
    Part left;
    Operator op = Operator::Equal;
    Part right;
    qsizetype operatorAt = 0;
};

QLatin1StringView text(Operator op);
std::variant<Split, ConditionError> splitAtOperator(QStringView text);
std::variant<Operand, ConditionError> parseOperand(const Part &part, Side side);

/// True for "pat(…)", "len(…)" and so on: a function of the language from the first to the last character.
bool isCompleteCall(QStringView text);
/// True for "pat(…", whether or not it is closed.
bool opensCall(QStringView text);

} // namespace allclear
