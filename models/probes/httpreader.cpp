#include "probes/httpreader.h"

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxChunkLine = 4096; // its extensions included
constexpr int chunkAllowance = 16; // bytes of framing that a chunk may cost beyond twice its data
constexpr int maxChunkExcess = 64 * 1024;

bool isTokenChar(char c)
{
    static constexpr QByteArrayView others = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.contains(c);
}

bool isControl(char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; }

} // namespace

HttpReader::HttpReader(HttpExpect expect, HttpLimits limits) : HttpAnswer(limits), m_expect(expect) {}

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
    else
        m_bareLineFeed = true;
    return true;
}

/// What cannot become a status line is told at once, not when a line end happens to come.
bool HttpReader::startsLikeHttp()
{
    if (QByteArrayView("HTTP/").startsWith(QByteArrayView(m_buffer).first(std::min<qsizetype>(5, m_buffer.size()))))
        return true;
    fail(FailureKind::Protocol, u"the answer is not HTTP: it starts with \"%1\""_s.arg(quoted(m_buffer)),
         u"does this port speak another protocol, or TLS?"_s);
    return false;
}

void HttpReader::feed(QByteArrayView bytes)
{
    if (m_failure || (isComplete() && m_expect != HttpExpect::Upgrade))
        return;
    m_anyBytes = m_anyBytes || !bytes.isEmpty();
    m_buffer.append(bytes);
    while (!m_failure && !isComplete() && step()) { }
}

/// One line or one piece of body; false when more bytes are needed.
bool HttpReader::step()
{
    QByteArray line;
    switch (m_state) {
    case State::BodyUntilClose:
        takeBody(m_buffer.size());
        return false;
    case State::BodyLength:
    case State::ChunkData: {
        const qint64 before = m_remaining;
        takeBody(m_remaining);
        if (!m_failure && m_remaining == 0)
            m_state == State::BodyLength ? complete() : void(m_state = State::ChunkEnd);
        return m_remaining != before;
    }
    case State::StatusLine:
        if (!startsLikeHttp() || !takeLine(line))
            return false;
        readStatusLine(line);
        return true;
    case State::Complete: return false;
    default: break;
    }
    if (!takeLine(line))
        return false;
    if (m_state == State::Headers)
        line.isEmpty() ? headDone() : readField(line, Part::Header);
    else if (m_state == State::ChunkSize)
        readChunkSize(line);
    else if (m_state == State::Trailers)
        line.isEmpty() ? complete() : readField(line, Part::Trailer);
    else if (!line.isEmpty())
        fail(FailureKind::Protocol, u"a chunk is longer than the size it announced: \"%1\" follows it"_s.arg(quoted(line)));
    else
        m_state = State::ChunkSize;
    return true;
}

void HttpReader::readStatusLine(const QByteArray &line)
{
    const bool shaped = line.size() >= 12 && line.startsWith("HTTP/1.") && (line[7] == '0' || line[7] == '1') && line[8] == ' '
        && (line.size() == 12 || line[12] == ' ');
    const std::optional<qint64> status = shaped ? toLength(QByteArrayView(line).sliced(9, 3)) : std::nullopt;
    if (!status || *status < 100 || std::ranges::any_of(line, isControl)) {
        fail(FailureKind::Protocol, u"the status line is malformed: \"%1\""_s.arg(quoted(line)));
        return;
    }
    m_head = {.status = static_cast<int>(*status), .version = line.sliced(5, 3), .reason = line.mid(13), .headers = {}};
    m_state = State::Headers;
}

void HttpReader::readField(const QByteArray &line, Part part)
{
    if (std::ranges::any_of(line, isControl)) {
        fail(FailureKind::Protocol, u"a header holds a control character: \"%1\""_s.arg(quoted(line)));
        return;
    }
    if (part == Part::Header && (line[0] == ' ' || line[0] == '\t')) { // obsolete folding, RFC 9112 section 5.2
        if (m_head.headers.isEmpty())
            fail(FailureKind::Protocol, u"the first header line starts with a space"_s);
        else
            m_head.headers.back().second += ' ' + line.trimmed();
        return;
    }
    const qsizetype colon = line.indexOf(':');
    const QByteArrayView name = QByteArrayView(line).first(std::max<qsizetype>(colon, 0));
    if (name.isEmpty() || !std::ranges::all_of(name, isTokenChar)) {
        fail(FailureKind::Protocol, u"a %1 line is malformed: \"%2\""_s.arg(part == Part::Header ? u"header"_s : u"trailer"_s, quoted(line)));
        return;
    }
    if (part == Part::Header)
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

std::optional<qint64> HttpReader::contentLength()
{
    std::optional<qint64> length;
    for (const auto &[name, value] : m_head.headers) {
        if (!equalsIgnoringCase(name, "Content-Length"))
            continue;
        const std::optional<qint64> parsed = toLength(value);
        if (!parsed)
            fail(FailureKind::Protocol, u"Content-Length is no number: \"%1\""_s.arg(quoted(value)));
        else if (length && *length != *parsed)
            fail(FailureKind::Protocol, u"two Content-Length headers disagree (%1 and %2)"_s.arg(*length).arg(*parsed));
        if (m_failure)
            return std::nullopt;
        length = parsed;
    }
    return length;
}

/// True when the body comes in chunks. Anything but one "chunked" has no framing that can be trusted.
bool HttpReader::readTransferEncoding()
{
    QByteArrayList codings;
    for (const auto &[name, value] : m_head.headers) {
        if (equalsIgnoringCase(name, "Transfer-Encoding"))
            codings.append(value.trimmed());
    }
    if (codings.isEmpty())
        return false;
    const QByteArray all = codings.join(", ");
    if (!equalsIgnoringCase(all, "chunked"))
        fail(FailureKind::Protocol, u"the transfer encoding \"%1\" was not asked for"_s.arg(quoted(all)));
    else if (m_head.version == "1.0")
        fail(FailureKind::Protocol, u"an HTTP/1.0 answer cannot come in chunks (RFC 9112, 6.1)"_s);
    return true;
}

void HttpReader::chooseFraming()
{
    const bool bodiless = m_expect == HttpExpect::NoBody || m_head.status == 204 || m_head.status == 304;
    const std::optional<qint64> length = contentLength();
    if (m_failure)
        return;
    if (bodiless) {
        complete();
        return;
    }
    m_body.begin(m_head, m_notes);
    const bool chunked = readTransferEncoding();
    if (chunked) {
        m_framedTwice = length.has_value();
        if (m_framedTwice)
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

void HttpReader::readChunkSize(const QByteArray &line)
{
    const qsizetype extension = line.indexOf(';');
    QByteArrayView digits = QByteArrayView(line).first(extension < 0 ? line.size() : extension);
    while (digits.endsWith(' ') || digits.endsWith('\t'))
        digits.chop(1);
    bool ok = false;
    const bool hex = !digits.isEmpty() && digits.size() <= 15 && std::ranges::none_of(line, isControl)
        && std::ranges::all_of(digits, [](char c) { return isxdigit(static_cast<unsigned char>(c)) != 0; });
    const qint64 size = hex ? digits.toByteArray().toLongLong(&ok, 16) : 0;
    if (!ok) {
        fail(FailureKind::Protocol, u"a chunk size is no hexadecimal number: \"%1\""_s.arg(quoted(line)));
        return;
    }
    m_chunkExcess = std::max<qint64>(0, m_chunkExcess + line.size() - chunkAllowance - 2 * size);
    if (m_chunkExcess > maxChunkExcess) {
        fail(FailureKind::Protocol, u"the chunks hold more framing than data"_s);
        return;
    }
    m_remaining = size;
    m_state = size == 0 ? State::Trailers : State::ChunkData;
}

void HttpReader::takeBody(qint64 most)
{
    const qint64 count = std::min<qint64>(most, m_buffer.size());
    failWith(m_body.append(QByteArrayView(m_buffer).first(count)));
    m_buffer.remove(0, count);
    m_remaining -= m_state == State::BodyUntilClose ? 0 : count;
}

void HttpReader::complete()
{
    m_state = State::Complete;
    failWith(m_body.end());
    if (m_bareLineFeed)
        m_notes.append(u"lines of the answer end in a bare line feed, without a carriage return"_s);
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
}

bool HttpReader::canReuse() const
{
    return isComplete() && !m_failure && !m_framedTwice && m_buffer.isEmpty() && m_head.version == "1.1" && !m_head.hasToken("Connection", "close")
        && (m_head.header("Content-Length") || m_head.header("Transfer-Encoding") || m_head.status == 204 || m_head.status == 304
            || m_expect == HttpExpect::NoBody);
}

} // namespace allclear
