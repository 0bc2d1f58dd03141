// What a changed incident file means for a probe that is scheduled or under way.
#pragma once

#include "incident/incident.h"

namespace allclear {

/// True when both are probed in the same way at the same times; thresholds, components and places in the file may
/// differ.
bool probedAlike(const Endpoint &a, const Endpoint &b);

/// The `require` texts of every success criterion that selects the endpoint, in file order: the probe judges them
/// beside the endpoint's own conditions.
QStringList requirementsOf(const EndpointKey &key, const Incident &incident);

} // namespace allclear
