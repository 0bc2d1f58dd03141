#include "probes/httprequest.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

bool isSecure(const QUrl &url) { return url.scheme() == "https"_L1 || url.scheme() == "wss"_L1; }
int portOf(const QUrl &url) { return url.port(isSecure(url) ? 443 : 80); }

} // namespace

bool hasHeader(const HeaderList &headers, QByteArrayView name)
{
    return std::ranges::any_of(headers, [&](const auto &h) { return QByteArrayView(h.first).compare(name, Qt::CaseInsensitive) == 0; });
}

Result<StreamTarget> targetOf(const QUrl &url, const ClientOptions &client)
{
    if (!url.isValid() || url.host().isEmpty())
        return Error{u"the URL \"%1\" has no host"_s.arg(Secrets::maskUrl(url.toString())), {}};
    const bool secure = isSecure(url);
    const Result<std::optional<Proxy>> proxy = proxyFor(url, client);
    if (!proxy)
        return proxy.error();
    return StreamTarget{.host = url.host(),
                        .port = static_cast<quint16>(portOf(url)),
                        .security = secure ? Security::Tls : Security::Plain,
                        .client = client,
                        .alpn = secure ? QStringList{u"http/1.1"_s} : QStringList{},
                        .proxy = *proxy};
}

QByteArray authorityOf(const QUrl &url)
{
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (host.contains(':') && !host.startsWith('['))
        host = '[' + host + ']';
    if (url.port() > 0 && url.port() != (isSecure(url) ? 443 : 80))
        host += ':' + QByteArray::number(url.port());
    return host;
}

QByteArray pathOf(const QUrl &url)
{
    QByteArray path = url.path(QUrl::FullyEncoded).toLatin1();
    if (path.isEmpty())
        path = "/";
    if (url.hasQuery())
        path += '?' + url.query(QUrl::FullyEncoded).toLatin1();
    return path;
}

QByteArray cleanValue(QByteArray value) { return value.replace('\r', ' ').replace('\n', ' ').replace('\0', ' '); }

QByteArray requestHead(const QByteArray &method, const QUrl &url, const HeaderList &headers, RequestForm form)
{
    const QByteArray origin = form == RequestForm::Absolute ? url.scheme().toLatin1() + "://" + authorityOf(url) : QByteArray();
    QByteArray head = method + ' ' + origin + pathOf(url) + " HTTP/1.1\r\n";
    if (!hasHeader(headers, "Host"))
        head += "Host: " + authorityOf(url) + "\r\n";
    for (const auto &[name, value] : headers)
        head += name + ": " + cleanValue(value) + "\r\n";
    return head + "\r\n";
}

QByteArray userInfoOf(const QUrl &url)
{
    return (url.userName(QUrl::FullyDecoded) + u':' + url.password(QUrl::FullyDecoded)).toUtf8();
}

bool sameOrigin(const QUrl &a, const QUrl &b)
{
    return a.scheme() == b.scheme() && a.host() == b.host() && portOf(a) == portOf(b);
}

} // namespace allclear
