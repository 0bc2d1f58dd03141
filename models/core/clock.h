// The injected clock. Everything that asks "what time is it" or "how long do I wait" asks one of these.
// All methods are const and may be called from any thread.
#pragma once

#include "core/time.h"

#include <atomic>

namespace allclear {

class Clock {
public:
    Clock() = default;
    Clock(const Clock &) = delete;
    Clock &operator=(const Clock &) = delete;
    virtual ~Clock();

    /// Wall clock, UTC. May jump when the system's clock is set.
    virtual TimePoint now() const = 0;
    /// Monotonic; only differences mean something. Latencies and deadlines are measured with it.
    virtual Duration steady() const = 0;
    /// How long a timer really has to run so that `duration` passes on this clock.
    virtual Duration toReal(Duration duration) const { return duration; }
};

class SystemClock final : public Clock {
public:
    TimePoint now() const override;
    Duration steady() const override;
};

/// Runs `speed` times faster than the system's clock, from `start` on. The rehearsal's clock: at speed 20 an
/// interval of 10 s takes half a second, and a latency of half a second is reported as 10 s.
class ScaledClock final : public Clock {
public:
    ScaledClock(double speed, TimePoint start);
    TimePoint now() const override;
    Duration steady() const override;
    Duration toReal(Duration duration) const override;
    double speed() const { return m_speed; }

private:
    double m_speed;
    TimePoint m_start;
    std::chrono::steady_clock::time_point m_origin;
};

/// Stands still until told to move: for tests and for judging a past instant.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimePoint start) : m_now(start.time_since_epoch().count()) {}
    TimePoint now() const override { return TimePoint(Duration(m_now.load())); }
    Duration steady() const override { return Duration(m_now.load()); }
    void advance(Duration by) { m_now += by.count(); }

private:
    std::atomic<Duration::rep> m_now;
};

} // namespace allclear
