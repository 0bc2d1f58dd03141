#include "probes/credentials.h"

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr Duration margin = 1min; ///< a token is not used in the last minute of its life
constexpr Duration longestFetch = 30s; ///< gcloud may take seconds

QString keyOf(const ClientOptions &client)
{
    if (!client.auth.isEmpty())
        return client.auth;
    const OAuth2Options &o = client.oauth2;
    return QStringList{o.tokenUrl,
                       o.clientId,
                       o.clientSecret,
                       o.scopes.join(u' '),
                       client.caFile,
                       client.certificateFile,
                       client.insecure ? u"insecure"_s : QString()}
        .join(QChar(0));
}

Failure tooLate(Duration after)
{
    return {.kind = FailureKind::Timeout,
            .phase = Phase::Wait,
            .message = u"it did not come within %1"_s.arg(durationText(after)),
            .hint = u"the next probe uses it as soon as it is here; client.timeout sets the limit"_s};
}

} // namespace

Credentials::Credentials(ProbeServices &services) : m_services(services) { }

Credentials::~Credentials() = default;

void Credentials::obtain(const ClientOptions &client, Duration patience, QObject *context, Receive receive)
{
    const QString key = keyOf(client);
    Account &account = m_accounts[key];
    if (account.token && m_services.clock().steady() < account.expires) {
        QMetaObject::invokeMethod(
            context, [receive, token = *account.token] { receive(token); }, Qt::QueuedConnection);
        return;
    }
    auto timer = std::make_shared<QTimer>();
    timer->setSingleShot(true);
    QObject::connect(timer.get(), &QTimer::timeout, context, [receive, patience] { receive(tooLate(patience)); });
    timer->start(std::chrono::ceil<std::chrono::milliseconds>(m_services.clock().toReal(patience)));
    account.waiters.append({.context = context, .receive = std::move(receive), .patience = timer});
    if (account.fetch == nullptr)
        fetch(key, client);
}

void Credentials::fetch(const QString &key, const ClientOptions &client)
{
    TokenFetch *fetch = client.auth.isEmpty()
        ? static_cast<TokenFetch *>(new OAuth2TokenFetch(m_services, client, &m_owner))
        : new GcpTokenFetch(m_services, &m_owner);
    m_accounts[key].fetch = fetch;
    QObject::connect(fetch, &TokenFetch::finished, &m_owner,
                     [this, key](const TokenOutcome &outcome) { fetched(key, outcome); });
    QTimer::singleShot(std::chrono::ceil<std::chrono::milliseconds>(longestFetch), fetch,
                       [this, key] { fetched(key, tooLate(longestFetch)); });
    fetch->start();
}

void Credentials::fetched(const QString &key, const TokenOutcome &outcome)
{
    Account &account = m_accounts[key];
    if (TokenFetch *fetch = std::exchange(account.fetch, nullptr)) { // it may be the sender
        QObject::disconnect(fetch, nullptr, &m_owner, nullptr);
        fetch->deleteLater();
    }
    if (const auto *token = std::get_if<AccessToken>(&outcome)) {
        account.token = *token;
        account.expires = m_services.clock().steady() + token->lifetime - std::min(margin, token->lifetime / 2);
    }
    for (const Waiter &waiter : std::exchange(account.waiters, {})) {
        if (!waiter.context || !waiter.patience->isActive())
            continue; // gone, or told already
        waiter.patience->stop();
        QMetaObject::invokeMethod(
            waiter.context, [receive = waiter.receive, outcome] { receive(outcome); }, Qt::QueuedConnection);
    }
}

void Credentials::forget(const ClientOptions &client) { m_accounts[keyOf(client)].token.reset(); }

} // namespace allclear
