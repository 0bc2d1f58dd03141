// Name resolution for probes: getaddrinfo on threads of its own, so that /etc/hosts and the system's resolver rule, a
// deadline can walk away from a silent name server, and nothing is cached (QHostInfo keeps failures for 60 s).
#pragma once

#include <QFuture>
#include <QHostAddress>
#include <QObject>

#include <memory>

class QThreadPool;

namespace allclear {

struct Resolution {
    QList<QHostAddress> addresses; ///< in RFC 6724 order, the families interleaved (RFC 8305)
    QString error;                 ///< one sentence when there are no addresses
};

/// What the system says: blocks, so for threads of the resolver only.
Resolution lookUp(const QString &host);

class Resolver {
public:
    Resolver();
    ~Resolver(); ///< never waits for a stuck look-up: its thread is left behind

    /// At the system's resolver, or at `nameServer` ("udp://host:port", "tcp://host:port") when that is not empty.
    QFuture<Resolution> resolve(const QString &host, const QString &nameServer = {});

private:
    std::unique_ptr<QThreadPool> m_pool;
};

} // namespace allclear
