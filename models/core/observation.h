// What a probe brought back. Immutable once made; shared between threads as ObservationPtr.
#pragma once

#include "core/endpoint.h"
#include "core/time.h"
#include "core/vocabulary.h"

#include <QMetaType>

#include <array>
#include <limits>
#include <memory>
#include <optional>

namespace allclear {

struct Failure {
    FailureKind kind = FailureKind::Internal;
    std::optional<Phase> phase;
    QString message; ///< one sentence for a tired person: what was expected, what came; secrets masked
    QString hint;    ///< what to try next; may be empty
};

struct ConditionResult {
    QString text;  ///< as written in the file
    QString value; ///< what the left side was: "503"; empty when it had no value
    QString shown; ///< both sides resolved: "[STATUS] (503) == 200"
    Truth result = Truth::NotEvaluable;
};

struct Certificate {
    QString subject;
    QString issuer;
    TimePoint notBefore;
    TimePoint notAfter;
    QStringList names; ///< subjectAltName entries, "DNS:…" and "IP:…" without the prefix
    QString serial;
    QString signature; ///< "sha256WithRSAEncryption"
    QString key;       ///< "RSA 2048", "EC P-256"
    QString fingerprint; ///< SHA-256, hex
};

struct TlsFacts {
    QString version; ///< "TLSv1.3"
    QString cipher;
    QString alpn;
    ChainVerdict chainVerdict = ChainVerdict::Ok;
    QString chainMessage;            ///< the sentence behind the verdict
    std::optional<double> daysLeft;  ///< of the leaf; negative when expired
    std::optional<double> shortestDaysLeft; ///< of the link that expires first
    OcspStatus ocsp = OcspStatus::Absent;
    bool insecure = false;
    QList<Certificate> chain; ///< as sent, leaf first, also when the verification failed
};

/// Absent where a phase did not happen or cannot be told apart.
using Phases = std::array<std::optional<Duration>, measuredPhaseCount>;

struct Observation;
using ObservationPtr = std::shared_ptr<const Observation>;

/// One step of a journey.
struct StepResult {
    QString name;
    bool alwaysRun = false;
    ObservationPtr observation; ///< null: not run
    QString notRun;             ///< why
};

/// One message of a WebSocket conversation; secrets masked, cut to exchangeLength characters.
struct Exchange {
    enum class Way { Sent, Received };
    Way way = Way::Received;
    Duration at{};    ///< since the probe started
    QString text;
    int entry = -1;   ///< of the conversation that it belongs to; -1: skipped
};
inline constexpr qsizetype exchangeLength = 2048;

struct Observation {
    EndpointKey endpoint;
    TimePoint startedAt;
    TimePoint finishedAt;
    Duration latency{};  ///< from the start of the connection attempt to the last byte
    Duration queued{};   ///< waited inside this program before that; never part of latency
    int attempt = 1;
    Outcome outcome = Outcome::Fail;
    Phases phases;
    std::optional<int> status;
    std::optional<QString> code; ///< Redis error word, SQLSTATE, WebSocket close code
    QString remote;              ///< "203.0.113.7:443"
    QString protocol;            ///< "http/1.1", "h2", "websocket"
    qint64 bytes = 0;            ///< of the answer's body
    std::optional<Failure> failure;
    QList<ConditionResult> conditions;
    QList<ConditionResult> degradedWhen;
    QList<ConditionResult> requirements; ///< `require` lines of the success criteria that select this endpoint
    std::optional<TlsFacts> tls;
    QList<std::pair<QString, QString>> headers; ///< of the answer, secrets masked
    QStringList hops;        ///< redirect targets followed, secrets masked
    std::optional<Duration> ping; ///< WebSocket ping round trip
    QString excerpt;         ///< first 2 KiB of the answer, secrets masked
    QStringList notes;       ///< things worth knowing that are no failure ("the server ignored the subprotocol")
    bool answered = false;   ///< a complete answer arrived; latency stands for a response
    QList<StepResult> steps;       ///< of a journey, in its order
    QList<Exchange> conversation;  ///< of a WebSocket, in order of time

    std::optional<Duration> phase(Phase phase) const { return phases[static_cast<std::size_t>(phase)]; }
    bool failed() const { return outcome == Outcome::Fail; }
};

/// One observation as history and charts keep it: 16 bytes.
struct Sample {
    TimePoint at;              ///< when the probe started
    float latencyMs = std::numeric_limits<float>::quiet_NaN(); ///< NaN where no complete answer came: a gap, never 0
    quint16 status = 0;        ///< HTTP status, 0 when there is none
    quint8 outcome = 0;        ///< Outcome
    quint8 failure = 0;        ///< FailureKind + 1, 0 when it did not fail

    bool failed() const { return outcome == static_cast<quint8>(Outcome::Fail); }
};
static_assert(sizeof(Sample) == 16);

Sample toSample(const Observation &observation);

} // namespace allclear

Q_DECLARE_METATYPE(allclear::ObservationPtr)
