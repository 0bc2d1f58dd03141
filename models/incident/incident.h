// The incident file as an immutable value. Made by readIncident (incident/reader.h); shared as IncidentPtr.
#pragma once

#include "core/endpoint.h"
#include "core/secrets.h"
#include "core/vocabulary.h"

#include <QMetaType>
#include <QUrl>

#include <memory>
#include <optional>

namespace allclear {

struct MoneyAtRisk {
    double amount = 0;
    QString currency;     ///< "USD"
    QString per;          ///< "year"
    bool atLeast = false; ///< shown as "+"
};

struct Link {
    QString title;
    QString url;
};

/// One tile.
struct Component {
    QString name;
    QString title; ///< `name` when the file gives none
    QString tier;  ///< may be empty
    QStringList needs;
    bool implied = false; ///< made by the reader for an endpoint that names no component
    SourceMark mark;
};

struct SuccessCriterion {
    QString title;
    QStringList of;                  ///< as written: names, "group:G", "component:C"
    std::optional<Kind> kind;        ///< only endpoints of this kind
    QList<ConditionText> require;    ///< empty: the endpoints' own conditions
    Duration hold{};
    QList<EndpointKey> endpoints;    ///< what `of` and `kind` select, resolved by the reader; never empty
    SourceMark mark;
};

enum class ConfirmedWhen { Failing, Passing };

struct Why {
    QString why;
    QString because;
    QList<EndpointKey> evidence; ///< resolved keys; empty: nothing watches it
    ConfirmedWhen confirmedWhen = ConfirmedWhen::Failing;
};

struct Action {
    QString title;
    QString owner;
    std::optional<Duration> due; ///< after `declared`
    QString component;
    QList<EndpointKey> doneWhen;
};

struct RunExpectation {
    QString format; ///< "pytest", … ; empty: exit code only
    std::optional<int> exit;
    std::optional<int> atLeast;
    std::optional<Duration> realAfter;
    QString output;
};

struct RunBaseline {
    std::optional<int> passed, failed, errors, skipped;
    std::optional<Duration> duration;
};

/// A validation command. Read and shown; never started by this layer.
struct Run {
    QString name;
    QString title;
    QStringList command;
    QString directory;
    Duration timeout = 5min;
    RunExpectation expect;
    RunBaseline baseline;
};

struct Webhook {
    QString url;
    QStringList on;
};

struct Notify {
    bool desktop = false;
    bool sound = false;
    QList<Webhook> webhooks;
};

struct Incident {
    QString title;
    QString severity; ///< "P0"; may be empty
    IncidentStatus status = IncidentStatus::Investigating;
    std::optional<TimePoint> declared;
    QString summary;
    QString customers;
    std::optional<MoneyAtRisk> revenueAtRisk;
    QList<EndpointKey> availabilityOf; ///< resolved; every endpoint when the file does not say
    QList<Link> links;
    QString observerTarget; ///< "tcp://host:port" or empty
    QList<Component> components; ///< file order; needs are acyclic
    QList<Endpoint> endpoints;   ///< file order; journeys (entries of `suites`) behind the others
    QList<SuccessCriterion> criteria;
    QList<Why> whys;
    QList<Action> actions;
    QList<Run> runs;
    Notify notify;
    Secrets secrets;    ///< values that must never be shown
    QString sourcePath; ///< absolute path of the file; empty for text

    const Endpoint *endpoint(const EndpointKey &key) const;
    const Component *component(const QString &name) const;
    /// Stable across restarts and machines for the same file path: names the history database.
    QString historyId() const;
};

using IncidentPtr = std::shared_ptr<const Incident>;

/// "$500K+ ARR": amounts per year read as ARR; other periods say so.
QString moneyText(const MoneyAtRisk &money);

} // namespace allclear

Q_DECLARE_METATYPE(allclear::IncidentPtr)
