// What one X.509 certificate (RFC 5280) says of itself, as values and as words for people.
#pragma once

#include "core/observation.h"

#include <openssl/x509.h>

namespace allclear
{

/// Everything a person asks of a certificate; at most 100 names.
Certificate describe(X509 *certificate);
/// The part people call it by: its common name, or the whole name without one.
QString shortName(const X509_NAME *name);
QString subjectOf(const X509 *certificate);
QString issuerOf(const X509 *certificate);
/// The certificate says where its issuer's can be had (caIssuers of the authority information access).
bool hasIssuerAddress(X509 *certificate);
/// The TLS feature extension with status_request (RFC 7633).
bool demandsStaple(X509 *certificate);
/// OpenSSL's time as ours; the epoch when it cannot be read.
TimePoint toTime(const ASN1_TIME *time);

} // namespace allclear
