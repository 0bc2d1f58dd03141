// What is watched: one endpoint as the incident file describes it, with defaults merged and ${…} replaced.
#pragma once

#include "core/time.h"
#include "core/vocabulary.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>

namespace allclear {

/// Where something stands in a file; both count from 1, 0 is "nowhere".
struct SourceMark {
    int line = 0;
    int column = 0;
    bool operator==(const SourceMark &) const = default;
};

struct ConditionText {
    QString text;
    SourceMark mark;
};

/// Gatus's `client` block plus what is ours. Paths are absolute or relative to the incident file's folder
/// (the reader makes them absolute).
struct ClientOptions {
    Duration timeout = 10s; ///< bounds the whole probe
    bool insecure = false;  ///< certificate problems are recorded but do not fail the probe
    bool ignoreRedirect = false;
    bool keepAlive = false; ///< ours: measure on a reused connection
    QString caFile;         ///< tls.ca-file (ours): extra trust anchors, PEM
    QString certificateFile; ///< tls.certificate-file: client certificate, PEM
    QString privateKeyFile;  ///< tls.private-key-file
    QString serverName;      ///< tls.server-name (ours): SNI and verification name; the URL's host when empty
    QString auth;            ///< "gcp" or empty
    QString proxyUrl;
    QStringList subprotocols; ///< ours: offered in Sec-WebSocket-Protocol
    qint64 maxBodyBytes = 4 * 1024 * 1024;    ///< after decompression
    qint64 maxHeaderBytes = 256 * 1024;
    qint64 maxMessageBytes = 1024 * 1024;     ///< one WebSocket message
    bool operator==(const ClientOptions &) const = default;
};

/// Names a row everywhere (history, JSON, references): "group/name", or "name" without a group.
using EndpointKey = QString;

struct Endpoint {
    QString name;
    QString group;
    QString component; ///< empty: a component of its own name is made by the reader
    QString url;       ///< with variables replaced: may hold secrets, never shown; show `target`
    QString target;    ///< the URL with secrets and user info masked
    Kind kind = Kind::Unknown;
    QString method = QStringLiteral("GET");
    QList<std::pair<QByteArray, QByteArray>> headers; ///< file order, values with variables replaced
    QByteArray body;
    bool graphql = false;
    bool enabled = true;
    Duration interval = 60s;
    int failureThreshold = 1;
    int successThreshold = 1;
    QList<ConditionText> conditions;
    QList<ConditionText> degradedWhen;
    ClientOptions client;
    QString notJudged; ///< why no probe judges this endpoint yet (an unsupported scheme or part); empty when one does
    SourceMark mark;

    EndpointKey key() const { return group.isEmpty() ? name : group + u'/' + name; }
    /// A result older than this is stale (contract 1).
    Duration staleAfter() const { return std::max<Duration>(3 * interval, 30s); }
};

} // namespace allclear
