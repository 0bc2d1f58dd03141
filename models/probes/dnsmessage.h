// DNS messages (RFC 1035): one question out, one answer in, strictly: counts, lengths and compression pointers are
// checked against the message's own bytes. Pure; a message is at most 64 KiB.
#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace allclear
{

/// A, AAAA, CNAME, MX, NS, PTR, SRV, TXT, SOA, CAA; nothing for other words.
std::optional<quint16> dnsTypeFrom(const QString &name);

struct DnsQuery {
    quint16 id = 0;
    QString name; ///< with or without the final dot; "192.0.2.1" or "2001:db8::1" for PTR becomes its reverse name
    quint16 type = 1;
};

/// The message without the length that TCP puts before it; an error when the name cannot be asked for (RFC 1035,
/// 2.3.4: labels of 1 to 63 bytes, 255 in all).
Result<QByteArray> dnsQuestion(const DnsQuery &query);

struct DnsRecord {
    QString name; ///< ends in a dot, special bytes escaped (RFC 1035, 5.1)
    quint16 type = 0;
    quint32 ttl = 0; ///< seconds
    QString text; ///< as Gatus shows it: the address, the target's name, "target:port" of SRV, TXT's strings joined
};

struct DnsAnswer {
    QString rcode; ///< NOERROR, NXDOMAIN, …
    bool truncated = false;
    QList<DnsRecord> records; ///< of the answer section
};

enum class DnsMismatch {
    None,
    OtherQuestion /* not the answer to this question: RFC 5452 says to ignore it */,
    Malformed
};

struct DnsReading {
    DnsMismatch mismatch = DnsMismatch::None;
    QString problem; ///< one sentence when there is a mismatch
    DnsAnswer answer;
};

/// `question` is what dnsQuestion() made.
DnsReading readDnsAnswer(const QByteArray &message, const QByteArray &question);

/// Records as a zone file has them, one a line.
QByteArray dnsLines(const QList<DnsRecord> &records);

} // namespace allclear
