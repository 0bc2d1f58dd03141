#include "probes/postgresprobe.h"

#include "probes/pgerrors.h"
#include "probes/stream.h"

#include <QHostAddress>
#include <QRandomGenerator>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint32 mostRows = 10'000;
constexpr int mostNotices = 5; // shown
constexpr int statements = 3; // begin, set, select

// Sessions of other users hide their type from users without pg_monitor: those of a database count as clients, and the
// age of the oldest transaction is then unknown.
constexpr char defaultQuery[] =
    "WITH s AS (SELECT count(*) FILTER (WHERE backend_type = 'client backend' OR (backend_type IS NULL AND datid IS "
    "NOT NULL)) AS used,"
    " count(*) FILTER (WHERE backend_type IS NULL AND datid IS NOT NULL) AS hidden,"
    " extract(epoch FROM max(clock_timestamp() - xact_start) FILTER (WHERE backend_type = 'client backend' AND pid <> "
    "pg_backend_pid()))::float8 AS oldest"
    " FROM pg_stat_activity),"
    " l AS (SELECT current_setting('max_connections')::int AS most, "
    "current_setting('superuser_reserved_connections')::int"
    " + coalesce(current_setting('reserved_connections', true), '0')::int AS reserved)"
    " SELECT current_setting('server_version') AS server_version, used AS connections, most AS max_connections, "
    "reserved,"
    " round(used::numeric / greatest(most - reserved, 1), 4) AS connections_ratio,"
    " CASE WHEN hidden = 0 AND oldest IS NOT NULL THEN greatest(oldest, 0) END AS oldest_transaction_seconds,"
    " pg_is_in_recovery() AS in_recovery, current_database() AS database,"
    " nullif(hidden, 0) AS hidden_sessions FROM s, l";

QByteArray freshNonce()
{
    QByteArray bytes(18, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(QRandomGenerator::system()->generate() & 0xffU);
    return bytes.toBase64();
}

bool isLoopback(const QString &address) { return QHostAddress(address).isLoopback(); }

} // namespace

PostgresProbe::PostgresProbe(ProbeRequest request, ProbeServices &services)
    : TimedProbe(std::move(request), services), m_rows(endpoint().body.isEmpty() ? PgNulls::LeftOut : PgNulls::Kept)
{
}

PostgresProbe::~PostgresProbe() = default;

/// libpq's default is `prefer`; who names an authority wants it asked.
SslMode PostgresProbe::mode() const
{
    const bool hasAuthority = !endpoint().client.caFile.isEmpty();
    const SslMode mode = m_url.sslMode.value_or(hasAuthority ? SslMode::VerifyFull : SslMode::Prefer);
    return mode == SslMode::Require && hasAuthority ? SslMode::VerifyCa : mode; // as libpq does
}

void PostgresProbe::begin()
{
    const Result<PostgresUrl> url = PostgresUrl::parse(endpoint().url);
    if (!url) {
        fail({.kind = FailureKind::Internal, .phase = {}, .message = url.error().message, .hint = url.error().hint});
        return;
    }
    m_url = *url;
    if (m_url.user.isEmpty())
        m_url.user = u"postgres"_s;
    const bool plainFirst = mode() == SslMode::Disable || mode() == SslMode::Allow;
    open(plainFirst ? Encryption::Plain : Encryption::Tls);
}

void PostgresProbe::open(Encryption encryption)
{
    discardStream();
    m_encryption = encryption;
    m_stage = Stage::Connect;
    m_reader = std::make_unique<PgReader>(endpoint().client.maxBodyBytes, endpoint().client.maxHeaderBytes);
    m_auth = std::make_unique<PgAuth>(m_url.user, m_url.password, freshNonce());
    ClientOptions client = endpoint().client;
    client.insecure = client.insecure || mode() != SslMode::VerifyFull; // acceptsChain() has the other modes
    m_stream = std::make_unique<Stream>(
        services(),
        StreamTarget{
            .host = m_url.host, .port = m_url.port, .security = Security::Plain, .client = client, .alpn = {}});
    connect(m_stream.get(), &Stream::opened, this, &PostgresProbe::streamOpened);
    connect(m_stream.get(), &Stream::received, this, &PostgresProbe::received);
    connect(m_stream.get(), &Stream::ended, this, &PostgresProbe::ended);
    connect(m_stream.get(), &Stream::failed, this, &PostgresProbe::streamFailed);
    m_stream->open();
}

void PostgresProbe::discardStream()
{
    if (!m_stream)
        return;
    keepConnectionPhases(*m_stream);
    letGo(m_stream);
}

void PostgresProbe::streamOpened()
{
    if (m_encryption == Encryption::Tls && !m_stream->tls()) {
        m_stage = Stage::SslAnswer;
        m_stream->write(pg::sslRequest());
    } else if (m_encryption == Encryption::Plain || acceptsChain()) {
        logIn();
    }
}

/// verify-full is the stream's business; require and below take any certificate.
bool PostgresProbe::acceptsChain()
{
    const TlsFacts &tls = *m_stream->tls();
    const bool trusted = tls.chainVerdict == ChainVerdict::Ok || tls.chainVerdict == ChainVerdict::HostnameMismatch;
    if (mode() != SslMode::VerifyCa || endpoint().client.insecure || trusted)
        return true;
    fail({.kind = FailureKind::Tls,
          .phase = Phase::Tls,
          .message = tls.chainMessage,
          .hint = u"sslmode=verify-ca asks for a trusted chain; client.tls.ca-file adds an authority of your own"_s});
    return false;
}

void PostgresProbe::logIn()
{
    m_stage = Stage::LogIn;
    m_startedUp = sinceStart();
    QList<std::pair<QByteArray, QByteArray>> parameters{{"user", m_url.user.toUtf8()}, {"client_encoding", "UTF8"}};
    if (!m_url.database.isEmpty())
        parameters.emplaceBack("database", m_url.database.toUtf8());
    if (!m_url.applicationName.isEmpty())
        parameters.emplaceBack("application_name", m_url.applicationName.toUtf8());
    m_stream->write(pg::startup(parameters));
}

Phase PostgresProbe::currentPhase() const
{
    if (!m_stream)
        return Phase::Dns;
    if (m_stage == Stage::SslAnswer)
        return m_stream->tls() || m_stream->phase() == Phase::Tls ? m_stream->phase() : Phase::Tls;
    if (m_stage == Stage::Connect)
        return m_stream->phase();
    return m_reader->hasPartial() || m_firstByte > Duration::zero() ? Phase::Receive : Phase::Wait;
}

void PostgresProbe::received(const QByteArray &bytes)
{
    if (m_stage == Stage::SslAnswer) {
        readSslAnswer(bytes);
        return;
    }
    if (m_stage == Stage::Query && m_firstByte == Duration::zero())
        m_firstByte = sinceStart();
    m_reader->feed(bytes);
    readMessages();
}

void PostgresProbe::readSslAnswer(const QByteArray &bytes)
{
    if (bytes == "S") {
        m_stream->startTls();
    } else if (bytes.startsWith('S')) {
        broken(u"the server sent bytes between its consent to TLS and the handshake: somebody may be in between"_s);
    } else if (bytes.startsWith('N') && mode() == SslMode::Prefer) {
        m_encryption = Encryption::Plain;
        logIn();
        if (bytes.size() > 1)
            received(bytes.sliced(1));
    } else if (bytes == "N") {
        fail({.kind = FailureKind::Tls,
              .phase = Phase::Tls,
              .message = u"the server does not offer TLS, and sslmode asks for it"_s,
              .hint = u"turn on ssl in postgresql.conf, or take sslmode=prefer"_s});
    } else { // an error instead of an answer, or no PostgreSQL at all
        m_stage = Stage::LogIn;
        received(bytes);
    }
}

void PostgresProbe::readMessages()
{
    while (m_stream) {
        const std::optional<PgMessage> message = m_reader->take();
        if (!message)
            break;
        PgReader *reader = m_reader.get();
        take(*message);
        if (m_reader.get() != reader) // another connection
            return;
    }
    if (m_stream && m_reader->failure())
        fail(*m_reader->failure());
}

void PostgresProbe::take(const PgMessage &message)
{
    switch (message.type) {
    case 'E': rejected(message.body); break;
    case 'N': notice(message.body); break;
    case 'S': // parameter
    case 'A': break; // notification
    default: m_stage == Stage::Query ? takeQuery(message) : takeLogIn(message);
    }
}

void PostgresProbe::takeLogIn(const PgMessage &message)
{
    switch (message.type) {
    case 'R': authenticate(message.body); break;
    case 'K': // for cancelling
    case 'v': break; // an older minor version of the protocol is fine
    case 'Z':
        if (m_auth->isDone())
            query();
        else
            broken(u"the server was ready before anybody had logged in"_s);
        break;
    default: broken(u"the server sent a message of type %1 during the log-in"_s.arg(QChar::fromLatin1(message.type)));
    }
}

void PostgresProbe::authenticate(const QByteArray &body)
{
    const PgAuthStep step = m_auth->answer(body);
    if (const auto *refused = std::get_if<Failure>(&step)) {
        fail(*refused);
        return;
    }
    const auto &reply = std::get<QByteArray>(step);
    if (!reply.isEmpty())
        m_stream->write(reply);
    if (m_auth->sentClearText() && !m_stream->tls() && !isLoopback(m_stream->ip()))
        m_observation.notes.append(u"the password went over the network in clear text"_s);
}

void PostgresProbe::notice(const QByteArray &body)
{
    const pg::Report report = pg::reportFrom(body);
    if (++m_notices <= mostNotices)
        m_observation.notes.append(u"%1 of the server: %2"_s.arg(report.severity.toLower(), report.message));
}

void PostgresProbe::rejected(const QByteArray &body)
{
    const pg::Report report = pg::reportFrom(body);
    const bool tryTls = m_stage == Stage::LogIn && mode() == SslMode::Allow && m_encryption == Encryption::Plain
        && report.code == "28000"_L1;
    if (tryTls && !std::exchange(m_isSecondTry, true)) {
        open(Encryption::Tls);
        return;
    }
    if (!report.code.isEmpty())
        m_observation.code = report.code;
    fail(failureFrom(report));
}

void PostgresProbe::query()
{
    m_stage = Stage::Query;
    const Duration left = services().clock().toReal(endpoint().client.timeout - sinceStart());
    const auto limit =
        std::max(std::chrono::floor<std::chrono::milliseconds>(left * 9 / 10), std::chrono::milliseconds(1));
    const QByteArray sql = endpoint().body.isEmpty() ? QByteArray(defaultQuery) : endpoint().body;
    // One round trip. Without a sync in between, the server skips the SELECT when the transaction could not begin.
    m_stream->write(pg::statement("BEGIN TRANSACTION READ ONLY", 0)
                    + pg::statement("SET LOCAL statement_timeout = " + QByteArray::number(limit.count()), 0)
                    + pg::statement(sql, mostRows + 1) + pg::sync());
}

void PostgresProbe::takeQuery(const PgMessage &message)
{
    switch (message.type) {
    case 'T': {
        std::optional<QList<pg::Column>> columns = pg::columnsFrom(message.body);
        if (!columns)
            broken(u"the server described columns that make no sense"_s);
        else
            m_rows.setColumns(std::move(*columns));
        break;
    }
    case 'D': {
        const std::optional<QList<QByteArray>> values = pg::valuesFrom(message.body);
        if (!values || !m_rows.add(*values))
            broken(u"the server sent a row that does not fit its columns"_s);
        else if (m_rows.count() > mostRows)
            fail({.kind = FailureKind::Oversize,
                  .phase = Phase::Receive,
                  .message = u"more than %1 rows came"_s.arg(mostRows),
                  .hint = u"select less: an aggregate, or a LIMIT"_s});
        break;
    }
    case 'C': // complete
    case 'I': // complete, the statement was empty
        if (++m_completed == statements)
            stampLatency();
        break;
    case 'Z': answered(); break;
    case '1': // parsed
    case '2': // bound
    case 'n': // no columns
    case 's': break; // suspended: more rows than were asked for
    default: broken(u"the server sent a message of type %1 in its answer"_s.arg(QChar::fromLatin1(message.type)));
    }
}

void PostgresProbe::answered()
{
    if (m_completed != statements) {
        broken(u"the server was ready before it had answered the query"_s);
        return;
    }
    m_observation.answered = true;
    finish();
}

void PostgresProbe::ended()
{
    const Phase phase = currentPhase();
    QString when = u"before its answer was complete"_s;
    if (m_stage == Stage::SslAnswer)
        when = u"when it was asked for TLS"_s;
    else if (m_stage == Stage::LogIn)
        when = u"during the log-in"_s;
    fail({.kind = FailureKind::Closed,
          .phase = phase,
          .message = u"the server closed the connection %1"_s.arg(when),
          .hint = u"a restart, a crash or a proxy without a server behind it looks like this"_s});
}

void PostgresProbe::streamFailed(Failure failure)
{
    const bool fallsBack = failure.kind == FailureKind::Tls && mode() == SslMode::Prefer && m_stage == Stage::SslAnswer;
    if (fallsBack && !std::exchange(m_isSecondTry, true)) {
        m_observation.notes.append(u"TLS failed (%1); sslmode=prefer went on without it"_s.arg(failure.message));
        open(Encryption::Plain);
        return;
    }
    if (failure.kind == FailureKind::Closed && m_stage != Stage::Connect)
        failure.phase = currentPhase();
    fail(std::move(failure));
}

void PostgresProbe::broken(const QString &message)
{
    fail({.kind = FailureKind::Protocol, .phase = currentPhase(), .message = message, .hint = {}});
}

void PostgresProbe::release()
{
    if (!m_stream)
        return;
    keepConnection(*m_stream);
    if (m_observation.tls)
        m_observation.tls->insecure = endpoint().client.insecure || mode() < SslMode::VerifyCa;
    m_evidence.connected = m_stage == Stage::Query;
    if (m_firstByte > Duration::zero()) {
        addToPhase(Phase::Wait, m_firstByte - m_startedUp);
        addToPhase(Phase::Receive, m_observation.latency - m_firstByte);
    }
    if (m_stage == Stage::Query)
        m_stream->write(pg::simpleQuery("ROLLBACK") + pg::terminate());
    discardStream();
    if (m_stage == Stage::Query)
        m_observation.protocol = u"postgresql"_s;
    if (m_observation.answered)
        keepAnswer();
}

void PostgresProbe::keepAnswer()
{
    const QByteArray body = m_rows.toJson();
    m_observation.bytes = body.size();
    m_observation.excerpt = excerptOf(body);
    m_evidence.body = body;
    if (endpoint().body.isEmpty() && body.contains("\"hidden_sessions\":"))
        m_observation.notes.append(
            u"the user cannot see other users' sessions, so the oldest transaction is unknown: grant pg_monitor"_s);
    if (m_notices > mostNotices)
        m_observation.notes.append(u"%1 further notices of the server"_s.arg(m_notices - mostNotices));
}

} // namespace allclear
