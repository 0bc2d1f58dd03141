#include "rehearsal/staging.h"

#include "rehearsal/authanswers.h"
#include "rehearsal/certificates.h"
#include "rehearsal/chat.h"
#include "rehearsal/cloudanswers.h"
#include "rehearsal/databaselistener.h"
#include "rehearsal/tlslistener.h"
#include "rehearsal/websocketpeer.h"

#include <QFile>
#include <QHash>
#include <QRandomGenerator>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTimer>

namespace allclear {

using namespace Qt::StringLiterals;
using namespace rehearsal;

namespace {

QByteArray randomHex(qsizetype bytes)
{
    QByteArray made(bytes, '\0');
    QRandomGenerator *random = QRandomGenerator::system();
    for (char &byte : made)
        byte = static_cast<char>(random->bounded(256));
    return made.toHex();
}

QString origin(QLatin1StringView scheme, quint16 port) { return scheme + "://127.0.0.1:"_L1 + QString::number(port); }

} // namespace

struct Staging::Private {
    Private(Staging *owner, std::shared_ptr<const Clock> injected);

    HttpHandler handler(Service service);
    HttpReply serve(Service service, const HttpRequest &request);
    HttpReply upgrade(const HttpRequest &request, const Moment &moment);
    Moment momentOf(QByteArrayView service, const QByteArray &path);
    Result<bool> secure();
    void enter(const Situation &situation);
    void closeChats();

    Staging *q;
    std::shared_ptr<const Clock> clock;
    QTemporaryDir directory;
    Login login;
    const Situation *situation = &rehearsal::situation(Chapter::Healthy);
    Duration enteredAt{};
    TimePoint declared;
    QHash<QByteArray, int> asked; ///< by service and path, in this chapter
    // Children of the staging as well, so that they move to its thread with it.
    QTimer next;
    HttpListener api, auth, frontend, cloud, edge;
    DatabaseListener redis, postgres;
    QObject chats; ///< parent of every open chat
    std::unique_ptr<TlsListener> tls;
};

Staging::Private::Private(Staging *owner, std::shared_ptr<const Clock> injected)
    : q(owner), clock(std::move(injected)),
      login{u"golden-path@rehearsal.invalid"_s, QString::fromLatin1(randomHex(12)), randomHex(32)},
      enteredAt(clock->steady()), declared(clock->now()),
      next(owner), api(clock, handler(Service::Api), owner), auth(clock, handler(Service::Auth), owner),
      frontend(clock, handler(Service::Frontend), owner),
      cloud(clock, [this](const HttpRequest &request) { return cloudAnswer(request, momentOf("cloud", request.path)); },
            owner),
      edge(clock, handler(Service::Edge), owner), redis(makeRedisSession, owner), postgres(makePostgresSession, owner),
      chats(owner)
{
    next.setSingleShot(true);
    next.setTimerType(Qt::PreciseTimer);
}

HttpHandler Staging::Private::handler(Service service)
{
    return [this, service](const HttpRequest &request) { return serve(service, request); };
}

Moment Staging::Private::momentOf(QByteArrayView service, const QByteArray &path)
{
    const int nth = asked[service.toByteArray() + path]++;
    return {*situation, clock->now(), clock->steady() - enteredAt, nth};
}

HttpReply Staging::Private::serve(Service service, const HttpRequest &request)
{
    const bool upgrades = service == Service::Api && isChatPath(request.path) && request.wantsWebSocket();
    const QByteArray counted = QByteArray::number(static_cast<int>(service)) + (upgrades ? "upgrade" : "");
    const Moment moment = momentOf(counted, request.path);
    HttpReply reply = upgrades ? upgrade(request, moment) : serviceAnswer(service, request, moment, login);
    reply.headers.append({"x-cloud-trace-context"_ba, randomHex(16) + "/1"_ba});
    return reply;
}

HttpReply Staging::Private::upgrade(const HttpRequest &request, const Moment &moment)
{
    HttpReply reply = upgradeAnswer(moment);
    if (reply.status != 101)
        return reply;
    const QByteArray offered = request.header("Sec-WebSocket-Protocol");
    const QByteArray chosen = chosenSubprotocol(offered);
    reply.headers = {{"upgrade"_ba, "websocket"_ba},
                     {"connection"_ba, "Upgrade"_ba},
                     {"sec-websocket-accept"_ba, acceptKey(request.header("Sec-WebSocket-Key"))}};
    if (!chosen.isEmpty())
        reply.headers.append({"sec-websocket-protocol"_ba, chosen});
    const bool understood = offered.isEmpty() || !chosen.isEmpty();
    reply.takeOver = [this, understood](std::unique_ptr<QTcpSocket> socket, const QByteArray &rest) {
        auto *peer = new WebSocketPeer(std::move(socket), &chats);
        if (!understood) {
            peer->close(1003, "no subprotocols supported"_ba);
            return;
        }
        new Chat(*peer, clock);
        peer->begin(rest);
    };
    return reply;
}

Result<bool> Staging::Private::secure()
{
    if (!QSslSocket::supportsSsl())
        return Error{u"This Qt was built without TLS, so the rehearsal cannot serve HTTPS."_s,
                     u"Install Qt's OpenSSL backend (Debian: libqt6network6 with libssl3)."_s};
    const Result<Certificates> made = makeCertificates(clock->now());
    if (!made)
        return made.error();
    QFile file(directory.filePath(u"ca.pem"_s));
    if (!directory.isValid() || !file.open(QIODevice::WriteOnly)
        || file.write(made->authority) != made->authority.size())
        return Error{u"The rehearsal's CA certificate could not be written to "_s + directory.path() + u'.',
                     u"Check that the folder for temporary files exists and has space."_s};
    tls = std::make_unique<TlsListener>(*made, edge);
    tls->send(situation->chain);
    return true;
}

void Staging::Private::enter(const Situation &entered)
{
    situation = &entered;
    enteredAt = clock->steady();
    asked.clear();
    redis.set(entered.databases);
    postgres.set(entered.databases);
    if (tls)
        tls->send(entered.chain);
    if (entered.services == ServiceState::Unavailable)
        closeChats();
    Q_EMIT q->entered(entered.chapter, entered.sentence);
}

void Staging::Private::closeChats()
{
    const auto peers = chats.findChildren<WebSocketPeer *>(Qt::FindDirectChildrenOnly);
    for (WebSocketPeer *peer : peers)
        peer->close(1011, "service unavailable"_ba);
}

Staging::Staging(std::shared_ptr<const Clock> clock, QObject *parent)
    : QObject(parent), d(std::make_unique<Private>(this, std::move(clock)))
{
    connect(&d->next, &QTimer::timeout, this, [this] {
        const auto following = static_cast<std::size_t>(d->situation->chapter) + 1;
        if (following >= story().size())
            return;
        d->enter(story()[following]);
        if (const Duration lasts = d->situation->lasts; lasts > Duration::zero())
            d->next.start(std::chrono::ceil<std::chrono::milliseconds>(d->clock->toReal(lasts)));
    });
}

Staging::~Staging() = default;

Result<bool> Staging::listen()
{
    if (const Result<bool> secured = d->secure(); !secured)
        return secured;
    const auto failed = [](const QString &what) {
        return Error{u"The rehearsal could not open a port on 127.0.0.1: "_s + what,
                     u"Check that the loopback interface is up and the limit on open files (ulimit -n)."_s};
    };
    for (HttpListener *listener : {&d->api, &d->auth, &d->frontend, &d->cloud}) {
        if (!listener->listen())
            return failed(listener->errorText());
    }
    for (DatabaseListener *listener : {&d->redis, &d->postgres}) {
        if (!listener->listen())
            return failed(listener->errorText());
    }
    if (!d->tls->listenLocally())
        return failed(d->tls->errorString());
    d->declared = d->clock->now();
    return true;
}

QMap<QString, QString> Staging::variables() const
{
    const quint16 api = d->api.port();
    return {{u"API"_s, origin("http"_L1, api)},
            {u"WS"_s, origin("ws"_L1, api) + "/ws"_L1},
            {u"AUTH"_s, origin("http"_L1, d->auth.port())},
            {u"FRONTEND"_s, origin("http"_L1, d->frontend.port())},
            {u"CLOUD"_s, origin("http"_L1, d->cloud.port())},
            {u"TLS"_s, origin("tls"_L1, d->tls ? d->tls->serverPort() : quint16(0))},
            {u"REDIS"_s, origin("redis"_L1, d->redis.port())},
            {u"POSTGRES"_s, u"postgres://probe@127.0.0.1:%1/netra_staging"_s.arg(d->postgres.port())},
            {u"CA_FILE"_s, d->directory.filePath(u"ca.pem"_s)},
            {u"PROJECT"_s, project},
            {u"REGION"_s, region},
            {u"GOLDEN_USER"_s, d->login.email},
            {u"GOLDEN_PASSWORD"_s, d->login.password},
            {u"DECLARED"_s, toIso(d->declared)}};
}

void Staging::enter(Chapter chapter)
{
    d->next.stop();
    d->enter(situation(chapter));
}

void Staging::playStory()
{
    d->enter(story().front());
    d->next.start(std::chrono::ceil<std::chrono::milliseconds>(d->clock->toReal(d->situation->lasts)));
}

} // namespace allclear
