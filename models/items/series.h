// Latency series as the charts draw them: per endpoint a time-ordered run of 16-byte samples, bounded in age.
// Lives in the GUI thread. Memory: 16 bytes a sample and at most an eighth more; 20 endpoints × 86,400 s = 27.6 MB.
// Spans stay valid until the next append(), reset() or setRetention().
#pragma once

#include "core/observation.h"

#include <QObject>

#include <limits>
#include <span>
#include <vector>

namespace allclear {

/// One pixel column of a chart.
struct ColumnBin {
    float min = std::numeric_limits<float>::quiet_NaN(); ///< NaN: no answer in this column
    float max = std::numeric_limits<float>::quiet_NaN();
    float last = std::numeric_limits<float>::quiet_NaN();
    int samples = 0;
    int failures = 0;
    int gaps = 0; ///< results without an answer
};

class SeriesStore : public QObject {
    Q_OBJECT
public:
    explicit SeriesStore(QObject *parent = nullptr);

    enum class Keep { Nothing, SameNames }; ///< SameNames: a series whose name stays keeps its samples

    void reset(const QStringList &names, Keep keep = Keep::Nothing);
    /// Samples older than this before the newest of their series are dropped.
    void setRetention(Duration retention);
    Duration retention() const { return m_retention; }
    /// Samples of one series, oldest first; earlier ones than the newest already held are put in order, and a second
    /// sample of the same instant replaces the first. An unknown series is ignored.
    void append(int series, std::span<const Sample> samples);

    int count() const { return static_cast<int>(m_series.size()); }
    QString name(int series) const { return m_names.value(series); }
    std::span<const Sample> samples(int series) const;
    /// Those of [from, to).
    std::span<const Sample> between(int series, TimePoint from, TimePoint to) const;
    /// Min-max preserving: no spike is lost. `columns` bins over [from, to).
    std::vector<ColumnBin> columns(int series, TimePoint from, TimePoint to, int columns) const;

Q_SIGNALS:
    void appended(int series, const allclear::Sample &newest); ///< newest of those that came
    void stretchChanged(int series, allclear::TimePoint first, allclear::TimePoint last); ///< where samples came in
    void wasReset();

private:
    struct Series {
        std::vector<Sample> samples;
        std::size_t start = 0; ///< those before are dropped and wait for compaction
    };

    void insert(Series &series, std::span<const Sample> samples);
    void expire(Series &series) const;

    QStringList m_names;
    std::vector<Series> m_series;
    Duration m_retention = std::chrono::hours(24);
};

} // namespace allclear
