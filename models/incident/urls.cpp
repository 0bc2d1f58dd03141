#include "incident/urls.h"

#include "core/postgresurl.h"

#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

#include <array>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

enum class Port { Optional, Required };

struct Scheme {
    QLatin1StringView name;
    Kind kind;
    Port port = Port::Optional;
};

using L = QLatin1StringView;

constexpr std::array schemes = {
    Scheme{L("http"), Kind::Http},        Scheme{L("https"), Kind::Http},
    Scheme{L("ws"), Kind::WebSocket},     Scheme{L("wss"), Kind::WebSocket},
    Scheme{L("tcp"), Kind::Tcp, Port::Required}, Scheme{L("tls"), Kind::Tls},
    Scheme{L("starttls"), Kind::StartTls, Port::Required}, Scheme{L("icmp"), Kind::Icmp},
    Scheme{L("dns"), Kind::Dns},
    Scheme{L("redis"), Kind::Redis},      Scheme{L("rediss"), Kind::Redis},
    Scheme{L("postgres"), Kind::Postgres}, Scheme{L("postgresql"), Kind::Postgres},
    Scheme{L("promql+http"), Kind::PromQl}, Scheme{L("promql+https"), Kind::PromQl},
    Scheme{L("udp"), Kind::Unknown, Port::Required}, Scheme{L("sctp"), Kind::Unknown, Port::Required},
    Scheme{L("grpc"), Kind::Unknown},     Scheme{L("grpcs"), Kind::Unknown},
    Scheme{L("ssh"), Kind::Unknown},      Scheme{L("sftp"), Kind::Unknown},
    Scheme{L("mqtt"), Kind::Unknown},     Scheme{L("mqtts"), Kind::Unknown}};

const Scheme *find(const QString &scheme)
{
    const auto found = std::ranges::find_if(schemes, [&](const Scheme &s) { return scheme.compare(s.name, Qt::CaseInsensitive) == 0; });
    return found == schemes.end() ? nullptr : &*found;
}

QString closestScheme(const QString &scheme)
{
    QStringList names;
    for (const Scheme &candidate : schemes)
        names.append(candidate.name);
    return closest(scheme, names);
}

UrlProblem unknownScheme(const QString &scheme)
{
    const QString near = closestScheme(scheme);
    return {u"unknown scheme `%1://`"_s.arg(scheme.left(40)),
            near.isEmpty() ? u"use https, wss, tcp, tls, starttls, icmp, redis or postgres"_s : u"did you mean `%1://`?"_s.arg(near), 0};
}

UrlProblem missingScheme(const QString &url)
{
    return {u"`%1` has no scheme"_s.arg(url.left(80)), u"write `https://%1`"_s.arg(url.left(80)), 0};
}

std::optional<UrlProblem> checkAuthority(const QString &url, const Scheme &scheme)
{
    const qsizetype authority = schemeOf(url).size() + 3;
    if (scheme.kind == Kind::Icmp) { // Gatus takes a bare IPv6 address here
        return url.size() > authority ? std::nullopt : std::optional(UrlProblem{u"the URL names no host"_s, {}, authority});
    }
    QString plain = url;
    static const QRegularExpression context(u"\\[CONTEXT\\]\\.[\\w.\\-]+"_s);
    plain.replace(context, u"x"_s);
    const QUrl parsed(plain.startsWith("promql+"_L1) ? plain.sliced(7) : plain);
    if (!parsed.isValid()) {
        QString reason = parsed.errorString().section(u';', 0, 0);
        return UrlProblem{u"the URL is not valid: %1"_s.arg(reason), u"a URL looks like `%1://host:port/path`"_s.arg(scheme.name), 0};
    }
    if (parsed.host().isEmpty())
        return UrlProblem{u"the URL names no host"_s, u"a URL looks like `%1://host:port/path`"_s.arg(scheme.name), authority};
    if (parsed.port() == 0)
        return UrlProblem{u"0 is not a port"_s, u"ports go from 1 to 65535"_s, 0};
    if (scheme.port == Port::Required && parsed.port() < 0)
        return UrlProblem{u"%1:// needs a port"_s.arg(scheme.name), u"write `%1://%2:PORT`"_s.arg(scheme.name, parsed.host()), 0};
    static const QRegularExpression database(u"^/?\\d*$"_s);
    if (scheme.kind == Kind::Redis && !database.match(parsed.path()).hasMatch())
        return UrlProblem{u"`%1` is not the number of a Redis database"_s.arg(parsed.path().sliced(1).left(40)),
                          u"write `%1://%2/0`"_s.arg(scheme.name, parsed.host()), url.indexOf(parsed.path(), authority)};
    if (scheme.kind == Kind::PromQl && QUrlQuery(parsed).queryItemValue(u"query"_s).isEmpty())
        return UrlProblem{u"the URL asks no query"_s, u"write `%1://host/?query=up`, percent-encoded"_s.arg(scheme.name), 0};
    if (scheme.kind == Kind::Postgres) {
        if (const Result<PostgresUrl> read = PostgresUrl::parse(plain); !read)
            return UrlProblem{read.error().message, read.error().hint, std::max<qsizetype>(0, url.indexOf(u'?'))};
    }
    return std::nullopt;
}

} // namespace

QString resolverUrl(const QString &url)
{
    if (url.contains("://"_L1))
        return url;
    const bool bareV6 = url.count(u':') > 1 && !url.startsWith(u'[');
    return (bareV6 ? u"dns://[%1]"_s : u"dns://%1"_s).arg(url);
}

QString schemeOf(const QString &url)
{
    const qsizetype end = url.indexOf("://"_L1);
    return end > 0 ? url.first(end) : QString();
}

Kind kindOf(const QString &url)
{
    const Scheme *scheme = find(schemeOf(url));
    return scheme ? scheme->kind : Kind::Unknown;
}

std::optional<UrlProblem> checkUrl(const QString &url)
{
    static const QRegularExpression space(u"[\\x00-\\x20\\x7f]"_s);
    if (const qsizetype at = url.indexOf(space); at >= 0)
        return UrlProblem{u"the URL holds a space or a control character"_s, u"write %20 for a space"_s, at};
    const QString name = schemeOf(url);
    if (name.isEmpty())
        return missingScheme(url);
    const Scheme *scheme = find(name);
    return scheme ? checkAuthority(url, *scheme) : unknownScheme(name);
}

QStringList secretsOf(const QString &url)
{
    const QUrl parsed(url.startsWith("promql+"_L1) ? url.sliced(7) : url);
    QStringList secrets;
    const auto isOpen = [](const QString &text) { return text.contains("${"_L1) || text.contains("[CONTEXT]"_L1); };
    if (const QString password = parsed.password(QUrl::FullyDecoded); !password.isEmpty() && !isOpen(password))
        secrets << password << parsed.password(QUrl::FullyEncoded);
    const auto items = QUrlQuery(parsed).queryItems(QUrl::FullyDecoded);
    for (const auto &[name, value] : items) {
        if (Secrets::isSecretName(name) && !isOpen(value))
            secrets.append(value);
    }
    return secrets;
}

} // namespace allclear::reading
