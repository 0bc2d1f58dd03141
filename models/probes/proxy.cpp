#include "probes/proxy.h"

#include <QHostAddress>

#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

struct KnownScheme {
    QLatin1StringView name;
    ProxyKind kind;
    quint16 port;
};

using L = QLatin1StringView;
constexpr std::array schemes{
    KnownScheme{L("http"), ProxyKind::Http, 80}, KnownScheme{L("https"), ProxyKind::Https, 443},
    KnownScheme{L("socks5"), ProxyKind::Socks5, 1080}, KnownScheme{L("socks5h"), ProxyKind::Socks5, 1080}};

Result<Proxy> parse(const QString &text, const QString &source)
{
    const QUrl url(text.contains("://"_L1) ? text : u"http://"_s + text); // curl takes a bare host:port
    const auto scheme = std::ranges::find_if(schemes, [&](const KnownScheme &s) { return s.name == url.scheme(); });
    if (scheme == schemes.end() || !url.isValid() || url.host().isEmpty())
        return Error{u"%1 does not hold the URL of a proxy that can be used"_s.arg(source),
                     u"write http://host:port, https://host:port or socks5://host:port"_s};
    return Proxy{.kind = scheme->kind,
                 .host = url.host(),
                 .port = static_cast<quint16>(url.port(scheme->port)),
                 .user = url.userName(QUrl::FullyDecoded),
                 .password = url.password(QUrl::FullyDecoded)};
}

bool isLoopback(const QString &host)
{
    if (const QHostAddress address(host); !address.isNull())
        return address.isLoopback();
    return host == "localhost"_L1 || host.endsWith(".localhost"_L1);
}

QString withoutDots(QString name)
{
    while (name.startsWith(u'.'))
        name.remove(0, 1);
    while (name.endsWith(u'.'))
        name.chop(1);
    return name.toLower();
}

bool matches(const QString &host, QString entry)
{
    if (entry.startsWith(u'[') && entry.endsWith(u']'))
        entry = entry.sliced(1, entry.size() - 2);
    if (const QHostAddress address(host); !address.isNull()) {
        if (!entry.contains(u'/'))
            return address == QHostAddress(entry);
        const QPair<QHostAddress, int> subnet = QHostAddress::parseSubnet(entry);
        return subnet.second >= 0 && address.isInSubnet(subnet);
    }
    const QString name = withoutDots(host), domain = withoutDots(entry);
    return !domain.isEmpty() && (name == domain || name.endsWith(u'.' + domain));
}

QString firstOf(const Environment &environment, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (const QString value = environment(name); !value.isEmpty())
            return value;
    }
    return {};
}

bool isExempt(const QString &host, const Environment &environment)
{
    QString list = firstOf(environment, {"no_proxy", "NO_PROXY"}).trimmed();
    if (list == u'*')
        return true;
    const QStringList entries = list.replace(u',', u' ').split(u' ', Qt::SkipEmptyParts);
    return std::ranges::any_of(entries, [&](const QString &entry) { return matches(host, entry); });
}

/// HTTP_PROXY in capitals is left out as curl leaves it out: a CGI request's Proxy header would end up there.
QString systemProxy(const QUrl &url, const Environment &environment)
{
    const bool secure = url.scheme() == "https"_L1 || url.scheme() == "wss"_L1;
    const bool plain = url.scheme() == "http"_L1 || url.scheme() == "ws"_L1;
    const QString own = secure ? firstOf(environment, {"https_proxy", "HTTPS_PROXY"})
        : plain                ? environment("http_proxy")
                               : QString();
    return own.isEmpty() ? firstOf(environment, {"all_proxy", "ALL_PROXY"}) : own;
}

} // namespace

QString Proxy::address() const { return (host.contains(u':') ? u"[%1]:%2"_s : u"%1:%2"_s).arg(host).arg(port); }

QByteArray Proxy::authorization() const
{
    return user.isEmpty() ? QByteArray() : "Basic " + (user + u':' + password).toUtf8().toBase64();
}

QString proxyAuthenticationText(const Proxy &proxy)
{
    return (proxy.user.isEmpty() ? u"the proxy %1 wants a user name and a password"_s
                                 : u"the proxy %1 does not accept the user name and the password"_s)
        .arg(proxy.address());
}

QString processEnvironment(const char *name) { return qEnvironmentVariable(name); }

Result<std::optional<Proxy>> proxyFor(const QUrl &url, const ClientOptions &client, const Environment &environment)
{
    QString text = client.proxyUrl;
    QString source = u"client.proxy-url"_s;
    if (text.isEmpty()) {
        if (isLoopback(url.host()) || isExempt(url.host(), environment))
            return std::optional<Proxy>();
        text = systemProxy(url, environment).trimmed();
        source = u"the environment's proxy variable"_s;
    }
    if (text.isEmpty())
        return std::optional<Proxy>();
    const Result<Proxy> proxy = parse(text, source);
    if (!proxy)
        return proxy.error();
    return std::optional(*proxy);
}

} // namespace allclear
