// The database's layout and how an older one becomes the current one.
#pragma once

#include "history/database.h"

namespace allclear::history {

/// "ALCL" in PRAGMA application_id: a database of somebody else's is never written to.
inline constexpr int applicationId = 0x414C434C;
/// PRAGMA user_version; each step of schema.cpp's table raises it by one.
int schemaVersion();
/// Databases up to this size are checked in full when they are opened; larger ones as their pages are read.
inline constexpr qint64 checkedWhenOpened = 64 * 1024 * 1024;

/// Pragmas, checks and migrations, in the order that SQLite wants them.
MaybeFault prepare(Database &database, qint64 maxBytes);

} // namespace allclear::history
