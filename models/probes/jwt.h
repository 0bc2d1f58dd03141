// A JSON Web Token signed with RS256 (RFC 7519, RFC 7515), as a Google service account proves itself.
#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QJsonObject>

namespace allclear
{

/// `privateKey` is PEM (PKCS #8 or PKCS #1), RSA. The error never holds any of it.
Result<QByteArray> signedToken(const QJsonObject &header, const QJsonObject &claims, const QByteArray &privateKey);

} // namespace allclear
