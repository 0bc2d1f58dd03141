// The rules of redirects (RFC 9110, section 15.4): what the next request is, and which redirects are not followed.
#pragma once

#include "probes/httprequest.h"

namespace allclear
{

inline constexpr int maxRedirects = 10;

bool isRedirect(int status);
/// 303 makes everything a GET but HEAD; 301 and 302 make POST a GET, as every browser and curl do; 307 and 308 change
/// nothing.
QByteArray methodAfterRedirect(int status, const QByteArray &method);
/// Why this redirect is not followed: to another protocol, or from https to http.
std::optional<Failure> redirectProblem(const QUrl &from, const QUrl &to);

enum class BodyFate { Kept, Dropped };
/// The headers that go along: no credentials to another origin, nothing about a body that is gone.
HeaderList headersAfterRedirect(HeaderList headers, const QUrl &from, const QUrl &to, BodyFate body);

} // namespace allclear
