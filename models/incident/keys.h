// The one table of the keys that an incident file may hold, by mapping. The reader refuses what is not in it, and a test
// keeps resources/schema/allclear.schema.json in step with it.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace allclear {

struct MappingKeys {
    QString path;       ///< "" for the top level; "endpoints[].client.tls"
    QStringList keys;   ///< what the reader reads
    QStringList gatus;  ///< Gatus's own: accepted, without effect, announced once
};

/// Every mapping whose keys are fixed, in file order.
const QList<MappingKeys> &knownKeys();

/// The candidate that a person most likely meant, or nothing when none is near.
QString closest(const QString &word, const QStringList &candidates);

} // namespace allclear
