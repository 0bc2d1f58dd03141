// The errors of Google's APIs (google.rpc.Status as JSON) in words: a disabled API or a missing role says nothing about
// the component that was asked about.
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace allclear
{

struct GoogleError {
    QString sentence;
    QString hint;
};

/// Nothing when the answer is none of Google's, or a status that says something about the component.
std::optional<GoogleError> googleErrorFrom(int status, const QByteArray &body,
                                           const std::optional<QByteArray> &retryAfter);

} // namespace allclear
