#include "probes/httpinflate.h"

#include <array>

namespace allclear {

namespace {
constexpr int detectGzipOrZlib = 15 + 32;
constexpr int rawDeflate = -15;
} // namespace

Inflater::Inflater() = default;

Inflater::~Inflater()
{
    if (m_started)
        inflateEnd(&m_stream);
}

void Inflater::start()
{
    const auto first = static_cast<unsigned char>(m_head[0]);
    const auto second = static_cast<unsigned char>(m_head[1]);
    const bool gzip = first == 0x1f && second == 0x8b;                                // RFC 1952, 2.3.1
    const bool zlib = (first & 0x0f) == Z_DEFLATED && (first * 256 + second) % 31 == 0; // RFC 1950, 2.2
    inflateInit2(&m_stream, gzip || zlib ? detectGzipOrZlib : rawDeflate);
    m_started = true;
}

InflateResult Inflater::feed(QByteArrayView compressed, QByteArray &out, qint64 limit)
{
    if (m_finished)
        return InflateResult::Fine; // trailing bytes after the end of the stream are ignored, as browsers do
    if (!m_started) {
        m_head.append(compressed);
        if (m_head.size() < 2)
            return InflateResult::Fine;
        start();
        compressed = m_head;
    }
    std::array<unsigned char, 64 * 1024> chunk;
    m_stream.next_in = const_cast<unsigned char *>(reinterpret_cast<const unsigned char *>(compressed.data()));
    m_stream.avail_in = static_cast<unsigned int>(compressed.size());
    do {
        m_stream.next_out = chunk.data();
        m_stream.avail_out = static_cast<unsigned int>(chunk.size());
        const int result = inflate(&m_stream, Z_NO_FLUSH);
        const auto produced = static_cast<qsizetype>(chunk.size() - m_stream.avail_out);
        if (out.size() + produced > limit) // first of all: what came before a corrupt byte counts too
            return InflateResult::TooLarge;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return InflateResult::Corrupt;
        out.append(reinterpret_cast<const char *>(chunk.data()), produced);
        m_finished = result == Z_STREAM_END;
        if (result == Z_BUF_ERROR && produced == 0)
            break;
    } while (!m_finished && (m_stream.avail_in > 0 || m_stream.avail_out == 0));
    return InflateResult::Fine;
}

} // namespace allclear
