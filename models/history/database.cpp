#include "history/database.h"

#include "history/schema.h"

#include <QSqlError>
#include <QUuid>
#include <QVariant>

namespace allclear::history {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxMessageLength = 500; // characters; a failure's sentence, not the answer

// SQLite's primary result codes (sqlite.org/rescode.html).
constexpr int sqliteCorrupt = 11;
constexpr int sqliteFull = 13;
constexpr int sqliteNotADatabase = 26;

Fault toFault(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt() & 0xff;
    const QString detail = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    switch (code) {
    case sqliteCorrupt:
    case sqliteNotADatabase: return {Fault::Kind::Corrupt, detail};
    case sqliteFull: return {Fault::Kind::Full, detail};
    default: return {Fault::Kind::Unusable, detail};
    }
}

TimePoint fromMicros(const QVariant &value) { return TimePoint(Duration(value.toLongLong())); }

Sample toSample(const QSqlQuery &row)
{
    Sample sample{.at = fromMicros(row.value(0)),
                  .status = static_cast<quint16>(row.value(2).toUInt()),
                  .outcome = static_cast<quint8>(row.value(3).toUInt()),
                  .failure = static_cast<quint8>(row.value(4).toUInt())};
    if (const QVariant latency = row.value(1); !latency.isNull())
        sample.latencyMs = static_cast<float>(toMs(Duration(latency.toLongLong())));
    return sample;
}

} // namespace

Row toRow(const Observation &observation)
{
    const Sample sample = allclear::toSample(observation);
    return Row{.key = observation.endpoint,
               .at = observation.startedAt,
               .latency = observation.answered ? std::optional(observation.latency) : std::nullopt,
               .status = sample.status,
               .outcome = sample.outcome,
               .failure = sample.failure,
               .message = observation.failure ? observation.failure->message.left(maxMessageLength) : QString()};
}

Database::Database() : m_name("allclear-history-"_L1 + QUuid::createUuid().toString(QUuid::WithoutBraces)) {}

Database::~Database() { close(); }

MaybeFault Database::open(const QString &path, qint64 maxBytes)
{
    close();
    m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, m_name);
    m_database.setDatabaseName(path);
    m_database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=2000"_s);
    if (!m_database.open())
        return toFault(m_database.lastError());
    if (auto fault = prepare(*this, maxBytes))
        return fault;
    m_insert.emplace(m_database);
    if (!m_insert->prepare(u"INSERT OR REPLACE INTO sample (series, t, latency, status, outcome, failure, message)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?)"_s))
        return toFault(m_insert->lastError());
    return {};
}

void Database::close()
{
    m_insert.reset();
    m_series.clear();
    if (!m_database.isValid())
        return;
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

MaybeFault Database::values(const QString &sql, QVariantList &result)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(sql))
        return toFault(query.lastError());
    while (query.next())
        result << query.value(0);
    return query.lastError().isValid() ? MaybeFault(toFault(query.lastError())) : std::nullopt;
}

MaybeFault Database::value(const QString &sql, QVariant &result, const QVariantList &values)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return toFault(query.lastError());
    for (const QVariant &value : values)
        query.addBindValue(value);
    if (!query.exec())
        return toFault(query.lastError());
    result = query.next() ? query.value(0) : QVariant();
    while (query.next()) { } // to the end, so that an error behind the first row shows
    return query.lastError().isValid() ? MaybeFault(toFault(query.lastError())) : std::nullopt;
}

MaybeFault Database::run(const QString &sql, const QVariantList &values)
{
    QVariant ignored;
    return value(sql, ignored, values);
}

MaybeFault Database::write(std::span<const Row> rows)
{
    // IMMEDIATE: a second process that writes is waited for here, not met halfway.
    if (auto fault = run(u"BEGIN IMMEDIATE"_s))
        return fault;
    auto fault = insert(rows);
    if (!fault)
        fault = run(u"COMMIT"_s);
    if (fault) {
        m_series.clear(); // ids of this transaction are gone with it
        (void)run(u"ROLLBACK"_s);
    }
    return fault;
}

MaybeFault Database::insert(std::span<const Row> rows)
{
    QHash<QString, qint64> messages; // of this transaction: the retention may delete a text between two of them
    for (const Row &row : rows) {
        qint64 series = 0;
        QVariant message;
        if (auto fault = seriesId(row.key, series))
            return fault;
        if (auto fault = messageId(row.message, messages, message))
            return fault;
        m_insert->bindValue(0, series);
        m_insert->bindValue(1, micros(row.at));
        m_insert->bindValue(2, row.latency ? QVariant(static_cast<qint64>(row.latency->count())) : QVariant());
        m_insert->bindValue(3, row.status);
        m_insert->bindValue(4, row.outcome);
        m_insert->bindValue(5, row.failure);
        m_insert->bindValue(6, message);
        if (!m_insert->exec())
            return toFault(m_insert->lastError());
    }
    m_insert->finish();
    return {};
}

MaybeFault Database::seriesId(const EndpointKey &key, qint64 &id)
{
    if (const auto known = m_series.constFind(key); known != m_series.cend()) {
        id = *known;
        return {};
    }
    if (auto fault = run(u"INSERT OR IGNORE INTO series (key) VALUES (?)"_s, {key}))
        return fault;
    QVariant found;
    if (auto fault = value(u"SELECT id FROM series WHERE key=?"_s, found, {key}))
        return fault;
    id = found.toLongLong();
    m_series.insert(key, id);
    return {};
}

MaybeFault Database::messageId(const QString &text, QHash<QString, qint64> &known, QVariant &id)
{
    if (text.isEmpty())
        return {};
    if (const auto found = known.constFind(text); found != known.cend()) {
        id = *found;
        return {};
    }
    if (auto fault = run(u"INSERT OR IGNORE INTO message (text) VALUES (?)"_s, {text}))
        return fault;
    if (auto fault = value(u"SELECT id FROM message WHERE text=?"_s, id, {text}))
        return fault;
    known.insert(text, id.toLongLong());
    return {};
}

MaybeFault Database::write(const Tick &tick)
{
    return run(u"INSERT INTO tick (action, done, who, at) VALUES (?, ?, ?, ?)"_s,
               {tick.action, tick.done ? 1 : 0, tick.who.isNull() ? u""_s : tick.who, micros(tick.at)});
}

MaybeFault Database::readTicks(QHash<QString, TimePoint> &ticks)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(u"SELECT action, done, at FROM tick ORDER BY id"_s))
        return toFault(query.lastError());
    while (query.next()) {
        if (query.value(1).toBool())
            ticks.insert(query.value(0).toString(), fromMicros(query.value(2)));
        else
            ticks.remove(query.value(0).toString());
    }
    return query.lastError().isValid() ? MaybeFault(toFault(query.lastError())) : std::nullopt;
}

MaybeFault Database::read(const EndpointKey &key, TimePoint from, TimePoint to, TimePoint countedFrom, StoredSeries &series)
{
    series.key = key;
    QVariant id;
    if (auto fault = value(u"SELECT id FROM series WHERE key=?"_s, id, {key}); fault || id.isNull())
        return fault;
    if (auto fault = readSamples(id.toLongLong(), from, to, series))
        return fault;
    const QString counted = u"SELECT count(*) FROM sample WHERE series=? AND t>=? AND t<?"_s;
    QVariant total;
    QVariant failed;
    if (auto fault = value(counted, total, {id, micros(countedFrom), micros(to)}))
        return fault;
    if (auto fault = value(counted + " AND outcome=?"_L1, failed,
                           {id, micros(countedFrom), micros(to), static_cast<int>(Outcome::Fail)}))
        return fault;
    series.total = total.toLongLong();
    series.passed = series.total - failed.toLongLong();
    return {};
}

MaybeFault Database::readSamples(qint64 id, TimePoint from, TimePoint to, StoredSeries &series)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(u"SELECT t, latency, status, outcome, failure, message FROM sample"
                       " WHERE series=? AND t>=? AND t<? ORDER BY t"_s))
        return toFault(query.lastError());
    query.addBindValue(id);
    query.addBindValue(micros(from));
    query.addBindValue(micros(to));
    if (!query.exec())
        return toFault(query.lastError());
    QVariant message;
    while (query.next()) {
        const Sample sample = toSample(query);
        series.samples << sample;
        if (sample.failure == 0)
            continue;
        series.lastFailure = StoredFailure{.at = sample.at, .kind = static_cast<FailureKind>(sample.failure - 1), .message = {}};
        message = query.value(5);
    }
    if (query.lastError().isValid())
        return toFault(query.lastError());
    if (message.isNull())
        return {};
    QVariant text;
    auto fault = value(u"SELECT text FROM message WHERE id=?"_s, text, {message});
    series.lastFailure->message = text.toString();
    return fault;
}

} // namespace allclear::history
