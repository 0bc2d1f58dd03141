#include "incident/sections.h"
#include "incident/urls.h"

#include <QRegularExpression>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

void readTls(const Section &tls, ClientOptions &options)
{
    Reading &reading = tls.reading();
    options.caFile = reading.absolutePath(tls.text("ca-file"_L1));
    options.certificateFile = reading.absolutePath(tls.text("certificate-file"_L1));
    options.privateKeyFile = reading.absolutePath(tls.text("private-key-file"_L1));
    options.serverName = tls.text("server-name"_L1);
    if (options.certificateFile.isEmpty() != options.privateKeyFile.isEmpty()) {
        const QLatin1StringView given = options.certificateFile.isEmpty() ? "private-key-file"_L1 : "certificate-file"_L1;
        reading.error(tls.markOf(given), u"a client certificate needs both `certificate-file` and `private-key-file`"_s,
                      u"add the other one"_s);
    }
}

HttpVersion readHttpVersion(const Section &client)
{
    const std::optional<QString> version = client.oneOf("http-version"_L1, {u"1.1"_s, u"2"_s});
    if (!version)
        return HttpVersion::Negotiated;
    return *version == "2"_L1 ? HttpVersion::Http2 : HttpVersion::Http11;
}

QStringList readSubprotocols(const Section &client)
{
    static const QRegularExpression token(u"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"_s);
    QStringList protocols;
    for (const MarkedText &protocol : client.texts("subprotocols"_L1)) {
        if (!token.match(protocol.text).hasMatch() && !protocol.text.contains("${"_L1))
            client.reading().error(protocol.mark, u"`%1` cannot be a subprotocol"_s.arg(protocol.text.left(60)),
                                   u"subprotocols are words without spaces and commas"_s);
        protocols.append(protocol.text);
    }
    return protocols;
}

void readProxy(const Section &client, ClientOptions &options)
{
    options.proxyUrl = client.text("proxy-url"_L1);
    if (options.proxyUrl.isEmpty() || options.proxyUrl.contains("${"_L1))
        return;
    client.reading().secrets += secretsOf(options.proxyUrl);
    const QString scheme = schemeOf(options.proxyUrl);
    const bool known = QStringList{u"http"_s, u"https"_s, u"socks5"_s, u"socks5h"_s}.contains(scheme);
    if (!known || QUrl(options.proxyUrl).host().isEmpty())
        client.reading().error(client.markOf("proxy-url"_L1), u"`proxy-url` is not the URL of a proxy"_s,
                               u"write `http://host:port` or `socks5://host:port`"_s);
}

QString readDnsResolver(const Section &client)
{
    const QString server = client.text("dns-resolver"_L1);
    if (server.isEmpty() || server.contains("${"_L1))
        return server;
    const QUrl url(server);
    const bool known = url.scheme() == "udp"_L1 || url.scheme() == "tcp"_L1;
    if (!url.isValid() || !known || url.host().isEmpty() || url.port() == 0 || (!url.path().isEmpty() && url.path() != "/"_L1))
        client.reading().error(client.markOf("dns-resolver"_L1), u"`dns-resolver` is not the URL of a name server"_s,
                               u"write `udp://8.8.8.8:53` or `tcp://8.8.8.8:53`"_s);
    return server;
}

OAuth2Options readOAuth2(const Section &section)
{
    constexpr QLatin1StringView owner = "an oauth2 block"_L1;
    OAuth2Options options{.tokenUrl = section.required("token-url"_L1, owner),
                          .clientId = section.required("client-id"_L1, owner),
                          .clientSecret = section.required("client-secret"_L1, owner),
                          .scopes = {}};
    for (const MarkedText &scope : section.texts("scopes"_L1))
        options.scopes.append(scope.text);
    if (!options.clientSecret.contains("${"_L1))
        section.reading().secrets.append(options.clientSecret);
    const QUrl url(options.tokenUrl);
    if (options.tokenUrl.isEmpty() || options.tokenUrl.contains("${"_L1))
        return options;
    if ((url.scheme() != "https"_L1 && url.scheme() != "http"_L1) || url.host().isEmpty())
        section.reading().error(section.markOf("token-url"_L1), u"`token-url` is not a URL that tokens come from"_s,
                                u"write `https://host/path`"_s);
    else if (!Secrets::mayTravelTo(url))
        section.reading().error(section.markOf("token-url"_L1), u"the client secret would go to `token-url` in clear text"_s,
                                u"use https"_s);
    return options;
}

} // namespace

Client readClient(const Section &client)
{
    Client result;
    ClientOptions &options = result.options;
    options.timeout = client.duration("timeout"_L1, Least::Positive).value_or(options.timeout);
    options.insecure = client.flag("insecure"_L1, false);
    options.ignoreRedirect = client.flag("ignore-redirect"_L1, false);
    options.keepAlive = client.flag("keep-alive"_L1, false);
    options.httpVersion = readHttpVersion(client);
    options.storeCookies = client.flag("store-cookies"_L1, false);
    options.auth = client.oneOf("auth"_L1, {u"gcp"_s}).value_or(QString());
    if (const auto protocol = client.oneOf("starttls"_L1, {u"smtp"_s, u"imap"_s, u"postgres"_s}))
        options.startTls = startTlsProtocolFrom(*protocol);
    options.subprotocols = readSubprotocols(client);
    options.maxBodyBytes = client.bytes("max-body-size"_L1).value_or(options.maxBodyBytes);
    readProxy(client, options);
    options.dnsResolver = readDnsResolver(client);
    if (const std::optional<Section> tls = client.section("tls"_L1))
        readTls(*tls, options);
    if (const std::optional<Section> oauth2 = client.section("oauth2"_L1)) {
        options.oauth2 = readOAuth2(*oauth2);
        if (!options.auth.isEmpty())
            client.reading().error(client.markOf("auth"_L1), u"`auth` and `oauth2` both bring a token"_s, u"keep one of them"_s);
    }
    for (QLatin1StringView key : {"identity-aware-proxy"_L1, "kerberos"_L1, "tunnel"_L1}) {
        if (result.notJudged.isEmpty() && client.has(key))
            result.notJudged = u"client.%1 is not supported yet"_s.arg(key);
    }
    return result;
}

} // namespace allclear::reading
