// Secrets are masked where they enter: a probe masks what it brings back before anyone else sees it.
#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringList>

class QUrl;

namespace allclear {

inline constexpr char16_t maskText[] = u"•••";

/// An immutable set of secret values. Copy it freely; `mask` may be called from any thread.
class Secrets {
public:
    Secrets() = default;
    explicit Secrets(const QStringList &values);

    /// A set that also holds these. Values under 4 characters are ignored: masking them would shred every text.
    Secrets with(const QStringList &more) const;
    bool isEmpty() const { return m_values.isEmpty(); }

    /// Every occurrence of a secret, plain, percent-encoded, base64, or as "user:password", becomes •••.
    QString mask(QString text) const;

    /// True for names whose value is secret: they hold KEY, TOKEN, SECRET or PASS, whatever the case.
    static bool isSecretName(QStringView name);
    /// True for header names whose value is never shown: Authorization, Proxy-Authorization, Cookie, Set-Cookie, and
    /// whatever isSecretName says of the name.
    static bool isSecretHeader(QStringView name);
    /// User info and secret-named query values become •••: "postgres://•••@host/db?token=•••".
    static QString maskUrl(const QString &url);
    /// False where a token would go over the network in clear text: anything but https, except to this computer.
    static bool mayTravelTo(const QUrl &url);

private:
    QStringList m_values; // longest first, so that a secret inside a longer one leaves no tail
};

} // namespace allclear
