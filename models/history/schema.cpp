#include "history/schema.h"

#include <array>

namespace allclear::history {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 pageBytes = 4096;

// migrations[n] turns version n into n + 1. A released step is never edited; a new one is added below it.
const std::array<QStringList, 1> migrations = {{
    {
        u"CREATE TABLE series (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)"_s,
        u"CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)"_s,
        // t: start of the probe in µs since 1970 UTC. latency: µs, NULL where no complete answer came.
        // outcome: 0 pass, 1 degraded, 2 fail. failure: FailureKind + 1, 0 where it did not fail.
        u"CREATE TABLE sample (series INTEGER NOT NULL, t INTEGER NOT NULL, latency INTEGER, status INTEGER NOT NULL,"
        " outcome INTEGER NOT NULL, failure INTEGER NOT NULL, message INTEGER, PRIMARY KEY (series, t)) WITHOUT ROWID"_s,
        u"CREATE TABLE tick (id INTEGER PRIMARY KEY, action TEXT NOT NULL, done INTEGER NOT NULL, who TEXT NOT NULL,"
        " at INTEGER NOT NULL)"_s,
    },
}};

MaybeFault checkIdentity(Database &database, int &version)
{
    QVariant id;
    QVariant found;
    QVariant tables;
    if (auto fault = database.value(u"PRAGMA application_id"_s, id))
        return fault;
    if (auto fault = database.value(u"PRAGMA user_version"_s, found))
        return fault;
    if (auto fault = database.value(u"SELECT count(*) FROM sqlite_schema"_s, tables))
        return fault;
    version = found.toInt();
    const bool empty = id.toInt() == 0 && version == 0 && tables.toInt() == 0;
    if (!empty && id.toInt() != applicationId)
        return Fault{Fault::Kind::Corrupt, u"it is the database of another program"_s};
    if (version > schemaVersion())
        return Fault{Fault::Kind::Newer, u"it has version %1, this Allclear knows %2"_s.arg(version).arg(schemaVersion())};
    return {};
}

MaybeFault checkPages(Database &database)
{
    QVariant pages;
    if (auto fault = database.value(u"PRAGMA page_count"_s, pages))
        return fault;
    if (pages.toLongLong() * pageBytes > checkedWhenOpened)
        return {};
    QVariant verdict;
    if (auto fault = database.value(u"PRAGMA quick_check(1)"_s, verdict))
        return fault;
    if (verdict.toString() != "ok"_L1)
        return Fault{Fault::Kind::Corrupt, verdict.toString()};
    return {};
}

MaybeFault migrate(Database &database, int version)
{
    for (auto step = static_cast<std::size_t>(version); step < migrations.size(); ++step) {
        QStringList statements = migrations[step];
        statements.prepend(u"BEGIN IMMEDIATE"_s);
        statements << u"PRAGMA application_id=%1"_s.arg(applicationId) << u"PRAGMA user_version=%1"_s.arg(step + 1)
                   << u"COMMIT"_s;
        for (const QString &statement : std::as_const(statements)) {
            if (auto fault = database.run(statement)) {
                (void)database.run(u"ROLLBACK"_s);
                return fault;
            }
        }
    }
    return {};
}

} // namespace

int schemaVersion() { return static_cast<int>(migrations.size()); }

MaybeFault prepare(Database &database, qint64 maxBytes)
{
    int version = 0;
    if (auto fault = checkIdentity(database, version))
        return fault;
    // auto_vacuum only takes hold before the first table and before WAL.
    for (const QString &pragma : {u"PRAGMA auto_vacuum=INCREMENTAL"_s, u"PRAGMA synchronous=NORMAL"_s, u"PRAGMA temp_store=MEMORY"_s,
                                  u"PRAGMA journal_size_limit=4194304"_s,
                                  u"PRAGMA max_page_count=%1"_s.arg((maxBytes + maxBytes / 4) / pageBytes)}) {
        if (auto fault = database.run(pragma))
            return fault;
    }
    QVariant mode;
    if (auto fault = database.value(u"PRAGMA journal_mode=WAL"_s, mode))
        return fault;
    if (mode.toString() != "wal"_L1)
        return Fault{Fault::Kind::Unusable, u"this file system does not allow a write-ahead log"_s};
    if (auto fault = checkPages(database))
        return fault;
    return migrate(database, version);
}

} // namespace allclear::history
