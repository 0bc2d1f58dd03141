// Set-Cookie and Location of an answer, one header a line ("Name: value"): what goes along to the next request. No
// secret changes origin, nothing is smuggled into a header, and no cookie goes unmasked.
#include "fuzzing.h"

#include "probes/httpcookies.h"
#include "probes/httpredirect.h"

#include <QNetworkCookie>
#include <QNetworkCookieJar>

using namespace allclear;
using namespace allclear::fuzz;

namespace
{

HttpHead headOf(const QByteArray &text)
{
    HttpHead head;
    for (const QByteArray &line : text.split('\n')) {
        const qsizetype colon = line.indexOf(':');
        const bool control =
            std::ranges::any_of(line, [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; });
        if (colon > 0 && !control) // the readers let no other header through
            head.headers.emplaceBack(line.first(colon), line.sliced(colon + 1).trimmed());
    }
    return head;
}

void checkCookies(const HttpHead &head, const QUrl &from, const QUrl &to)
{
    QNetworkCookieJar jar;
    const QStringList secrets = keepCookies(jar, from, head);
    for (const QUrl &url : {from, to}) {
        const QByteArray sent = cookiesFor(jar, url);
        require(std::ranges::none_of(sent, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }));
        require(sent.isEmpty() || !secrets.isEmpty());
        const QList<QNetworkCookie> cookies = jar.cookiesForUrl(url);
        for (const QNetworkCookie &cookie : cookies)
            require(secrets.contains(QString::fromUtf8(cookie.value())));
    }
}

void checkHeaders(const HttpHead &head, const QUrl &from, const QUrl &to)
{
    HeaderList headers = head.headers;
    headers.emplaceBack("Authorization", "Bearer tiny-secret");
    headers.emplaceBack("Content-Type", "text/plain");
    for (const BodyFate fate : {BodyFate::Kept, BodyFate::Dropped}) {
        const HeaderList left = headersAfterRedirect(headers, from, to, fate);
        require(hasHeader(left, "Authorization") == sameOrigin(from, to));
        require(hasHeader(left, "Content-Type") == (fate == BodyFate::Kept));
    }
    const QByteArray request = requestHead("GET", to, headers);
    require(request.endsWith("\r\n\r\n") && request.indexOf("\r\n\r\n") == request.size() - 4);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static constexpr std::array origins{"https://example.org/a/b?c=d", "http://127.0.0.1:8080/", "https://[::1]/x"};
    Input input(data, size);
    const QUrl from = QUrl::fromEncoded(origins[static_cast<std::size_t>(input.byte()) % origins.size()]);
    const int status = 300 + input.byte() % 10;
    const HttpHead head = headOf(input.rest());
    const QUrl to = from.resolved(QUrl(QString::fromUtf8(head.header("Location").value_or("/")).trimmed()));
    const auto problem = redirectProblem(from, to);
    if (problem)
        requireTold(*problem);
    else
        require((to.scheme() == QLatin1StringView("https") || to.scheme() == QLatin1StringView("http"))
                && (from.scheme() == to.scheme() || to.scheme() == QLatin1StringView("https")));
    const QByteArray method = methodAfterRedirect(status, "POST");
    require(method == "GET" || method == "POST");
    require(methodAfterRedirect(status, "HEAD") == "HEAD");
    checkCookies(head, from, to);
    if (!problem)
        checkHeaders(head, from, to);
    return 0;
}
