// Certificates for tests, made with OpenSSL on the spot: a root, an intermediate, and leaves with every fault.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace allclear::test {

struct Identity {
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;

    QByteArray certificatePem() const;
    QByteArray keyPem() const;
};

enum class KeyKind { EcP256, EcP192, Rsa2048, Rsa1024 };
enum class Digest { Sha256, Sha1, Md5 };
enum class Extra { None, MustStaple, OcspSigning };

struct IdentityOptions {
    QString commonName = {};
    QStringList names = {}; ///< "DNS:x" or "IP:x"
    qint64 validFromDays = -1;
    qint64 validToDays = 90;
    bool authority = false;
    KeyKind key = KeyKind::EcP256;
    Digest digest = Digest::Sha256; ///< of the issuer's signature
    Extra extra = Extra::None;
    QString issuerUrl = {}; ///< caIssuers in the AIA extension
};

/// Signed by `issuer`, or by itself when that is null.
Identity makeIdentity(const IdentityOptions &options, const Identity *issuer = nullptr);

enum class OcspAnswer { Good, Revoked, Unknown };

struct OcspOptions {
    OcspAnswer answer = OcspAnswer::Good;
    int revokedSecondsAgo = 86400; ///< for reason keyCompromise
    int producedSecondsAgo = 3600;
    int validForSeconds = 86400; ///< from now; negative: expired
};

/// A signed OCSPResponse (DER) about `subject`. `signer` is the issuer itself, or a responder whose certificate the
/// response then carries.
QByteArray makeOcspResponse(const Identity &subject, const Identity &issuer, const Identity &signer, const OcspOptions &options = {});

/// Writes bytes to a file in `folder` and returns its path.
QString writeFile(const QTemporaryDir &folder, const QString &name, const QByteArray &bytes);

} // namespace allclear::test
