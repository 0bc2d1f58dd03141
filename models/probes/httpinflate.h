// Content-Encoding gzip and deflate (RFC 1950–1952) through zlib, with a limit on what comes out.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <zlib.h>

namespace allclear {

enum class InflateResult { Fine, Corrupt, TooLarge };

class Inflater {
public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;

    /// Appends the decompressed bytes to `out`, never beyond `limit` bytes in all.
    InflateResult feed(QByteArrayView compressed, QByteArray &out, qint64 limit);
    bool finished() const { return m_finished; }

private:
    void start(); ///< the first two bytes tell gzip, zlib and raw deflate apart: some servers send it without its header

    z_stream m_stream{};
    QByteArray m_head; ///< until there are two bytes
    bool m_started = false;
    bool m_finished = false;
};

} // namespace allclear
