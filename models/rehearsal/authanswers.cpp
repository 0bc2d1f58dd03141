#include "rehearsal/authanswers.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>
#include <QUuid>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

constexpr auto accessLifetime = 15min;
constexpr auto refreshLifetime = std::chrono::days(7);

QByteArray base64Url(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray compact(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

HttpReply databaseTimeout(const Moment &moment)
{
    return jsonReply(503,
                     {{u"status"_s, u"unhealthy"_s},
                      {u"service"_s, u"auth-service"_s},
                      {u"database_status"_s, u"disconnected"_s},
                      {u"reason"_s, u"Database connection timed out"_s},
                      {u"environment"_s, u"staging"_s}},
                     around(6s, moment.nth));
}

HttpReply health(Duration after)
{
    return jsonReply(200,
                     {{u"status"_s, u"healthy"_s},
                      {u"service"_s, u"auth-service"_s},
                      {u"database_status"_s, u"connected"_s},
                      {u"environment"_s, u"staging"_s}},
                     after);
}

HttpReply logIn(const HttpRequest &request, const Moment &moment, const Login &login, Duration after)
{
    if (request.method != "POST")
        return methodNotAllowed("POST"_ba, after);
    const QJsonObject given = QJsonDocument::fromJson(request.body).object();
    if (!given[u"email"].isString() || !given[u"password"].isString())
        return jsonReply(422, {{u"detail"_s, u"The fields email and password are required."_s}}, after);
    if (given[u"email"].toString() != login.email || given[u"password"].toString() != login.password)
        return jsonReply(401, {{u"detail"_s, u"Invalid credentials"_s}}, after);
    const QString user = QUuid::createUuidV5(QUuid(), login.email).toString(QUuid::WithoutBraces);
    return jsonReply(200,
                     {{u"access_token"_s, QString::fromLatin1(accessToken(login, user, moment.now, accessLifetime))},
                      {u"refresh_token"_s, QString::fromLatin1(accessToken(login, user, moment.now, refreshLifetime))},
                      {u"token_type"_s, u"Bearer"_s},
                      {u"expires_in"_s, qint64(std::chrono::seconds(accessLifetime).count())},
                      {u"user"_s, QJsonObject{{u"id"_s, user}, {u"email"_s, login.email}}}},
                     after);
}

} // namespace

QByteArray accessToken(const Login &login, const QString &userId, TimePoint now, std::chrono::seconds lifetime)
{
    const auto issued = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const QJsonObject header{{u"alg"_s, u"HS256"_s}, {u"typ"_s, u"JWT"_s}};
    const QJsonObject claims{{u"sub"_s, userId},
                             {u"email"_s, login.email},
                             {u"permissions"_s, QJsonArray{u"read"_s, u"chat"_s}},
                             {u"iat"_s, qint64(issued)},
                             {u"exp"_s, qint64(issued + lifetime.count())},
                             {u"iss"_s, u"netra-auth-service"_s},
                             {u"aud"_s, u"netra-platform"_s},
                             {u"jti"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)},
                             {u"env"_s, u"staging"_s}};
    const QByteArray text = base64Url(compact(header)) + '.' + base64Url(compact(claims));
    return text + '.'
        + base64Url(QMessageAuthenticationCode::hash(text, login.signingKey, QCryptographicHash::Sha256));
}

HttpReply authAnswer(const HttpRequest &request, const Moment &moment, const Login &login, Duration after)
{
    const bool connected = moment.situation.databases == DatabaseState::Available;
    const bool known = request.path == "/health" || request.path == "/health/ready" || request.path == "/auth/login";
    if (!known)
        return notFound(after);
    if (!connected)
        return databaseTimeout(moment);
    return request.path == "/auth/login" ? logIn(request, moment, login, after) : health(after);
}

} // namespace allclear::rehearsal
