#include "incident/masking.h"
#include "incident/sections.h"
#include "incident/urls.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QScopedValueRollback>
#include <QUrl>

namespace allclear::reading {

using namespace Qt::StringLiterals;

namespace {

using Headers = QList<std::pair<QByteArray, QByteArray>>;

bool isToken(const QString &text)
{
    static const QRegularExpression token(u"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"_s);
    return token.match(text).hasMatch();
}

Headers readHeaders(const Section &section)
{
    Headers headers;
    for (const auto &[name, value] : section.pairs("headers"_L1)) {
        const bool lineBreak = value.contains(u'\n') || value.contains(u'\r');
        if (!isToken(name))
            section.reading().error(section.markOf("headers"_L1), u"`%1` cannot be a header name"_s.arg(name.left(60)),
                                    u"header names are letters, digits and dashes"_s);
        else if (lineBreak)
            section.reading().error(section.markOf("headers"_L1), u"the value of header `%1` holds a line break"_s.arg(name),
                                    u"write it on one line"_s);
        else
            headers.append({name.toLatin1(), value.toUtf8()});
    }
    return headers;
}

bool hasHeader(const Headers &headers, const QByteArray &name)
{
    return std::ranges::any_of(headers, [&](const auto &header) { return header.first.compare(name, Qt::CaseInsensitive) == 0; });
}

/// Gatus users set the header; the probe offers subprotocols from the client options.
void moveSubprotocols(Endpoint &endpoint)
{
    endpoint.headers.removeIf([&](const auto &header) {
        if (header.first.compare("Sec-WebSocket-Protocol", Qt::CaseInsensitive) != 0)
            return false;
        for (const QString &protocol : QString::fromUtf8(header.second).split(u',')) {
            if (!protocol.trimmed().isEmpty() && !endpoint.client.subprotocols.contains(protocol.trimmed()))
                endpoint.client.subprotocols.append(protocol.trimmed());
        }
        return true;
    });
}

void readBody(const Section &section, Endpoint &endpoint)
{
    QString body = section.text("body"_L1);
    body.replace("[ENDPOINT_NAME]"_L1, endpoint.name).replace("[ENDPOINT_GROUP]"_L1, endpoint.group);
    body.replace("[ENDPOINT_URL]"_L1, endpoint.url);
    endpoint.graphql = section.flag("graphql"_L1, false);
    endpoint.body = body.toUtf8();
    if (!endpoint.graphql)
        return;
    endpoint.body = QJsonDocument(QJsonObject{{u"query"_s, body}}).toJson(QJsonDocument::Compact);
    if (!hasHeader(endpoint.headers, "Content-Type"))
        endpoint.headers.append(std::pair(QByteArray("Content-Type"), QByteArray("application/json")));
}

void readDns(const Section &section, Endpoint &endpoint)
{
    const std::optional<Section> dns = section.section("dns"_L1);
    if (!dns)
        return;
    static const QStringList types = u"A AAAA CNAME MX NS PTR SRV TXT SOA CAA"_s.split(u' ');
    endpoint.kind = Kind::Dns;
    endpoint.dns.name = dns->required("query-name"_L1, "a dns block"_L1);
    if (dns->required("query-type"_L1, "a dns block"_L1).isEmpty())
        return;
    endpoint.dns.type = dns->oneOf("query-type"_L1, types).value_or(QString());
}

std::optional<UrlProblem> checkEndpointUrl(const Section &section, const Endpoint &endpoint, const QString &written)
{
    const bool isServer = kindOf(endpoint.url) == Kind::Dns;
    if (section.has("dns"_L1) && !isServer)
        return UrlProblem{u"beside a dns block the URL is the name server, not `%1`"_s.arg(written.left(80)),
                          u"write `8.8.8.8` or `dns://host:port`"_s, 0};
    if (!section.has("dns"_L1) && isServer)
        return UrlProblem{u"dns:// needs a dns block that says what to ask"_s, u"add `dns: {query-name: example.org, query-type: A}`"_s, 0};
    return checkUrl(endpoint.url);
}

void readUrl(const Section &section, Endpoint &endpoint)
{
    QStringList undefined;
    {
        const QScopedValueRollback scope(section.reading().undefined, &undefined);
        endpoint.url = section.required("url"_L1, "an endpoint"_L1);
    }
    *section.reading().undefined += undefined;
    readDns(section, endpoint);
    if (endpoint.url.trimmed().isEmpty())
        return;
    const QString written = endpoint.url;
    if (endpoint.kind == Kind::Dns)
        endpoint.url = resolverUrl(written);
    else
        endpoint.kind = kindOf(endpoint.url);
    section.reading().secrets += secretsOf(endpoint.url);
    if (!undefined.isEmpty())
        return; // a variable that is not set leaves a hole in the URL: the notice says so
    const ValuePtr value = section.find("url"_L1);
    if (const std::optional<UrlProblem> problem = checkEndpointUrl(section, endpoint, written); problem && value) {
        const bool literal = value->text == endpoint.url;
        section.reading().error(section.reading().document.markAt(*value, literal ? problem->at : 0), problem->message, problem->suggestion);
        return;
    }
    const QUrl target(endpoint.url.startsWith("promql+"_L1) ? endpoint.url.sliced(7) : endpoint.url);
    if (endpoint.client.needsCredentials() && target.scheme() == "http"_L1 && !Secrets::mayTravelTo(target))
        section.reading().error(section.markOf("url"_L1), u"the access token would go over the network in clear text"_s, u"use https"_s);
}

/// What `defaults` and every endpoint may hold.
QString readCommon(const Section &section, Endpoint &endpoint)
{
    endpoint.group = section.text("group"_L1);
    endpoint.component = section.text("component"_L1);
    endpoint.enabled = section.flag("enabled"_L1, true);
    endpoint.interval = section.duration("interval"_L1, Least::Positive).value_or(endpoint.interval);
    endpoint.failureThreshold = section.integer("failure-threshold"_L1, 1).value_or(1);
    endpoint.successThreshold = section.integer("success-threshold"_L1, 1).value_or(1);
    endpoint.headers = readHeaders(section);
    endpoint.method = section.optionalText("method"_L1).value_or(endpoint.method);
    if (!isToken(endpoint.method) && !endpoint.method.contains("${"_L1))
        section.reading().error(section.markOf("method"_L1), u"`%1` cannot be an HTTP method"_s.arg(endpoint.method.left(40)),
                                u"methods are words such as GET, HEAD or POST"_s);
    endpoint.conditions = section.conditions("conditions"_L1, Windowed::Refused);
    endpoint.degradedWhen = section.conditions("degraded-when"_L1, Windowed::Refused);
    const std::optional<Section> block = section.section("client"_L1);
    if (!block)
        return {};
    const Client client = readClient(*block);
    endpoint.client = client.options;
    return client.notJudged;
}

bool asksForDomainExpiration(const Endpoint &endpoint)
{
    return std::ranges::any_of(endpoint.conditions + endpoint.degradedWhen, [](const ConditionText &condition) {
        return condition.text.contains("[DOMAIN_EXPIRATION]"_L1, Qt::CaseInsensitive);
    });
}

QString whyNotJudged(const Endpoint &endpoint, const QStringList &undefined, const QString &client)
{
    if (!undefined.isEmpty())
        return u"variable ${%1} is not set"_s.arg(undefined.first());
    if (!client.isEmpty())
        return client;
    if (endpoint.kind == Kind::Unknown)
        return u"no probe for %1:// yet"_s.arg(schemeOf(endpoint.url).toLower());
    const bool takesCredentials = endpoint.kind == Kind::Http || endpoint.kind == Kind::PromQl;
    if (endpoint.client.needsCredentials() && !takesCredentials)
        return u"no credentials for %1:// yet"_s.arg(schemeOf(endpoint.url).toLower());
    return asksForDomainExpiration(endpoint) ? u"no probe looks up [DOMAIN_EXPIRATION] yet"_s : QString();
}

} // namespace

QStringList secretsOfHeaders(const Headers &headers)
{
    QStringList secrets;
    for (const auto &[name, bytes] : headers) {
        const QString value = QString::fromUtf8(bytes);
        if (!Secrets::isSecretHeader(QString::fromLatin1(name)) || value.contains("[CONTEXT]"_L1) || value.contains("${"_L1))
            continue;
        secrets.append(withoutScheme(value));
    }
    return secrets;
}

Endpoint readEndpoint(const EndpointSource &source)
{
    const Section &section = source.section;
    Reading &reading = section.reading();
    QStringList undefined;
    const QScopedValueRollback scope(reading.undefined, &undefined);
    Endpoint endpoint;
    endpoint.mark = section.mark();
    reading.componentMarks.insert({endpoint.mark.line, endpoint.mark.column}, section.markOf("component"_L1));
    endpoint.name = section.required("name"_L1, "an endpoint"_L1);
    const QString clientProblem = readCommon(section, endpoint);
    if (!source.group.isEmpty())
        endpoint.group = source.group;
    readUrl(section, endpoint);
    readBody(section, endpoint);
    if (endpoint.kind == Kind::WebSocket)
        moveSubprotocols(endpoint);
    endpoint.conversation = readConversation(section);
    if (!endpoint.conversation.isEmpty() && endpoint.kind != Kind::WebSocket && !endpoint.url.isEmpty())
        reading.error(section.markOf("conversation"_L1), u"only WebSocket endpoints hold a `conversation`"_s, u"use a ws:// or wss:// URL"_s);
    reading.secrets += secretsOfHeaders(endpoint.headers);
    endpoint.notJudged = whyNotJudged(endpoint, undefined, clientProblem);
    return endpoint;
}

void readDefaults(const Section &root)
{
    const std::optional<Section> defaults = root.section("defaults"_L1);
    if (!defaults)
        return;
    constexpr int most = 1000; // every endpoint takes all of it
    if (root.find("defaults"_L1)->expanded > most)
        root.reading().error(defaults->mark(), u"`defaults` holds more than %1 values"_s.arg(most), u"keep what differs in the endpoints"_s);
    Endpoint endpoint;
    readCommon(*defaults, endpoint);
}

QList<Endpoint> readEndpoints(const Section &root)
{
    Reading &reading = root.reading();
    const QScopedValueRollback dollar(reading.dollar, Dollar::AlsoBare);
    const ValuePtr defaults = root.find("defaults"_L1);
    const bool usable = defaults && defaults->expanded <= 1000;
    QList<Endpoint> endpoints;
    QHash<EndpointKey, SourceMark> firsts;
    for (const ValuePtr &item : root.list("endpoints"_L1)) {
        const Section section = Section::withDefaults(reading, item, u"endpoints[]"_s, usable ? defaults : nullptr);
        if (!section.isMap())
            continue;
        Endpoint endpoint = readEndpoint({section, {}});
        if (!section.has("conditions"_L1) || section.list("conditions"_L1).isEmpty())
            reading.error(section.markOf("conditions"_L1), u"the endpoint `%1` needs at least one condition"_s.arg(endpoint.name),
                          u"add `conditions: [\"[STATUS] == 200\"]`"_s);
        const auto first = firsts.constFind(endpoint.key());
        if (first != firsts.cend() && !endpoint.name.isEmpty())
            reading.error(section.markOf("name"_L1), u"the endpoint `%1` exists already"_s.arg(endpoint.key()),
                          u"it is on line %1: change the name or the group"_s.arg(first->line));
        else
            firsts.insert(endpoint.key(), section.markOf("name"_L1));
        endpoints.append(endpoint);
    }
    return endpoints;
}

} // namespace allclear::reading
