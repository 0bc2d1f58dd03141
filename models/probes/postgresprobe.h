// postgres:// and postgresql://: log in, then one SELECT in a read-only transaction — the server's connections by
// default, or the file's own. On a wire of our own (decision 0006). [BODY] is its rows as JSON (pgrows.h).
// Phases: `tls` is the handshake; `wait` runs from the start-up message to the first byte of the query's answer, the
// log-in included; `receive` from there to the last row.
#pragma once

#include "core/postgresurl.h"
#include "probes/pgauth.h"
#include "probes/pgrows.h"
#include "probes/timedprobe.h"

#include <memory>

namespace allclear
{

class PostgresProbe : public TimedProbe
{
    Q_OBJECT
public:
    PostgresProbe(ProbeRequest request, ProbeServices &services);
    ~PostgresProbe() override;

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;

private:
    enum class Encryption { Plain, Tls };
    enum class Stage { Connect, SslAnswer, LogIn, Query };

    SslMode mode() const;
    void open(Encryption encryption);
    void discardStream();
    void streamOpened();
    void received(const QByteArray &bytes);
    void ended();
    void streamFailed(Failure failure);
    void readSslAnswer(const QByteArray &bytes);
    bool acceptsChain();
    void logIn();
    void readMessages();
    void take(const PgMessage &message);
    void takeLogIn(const PgMessage &message);
    void takeQuery(const PgMessage &message);
    void authenticate(const QByteArray &body);
    void notice(const QByteArray &body);
    void rejected(const QByteArray &body);
    void query();
    void answered();
    void keepAnswer();
    void broken(const QString &message);

    PostgresUrl m_url;
    std::unique_ptr<Stream> m_stream;
    std::unique_ptr<PgReader> m_reader;
    std::unique_ptr<PgAuth> m_auth;
    PgRows m_rows;
    Encryption m_encryption = Encryption::Plain;
    Stage m_stage = Stage::Connect;
    bool m_isSecondTry = false;
    int m_completed = 0; // statements
    int m_notices = 0;
    Duration m_startedUp{}, m_firstByte{}; // since start
};

} // namespace allclear
