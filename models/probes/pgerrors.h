// What a PostgreSQL error means to a person who is on call.
#pragma once

#include "probes/pgmessages.h"

namespace allclear
{

/// `rejected`, with a sentence for the well-known SQLSTATEs (postgresql.org/docs/current/errcodes-appendix.html).
Failure failureFrom(const pg::Report &report);

} // namespace allclear
