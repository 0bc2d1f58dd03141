#include "probes/httpprobe.h"

#include "probes/connectionpool.h"
#include "probes/credentials.h"
#include "probes/googleerrors.h"
#include "probes/http2session.h"
#include "probes/httpcookies.h"
#include "probes/httpreader.h"
#include "probes/httpredirect.h"

#include <QNetworkCookieJar>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

HttpExpect expectFor(const QByteArray &method) { return method == "HEAD" ? HttpExpect::NoBody : HttpExpect::Body; }

HttpLimits limitsOf(const ClientOptions &client)
{
    return {.headerBytes = client.maxHeaderBytes, .bodyBytes = client.maxBodyBytes};
}

/// One Cookie header at most (RFC 6265, section 5.4): the file's cookies first.
void addCookies(HeaderList &headers, const QByteArray &cookies)
{
    if (cookies.isEmpty())
        return;
    const auto own = std::ranges::find_if(headers, [](const auto &header) { return equalsIgnoringCase(header.first, "Cookie"); });
    if (own == headers.end())
        headers.emplaceBack("Cookie", cookies);
    else
        own->second += "; " + cookies;
}

} // namespace

HttpProbe::HttpProbe(ProbeRequest request, ProbeServices &services)
    : TimedProbe(std::move(request), services),
      m_url(endpoint().url),
      m_method(endpoint().method.toLatin1()),
      m_headers(endpoint().headers),
      m_body(endpoint().body)
{
    if (!endpoint().client.storeCookies)
        return;
    if (!context()->cookies)
        context()->cookies = std::make_shared<QNetworkCookieJar>();
    m_cookies = context()->cookies;
}

HttpProbe::~HttpProbe() = default;

void HttpProbe::begin()
{
    if (!m_url.userInfo().isEmpty() && !hasHeader(m_headers, "Authorization")) {
        m_headers.emplaceBack("Authorization", "Basic " + userInfoOf(m_url).toBase64());
        m_url.setUserInfo({});
    }
    endpoint().client.needsCredentials() ? obtainCredentials() : openHop();
}

void HttpProbe::obtainCredentials()
{
    const ClientOptions &client = endpoint().client;
    if (!Secrets::mayTravelTo(m_url)) {
        fail({.kind = FailureKind::Internal, .phase = {}, .message = u"the access token would go over the network in clear text"_s, .hint = u"use https"_s});
        return;
    }
    services().credentials().obtain(client, client.timeout * 9 / 10, this, [this](const TokenOutcome &outcome) {
        if (const auto *refused = std::get_if<Failure>(&outcome)) {
            fail({.kind = refused->kind, .phase = refused->phase, .message = u"no access token: "_s + refused->message, .hint = refused->hint});
            return;
        }
        const auto &token = std::get<AccessToken>(outcome);
        addSecrets({token.value});
        m_headers.removeIf([](const auto &header) { return header.first.compare("Authorization", Qt::CaseInsensitive) == 0; });
        m_headers.emplaceBack("Authorization", "Bearer " + token.value.toLatin1());
        m_observation.notes.append(u"access token of %1, had after %2 (no part of the latency)"_s.arg(token.source, durationText(sinceStart())));
        restartLatency();
        openHop();
    });
}

/// What makes a request a repetition; other cookies make it another request.
QString HttpProbe::visit(const QByteArray &method, const QUrl &url) const
{
    const QByteArray cookies = m_cookies ? cookiesFor(*m_cookies, url) : QByteArray();
    return QString::fromLatin1(method) + u' ' + url.toString() + u' ' + QString::fromUtf8(cookies);
}

void HttpProbe::openHop()
{
    m_visited.append(visit(m_method, m_url));
    const Result<StreamTarget> result = targetOf(m_url, endpoint().client);
    if (!result) {
        fail({.kind = FailureKind::Internal, .phase = {}, .message = result.error().message, .hint = {}});
        return;
    }
    StreamTarget target = *result;
    if (target.security == Security::Tls)
        target.alpn = offeredProtocols();
    else if (target.proxy && target.proxy->kind != ProxyKind::Socks5 && endpoint().client.httpVersion != HttpVersion::Http2)
        target.proxy->use = ProxyUse::Forward;
    m_reader = std::make_unique<HttpReader>(expectFor(m_method), limitsOf(endpoint().client));
    m_sent = false;
    m_hopFirstByte = Duration::zero();
    std::unique_ptr<Stream> idle;
    if (endpoint().client.keepAlive && m_visited.size() == 1)
        idle = services().connections().take(endpoint().key(), target);
    m_reused = idle != nullptr;
    if (m_reused) {
        adoptStream(std::move(idle));
        sendRequest();
    } else {
        adoptStream(std::make_unique<Stream>(services(), std::move(target)));
        m_stream->open();
    }
}

void HttpProbe::adoptStream(std::unique_ptr<Stream> stream)
{
    if (m_stream) {
        disconnect(m_stream.get(), nullptr, this, nullptr);
        m_stream.release()->deleteLater(); // it may be the sender
    }
    m_stream = std::move(stream);
    connect(m_stream.get(), &Stream::opened, this, &HttpProbe::sendRequest);
    connect(m_stream.get(), &Stream::sent, this, [this] {
        if (!m_sent)
            m_hopSent = sinceStart();
        m_sent = true;
    });
    connect(m_stream.get(), &Stream::received, this, &HttpProbe::received);
    connect(m_stream.get(), &Stream::ended, this, &HttpProbe::ended);
    connect(m_stream.get(), &Stream::failed, this, &HttpProbe::streamFailed);
}

/// For ALPN. HTTP/2 connections are not kept for reuse, so keep-alive asks for HTTP/1.1.
QStringList HttpProbe::offeredProtocols() const
{
    const ClientOptions &client = endpoint().client;
    if (client.httpVersion == HttpVersion::Http2)
        return {u"h2"_s};
    if (client.httpVersion == HttpVersion::Http11 || client.keepAlive)
        return {u"http/1.1"_s};
    return {u"h2"_s, u"http/1.1"_s};
}

/// What was agreed on; nothing when that is not what the file asks for.
std::optional<HttpVersion> HttpProbe::spokenVersion()
{
    const bool required = endpoint().client.httpVersion == HttpVersion::Http2;
    if (!m_stream->tls())
        return required ? HttpVersion::Http2 : HttpVersion::Http11;
    if (m_stream->tls()->alpn == "h2"_L1)
        return HttpVersion::Http2;
    if (!required)
        return HttpVersion::Http11;
    fail({.kind = FailureKind::Protocol,
          .phase = Phase::Tls,
          .message = u"the server does not speak HTTP/2: it did not pick h2 in the TLS handshake"_s,
          .hint = u"client.http-version asks for HTTP/2 alone; without it HTTP/1.1 will do"_s});
    return std::nullopt;
}

HeaderList HttpProbe::requestHeaders() const
{
    HeaderList headers = m_headers;
    const auto add = [&](const char *name, const QByteArray &value) {
        if (!hasHeader(headers, name))
            headers.emplaceBack(name, value);
    };
    add("User-Agent", "Allclear/" ALLCLEAR_VERSION);
    add("Accept", "*/*");
    add("Accept-Encoding", "identity");
    add("Connection", endpoint().client.keepAlive ? "keep-alive" : "close");
    if (!m_body.isEmpty() || m_method == "POST" || m_method == "PUT" || m_method == "PATCH")
        add("Content-Length", QByteArray::number(m_body.size()));
    if (m_cookies)
        addCookies(headers, cookiesFor(*m_cookies, m_url));
    if (m_stream->isForwarded() && !m_stream->target().proxy->user.isEmpty())
        add("Proxy-Authorization", m_stream->target().proxy->authorization());
    return headers;
}

void HttpProbe::sendRequest()
{
    const std::optional<HttpVersion> version = spokenVersion();
    if (!version)
        return;
    const Duration before = sinceStart();
    m_hopSent = before;
    if (*version == HttpVersion::Http2) {
        auto session = std::make_unique<Http2Session>(expectFor(m_method), limitsOf(endpoint().client));
        session->request(m_method, m_url, requestHeaders(), m_body);
        m_reader = std::move(session);
        m_stream->write(m_reader->takeOutgoing());
    } else {
        const RequestForm form = m_stream->isForwarded() ? RequestForm::Absolute : RequestForm::Origin;
        m_stream->write(requestHead(m_method, m_url, requestHeaders(), form) + m_body);
    }
    if (m_sent)
        addToPhase(Phase::Send, m_hopSent - before);
    checkReader();
}

Phase HttpProbe::currentPhase() const
{
    if (m_reader && m_reader->hasBytes())
        return Phase::Receive;
    return m_stream ? m_stream->phase() : Phase::Dns;
}

void HttpProbe::received(const QByteArray &bytes)
{
    const Duration now = sinceStart();
    const bool begun = m_reader->hasBytes();
    m_reader->feed(bytes);
    if (!begun && m_reader->hasBytes())
        m_hopFirstByte = now;
    sendReply();
    checkReader();
}

void HttpProbe::sendReply()
{
    if (const QByteArray reply = m_reader->takeOutgoing(); !reply.isEmpty())
        m_stream->write(reply);
}

void HttpProbe::ended(bool truncatedTls)
{
    if (m_reused && !m_reader->hasBytes()) { // the idle connection was already dead: that is not the server's answer
        m_visited.removeLast();
        openHop();
        return;
    }
    m_reader->end();
    if (truncatedTls && m_reader->isComplete() && !m_reader->failure())
        m_observation.notes.append(u"the server closed the connection without ending the TLS session"_s);
    checkReader();
}

void HttpProbe::streamFailed(const Failure &failure)
{
    if (m_reused && !m_reader->hasBytes()) {
        m_visited.removeLast();
        openHop();
        return;
    }
    Failure told = failure;
    if (failure.kind == FailureKind::Closed && currentPhase() == Phase::Receive)
        told.phase = Phase::Receive;
    fail(told);
}

void HttpProbe::checkReader()
{
    if (m_reader->failure())
        fail(*m_reader->failure());
    else if (m_reader->isComplete())
        answered();
}

void HttpProbe::answered()
{
    if (m_reader->head().status == 407 && m_stream->isForwarded()) {
        fail({.kind = FailureKind::Rejected,
              .phase = Phase::Connect,
              .message = proxyAuthenticationText(*m_stream->target().proxy),
              .hint = u"write user:password@ into proxy-url"_s});
        return;
    }
    if (m_cookies)
        addSecrets(keepCookies(*m_cookies, m_url, m_reader->head()));
    if (isRedirect(m_reader->head().status) && !endpoint().client.ignoreRedirect && followRedirect())
        return;
    stampLatency();
    m_observation.answered = true;
    if (m_reader->head().status == 401 && endpoint().client.needsCredentials())
        services().credentials().forget(endpoint().client);
    if (const std::optional<Failure> failure = interpret(m_reader->head(), m_reader->body()))
        fail(*failure);
    else
        finish();
}

/// A refusal by Google's front door, when it is why a condition failed.
void HttpProbe::judged()
{
    const std::optional<Failure> &failure = m_observation.failure;
    if (!m_observation.answered || !failure || failure->kind != FailureKind::Condition || !m_reader || !failure->message.contains("[STATUS]"_L1, Qt::CaseInsensitive))
        return;
    const std::optional<GoogleError> error = googleErrorFrom(m_reader->head().status, m_reader->body(), m_reader->head().header("Retry-After"));
    if (error) {
        m_observation.failure->message += u": "_s + error->sentence;
        m_observation.failure->hint = error->hint;
    }
}

/// True when the redirect was dealt with: followed, or reported as a failure. Without a Location it is an answer.
bool HttpProbe::followRedirect()
{
    const HttpHead &head = m_reader->head();
    const QByteArray location = head.header("Location").value_or(QByteArray());
    if (location.isEmpty())
        return false;
    const QUrl next = m_url.resolved(QUrl::fromEncoded(location, QUrl::TolerantMode)).adjusted(QUrl::RemoveFragment);
    const QString shown = Secrets::maskUrl(next.toString());
    const auto refuse = [&](const QString &message) {
        fail({.kind = FailureKind::Redirect, .phase = Phase::Receive, .message = message, .hint = {}});
        return true;
    };
    if (std::optional<Failure> problem = redirectProblem(m_url, next)) {
        fail(*problem);
        return true;
    }
    const QByteArray method = methodAfterRedirect(head.status, m_method);
    if (m_visited.contains(visit(method, next)))
        return refuse(u"the redirects go in a loop: %1 comes again"_s.arg(shown));
    if (m_observation.hops.size() >= maxRedirects)
        return refuse(u"more than %1 redirects, the last to %2"_s.arg(maxRedirects).arg(shown));

    m_observation.hops.append(shown);
    collectPhases();
    if (method != m_method)
        m_body.clear();
    m_method = method;
    m_headers = headersAfterRedirect(m_headers, m_url, next, m_body.isEmpty() ? BodyFate::Dropped : BodyFate::Kept);
    m_url = next;
    openHop();
    return true;
}

void HttpProbe::collectPhases()
{
    if (!m_stream)
        return;
    if (!m_reused)
        keepConnectionPhases(*m_stream);
    if (m_reader->hasBytes()) {
        addToPhase(Phase::Wait, m_hopFirstByte - m_hopSent);
        addToPhase(Phase::Receive, (m_observation.latency > Duration::zero() ? m_observation.latency : sinceStart()) - m_hopFirstByte);
    }
}

void HttpProbe::release()
{
    if (!m_stream)
        return;
    collectPhases();
    keepAnswer();
    disconnect(m_stream.get(), nullptr, this, nullptr);
    if (endpoint().client.keepAlive && m_observation.answered && m_reader->canReuse()) {
        services().connections().give(endpoint().key(), std::move(m_stream));
        return;
    }
    if (m_observation.answered) {
        m_reader->close();
        sendReply();
    }
    letGo(m_stream);
}

void HttpProbe::keepAnswer()
{
    keepConnection(*m_stream);
    m_evidence.connected = m_stream->isTcpConnected() || m_observation.answered;
    if (m_reused)
        m_observation.notes.append(u"measured on a reused connection"_s);
    if (!m_reader->headComplete())
        return;
    const QByteArray &version = m_reader->head().version;
    m_observation.protocol = version == "2" ? u"h2"_s : u"http/"_s + QString::fromLatin1(version);
    m_observation.bytes = m_reader->body().size();
    m_observation.excerpt = excerptOf(m_reader->body());
    m_observation.notes.append(m_reader->notes());
    keepHead(m_reader->head());
    if (m_observation.answered)
        m_evidence.body = m_reader->body();
}

} // namespace allclear
