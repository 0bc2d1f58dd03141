#include "probes/pgauth.h"

#include "probes/pgmessages.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QtEndian>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

enum Request : qint32 { Ok = 0, ClearText = 3, Md5 = 5, Sasl = 10, SaslContinue = 11, SaslFinal = 12 };

constexpr int mostRounds = 100'000; // PostgreSQL's own default is 4,096; this many take about 30 ms
constexpr char mechanism[] = "SCRAM-SHA-256";
constexpr char noBinding[] = "n,,";

QByteArray hmac(const QByteArray &key, const QByteArray &data)
{
    return QMessageAuthenticationCode::hash(data, key, QCryptographicHash::Sha256);
}

QByteArray xored(QByteArray a, const QByteArray &b)
{
    for (qsizetype i = 0; i < a.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

/// SASLprep (RFC 4013) as far as it matters: passwords that are not text are hashed as they are.
QByteArray prepared(const QString &password) { return password.normalized(QString::NormalizationForm_KC).toUtf8(); }

QByteArray saltedPassword(const QString &password, const QByteArray &salt, int rounds)
{
    const QByteArray secret = prepared(password);
    QByteArray key(32, Qt::Uninitialized);
    PKCS5_PBKDF2_HMAC(secret.constData(), static_cast<int>(secret.size()),
                      reinterpret_cast<const unsigned char *>(salt.constData()), static_cast<int>(salt.size()), rounds,
                      EVP_sha256(), static_cast<int>(key.size()), reinterpret_cast<unsigned char *>(key.data()));
    return key;
}

QByteArray md5Hex(const QByteArray &data) { return QCryptographicHash::hash(data, QCryptographicHash::Md5).toHex(); }

/// The value of "r=…" and the like in a SCRAM message.
QByteArray attribute(const QByteArray &message, char name)
{
    for (const QByteArray &part : message.split(',')) {
        if (part.size() >= 2 && part[0] == name && part[1] == '=')
            return part.sliced(2);
    }
    return {};
}

Failure refused(const QString &message, const QString &hint = {})
{
    return {.kind = FailureKind::Rejected, .phase = {}, .message = message, .hint = hint};
}

Failure broken(const QString &message)
{
    return {.kind = FailureKind::Protocol, .phase = {}, .message = message, .hint = {}};
}

QString methodName(qint32 request)
{
    switch (request) {
    case 2: return u"Kerberos V5"_s;
    case 6: return u"SCM credentials"_s;
    case 7:
    case 8: return u"GSSAPI"_s;
    case 9: return u"SSPI"_s;
    default: return u"method %1"_s.arg(request);
    }
}

} // namespace

PgAuth::PgAuth(QString user, QString password, QByteArray nonce)
    : m_user(std::move(user)), m_password(std::move(password)), m_nonce(std::move(nonce))
{
}

PgAuthStep PgAuth::answer(const QByteArray &body)
{
    if (body.size() < 4)
        return broken(u"the server asked for a log-in in a message that is too short"_s);
    const qint32 request = qFromBigEndian<qint32>(body.constData());
    const QByteArray rest = body.sliced(4);
    const bool asks = request == ClearText || request == Md5 || request == Sasl;
    if (asks && (m_done || std::exchange(m_asked, true))) // round after round of hashing, or another way after SCRAM failed
        return broken(u"the server asked for the password a second time"_s);
    if (asks && m_password.isEmpty()) {
        return refused(u"the server asks for a password and the URL holds none"_s,
                       u"write postgres://user:${PASSWORD}@host/database; password files are not read"_s);
    }
    switch (request) {
    case Ok:
        if (m_scram != Scram::Idle && m_scram != Scram::Proved)
            return broken(u"the server let the user in without proving that it knows the password"_s);
        m_done = true;
        return QByteArray();
    case ClearText: m_sentClearText = true; return pg::message('p', m_password.toUtf8() + '\0');
    case Md5:
        if (rest.size() < 4)
            return broken(u"the server sent a salt that is too short"_s);
        return pg::message('p', "md5" + md5Hex(md5Hex(m_password.toUtf8() + m_user.toUtf8()) + rest.first(4)) + '\0');
    case Sasl: return beginScram(rest);
    case SaslContinue: return continueScram(rest);
    case SaslFinal: return finishScram(rest);
    default:
        return refused(u"the server asks for %1, which this probe does not speak"_s.arg(methodName(request)),
                       u"let pg_hba.conf ask the probe's user for scram-sha-256"_s);
    }
}

PgAuthStep PgAuth::beginScram(const QByteArray &mechanisms)
{
    if (!mechanisms.split('\0').contains(mechanism)) {
        return refused(u"the server offers no way of logging in that this probe speaks (SCRAM-SHA-256)"_s,
                       u"let pg_hba.conf ask the probe's user for scram-sha-256"_s);
    }
    m_clientFirst = "n=,r=" + m_nonce;
    m_scram = Scram::FirstSent;
    const QByteArray first = noBinding + m_clientFirst;
    QByteArray length(4, Qt::Uninitialized);
    qToBigEndian(static_cast<qint32>(first.size()), length.data());
    return pg::message('p', QByteArray(mechanism) + '\0' + length + first);
}

PgAuthStep PgAuth::continueScram(const QByteArray &challenge)
{
    const QByteArray nonce = attribute(challenge, 'r');
    const QByteArray salt = QByteArray::fromBase64(attribute(challenge, 's'));
    bool isNumber = false;
    const int rounds = attribute(challenge, 'i').toInt(&isNumber);
    const bool fits = m_scram == Scram::FirstSent && nonce.startsWith(m_nonce) && nonce.size() > m_nonce.size();
    if (!fits || salt.isEmpty() || !isNumber || rounds < 1)
        return broken(u"the server's SCRAM challenge makes no sense"_s);
    if (rounds > mostRounds) {
        return broken(
            u"the server asks for %1 rounds of password hashing; %2 is the most that is done for it"_s.arg(rounds).arg(
                mostRounds));
    }
    const QByteArray salted = saltedPassword(m_password, salt, rounds);
    const QByteArray clientKey = hmac(salted, "Client Key");
    const QByteArray finalBare = "c=" + QByteArray(noBinding).toBase64() + ",r=" + nonce;
    const QByteArray exchange = m_clientFirst + ',' + challenge + ',' + finalBare;
    const QByteArray signature = hmac(QCryptographicHash::hash(clientKey, QCryptographicHash::Sha256), exchange);
    m_serverSignature = hmac(hmac(salted, "Server Key"), exchange);
    m_scram = Scram::FinalSent;
    return pg::message('p', finalBare + ",p=" + xored(clientKey, signature).toBase64());
}

PgAuthStep PgAuth::finishScram(const QByteArray &proof)
{
    const QByteArray given = QByteArray::fromBase64(attribute(proof, 'v'));
    const bool proved = m_scram == Scram::FinalSent && given.size() == m_serverSignature.size()
        && CRYPTO_memcmp(given.constData(), m_serverSignature.constData(), static_cast<std::size_t>(given.size())) == 0;
    if (!proved)
        return broken(u"the server could not prove that it knows the password: it may not be the server you mean"_s);
    m_scram = Scram::Proved;
    return QByteArray();
}

} // namespace allclear
