#include "probes/httpreader.h"

#include "probes/httpinflate.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxShown = 60;
constexpr int maxChunkLine = 4096; // its extensions included

/// Bytes from the network as a short quotation: control characters as \xNN.
QString quoted(QByteArrayView bytes)
{
    QString text;
    for (const char c : bytes.first(std::min<qsizetype>(bytes.size(), maxShown))) {
        if (c >= 0x20 && c < 0x7f)
            text += QLatin1Char(c);
        else
            text += u"\\x%1"_s.arg(static_cast<unsigned char>(c), 2, 16, QLatin1Char('0'));
    }
    return bytes.size() > maxShown ? text + u'…' : text;
}

bool isTokenChar(char c)
{
    static constexpr QByteArrayView others = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.contains(c);
}

bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b) { return a.compare(b, Qt::CaseInsensitive) == 0; }

/// Digits only, at most 18 of them: no sign, no overflow.
std::optional<qint64> toLength(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 18 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return text.toByteArray().toLongLong();
}

} // namespace

std::optional<QByteArray> HttpHead::header(QByteArrayView name) const
{
    const auto found = std::ranges::find_if(headers, [&](const auto &h) { return equalsIgnoringCase(h.first, name); });
    return found == headers.end() ? std::nullopt : std::optional(found->second);
}

bool HttpHead::hasToken(QByteArrayView name, QByteArrayView token) const
{
    return std::ranges::any_of(headers, [&](const auto &header) {
        if (!equalsIgnoringCase(header.first, name))
            return false;
        const QList<QByteArray> parts = header.second.split(',');
        return std::ranges::any_of(parts, [&](const QByteArray &part) { return equalsIgnoringCase(part.trimmed(), token); });
    });
}

HttpReader::HttpReader(HttpExpect expect, HttpLimits limits) : m_expect(expect), m_limits(limits) {}
HttpReader::~HttpReader() = default;

void HttpReader::fail(FailureKind kind, QString message, QString hint)
{
    if (!m_failure)
        m_failure = Failure{.kind = kind, .phase = Phase::Receive, .message = std::move(message), .hint = std::move(hint)};
}

bool HttpReader::takeLine(QByteArray &line)
{
    const qsizetype end = m_buffer.indexOf('\n');
    const qint64 length = end < 0 ? m_buffer.size() : end + 1;
    const bool inChunks = m_state == State::ChunkSize || m_state == State::ChunkEnd;
    if (inChunks && length > maxChunkLine) {
        fail(FailureKind::Protocol, u"a chunk size line is longer than %1 bytes"_s.arg(maxChunkLine));
        return false;
    }
    const qint64 counted = m_headerBytes + (inChunks ? 0 : length);
    if (counted > m_limits.headerBytes) {
        fail(FailureKind::Oversize,
             u"the answer's headers exceed the limit of %1 KiB"_s.arg(m_limits.headerBytes / 1024));
        return false;
    }
    if (end < 0)
        return false;
    m_headerBytes = counted;
    line = m_buffer.first(end);
    m_buffer.remove(0, end + 1);
    if (line.endsWith('\r'))
        line.chop(1);
    return true;
}

void HttpReader::feed(QByteArrayView bytes)
{
    if (m_failure || (isComplete() && m_expect != HttpExpect::Upgrade))
        return;
    m_anyBytes = m_anyBytes || !bytes.isEmpty();
    m_buffer.append(bytes);
    QByteArray line;
    bool progress = true;
    while (progress && !m_failure && !isComplete()) {
        switch (m_state) {
        case State::StatusLine:
            // What cannot become a status line is told at once, not when a line end happens to come.
            if (!QByteArrayView("HTTP/").startsWith(QByteArrayView(m_buffer).first(std::min<qsizetype>(5, m_buffer.size())))) {
                fail(FailureKind::Protocol, u"the answer is not HTTP: it starts with \"%1\""_s.arg(quoted(m_buffer)),
                     u"does this port speak another protocol, or TLS?"_s);
                return;
            }
            progress = takeLine(line);
            if (progress)
                readStatusLine(line);
            break;
        case State::Headers:
            progress = takeLine(line);
            if (progress)
                line.isEmpty() ? headDone() : readHeader(line);
            break;
        case State::ChunkSize:
            progress = takeLine(line);
            if (progress)
                readChunkSize(line);
            break;
        case State::ChunkEnd:
            progress = takeLine(line);
            if (progress && !line.isEmpty())
                fail(FailureKind::Protocol, u"a chunk is longer than the size it announced: \"%1\" follows it"_s.arg(quoted(line)));
            else if (progress)
                m_state = State::ChunkSize;
            break;
        case State::Trailers:
            progress = takeLine(line);
            if (progress && line.isEmpty())
                complete();
            break;
        case State::BodyUntilClose:
            takeBody(m_buffer.size());
            progress = false;
            break;
        case State::BodyLength:
        case State::ChunkData: {
            const qint64 before = m_remaining;
            takeBody(m_remaining);
            if (m_failure)
                return;
            if (m_remaining == 0)
                m_state == State::BodyLength ? complete() : void(m_state = State::ChunkEnd);
            progress = m_remaining != before;
            break;
        }
        case State::Complete: break;
        }
    }
}

void HttpReader::readStatusLine(const QByteArray &line)
{
    const bool shaped = line.size() >= 12 && line.startsWith("HTTP/1.") && (line[7] == '0' || line[7] == '1') && line[8] == ' '
        && (line.size() == 12 || line[12] == ' ');
    const std::optional<qint64> status = shaped ? toLength(QByteArrayView(line).sliced(9, 3)) : std::nullopt;
    if (!status || *status < 100) {
        fail(FailureKind::Protocol, u"the status line is malformed: \"%1\""_s.arg(quoted(line)));
        return;
    }
    m_head = {.status = static_cast<int>(*status), .version = line.sliced(5, 3), .reason = line.mid(13), .headers = {}};
    m_state = State::Headers;
}

void HttpReader::readHeader(const QByteArray &line)
{
    if (line.contains('\0') || line.contains('\r')) {
        fail(FailureKind::Protocol, u"a header holds a control character: \"%1\""_s.arg(quoted(line)));
        return;
    }
    if (line[0] == ' ' || line[0] == '\t') { // obsolete folding, RFC 9112 section 5.2
        if (m_head.headers.isEmpty())
            fail(FailureKind::Protocol, u"the first header line starts with a space"_s);
        else
            m_head.headers.back().second += ' ' + line.trimmed();
        return;
    }
    const qsizetype colon = line.indexOf(':');
    const QByteArrayView name = QByteArrayView(line).first(std::max<qsizetype>(colon, 0));
    if (name.isEmpty() || !std::ranges::all_of(name, isTokenChar)) {
        fail(FailureKind::Protocol, u"a header line is malformed: \"%1\""_s.arg(quoted(line)));
        return;
    }
    m_head.headers.emplaceBack(name.toByteArray(), line.sliced(colon + 1).trimmed());
}

void HttpReader::headDone()
{
    if (m_head.status == 101) {
        if (m_expect == HttpExpect::Upgrade)
            m_state = State::Complete;
        else
            fail(FailureKind::Protocol, u"the server switched protocols (101) although it was not asked to"_s);
        return;
    }
    if (m_head.status < 200) { // interim: 100 Continue, 103 Early Hints …
        m_state = State::StatusLine;
        return;
    }
    chooseFraming();
}

void HttpReader::chooseFraming()
{
    const bool bodiless = m_expect == HttpExpect::NoBody || m_head.status == 204 || m_head.status == 304;
    std::optional<qint64> length;
    for (const auto &[name, value] : m_head.headers) {
        if (!equalsIgnoringCase(name, "Content-Length"))
            continue;
        const std::optional<qint64> parsed = toLength(value);
        if (!parsed || (length && *length != *parsed)) {
            fail(FailureKind::Protocol, parsed ? u"two Content-Length headers disagree (%1 and %2)"_s.arg(*length).arg(*parsed)
                                               : u"Content-Length is no number: \"%1\""_s.arg(quoted(value)));
            return;
        }
        length = parsed;
    }
    const std::optional<QByteArray> coding = m_head.header("Transfer-Encoding");
    if (bodiless) {
        complete();
        return;
    }
    chooseDecoding();
    if (coding) {
        if (!equalsIgnoringCase(*coding, "chunked")) {
            fail(FailureKind::Protocol, u"the transfer encoding \"%1\" was not asked for"_s.arg(quoted(*coding)));
            return;
        }
        if (length)
            m_notes.append(u"both Content-Length and Transfer-Encoding were sent; the length was ignored (RFC 9112, 6.3)"_s);
        m_state = State::ChunkSize;
    } else if (length) {
        m_declared = m_remaining = *length;
        m_state = State::BodyLength;
        if (*length == 0)
            complete();
    } else {
        m_state = State::BodyUntilClose;
    }
}

void HttpReader::chooseDecoding()
{
    const QByteArray encoding = m_head.header("Content-Encoding").value_or("identity").trimmed().toLower();
    if (encoding == "gzip" || encoding == "x-gzip" || encoding == "deflate")
        m_inflater = std::make_unique<Inflater>();
    else if (!encoding.isEmpty() && encoding != "identity")
        m_notes.append(u"the body is compressed with %1, which was not asked for; it is shown as it came"_s.arg(quoted(encoding)));
}

void HttpReader::readChunkSize(const QByteArray &line)
{
    QByteArrayView digits = QByteArrayView(line).first(std::max<qsizetype>(0, line.indexOf(';') < 0 ? line.size() : line.indexOf(';')));
    digits = digits.trimmed();
    bool ok = false;
    const bool hex = !digits.isEmpty() && digits.size() <= 15
        && std::ranges::all_of(digits, [](char c) { return isxdigit(static_cast<unsigned char>(c)) != 0; });
    const qint64 size = hex ? digits.toByteArray().toLongLong(&ok, 16) : 0;
    if (!ok) {
        fail(FailureKind::Protocol, u"a chunk size is no hexadecimal number: \"%1\""_s.arg(quoted(line)));
        return;
    }
    m_remaining = size;
    m_state = size == 0 ? State::Trailers : State::ChunkData;
}

void HttpReader::takeBody(qint64 most)
{
    const qint64 count = std::min<qint64>(most, m_buffer.size());
    const QByteArrayView bytes = QByteArrayView(m_buffer).first(count);
    InflateResult result = InflateResult::Fine;
    if (m_inflater) {
        result = m_inflater->feed(bytes, m_body, m_limits.bodyBytes);
    } else if (m_body.size() + count > m_limits.bodyBytes) {
        result = InflateResult::TooLarge;
    } else {
        m_body.append(bytes);
    }
    if (result == InflateResult::TooLarge) {
        fail(FailureKind::Oversize, u"the body exceeds the limit of %1 KiB%2"_s.arg(m_limits.bodyBytes / 1024).arg(
                                        m_inflater ? u" after decompression"_s : QString()),
             u"client.max-body-size raises the limit"_s);
    } else if (result == InflateResult::Corrupt) {
        fail(FailureKind::Protocol, u"the compressed body is corrupt"_s);
    }
    m_buffer.remove(0, count);
    m_remaining -= m_state == State::BodyUntilClose ? 0 : count;
}

void HttpReader::complete()
{
    m_state = State::Complete;
    if (m_inflater && m_inflater->begun() && !m_inflater->finished())
        fail(FailureKind::Protocol, u"the compressed body is cut off"_s);
    if (!m_buffer.isEmpty() && m_expect != HttpExpect::Upgrade)
        m_notes.append(u"%1 bytes came after the end of the answer"_s.arg(m_buffer.size()));
}

void HttpReader::end()
{
    if (m_failure || isComplete())
        return;
    if (m_state == State::BodyUntilClose) {
        complete();
        return;
    }
    QString message = u"the server closed the connection in the middle of its answer"_s;
    if (!m_anyBytes)
        message = u"the server closed the connection without answering"_s;
    else if (m_state == State::BodyLength)
        message = u"the server closed the connection after %1 of the %2 bytes that it announced"_s.arg(m_declared - m_remaining).arg(m_declared);
    fail(FailureKind::Closed, message, u"a crash, a restart or a proxy's limit looks like this"_s);
    if (!m_anyBytes)
        m_failure->phase = Phase::Wait;
}

bool HttpReader::canReuse() const
{
    return isComplete() && !m_failure && m_buffer.isEmpty() && m_head.version == "1.1" && !m_head.hasToken("Connection", "close")
        && (m_head.header("Content-Length") || m_head.header("Transfer-Encoding") || m_head.status == 204 || m_head.status == 304
            || m_expect == HttpExpect::NoBody);
}

} // namespace allclear
