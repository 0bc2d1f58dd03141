// What is watched: one endpoint as the incident file describes it, with defaults merged and ${…} replaced.
#pragma once

#include "core/time.h"
#include "core/vocabulary.h"

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

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

/// Negotiated: HTTP/2 where the server picks it by ALPN, otherwise HTTP/1.1.
enum class HttpVersion { Negotiated, Http11, Http2 };

/// client.oauth2: the client-credentials grant (RFC 6749, section 4.4).
struct OAuth2Options {
    QString tokenUrl; ///< empty: no OAuth 2
    QString clientId;
    QString clientSecret;
    QStringList scopes;
    bool operator==(const OAuth2Options &) const = default;
};

/// Gatus's `client` block plus what is ours. Paths are absolute or relative to the incident file's folder
/// (the reader makes them absolute).
struct ClientOptions {
    Duration timeout = 10s; ///< bounds the whole probe
    bool insecure = false;  ///< certificate problems are recorded but do not fail the probe
    bool ignoreRedirect = false;
    bool keepAlive = false; ///< ours: measure on a reused connection; speaks HTTP/1.1 unless httpVersion says otherwise
    HttpVersion httpVersion = HttpVersion::Negotiated; ///< ours; Http2 without TLS starts with prior knowledge
    bool storeCookies = false; ///< cookies that redirects set are sent on, and steps of a journey share them
    QString caFile;         ///< tls.ca-file (ours): extra trust anchors, PEM
    QString certificateFile; ///< tls.certificate-file: client certificate, PEM
    QString privateKeyFile;  ///< tls.private-key-file
    QString serverName;      ///< tls.server-name (ours): SNI and verification name; the URL's host when empty
    QString auth;            ///< "gcp" or empty
    OAuth2Options oauth2;
    QString proxyUrl;
    QString dnsResolver; ///< "udp://host:port" or "tcp://host:port"; empty: the system's
    std::optional<StartTlsProtocol> startTls; ///< ours: for starttls:// on a port that does not say it
    QStringList subprotocols; ///< ours: offered in Sec-WebSocket-Protocol
    qint64 maxBodyBytes = 4 * 1024 * 1024;    ///< after decompression
    qint64 maxHeaderBytes = 256 * 1024;
    qint64 maxMessageBytes = 1024 * 1024;     ///< one WebSocket message
    bool needsCredentials() const { return !auth.isEmpty() || !oauth2.tokenUrl.isEmpty(); }
    bool operator==(const ClientOptions &) const = default;
};

/// Gatus's `dns` block: what to ask the name server in the URL.
struct DnsLookup {
    QString name;
    QString type; ///< "A", "AAAA", "MX", …
    bool operator==(const DnsLookup &) const = default;
};

/// Names a row everywhere (history, JSON, references): "group/name", or "name" without a group.
using EndpointKey = QString;

/// Names of [CONTEXT] and the placeholders that they are taken from.
using StoreList = QList<std::pair<QString, QString>>;

/// One entry of a WebSocket conversation: a message out, or the conditions that one coming in must meet.
struct ConversationStep {
    QString send;                   ///< may hold [CONTEXT].k
    QList<ConditionText> expect;    ///< all met by the same [MESSAGE]; empty: the entry sends
    std::optional<Duration> within; ///< since the entry's turn came; the probe's own deadline when absent
    StoreList store;                ///< taken from the message that met `expect`
};

struct Journey;

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
    DnsLookup dns; ///< of Kind::Dns
    bool graphql = false;
    bool enabled = true;
    Duration interval = 60s;
    int failureThreshold = 1;
    int successThreshold = 1;
    QList<ConditionText> conditions;
    QList<ConditionText> degradedWhen;
    ClientOptions client;
    QList<ConversationStep> conversation;   ///< WebSocket only
    std::shared_ptr<const Journey> journey; ///< set when, and only when, `kind` is Journey; `client.timeout` bounds it
    QString notJudged; ///< why no probe judges this endpoint yet (an unsupported scheme or part); empty when one does
    SourceMark mark;

    EndpointKey key() const { return group.isEmpty() ? name : group + u'/' + name; }
    /// A result older than this is stale (contract 1).
    Duration staleAfter() const { return std::max<Duration>(3 * interval, 30s); }
};

struct JourneyStep {
    Endpoint endpoint; ///< url, headers, body and conversation may hold [CONTEXT].k
    bool alwaysRun = false; ///< also after a step failed: clearing up
    StoreList store;
};

/// An entry of `suites`: steps that share a context, in order.
struct Journey {
    QString title;
    QJsonObject context; ///< where it starts
    QList<JourneyStep> steps;
};

} // namespace allclear
