// Cookies between the requests of one probe and, when steps share a jar, of one journey. QNetworkCookieJar knows the
// rules (RFC 6265: domain, path, Secure, expiry, public suffixes); this bounds what goes in.
#pragma once

#include "probes/httpanswer.h"

#include <QUrl>

class QNetworkCookieJar;

namespace allclear
{

/// Takes the answer's Set-Cookie headers into the jar; returns the cookies' values, which are secrets.
QStringList keepCookies(QNetworkCookieJar &jar, const QUrl &url, const HttpHead &head);
/// "a=b; c=d" for a request to this URL; empty when the jar has nothing for it.
QByteArray cookiesFor(const QNetworkCookieJar &jar, const QUrl &url);

} // namespace allclear
