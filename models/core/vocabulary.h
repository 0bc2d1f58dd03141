// The contract's words as enums, each with the exact name that JSON, text and the board use.
#pragma once

#include <QString>
#include <QStringView>

#include <optional>

namespace allclear {

/// What is spoken to an endpoint; decided by the URL's scheme or a `dns` block. A journey is an entry of `suites`.
enum class Kind { Http, WebSocket, Tls, StartTls, Tcp, Dns, Icmp, Redis, Postgres, PromQl, Journey, Unknown };

/// Contract 3: one per failed result.
enum class FailureKind {
    Dns, Refused, Unreachable, Timeout, Closed, Tls, Protocol, Redirect, Oversize, Rejected, Condition, Store, Command,
    Untrusted, Internal
};

/// Contract 3. `Conversation` only ever names where a deadline struck.
enum class Phase { Dns, Connect, Tls, Send, Wait, Receive, Conversation };
inline constexpr int measuredPhaseCount = 6; // Dns … Receive

enum class ChainVerdict {
    Ok, Incomplete, SelfSigned, UntrustedRoot, Expired, NotYetValid, HostnameMismatch, Revoked, Weak
};

/// What the stapled OCSP response says; `Invalid` when there is one that proves nothing (RFC 6960, RFC 6066 section 8).
enum class OcspStatus { Absent, Good, Revoked, Unknown, Invalid };

/// What is spoken in plain text before TLS begins: RFC 3207, RFC 3501 section 6.2.1, PostgreSQL's SSLRequest.
enum class StartTlsProtocol { Smtp, Imap, Postgres };

enum class Outcome { Pass, Degraded, Fail };

/// The three values of a condition. NotEvaluable never counts as met.
enum class Truth { Met, Unmet, NotEvaluable };

/// Contract 2.
enum class State { Up, Degraded, Down, Unknown, Checking, Flapping, Paused };
inline constexpr int stateCount = 7;

enum class CriterionState { Met, Holding, Unmet, Unknown };
enum class WhyVerdict { Confirmed, Refuted, Untested };
enum class Overall { Clear, NotClear, Unknown };
enum class RunVerdict { Passed, Failed, Suspect, RanNothing, NotRun };
enum class IncidentStatus { Investigating, Identified, Mitigating, Monitoring, Resolved };

QLatin1StringView name(Kind kind);
QLatin1StringView name(FailureKind kind);
QLatin1StringView name(Phase phase);
QLatin1StringView name(ChainVerdict verdict);
QLatin1StringView name(OcspStatus status);
QLatin1StringView name(StartTlsProtocol protocol);
QLatin1StringView name(Outcome outcome);
QLatin1StringView name(Truth truth);
QLatin1StringView name(State state);
QLatin1StringView name(CriterionState state);
QLatin1StringView name(WhyVerdict verdict);
QLatin1StringView name(Overall overall);
QLatin1StringView name(RunVerdict verdict);
QLatin1StringView name(IncidentStatus status);

std::optional<IncidentStatus> incidentStatusFrom(QStringView text);
std::optional<FailureKind> failureKindFrom(QStringView text);
std::optional<Kind> kindFrom(QStringView text);
std::optional<StartTlsProtocol> startTlsProtocolFrom(QStringView text);

/// How bad a state is for the component that holds it: higher is worse. down > flapping > degraded > unknown >
/// checking > paused > up: what is not known is never hidden behind an `up`.
int severity(State state);

} // namespace allclear
