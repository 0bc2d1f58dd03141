#include "history/history.h"

#include "history/retention.h"
#include "history/storefile.h"

#include <QDir>
#include <QStandardPaths>

namespace allclear {

using namespace Qt::StringLiterals;
using history::Fault;

namespace {

constexpr auto trimEvery = 10min;      // on the store's clock
constexpr auto retryAfter = 10s;       // real time
constexpr int droppedAtOnce = maxPendingObservations / 100;

void registerTypes()
{
    qRegisterMetaType<ObservationPtr>("allclear::ObservationPtr");
    qRegisterMetaType<TimePoint>("allclear::TimePoint");
    qRegisterMetaType<QList<StoredSeries>>("QList<allclear::StoredSeries>");
    qRegisterMetaType<QHash<QString, TimePoint>>("QHash<QString,allclear::TimePoint>");
}

} // namespace

HistoryStore::HistoryStore(std::shared_ptr<const Clock> clock, HistoryOptions options, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_options(options), m_batch(this), m_retry(this), m_trim(this)
{
    registerTypes();
    m_batch.setSingleShot(true);
    m_retry.setSingleShot(true);
    m_trim.setSingleShot(true);
    m_batch.setInterval(m_options.batch);
    connect(&m_batch, &QTimer::timeout, this, &HistoryStore::flush);
    connect(&m_retry, &QTimer::timeout, this, &HistoryStore::flush);
    connect(&m_trim, &QTimer::timeout, this, &HistoryStore::trimStep);
}

HistoryStore::~HistoryStore() { close(); }

QString HistoryStore::defaultPath(const QString &historyId)
{
    QString file = historyId;
    file.replace(u'/', u'_');
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/allclear/history/"_L1 + file
        + ".sqlite"_L1;
}

void HistoryStore::open(const QString &path)
{
    close();
    m_path = path;
    m_dropped = 0;
    QString note;
    if (const auto fault = begin(note)) {
        unusable(*fault);
        return;
    }
    Q_EMIT opened(m_path, note);
    QHash<QString, TimePoint> ticks;
    if (const auto fault = m_database->readTicks(ticks))
        handle(*fault);
    Q_EMIT ticksLoaded(ticks);
    if (m_database)
        startTrim();
}

std::optional<Fault> HistoryStore::begin(QString &note)
{
    const auto attempt = [this]() -> history::MaybeFault {
        if (auto fault = history::makeFile(m_path))
            return fault;
        return m_database->open(m_path, m_options.maxBytes);
    };
    m_database = std::make_unique<history::Database>();
    m_retention = std::make_unique<history::Retention>(*m_database);
    auto fault = attempt();
    if (!fault || fault->kind != Fault::Kind::Corrupt)
        return fault;
    const QString reason = fault->detail;
    m_database->close();
    QString aside;
    if (auto unmovable = history::setAside(m_path, m_clock->now(), aside))
        return unmovable;
    note = u"The stored history was damaged (%1). It was set aside as %2, and a new one was begun."_s.arg(reason, aside);
    return attempt();
}

// Damage that shows while the store runs: what is pending goes into a new file.
void HistoryStore::restart(const Fault &fault)
{
    m_trim.stop();
    m_database->close();
    QString aside;
    QString note;
    auto trouble = history::setAside(m_path, m_clock->now(), aside);
    if (!trouble)
        trouble = begin(note);
    if (trouble) {
        unusable(*trouble);
        return;
    }
    Q_EMIT opened(m_path, u"The stored history was damaged (%1). It was set aside as %2, and a new one was begun."_s.arg(
                              fault.detail, aside));
    m_trimmedAt = m_clock->steady();
}

void HistoryStore::handle(const Fault &fault)
{
    if (fault.kind == Fault::Kind::Corrupt)
        restart(fault);
    else
        troubled(fault);
}

void HistoryStore::unusable(const Fault &fault)
{
    m_batch.stop();
    m_retry.stop();
    m_trim.stop();
    m_retention.reset();
    m_database.reset();
    m_pending.clear();
    m_troubled = false;
    if (fault.kind == Fault::Kind::Newer)
        Q_EMIT failed(u"The history %1 was written by a newer Allclear (%2). It is left untouched and nothing is recorded. "
                      "Update Allclear, or move the file away."_s.arg(m_path, fault.detail));
    else
        Q_EMIT failed(u"No history is kept: %1 cannot be used (%2). Probing goes on. Check that the folder exists and may be "
                      "written."_s.arg(m_path, fault.detail));
}

void HistoryStore::troubled(const Fault &fault)
{
    m_retry.start(retryAfter);
    if (m_troubled)
        return;
    m_troubled = true;
    const QString keeps = u"Results are kept in memory and written as soon as that is possible."_s;
    if (fault.kind == Fault::Kind::Full)
        Q_EMIT failed(u"The history %1 is full or its disk is (%2). %3 Free some space."_s.arg(m_path, fault.detail, keeps));
    else
        Q_EMIT failed(u"The history %1 cannot be written or read just now (%2). %3"_s.arg(m_path, fault.detail, keeps));
}

void HistoryStore::recovered()
{
    m_retry.stop();
    if (!std::exchange(m_troubled, false))
        return;
    const qint64 dropped = std::exchange(m_dropped, 0);
    Q_EMIT opened(m_path, dropped == 0
                      ? u"The history is being written again; nothing was lost."_s
                      : u"The history is being written again; %1 results were lost."_s.arg(dropped));
}

void HistoryStore::record(const ObservationPtr &observation)
{
    if (!m_database || !observation)
        return;
    m_pending.push_back(history::toRow(*observation));
    boundPending();
    if (!m_batch.isActive() && !m_troubled)
        m_batch.start();
}

void HistoryStore::boundPending()
{
    if (m_pending.size() <= static_cast<std::size_t>(maxPendingObservations))
        return;
    m_pending.erase(m_pending.begin(), m_pending.begin() + droppedAtOnce);
    m_dropped += droppedAtOnce;
    Q_EMIT failed(u"The history %1 still cannot be written: the %2 oldest waiting results were dropped, %3 in all."_s
                      .arg(m_path).arg(droppedAtOnce).arg(m_dropped));
}

void HistoryStore::recordTick(const QString &action, bool done, const QString &who)
{
    if (!m_database)
        return;
    const history::Tick tick{.action = action, .done = done, .who = who, .at = m_clock->now()};
    auto fault = m_database->write(tick);
    if (fault && fault->kind == Fault::Kind::Corrupt) {
        restart(*fault);
        fault = m_database ? m_database->write(tick) : std::nullopt;
    }
    if (fault)
        troubled(*fault);
}

bool HistoryStore::commit()
{
    auto fault = m_database->write(m_pending);
    if (fault && fault->kind == Fault::Kind::Corrupt) {
        restart(*fault);
        fault = m_database ? m_database->write(m_pending) : std::nullopt;
    }
    if (!m_database)
        return false;
    if (fault) {
        if (fault->kind == Fault::Kind::Full)
            startTrim(); // makes room when our own bound was hit
        troubled(*fault);
        return false;
    }
    return true;
}

void HistoryStore::flush()
{
    m_batch.stop();
    if (!m_database)
        return;
    if (!m_pending.empty()) {
        if (!commit())
            return;
        const auto written = static_cast<int>(m_pending.size());
        m_pending.clear();
        recovered();
        Q_EMIT flushed(written);
    } else {
        recovered();
    }
    if (m_database && m_clock->steady() - m_trimmedAt >= trimEvery)
        startTrim();
}

void HistoryStore::load(const QStringList &keys, TimePoint from, TimePoint to, TimePoint countedFrom)
{
    flush();
    QList<StoredSeries> all;
    for (const QString &key : keys) {
        StoredSeries series;
        series.key = key;
        const auto fault = m_database ? m_database->read(key, from, to, countedFrom, series) : std::nullopt;
        if (fault)
            handle(*fault);
        all << (fault ? StoredSeries{.key = key, .samples = {}, .lastFailure = {}} : std::move(series));
    }
    Q_EMIT loaded(all);
}

void HistoryStore::startTrim()
{
    const TimePoint now = m_clock->now();
    m_trimmedAt = m_clock->steady();
    if (const auto fault = m_retention->start(now - m_options.retention, now, m_options.maxBytes))
        handle(*fault);
    else
        m_trim.start(0);
}

void HistoryStore::trimStep()
{
    bool more = false;
    if (const auto fault = m_retention->step(more))
        handle(*fault);
    else if (more)
        m_trim.start(0);
    else if (m_troubled && m_retention->hasDeleted())
        m_retry.start(0ms);
}

void HistoryStore::close()
{
    m_trim.stop();
    if (m_database && !m_pending.empty())
        flush();
    m_batch.stop();
    m_retry.stop();
    m_retention.reset();
    m_database.reset();
    m_pending.clear();
    m_troubled = false;
}

} // namespace allclear
