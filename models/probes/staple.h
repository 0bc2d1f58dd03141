// The OCSP response that a server may staple to its handshake (RFC 6960, RFC 6066 section 8): parsed, its signature
// verified against the certificate's issuer, its age checked. No network: what is not stapled is not asked for.
#pragma once

#include "core/time.h"
#include "core/vocabulary.h"

#include <openssl/x509.h>

#include <QByteArrayView>
#include <QString>

namespace allclear
{

struct StapleQuestion {
    X509 *certificate; ///< the leaf that the response must be about
    X509 *issuer; ///< null when it is not known; nothing can be verified then
    TimePoint now;
};

struct Staple {
    OcspStatus status = OcspStatus::Absent;
    QString sentence; ///< when and why it was revoked, or what is wrong with the response; empty for good and absent
};

/// `response` is the DER of an OCSPResponse; empty when none was stapled.
Staple readStaple(QByteArrayView response, const StapleQuestion &question);

} // namespace allclear
