// The fault table of HTTP/2: frames that break the rules, streams that are given up, floods that carry nothing, bombs.
#include "support/faulttable.h"
#include "support/http2server.h"
#include "support/testmain.h"

using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace
{

constexpr int endStream = 1, endHeaders = 4;

QByteArray headers(const Http2Fields &fields, int flags = endHeaders)
{
    return frame(NGHTTP2_HEADERS, flags, 1, headerBlock(fields));
}
QByteArray okHead(int flags = endHeaders) { return headers({{":status", "200"}}, flags); }
QByteArray data(const QByteArray &bytes, int flags = 0) { return frame(NGHTTP2_DATA, flags, 1, bytes); }
QByteArray resetWith(quint32 code) { return frame(NGHTTP2_RST_STREAM, 0, 1, bigEndian(code)); }
QByteArray goaway(quint32 last, quint32 code) { return frame(NGHTTP2_GOAWAY, 0, 0, bigEndian(last) + bigEndian(code)); }

class Http2Faults : public FaultTable
{
public:
    Http2Faults() { setConditions({u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 60000"_s}); }

    Http2Server &row(const char *name, Http2Script script, const char *kind, const char *phase = "")
    {
        Http2Server &server = serve<Http2Server>(std::move(script), tls());
        add(u"h2: "_s + QString::fromUtf8(name), server.url(), QString::fromLatin1(kind), QString::fromLatin1(phase));
        return server;
    }

    void addStages();
    void addAnswers();
    void addMalformed();
    void addFloods();
};

void Http2Faults::addStages()
{
    const QByteArray ping = frame(NGHTTP2_PING, 0, 0, "12345678");
    row("silent after the request", {.raw = ping}, "timeout", "wait");
    row("silent in a frame's head", {.raw = okHead().first(5)}, "timeout");
    row("silent in the head", {.raw = okHead().chopped(2)}, "timeout");
    row("silent after the head", {.raw = okHead()}, "timeout", "receive");
    row("silent in the body", {.raw = okHead() + data("abc")}, "timeout", "receive");
    row("silent between the head's frames", {.raw = okHead(0)}, "timeout", "receive");
    row("pings now and then, for ever", {.then = Then::Drip, .tail = ping}, "timeout", "wait");
    row("a byte of body now and then, for ever", {.raw = okHead(), .then = Then::Drip, .tail = data("x")}, "timeout",
        "receive");
    for (const auto &[how, then] : {std::pair("closes", Then::Close), {"resets", Then::Reset}}) {
        row(qPrintable(u"%1 after the request"_s.arg(QLatin1StringView(how))), {.raw = ping, .then = then}, "closed");
        row(qPrintable(u"%1 in the head"_s.arg(QLatin1StringView(how))), {.raw = okHead().chopped(2), .then = then},
            "closed");
        row(qPrintable(u"%1 in the body"_s.arg(QLatin1StringView(how))), {.raw = okHead() + data("abc"), .then = then},
            "closed", "receive");
    }
    row("gives the stream up", {.raw = resetWith(NGHTTP2_INTERNAL_ERROR)}, "closed");
    row("refuses the stream", {.raw = resetWith(NGHTTP2_REFUSED_STREAM)}, "closed");
    row("gives the stream up in the body", {.raw = okHead() + data("abc") + resetWith(NGHTTP2_CANCEL)}, "closed",
        "receive");
    row("says goodbye and leaves the request out", {.raw = goaway(0, NGHTTP2_NO_ERROR)}, "closed");
    row("says goodbye in the body", {.raw = okHead() + data("a") + goaway(1, NGHTTP2_INTERNAL_ERROR)}, "closed");
    row("wants HTTP/1.1", {.raw = resetWith(NGHTTP2_HTTP_1_1_REQUIRED)}, "protocol");
}

void Http2Faults::addAnswers()
{
    row("an answer", {.body = "fine"}, "");
    row("100 and 103 before the answer", {.body = "fine", .interim = {"100", "103"}}, "");
    row("trailers", {.body = "fine", .trailers = {{"x-sum", "1"}}}, "");
    row("a friendly goodbye before the answer", {.raw = goaway(1, NGHTTP2_NO_ERROR) + okHead() + data("x", endStream)},
        "");
    row("frames of an unknown type", {.raw = frame(0xbb, 0, 0, "grease") + okHead() + data("x", endStream)}, "");
    row("503", {.status = "503", .body = "busy"}, "condition");
    last().status = 503;
    row("999", {.status = "999", .body = "busy"}, "condition");
    row("ten redirects and one more", {}, "redirect").answer = [n = 0](const Http2Request &) mutable {
        return Http2Script{.status = "302", .headers = {{"location", "/" + QByteArray::number(++n)}}};
    };
    row("redirects to itself", {.status = "302", .headers = {{"location", "/"}}}, "redirect");
    row("downgrades to http", {.status = "301", .headers = {{"location", "http://127.0.0.1:1/"}}}, "redirect");
}

void Http2Faults::addMalformed()
{
    const auto wrong = [this](const char *name, Http2Script script) { row(name, std::move(script), "protocol"); };
    wrong("less than the announced length", {.headers = {{"content-length", "10"}}, .body = "abc"});
    wrong("more than the announced length", {.headers = {{"content-length", "2"}}, .body = "abc"});
    wrong("a negative length", {.headers = {{"content-length", "-1"}}, .body = "abc"});
    wrong("two lengths", {.headers = {{"content-length", "3"}, {"content-length", "4"}}, .body = "abc"});
    wrong("no status", {.raw = headers({{"a", "b"}}, endHeaders | endStream)});
    wrong("two statuses", {.raw = headers({{":status", "200"}, {":status", "500"}}, endHeaders | endStream)});
    for (const char *status : {"000", "009", "99", "1000", "2x0", "-20", ""})
        row(qPrintable(u"the status \"%1\""_s.arg(QLatin1StringView(status))), {.status = status, .body = "x"},
            "protocol");
    wrong("101, which HTTP/2 does not have", {.status = "101"});
    wrong("a status after the headers", {.raw = headers({{"a", "b"}, {":status", "200"}}, endHeaders | endStream)});
    wrong("an unknown pseudo header", {.raw = headers({{":status", "200"}, {":x", "y"}}, endHeaders | endStream)});
    wrong("a capital letter in a header",
          {.raw = headers({{":status", "200"}, {"Server", "x"}}, endHeaders | endStream)});
    wrong("a header of HTTP/1.1", {.headers = {{"transfer-encoding", "chunked"}}, .body = "x"});
    wrong("a line break in a header", {.headers = {{"a", "b\r\nc: d"}}});
    wrong("a NUL in a header", {.headers = {{"a", QByteArray("b\0c", 3)}}});
    wrong("a body before the head", {.raw = data("abc", endStream)});
    wrong("compression of headers that is broken",
          {.raw = frame(NGHTTP2_HEADERS, endHeaders, 1, QByteArray(4, '\xff'))});
    wrong("a frame larger than allowed", {.raw = okHead() + data(QByteArray(70'000, 'x'))});
    wrong("a ping of three bytes", {.raw = frame(NGHTTP2_PING, 0, 0, "123")});
    wrong("a ping on a stream", {.raw = frame(NGHTTP2_PING, 0, 1, "12345678")});
    wrong("a window beyond its limit", {.raw = frame(NGHTTP2_WINDOW_UPDATE, 0, 0, bigEndian(0x7fffffff))});
    wrong("a window of zero", {.raw = frame(NGHTTP2_WINDOW_UPDATE, 0, 0, bigEndian(0))});
    wrong("another stream", {.raw = frame(NGHTTP2_HEADERS, endHeaders, 2, headerBlock({{":status", "200"}}))});
    wrong("a push",
          {.raw = frame(NGHTTP2_PUSH_PROMISE, endHeaders, 1,
                        bigEndian(2) + headerBlock({{":method", "GET"}, {":path", "/"}}))});
    wrong("HTTP/1.1 after the handshake", {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    wrong("garbage", {.raw = QByteArray(300, '\x7f')});
    wrong("gzip that is none", {.headers = {{"content-encoding", "gzip"}}, .body = "no gzip at all"});
    wrong("gzip that is cut off", {.headers = {{"content-encoding", "gzip"}}, .body = gzipBomb(1).first(40)});
}

void Http2Faults::addFloods()
{
    const auto endless = [this](const char *name, const QByteArray &start, const QByteArray &tail, const char *kind) {
        row(name, {.raw = start, .then = Then::Flood, .tail = tail}, kind);
    };
    row("a gzip bomb of a gigabyte", {.headers = {{"content-encoding", "gzip"}}, .body = gzipBomb(1024)}, "oversize",
        "receive");
    row("a body over the limit", {.body = QByteArray(5 << 20, 'x')}, "oversize", "receive");
    endless("pings without end", "", frame(NGHTTP2_PING, 0, 0, "12345678").repeated(100), "protocol");
    endless("settings without end", "", frame(NGHTTP2_SETTINGS, 0, 0, {}).repeated(100), "protocol");
    endless("resets of streams that are not there, without end", "",
            frame(NGHTTP2_RST_STREAM, 0, 3, bigEndian(8)).repeated(100), "protocol");
    endless("windows without end", "", frame(NGHTTP2_WINDOW_UPDATE, 0, 0, bigEndian(1)).repeated(100), "protocol");
    endless("priorities without end", "", frame(NGHTTP2_PRIORITY, 0, 1, bigEndian(3) + '\1').repeated(100), "protocol");
    endless("empty data without end", okHead(), data({}).repeated(100), "protocol");
    endless("continuations without end", okHead(0),
            frame(NGHTTP2_CONTINUATION, 0, 1, headerBlock({{"a", "b"}})).repeated(100), "protocol");
    endless("large continuations without end", okHead(0),
            frame(NGHTTP2_CONTINUATION, 0, 1, headerBlock({{"a", QByteArray(16'000, 'x')}})), "protocol|oversize");
    endless("interim answers without end", "", headers({{":status", "103"}}).repeated(100), "protocol");
    endless("frames of an unknown type without end", "", frame(0xbb, 0, 0, QByteArray(16'000, 'x')), "protocol");
    endless("one-byte frames of body without end", okHead(), data("x").repeated(100), "protocol|oversize|timeout");
}

} // namespace

class TestFaultsHttp2 : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyFault()
    {
        Http2Faults table;
        table.addStages();
        table.addAnswers();
        table.addMalformed();
        table.addFloods();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsHttp2)
#include "tst_faults_http2.moc"
