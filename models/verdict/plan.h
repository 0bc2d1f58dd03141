// Indexes of one incident, made once a file, so that folding and judging never search by name. Private to verdict/.
#pragma once

#include "conditions/condition.h"
#include "verdict/judge.h"

#include <vector>

namespace allclear
{

/// A set of component indexes.
class Bits
{
public:
    explicit Bits(std::size_t size = 0) : m_words((size + 63) / 64) { }
    void set(int bit) { m_words[word(bit)] |= mask(bit); }
    bool test(int bit) const { return (m_words[word(bit)] & mask(bit)) != 0; }
    bool intersects(const Bits &other) const;

private:
    static std::size_t word(int bit) { return static_cast<std::size_t>(bit) / 64; }
    static quint64 mask(int bit) { return quint64{1} << (static_cast<unsigned>(bit) % 64); }
    std::vector<quint64> m_words;
};

/// One criterion as one endpoint has to meet it.
struct RequirementPlan {
    int criterion = 0;
    Duration hold{};
    QStringList texts; ///< judged result by result
    QList<Condition> windowed; ///< judged over the hold
    bool ownOutcome = false; ///< no `require`: the endpoint's own conditions
};

struct EndpointPlan {
    bool loopback = false;
    QString staleReason;
    QList<RequirementPlan> requirements;
};

struct ComponentPlan {
    QList<int> endpoints; ///< enabled ones
    Bits upstream; ///< what it needs, directly or further up; never itself
};

struct CriterionPlan {
    QList<int> endpoints; ///< selected and enabled
};

struct Plan {
    explicit Plan(const Incident &incident);

    QHash<EndpointKey, int> endpointIndex;
    QHash<QString, int> componentIndex;
    std::vector<EndpointPlan> endpoints;
    std::vector<ComponentPlan> components;
    std::vector<CriterionPlan> criteria;
    QList<int> availabilityOf; ///< enabled ones
};

} // namespace allclear
