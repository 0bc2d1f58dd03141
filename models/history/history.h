// Every observation goes to SQLite: WAL, batched once a second, on a thread of its own. kill -9 loses at most the
// last second and never the file. All methods of HistoryStore run on the thread it was moved to; connect to its
// slots with queued connections.
#pragma once

#include "core/clock.h"
#include "core/observation.h"
#include "core/result.h"

#include <QHash>
#include <QObject>

namespace allclear {

struct HistoryOptions {
    Duration retention = std::chrono::hours(24 * 7); ///< older samples are deleted; bounds the file
    std::chrono::milliseconds batch{1000};
};

struct StoredSeries {
    EndpointKey key;
    QList<Sample> samples; ///< oldest first
    qint64 total = 0;      ///< results since `countedFrom`
    qint64 passed = 0;
};

class HistoryStore : public QObject {
    Q_OBJECT
public:
    HistoryStore(std::shared_ptr<const Clock> clock, HistoryOptions options = {}, QObject *parent = nullptr);
    ~HistoryStore() override; ///< flushes

    /// $XDG_DATA_HOME/allclear/history/<historyId>.sqlite
    static QString defaultPath(const QString &historyId);

public Q_SLOTS:
    /// Opens or makes the database. A corrupt one is set aside as *.corrupt-<time> and a new one begun; says so.
    void open(const QString &path);
    void record(const allclear::ObservationPtr &observation);
    void recordTick(const QString &action, bool done, const QString &who);
    /// Emits loaded() with the samples of [from, to) of each key; `countedFrom` starts the pass counters.
    void load(const QStringList &keys, allclear::TimePoint from, allclear::TimePoint to, allclear::TimePoint countedFrom);
    void flush();
    void close();

Q_SIGNALS:
    void opened(const QString &path, const QString &note);
    void failed(const QString &message); ///< history stops, probing goes on
    void loaded(const QList<allclear::StoredSeries> &series);
    void ticksLoaded(const QHash<QString, allclear::TimePoint> &ticks);
    void flushed(int observations);
};

} // namespace allclear
