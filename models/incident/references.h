// `of`, `evidence`, `done-when`, `availability-of`: names → the endpoints and suites they mean.
#pragma once

#include "incident/section.h"

namespace allclear::reading {

class References {
public:
    /// The incident's endpoints and components must be read and outlive this.
    explicit References(const Incident &incident);

    struct Found {
        QList<EndpointKey> endpoints; ///< incident order within one reference, no key twice
        bool complete = true;         ///< false: a reference was reported
    };
    /// Reports what names nothing and what is ambiguous.
    Found resolve(Reading &reading, const QList<MarkedText> &references) const;
    QList<EndpointKey> keys(Reading &reading, const QList<MarkedText> &references) const;

    QStringList componentNames() const { return m_components; }
    const Endpoint *endpoint(const EndpointKey &key) const;

private:
    const QList<EndpointKey> *find(Reading &reading, const MarkedText &reference) const;
    void reportUnknown(Reading &reading, const MarkedText &reference) const;

    QHash<QString, QList<EndpointKey>> m_byKey, m_byName, m_byGroup, m_byComponent;
    QHash<EndpointKey, const Endpoint *> m_endpoints;
    QStringList m_components, m_names;
};

} // namespace allclear::reading
