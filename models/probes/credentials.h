// Access tokens for endpoints with `auth` or `oauth2`: fetched once for however many probes ask at once, kept until a
// minute before they expire, never written anywhere. One per ProbeServices; not thread-safe.
#pragma once

#include "probes/tokenfetch.h"

#include <QHash>
#include <QPointer>

#include <functional>

namespace allclear
{

class Credentials
{
public:
    explicit Credentials(ProbeServices &services);
    ~Credentials(); ///< cancels what is being fetched

    using Receive = std::function<void(const TokenOutcome &outcome)>;
    /// Calls `receive` once, later, unless `context` is gone by then. A failure says why there is no token; at the
    /// latest it comes after `patience`, while the fetch goes on for whoever asks next.
    void obtain(const ClientOptions &client, Duration patience, QObject *context, Receive receive);
    /// The token was refused: the next probe gets a new one.
    void forget(const ClientOptions &client);

private:
    struct Waiter {
        QPointer<QObject> context;
        Receive receive;
        std::shared_ptr<QTimer> patience;
    };
    struct Account {
        std::optional<AccessToken> token;
        Duration expires{}; ///< on the steady clock
        TokenFetch *fetch = nullptr;
        QList<Waiter> waiters;
    };

    void fetch(const QString &key, const ClientOptions &client);
    void fetched(const QString &key, const TokenOutcome &outcome);

    ProbeServices &m_services;
    QObject m_owner; // of the fetches
    QHash<QString, Account> m_accounts;
};

} // namespace allclear
