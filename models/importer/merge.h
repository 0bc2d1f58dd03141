// Importing again onto a file that a person may have changed. Pure.
//
// The last lines of an imported file record, for every value, a hash of what the issue said: `#= endpoints/3fa1b2c4
// url=9c0d1e2f`. A value whose hash is still the recorded one is the issue's and follows it; any other is a person's
// and stays, as do comments, entries and sections that a person added and the absence of those that a person removed.
#pragma once

#include "importer/sheet.h"

#include <QByteArray>

namespace allclear::issue
{

/// Starts what the import writes anew each time.
inline constexpr char16_t notesMark[] = u"# ── Left over from the issue ";

/// The records for a file made of these sheets.
QStringList recordsOf(const QList<Sheet> &sheets);

enum class Removal { Allowed, Refused };

struct Merged {
    QStringList lines; ///< without notes and records
    QList<Finding> findings;
};

/// `existing` is a file of an earlier import, and valid. Removal::Refused keeps what the issue no longer says, too.
Merged merge(const QByteArray &existing, const QList<Sheet> &sheets, Removal removal);

bool hasRecords(const QByteArray &yaml);

} // namespace allclear::issue
