#include "core/clock.h"

#include <cmath>

namespace allclear {

Clock::~Clock() = default;

TimePoint SystemClock::now() const
{
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::steady() const
{
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

ScaledClock::ScaledClock(double speed, TimePoint start)
    : m_speed(speed), m_start(start), m_origin(std::chrono::steady_clock::now())
{
    Q_ASSERT(speed > 0);
}

TimePoint ScaledClock::now() const { return m_start + steady(); }

Duration ScaledClock::steady() const
{
    const std::chrono::duration<double, std::micro> real = std::chrono::steady_clock::now() - m_origin;
    return Duration(std::llround(real.count() * m_speed));
}

Duration ScaledClock::toReal(Duration duration) const
{
    return Duration(std::llround(static_cast<double>(duration.count()) / m_speed));
}

} // namespace allclear
