// Keeps the database inside its bounds, one short step at a time, so that what is recorded meanwhile never waits.
#pragma once

#include "history/database.h"

namespace allclear::history {

inline constexpr int trimChunk = 5000; ///< samples deleted in one transaction: some ms

class Retention {
public:
    explicit Retention(Database &database) : m_database(database) {}

    /// Begins anew: samples older than `oldest` go, and more when the database is larger than `maxBytes`.
    MaybeFault start(TimePoint oldest, TimePoint now, qint64 maxBytes);
    /// One step; `more` says whether another is due.
    MaybeFault step(bool &more);
    bool hasDeleted() const { return m_deleted; } ///< since start()

private:
    MaybeFault trimSamples();
    MaybeFault trimMessages();
    MaybeFault vacuum();
    MaybeFault capped(TimePoint now, qint64 maxBytes);

    enum class Stage { Samples, Messages, Vacuum, Done };
    Database &m_database;
    Stage m_stage = Stage::Done;
    QVariantList m_series; // ids still to be looked at
    TimePoint m_oldest;
    bool m_deleted = false;
};

} // namespace allclear::history
