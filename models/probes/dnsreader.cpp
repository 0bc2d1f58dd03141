#include "probes/dnsreader.h"

#include <QHostAddress>
#include <QtEndian>

#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype maxName = 255; ///< bytes on the wire, RFC 1035, 2.3.4

enum Type : quint16 { A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, MX = 15, TXT = 16, AAAA = 28, SRV = 33, CAA = 257 };

struct TypeName {
    quint16 type;
    QLatin1StringView name;
};

constexpr std::array typeNames = {TypeName{A, "A"_L1},     TypeName{NS, "NS"_L1},     TypeName{CNAME, "CNAME"_L1},
                                  TypeName{SOA, "SOA"_L1}, TypeName{PTR, "PTR"_L1},   TypeName{MX, "MX"_L1},
                                  TypeName{TXT, "TXT"_L1}, TypeName{AAAA, "AAAA"_L1}, TypeName{SRV, "SRV"_L1},
                                  TypeName{CAA, "CAA"_L1}};

QString shownLabel(QByteArrayView label)
{
    QString shown;
    for (const char c : label) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '.' || c == '\\')
            shown += u'\\';
        if (byte > 32 && byte < 127)
            shown += QLatin1Char(c);
        else
            shown += u"\\%1"_s.arg(int(byte), 3, 10, QLatin1Char('0'));
    }
    return shown;
}

} // namespace

std::optional<quint16> dnsTypeFrom(const QString &name)
{
    const auto found = std::ranges::find_if(
        typeNames, [&](const TypeName &t) { return name.compare(t.name, Qt::CaseInsensitive) == 0; });
    return found == typeNames.end() ? std::nullopt : std::optional(found->type);
}

QString dnsTypeName(quint16 type)
{
    const auto found = std::ranges::find(typeNames, type, &TypeName::type);
    return found == typeNames.end() ? u"TYPE%1"_s.arg(type) : QString(found->name);
}

void DnsReader::fail(const QString &problem)
{
    if (ok())
        m_problem = problem;
}

QByteArrayView DnsReader::take(qsizetype count)
{
    if (!ok())
        return {};
    if (count > m_message.size() - m_at) {
        fail(u"the answer ends in the middle: it announces more than its %1 bytes"_s.arg(m_message.size()));
        return {};
    }
    const QByteArrayView taken = m_message.sliced(m_at, count);
    m_at += count;
    return taken;
}

void DnsReader::skip(qsizetype count) { take(count); }

quint8 DnsReader::number8()
{
    const QByteArrayView bytes = take(1);
    return bytes.isEmpty() ? quint8(0) : static_cast<quint8>(bytes[0]);
}

quint16 DnsReader::number16()
{
    const QByteArrayView bytes = take(2);
    return bytes.isEmpty() ? quint16(0) : qFromBigEndian<quint16>(bytes.data());
}

quint32 DnsReader::number32()
{
    const QByteArrayView bytes = take(4);
    return bytes.isEmpty() ? 0U : qFromBigEndian<quint32>(bytes.data());
}

QString DnsReader::name()
{
    QString name;
    qsizetype length = 0, start = m_at, resume = -1;
    while (ok()) {
        const quint8 size = number8();
        if ((size & 0xc0) == 0xc0) {
            const qsizetype target = ((size & 0x3f) << 8) | number8();
            if (resume < 0)
                resume = m_at;
            if (ok() && target >= start) { // each jump goes further back, so that none can go in a circle
                fail(u"a compressed name points forward or at itself"_s);
                break;
            }
            start = m_at = target;
            continue;
        }
        if ((size & 0xc0) != 0)
            fail(u"a name holds a label of a reserved kind"_s);
        if (size == 0)
            break;
        length += size + 1;
        if (length + 1 > maxName)
            fail(u"a name is longer than 255 bytes"_s);
        name += shownLabel(take(size)) + u'.';
    }
    if (resume >= 0)
        m_at = resume;
    return name.isEmpty() ? u"."_s : name;
}

DnsRecord DnsReader::record()
{
    DnsRecord record;
    record.name = name();
    record.type = number16();
    number16(); // class
    record.ttl = number32();
    const qsizetype size = number16();
    if (!ok())
        return record;
    const qsizetype end = m_at + size;
    if (end > m_message.size()) {
        fail(u"a record announces %1 bytes; %2 are left"_s.arg(size).arg(m_message.size() - m_at));
        return record;
    }
    record.text = data(record.type, end);
    if (ok() && m_at != end)
        fail(u"the data of a record of type %1 does not fill its %2 bytes"_s.arg(dnsTypeName(record.type)).arg(size));
    return record;
}

QString DnsReader::data(quint16 type, qsizetype end)
{
    switch (type) {
    case A: return QHostAddress(number32()).toString();
    case AAAA: {
        const QByteArrayView bytes = take(16);
        return ok() ? QHostAddress(reinterpret_cast<const quint8 *>(bytes.data())).toString() : QString();
    }
    case NS:
    case CNAME:
    case PTR: return name();
    case MX: number16(); return name(); // Gatus leaves the preference out
    case SRV: {
        skip(4); // priority and weight
        const quint16 port = number16();
        return u"%1:%2"_s.arg(name()).arg(port);
    }
    case TXT: return strings(end);
    case SOA: return soa();
    case CAA: return caa(end);
    default: return u"\\# %1 %2"_s.arg(end - m_at).arg(QString::fromLatin1(take(end - m_at).toByteArray().toHex()));
    }
}

QString DnsReader::strings(qsizetype end)
{
    QByteArray text;
    while (ok() && m_at < end)
        text += take(number8());
    return QString::fromUtf8(text);
}

QString DnsReader::soa()
{
    QStringList parts{name(), name()};
    for (int i = 0; i < 5; ++i)
        parts.append(QString::number(number32()));
    return parts.join(u' ');
}

QString DnsReader::caa(qsizetype end)
{
    const int flags = number8();
    const QString tag = QString::fromLatin1(take(number8()));
    if (m_at > end)
        fail(u"the tag of a CAA record is longer than the record"_s);
    return ok() ? u"%1 %2 \"%3\""_s.arg(flags).arg(tag, QString::fromUtf8(take(end - m_at))) : QString();
}

} // namespace allclear
