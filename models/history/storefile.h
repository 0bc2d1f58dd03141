// The database as a file: where it goes, who may read it, and how a broken one is put out of the way.
#pragma once

#include "history/database.h"

namespace allclear::history {

/// Makes missing folders (0700) and the file (0600), and takes others' access from a file that is there.
MaybeFault makeFile(const QString &path);
/// Renames `path` and its -wal and -shm to `path.corrupt-<UTC time>`; never overwrites. `aside` is the new name.
MaybeFault setAside(const QString &path, TimePoint now, QString &aside);

} // namespace allclear::history
