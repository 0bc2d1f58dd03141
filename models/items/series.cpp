#include "items/series.h"

#include <algorithm>
#include <cmath>

namespace allclear {

namespace {

bool earlier(const Sample &left, const Sample &right) { return left.at < right.at; }
bool notLater(const Sample &left, const Sample &right) { return left.at <= right.at; }

// Start of bin `index` after `from`, without overflow and without drift.
Duration binOffset(Duration range, int columns, int index)
{
    const auto whole = range / columns;
    const auto rest = range % columns;
    return whole * index + rest * index / columns;
}

void count(ColumnBin &bin, const Sample &sample)
{
    ++bin.samples;
    if (sample.failed())
        ++bin.failures;
    if (std::isnan(sample.latencyMs)) {
        ++bin.gaps;
        return;
    }
    bin.min = std::isnan(bin.min) ? sample.latencyMs : std::min(bin.min, sample.latencyMs);
    bin.max = std::isnan(bin.max) ? sample.latencyMs : std::max(bin.max, sample.latencyMs);
    bin.last = sample.latencyMs;
}

} // namespace

SeriesStore::SeriesStore(QObject *parent) : QObject(parent) {}

void SeriesStore::reset(const QStringList &names, Keep keep)
{
    std::vector<Series> fresh(static_cast<std::size_t>(names.size()));
    for (qsizetype index = 0; keep == Keep::SameNames && index < names.size(); ++index) {
        if (const auto old = m_names.indexOf(names[index]); old >= 0)
            std::swap(fresh[static_cast<std::size_t>(index)], m_series[static_cast<std::size_t>(old)]);
    }
    m_names = names;
    m_series = std::move(fresh);
    Q_EMIT wasReset();
}

void SeriesStore::setRetention(Duration retention)
{
    m_retention = retention;
    for (Series &series : m_series)
        expire(series);
}

void SeriesStore::append(int series, std::span<const Sample> samples)
{
    if (series < 0 || series >= count() || samples.empty())
        return;
    Series &held = m_series[static_cast<std::size_t>(series)];
    std::vector<Sample> ordered;
    if (!std::ranges::is_sorted(samples, earlier)) {
        ordered.assign(samples.begin(), samples.end());
        std::ranges::stable_sort(ordered, earlier);
        samples = ordered;
    }
    const Sample newest = samples.back();
    const TimePoint first = samples.front().at;
    insert(held, samples);
    expire(held);
    Q_EMIT stretchChanged(series, first, newest.at);
    Q_EMIT appended(series, newest);
}

void SeriesStore::insert(Series &series, std::span<const Sample> samples)
{
    auto &held = series.samples;
    const auto began = static_cast<std::ptrdiff_t>(held.size());
    const bool inOrder = series.start == held.size() || held.back().at < samples.front().at;
    // Room for the eighth that expires late, and more: growing 20 full series in one frame took 90 ms.
    if (const std::size_t needed = held.size() + samples.size(); needed > held.capacity())
        held.reserve(needed + needed / 4);
    held.insert(held.end(), samples.begin(), samples.end());
    auto touched = held.begin() + began;
    if (!inOrder) {
        const auto start = held.begin() + static_cast<std::ptrdiff_t>(series.start);
        const auto place = std::lower_bound(start, touched, held[static_cast<std::size_t>(began)], earlier);
        std::inplace_merge(place, touched, held.end(), earlier);
        touched = place;
    }
    // Of one instant the last that came stays: of each run of equals keep its last.
    auto out = touched;
    for (auto in = touched; in != held.end(); ++in) {
        const auto next = std::next(in);
        if (next == held.end() || !notLater(*next, *in))
            *out++ = *in;
    }
    held.erase(out, held.end());
}

void SeriesStore::expire(Series &series) const
{
    auto &held = series.samples;
    if (held.empty())
        return;
    const TimePoint oldest = held.back().at - m_retention;
    const auto start = held.begin() + static_cast<std::ptrdiff_t>(series.start);
    const auto kept = std::partition_point(start, held.end(), [&](const Sample &sample) { return sample.at < oldest; });
    series.start = static_cast<std::size_t>(kept - held.begin());
    if (series.start > held.size() / 8) {
        held.erase(held.begin(), kept);
        series.start = 0;
    }
}

std::span<const Sample> SeriesStore::samples(int series) const
{
    if (series < 0 || series >= count())
        return {};
    const Series &held = m_series[static_cast<std::size_t>(series)];
    return std::span(held.samples).subspan(held.start);
}

std::span<const Sample> SeriesStore::between(int series, TimePoint from, TimePoint to) const
{
    const auto all = samples(series);
    const auto before = [](const Sample &sample, TimePoint at) { return sample.at < at; };
    const auto first = std::lower_bound(all.begin(), all.end(), from, before);
    const auto last = std::lower_bound(first, all.end(), std::max(from, to), before);
    return {first, last};
}

std::vector<ColumnBin> SeriesStore::columns(int series, TimePoint from, TimePoint to, int columns) const
{
    if (columns <= 0 || to <= from)
        return {};
    std::vector<ColumnBin> bins(static_cast<std::size_t>(columns));
    const Duration range = to - from;
    int index = 0;
    TimePoint end = from + binOffset(range, columns, 1);
    for (const Sample &sample : between(series, from, to)) {
        while (sample.at >= end) {
            ++index;
            end = from + binOffset(range, columns, index + 1);
        }
        allclear::count(bins[static_cast<std::size_t>(index)], sample);
    }
    return bins;
}

} // namespace allclear
