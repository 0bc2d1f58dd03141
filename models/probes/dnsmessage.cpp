#include "probes/dnsmessage.h"

#include "probes/dnsreader.h"

#include <QHostAddress>
#include <QtEndian>
#include <QUrl>

#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype headerBytes = 12;
constexpr qsizetype maxNameBytes = 255, maxLabelBytes = 63;
constexpr quint16 classInternet = 1;
constexpr quint16 flagResponse = 0x8000, maskOpcode = 0x7800, flagTruncated = 0x0200, flagRecursionDesired = 0x0100,
                  maskRcode = 0x000f;

void put(QByteArray &out, quint16 number)
{
    out += static_cast<char>(number >> 8);
    out += static_cast<char>(number & 0xff);
}

QString reverseName(const QHostAddress &address)
{
    QStringList labels;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        for (const QString &part : address.toString().split(u'.'))
            labels.prepend(part);
        return labels.join(u'.') + ".in-addr.arpa"_L1;
    }
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    for (int i = 15; i >= 0; --i)
        labels << QString::number(bytes[i] & 0xf, 16) << QString::number(bytes[i] >> 4, 16);
    return labels.join(u'.') + ".ip6.arpa"_L1;
}

QString rcodeName(int code)
{
    constexpr std::array names = {"NOERROR"_L1,  "FORMERR"_L1, "SERVFAIL"_L1, "NXDOMAIN"_L1, "NOTIMP"_L1, "REFUSED"_L1,
                                  "YXDOMAIN"_L1, "YXRRSET"_L1, "NXRRSET"_L1,  "NOTAUTH"_L1,  "NOTZONE"_L1};
    const auto index = static_cast<std::size_t>(code);
    return index < names.size() ? QString(names[index]) : u"RCODE%1"_s.arg(code);
}

DnsReading broken(const QString &problem)
{
    return {.mismatch = DnsMismatch::Malformed, .problem = problem, .answer = {}};
}

DnsReading foreign(const QString &problem)
{
    return {.mismatch = DnsMismatch::OtherQuestion, .problem = problem, .answer = {}};
}

struct Header {
    quint16 id, flags, questions, answers, authorities, additionals;
};

/// What is wrong with the question that the answer repeats, or nothing.
std::optional<DnsReading> checkQuestion(DnsReader &reader, const Header &header, const QByteArray &question)
{
    const int rcode = header.flags & maskRcode;
    if (header.questions == 0 && rcode != 0)
        return std::nullopt; // a server that did not understand the question does not repeat it
    if (header.questions != 1)
        return broken(u"the answer repeats %1 questions instead of one"_s.arg(header.questions));
    DnsReader asked(question);
    asked.skip(headerBytes);
    const QString wanted = asked.name(), name = reader.name();
    const quint16 wantedType = asked.number16(), type = reader.number16();
    const quint16 dnsClass = reader.number16();
    if (!reader.ok())
        return broken(reader.problem());
    if (name.compare(wanted, Qt::CaseInsensitive) != 0 || type != wantedType || dnsClass != classInternet)
        return foreign(u"an answer to another question came: %1"_s.arg(name));
    return std::nullopt;
}

} // namespace

Result<QByteArray> dnsQuestion(const DnsQuery &query)
{
    QString name = query.name;
    if (QHostAddress address; query.type == dnsTypeFrom(u"PTR"_s) && address.setAddress(name))
        name = reverseName(address);
    const bool ascii = std::ranges::all_of(name, [](QChar c) { return c.unicode() < 128; });
    QByteArray encoded = ascii ? name.toLatin1() : QUrl::toAce(name);
    if (encoded.endsWith('.'))
        encoded.chop(1);
    QByteArray wire;
    for (const QByteArray &label : encoded.isEmpty() ? QList<QByteArray>() : encoded.split('.')) {
        if (label.isEmpty() || label.size() > maxLabelBytes)
            return Error{u"\"%1\" cannot be a DNS name: its parts have 1 to 63 characters"_s.arg(query.name.left(80)),
                         {}};
        wire += static_cast<char>(label.size());
        wire += label;
    }
    if (wire.size() + 1 > maxNameBytes || (encoded.isEmpty() && name != "."_L1))
        return Error{u"\"%1\" cannot be a DNS name: it has 1 to 253 characters"_s.arg(query.name.left(80)), {}};
    QByteArray message;
    for (const quint16 number : {query.id, flagRecursionDesired, quint16(1), quint16(0), quint16(0), quint16(0)})
        put(message, number);
    message += wire + '\0';
    put(message, query.type);
    put(message, classInternet);
    return message;
}

DnsReading readDnsAnswer(const QByteArray &message, const QByteArray &question)
{
    DnsReader reader(message);
    const auto number = [&reader] { return reader.number16(); };
    Header header{};
    for (quint16 *field :
         {&header.id, &header.flags, &header.questions, &header.answers, &header.authorities, &header.additionals})
        *field = number();
    if (!reader.ok())
        return broken(u"the answer has %1 bytes; a DNS message has at least 12"_s.arg(message.size()));
    if (header.id != qFromBigEndian<quint16>(question.constData()))
        return foreign(u"an answer with another id came"_s);
    if ((header.flags & flagResponse) == 0 || (header.flags & maskOpcode) != 0)
        return broken(u"a DNS question came where an answer was expected"_s);
    if (const std::optional<DnsReading> problem = checkQuestion(reader, header, question))
        return *problem;
    DnsReading reading;
    reading.answer.rcode = rcodeName(header.flags & maskRcode);
    reading.answer.truncated = (header.flags & flagTruncated) != 0;
    if (reading.answer.truncated)
        return reading; // the rest comes over TCP
    for (int i = 0; i < header.answers; ++i) {
        const DnsRecord record = reader.record();
        if (!reader.ok())
            return broken(reader.problem());
        reading.answer.records.append(record);
    }
    for (int i = 0; i < header.authorities + header.additionals && reader.ok(); ++i)
        reader.record();
    return reader.ok() ? reading : broken(reader.problem());
}

QByteArray dnsLines(const QList<DnsRecord> &records)
{
    QStringList lines;
    for (const DnsRecord &record : records)
        lines.append(u"%1 %2 IN %3 %4"_s.arg(record.name).arg(record.ttl).arg(dnsTypeName(record.type), record.text));
    return lines.join(u'\n').toUtf8();
}

} // namespace allclear
