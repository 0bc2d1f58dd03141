// The condition language of the contract (section 4): text → tree → met | unmet | not evaluable.
// Syntax is Gatus's (config/endpoint/condition.go, placeholder.go); semantics differ where Gatus would be green
// without evidence: a placeholder without a value makes the condition not evaluable, whatever the operator.
// A Condition is an immutable value and may be evaluated from any thread.
#pragma once

#include "conditions/jsonmemo.h"
#include "core/observation.h"
#include "core/result.h"
#include "core/time.h"

#include <QJsonArray>
#include <QJsonObject>

#include <memory>
#include <optional>
#include <span>
#include <variant>

namespace allclear {

/// What a probe learnt, as placeholders see it. Absent means "no value": the condition is then not evaluable.
/// Use one Evidence from one thread at a time: it remembers the JSON of its body.
struct Evidence {
    std::optional<int> status;
    std::optional<Duration> responseTime; ///< only when a complete answer arrived
    std::optional<QString> ip;
    std::optional<QByteArray> body;       ///< raw; parsed as JSON once, on first use of a path
    std::optional<bool> connected;
    std::optional<Duration> certificateExpiration; ///< time left; negative when expired
    std::optional<Duration> domainExpiration;
    std::optional<QString> dnsRcode;
    std::optional<ChainVerdict> chain;
    std::optional<QString> tlsVersion;
    std::optional<QByteArray> message;    ///< WebSocket message under test; [MESSAGE].a.b reads it as JSON
    std::optional<QString> code;
    std::optional<double> value;          ///< PromQL: of the first sample; finite
    std::optional<QJsonObject> labels;    ///< PromQL: of the first sample
    std::optional<QJsonArray> series;     ///< PromQL: empty when the query found nothing
    Phases phases;
    QList<std::pair<QString, QString>> headers; ///< of the answer; names compare without case
    QJsonObject context;                  ///< [CONTEXT].k
    JsonMemo bodyJson = {}, messageJson = {}; ///< filled by the conditions; leave them alone
};

/// A syntax error in a condition: `column` counts characters from 1 within the text.
struct ConditionError {
    int column = 1;
    QString message;    ///< "spaces are required round `==`"
    QString suggestion; ///< may be empty
};

class Condition {
public:
    /// Parses; the error names the column.
    static std::variant<Condition, ConditionError> parse(const QString &text);

    ConditionResult evaluate(const Evidence &evidence) const;
    QString text() const;

    /// True for p50() p95() p99() max() mean(): judged over a criterion's window of latencies, not one result.
    bool isWindowed() const;
    /// Judges a windowed condition over the response times of a window. Empty: not evaluable.
    ConditionResult evaluateWindow(std::span<const Duration> responseTimes) const;

    struct Tree; // the parsed form, in conditions/tree.h
    explicit Condition(std::shared_ptr<const Tree> tree);

private:
    std::shared_ptr<const Tree> m_tree;
};

} // namespace allclear
