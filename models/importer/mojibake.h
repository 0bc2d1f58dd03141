// Bytes → text, and text that was decoded with the wrong table once → what it had been. Pure.
#pragma once

#include <QByteArray>
#include <QString>

namespace allclear::issue
{

struct Decoded {
    QString text; ///< line breaks are '\n'; no control characters but tabs
    QString repaired; ///< for people: what was mended, and how much of it; empty: nothing
};

/// UTF-8, UTF-16 with a mark, or else Windows-1252.
Decoded decode(const QByteArray &bytes);

/// UTF-8 that was read as Mac Roman or Windows-1252 and saved again as UTF-8: the original text. Only characters
/// outside ASCII are touched, and only where they give letters, punctuation, arrows or pictures that people write;
/// U+F8FF is Mac Roman's F0, as in the first byte of an emoji.
Decoded repairMojibake(const QString &text);

} // namespace allclear::issue
