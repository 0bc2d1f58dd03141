#include "core/postgresurl.h"

#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

struct ModeName {
    QLatin1StringView name;
    SslMode mode;
};

constexpr std::array modes = {ModeName{QLatin1StringView("disable"), SslMode::Disable},
                              ModeName{QLatin1StringView("allow"), SslMode::Allow},
                              ModeName{QLatin1StringView("prefer"), SslMode::Prefer},
                              ModeName{QLatin1StringView("require"), SslMode::Require},
                              ModeName{QLatin1StringView("verify-ca"), SslMode::VerifyCa},
                              ModeName{QLatin1StringView("verify-full"), SslMode::VerifyFull}};

std::optional<Error> takeMode(const QString &value, PostgresUrl &url)
{
    const auto found = std::ranges::find(modes, value, &ModeName::name);
    if (found == modes.end()) {
        return Error{u"`%1` is no sslmode"_s.arg(value.left(40)),
                     u"use disable, allow, prefer, require, verify-ca or verify-full"_s};
    }
    url.sslMode = found->mode;
    return std::nullopt;
}

std::optional<Error> takeParameter(const QString &name, const QString &value, PostgresUrl &url)
{
    if (name == "sslmode"_L1)
        return takeMode(value, url);
    if (name == "application_name"_L1) {
        url.applicationName = value;
        return std::nullopt;
    }
    if (name == "connect_timeout"_L1)
        return std::nullopt; // client.timeout bounds the whole probe
    if (name == "sslrootcert"_L1 || name == "sslcert"_L1 || name == "sslkey"_L1) {
        return Error{u"`%1` does not belong in the URL"_s.arg(name),
                     u"use client.tls: ca-file, certificate-file, private-key-file"_s};
    }
    return Error{u"unknown parameter `%1` of a postgres URL"_s.arg(name.left(40)),
                 u"known are sslmode and application_name"_s};
}

} // namespace

Result<PostgresUrl> PostgresUrl::parse(const QString &text)
{
    const QUrl url(text);
    if (!url.isValid() || url.host().isEmpty())
        return Error{u"the URL names no host"_s, u"a URL looks like `postgres://user:password@host:5432/database`"_s};
    PostgresUrl result{.host = url.host(),
                       .port = static_cast<quint16>(url.port(5432)),
                       .user = url.userName(QUrl::FullyDecoded),
                       .password = url.password(QUrl::FullyDecoded),
                       .database = QUrl::fromPercentEncoding(
                           url.path(QUrl::FullyEncoded).sliced(url.path().isEmpty() ? 0 : 1).toUtf8()),
                       .applicationName = u"allclear"_s,
                       .sslMode = {}};
    for (const QString *name : {&result.user, &result.password, &result.database}) {
        if (name->contains(QChar(0)))
            return Error{u"the URL holds a zero byte"_s, {}};
    }
    const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
    for (const auto &[name, value] : items) {
        if (const std::optional<Error> problem = takeParameter(name, value, result))
            return *problem;
    }
    return result;
}

} // namespace allclear
