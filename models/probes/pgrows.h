// A query's rows as JSON: the first row's columns by name, and all rows under "rows". Types come from the columns'
// OIDs.
#pragma once

#include "probes/pgmessages.h"

namespace allclear
{

enum class PgNulls { Kept /* null */, LeftOut };

class PgRows
{
public:
    explicit PgRows(PgNulls nulls) : m_nulls(nulls) { }

    void setColumns(QList<pg::Column> columns) { m_columns = std::move(columns); }
    /// False when the row has not as many values as there are columns.
    bool add(const QList<QByteArray> &values);
    qsizetype count() const { return m_rows.size(); }
    /// {"column": value, …, "rows": [{…}, …]}; without rows only "rows": [].
    QByteArray toJson() const;

private:
    QByteArray members(const QList<QByteArray> &values) const;

    PgNulls m_nulls;
    QList<pg::Column> m_columns;
    QByteArrayList m_rows; // members without braces
};

} // namespace allclear
