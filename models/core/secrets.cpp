#include "core/secrets.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr int shortestSecret = 4;

QStringList forms(const QString &value)
{
    const QByteArray utf8 = value.toUtf8();
    QStringList all{value, QString::fromLatin1(QUrl::toPercentEncoding(value)), QString::fromLatin1(utf8.toBase64()),
                    QString::fromLatin1(utf8.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals))};
    QString json = value;
    json.replace(u'\\', "\\\\"_L1).replace(u'"', "\\\""_L1);
    all.append(json);
    return all;
}

} // namespace

Secrets::Secrets(const QStringList &values) { *this = with(values); }

Secrets Secrets::with(const QStringList &more) const
{
    Secrets result = *this;
    for (const QString &value : more) {
        if (value.size() < shortestSecret)
            continue;
        for (const QString &form : forms(value)) {
            if (!result.m_values.contains(form))
                result.m_values.append(form);
        }
    }
    std::ranges::stable_sort(result.m_values, [](const QString &a, const QString &b) { return a.size() > b.size(); });
    return result;
}

QString Secrets::mask(QString text) const
{
    for (const QString &value : m_values)
        text.replace(value, QString::fromUtf16(maskText));
    return text;
}

bool Secrets::isSecretName(QStringView name)
{
    for (QLatin1StringView part : {"KEY"_L1, "TOKEN"_L1, "SECRET"_L1, "PASS"_L1}) {
        if (name.contains(part, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

bool Secrets::isSecretHeader(QStringView name)
{
    for (QLatin1StringView header : {"Authorization"_L1, "Proxy-Authorization"_L1, "Cookie"_L1, "Set-Cookie"_L1}) {
        if (name.compare(header, Qt::CaseInsensitive) == 0)
            return true;
    }
    // Sec-WebSocket-Key and -Accept are handshake nonces, not secrets.
    return isSecretName(name) && !name.startsWith("Sec-WebSocket-"_L1, Qt::CaseInsensitive);
}

QString Secrets::maskUrl(const QString &url)
{
    const qsizetype scheme = url.indexOf("://"_L1);
    if (scheme < 0)
        return url;
    QString masked = url;
    const qsizetype authority = scheme + 3;
    qsizetype end = authority;
    while (end < masked.size() && masked[end] != u'/' && masked[end] != u'?' && masked[end] != u'#')
        ++end;
    if (const qsizetype at = QStringView(masked).first(end).lastIndexOf(u'@'); at >= authority)
        masked.replace(authority, at - authority, QString::fromUtf16(maskText));
    const qsizetype query = masked.indexOf(u'?');
    if (query < 0)
        return masked;
    QStringList pairs = masked.sliced(query + 1).split(u'&');
    for (QString &pair : pairs) {
        const qsizetype equals = pair.indexOf(u'=');
        if (equals > 0 && isSecretName(QStringView(pair).first(equals)))
            pair = pair.first(equals + 1) + QString::fromUtf16(maskText);
    }
    return masked.first(query + 1) + pairs.join(u'&');
}

bool Secrets::mayTravelTo(const QUrl &url)
{
    static const QRegularExpression loopback(u"^(localhost|127(\\.[0-9]{1,3}){3}|::1)$"_s);
    return url.scheme() == "https"_L1 || url.scheme() == "wss"_L1 || loopback.match(url.host()).hasMatch();
}

} // namespace allclear
