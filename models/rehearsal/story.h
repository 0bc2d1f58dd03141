// The storyline as a table: what is wrong where, in each chapter. Pure data; durations are in clock time.
#pragma once

#include "rehearsal/staging.h"

#include <span>

namespace allclear::rehearsal {

enum class ConnectorState { Ready, Updating, Error };
enum class DatabaseState { Available, Unreachable, Restarting };
enum class RevisionState { Serving, CrashLooping, Fixed };
enum class ChainState { Complete, Incomplete };
enum class ServiceState {
    Healthy,      ///< tens of milliseconds
    Slow,         ///< right answers, late: the connector is the bottleneck
    CutOff,       ///< the processes live, their databases do not answer
    CrashLooping, ///< two of three backend answers are the application's own 503
    Unavailable,  ///< the platform's 503 after ten seconds
    NotStarting,  ///< 503 again, but soon: start-up fails although the databases are back
    WarmingUp     ///< 200, not yet at full speed
};

struct Situation {
    Chapter chapter;
    QLatin1StringView name;
    QLatin1StringView sentence;
    Duration lasts; ///< until the next chapter; zero for the last
    ConnectorState connector;
    DatabaseState databases;
    RevisionState revision;
    ServiceState services;
    ChainState chain;
};

/// In story order, one row a chapter.
std::span<const Situation> story();
const Situation &situation(Chapter chapter);

} // namespace allclear::rehearsal
