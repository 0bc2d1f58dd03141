// Ways of getting an access token, one attempt each. Google's own order (application default credentials): the key file
// that GOOGLE_APPLICATION_CREDENTIALS names, then `gcloud auth print-access-token`, then the metadata server.
#pragma once

#include "probes/httpfetch.h"

#include <QProcess>

#include <variant>

namespace allclear
{

struct AccessToken {
    QString value;
    Duration lifetime{}; ///< from now; what the giver says
    QString source; ///< "the service account probe@…", "gcloud"
};

using TokenOutcome = std::variant<AccessToken, Failure>;

class TokenFetch : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    /// Exactly one finished() follows, unless destroyed first.
    virtual void start() = 0;

Q_SIGNALS:
    void finished(const allclear::TokenOutcome &outcome);

protected:
    void request(ProbeServices &services, FetchRequest request, const QString &source);
    /// What an answer that was no token, or no answer, becomes; fails by default.
    virtual void refused(const Failure &failure) { Q_EMIT finished(failure); }

private:
    void answered(int status, const QByteArray &body, const QString &source);
    QString m_host;
};

/// auth: gcp.
class GcpTokenFetch : public TokenFetch
{
    Q_OBJECT
public:
    GcpTokenFetch(ProbeServices &services, QObject *parent);
    ~GcpTokenFetch() override;
    void start() override;

protected:
    void refused(const Failure &failure) override;

private:
    void fromKeyFile(const QString &path);
    void exchangeKey(const QJsonObject &key, const QString &path);
    void fromGcloud();
    void gcloudEnded();
    void fromMetadata();
    void failWith(const QString &message, const QString &hint);

    ProbeServices &m_services;
    QProcess m_gcloud;
    QStringList m_tried; ///< what was tried in vain, and why
    bool m_gcloudDone = false;
};

/// client.oauth2.
class OAuth2TokenFetch : public TokenFetch
{
    Q_OBJECT
public:
    OAuth2TokenFetch(ProbeServices &services, ClientOptions client, QObject *parent);
    void start() override;

private:
    ProbeServices &m_services;
    ClientOptions m_client;
};

} // namespace allclear

Q_DECLARE_METATYPE(allclear::TokenOutcome)
