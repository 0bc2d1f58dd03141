#include "probes/httpanswer.h"

#include "probes/httpinflate.h"

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 compressionOverhead = 64 * 1024; // a compressed body may be that much larger than what it holds

} // namespace

QString quoted(QByteArrayView bytes, qsizetype most)
{
    QString text;
    for (const char c : bytes.first(std::min(bytes.size(), most))) {
        if (c >= 0x20 && c < 0x7f)
            text += QLatin1Char(c);
        else
            text += u"\\x%1"_s.arg(static_cast<unsigned char>(c), 2, 16, QLatin1Char('0'));
    }
    return bytes.size() > most ? text + u'…' : text;
}

bool equalsIgnoringCase(QByteArrayView a, QByteArrayView b) { return a.compare(b, Qt::CaseInsensitive) == 0; }

std::optional<qint64> toLength(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > 18 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return text.toByteArray().toLongLong();
}

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
        return std::ranges::any_of(parts,
                                   [&](const QByteArray &part) { return equalsIgnoringCase(part.trimmed(), token); });
    });
}

HttpBody::HttpBody(qint64 limit) : m_limit(limit) { }
HttpBody::~HttpBody() = default;

void HttpBody::begin(const HttpHead &head, QStringList &notes)
{
    const QByteArray encoding = head.header("Content-Encoding").value_or("identity").trimmed().toLower();
    if (encoding == "gzip" || encoding == "x-gzip" || encoding == "deflate")
        m_inflater = std::make_unique<Inflater>();
    else if (!encoding.isEmpty() && encoding != "identity")
        notes.append(
            u"the body is compressed with %1, which was not asked for; it is shown as it came"_s.arg(quoted(encoding)));
}

std::optional<Failure> HttpBody::append(QByteArrayView bytes)
{
    m_received += bytes.size();
    InflateResult result = InflateResult::Fine;
    if (m_inflater) {
        result = m_received > m_limit + compressionOverhead ? InflateResult::TooLarge
                                                            : m_inflater->feed(bytes, m_bytes, m_limit);
    } else if (m_bytes.size() + bytes.size() > m_limit) {
        result = InflateResult::TooLarge;
    } else {
        m_bytes.append(bytes);
    }
    if (result == InflateResult::TooLarge) {
        return Failure{.kind = FailureKind::Oversize,
                       .phase = Phase::Receive,
                       .message = u"the body exceeds the limit of %1 KiB%2"_s.arg(m_limit / 1024)
                                      .arg(m_inflater ? u" after decompression"_s : QString()),
                       .hint = u"client.max-body-size raises the limit"_s};
    }
    if (result == InflateResult::Corrupt)
        return Failure{.kind = FailureKind::Protocol,
                       .phase = Phase::Receive,
                       .message = u"the compressed body is corrupt"_s,
                       .hint = {}};
    return std::nullopt;
}

std::optional<Failure> HttpBody::end() const
{
    if (!m_inflater || m_inflater->finished() || m_received == 0)
        return std::nullopt;
    return Failure{.kind = FailureKind::Protocol,
                   .phase = Phase::Receive,
                   .message = u"the compressed body is cut off"_s,
                   .hint = {}};
}

HttpAnswer::HttpAnswer(HttpLimits limits) : m_limits(limits), m_body(limits.bodyBytes) { }
HttpAnswer::~HttpAnswer() = default;

void HttpAnswer::fail(FailureKind kind, QString message, QString hint)
{
    const Phase phase = m_anyBytes ? Phase::Receive : Phase::Wait;
    failWith(Failure{.kind = kind, .phase = phase, .message = std::move(message), .hint = std::move(hint)});
}

void HttpAnswer::failWith(std::optional<Failure> failure)
{
    if (!m_failure)
        m_failure = std::move(failure);
}

} // namespace allclear
