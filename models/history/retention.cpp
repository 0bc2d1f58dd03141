#include "history/retention.h"

#include <QVariant>

namespace allclear::history {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 vacuumPages = 500; // 2 MB a step
constexpr double roomAfterCap = 0.9; // of maxBytes: so that a full database is not trimmed at every turn

} // namespace

MaybeFault Retention::start(TimePoint oldest, TimePoint now, qint64 maxBytes)
{
    m_oldest = oldest;
    m_deleted = false;
    m_series.clear();
    m_stage = Stage::Samples;
    if (auto fault = capped(now, maxBytes))
        return fault;
    return m_database.values(u"SELECT id FROM series"_s, m_series);
}

MaybeFault Retention::capped(TimePoint now, qint64 maxBytes)
{
    QVariant pages, unused, pageSize;
    if (auto fault = m_database.value(u"PRAGMA page_count"_s, pages))
        return fault;
    if (auto fault = m_database.value(u"PRAGMA freelist_count"_s, unused))
        return fault;
    if (auto fault = m_database.value(u"PRAGMA page_size"_s, pageSize))
        return fault;
    const double used = static_cast<double>((pages.toLongLong() - unused.toLongLong()) * pageSize.toLongLong());
    const double allowed = static_cast<double>(maxBytes);
    if (used <= allowed)
        return {};
    QVariant first;
    if (auto fault = m_database.value(
            u"SELECT min(first) FROM (SELECT (SELECT min(t) FROM sample WHERE series=series.id) AS first FROM series)"_s, first))
        return fault;
    if (first.isNull())
        return {};
    const TimePoint held = std::max(m_oldest, TimePoint(Duration(first.toLongLong())));
    const double keep = roomAfterCap * allowed / used;
    const auto kept = std::chrono::duration_cast<Duration>((now - held) * keep);
    m_oldest = std::max(m_oldest, now - kept);
    return {};
}

MaybeFault Retention::step(bool &more)
{
    MaybeFault fault;
    switch (m_stage) {
    case Stage::Samples: fault = trimSamples(); break;
    case Stage::Messages: fault = trimMessages(); break;
    case Stage::Vacuum: fault = vacuum(); break;
    case Stage::Done: break;
    }
    more = !fault && m_stage != Stage::Done;
    return fault;
}

MaybeFault Retention::trimSamples()
{
    if (m_series.isEmpty()) {
        m_stage = m_deleted ? Stage::Messages : Stage::Vacuum;
        return {};
    }
    const QVariant series = m_series.constLast();
    QVariant bound;
    if (auto fault = m_database.value(u"SELECT t FROM sample WHERE series=? AND t<? ORDER BY t LIMIT 1 OFFSET ?"_s, bound,
                                      {series, micros(m_oldest), trimChunk}))
        return fault;
    if (bound.isNull()) {
        bound = micros(m_oldest);
        m_series.removeLast();
    }
    if (auto fault = m_database.run(u"DELETE FROM sample WHERE series=? AND t<?"_s, {series, bound}))
        return fault;
    QVariant changes;
    auto fault = m_database.value(u"SELECT changes()"_s, changes);
    m_deleted = m_deleted || changes.toLongLong() > 0;
    return fault;
}

MaybeFault Retention::trimMessages()
{
    m_stage = Stage::Vacuum;
    return m_database.run(
        u"DELETE FROM message WHERE id NOT IN (SELECT message FROM sample WHERE message IS NOT NULL)"_s);
}

MaybeFault Retention::vacuum()
{
    QVariant unused;
    if (auto fault = m_database.value(u"PRAGMA freelist_count"_s, unused))
        return fault;
    const qint64 pages = std::min(unused.toLongLong(), vacuumPages);
    if (pages == 0) {
        m_stage = Stage::Done;
        return {};
    }
    if (auto fault = m_database.run(u"BEGIN IMMEDIATE"_s))
        return fault;
    // QSQLITE steps a statement without columns once, and this pragma frees one page a step whatever its argument.
    MaybeFault fault;
    for (qint64 page = 0; page < pages && !fault; ++page)
        fault = m_database.run(u"PRAGMA incremental_vacuum(1)"_s);
    if (!fault)
        fault = m_database.run(u"COMMIT"_s);
    if (fault) {
        (void)m_database.run(u"ROLLBACK"_s);
        return fault;
    }
    QVariant left;
    fault = m_database.value(u"PRAGMA freelist_count"_s, left);
    if (!fault && left.toLongLong() >= unused.toLongLong())
        m_stage = Stage::Done; // a database that cannot shrink: its free pages are used again
    return fault;
}

} // namespace allclear::history
