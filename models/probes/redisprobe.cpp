#include "probes/redisprobe.h"

#include "probes/redisanswers.h"
#include "probes/stream.h"

#include <QUrl>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int defaultPort = 6379;

} // namespace

RedisProbe::RedisProbe(ProbeRequest request, ProbeServices &services)
    : TimedProbe(std::move(request), services), m_reader(endpoint().client.maxBodyBytes)
{
}

RedisProbe::~RedisProbe() = default;

void RedisProbe::begin()
{
    const QUrl url(endpoint().url);
    if (!url.isValid() || url.host().isEmpty()) {
        fail({.kind = FailureKind::Internal,
              .phase = {},
              .message = u"the URL of this Redis has no host"_s,
              .hint = {}});
        return;
    }
    planCommands(url.userName(QUrl::FullyDecoded), url.password(QUrl::FullyDecoded), url.path());
    const Security security = url.scheme() == "rediss"_L1 ? Security::Tls : Security::Plain;
    m_stream = std::make_unique<Stream>(services(),
                                        StreamTarget{.host = url.host(),
                                                     .port = static_cast<quint16>(url.port(defaultPort)),
                                                     .security = security,
                                                     .client = endpoint().client,
                                                     .alpn = {}});
    connect(m_stream.get(), &Stream::opened, this, &RedisProbe::sendNext);
    connect(m_stream.get(), &Stream::received, this, &RedisProbe::received);
    connect(m_stream.get(), &Stream::failed, this, &RedisProbe::streamFailed);
    connect(m_stream.get(), &Stream::ended, this, [this] {
        streamFailed({.kind = FailureKind::Closed,
                      .phase = {},
                      .message = u"the server closed the connection"_s,
                      .hint = u"a crash, a restart or a proxy without a server behind it looks like this"_s});
    });
    m_stream->open();
}

void RedisProbe::planCommands(const QString &user, const QString &password, const QString &path)
{
    if (!password.isEmpty() && user.isEmpty())
        m_commands.append({Step::Auth, {"AUTH", password.toUtf8()}});
    else if (!password.isEmpty())
        m_commands.append({Step::Auth, {"AUTH", user.toUtf8(), password.toUtf8()}});
    if (path.size() > 1)
        m_commands.append({Step::Select, {"SELECT", path.sliced(1).toUtf8()}});
    m_commands.append({Step::Ping, {"PING"}});
    const QByteArray own = endpoint().body.simplified();
    m_commands.append({Step::Ask, own.isEmpty() ? QList<QByteArray>{"INFO"} : own.split(' ')});
}

void RedisProbe::sendNext()
{
    m_hasByte = false;
    const Duration before = sinceStart();
    m_stream->write(respCommand(current().words));
    m_sentAt = sinceStart();
    addToPhase(Phase::Send, m_sentAt - before);
}

Phase RedisProbe::currentPhase() const
{
    if (m_hasByte)
        return Phase::Receive;
    return m_stream ? m_stream->phase() : Phase::Dns;
}

void RedisProbe::received(const QByteArray &bytes)
{
    if (!m_hasByte) {
        m_firstByteAt = sinceStart();
        addToPhase(Phase::Wait, m_firstByteAt - m_sentAt);
    }
    m_hasByte = true;
    m_reader.feed(bytes);
    if (const std::unique_ptr<RespValue> reply = m_reader.next())
        replied(*reply);
    else if (m_reader.failure())
        fail(*m_reader.failure());
}

void RedisProbe::replied(const RespValue &reply)
{
    addToPhase(Phase::Receive, sinceStart() - m_firstByteAt);
    m_evidence.connected = true;
    if (reply.type == RespValue::Type::Error) {
        rejected(reply);
        return;
    }
    const bool fits = current().step == Step::Ask
        || (reply.type == RespValue::Type::Status && reply.text == (current().step == Step::Ping ? "PONG" : "OK"));
    if (!fits || m_reader.hasPartial()) {
        unexpected(reply);
    } else if (current().step == Step::Ask) {
        keepAsked(reply);
    } else {
        m_commands.removeFirst();
        sendNext();
    }
}

void RedisProbe::rejected(const RespValue &reply)
{
    stampLatency();
    m_observation.answered = true;
    m_observation.code = redisErrorWord(reply.text);
    m_observation.bytes = reply.text.size();
    m_observation.excerpt = excerptOf(reply.text);
    fail(redisRefusal(reply.text, current().words.front()));
}

void RedisProbe::unexpected(const RespValue &reply)
{
    const QString command = QString::fromUtf8(current().words.front());
    const QString got = m_reader.hasPartial()
        ? u"more than one reply to %1"_s.arg(command)
        : u"something else than %1 to %2: %3"_s.arg(current().step == Step::Ping ? u"PONG"_s : u"OK"_s, command,
                                                    QString::fromUtf8(respText(reply).value_or("nil")).left(80));
    fail({.kind = FailureKind::Protocol,
          .phase = Phase::Receive,
          .message = u"the server sent %1"_s.arg(got),
          .hint = u"a proxy in between may mix up connections"_s});
}

void RedisProbe::keepAsked(const RespValue &reply)
{
    stampLatency();
    std::optional<QByteArray> body = respText(reply);
    if (endpoint().body.simplified().isEmpty()) {
        const std::optional<QByteArray> json = body ? redisInfoJson(*body) : std::nullopt;
        if (!json) {
            fail({.kind = FailureKind::Protocol,
                  .phase = Phase::Receive,
                  .message = u"the reply to INFO does not say which Redis this is"_s,
                  .hint = u"a server that only resembles Redis may answer PING; set body: PING to ask for no more"_s});
            return;
        }
        body = json;
    }
    m_observation.answered = true;
    if (!body)
        m_observation.notes.append(u"the reply is nil: [BODY] has no value"_s);
    m_observation.bytes = body.value_or(QByteArray()).size();
    m_observation.excerpt = excerptOf(body.value_or(QByteArray()));
    m_evidence.body = body;
    finish();
}

void RedisProbe::streamFailed(Failure failure)
{
    if (failure.kind == FailureKind::Closed && m_stream->phase() == Phase::Wait) {
        failure.phase = m_hasByte ? Phase::Receive : Phase::Wait;
        const QString when = m_hasByte ? u"in the middle of its reply to %1"_s : u"before it answered %1"_s;
        failure.message =
            u"the server closed or reset the connection %1"_s.arg(when.arg(QString::fromUtf8(current().words.front())));
    }
    fail(failure);
}

void RedisProbe::release()
{
    if (!m_stream)
        return;
    keepConnectionPhases(*m_stream);
    keepConnection(*m_stream);
    m_observation.protocol = m_evidence.connected == true ? u"redis"_s : QString();
    m_evidence.connected = m_evidence.connected.value_or(false);
    letGo(m_stream);
}

} // namespace allclear
