#include "rehearsal/staging.h"

#include <QFile>

// The macro declares a function in the global namespace.
static void initialiseIncidentFiles() { Q_INIT_RESOURCE(incident_files); }

namespace allclear {

QByteArray rehearsalIncident()
{
    initialiseIncidentFiles();
    QFile file(QStringLiteral(":/incidents/rehearsal.yaml"));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened); // part of the binary
    return opened ? file.readAll() : QByteArray();
}

} // namespace allclear
