// http:// and https://: HTTP/1.1 and HTTP/2 on a stream of our own, so that every phase is measured, nothing is sent twice, no
// queue hides in the latency, and a broken answer is told apart from a whole one (decision 0001).
#pragma once

#include "probes/httprequest.h"
#include "probes/timedprobe.h"

#include <memory>

class QNetworkCookieJar;

namespace allclear {

class HttpAnswer;

class HttpProbe : public TimedProbe {
    Q_OBJECT
public:
    HttpProbe(ProbeRequest request, ProbeServices &services);
    ~HttpProbe() override;

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;
    void judged() override;
    /// What a complete answer means to a protocol on top of HTTP; a failure when it is an error there.
    virtual std::optional<Failure> interpret(const HttpHead &, const QByteArray &) { return std::nullopt; }

private:
    QString visit(const QByteArray &method, const QUrl &url) const;
    void obtainCredentials();
    void openHop();
    void adoptStream(std::unique_ptr<Stream> stream);
    QStringList offeredProtocols() const;
    std::optional<HttpVersion> spokenVersion();
    HeaderList requestHeaders() const;
    void sendRequest();
    void sendReply();
    void received(const QByteArray &bytes);
    void ended(bool truncatedTls);
    void streamFailed(const Failure &failure);
    void checkReader();
    void answered();
    bool followRedirect();
    void collectPhases();
    void keepAnswer();

    QUrl m_url;
    QByteArray m_method;
    HeaderList m_headers;
    QByteArray m_body;
    std::shared_ptr<QNetworkCookieJar> m_cookies; // null unless cookies are kept
    QStringList m_visited;
    std::unique_ptr<Stream> m_stream;
    std::unique_ptr<HttpAnswer> m_reader;
    Duration m_hopSent{};      // since start: the request is with the kernel
    Duration m_hopFirstByte{}; // since start
    bool m_sent = false;
    bool m_reused = false;
};

} // namespace allclear
