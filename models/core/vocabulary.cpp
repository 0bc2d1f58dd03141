#include "core/vocabulary.h"

#include <array>

namespace allclear {

namespace {

using L = QLatin1StringView;

template <typename Names, typename Enum>
L at(const Names &names, Enum value)
{
    const auto index = static_cast<std::size_t>(value);
    Q_ASSERT(index < names.size());
    return names[index];
}

constexpr std::array kindNames = {
    L("http"),  L("websocket"), L("tls"),
    L("starttls"), L("tcp"), L("dns"), L("icmp"),
    L("redis"), L("postgres"),  L("promql"), L("suite"),
    L("unknown")};

constexpr std::array failureNames = {
    L("dns"),      L("refused"),   L("unreachable"),
    L("timeout"),  L("closed"),    L("tls"),
    L("protocol"), L("redirect"),  L("oversize"),
    L("rejected"), L("condition"), L("store"),
    L("command"),  L("untrusted"), L("internal")};

constexpr std::array statusNames = {
    L("investigating"), L("identified"), L("mitigating"),
    L("monitoring"), L("resolved")};

constexpr std::array startTlsNames = {L("smtp"), L("imap"), L("postgres")};

template <typename Enum, typename Names>
std::optional<Enum> find(const Names &names, QStringView text)
{
    int index = 0;
    for (L candidate : names) {
        if (text == candidate)
            return static_cast<Enum>(index);
        ++index;
    }
    return std::nullopt;
}

} // namespace

QLatin1StringView name(Kind kind) { return at(kindNames, kind); }
QLatin1StringView name(FailureKind kind) { return at(failureNames, kind); }

QLatin1StringView name(Phase phase)
{
    constexpr std::array names = {L("dns"), L("connect"), L("tls"), L("send"), L("wait"), L("receive"), L("conversation")};
    return at(names, phase);
}

QLatin1StringView name(ChainVerdict verdict)
{
    constexpr std::array names = {L("ok"), L("incomplete"), L("self-signed"), L("untrusted-root"), L("expired"), L("not-yet-valid"),
               L("hostname-mismatch"), L("revoked"), L("weak")};
    return at(names, verdict);
}

QLatin1StringView name(OcspStatus status)
{
    constexpr std::array names = {L("absent"), L("good"), L("revoked"), L("unknown"), L("invalid")};
    return at(names, status);
}

QLatin1StringView name(StartTlsProtocol protocol) { return at(startTlsNames, protocol); }

QLatin1StringView name(Outcome outcome)
{
    constexpr std::array names = {L("pass"), L("degraded"), L("fail")};
    return at(names, outcome);
}

QLatin1StringView name(Truth truth)
{
    constexpr std::array names = {L("met"), L("unmet"), L("not-evaluable")};
    return at(names, truth);
}

QLatin1StringView name(State state)
{
    constexpr std::array names = {L("up"), L("degraded"), L("down"), L("unknown"), L("checking"), L("flapping"), L("paused")};
    return at(names, state);
}

QLatin1StringView name(CriterionState state)
{
    constexpr std::array names = {L("met"), L("holding"), L("unmet"), L("unknown")};
    return at(names, state);
}

QLatin1StringView name(WhyVerdict verdict)
{
    constexpr std::array names = {L("confirmed"), L("refuted"), L("untested")};
    return at(names, verdict);
}

QLatin1StringView name(Overall overall)
{
    constexpr std::array names = {L("clear"), L("not-clear"), L("unknown")};
    return at(names, overall);
}

QLatin1StringView name(RunVerdict verdict)
{
    constexpr std::array names = {L("passed"), L("failed"), L("suspect"), L("ran-nothing"), L("not-run")};
    return at(names, verdict);
}

QLatin1StringView name(IncidentStatus status) { return at(statusNames, status); }

std::optional<IncidentStatus> incidentStatusFrom(QStringView text) { return find<IncidentStatus>(statusNames, text); }
std::optional<FailureKind> failureKindFrom(QStringView text) { return find<FailureKind>(failureNames, text); }
std::optional<Kind> kindFrom(QStringView text) { return find<Kind>(kindNames, text); }
std::optional<StartTlsProtocol> startTlsProtocolFrom(QStringView text) { return find<StartTlsProtocol>(startTlsNames, text); }

int severity(State state)
{
    switch (state) {
    case State::Up: return 0;
    case State::Paused: return 1;
    case State::Checking: return 2;
    case State::Unknown: return 3;
    case State::Degraded: return 4;
    case State::Flapping: return 5;
    case State::Down: return 6;
    }
    return 3;
}

} // namespace allclear
