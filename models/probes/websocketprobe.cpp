#include "probes/websocketprobe.h"

#include "probes/httpreader.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration grace = 1s; ///< for what only adds detail: a refusal's body, the pong
constexpr qsizetype maxUnsent = 64 * 1024; ///< of pongs that the peer does not read
constexpr char keySuffix[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
constexpr char pingPayload[] = "allclear";
constexpr char normalClosure[] = "\x03\xe8"; // 1000

QByteArray randomKey()
{
    QByteArray key(16, Qt::Uninitialized);
    for (char &byte : key)
        byte = static_cast<char>(QRandomGenerator::system()->generate() & 0xffU);
    return key.toBase64();
}

/// Conditions about the answer make the probe wait for one.
bool readsAnswer(const Endpoint &endpoint)
{
    for (const QList<ConditionText> *list : {&endpoint.conditions, &endpoint.degradedWhen}) {
        for (const ConditionText &condition : *list) {
            if (condition.text.contains("[BODY]"_L1, Qt::CaseInsensitive) || condition.text.contains("[MESSAGE]"_L1, Qt::CaseInsensitive))
                return true;
        }
    }
    return false;
}

} // namespace

WebSocketProbe::WebSocketProbe(ProbeRequest request, ProbeServices &services)
    : TimedProbe(std::move(request), services), m_url(endpoint().url), m_frames(endpoint().client.maxMessageBytes)
{
    m_grace.setSingleShot(true);
    m_grace.setTimerType(Qt::PreciseTimer);
    connect(&m_grace, &QTimer::timeout, this, [this] {
        if (m_stage == Stage::Rejected) {
            rejected();
        } else {
            m_observation.notes.append(u"the server did not answer a ping within %1"_s.arg(durationText(m_graceLength)));
            finish();
        }
    });
    m_patience.setSingleShot(true);
    m_patience.setTimerType(Qt::PreciseTimer);
    connect(&m_patience, &QTimer::timeout, this, [this] { fail(m_conversation->ranOut()); });
}

WebSocketProbe::~WebSocketProbe() = default;

void WebSocketProbe::begin()
{
    m_wantsMessage = !endpoint().body.isEmpty() || readsAnswer(endpoint());
    const Result<StreamTarget> target = targetOf(m_url, endpoint().client);
    if (!target) {
        fail({.kind = FailureKind::Internal, .phase = {}, .message = target.error().message, .hint = {}});
        return;
    }
    // What follows a 101 may be a message already: the head's limit is the reader's, the rest is the frames'.
    m_reader = std::make_unique<HttpReader>(HttpExpect::Upgrade, HttpLimits{.headerBytes = endpoint().client.maxHeaderBytes,
                                                                            .bodyBytes = endpoint().client.maxBodyBytes});
    m_stream = std::make_unique<Stream>(services(), *target);
    connect(m_stream.get(), &Stream::opened, this, &WebSocketProbe::sendHandshake);
    connect(m_stream.get(), &Stream::received, this, &WebSocketProbe::received);
    connect(m_stream.get(), &Stream::ended, this, &WebSocketProbe::ended);
    connect(m_stream.get(), &Stream::failed, this, &WebSocketProbe::streamFailed);
    m_stream->open();
}

void WebSocketProbe::sendHandshake()
{
    m_key = randomKey();
    HeaderList headers{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Key", m_key}, {"Sec-WebSocket-Version", "13"}};
    m_offered = endpoint().client.subprotocols;
    for (const auto &[name, value] : endpoint().headers) {
        if (name.compare("Sec-WebSocket-Protocol", Qt::CaseInsensitive) == 0) {
            for (const QByteArray &part : value.split(','))
                m_offered.append(QString::fromUtf8(part.trimmed()));
        } else if (!hasHeader(headers, name)) {
            headers.emplaceBack(name, value);
        }
    }
    if (!m_offered.isEmpty())
        headers.emplaceBack("Sec-WebSocket-Protocol", m_offered.join(", "_L1).toUtf8());
    if (!hasHeader(headers, "User-Agent"))
        headers.emplaceBack("User-Agent", "Allclear/" ALLCLEAR_VERSION);
    if (!m_url.userInfo().isEmpty() && !hasHeader(headers, "Authorization"))
        headers.emplaceBack("Authorization", "Basic " + userInfoOf(m_url).toBase64());
    const Duration before = sinceStart();
    m_stream->write(requestHead("GET", m_url, headers));
    m_sentAt = sinceStart();
    addToPhase(Phase::Send, m_sentAt - before);
}

Phase WebSocketProbe::currentPhase() const
{
    if (m_stage == Stage::Conversation)
        return Phase::Conversation;
    if (m_stage == Stage::Message)
        return m_message || m_frames.hasPartial() ? Phase::Receive : Phase::Wait;
    if (m_reader && m_reader->hasBytes())
        return Phase::Receive;
    return m_stream ? m_stream->phase() : Phase::Dns;
}

void WebSocketProbe::received(const QByteArray &bytes)
{
    if (m_stage == Stage::Handshake || m_stage == Stage::Rejected) {
        readHandshake(bytes);
        return;
    }
    m_frames.feed(bytes);
    readFrames();
}

void WebSocketProbe::readHandshake(const QByteArray &bytes)
{
    if (!m_reader->hasBytes())
        m_firstByteAt = sinceStart();
    m_reader->feed(bytes);
    if (m_reader->headComplete() && m_reader->head().status != 101 && m_stage == Stage::Handshake) {
        m_stage = Stage::Rejected;
        stampLatency();
        startGrace();
    }
    if (m_stage == Stage::Rejected) {
        if (m_reader->failure() || m_reader->isComplete())
            rejected();
    } else if (m_reader->failure()) {
        fail(*m_reader->failure());
    } else if (m_reader->isComplete()) {
        accepted();
    }
}

std::optional<QString> WebSocketProbe::handshakeProblem() const
{
    const HttpHead &head = m_reader->head();
    const QByteArray expected = QCryptographicHash::hash(m_key + keySuffix, QCryptographicHash::Sha1).toBase64();
    if (!head.hasToken("Upgrade", "websocket") || !head.hasToken("Connection", "upgrade"))
        return u"the server switched protocols, but not to WebSocket"_s;
    if (head.header("Sec-WebSocket-Accept").value_or(QByteArray()) != expected)
        return u"the server's Sec-WebSocket-Accept does not fit the key that was sent"_s;
    if (head.header("Sec-WebSocket-Extensions"))
        return u"the server uses a WebSocket extension that was not offered"_s;
    if (const std::optional<QByteArray> chosen = head.header("Sec-WebSocket-Protocol");
        chosen && !m_offered.contains(QString::fromUtf8(*chosen)))
        return u"the server chose a subprotocol that was not offered"_s;
    return std::nullopt;
}

void WebSocketProbe::accepted()
{
    if (const std::optional<QString> problem = handshakeProblem()) {
        fail({.kind = FailureKind::Protocol, .phase = Phase::Receive, .message = *problem,
              .hint = u"a proxy in between may not know WebSocket"_s});
        return;
    }
    if (!m_offered.isEmpty() && !m_reader->head().header("Sec-WebSocket-Protocol"))
        m_observation.notes.append(u"the server ignored the offered subprotocols"_s);
    m_evidence.connected = true;
    m_frames.feed(m_reader->surplus());
    if (!endpoint().conversation.isEmpty()) {
        beginConversation();
    } else if (m_wantsMessage) {
        m_stage = Stage::Message;
        sendBody();
    } else {
        answered();
    }
    readFrames();
}

void WebSocketProbe::rejected()
{
    m_observation.answered = true;
    const HttpHead &head = m_reader->head();
    QString hint = u"the upgrade was answered with %1 %2"_s.arg(head.status).arg(QString::fromUtf8(head.reason));
    if (const auto retry = head.header("Retry-After"))
        hint += u"; it asks to try again after %1 s"_s.arg(QString::fromUtf8(*retry));
    if (const auto location = head.header("Location"))
        hint += u"; it points to %1"_s.arg(Secrets::maskUrl(QString::fromUtf8(*location)));
    fail({.kind = FailureKind::Rejected, .phase = {},
          .message = u"server rejected WebSocket connection: HTTP %1"_s.arg(head.status), .hint = hint});
}

void WebSocketProbe::sendBody()
{
    if (endpoint().body.isEmpty())
        return;
    m_stream->write(wsFrame(WsOpcode::Text, endpoint().body));
    keepExchange(Exchange::Way::Sent, endpoint().body);
}

void WebSocketProbe::keepExchange(Exchange::Way way, const QByteArray &message)
{
    m_observation.conversation.append({.way = way, .at = sinceStart(), .text = excerptOf(message), .entry = 0});
}

void WebSocketProbe::beginConversation()
{
    m_stage = Stage::Conversation;
    sendBody();
    m_conversation = std::make_unique<Conversation>(endpoint().conversation, context());
    continueConversation();
}

void WebSocketProbe::continueConversation()
{
    m_patience.stop();
    while (m_conversation->state() == Conversation::State::Sending) {
        if (const QByteArray message = m_conversation->takeMessage(sinceStart()); !m_conversation->ownFailure())
            m_stream->write(wsFrame(WsOpcode::Text, message));
    }
    switch (m_conversation->state()) {
    case Conversation::State::Failed: fail(*m_conversation->ownFailure()); break;
    case Conversation::State::Done:
        m_message = m_conversation->lastExpected();
        answered();
        break;
    default:
        if (const std::optional<Duration> end = m_conversation->patienceEnds()) {
            const Duration left = std::max(*end - sinceStart(), Duration::zero());
            m_patience.start(std::chrono::ceil<std::chrono::milliseconds>(services().clock().toReal(left)));
        }
    }
}

/// Latency ends here; the ping is measured on top of it.
void WebSocketProbe::answered()
{
    stampLatency();
    m_observation.answered = true;
    m_stage = Stage::Ping;
    m_pingAt = sinceStart();
    m_stream->write(wsFrame(WsOpcode::Ping, pingPayload));
    startGrace();
}

/// Ends before the deadline does: what only adds detail must not turn an answer into a timeout.
void WebSocketProbe::startGrace()
{
    const Duration left = (endpoint().client.timeout - sinceStart()) * 9 / 10;
    m_graceLength = std::clamp(left, Duration::zero(), grace);
    m_grace.start(std::chrono::floor<std::chrono::milliseconds>(services().clock().toReal(m_graceLength)));
}

/// RFC 6455, section 5.5.3 lets pongs be left out; a peer that pings and does not read gets no more of them.
void WebSocketProbe::answerPing(const QByteArray &payload)
{
    if (m_stream->unsent() < maxUnsent)
        m_stream->write(wsFrame(WsOpcode::Pong, payload));
}

void WebSocketProbe::readFrames()
{
    while (m_stage == Stage::Message || m_stage == Stage::Conversation || m_stage == Stage::Ping) {
        const std::optional<WsEvent> event = m_frames.next();
        if (!event)
            break;
        switch (event->type) {
        case WsOpcode::Ping: answerPing(event->payload); break;
        case WsOpcode::Pong:
            if (m_stage == Stage::Ping && event->payload == pingPayload) {
                m_observation.ping = sinceStart() - m_pingAt;
                finish();
                return;
            }
            break;
        case WsOpcode::Close: closedByPeer(*event); return;
        default:
            if (m_stage == Stage::Message) {
                m_message = event->payload;
                keepExchange(Exchange::Way::Received, event->payload);
                answered();
            } else if (m_stage == Stage::Conversation) {
                m_conversation->hear(event->payload, sinceStart());
                continueConversation();
            }
            break;
        }
        if (isDone())
            return;
    }
    if (m_frames.failure())
        fail(*m_frames.failure());
}

void WebSocketProbe::closedByPeer(const WsEvent &event)
{
    m_observation.code = QString::number(event.closeCode);
    QString told = QString::number(event.closeCode);
    if (const QString meaning = closeMeaning(event.closeCode); !meaning.isEmpty())
        told += u" ("_s + meaning + u')';
    if (!event.payload.isEmpty())
        told += u": "_s + QString::fromUtf8(event.payload);
    const bool friendly = event.closeCode == 1000 || event.closeCode == 1001 || event.closeCode == 1005;
    if (m_stage == Stage::Ping && friendly) {
        m_observation.notes.append(u"the server closed the WebSocket with %1"_s.arg(told));
        finish();
        return;
    }
    m_observation.answered = false;
    if (m_stage == Stage::Conversation) {
        fail(m_conversation->failure(FailureKind::Closed, u"the server closed the WebSocket with %1"_s.arg(told)));
        return;
    }
    fail({.kind = FailureKind::Closed, .phase = Phase::Receive,
          .message = u"the server closed the WebSocket with %1"_s.arg(told),
          .hint = u"1008 and 4xxx codes often mean that the login or token was not accepted"_s});
}

void WebSocketProbe::ended()
{
    if (m_stage == Stage::Handshake || m_stage == Stage::Rejected) {
        m_reader->end();
        if (m_stage == Stage::Rejected)
            rejected();
        else
            fail(*m_reader->failure());
        return;
    }
    m_observation.answered = false;
    if (m_stage == Stage::Conversation) {
        fail(m_conversation->failure(FailureKind::Closed, u"the server dropped the connection without closing the WebSocket"_s));
        return;
    }
    fail({.kind = FailureKind::Closed, .phase = Phase::Receive,
          .message = u"the server dropped the connection without closing the WebSocket"_s,
          .hint = u"a crash, a restart or a proxy's idle limit looks like this"_s});
}

void WebSocketProbe::streamFailed(Failure failure)
{
    if (m_stage == Stage::Rejected) {
        rejected();
        return;
    }
    if (m_stage != Stage::Handshake) {
        m_observation.answered = false;
        failure.phase = m_stage == Stage::Conversation ? Phase::Conversation : Phase::Receive;
    } else if (m_reader->hasBytes()) {
        failure.phase = Phase::Receive;
    }
    fail(failure);
}

Failure WebSocketProbe::timedOut() const
{
    return m_stage == Stage::Conversation ? m_conversation->ranOut() : TimedProbe::timedOut();
}

void WebSocketProbe::release()
{
    m_grace.stop();
    m_patience.stop();
    if (m_conversation) {
        m_observation.conversation += m_conversation->transcript();
        m_observation.notes.append(m_conversation->notes());
    }
    if (!m_stream)
        return;
    disconnect(m_stream.get(), nullptr, this, nullptr);
    keepConnectionPhases(*m_stream);
    if (m_reader->hasBytes()) {
        addToPhase(Phase::Wait, m_firstByteAt - m_sentAt);
        addToPhase(Phase::Receive, std::max(Duration::zero(), m_observation.latency - m_firstByteAt));
    }
    keepConnection(*m_stream);
    keepAnswer();
    if (m_evidence.connected == true)
        m_stream->write(wsFrame(WsOpcode::Close, QByteArray(normalClosure, 2)));
    letGo(m_stream);
}

void WebSocketProbe::keepAnswer()
{
    m_evidence.connected = m_evidence.connected.value_or(false);
    if (!m_reader->headComplete())
        return;
    const HttpHead &head = m_reader->head();
    m_observation.protocol = head.status == 101 ? u"websocket"_s : u"http/"_s + QString::fromLatin1(head.version);
    const QByteArray &answer = m_message ? *m_message : m_reader->body();
    m_observation.bytes = answer.size();
    m_observation.excerpt = excerptOf(answer);
    keepHead(head);
    if (m_observation.answered && m_message)
        m_evidence.body = m_evidence.message = *m_message;
}

} // namespace allclear
