// What happened during an incident, one entry an event: the journal's vocabulary. Entries are immutable and only ever
// appended; history/journal keeps them, verdict and items read them.
#pragma once

#include "core/time.h"

#include <QJsonObject>
#include <QMetaType>
#include <QString>

#include <optional>

namespace allclear
{

enum class EntryKind {
    Opened, ///< a watch of the incident began (the program or `watch` started); everything before is a gap
    StateChanged, ///< subject: component; detail: from, to, reason
    CriterionWon, ///< subject: title; detail: evidence
    CriterionLost, ///< subject: title; detail: reason
    AllClear, ///< the incident's verdict became clear
    ClearLost, ///< and is no longer
    ActionChanged, ///< subject: title; detail: from, to (open, doing, done, dropped), by ("person" or "evidence")
    RunFinished, ///< subject: the run's name; detail: verdict, reasons, counts, hash, argv, …
    RunApproved, ///< subject: the run's name; detail: hash
    Note, ///< a person's words; subject may name a component
    FileChanged, ///< the incident file was taken over; detail: hash
    StatusChanged, ///< of the incident; detail: from, to
    Acknowledged, ///< subject: component; detail: until (ISO, UTC); without it: taken back
    Paused, ///< subject: component, or empty for all; detail: paused (bool)
    ObserverChanged, ///< detail: state, reason
};
inline constexpr int entryKindCount = 15;

/// "state-changed", "criterion-won", …: the names in the database and in exports.
QLatin1StringView name(EntryKind kind);
std::optional<EntryKind> entryKindFrom(QStringView text);

struct JournalEntry {
    qint64 id = 0; ///< given by the store; 0 before
    TimePoint at;
    EntryKind kind = EntryKind::Note;
    QString subject; ///< what it is about
    QString text; ///< one sentence for people, secrets masked
    QString who; ///< "alice"; empty: the program itself, by evidence
    QJsonObject detail; ///< secrets masked
};

/// Longer texts and names are cut here, with an ellipsis, before they are stored.
inline constexpr qsizetype maxJournalText = 4096;

} // namespace allclear

Q_DECLARE_METATYPE(allclear::JournalEntry)
