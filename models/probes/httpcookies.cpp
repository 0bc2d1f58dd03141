#include "probes/httpcookies.h"

#include <QNetworkCookie>
#include <QNetworkCookieJar>

namespace allclear
{

namespace
{
constexpr qsizetype maxCookieBytes = 4096; // RFC 6265, section 6.1
constexpr qsizetype maxCookies = 50; // of one answer
} // namespace

QStringList keepCookies(QNetworkCookieJar &jar, const QUrl &url, const HttpHead &head)
{
    QList<QNetworkCookie> cookies;
    QStringList values;
    for (const auto &[name, value] : head.headers) {
        if (!equalsIgnoringCase(name, "Set-Cookie") || value.size() > maxCookieBytes || cookies.size() >= maxCookies)
            continue;
        cookies += QNetworkCookie::parseCookies(value);
    }
    for (const QNetworkCookie &cookie : std::as_const(cookies))
        values.append(QString::fromUtf8(cookie.value()));
    jar.setCookiesFromUrl(cookies, url);
    return values;
}

QByteArray cookiesFor(const QNetworkCookieJar &jar, const QUrl &url)
{
    QByteArrayList pairs;
    const QList<QNetworkCookie> cookies = jar.cookiesForUrl(url);
    for (const QNetworkCookie &cookie : cookies)
        pairs.append(cookie.toRawForm(QNetworkCookie::NameAndValueOnly));
    return pairs.join("; ");
}

} // namespace allclear
