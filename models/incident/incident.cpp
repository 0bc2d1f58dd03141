#include "incident/incident.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

QString symbol(const QString &currency)
{
    if (currency == "USD"_L1)
        return u"$"_s;
    if (currency == "EUR"_L1)
        return u"€"_s;
    if (currency == "GBP"_L1)
        return u"£"_s;
    return currency == "JPY"_L1 ? u"¥"_s : QString();
}

QString trimmedNumber(double value, int decimals)
{
    QString text = QString::number(value, 'f', decimals);
    while (text.contains(u'.') && (text.endsWith(u'0') || text.endsWith(u'.')))
        text.chop(1);
    return text;
}

/// "500K", "1.2M"; below 10,000 written out: "5,000".
QString amountText(double amount)
{
    if (amount < 9'999.5)
        return QLocale(QLocale::English, QLocale::UnitedStates).toString(std::llround(amount));
    if (amount < 999'950)
        return trimmedNumber(amount / 1e3, 1) + u'K';
    if (amount < 999'950'000)
        return trimmedNumber(amount / 1e6, 2) + u'M';
    return trimmedNumber(amount / 1e9, 2) + u'B';
}

} // namespace

QString moneyText(const MoneyAtRisk &money)
{
    const QString sign = symbol(money.currency);
    const QString amount = amountText(money.amount) + (money.atLeast ? u"+"_s : QString());
    const QString sum = sign.isEmpty() ? (amount + u' ' + money.currency).trimmed() : sign + amount;
    if (money.per == "year"_L1)
        return sum + " ARR"_L1;
    if (money.per.isEmpty())
        return sum + " at risk"_L1;
    return sum + (money.per == "hour"_L1 ? " an "_L1 : " a "_L1) + money.per + " at risk"_L1;
}

const Endpoint *Incident::endpoint(const EndpointKey &key) const
{
    const auto found = std::ranges::find_if(endpoints, [&](const Endpoint &e) { return e.key() == key; });
    return found == endpoints.end() ? nullptr : &*found;
}

const Component *Incident::component(const QString &name) const
{
    const auto found = std::ranges::find(components, name, &Component::name);
    return found == components.end() ? nullptr : &*found;
}

QString Incident::historyId() const
{
    const QString identity = sourcePath.isEmpty() ? u"text:"_s + title : QFileInfo(sourcePath).absoluteFilePath();
    return QString::fromLatin1(QCryptographicHash::hash(identity.toUtf8(), QCryptographicHash::Sha256).toHex().first(24));
}

} // namespace allclear
