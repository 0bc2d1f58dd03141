// Which kind a URL asks for, and whether the URL makes sense.
#pragma once

#include "incident/section.h"

namespace allclear::reading {

struct UrlProblem {
    QString message;
    QString suggestion;
    qsizetype at = 0; ///< index of the character it is about
};

QString schemeOf(const QString &url);
/// Unknown for schemes that Gatus has and we do not, too.
Kind kindOf(const QString &url);
/// The `url` beside a `dns` block, which Gatus takes as a bare address: "8.8.8.8" becomes "dns://8.8.8.8".
QString resolverUrl(const QString &url);
/// What is wrong with the URL of an endpoint; `[CONTEXT].x` in it is left to the journey.
std::optional<UrlProblem> checkUrl(const QString &url);
/// Passwords and secret-named query values of a URL.
QStringList secretsOf(const QString &url);

} // namespace allclear::reading
