// What crosses from the engine's thread to the screen: at most ten a second, only what changed.
#pragma once

#include "items/tile.h"

#include <QMetaType>

namespace allclear {

struct Frame {
    quint64 number = 0;
    IncidentPtr incident;   ///< a new pointer means: the file was taken over, rebuild rows
    VerdictPtr verdict;
    QList<std::pair<int, Tile>> tiles; ///< changed tiles by component index; all of them after a new incident
    QList<std::pair<int, Sample>> samples; ///< new samples by endpoint index, oldest first
    QList<std::pair<int, QList<Sample>>> seeds; ///< yesterday's samples by endpoint index, oldest first; shared, not copied
    QSet<EndpointKey> running; ///< endpoints with a probe under way that a person asked for
};
using FramePtr = std::shared_ptr<const Frame>;

} // namespace allclear

Q_DECLARE_METATYPE(allclear::FramePtr)
