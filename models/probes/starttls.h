// The plain-text talk before TLS, without a socket: bytes in, bytes out, until both sides agree to TLS or one refuses.
// SMTP (RFC 5321, RFC 3207), IMAP (RFC 3501), PostgreSQL (SSLRequest of protocol 3.0).
// Lines, replies and the whole talk are bounded: more than that is `oversize`.
#pragma once

#include "core/observation.h"

#include <QByteArray>

namespace allclear
{

class StartTlsDialogue
{
public:
    /// Without a protocol the greeting decides; PostgreSQL has none, so it must be named.
    explicit StartTlsDialogue(std::optional<StartTlsProtocol> protocol);

    void feed(const QByteArray &bytes);
    /// What is to be sent now; empty when it is the server's turn.
    QByteArray takeOutgoing() { return std::exchange(m_outgoing, {}); }
    bool isReady() const { return m_step == Step::Ready && !m_failure; }
    const std::optional<Failure> &failure() const { return m_failure; }
    /// SMTP reply code, IMAP status word, SQLSTATE of the answer that refused.
    const std::optional<QString> &code() const { return m_code; }
    const QByteArray &transcript() const { return m_transcript; } ///< what the server said, bounded
    const std::optional<StartTlsProtocol> &protocol() const { return m_protocol; }
    /// What the server owes, for the report of a deadline or of a connection that closed.
    QString awaited() const;

private:
    enum class Step { Greeting, Capabilities, StartTls, Ready };

    void read();
    void readGreeting(const QByteArray &line);
    void readSmtp(const QByteArray &line);
    void smtpReply(const QByteArray &code, const QByteArray &last);
    void readImap(const QByteArray &line);
    void imapTagged(const QByteArray &word, const QByteArray &line);
    void readPostgres();
    void postgresError();
    void say(Step next, const QByteArray &bytes);
    void agree();
    void refuse(const QString &code, const QString &message, const QString &hint = {});
    void breakOff(FailureKind kind, const QString &message, const QString &hint = {});

    std::optional<StartTlsProtocol> m_protocol;
    Step m_step = Step::Greeting;
    QByteArray m_buffer, m_outgoing, m_transcript;
    QList<QByteArray> m_offers; // of the capabilities so far
    int m_lines = 0; // of the reply so far
    std::optional<Failure> m_failure;
    std::optional<QString> m_code;
};

} // namespace allclear
