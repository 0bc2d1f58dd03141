#include "importer/mojibake.h"

#include <QHash>
#include <QStringDecoder>

#include <algorithm>
#include <array>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

/// What the bytes 80…FF mean in Mac Roman (Apple's ROMAN.TXT, with the euro sign); F0 is the private U+F8FF.
constexpr char16_t macRoman[] =
    u"ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u00a0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰"
    u"ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
static_assert(std::size(macRoman) == 129);

/// What the bytes 80…9F mean in Windows-1252; the five without a meaning are read as C1 controls.
constexpr char16_t windows1252[] = u"€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
static_assert(std::size(windows1252) == 33);

using Bytes = QHash<char16_t, char>;

struct Table {
    QString name;
    Bytes bytes;
};

Table macTable()
{
    Bytes bytes;
    for (int i = 0; i < 128; ++i)
        bytes.insert(macRoman[i], static_cast<char>(0x80 + i));
    bytes.insert(u'\u2126', '\xbd'); // the ohm sign, in older tables
    bytes.insert(u'¤', '\xdb');
    return {u"Mac Roman"_s, bytes};
}

Table windowsTable()
{
    Bytes bytes;
    for (int i = 0; i < 128; ++i)
        bytes.insert(i < 32 ? windows1252[i] : static_cast<char16_t>(0x80 + i), static_cast<char>(0x80 + i));
    return {u"Windows-1252"_s, bytes};
}

const std::array<Table, 2> &tables()
{
    static const std::array<Table, 2> all{macTable(), windowsTable()};
    return all;
}

/// Letters of western Europe, punctuation, arrows, signs, pictures: what one finds in an issue outside ASCII.
bool isPlausible(char32_t c)
{
    return (c >= 0xa0 && c < 0x180) || (c >= 0x2000 && c < 0x2c00) || (c >= 0xfe00 && c < 0xfe10)
        || (c >= 0x1f000 && c < 0x1fb00) || c == 0xfeff;
}

struct Stretch {
    QString text;
    bool repaired = false;
};

Stretch repairedStretch(QStringView run, const Bytes &table)
{
    QByteArray bytes;
    for (const QChar c : run) {
        const auto found = table.constFind(c.unicode());
        if (found == table.cend())
            return {run.toString()};
        bytes.append(*found);
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(bytes);
    const auto points = text.toUcs4();
    if (decoder.hasError() || !std::ranges::all_of(points, isPlausible))
        return {run.toString()};
    return {text, true};
}

struct Repair {
    QString text;
    int repaired = 0, left = 0; // runs
};

Repair repairWith(const QString &text, const Bytes &table)
{
    Repair repair;
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = at;
        const bool ascii = text[at].unicode() < 0x80;
        while (end < text.size() && (text[end].unicode() < 0x80) == ascii)
            ++end;
        const QStringView run = QStringView(text).sliced(at, end - at);
        if (ascii) {
            repair.text += run;
        } else {
            const Stretch mended = repairedStretch(run, table);
            ++(mended.repaired ? repair.repaired : repair.left);
            repair.text += mended.text;
        }
        at = end;
    }
    return repair;
}

/// What reorders or hides text. The joiner of emoji stays.
bool isInvisible(char16_t c)
{
    return c == 0x061c || (c >= 0x200b && c <= 0x200f && c != 0x200d) || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

/// One kind of line break, and no control characters, which the rest of the import uses as marks.
QString plainText(const QString &text)
{
    QString plain;
    plain.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text[i].unicode();
        if (c == u'\r') {
            plain += u'\n';
            i += i + 1 < text.size() && text[i + 1] == u'\n' ? 1 : 0;
        } else if (isInvisible(c)) {
            continue;
        } else if (c == u'\n' || c == u'\t' || (c >= 0x20 && c < 0x7f) || (c > 0xa0 && c != 0x2028 && c != 0x2029)) {
            plain += text[i];
        } else {
            plain += u' ';
        }
    }
    return plain;
}

QString fromWindows1252(const QByteArray &bytes)
{
    QString text = QString::fromLatin1(bytes);
    for (QChar &c : text) {
        if (c.unicode() >= 0x80 && c.unicode() < 0xa0)
            c = QChar(windows1252[c.unicode() - 0x80]);
    }
    return text;
}

} // namespace

Decoded repairMojibake(const QString &text)
{
    const Table *best = nullptr;
    Repair repair;
    for (const Table &table : tables()) {
        const Repair attempt = repairWith(text, table.bytes);
        if (attempt.repaired > repair.repaired) {
            repair = attempt;
            best = &table;
        }
    }
    if (!best)
        return {text, {}};
    const QString how = repair.left == 0 ? u"the whole text is repaired, nothing is lost"_s
                                         : u"%1 other places are no such text and stay as they are"_s.arg(repair.left);
    return {repair.text,
            u"the text was UTF-8 that somebody had read as %1: %2 places repaired; %3"_s.arg(best->name)
                .arg(repair.repaired)
                .arg(how)};
}

Decoded decode(const QByteArray &bytes)
{
    const auto marked = QStringConverter::encodingForData(bytes);
    QStringDecoder decoder(marked.value_or(QStringConverter::Utf8));
    const QString text = decoder(bytes);
    if (decoder.hasError())
        return {plainText(fromWindows1252(bytes)), u"the text is not UTF-8; it was read as Windows-1252"_s};
    Decoded repaired = repairMojibake(text.startsWith(u'\ufeff') ? text.sliced(1) : text);
    repaired.text = plainText(repaired.text);
    return repaired;
}

} // namespace allclear::issue
