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

class Resolver {
public:
    Resolver();
    ~Resolver(); ///< never waits for a stuck look-up: its thread is left behind

    QFuture<Resolution> resolve(const QString &host);

private:
    std::unique_ptr<QThreadPool> m_pool;
};

} // namespace allclear
