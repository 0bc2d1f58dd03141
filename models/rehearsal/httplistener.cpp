#include "rehearsal/httplistener.h"

#include "rehearsal/httpconnection.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

namespace allclear::rehearsal {

namespace {

bool isToken(const QByteArray &text)
{
    constexpr QByteArrayView extra = "!#$%&'*+-.^_`|~";
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || extra.contains(c);
    });
}

bool readRequestLine(const QByteArray &line, HttpRequest &request)
{
    const QList<QByteArray> parts = line.split(' ');
    if (parts.size() != 3 || !isToken(parts[0]) || !parts[1].startsWith('/'))
        return false;
    if (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0")
        return false;
    request.method = parts[0];
    request.minorVersion = parts[2].endsWith('1') ? 1 : 0;
    const qsizetype question = parts[1].indexOf('?');
    request.path = question < 0 ? parts[1] : parts[1].first(question);
    request.query = question < 0 ? QByteArray() : parts[1].sliced(question + 1);
    return true;
}

bool readHeaderLine(const QByteArray &line, HttpRequest &request)
{
    const qsizetype colon = line.indexOf(':');
    if (colon <= 0 || !isToken(line.first(colon)))
        return false;
    request.headers.append({line.first(colon), line.sliced(colon + 1).trimmed()});
    return true;
}

bool holdsToken(const QByteArray &list, QByteArrayView token)
{
    const QList<QByteArray> items = list.split(',');
    return std::any_of(items.begin(), items.end(), [&](const QByteArray &item) {
        return item.trimmed().compare(token, Qt::CaseInsensitive) == 0;
    });
}

} // namespace

QByteArray HttpRequest::header(QByteArrayView name) const
{
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto &entry) {
        return entry.first.compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == headers.end() ? QByteArray() : found->second;
}

bool HttpRequest::wantsWebSocket() const
{
    return method == "GET" && holdsToken(header("Connection"), "upgrade") && holdsToken(header("Upgrade"), "websocket")
        && header("Sec-WebSocket-Version") == "13" && QByteArray::fromBase64(header("Sec-WebSocket-Key")).size() == 16;
}

HeadState readHead(QByteArray &buffer, HttpRequest &request)
{
    while (buffer.startsWith("\r\n")) // RFC 9112, 2.2: an empty line before a request is skipped
        buffer.remove(0, 2);
    const qsizetype end = buffer.indexOf("\r\n\r\n");
    if (end > maxHeadBytes || (end < 0 && buffer.size() > maxHeadBytes))
        return HeadState::TooLarge;
    if (end < 0)
        return HeadState::Incomplete;
    request = HttpRequest();
    qsizetype start = 0;
    for (bool first = true; start < end; first = false) {
        const qsizetype stop = buffer.indexOf("\r\n", start);
        const QByteArray line = buffer.sliced(start, stop - start);
        if (!(first ? readRequestLine(line, request) : readHeaderLine(line, request)))
            return HeadState::Malformed;
        start = stop + 2;
    }
    buffer.remove(0, end + 4);
    return HeadState::Complete;
}

HttpListener::HttpListener(std::shared_ptr<const Clock> clock, HttpHandler handler, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_handler(std::move(handler)), m_server(new QTcpServer(this))
{
    connect(m_server, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = m_server->nextPendingConnection()) {
            socket->setParent(nullptr);
            serve(std::unique_ptr<QTcpSocket>(socket));
        }
    });
}

bool HttpListener::listen() { return m_server->listen(QHostAddress::LocalHost, 0); }
quint16 HttpListener::port() const { return m_server->serverPort(); }
QString HttpListener::errorText() const { return m_server->errorString(); }

void HttpListener::serve(std::unique_ptr<QTcpSocket> socket)
{
    new HttpConnection(std::move(socket), m_clock, m_handler, this);
}

} // namespace allclear::rehearsal
