// The two lines of words on a tile, from its worst endpoint.
#pragma once

#include "verdict/judge.h"

namespace allclear
{

struct TileWords {
    QString value; ///< the big word
    QString reason; ///< one line, short enough for a tile
};

/// `endpointCount` of the component: with several, the reason names the endpoint.
TileWords tileWords(const Endpoint &worst, const EndpointStatus &status, qsizetype endpointCount);

} // namespace allclear
