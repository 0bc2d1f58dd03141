#include "rehearsal/httpconnection.h"

#include <QDateTime>
#include <QLocale>
#include <QTcpSocket>
#include <QTimer>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

QByteArray reason(int status)
{
    switch (status) {
    case 101: return "Switching Protocols"_ba;
    case 200: return "OK"_ba;
    case 400: return "Bad Request"_ba;
    case 401: return "Unauthorized"_ba;
    case 403: return "Forbidden"_ba;
    case 404: return "Not Found"_ba;
    case 405: return "Method Not Allowed"_ba;
    case 413: return "Content Too Large"_ba;
    case 422: return "Unprocessable Content"_ba;
    case 426: return "Upgrade Required"_ba;
    case 431: return "Request Header Fields Too Large"_ba;
    case 501: return "Not Implemented"_ba;
    case 503: return "Service Unavailable"_ba;
    default: return "Unknown"_ba;
    }
}

QByteArray httpDate()
{
    return QLocale::c().toString(QDateTime::currentDateTimeUtc(), u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s).toLatin1();
}

} // namespace

HttpConnection::HttpConnection(std::unique_ptr<QTcpSocket> socket, std::shared_ptr<const Clock> clock,
                               HttpHandler handler, QObject *parent)
    : QObject(parent), m_socket(std::move(socket)), m_clock(std::move(clock)), m_handler(std::move(handler))
{
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &HttpConnection::readRequests);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &QObject::deleteLater);
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        deleteLater();
    else if (m_socket->bytesAvailable() > 0)
        readRequests();
}

HttpConnection::~HttpConnection()
{
    if (m_socket)
        m_socket->disconnect(this);
}

void HttpConnection::readRequests()
{
    if (m_stage == Stage::Ending) {
        m_socket->readAll();
        return;
    }
    m_buffer += m_socket->readAll();
    while (readOne()) { }
}

bool HttpConnection::readOne()
{
    if (m_stage == Stage::Head) {
        switch (readHead(m_buffer, m_request)) {
        case HeadState::Incomplete: return false;
        case HeadState::Malformed: refuse(400, "The request is not HTTP/1.1."_ba); return false;
        case HeadState::TooLarge: refuse(431, "The request's headers are larger than 64 KiB."_ba); return false;
        case HeadState::Complete: break;
        }
        const auto length = bodyLength();
        if (!length)
            return false;
        m_bodyLength = *length;
        m_stage = Stage::Body;
        if (m_request.header("Expect").compare("100-continue", Qt::CaseInsensitive) == 0)
            m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (m_stage != Stage::Body || m_buffer.size() < m_bodyLength)
        return false;
    m_request.body = m_buffer.first(m_bodyLength);
    m_buffer.remove(0, m_bodyLength);
    m_stage = Stage::Answering;
    answerLater(m_handler(m_request));
    return m_stage == Stage::Head;
}

std::optional<qsizetype> HttpConnection::bodyLength()
{
    if (!m_request.header("Transfer-Encoding").isEmpty()) {
        refuse(501, "Only bodies with a Content-Length are understood."_ba);
        return std::nullopt;
    }
    const QByteArray text = m_request.header("Content-Length");
    if (text.isEmpty())
        return 0;
    bool ok = false;
    const qlonglong length = text.toLongLong(&ok);
    if (!ok || length < 0) {
        refuse(400, "The Content-Length is not a number."_ba);
        return std::nullopt;
    }
    if (length > maxRequestBodyBytes) {
        refuse(413, "The request's body is larger than 1 MiB."_ba);
        return std::nullopt;
    }
    return qsizetype(length);
}

void HttpConnection::refuse(int status, const QByteArray &text)
{
    m_buffer.clear();
    m_request = HttpRequest();
    answer({.status = status, .contentType = "text/plain"_ba, .body = text + '\n', .close = true});
}

void HttpConnection::answerLater(const HttpReply &reply)
{
    const auto wait = std::chrono::round<std::chrono::milliseconds>(m_clock->toReal(reply.after));
    if (wait <= 0ms) {
        answer(reply);
        return;
    }
    QTimer::singleShot(wait, Qt::PreciseTimer, this, [this, reply] {
        answer(reply);
        if (m_stage == Stage::Head && m_socket)
            readRequests();
    });
}

void HttpConnection::answer(const HttpReply &reply)
{
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        return; // the peer did not wait
    if (reply.status == 101 && reply.takeOver) {
        handOver(reply);
        return;
    }
    const bool keepAlive = keepsAlive(reply);
    QByteArray bytes = head(reply, keepAlive);
    if (m_request.method != "HEAD")
        bytes += reply.body;
    m_socket->write(bytes);
    m_stage = keepAlive ? Stage::Head : Stage::Ending;
    if (!keepAlive)
        m_socket->disconnectFromHost(); // after the bytes are out
}

void HttpConnection::handOver(const HttpReply &reply)
{
    m_stage = Stage::Ending;
    m_socket->write(head(reply, true));
    m_socket->disconnect(this);
    reply.takeOver(std::move(m_socket), m_buffer);
    deleteLater();
}

bool HttpConnection::keepsAlive(const HttpReply &reply) const
{
    const QByteArray connection = m_request.header("Connection").toLower();
    if (reply.close || connection.contains("close"))
        return false;
    return m_request.minorVersion == 1 || connection.contains("keep-alive");
}

QByteArray HttpConnection::head(const HttpReply &reply, bool keepAlive) const
{
    QByteArray text = "HTTP/1.1 "_ba + QByteArray::number(reply.status) + ' ' + reason(reply.status) + "\r\n"_ba;
    const auto add = [&text](const QByteArray &name, const QByteArray &value) { text += name + ": " + value + "\r\n"; };
    add("date"_ba, httpDate());
    add("server"_ba, "Google Frontend"_ba);
    if (reply.status != 101) {
        add("content-type"_ba, reply.contentType);
        add("content-length"_ba, QByteArray::number(reply.body.size()));
        add("connection"_ba, keepAlive ? "keep-alive"_ba : "close"_ba);
    }
    for (const auto &[name, value] : reply.headers)
        add(name, value);
    return text + "\r\n"_ba;
}

} // namespace allclear::rehearsal
