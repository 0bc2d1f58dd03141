// Judges a server's certificates: every finding at once, the weightiest first. testssl.sh and sslyze set the words.
#pragma once

#include "core/observation.h"

#include <openssl/x509_vfy.h>

#include <memory>
#include <set>
#include <vector>

namespace allclear
{

/// The way from the leaf towards an anchor, and what OpenSSL's verifier made of it (X509_V_ERR_…). Not only what was
/// sent: the verifier also takes certificates from the store, and leaves those out that lead nowhere.
struct ChainPath {
    std::vector<std::shared_ptr<X509>> links; ///< leaf first; never empty
    std::set<int> errors;
};

struct ChainFinding {
    ChainVerdict verdict;
    QString sentence;
};

struct VerifyQuestion {
    STACK_OF(X509) * sent; ///< leaf first; not empty
    X509_STORE *store;
    QString host; ///< a name in any script, or an IP address
    TimePoint now;
};

/// Verification that goes on past every error. Strength is left to explain(), which can name the link.
ChainPath verify(const VerifyQuestion &question);

/// Empty when the path is acceptable. Expiry, trust, name and strength are separate findings.
QList<ChainFinding> explain(const ChainPath &path, const VerifyQuestion &question);

} // namespace allclear
