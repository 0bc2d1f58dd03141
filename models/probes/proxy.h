// Which proxy a connection goes through: the file's `proxy-url`, or the system's, as curl reads the environment
// (http_proxy, https_proxy, all_proxy, no_proxy).
#pragma once

#include "core/endpoint.h"
#include "core/result.h"

#include <QUrl>

#include <functional>
#include <optional>

namespace allclear
{

enum class ProxyKind { Http, Https /* HTTP inside TLS */, Socks5 /* RFC 1928; names are resolved by the proxy */ };

enum class ProxyUse {
    Tunnel, ///< CONNECT or SOCKS: bytes pass through unseen
    Forward, ///< plain HTTP: the proxy reads the request and makes one of its own (RFC 9110, section 7.6)
};

struct Proxy {
    ProxyKind kind = ProxyKind::Http;
    QString host; ///< without brackets
    quint16 port = 0;
    QString user, password; ///< never shown
    ProxyUse use = ProxyUse::Tunnel;

    QString address() const; ///< "host:port", for people
    /// "Basic …" for Proxy-Authorization (RFC 7617); empty without a user.
    QByteArray authorization() const;
    bool operator==(const Proxy &) const = default;
};

/// A sentence for a proxy that does not let this computer in.
QString proxyAuthenticationText(const Proxy &proxy);

using Environment = std::function<QString(const char *name)>;
QString processEnvironment(const char *name);

/// Nothing when the connection is direct. An explicit `proxy-url` always counts; the environment's never does for
/// loopback. WebSocket URLs go as http and https ones do.
Result<std::optional<Proxy>> proxyFor(const QUrl &url, const ClientOptions &client,
                                      const Environment &environment = processEnvironment);

} // namespace allclear
