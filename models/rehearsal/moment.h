// What an answer depends on: where the story stands, when it is asked, and for the how-many-th time. Pure helpers.
#pragma once

#include "rehearsal/httplistener.h"
#include "rehearsal/story.h"

#include <QJsonObject>

namespace allclear::rehearsal {

struct Moment {
    const Situation &situation;
    TimePoint now;
    Duration into{}; ///< since the chapter was entered
    int nth = 0;     ///< earlier requests for the same thing in this chapter
};

/// A latency round `base` that differs from request to request and repeats from run to run: ±15 %.
Duration around(Duration base, int nth);

HttpReply jsonReply(int status, const QJsonObject &body, Duration after);
HttpReply textReply(int status, const QByteArray &text, Duration after);
HttpReply notFound(Duration after);
HttpReply methodNotAllowed(const QByteArray &allowed, Duration after);

/// Seconds since 1970 with fractions, as the platform's Python services write them.
double unixSeconds(TimePoint time);

} // namespace allclear::rehearsal
