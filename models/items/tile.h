// One tile of the board: everything a painter or a screen reader needs, already in words.
#pragma once

#include "verdict/judge.h"

namespace allclear
{

enum class RerunState { Idle, Running, Done };

struct Tile {
    QString component;
    QString title;
    QString tier;
    State state = State::Unknown;
    QString value; ///< the big word: "503", "timeout", "ERROR", "41 ms", "not judged yet"
    QString reason; ///< one line below it: "10.2 s to first byte", "connector state is not READY"
    QString waitsOn; ///< title of the component it waits on; empty: none
    bool suspect = false; ///< most upstream failing component
    bool insecure = false; ///< an endpoint of it does not verify certificates
    std::vector<float> sparkline; ///< latest latencies of its worst endpoint in ms, oldest first; NaN: no answer
    QList<State> recent; ///< last 30 results as up, degraded or down, oldest first
    std::optional<TimePoint> lastAt; ///< when its worst endpoint's latest probe started
    Duration interval{};
    std::optional<TimePoint> since; ///< of the state
    RerunState rerun = RerunState::Idle;
    QList<EndpointKey> endpoints;
    EndpointKey worst;

    /// Two gaps are equal, although NaN is not.
    bool operator==(const Tile &other) const;
};

/// Pure: the tile of one component of the ledger's incident. Whether a rerun is under way is the desk's to add. Age is
/// left to the painter (lastAt), so that it ticks without a new tile.
Tile makeTile(const Component &component, const Verdict &verdict, const Ledger &ledger);

/// "2 s ago · every 10 s"
QString ageText(const Tile &tile, TimePoint now);
/// What a screen reader says: "API: down. 503, 10.2 s to first byte. Waits on VPC connector. 2 s ago."
QString accessibleText(const Tile &tile, TimePoint now);

} // namespace allclear
