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

enum class KeyKind { EcP256, Rsa2048, Rsa1024 };

struct IdentityOptions {
    QString commonName = {};
    QStringList names = {}; ///< "DNS:x" or "IP:x"
    qint64 validFromDays = -1;
    qint64 validToDays = 90;
    bool authority = false;
    KeyKind key = KeyKind::EcP256;
    QString issuerUrl = {}; ///< caIssuers in the AIA extension
};

/// Signed by `issuer`, or by itself when that is null.
Identity makeIdentity(const IdentityOptions &options, const Identity *issuer = nullptr);

/// Writes bytes to a file in `folder` and returns its path.
QString writeFile(const QTemporaryDir &folder, const QString &name, const QByteArray &bytes);

} // namespace allclear::test
