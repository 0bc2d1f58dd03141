// What a file shows of itself — excerpts and messages of diagnostics — with its secrets masked.
#pragma once

#include "incident/document.h"

#include "core/secrets.h"

namespace allclear::reading {

/// "Bearer abcd" → "abcd": the scheme is no secret, and one value to look for is enough.
QString withoutScheme(const QString &value);
/// Values of secret-named keys anywhere in the file, its ignored parts included.
QStringList secretsIn(const Value &root);
/// One line of the file: secret-named values and user info are masked by their looks, then every known secret.
QString maskedLine(const QString &line, const Secrets &secrets);

} // namespace allclear::reading
