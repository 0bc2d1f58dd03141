// Logging in to PostgreSQL: clear text, MD5 and SCRAM-SHA-256 (RFC 5802, RFC 7677), without a socket. Channel binding
// is not offered. The rounds of hashing that a server may ask for are bounded: they run on the probes' thread.
#pragma once

#include "core/observation.h"

#include <QByteArray>

#include <variant>

namespace allclear
{

/// Bytes to answer with (may be empty), or why there is no way in.
using PgAuthStep = std::variant<QByteArray, Failure>;

class PgAuth
{
public:
    /// `nonce` is SCRAM's client nonce: printable, fresh for every log-in.
    PgAuth(QString user, QString password, QByteArray nonce);

    /// `body` of an AuthenticationXXX message.
    PgAuthStep answer(const QByteArray &body);
    bool isDone() const { return m_done; }
    bool sentClearText() const { return m_sentClearText; }

private:
    enum class Scram { Idle, FirstSent, FinalSent, Proved };

    PgAuthStep beginScram(const QByteArray &mechanisms);
    PgAuthStep continueScram(const QByteArray &challenge);
    PgAuthStep finishScram(const QByteArray &proof);

    QString m_user, m_password;
    QByteArray m_nonce, m_clientFirst, m_serverSignature;
    Scram m_scram = Scram::Idle;
    bool m_asked = false; ///< for a password, whichever way
    bool m_done = false;
    bool m_sentClearText = false;
};

} // namespace allclear
