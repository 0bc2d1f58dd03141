// What the platform's own services answer: backend API, authentication, frontend and the TLS edge, in each situation.
// Pure functions of the request and the moment; the chat socket's upgrade is decided here as well.
#pragma once

#include "rehearsal/moment.h"

namespace allclear::rehearsal {

enum class Service { Api, Auth, Frontend, Edge };

/// Who may log in; made at random by the staging at every start.
struct Login {
    QString email;
    QString password;
    QByteArray signingKey; ///< HS256
};

HttpReply serviceAnswer(Service service, const HttpRequest &request, const Moment &moment, const Login &login);

/// True for the paths on which the backend upgrades to a WebSocket.
bool isChatPath(const QByteArray &path);
/// The answer to a chat upgrade: status 101 without `takeOver` when it is to be accepted, otherwise the refusal.
HttpReply upgradeAnswer(const Moment &moment);

} // namespace allclear::rehearsal
