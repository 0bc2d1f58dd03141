// The request side of HTTP/1.1, shared by the HTTP and the WebSocket probe.
#pragma once

#include "core/endpoint.h"
#include "core/result.h"
#include "core/secrets.h"
#include "probes/stream.h"

#include <QUrl>

namespace allclear {

using HeaderList = QList<std::pair<QByteArray, QByteArray>>;

bool hasHeader(const HeaderList &headers, QByteArrayView name);
/// Where to connect for http, https, ws and wss URLs, and through which proxy (a tunnel, unless the caller makes it
/// forward).
Result<StreamTarget> targetOf(const QUrl &url, const ClientOptions &client);
/// "host" or "host:port" where the port is not the scheme's own; IPv6 addresses in brackets.
QByteArray authorityOf(const QUrl &url);
/// "/path?query", encoded; never empty.
QByteArray pathOf(const QUrl &url);
/// A header's value without line breaks and NUL: nothing can be smuggled in.
QByteArray cleanValue(QByteArray value);
/// Absolute is for a proxy that forwards (RFC 9112, section 3.2.2).
enum class RequestForm { Origin, Absolute };
/// "GET /path?query HTTP/1.1" and the headers, ending in an empty line. Host comes first unless `headers` has it.
QByteArray requestHead(const QByteArray &method, const QUrl &url, const HeaderList &headers, RequestForm form = RequestForm::Origin);
/// "user:password" of the URL, decoded, for HTTP Basic authentication (RFC 7617).
QByteArray userInfoOf(const QUrl &url);
/// Same scheme, host and port: credentials may follow a redirect.
bool sameOrigin(const QUrl &a, const QUrl &b);

} // namespace allclear
