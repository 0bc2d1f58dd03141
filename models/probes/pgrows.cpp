#include "probes/pgrows.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

// pg_type.h: types whose text is JSON already, or nearly.
enum Oid : quint32 {
    Bool = 16,
    Int8 = 20,
    Int2 = 21,
    Int4 = 23,
    OidType = 26,
    Json = 114,
    Float4 = 700,
    Float8 = 701,
    Numeric = 1700,
    Jsonb = 3802
};

QByteArray quoted(const QString &text)
{
    return QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact).sliced(1).chopped(1);
}

/// NaN and Infinity are text: JSON has no such numbers.
bool isJsonNumber(const QByteArray &text)
{
    qsizetype i = text.startsWith('-') ? 1 : 0;
    const auto digits = [&] {
        const qsizetype start = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9')
            ++i;
        return i > start;
    };
    if (!digits())
        return false;
    if (i < text.size() && text[i] == '.') {
        ++i;
        if (!digits())
            return false;
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '+' || text[i] == '-'))
            ++i;
        if (!digits())
            return false;
    }
    return i == text.size();
}

QByteArray asJson(const QByteArray &value, quint32 type)
{
    if (value.isNull())
        return "null";
    switch (type) {
    case Bool:
        if (value == "t" || value == "f")
            return value == "t" ? "true" : "false";
        break;
    case Int2:
    case Int4:
    case Int8:
    case OidType:
    case Float4:
    case Float8:
    case Numeric:
        if (isJsonNumber(value))
            return value;
        break;
    case Json:
    case Jsonb:
        if (!QJsonDocument::fromJson('[' + value + ']').isNull())
            return value;
        break;
    default: break;
    }
    return quoted(QString::fromUtf8(value));
}

} // namespace

QByteArray PgRows::members(const QList<QByteArray> &values) const
{
    QByteArrayList parts;
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (m_nulls == PgNulls::LeftOut && values[i].isNull())
            continue;
        parts.append(quoted(m_columns[i].name) + ':' + asJson(values[i], m_columns[i].type));
    }
    return parts.join(',');
}

bool PgRows::add(const QList<QByteArray> &values)
{
    if (values.size() != m_columns.size())
        return false;
    m_rows.append(members(values));
    return true;
}

QByteArray PgRows::toJson() const
{
    QByteArray rows;
    for (const QByteArray &row : m_rows)
        rows += (rows.isEmpty() ? "{" : ",{") + row + '}';
    const QByteArray first = m_rows.isEmpty() || m_rows.front().isEmpty() ? QByteArray() : m_rows.front() + ',';
    return '{' + first + "\"rows\":[" + rows + "]}";
}

} // namespace allclear
