// Judges one probe's evidence by an endpoint's conditions: the last step of every probe.
#pragma once

#include "conditions/condition.h"
#include "core/endpoint.h"

namespace allclear {

/// The texts of one endpoint, parsed once. Texts that do not parse (they were reported when the file was read) are
/// kept and are always not evaluable.
class ConditionSet {
public:
    ConditionSet() = default;
    ConditionSet(const QList<ConditionText> &conditions, const QList<ConditionText> &degradedWhen,
                 const QStringList &requirements);

    /// Fills conditions, degradedWhen, requirements, outcome, and — when the probe itself did not fail — a
    /// `condition` failure that names the first condition that is unmet or not evaluable.
    void judge(Observation &observation, const Evidence &evidence) const;

private:
    struct Entry {
        QString text;
        std::optional<Condition> condition;
    };
    static QList<ConditionResult> evaluate(const QList<Entry> &entries, const Evidence &evidence);
    QList<Entry> m_conditions, m_degradedWhen, m_requirements;
};

} // namespace allclear
