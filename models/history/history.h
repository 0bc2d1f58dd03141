// Every observation goes to SQLite: WAL, batched once a second, on a thread of its own. kill -9 loses at most the
// last second and never the file; a power cut may lose the last commits as well (synchronous=NORMAL). All methods of
// HistoryStore run on the thread it was moved to; connect to its slots with queued connections, and delete it there
// (QThread::finished → deleteLater).
//
// Size: 28 bytes a sample, measured. 20 endpoints every 10 s for the default 7 days are 1.2 million samples, 34 MB;
// every second, 340 MB. `maxBytes` bounds the file at any rate. To them come the log (-wal, 4 MB) and the failure texts,
// each kept once and deleted with its last sample.
// The counts of `load` cover what the retention has kept.
#pragma once

#include "core/clock.h"
#include "core/observation.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <memory>
#include <vector>

namespace allclear {

namespace history {
class Database;
class Retention;
struct Fault;
struct Row;
} // namespace history

struct HistoryOptions {
    Duration retention = std::chrono::hours(24 * 7); ///< older samples are deleted; bounds the file
    qint64 maxBytes = qint64(1) << 30; ///< above it the oldest go early; the file never exceeds it by more than a quarter
    std::chrono::milliseconds batch{1000};
};

/// Observations that wait for the database while it cannot be written; beyond it the oldest are dropped.
inline constexpr int maxPendingObservations = 100'000;

/// The newest failure of a stretch, in the words that the probe found.
struct StoredFailure {
    TimePoint at;
    FailureKind kind = FailureKind::Internal;
    QString message;
};

struct StoredSeries {
    EndpointKey key;
    QList<Sample> samples; ///< oldest first
    qint64 total = 0;      ///< results since `countedFrom`
    qint64 passed = 0;     ///< of them, those whose conditions held: pass and degraded
    std::optional<StoredFailure> lastFailure; ///< in the loaded stretch
};

class HistoryStore : public QObject {
    Q_OBJECT
public:
    HistoryStore(std::shared_ptr<const Clock> clock, HistoryOptions options = {}, QObject *parent = nullptr);
    ~HistoryStore() override; ///< flushes

    /// $XDG_DATA_HOME/allclear/history/<historyId>.sqlite
    static QString defaultPath(const QString &historyId);

public Q_SLOTS:
    /// Opens or makes the database (file 0600, folders it makes 0700). A corrupt one is set aside as
    /// *.corrupt-<time> and a new one begun; says so. Where none can be had, record() does nothing until the next
    /// open().
    void open(const QString &path);
    void record(const allclear::ObservationPtr &observation);
    /// A person's tick, stamped with the clock and written at once.
    void recordTick(const QString &action, bool done, const QString &who);
    /// Emits loaded() with the samples of [from, to) of each key; `countedFrom` starts the pass counters.
    void load(const QStringList &keys, allclear::TimePoint from, allclear::TimePoint to, allclear::TimePoint countedFrom);
    /// Writes what is pending; also tries again at once after a failure.
    void flush();
    void close();

Q_SIGNALS:
    void opened(const QString &path, const QString &note); ///< the note is empty when there is nothing to say
    void failed(const QString &message); ///< once an episode: history stops, probing goes on
    void loaded(const QList<allclear::StoredSeries> &series);
    void ticksLoaded(const QHash<QString, allclear::TimePoint> &ticks); ///< on open: what is ticked, and since when
    void flushed(int observations); ///< committed: they outlive this process

private:
    std::optional<history::Fault> begin(QString &note);
    void handle(const history::Fault &fault);
    void restart(const history::Fault &fault);
    void unusable(const history::Fault &fault);
    void troubled(const history::Fault &fault);
    void recovered();
    bool commit();
    void boundPending();
    void startTrim();
    void trimStep();

    std::shared_ptr<const Clock> m_clock;
    HistoryOptions m_options;
    std::unique_ptr<history::Database> m_database;
    std::unique_ptr<history::Retention> m_retention;
    QString m_path;
    std::vector<history::Row> m_pending; // oldest first
    QTimer m_batch;
    QTimer m_retry;
    QTimer m_trim;
    Duration m_trimmedAt{}; // on the steady clock
    bool m_troubled = false;
    qint64 m_dropped = 0;
};

} // namespace allclear

Q_DECLARE_METATYPE(allclear::StoredSeries)
