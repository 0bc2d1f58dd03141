#include "probes/resolver.h"

#include "probes/nameserver.h"

#include <QPromise>
#include <QThreadPool>
#include <QUrl>

#include <algorithm>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxThreads = 128; ///< look-ups at once; one dead name server must not stall the others
constexpr int threadStack = 512 * 1024;

QString sentence(int error, const QString &host)
{
    switch (error) {
    case EAI_NONAME:
    case EAI_NODATA: return u"the name %1 does not resolve: no such host, or it has no address"_s.arg(host);
    case EAI_AGAIN: return u"the name %1 could not be looked up: the name server did not answer"_s.arg(host);
    case EAI_FAIL: return u"the name %1 could not be looked up: the name server failed"_s.arg(host);
    default:
        return u"the name %1 could not be looked up: %2"_s.arg(host, QString::fromLocal8Bit(gai_strerror(error)));
    }
}

QList<QHostAddress> interleave(const QList<QHostAddress> &addresses)
{
    QList<QHostAddress> first, second;
    for (const QHostAddress &address : addresses)
        (address.protocol() == addresses.front().protocol() ? first : second).append(address);
    QList<QHostAddress> mixed;
    for (qsizetype i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size())
            mixed.append(first[i]);
        if (i < second.size())
            mixed.append(second[i]);
    }
    return mixed;
}

} // namespace

Resolution lookUp(const QString &host)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo *list = nullptr;
    const QByteArray ace = QUrl::toAce(host);
    const QByteArray name = ace.isEmpty() ? host.toUtf8() : ace;
    int error = ::getaddrinfo(name.constData(), nullptr, &hints, &list);
    if (error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY) {
        // AI_ADDRCONFIG hides loopback names on a machine without other addresses of that family.
        hints.ai_flags = 0;
        if (::getaddrinfo(name.constData(), nullptr, &hints, &list) == 0)
            error = 0;
    }
    if (error != 0)
        return {.addresses = {}, .error = sentence(error, host)};
    QList<QHostAddress> addresses;
    for (const addrinfo *entry = list; entry != nullptr; entry = entry->ai_next) {
        const QHostAddress address(entry->ai_addr);
        if (!address.isNull() && !addresses.contains(address))
            addresses.append(address);
    }
    ::freeaddrinfo(list);
    if (addresses.isEmpty())
        return {.addresses = {}, .error = sentence(EAI_NODATA, host)};
    return {.addresses = interleave(addresses), .error = {}};
}

Resolver::Resolver() : m_pool(std::make_unique<QThreadPool>())
{
    m_pool->setMaxThreadCount(maxThreads);
    m_pool->setStackSize(threadStack);
}

Resolver::~Resolver()
{
    m_pool->clear();
    if (!m_pool->waitForDone(0))
        static_cast<void>(m_pool.release()); // a stuck getaddrinfo cannot be cancelled; waiting would hang the exit
}

QFuture<Resolution> Resolver::resolve(const QString &host, const QString &nameServer)
{
    auto promise = std::make_shared<QPromise<Resolution>>();
    QFuture<Resolution> future = promise->future();
    m_pool->start([promise, host, nameServer] {
        promise->start();
        promise->addResult(nameServer.isEmpty() ? lookUp(host) : lookUpAt(nameServer, host));
        promise->finish();
    });
    return future;
}

} // namespace allclear
