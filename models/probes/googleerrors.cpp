#include "probes/googleerrors.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype longestMessage = 300;

QJsonObject detailOf(const QJsonObject &error, QLatin1StringView type)
{
    const QJsonArray details = error.value("details"_L1).toArray();
    for (const QJsonValue &detail : details) {
        if (detail["@type"_L1].toString().endsWith(type))
            return detail.toObject();
    }
    return {};
}

/// "projects/netra-staging" → "netra-staging"
QString projectOf(const QJsonObject &metadata) { return metadata.value("consumer"_L1).toString().section(u'/', -1); }

QString waitOf(const QJsonObject &error, const std::optional<QByteArray> &retryAfter)
{
    const QString delay = detailOf(error, "google.rpc.RetryInfo"_L1).value("retryDelay"_L1).toString();
    if (!delay.isEmpty())
        return delay;
    if (!retryAfter || retryAfter->isEmpty())
        return u"30s"_s; // what Google asks for when it does not say
    bool isNumber = false;
    retryAfter->toInt(&isNumber);
    return QString::fromLatin1(*retryAfter) + (isNumber ? u"s"_s : QString());
}

} // namespace

std::optional<GoogleError> googleErrorFrom(int status, const QByteArray &body,
                                           const std::optional<QByteArray> &retryAfter)
{
    const QJsonObject error = QJsonDocument::fromJson(body).object().value("error"_L1).toObject();
    const QString word = error.value("status"_L1).toString();
    const QJsonObject info = detailOf(error, "google.rpc.ErrorInfo"_L1);
    const QString reason = info.value("reason"_L1).toString();
    const QJsonObject metadata = info.value("metadata"_L1).toObject();
    const QString service = metadata.value("service"_L1).toString();
    const QString message = error.value("message"_L1).toString().simplified().left(longestMessage);
    if (status == 401 && word == "UNAUTHENTICATED"_L1) {
        return GoogleError{
            u"Google does not accept the access token%1; this says nothing about the component (%2)"_s.arg(
                reason == "ACCESS_TOKEN_EXPIRED"_L1 ? u": it has expired"_s : QString(), message),
            u"use client.auth: gcp, or log in again"_s};
    }
    if (status == 403 && (reason == "SERVICE_DISABLED"_L1 || reason == "accessNotConfigured"_L1)) {
        return GoogleError{u"the API %1 is disabled in project %2; this says nothing about the component"_s.arg(
                               service.isEmpty() ? u"(unnamed)"_s : service,
                               projectOf(metadata).isEmpty() ? u"(unnamed)"_s : projectOf(metadata)),
                           service.isEmpty()
                               ? u"enable the API"_s
                               : u"gcloud services enable %1 --project %2"_s.arg(service, projectOf(metadata))};
    }
    if (status == 403 && word == "PERMISSION_DENIED"_L1) {
        return GoogleError{u"the account may not ask for this; it says nothing about the component (%1)"_s.arg(message),
                           u"grant the account a role that reads it"_s};
    }
    if (status == 429 && word == "RESOURCE_EXHAUSTED"_L1) {
        return GoogleError{
            u"the API's quota is used up, retry after %1; this says nothing about the component (%2)"_s.arg(
                waitOf(error, retryAfter), message),
            u"probe less often: raise the interval"_s};
    }
    return std::nullopt;
}

} // namespace allclear
