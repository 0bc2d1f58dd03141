// What the targets share: a property that must hold, options from the input's first bytes, bytes in pieces.
#pragma once

#include "core/observation.h"

#include <QByteArray>

#include <algorithm>

namespace allclear::fuzz
{

inline void require(bool holds)
{
    if (!holds)
        __builtin_trap();
}

/// A failure is told in a sentence, and a peer cannot make it long.
inline void requireTold(const Failure &failure)
{
    constexpr qsizetype longest = 16 * 1024;
    require(!failure.message.isEmpty() && failure.message.size() < longest && failure.hint.size() < longest);
}

class Input
{
public:
    Input(const uint8_t *data, std::size_t size)
        : m_rest(QByteArray::fromRawData(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)))
    {
    }
    /// 0 when there is no byte left.
    int byte()
    {
        if (m_rest.isEmpty())
            return 0;
        const auto first = static_cast<unsigned char>(m_rest[0]);
        m_rest = m_rest.sliced(1);
        return first;
    }
    /// A copy, so that a read beyond the end is seen.
    QByteArray rest() const { return QByteArray(m_rest.constData(), m_rest.size()); }

private:
    QByteArray m_rest;
};

/// Calls take(QByteArray) with pieces of `piece` bytes until there are none left.
template <typename Take> void inPieces(const QByteArray &bytes, qsizetype piece, Take take)
{
    for (qsizetype at = 0; at < bytes.size(); at += piece)
        take(bytes.sliced(at, std::min(piece, bytes.size() - at)));
}

} // namespace allclear::fuzz
