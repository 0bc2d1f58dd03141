// The rehearsal's own public-key infrastructure, made anew at every start: authority → intermediate → leaf, P-256,
// SHA-256 (RFC 5280). Nothing is kept; the keys die with the process.
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <QByteArray>

namespace allclear::rehearsal {

struct Certificates {
    QByteArray authority;    ///< PEM
    QByteArray intermediate; ///< PEM
    QByteArray leaf;         ///< PEM; valid for 127.0.0.1, localhost and api.staging.test
    QByteArray leafKey;      ///< PEM, PKCS #8, not encrypted
};

inline constexpr auto leafLifetime = std::chrono::days(41);

/// Valid from a day before the earlier of `now` and the real time, and at least 41 days after the later of them, so
/// that both the injected clock and OpenSSL's own find them valid.
Result<Certificates> makeCertificates(TimePoint now);

} // namespace allclear::rehearsal
