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

/// The text as the one JSON value that it is, at the depth at which it will stand; undefined when it is none or more
/// than one. NaN, Infinity and numbers beyond a double are none.
QJsonValue oneValue(const QByteArray &text)
{
    QJsonValue value = QJsonDocument::fromJson("[[[" + text + "]]]").array();
    for (int level = 0; level < 3; ++level) {
        const QJsonArray array = value.toArray();
        if (array.size() != 1)
            return QJsonValue::Undefined;
        value = array.first();
    }
    return value;
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
        if (oneValue(value).isDouble())
            return value;
        break;
    case Json:
    case Jsonb:
        if (!oneValue(value).isUndefined())
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
