// The fault table of HTTP/1.1 over TCP and TLS: every way a server can be wrong, and the oddities that are right.
#include "support/faulttable.h"
#include "support/testmain.h"

#include <QHostInfo>

using namespace allclear::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace
{

QByteArray head(const QByteArray &headers) { return "HTTP/1.1 200 OK\r\n" + headers + "\r\n"; }
QByteArray lengthOf(qsizetype size) { return "Content-Length: " + QByteArray::number(size) + "\r\n"; }
QByteArray ok(const QByteArray &body, const QByteArray &headers = {})
{
    return head(lengthOf(body.size()) + headers) + body;
}
QByteArray chunked(const QByteArray &chunks) { return head("Transfer-Encoding: chunked\r\n") + chunks; }
QByteArray redirectTo(const QByteArray &location, int status = 302)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " Go\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
}
QByteArray oneChunk(const QByteArray &bytes) { return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n"; }

class HttpFaults : public FaultTable
{
public:
    HttpFaults() { setConditions({u"[STATUS] == 200"_s, u"[RESPONSE_TIME] < 60000"_s}); }

    FaultServer &server(const QString &name, Script script, const QString &kind, const QString &phase = {},
                        Wrapped wrapped = Wrapped::Plain)
    {
        const bool isTls = wrapped == Wrapped::Tls;
        FaultServer &made =
            isTls ? serve<FaultServer>(std::move(script), tls()) : serve<FaultServer>(std::move(script));
        add((isTls ? u"https: "_s : u"http: "_s) + name, made.url(isTls ? u"https"_s : u"http"_s), kind, phase);
        return made;
    }
    FaultRow &row(const char *name, const QByteArray &bytes, const char *kind, const char *phase = "",
                  Then then = Then::KeepOpen, const QByteArray &tail = {})
    {
        server(QString::fromUtf8(name), {.bytes = bytes, .then = then, .tail = tail}, QString::fromLatin1(kind),
               QString::fromLatin1(phase));
        return last();
    }

    void addStages(Wrapped wrapped);
    void addRightOddities();
    void addMalformed();
    void addFloods();
    void addRedirects();
    void addBodies();
    void addConnections();
};

void HttpFaults::addStages(Wrapped wrapped)
{
    const QByteArray slowHead = "HTTP/1.1 200 OK and so on and on\r\n";
    const QList<Stage> stages{
        {u"after the request"_s, "", slowHead, u"wait"_s},
        {u"in the protocol's name"_s, "HT", "TP/1.1 200 OK\r\n", u"receive"_s},
        {u"in the status line"_s, "HTTP/1.1 2", "00 OK, that is all right with us", u"receive"_s},
        {u"in the headers"_s, "HTTP/1.1 200 OK\r\nX: ", "y", u"receive"_s},
        {u"after an interim answer"_s, "HTTP/1.1 103 Early Hints\r\n\r\n", slowHead, u"receive"_s},
        {u"before the body"_s, head(lengthOf(99999)), "z", u"receive"_s},
        {u"in the body"_s, head(lengthOf(99999)) + "abc", "z", u"receive"_s},
        {u"in a compressed body"_s, head(lengthOf(99999) + "Content-Encoding: gzip\r\n") + gzipBomb(1).first(12),
         gzipBomb(1).sliced(12), u"receive"_s},
        {u"in a chunk's size"_s, chunked("1"), "0", u"receive"_s},
        {u"in a chunk"_s, chunked("ffff\r\nabc"), "z", u"receive"_s},
        {u"between chunks"_s, chunked(oneChunk("abc")), "ffff\r\nzzzzzzzzzzzzzzzzzzz", u"receive"_s},
        {u"in the trailers"_s, chunked("0\r\nX: "), "y", u"receive"_s}};
    for (const Stage &stage : stages) {
        server(u"silent "_s + stage.name, {.bytes = stage.bytes}, u"timeout"_s, stage.waiting, wrapped);
        server(u"closes "_s + stage.name, {.bytes = stage.bytes, .then = Then::Close}, u"closed"_s, stage.waiting,
               wrapped);
        server(u"half-closes "_s + stage.name, {.bytes = stage.bytes, .then = Then::HalfClose}, u"closed"_s,
               stage.waiting, wrapped);
        server(u"resets "_s + stage.name, {.bytes = stage.bytes, .then = Then::Reset}, u"closed"_s, stage.waiting,
               wrapped);
        server(u"a byte every 100 ms "_s + stage.name,
               {.bytes = stage.bytes, .then = Then::Drip, .tail = stage.tail, .dripEvery = 100ms}, u"timeout"_s,
               u"receive"_s, wrapped);
    }
    for (const Then then : {Then::Close, Then::Reset})
        server(then == Then::Close ? u"closes on accept"_s : u"resets on accept"_s,
               {.then = then, .when = When::OnConnect}, u"closed"_s, u"wait"_s, wrapped);
}

/// Unusual, but an answer: a probe that fails here cries wolf.
void HttpFaults::addRightOddities()
{
    row("100 before the answer", "HTTP/1.1 100 Continue\r\n\r\n" + ok("fine"), "").status = 200;
    row("103 with headers before the answer", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + ok("fine"), "")
        .status = 200;
    row("ten interim answers", QByteArray("HTTP/1.1 102 Processing\r\n\r\n").repeated(10) + ok("fine"), "").status =
        200;
    row("garbage behind a whole answer", ok("fine") + "garbage", "");
    row("a second answer behind the first", ok("fine") + "HTTP/1.1 500 No\r\n\r\n", "").status = 200;
    row("stays open behind a whole answer", ok("fine"), "");
    row("resets behind a whole answer", ok("fine"), "", "", Then::Reset);
    row("floods behind a whole answer", ok("fine"), "", "", Then::Flood, QByteArray(65536, 'x'));
    row("a body that ends with the connection", head("") + "fine", "", "", Then::Close);
    row("a body that ends with half of the connection", head("") + "fine", "", "", Then::HalfClose);
    row("no reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "");
    row("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nfine", "");
    row("the same length twice", head(lengthOf(4) + lengthOf(4)) + "fine", "");
    row("an empty body", ok(""), "");
    row("2,000 headers", ok("fine", QByteArray("X: y\r\n").repeated(2000)), "");
    row("bytes above 127 in a header", ok("fine", "X: \xff\xfe\x80\r\n"), "");
    row("a header that is folded", ok("fine", "X: a\r\n b\r\n"), "");
    row("lines that end in a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 4\n\nfine", "");
    row("chunks with extensions and trailers", chunked("4;a=b\r\nfine\r\n0\r\nX: y\r\n\r\n"), "");
    row("chunk sizes with zeros in front", chunked("00000004\r\nfine\r\n000\r\n\r\n"), "");
    row("both framings, the chunks count",
        head(lengthOf(99) + "Transfer-Encoding: chunked\r\n") + oneChunk("fine") + "0\r\n\r\n", "");
    row("204 with a length and no body", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "").conditions = {
        u"[STATUS] == 204"_s};
    row("204 with a body that it may not have", "HTTP/1.1 204 No Content\r\n\r\nhello", "").conditions = {
        u"[STATUS] == 204"_s};
    row("304 that announces a body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", "").conditions = {
        u"[STATUS] == 304"_s};
    row("an answer to HEAD that announces a body", head(lengthOf(99)), "").more = u"method: HEAD"_s;
    server(u"answers before it was asked"_s, {.bytes = ok("fine"), .when = When::OnConnect}, {});
    server(u"answers before it was asked and closes"_s,
           {.bytes = ok("fine"), .then = Then::Close, .when = When::OnConnect}, {});
    server(u"answers after most of a second"_s, {.bytes = ok("fine"), .delay = 700ms}, {});
    server(u"a good answer"_s, {.bytes = ok("fine")}, {}, {}, Wrapped::Tls);
}

void HttpFaults::addMalformed()
{
    const auto wrong = [&](const char *name, const QByteArray &bytes) { row(name, bytes, "protocol", "receive"); };
    wrong("an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n");
    wrong("a Redis error", "-ERR unknown command 'GET'\r\n");
    wrong("an SMTP greeting", "220 mail.test ESMTP\r\n");
    wrong("a PostgreSQL error", QByteArray("E\0\0\0\x10SFATAL\0\0", 14));
    wrong("a TLS alert on a plain port", QByteArray("\x15\x03\x01\x00\x02\x02\x46", 7));
    wrong("garbage", QByteArray(300, '\x7f'));
    wrong("zeros", QByteArray(300, '\0'));
    wrong("HTTP/2 frames on a plain port", QByteArray("\0\0\0\x04\0\0\0\0\0", 9));
    wrong("an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n");
    wrong("a header first", "Content-Length: 4\r\n\r\nfine");
    wrong("HTTP in small letters", "http/1.1 200 OK\r\n\r\n");
    wrong("HTTP/9.9", "HTTP/9.9 200 OK\r\n\r\n");
    wrong("HTTP/2.0 in the status line", "HTTP/2.0 200 OK\r\n\r\n");
    wrong("HTTP without a version", "HTTP 200 OK\r\n\r\n");
    wrong("ICY, not HTTP", "ICY 200 OK\r\n\r\n");
    for (const char *status :
         {"000", "099", "99", "1000", "2000", "-200", "+200", "20x", "two hundred", "", "200OK", " 200"})
        server(u"the status \"%1\""_s.arg(QLatin1StringView(status)),
               {.bytes = "HTTP/1.1 " + QByteArray(status) + " Odd\r\nContent-Length: 0\r\n\r\n"}, u"protocol"_s,
               u"receive"_s);
    wrong("a NUL in the status line", QByteArray("HTTP/1.1 200 O\0K\r\n\r\n", 20));
    wrong("a carriage return in the status line", "HTTP/1.1 200 O\rK\r\n\r\n");
    wrong("a header without a colon", head("nonsense\r\n"));
    wrong("a header without a name", head(": x\r\n"));
    wrong("a space before the colon", head("Content-Length : 4\r\n") + "fine");
    wrong("a space in a header's name", head("X Y: z\r\n"));
    wrong("a NUL in a header", head(QByteArray("X: a\0b\r\n", 8)));
    wrong("an escape sequence in a header", head("X: \x1b[31m\r\n"));
    wrong("a fold before the first header", "HTTP/1.1 200 OK\r\n X: y\r\n\r\n");
    for (const char *length :
         {"-1", "+5", "5.0", "0x5", "5 5", "", "five", "99999999999999999999", "18446744073709551620", "5, 6", "5;"})
        server(u"the length \"%1\""_s.arg(QLatin1StringView(length)),
               {.bytes = head("Content-Length: " + QByteArray(length) + "\r\n") + "hello", .then = Then::Close},
               u"protocol"_s, u"receive"_s);
    wrong("two lengths", head(lengthOf(5) + lengthOf(6)) + "hello!");
    for (const char *size :
         {"xyz", "-5", "+5", "0x5", "", "ffffffffffffffff", "ffffffffffffffffff", "5 5", ";", "5\t5"})
        server(u"the chunk size \"%1\""_s.arg(QLatin1StringView(size)),
               {.bytes = chunked(QByteArray(size) + "\r\nhello\r\n0\r\n\r\n")}, u"protocol"_s, u"receive"_s);
    wrong("a chunk longer than it said", chunked("2\r\nhello\r\n0\r\n\r\n"));
    wrong("a chunk shorter than it said", chunked("6\r\nhell\r\n0\r\n\r\nxxxxxx\r\n"));
    wrong("a trailer without a colon", chunked("0\r\nnonsense\r\n\r\n"));
    for (const char *coding :
         {"chunked, identity", "identity", "gzip", "gzip, chunked", "chunked, chunked", "xchunked", "\"chunked\""})
        server(u"the transfer encoding %1"_s.arg(QLatin1StringView(coding)),
               {.bytes = head("Transfer-Encoding: " + QByteArray(coding) + "\r\n") + "0\r\n\r\n", .then = Then::Close},
               u"protocol"_s, u"receive"_s);
    wrong("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n");
    wrong("101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
    wrong("gzip that is none", ok("hello", "Content-Encoding: gzip\r\n"));
    wrong("deflate that is none", ok("\xff\xff\xff\xff", "Content-Encoding: deflate\r\n"));
    wrong("gzip that is cut off", ok(gzipBomb(1).first(40), "Content-Encoding: gzip\r\n"));
}

void HttpFaults::addFloods()
{
    const QByteArray much(65536, 'x');
    const QByteArray gigabyte = gzipBomb(1024);
    const auto endless = [&](const char *name, const QByteArray &start, const QByteArray &tail,
                             const char *kind = "oversize") { row(name, start, kind, "receive", Then::Flood, tail); };
    endless("a body without end", head(""), much);
    endless("a body of 100 TB", head(lengthOf(100'000'000'000'000)), much);
    endless("chunks without end", chunked(""), oneChunk(QByteArray(4096, 'x')));
    endless("one chunk without end", chunked("fffffffffffff\r\n"), much);
    endless("a chunk's extension without end", chunked("5;x="), much, "protocol");
    endless("trailers without end", chunked("0\r\n"), "X: " + QByteArray(1000, 'x') + "\r\n");
    endless("a status line without end", "HTTP/1.1 200 ", much);
    endless("headers without end", "HTTP/1.1 200 OK\r\n", "X: " + QByteArray(1000, 'x') + "\r\n");
    endless("one header without end", "HTTP/1.1 200 OK\r\nX: ", much);
    endless("a header that is folded without end", "HTTP/1.1 200 OK\r\nX: y\r\n", " " + QByteArray(1000, 'x') + "\r\n");
    endless("interim answers without end", "", "HTTP/1.1 100 Continue\r\n\r\n");
    endless("interim headers without end", "",
            "HTTP/1.1 103 Early Hints\r\nLink: " + QByteArray(2000, 'x') + "\r\n\r\n");
    endless("line feeds without end", "HTTP/1.1 200 OK\r\nX:y\n", QByteArray("X:\n").repeated(2000));
    endless("one-byte chunks without end", chunked(""), "1\r\nx\r\n", "oversize|timeout|protocol");
    endless("empty gzip blocks without end", head("Content-Encoding: gzip\r\n") + gzipBomb(1).first(10),
            QByteArray("\0\0\0\xff\xff", 5));
    row("one header of 10 MB", head("X: " + QByteArray(10 << 20, 'x') + "\r\n"), "oversize", "receive");
    row("100,000 headers", ok("fine", QByteArray("X: y\r\n").repeated(100'000)), "oversize", "receive");
    row("a gzip bomb of a gigabyte", ok(gigabyte, "Content-Encoding: gzip\r\n"), "oversize", "receive");
    row("a gzip bomb of a gigabyte in chunks",
        head("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") + oneChunk(gigabyte) + "0\r\n\r\n", "oversize",
        "receive");
    row("a gzip bomb without a length", head("Content-Encoding: gzip\r\n") + gigabyte, "oversize", "receive",
        Then::Close);
    row("a gzip bomb that answers with 503",
        "HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\n" + lengthOf(gigabyte.size()) + "\r\n" + gigabyte, "oversize",
        "receive");
    server(u"a gzip bomb of a gigabyte"_s, {.bytes = ok(gigabyte, "Content-Encoding: gzip\r\n")}, u"oversize"_s,
           u"receive"_s, Wrapped::Tls);
    server(u"a body without end"_s, {.bytes = head(""), .then = Then::Flood, .tail = much}, u"oversize"_s, u"receive"_s,
           Wrapped::Tls);
    server(u"headers without end"_s,
           {.bytes = "HTTP/1.1 200 OK\r\n", .then = Then::Flood, .tail = "X: " + QByteArray(1000, 'x') + "\r\n"},
           u"oversize"_s, u"receive"_s, Wrapped::Tls);
    row("5 MiB, over the limit", ok(QByteArray(5 << 20, 'x')), "oversize", "receive");
    row("4 MiB, just within the limit", ok(QByteArray(4 << 20, 'x')), "");
}

void HttpFaults::addRedirects()
{
    row("redirects to itself", redirectTo("/"), "redirect", "receive");
    row("redirects to a file", redirectTo("file:///etc/passwd"), "redirect");
    row("redirects to ftp", redirectTo("ftp://127.0.0.1/x"), "redirect");
    row("redirects to data", redirectTo("data:text/plain,ok"), "redirect");
    row("redirects to javascript", redirectTo("javascript:alert(1)"), "redirect");
    row("redirects to no host", redirectTo("http://"), "redirect");
    row("redirects to a URL that is none", redirectTo("http://[::1"), "redirect");
    row("redirects to port 0", redirectTo("http://127.0.0.1:0/"), "redirect|protocol|refused|unreachable");
    row("redirects to where nobody listens", redirectTo("http://127.0.0.1:" + QByteArray::number(closedPort()) + "/"),
        "refused", "connect");
    row("redirects to a name that does not resolve", redirectTo("http://nothing.here.invalid/"), "dns", "dns");
    row("redirects without saying where", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "condition").status = 302;
    row("redirects with an empty place", redirectTo(""), "condition").status = 302;
    row("300 with a place is an answer", redirectTo("/other", 300), "condition").status = 300;
    row("redirects and the body never ends", "HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n", "oversize", "receive",
        Then::Flood, QByteArray(65536, 'x'));
    row("redirects, not followed as the file says", redirectTo("/"), "condition").client = u"ignore-redirect: true"_s;
    last().status = 302;
    const auto counting = [this](const QString &name, int redirects, const QByteArray &place, const QString &kind) {
        server(name, {}, kind).answer = [=, n = 0](const QByteArray &) mutable {
            return n++ < redirects ? redirectTo(place + QByteArray::number(n)) : ok("fine");
        };
    };
    counting(u"ten redirects"_s, 10, "/", {});
    counting(u"eleven redirects"_s, 11, "/", u"redirect"_s);
    counting(u"redirects to itself, each time another query"_s, 1'000'000, "?n=", u"redirect"_s);
    counting(u"redirects to ever deeper paths"_s, 1'000'000, "deeper/", u"redirect"_s);
    server(u"redirects between two paths"_s, {}, u"redirect"_s).answer = [](const QByteArray &request) {
        return redirectTo(request.startsWith("GET /a") ? "/b" : "/a");
    };
    for (const int status : {301, 302, 303, 307, 308})
        server(u"downgrades to http by %1"_s.arg(status), {.bytes = redirectTo("http://127.0.0.1:1/", status)},
               u"redirect"_s, u"receive"_s, Wrapped::Tls);
    FaultServer &good = serve<FaultServer>(Script{.bytes = ok("fine")}, tls());
    row("upgrades to https", redirectTo(good.url(u"https"_s).toLatin1()), "").status = 200;
}

void HttpFaults::addBodies()
{
    const auto body = [this](const char *name, const QByteArray &bytes, const char *kind, const QString &condition) {
        row(name, ok(bytes), kind).conditions = {condition};
        last().status = 200;
    };
    const QByteArray deepArray = QByteArray(100'000, '[') + QByteArray(100'000, ']');
    const QByteArray deepObject = QByteArray("{\"a\":").repeated(100'000) + "1" + QByteArray(100'000, '}');
    body("JSON 100,000 arrays deep", deepArray, "condition", u"[BODY].a == 1"_s);
    body("JSON 100,000 objects deep", deepObject, "condition", u"[BODY].a != 1"_s);
    body("JSON 100,000 deep and has()", deepObject, "condition", u"has([BODY].b) == false"_s);
    body("JSON 100,000 deep and the length of its text", deepArray, "", u"len([BODY]) == 200000"_s);
    body("JSON that is cut off", "{\"a\": 1", "condition", u"[BODY].a == 1"_s);
    body("JSON with a number beyond all numbers", "{\"a\": 1e999999}", "condition", u"[BODY].a < 5"_s);
    body("JSON with an integer of 400 digits", "{\"a\": " + QByteArray(400, '9') + "}", "condition", u"[BODY].a < 5"_s);
    body("JSON with NaN", "{\"a\": NaN}", "condition", u"[BODY].a != 5"_s);
    body("JSON with invalid UTF-8", "{\"a\": \"\xff\xfe\"}", "condition", u"[BODY].a.b != x"_s);
    body("JSON with the key twice, the last counts", "{\"a\": 1, \"a\": 2}", "", u"[BODY].a == 2"_s);
    body("JSON with an index far out", "{\"a\": [1]}", "condition", u"[BODY].a[999999] != 1"_s);
    body("JSON with null", "{\"a\": null}", "condition", u"[BODY].a > 1"_s);
    body("no JSON at all and has()", "fine", "condition", u"has([BODY].a) == false"_s);
    body("HTML where JSON belongs", "<html>ok</html>", "condition", u"[BODY].status != down"_s);
    body("an empty body and a path", "", "condition", u"[BODY].a != 1"_s);
    body("4 MB of invalid UTF-8", QByteArray(4'000'000, '\xff'), "condition", u"[BODY].a == 1"_s);
    body("an emoji cut by the excerpt's end", "x" + QByteArray("\xf0\x9f\x98\x80").repeated(20'000), "",
         u"[STATUS] == 200"_s);
    body("terminal control in the body", "\x1b]0;pwned\x07\x1b[2J", "", u"[STATUS] == 200"_s);
    body("a pattern that would backtrack", QByteArray(30'000, 'a'), "condition",
         u"[BODY] == pat(*a*a*a*a*a*a*a*a*b)"_s);
    body("a regular expression that would backtrack", QByteArray(5'000, 'a'), "condition",
         u"[BODY] == matches(/(a+)+b/)"_s);
    for (const int status : {400, 401, 403, 404, 418, 429, 500, 502, 503, 504, 599, 999})
        row(qPrintable(u"answers %1"_s.arg(status)),
            "HTTP/1.1 " + QByteArray::number(status) + " No\r\nContent-Length: 4\r\n\r\nbusy", "condition")
            .status = status;
    row("a header that is not there", ok("fine"), "condition").conditions = {u"[HEADER].nothing != x"_s};
    row("200 whose body says it is down", ok("{\"status\":\"down\"}"), "condition").conditions = {
        u"[BODY].status == up"_s};
}

void HttpFaults::addConnections()
{
    add(u"http: refused"_s, u"http://127.0.0.1:%1/"_s.arg(closedPort()), u"refused"_s, u"connect"_s).status = 0;
    add(u"https: refused"_s, u"https://127.0.0.1:%1/"_s.arg(closedPort()), u"refused"_s, u"connect"_s).status = 0;
    add(u"http: refused on ::1"_s, u"http://[::1]:%1/"_s.arg(closedPort()), u"refused|unreachable"_s, u"connect"_s);
    add(u"http: a name that does not resolve"_s, u"http://nothing.here.invalid/"_s, u"dns"_s, u"dns"_s);
    add(u"http: a full accept queue"_s, u"http://127.0.0.1:%1/"_s.arg(serve<FullQueue>().port()), u"timeout"_s,
        u"connect"_s);
    add(u"https: a full accept queue"_s, u"https://127.0.0.1:%1/"_s.arg(serve<FullQueue>().port()), u"timeout"_s,
        u"connect"_s);
    FaultServer &v6 = serve<FaultServer>(Script{.bytes = ok("fine")}, QHostAddress(QHostAddress::LocalHostIPv6));
    if (v6.isListening())
        add(u"http: answers on ::1"_s, v6.url(u"http"_s), {});
    const QHostInfo localhost = QHostInfo::fromName(u"localhost"_s);
    if (v6.isListening() && localhost.addresses().size() > 1)
        add(u"http: two addresses, one of them dead"_s, u"http://localhost:%1/"_s.arg(v6.port()), {});
    FaultServer &plain = serve<FaultServer>(Script{.bytes = ok("fine")});
    add(u"https: plain HTTP on the port"_s, plain.url(u"https"_s), u"tls|timeout"_s, u"tls"_s);
    const auto raw = [this](const char *name, Script script, const char *kind) {
        script.when = When::OnConnect;
        add(u"https: "_s + QString::fromUtf8(name), serve<FaultServer>(std::move(script)).url(u"https"_s),
            QString::fromLatin1(kind), u"tls"_s);
    };
    raw("says plain HTTP at once", {.bytes = "HTTP/1.1 400 Bad Request\r\n\r\n"}, "tls");
    raw("an SSH banner", {.bytes = "SSH-2.0-OpenSSH_9.2\r\n"}, "tls");
    raw("garbage without end", {.then = Then::Flood, .tail = QByteArray(4096, 'x')}, "tls");
    raw("silent in the handshake", {}, "timeout");
    raw("closes in the handshake", {.then = Then::Close}, "closed");
    raw("resets in the handshake", {.then = Then::Reset}, "closed");
    FaultServer &tlsPort = serve<FaultServer>(Script{.bytes = ok("fine")}, tls());
    add(u"http: TLS on the port"_s, tlsPort.url(u"http"_s), u"protocol|closed"_s);
    DialogueServer &redis =
        serve<DialogueServer>(Dialogue{.answers = {"-ERR unknown command 'GET', with args beginning with: '/'\r\n"}});
    add(u"http: Redis on the port"_s, redis.url(u"http"_s, u"/"_s), u"protocol"_s);
    addChainVerdicts(*this, u"https"_s, u"/"_s);
    TlsServer &bad = serve<TlsServer>(TlsScript{.sends = {makeIdentity({.commonName = u"x"_s})}});
    add(u"https: insecure lets a bad chain through, and it stays silent"_s, bad.url(u"https"_s), u"timeout"_s,
        u"wait"_s)
        .client = u"insecure: true"_s;
    last().verdict = u"self-signed"_s;
}

} // namespace

class TestFaultsHttp : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void everyStage()
    {
        HttpFaults table;
        table.addStages(Wrapped::Plain);
        table.addStages(Wrapped::Tls);
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }

    void everyFault()
    {
        HttpFaults table;
        table.addRightOddities();
        table.addMalformed();
        table.addFloods();
        table.addRedirects();
        table.addBodies();
        table.addConnections();
        const QString differences = table.differences();
        QVERIFY2(differences.isEmpty(), qPrintable(u'\n' + differences));
    }
};

QTEST_GUILESS_MAIN(TestFaultsHttp)
#include "tst_faults_http.moc"
