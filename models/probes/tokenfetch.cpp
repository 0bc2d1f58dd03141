#include "probes/tokenfetch.h"

#include "probes/jwt.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr char cloudPlatform[] = "https://www.googleapis.com/auth/cloud-platform";
constexpr char googleTokenUri[] = "https://oauth2.googleapis.com/token";
constexpr qint64 longestKeyFile = 64 * 1024;
constexpr qsizetype longestToken = 16 * 1024;
constexpr qsizetype longestWord = 200; // of an answer that is quoted
constexpr Duration gcloudLifetime = 5min; // gcloud does not tell; its tokens last up to an hour
constexpr Duration unsaidLifetime = 1min;

/// A token that could break out of its header is none.
bool isToken(const QString &text)
{
    return !text.isEmpty() && text.size() <= longestToken
        && std::ranges::all_of(text, [](QChar c) { return c.unicode() > u' ' && c.unicode() < 127; });
}

QByteArray form(const QList<std::pair<QByteArray, QString>> &fields)
{
    QByteArrayList parts;
    for (const auto &[name, value] : fields)
        parts.append(name + '=' + QUrl::toPercentEncoding(value));
    return parts.join('&');
}

FetchRequest formRequest(const QUrl &url, const QByteArray &body)
{
    return {.method = "POST",
            .url = url,
            .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
            .body = body};
}

Duration lifetimeOf(const QJsonObject &answer)
{
    const QJsonValue said = answer.value("expires_in"_L1);
    const double seconds = said.isString() ? said.toString().toDouble() : said.toDouble();
    constexpr double longest = 24 * 3600;
    return seconds > 0 ? Duration(static_cast<qint64>(std::min(seconds, longest) * 1e6)) : unsaidLifetime;
}

} // namespace

void TokenFetch::request(ProbeServices &services, FetchRequest request, const QString &source)
{
    m_host = request.url.host();
    auto *fetch = new HttpFetch(services, std::move(request), this);
    connect(fetch, &HttpFetch::finished, this, [this, fetch, source](int status, const QByteArray &body) {
        fetch->deleteLater();
        answered(status, body, source);
    });
    connect(fetch, &HttpFetch::failed, this, [this, fetch](const Failure &failure) {
        fetch->deleteLater();
        refused(failure);
    });
    fetch->start();
}

void TokenFetch::answered(int status, const QByteArray &body, const QString &source)
{
    const QJsonObject answer = QJsonDocument::fromJson(body).object();
    const QString token = answer.value("access_token"_L1).toString();
    if (status == 200 && isToken(token)) {
        Q_EMIT finished(AccessToken{.value = token, .lifetime = lifetimeOf(answer), .source = source});
        return;
    }
    QString said = answer.value("error"_L1).toString();
    if (const QString more = answer.value("error_description"_L1).toString(); !more.isEmpty())
        said += said.isEmpty() ? more : u": "_s + more;
    refused({.kind = FailureKind::Rejected,
             .phase = {},
             .message = u"%1 gave none, but HTTP %2%3"_s.arg(m_host).arg(status).arg(
                 said.isEmpty() ? QString() : u" ("_s + said.left(longestWord) + u')'),
             .hint = u"check the credentials that the token is asked for with"_s});
}

GcpTokenFetch::GcpTokenFetch(ProbeServices &services, QObject *parent) : TokenFetch(parent), m_services(services)
{
    connect(&m_gcloud, &QProcess::finished, this, &GcpTokenFetch::gcloudEnded);
    connect(&m_gcloud, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            gcloudEnded();
    });
}

GcpTokenFetch::~GcpTokenFetch()
{
    disconnect(&m_gcloud, nullptr, this, nullptr);
    if (m_gcloud.state() == QProcess::NotRunning)
        return;
    m_gcloud.kill();
    m_gcloud.waitForFinished(1000);
}

void GcpTokenFetch::start()
{
    const QString keyFile = qEnvironmentVariable("GOOGLE_APPLICATION_CREDENTIALS");
    if (!keyFile.isEmpty())
        fromKeyFile(keyFile);
    else
        fromGcloud();
}

void GcpTokenFetch::fromKeyFile(const QString &path)
{
    QFile file(path);
    const bool opened = file.open(QIODevice::ReadOnly);
    const QJsonObject key = opened ? QJsonDocument::fromJson(file.read(longestKeyFile)).object() : QJsonObject();
    if (key.isEmpty()) {
        failWith(u"GOOGLE_APPLICATION_CREDENTIALS names %1, which %2"_s.arg(
                     path, opened ? u"is no JSON key file"_s : u"cannot be read"_s),
                 u"name the JSON key of a service account"_s);
        return;
    }
    exchangeKey(key, path);
}

void GcpTokenFetch::exchangeKey(const QJsonObject &key, const QString &path)
{
    const QString type = key.value("type"_L1).toString();
    const QUrl uri(key.value("token_uri"_L1).toString(QLatin1StringView(googleTokenUri)));
    if (!Secrets::mayTravelTo(uri)) {
        failWith(u"the token_uri in %1 is not https: the key would be used in clear text"_s.arg(path), {});
        return;
    }
    const auto text = [&](QLatin1StringView name) { return key.value(name).toString(); };
    if (type == "authorized_user"_L1) {
        request(m_services,
                formRequest(uri,
                            form({{"grant_type", u"refresh_token"_s},
                                  {"client_id", text("client_id"_L1)},
                                  {"client_secret", text("client_secret"_L1)},
                                  {"refresh_token", text("refresh_token"_L1)}})),
                u"the user's own log-in"_s);
        return;
    }
    if (type != "service_account"_L1) {
        failWith(u"the key in %1 is of type `%2`, not service_account"_s.arg(path, type.left(40)),
                 u"name the JSON key of a service account"_s);
        return;
    }
    const qint64 now = std::chrono::floor<std::chrono::seconds>(m_services.clock().now()).time_since_epoch().count();
    const QJsonObject claims{{u"iss"_s, text("client_email"_L1)},
                             {u"scope"_s, QLatin1StringView(cloudPlatform)},
                             {u"aud"_s, uri.toString()},
                             {u"iat"_s, now},
                             {u"exp"_s, now + 3600}};
    const QJsonObject header{{u"alg"_s, u"RS256"_s}, {u"typ"_s, u"JWT"_s}, {u"kid"_s, text("private_key_id"_L1)}};
    const Result<QByteArray> assertion = signedToken(header, claims, text("private_key"_L1).toUtf8());
    if (!assertion) {
        failWith(u"the key file %1 cannot be used: %2"_s.arg(path, assertion.error().message),
                 u"make a new key of the service account"_s);
        return;
    }
    request(m_services,
            formRequest(uri,
                        form({{"grant_type", u"urn:ietf:params:oauth:grant-type:jwt-bearer"_s},
                              {"assertion", QString::fromLatin1(*assertion)}})),
            u"the service account %1"_s.arg(text("client_email"_L1)));
}

void GcpTokenFetch::fromGcloud()
{
    const QString program = QStandardPaths::findExecutable(u"gcloud"_s);
    if (program.isEmpty()) {
        m_tried.append(u"gcloud is not installed"_s);
        fromMetadata();
        return;
    }
    m_gcloud.setStandardInputFile(QProcess::nullDevice());
    m_gcloud.start(program, {u"auth"_s, u"print-access-token"_s, u"--quiet"_s});
}

void GcpTokenFetch::gcloudEnded()
{
    if (std::exchange(m_gcloudDone, true))
        return;
    const QString token = QString::fromUtf8(m_gcloud.readAllStandardOutput()).trimmed();
    if (m_gcloud.exitStatus() == QProcess::NormalExit && m_gcloud.exitCode() == 0 && isToken(token)) {
        Q_EMIT finished(AccessToken{.value = token, .lifetime = gcloudLifetime, .source = u"gcloud"_s});
        return;
    }
    const QString said = QString::fromUtf8(m_gcloud.readAllStandardError()).simplified().left(longestWord);
    m_tried.append(said.isEmpty() ? u"gcloud printed none"_s : u"gcloud said \"%1\""_s.arg(said));
    fromMetadata();
}

void GcpTokenFetch::fromMetadata()
{
    const QString host = qEnvironmentVariable("GCE_METADATA_HOST", u"metadata.google.internal"_s);
    const QUrl url(u"http://%1/computeMetadata/v1/instance/service-accounts/default/token"_s.arg(host));
    request(m_services, {.url = url, .headers = {{"Metadata-Flavor", "Google"}}}, u"the metadata server"_s);
}

void GcpTokenFetch::refused(const Failure &failure)
{
    Failure told = failure;
    if (!m_tried.isEmpty()) {
        told.message = u"%1; the metadata server: %2"_s.arg(m_tried.join(u"; "_s), failure.message);
        told.hint = u"run `gcloud auth login`, or set GOOGLE_APPLICATION_CREDENTIALS to a service account's key"_s;
    }
    Q_EMIT finished(told);
}

void GcpTokenFetch::failWith(const QString &message, const QString &hint)
{
    const Failure failure{.kind = FailureKind::Internal, .phase = {}, .message = message, .hint = hint};
    QMetaObject::invokeMethod(
        this, [this, failure] { Q_EMIT finished(failure); }, Qt::QueuedConnection);
}

OAuth2TokenFetch::OAuth2TokenFetch(ProbeServices &services, ClientOptions client, QObject *parent)
    : TokenFetch(parent), m_services(services), m_client(std::move(client))
{
}

void OAuth2TokenFetch::start()
{
    const OAuth2Options &options = m_client.oauth2;
    const QUrl url(options.tokenUrl);
    if (!Secrets::mayTravelTo(url)) {
        const Failure failure{.kind = FailureKind::Internal,
                              .phase = {},
                              .message =
                                  u"client.oauth2.token-url is not https: the client secret would go in clear text"_s,
                              .hint = u"use https"_s};
        QMetaObject::invokeMethod(
            this, [this, failure] { Q_EMIT finished(failure); }, Qt::QueuedConnection);
        return;
    }
    QList<std::pair<QByteArray, QString>> fields{{"grant_type", u"client_credentials"_s}};
    if (!options.scopes.isEmpty())
        fields.append({"scope", options.scopes.join(u' ')});
    FetchRequest fetch = formRequest(url, form(fields));
    // RFC 6749, section 2.3.1: both are form-encoded before they become Basic credentials.
    fetch.headers.emplaceBack(
        "Authorization",
        "Basic "
            + (QUrl::toPercentEncoding(options.clientId) + ':' + QUrl::toPercentEncoding(options.clientSecret))
                  .toBase64());
    fetch.client = m_client;
    request(m_services, fetch, url.host());
}

} // namespace allclear
