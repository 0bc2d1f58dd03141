#include "probes/httpinflate.h"

#include <array>

namespace allclear {

namespace {
constexpr int detectGzipOrZlib = 15 + 32;
constexpr int rawDeflate = -15;
} // namespace

Inflater::Inflater() { inflateInit2(&m_stream, detectGzipOrZlib); }

Inflater::~Inflater() { inflateEnd(&m_stream); }

bool Inflater::restartRaw()
{
    inflateEnd(&m_stream);
    m_stream = {};
    return inflateInit2(&m_stream, rawDeflate) == Z_OK;
}

InflateResult Inflater::feed(QByteArrayView compressed, QByteArray &out, qint64 limit)
{
    if (m_finished)
        return InflateResult::Fine; // trailing bytes after the end of the stream are ignored, as browsers do
    std::array<unsigned char, 64 * 1024> chunk;
    const auto rewind = [&] {
        m_stream.next_in = const_cast<unsigned char *>(reinterpret_cast<const unsigned char *>(compressed.data()));
        m_stream.avail_in = static_cast<unsigned int>(compressed.size());
    };
    rewind();
    do {
        m_stream.next_out = chunk.data();
        m_stream.avail_out = static_cast<unsigned int>(chunk.size());
        const int result = inflate(&m_stream, Z_NO_FLUSH);
        if (result == Z_DATA_ERROR && !m_started && restartRaw()) {
            m_started = true;
            rewind();
            continue;
        }
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return InflateResult::Corrupt;
        const auto produced = static_cast<qsizetype>(chunk.size() - m_stream.avail_out);
        if (out.size() + produced > limit)
            return InflateResult::TooLarge;
        out.append(reinterpret_cast<const char *>(chunk.data()), produced);
        m_finished = result == Z_STREAM_END;
        if (result == Z_BUF_ERROR && produced == 0)
            break;
    } while (!m_finished && (m_stream.avail_in > 0 || m_stream.avail_out == 0));
    m_started = true;
    return InflateResult::Fine;
}

} // namespace allclear
