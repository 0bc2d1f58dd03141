// Reads the parts of a DNS message one after the other; the first violation makes it not ok(), and all that follows is
// empty. Names are followed through compression pointers, backwards only (RFC 1035, 4.1.4).
#pragma once

#include "probes/dnsmessage.h"

namespace allclear
{

/// "A", or "TYPE65" for types without a name here (RFC 3597).
QString dnsTypeName(quint16 type);

class DnsReader
{
public:
    explicit DnsReader(QByteArrayView message) : m_message(message) { }

    bool ok() const { return m_problem.isEmpty(); }
    const QString &problem() const { return m_problem; }

    void skip(qsizetype count);
    quint8 number8();
    quint16 number16();
    quint32 number32();
    QString name();
    DnsRecord record();

private:
    QByteArrayView take(qsizetype count);
    QString data(quint16 type, qsizetype end);
    QString strings(qsizetype end);
    QString soa();
    QString caa(qsizetype end);
    void fail(const QString &problem);

    QByteArrayView m_message;
    qsizetype m_at = 0;
    QString m_problem;
};

} // namespace allclear
