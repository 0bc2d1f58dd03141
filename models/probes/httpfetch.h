// One HTTP request for the program's own needs (an access token), not for judging: no redirects, everything bounded.
// Lives and signals on its thread; destroying it cancels. The owner has the deadline.
#pragma once

#include "probes/httpreader.h"
#include "probes/httprequest.h"
#include "probes/stream.h"

#include <QObject>

namespace allclear
{

struct FetchRequest {
    QByteArray method = "GET";
    QUrl url;
    HeaderList headers = {};
    QByteArray body = {};
    ClientOptions client = {}; ///< its TLS part counts
};

class HttpFetch : public QObject
{
    Q_OBJECT
public:
    HttpFetch(ProbeServices &services, FetchRequest request, QObject *parent);

    /// Exactly one of finished() and failed() follows, later, unless destroyed first.
    void start();

Q_SIGNALS:
    void finished(int status, const QByteArray &body);
    void failed(const allclear::Failure &failure);

private:
    void send();
    void check();
    void fail(const Failure &failure);

    ProbeServices &m_services;
    FetchRequest m_request;
    HttpReader m_reader;
    std::unique_ptr<Stream> m_stream;
    bool m_done = false;
};

} // namespace allclear
