// A postgres:// or postgresql:// URL as libpq reads it, without libpq's environment, service and password files.
// Pure; used when the file is read and when it is probed.
#pragma once

#include "core/result.h"

#include <QString>

#include <optional>

namespace allclear
{

/// PostgreSQL's sslmode, weakest first.
enum class SslMode { Disable, Allow, Prefer, Require, VerifyCa, VerifyFull };

struct PostgresUrl {
    QString host; ///< name or IP address, without brackets
    quint16 port = 5432;
    QString user; ///< empty: the URL names none
    QString password; ///< decoded
    QString database; ///< empty: the server takes the user's name
    QString applicationName;
    std::optional<SslMode> sslMode; ///< absent: the URL does not say

    /// The error names the part that cannot be used; it never holds the password.
    static Result<PostgresUrl> parse(const QString &url);
};

} // namespace allclear
