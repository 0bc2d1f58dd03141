// The way out: the issue's own text with its boxes ticked by evidence. Pure; any thread.
#pragma once

#include "core/time.h"
#include "verdict/verdict.h"

#include <QByteArray>

namespace allclear
{

/// `original` is the issue's Markdown as it was imported (any encoding that importIssue() takes, which stays as it is);
/// `incident` the file made from it, `verdict` what judge() says of it at `now`.
///
///     const QByteArray text = issueMarkdown(file.readAll(), *incident, *verdict, clock->now());
///
/// A criterion's box is ticked when, and only when, the criterion is met; behind it stand the samples that prove it and
/// `now`, in UTC. A box that somebody had ticked although the criterion is not met is opened again and says why. Boxes
/// that belong to no criterion of `incident`, and every other byte, come back as they were. Printing a text again that
/// was printed before replaces what stood behind the boxes.
QByteArray issueMarkdown(const QByteArray &original, const Incident &incident, const Verdict &verdict, TimePoint now);

} // namespace allclear
