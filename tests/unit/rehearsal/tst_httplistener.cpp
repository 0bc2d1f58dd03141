#include "rehearsal/httplistener.h"
#include "support/testmain.h"

#include <QSignalSpy>
#include <QTcpSocket>

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

class TestHttpListener : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void readsHeads_data();
    void readsHeads();
    void knowsAWebSocketUpgrade_data();
    void knowsAWebSocketUpgrade();
    void answers_data();
    void answers();
    void givesTheBodyToTheHandler();
    void keepsConnectionsAlive();
    void answersPipelinedRequestsInOrder();
    void answersLateInClockTime();
    void handsOverAfter101WithTheBytesThatFollowed();
    void survivesAPeerThatDoesNotWait();
    void destroyedWhileAnAnswerIsDue();

private:
    static HttpReply echo(const HttpRequest &request)
    {
        return {.status = 200, .contentType = "text/plain"_ba, .body = request.method + ' ' + request.path + ' ' + request.body};
    }
    std::shared_ptr<const Clock> m_clock = std::make_shared<ScaledClock>(1000, TimePoint());
};

namespace {

struct Client {
    explicit Client(const HttpListener &listener)
    {
        QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [this] { received += socket.readAll(); });
        socket.connectToHost(u"127.0.0.1"_s, listener.port());
    }
    QTcpSocket socket;
    QByteArray received;
};

} // namespace

void TestHttpListener::readsHeads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("state");
    QTest::addColumn<QByteArray>("rest");
    const auto row = [](const char *name, const QByteArray &bytes, HeadState state, const QByteArray &rest = {}) {
        QTest::newRow(name) << bytes << static_cast<int>(state) << rest;
    };
    using enum HeadState;
    row("nothing yet", {}, Incomplete);
    row("half a request line", "GET / HT", Incomplete, "GET / HT");
    row("a request line without the empty line", "GET / HTTP/1.1\r\n", Incomplete, "GET / HTTP/1.1\r\n");
    row("the smallest request", "GET / HTTP/1.1\r\n\r\n", Complete);
    row("bytes after the head stay", "GET / HTTP/1.1\r\nA: b\r\n\r\nbody", Complete, "body");
    row("an empty line before the request is skipped", "\r\nGET / HTTP/1.1\r\n\r\n", Complete);
    row("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", Complete);
    row("HTTP/2 in text", "GET / HTTP/2.0\r\n\r\n", Malformed, "GET / HTTP/2.0\r\n\r\n");
    row("no version", "GET /\r\n\r\n", Malformed, "GET /\r\n\r\n");
    row("a path that does not start with a slash", "GET x HTTP/1.1\r\n\r\n", Malformed, "GET x HTTP/1.1\r\n\r\n");
    row("two spaces", "GET  / HTTP/1.1\r\n\r\n", Malformed, "GET  / HTTP/1.1\r\n\r\n");
    row("a method that is no token", "G(T / HTTP/1.1\r\n\r\n", Malformed, "G(T / HTTP/1.1\r\n\r\n");
    row("a header without a colon", "GET / HTTP/1.1\r\nA\r\n\r\n", Malformed, "GET / HTTP/1.1\r\nA\r\n\r\n");
    row("a header without a name", "GET / HTTP/1.1\r\n: b\r\n\r\n", Malformed, "GET / HTTP/1.1\r\n: b\r\n\r\n");
    row("a space before the colon", "GET / HTTP/1.1\r\nA : b\r\n\r\n", Malformed, "GET / HTTP/1.1\r\nA : b\r\n\r\n");
    const QByteArray endless = "GET / HTTP/1.1\r\nA: " + QByteArray(maxHeadBytes, 'a');
    row("a head without an end", endless, TooLarge, endless);
    row("a head that ends beyond the limit", endless + "\r\n\r\n", TooLarge, endless + "\r\n\r\n");
}

void TestHttpListener::readsHeads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, rest);
    HttpRequest request;
    QTEST(static_cast<int>(readHead(bytes, request)), "state");
    QCOMPARE(bytes, rest);
}

void TestHttpListener::knowsAWebSocketUpgrade_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("upgrade");
    const QByteArray key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", version = "Sec-WebSocket-Version: 13\r\n";
    const QByteArray both = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    QTest::newRow("the example of RFC 6455") << "GET /ws HTTP/1.1\r\n" + both + key + version + "\r\n" << true;
    QTest::newRow("a list and other cases")
        << "GET /ws HTTP/1.1\r\nconnection: keep-alive, UPGRADE\r\nupgrade: WebSocket\r\n" + key + version + "\r\n" << true;
    QTest::newRow("a plain GET") << "GET /ws HTTP/1.1\r\n\r\n"_ba << false;
    QTest::newRow("a POST") << "POST /ws HTTP/1.1\r\n" + both + key + version + "\r\n" << false;
    QTest::newRow("no key") << "GET /ws HTTP/1.1\r\n" + both + version + "\r\n" << false;
    QTest::newRow("a short key") << "GET /ws HTTP/1.1\r\n" + both + "Sec-WebSocket-Key: abc=\r\n" + version + "\r\n" << false;
    QTest::newRow("an old version")
        << "GET /ws HTTP/1.1\r\n" + both + key + "Sec-WebSocket-Version: 8\r\n\r\n" << false;
}

void TestHttpListener::knowsAWebSocketUpgrade()
{
    QFETCH(QByteArray, head);
    HttpRequest request;
    QCOMPARE(readHead(head, request), HeadState::Complete);
    QTEST(request.wantsWebSocket(), "upgrade");
}

void TestHttpListener::answers_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("statusLine");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("closes");
    QTest::newRow("a GET is answered and stays open")
        << "GET /a?b=c HTTP/1.1\r\n\r\n"_ba << "HTTP/1.1 200 OK"_ba << "GET /a "_ba << false;
    QTest::newRow("Connection: close closes")
        << "GET /a HTTP/1.1\r\nConnection: close\r\n\r\n"_ba << "HTTP/1.1 200 OK"_ba << "GET /a "_ba << true;
    QTest::newRow("HTTP/1.0 closes") << "GET / HTTP/1.0\r\n\r\n"_ba << "HTTP/1.1 200 OK"_ba << "GET / "_ba << true;
    QTest::newRow("HTTP/1.0 with keep-alive stays open")
        << "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"_ba << "HTTP/1.1 200 OK"_ba << "GET / "_ba << false;
    QTest::newRow("HEAD has no body") << "HEAD / HTTP/1.1\r\n\r\n"_ba << "HTTP/1.1 200 OK"_ba << ""_ba << false;
    QTest::newRow("a request that is not HTTP is refused")
        << "HELLO\r\n\r\n"_ba << "HTTP/1.1 400 Bad Request"_ba << "The request is not HTTP/1.1.\n"_ba << true;
    QTest::newRow("a Content-Length that is no number is refused")
        << "POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n"_ba << "HTTP/1.1 400 Bad Request"_ba
        << "The Content-Length is not a number.\n"_ba << true;
    QTest::newRow("a negative Content-Length is refused")
        << "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"_ba << "HTTP/1.1 400 Bad Request"_ba
        << "The Content-Length is not a number.\n"_ba << true;
    QTest::newRow("a chunked body is refused")
        << "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"_ba << "HTTP/1.1 501 Not Implemented"_ba
        << "Only bodies with a Content-Length are understood.\n"_ba << true;
    QTest::newRow("a body over the limit is refused")
        << "POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n"_ba << "HTTP/1.1 413 Content Too Large"_ba
        << "The request's body is larger than 1 MiB.\n"_ba << true;
    QTest::newRow("headers over the limit are refused")
        << "GET / HTTP/1.1\r\nA: " + QByteArray(maxHeadBytes - 18, 'a') << "HTTP/1.1 431 Request Header Fields Too Large"_ba
        << "The request's headers are larger than 64 KiB.\n"_ba << true;
}

void TestHttpListener::answers()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, statusLine);
    QFETCH(QByteArray, body);
    QFETCH(bool, closes);
    HttpListener listener(m_clock, echo);
    QVERIFY2(listener.listen(), qPrintable(listener.errorText()));
    Client client(listener);
    client.socket.write(request);
    QTRY_VERIFY(client.received.contains("\r\n\r\n") && client.received.endsWith(body));
    QVERIFY2(client.received.startsWith(statusLine + "\r\n"), client.received.constData());
    QCOMPARE(client.received.sliced(client.received.indexOf("\r\n\r\n") + 4), body);
    QVERIFY(client.received.contains("server: Google Frontend\r\n"));
    QVERIFY(client.received.contains("date: "));
    QVERIFY(client.received.contains(closes ? "connection: close\r\n" : "connection: keep-alive\r\n"));
    if (closes)
        QTRY_COMPARE(client.socket.state(), QAbstractSocket::UnconnectedState);
    else
        QCOMPARE(client.socket.state(), QAbstractSocket::ConnectedState);
}

void TestHttpListener::givesTheBodyToTheHandler()
{
    HttpListener listener(m_clock, echo);
    QVERIFY(listener.listen());
    Client client(listener);
    client.socket.write("POST /in HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    QTRY_VERIFY(client.received.startsWith("HTTP/1.1 100 Continue\r\n\r\n"));
    client.socket.write("he");
    client.socket.flush();
    client.socket.write("llo");
    QTRY_VERIFY(client.received.endsWith("POST /in hello"));
}

void TestHttpListener::keepsConnectionsAlive()
{
    HttpListener listener(m_clock, echo);
    QVERIFY(listener.listen());
    Client client(listener);
    for (int i = 0; i < 3; ++i) {
        const QByteArray path = "/" + QByteArray::number(i);
        client.socket.write("GET " + path + " HTTP/1.1\r\n\r\n");
        QTRY_VERIFY(client.received.endsWith("GET " + path + ' '));
    }
}

void TestHttpListener::answersPipelinedRequestsInOrder()
{
    int nth = 0;
    HttpListener listener(m_clock, [&nth](const HttpRequest &request) {
        HttpReply reply = echo(request);
        reply.after = nth++ == 0 ? Duration(20s) : Duration::zero();
        return reply;
    });
    QVERIFY(listener.listen());
    Client client(listener);
    client.socket.write("GET /slow HTTP/1.1\r\n\r\nGET /quick HTTP/1.1\r\n\r\n");
    QTRY_VERIFY(client.received.endsWith("GET /quick "));
    QVERIFY(client.received.indexOf("GET /slow ") < client.received.indexOf("GET /quick "));
}

void TestHttpListener::answersLateInClockTime()
{
    HttpListener listener(m_clock, [](const HttpRequest &) { return HttpReply{.body = "{}"_ba, .after = 10s}; });
    QVERIFY(listener.listen());
    Client client(listener);
    const Duration asked = m_clock->steady();
    client.socket.write("GET / HTTP/1.1\r\n\r\n");
    QTRY_VERIFY(client.received.endsWith("{}"));
    QVERIFY2(m_clock->steady() - asked >= 9s, "an answer after 10 s of clock time came too early");
}

void TestHttpListener::handsOverAfter101WithTheBytesThatFollowed()
{
    std::unique_ptr<QTcpSocket> taken;
    QByteArray rest;
    HttpListener listener(m_clock, [&](const HttpRequest &) {
        HttpReply reply{.status = 101};
        reply.takeOver = [&](std::unique_ptr<QTcpSocket> socket, const QByteArray &bytes) {
            taken = std::move(socket);
            rest = bytes;
        };
        return reply;
    });
    QVERIFY(listener.listen());
    Client client(listener);
    client.socket.write("GET /ws HTTP/1.1\r\n\r\nframe");
    QTRY_VERIFY(client.received.startsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    QVERIFY(taken);
    QCOMPARE(rest + taken->readAll(), "frame"_ba);
    taken->write("mine");
    QTRY_VERIFY(client.received.endsWith("\r\n\r\nmine"));
}

void TestHttpListener::survivesAPeerThatDoesNotWait()
{
    HttpListener listener(m_clock, [](const HttpRequest &) { return HttpReply{.after = 20s}; });
    QVERIFY(listener.listen());
    for (int i = 0; i < 5; ++i) {
        Client client(listener);
        QSignalSpy connected(&client.socket, &QTcpSocket::connected);
        QVERIFY(connected.wait());
        client.socket.write("GET / HTTP/1.1\r\n\r\n");
        client.socket.flush();
        client.socket.abort();
    }
    Client patient(listener);
    patient.socket.write("GET / HTTP/1.1\r\n\r\n");
    QTRY_VERIFY(patient.received.startsWith("HTTP/1.1 200 OK"));
}

void TestHttpListener::destroyedWhileAnAnswerIsDue()
{
    bool asked = false;
    auto listener = std::make_unique<HttpListener>(m_clock, [&asked](const HttpRequest &) {
        asked = true;
        return HttpReply{.after = std::chrono::hours(10)};
    });
    QVERIFY(listener->listen());
    Client client(*listener);
    client.socket.write("GET / HTTP/1.1\r\n\r\n");
    QTRY_VERIFY(asked);
    listener.reset();
    QTRY_COMPARE(client.socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(client.received.isEmpty());
}

QTEST_GUILESS_MAIN(TestHttpListener)
#include "tst_httplistener.moc"
