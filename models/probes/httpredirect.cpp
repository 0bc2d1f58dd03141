#include "probes/httpredirect.h"

namespace allclear
{

using namespace Qt::StringLiterals;

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

QByteArray methodAfterRedirect(int status, const QByteArray &method)
{
    const bool becomesGet = status == 303 || ((status == 301 || status == 302) && method == "POST");
    return becomesGet && method != "HEAD" ? QByteArray("GET") : method;
}

std::optional<Failure> redirectProblem(const QUrl &from, const QUrl &to)
{
    const QString shown = Secrets::maskUrl(to.toString());
    Failure failure{.kind = FailureKind::Redirect, .phase = Phase::Receive, .message = {}, .hint = {}};
    if (to.scheme() != "http"_L1 && to.scheme() != "https"_L1) {
        failure.message = u"the server redirects to %1, which is not HTTP"_s.arg(shown);
        return failure;
    }
    if (!to.isValid() || to.host().isEmpty()) {
        failure.message = u"the server redirects to %1, which names no host"_s.arg(shown);
        return failure;
    }
    if (from.scheme() == "https"_L1 && to.scheme() == "http"_L1) {
        failure.message = u"the server redirects from https to %1, without encryption"_s.arg(shown);
        failure.hint = u"the redirect was not followed; client.ignore-redirect judges the redirect itself"_s;
        return failure;
    }
    return std::nullopt;
}

HeaderList headersAfterRedirect(HeaderList headers, const QUrl &from, const QUrl &to, BodyFate body)
{
    const bool stays = sameOrigin(from, to);
    headers.removeIf([&](const auto &header) {
        const QString name = QString::fromLatin1(header.first);
        const bool bound = Secrets::isSecretHeader(name) || name.compare("Host"_L1, Qt::CaseInsensitive) == 0;
        const bool aboutBody = body == BodyFate::Dropped && name.startsWith("Content-"_L1, Qt::CaseInsensitive);
        return (bound && !stays) || aboutBody;
    });
    return headers;
}

} // namespace allclear
