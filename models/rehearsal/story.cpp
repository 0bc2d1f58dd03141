#include "rehearsal/story.h"

#include <array>

namespace allclear {

namespace rehearsal {

namespace {

constexpr QLatin1StringView operator""_text(const char *text, std::size_t size)
{
    return QLatin1StringView(text, static_cast<qsizetype>(size));
}

// The repair follows the cause: network, then data, then the deployment, then the services that need them.
constexpr std::array chapters = {
    Situation{Chapter::Healthy, "healthy"_text, "All services answer within a few tens of milliseconds."_text, 60s,
              ConnectorState::Ready, DatabaseState::Available, RevisionState::Serving, ServiceState::Healthy,
              ChainState::Complete},
    Situation{Chapter::ConnectorSaturates, "connector-saturates"_text,
              "The VPC connector is at 10 of 10 instances and updating; every call through it gets slower."_text, 45s,
              ConnectorState::Updating, DatabaseState::Available, RevisionState::Serving, ServiceState::Slow,
              ChainState::Complete},
    Situation{Chapter::DatabasesUnreachable, "databases-unreachable"_text,
              "The connector is in ERROR; PostgreSQL and Redis can no longer be reached through it."_text, 60s,
              ConnectorState::Error, DatabaseState::Unreachable, RevisionState::Serving, ServiceState::CutOff,
              ChainState::Complete},
    Situation{Chapter::CrashLoop, "crash-loop"_text,
              "A new backend revision was rolled out to help, and its workers fail to boot again and again."_text, 60s,
              ConnectorState::Error, DatabaseState::Unreachable, RevisionState::CrashLooping,
              ServiceState::CrashLooping, ChainState::Complete},
    Situation{Chapter::Everything503, "everything-503"_text,
              "Every service answers 503 after ten seconds, chat sockets are rejected, and the balancer sends an "
              "incomplete certificate chain."_text,
              120s, ConnectorState::Error, DatabaseState::Unreachable, RevisionState::CrashLooping,
              ServiceState::Unavailable, ChainState::Incomplete},
    Situation{Chapter::ConnectorRepaired, "connector-repaired"_text,
              "The connector was recreated with more instances and is READY; the databases are restarting."_text, 40s,
              ConnectorState::Ready, DatabaseState::Restarting, RevisionState::CrashLooping,
              ServiceState::Unavailable, ChainState::Incomplete},
    Situation{Chapter::DatabasesBack, "databases-back"_text,
              "PostgreSQL and Redis accept connections and the chain is complete; the broken revision still fails to "
              "start."_text,
              40s, ConnectorState::Ready, DatabaseState::Available, RevisionState::CrashLooping,
              ServiceState::NotStarting, ChainState::Complete},
    Situation{Chapter::RevisionFixed, "revision-fixed"_text,
              "A corrected backend revision is ready; the services answer 200 and are warming up."_text, 45s,
              ConnectorState::Ready, DatabaseState::Available, RevisionState::Fixed, ServiceState::WarmingUp,
              ChainState::Complete},
    Situation{Chapter::Recovered, "recovered"_text,
              "Everything answers as before the incident; the criteria now have to hold."_text, 0s,
              ConnectorState::Ready, DatabaseState::Available, RevisionState::Fixed, ServiceState::Healthy,
              ChainState::Complete},
};

} // namespace

std::span<const Situation> story() { return chapters; }

const Situation &situation(Chapter chapter) { return chapters[static_cast<std::size_t>(chapter)]; }

} // namespace rehearsal

QString name(Chapter chapter) { return rehearsal::situation(chapter).name; }

} // namespace allclear
