#include "probes/pgerrors.h"

#include <algorithm>
#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

struct Meaning {
    QLatin1StringView state; ///< a whole SQLSTATE, or the two characters of a class
    const char16_t *sentence;
    const char16_t *hint;
};

using L = QLatin1StringView;

// Whole states stand before their class.
constexpr std::array meanings = {
    Meaning{L("53300"), u"the server has no connection left for this user",
            u"look for leaking pools; max_connections minus the reserved ones is the limit"},
    Meaning{L("53100"), u"the server's disk is full", u"free space on the database's disk first"},
    Meaning{L("53200"), u"the server is out of memory", u"look at work_mem and at the number of sessions"},
    Meaning{L("28P01"), u"the password is wrong", u"compare the URL's user and password with the server's"},
    Meaning{L("28000"), u"the server does not let this user in from here",
            u"pg_hba.conf decides by user, database, address and encryption"},
    Meaning{L("3D000"), u"there is no such database", u"check the database's name in the URL"},
    Meaning{L("3F000"), u"there is no such schema", u""},
    Meaning{L("57P03"), u"the server is starting up or shutting down and takes no connections",
            u"it may be recovering; its log says how far it is"},
    Meaning{L("57P01"), u"the server ended the session: an administrator's command or a shutdown",
            u"look for a restart or a failover"},
    Meaning{L("57P02"), u"the server ended the session because another one crashed",
            u"the server's log names the process that crashed"},
    Meaning{L("57P05"), u"the server ended the session because it was idle", u""},
    Meaning{L("57014"), u"the statement was cancelled: it took longer than the probe may",
            u"look for locks and slow queries, or raise client.timeout"},
    Meaning{L("55P03"), u"the statement could not get a lock", u"pg_locks names who holds it"},
    Meaning{L("25006"), u"the statement writes; a probe runs in a read-only transaction",
            u"a probe's body is one SELECT"},
    Meaning{L("42501"), u"the user may not do that",
            u"grant the probe's user what the statement reads; pg_monitor covers statistics"},
    Meaning{L("42601"), u"the statement is not valid SQL, or not exactly one statement",
            u"a probe's body is one SELECT"},
    Meaning{L("42P01"), u"there is no such table", u"check the table's name and the user's search_path"},
    Meaning{L("42703"), u"there is no such column", u""},
    Meaning{L("0A000"), u"the server does not support what was asked", u""},
    Meaning{L("XX"), u"the server reports a fault of its own, maybe damaged data", u"the server's log has the rest"},
    Meaning{L("53"), u"the server is short of resources", u""},
    Meaning{L("58"), u"the server's system failed it, maybe its disk", u"the server's log has the rest"},
    Meaning{L("08"), u"the server did not take the connection", u""},
    Meaning{L("28"), u"the server does not let this user in", u"compare the URL's user and password with the server's"},
    Meaning{L("42"), u"the server does not understand the statement", u""}};

} // namespace

Failure failureFrom(const pg::Report &report)
{
    const auto known =
        std::ranges::find_if(meanings, [&](const Meaning &meaning) { return report.code.startsWith(meaning.state); });
    const QString said = report.code.isEmpty() ? report.message : u"%1: %2"_s.arg(report.code, report.message);
    if (known == meanings.end()) {
        return {.kind = FailureKind::Rejected,
                .phase = {},
                .message = u"the server answered with an error (%1)"_s.arg(said),
                .hint = report.detail};
    }
    return {.kind = FailureKind::Rejected,
            .phase = {},
            .message = u"%1 (%2)"_s.arg(QStringView(known->sentence).toString(), said),
            .hint = QStringView(known->hint).toString()};
}

} // namespace allclear
