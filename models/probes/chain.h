// What the server's certificates are worth: facts of every certificate sent, in order, and one verdict with the
// sentence an SRE needs. The vocabulary is testssl.sh's and sslyze's.
#pragma once

#include "core/observation.h"

#include <openssl/ssl.h>

namespace allclear {

struct ChainQuestion {
    QString host;      ///< the name (or IP address) that the certificate must cover
    X509_STORE *store; ///< trust anchors
    QByteArray staple; ///< OCSP response of the handshake, DER; empty when there was none
    TimePoint now;
};

struct ChainExamination {
    TlsFacts facts;
    QStringList notes; ///< worth knowing, but no reason to refuse: order, superfluous certificates, a missing staple
};

/// Facts and verdict of the chain that the peer of `ssl` sent; valid after the handshake.
ChainExamination examineChain(const SSL *ssl, const ChainQuestion &question);
/// The same without a handshake: `sent` in the order of sending, the leaf first; null or empty when none came.
ChainExamination examineCertificates(STACK_OF(X509) *sent, const ChainQuestion &question);

} // namespace allclear
