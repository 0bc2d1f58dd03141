// The one interface of every probe kind. A probe runs once, on the thread it was made on, never blocks it, and
// emits `finished` exactly once within the endpoint's timeout — unless it is destroyed first, which cancels it.
#pragma once

#include "conditions/evaluate.h"
#include "core/clock.h"
#include "core/observation.h"
#include "core/secrets.h"

#include <QObject>

#include <memory>

class QNetworkCookieJar;

namespace allclear {

class ProbeServices; // probes/services.h: resolver and trust stores, one a thread

class Probe : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void start() = 0;

Q_SIGNALS:
    void finished(const allclear::ObservationPtr &observation);
};

/// What the steps of one journey share. It belongs to the thread of its probes.
struct JourneyContext {
    QJsonObject values; ///< [CONTEXT].k
    Secrets secrets;    ///< the incident's and every stored value
    std::shared_ptr<QNetworkCookieJar> cookies = nullptr; ///< of the steps with `store-cookies`; the first of them makes it
    void keep(const QString &key, const QJsonValue &value);
};

struct ProbeRequest {
    Endpoint endpoint;
    std::shared_ptr<const ConditionSet> conditions;
    Secrets secrets;
    Duration queued{};  ///< how long this probe waited inside the program
    int attempt = 1;
    std::shared_ptr<JourneyContext> journey = {}; ///< null outside a journey
    StoreList store = {};
};

/// The kind table. A kind without a probe yet returns null: the endpoint is "not judged yet".
/// `services` must outlive the probe and belong to the calling thread. The caller owns the probe.
std::unique_ptr<Probe> makeProbe(ProbeRequest request, ProbeServices &services);
bool hasProbe(Kind kind);

} // namespace allclear
