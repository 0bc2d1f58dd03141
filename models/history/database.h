// One SQLite database with an incident's samples, failure texts and ticks. Belongs to the thread that opens it.
// Everything that can go wrong is a Fault; nothing is thrown and nothing is printed.
#pragma once

#include "history/history.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <span>

namespace allclear::history {

struct Fault {
    enum class Kind {
        Corrupt,  ///< not a database, or a broken one: may be set aside
        Newer,    ///< written by a later Allclear: left alone
        Full,     ///< the disk, or the size that the options allow
        Unusable, ///< no such folder, no permission, read-only, locked, I/O error
    };
    Kind kind = Kind::Unusable;
    QString detail; ///< SQLite's or the system's own words
};
using MaybeFault = std::optional<Fault>; ///< nothing: it worked

/// An observation as the database keeps it.
struct Row {
    EndpointKey key;
    TimePoint at;
    std::optional<Duration> latency; ///< nothing: no complete answer
    quint16 status = 0;
    quint8 outcome = 0;
    quint8 failure = 0;
    QString message;
};
Row toRow(const Observation &observation);

struct Tick {
    QString action;
    bool done = false;
    QString who;
    TimePoint at;
};

/// Times as the database keeps them: microseconds since 1970, UTC.
inline qint64 micros(TimePoint time) { return time.time_since_epoch().count(); }

class Database {
public:
    Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;
    ~Database();

    MaybeFault open(const QString &path, qint64 maxBytes);
    bool isOpen() const { return m_database.isOpen(); }
    void close();

    /// All rows in one transaction, or none. A second row of the same endpoint and microsecond replaces the first.
    MaybeFault write(std::span<const Row> rows);
    MaybeFault write(const Tick &tick);
    MaybeFault read(const EndpointKey &key, TimePoint from, TimePoint to, TimePoint countedFrom, StoredSeries &series);
    /// Actions whose latest tick is "done", and when that was.
    MaybeFault readTicks(QHash<QString, TimePoint> &ticks);

    /// Runs one statement to its end.
    MaybeFault run(const QString &sql, const QVariantList &values = {});
    /// The same, with the first column of the first row; an invalid value when there is no row.
    MaybeFault value(const QString &sql, QVariant &result, const QVariantList &values = {});
    /// The same, with the first column of every row.
    MaybeFault values(const QString &sql, QVariantList &result);

private:
    MaybeFault insert(std::span<const Row> rows);
    MaybeFault seriesId(const EndpointKey &key, qint64 &id);
    MaybeFault messageId(const QString &text, QHash<QString, qint64> &known, QVariant &id);
    MaybeFault readSamples(qint64 id, TimePoint from, TimePoint to, StoredSeries &series);

    QString m_name; // of the Qt connection
    QSqlDatabase m_database;
    std::optional<QSqlQuery> m_insert;
    QHash<EndpointKey, qint64> m_series;
};

} // namespace allclear::history
