// The authentication service's answers: health with its database, and the login that hands out a signed token.
#pragma once

#include "rehearsal/serviceanswers.h"

namespace allclear::rehearsal {

/// `after` is what a plain answer takes now; a login without a database takes its connect timeout instead.
HttpReply authAnswer(const HttpRequest &request, const Moment &moment, const Login &login, Duration after);

/// A JSON Web Token (RFC 7519), HS256, as the platform's authentication service issues it.
QByteArray accessToken(const Login &login, const QString &userId, TimePoint now, std::chrono::seconds lifetime);

} // namespace allclear::rehearsal
