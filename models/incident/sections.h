// The parts of the file, one function each. They report through the section's Reading and return what could be read.
#pragma once

#include "incident/section.h"

namespace allclear::reading {

class References;

// client.cpp
struct Client {
    ClientOptions options;
    QString notJudged; ///< why a probe with this block would ask something else than the file means
};
Client readClient(const Section &client);

// endpoints.cpp
/// An entry of `endpoints` or of a suite's; `defaults` may be null.
struct EndpointSource {
    Section section;
    QString group; ///< of the suite; empty elsewhere
};
Endpoint readEndpoint(const EndpointSource &source);
void readDefaults(const Section &root);
QList<Endpoint> readEndpoints(const Section &root);
/// Secret header values without their scheme.
QStringList secretsOfHeaders(const QList<std::pair<QByteArray, QByteArray>> &headers);

// conversation.cpp
StoreList readStore(const Section &section);
QList<ConversationStep> readConversation(const Section &section);

// suites.cpp: each becomes an endpoint of kind Journey
QList<Endpoint> readSuites(const Section &root);

// components.cpp
/// Reads `components`, makes the implied ones, and names every endpoint's.
void readComponents(const Section &root, Incident &incident);

// header.cpp: `incident` and `observer`
void readHeader(const Section &root, const References &references, Incident &incident);

// criteria.cpp
QList<SuccessCriterion> readCriteria(const Section &root, const References &references);

// people.cpp
QList<Why> readWhys(const Section &root, const References &references);
QList<Action> readActions(const Section &root, const References &references, const Incident &incident);
QList<Run> readRuns(const Section &root);
Notify readNotify(const Section &root);

} // namespace allclear::reading
