#include "support/faulttable.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QSslCertificate>
#include <QSslKey>

#include <sys/resource.h>
#include <zlib.h>

namespace allclear::test
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int shortMs = 1500; ///< client.timeout where it is to run out
constexpr int longMs = 15'000; ///< elsewhere: a loaded machine must not make a timeout of it
constexpr int lateMs = 5000; ///< what a loaded machine may add
constexpr int tableMs = 40'000; ///< of all rows together
constexpr qint64 memoryMiB = 150; ///< of all rows together
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool measuresMemory = false; // shadow memory is not the program's
#else
constexpr bool measuresMemory = true;
#endif

int timeoutOf(const FaultRow &row) { return row.kinds.contains("timeout"_L1) ? shortMs : longMs; }

QByteArray quotedYaml(const QString &text)
{
    const QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
    return list.sliced(1, list.size() - 2);
}

class Comparison
{
public:
    Comparison(const FaultRow &row, const QJsonObject &entry) : m_row(row), m_entry(entry) { }

    QString text()
    {
        const QString kind = m_failure[u"kind"_s].toString();
        if (m_row.kinds.isEmpty() ? !kind.isEmpty() : !m_row.kinds.contains(kind))
            differs(u"kind"_s, kind, m_row.kinds.join(u'|'));
        expect(u"name"_s, m_entry[u"name"_s].toString(), m_row.name);
        expect(u"outcome"_s, m_entry[u"outcome"_s].toString(), m_row.kinds.isEmpty() ? u"pass"_s : u"fail"_s);
        expectIfGiven(u"phase"_s, m_failure[u"phase"_s].toString(), m_row.phase);
        expectIfGiven(u"code"_s, m_entry[u"code"_s].toString(), m_row.code);
        expectIfGiven(u"chain_verdict"_s, m_entry[u"tls"_s].toObject()[u"chain_verdict"_s].toString(), m_row.verdict);
        if (m_row.status)
            expect(u"status"_s, QString::number(m_entry[u"status"_s].toInt()), QString::number(*m_row.status));
        const QString message = m_failure[u"message"_s].toString();
        if (!m_row.kinds.isEmpty() && (message.isEmpty() || !message.contains(m_row.says)))
            differs(u"message"_s, message, m_row.says);
        if (const double elapsed = m_entry[u"elapsed_ms"_s].toDouble(-1);
            elapsed < 0 || elapsed > timeoutOf(m_row) + lateMs)
            differs(u"elapsed_ms"_s, QString::number(elapsed), u"0 to %1"_s.arg(timeoutOf(m_row) + lateMs));
        judgedWithoutEvidence();
        return m_text;
    }

private:
    /// The connection and the chain that came are facts of their own: nothing else is met when no answer came.
    void judgedWithoutEvidence()
    {
        if (!m_entry[u"latency_ms"_s].isNull())
            return;
        const bool sawChain = !m_entry[u"tls"_s].toObject()[u"chain"_s].toArray().isEmpty();
        for (const QJsonValue condition : m_entry[u"conditions"_s].toArray()) {
            const QString text = condition[u"text"_s].toString();
            const bool isFact =
                text.startsWith("[CONNECTED]"_L1) || (sawChain && text.startsWith("[CERTIFICATE_EXPIRATION]"_L1));
            if (!isFact && condition[u"result"_s] != "not-evaluable"_L1)
                differs(text, condition[u"result"_s].toString(), u"not-evaluable"_s);
        }
    }

    void expectIfGiven(const QString &what, const QString &came, const QString &expected)
    {
        if (!expected.isEmpty())
            expect(what, came, expected);
    }
    void expect(const QString &what, const QString &came, const QString &expected)
    {
        if (came != expected)
            differs(what, came, expected);
    }
    void differs(const QString &what, const QString &came, const QString &expected)
    {
        m_text += u"%1: %2 is \"%3\", not \"%4\" – %5\n"_s.arg(m_row.name, what, came, expected,
                                                               m_failure[u"message"_s].toString());
    }

    const FaultRow &m_row;
    const QJsonObject m_entry;
    const QJsonObject m_failure = m_entry[u"failure"_s].toObject();
    QString m_text;
};

} // namespace

FaultTable::FaultTable()
    : m_root(makeIdentity({.commonName = u"Fault root"_s, .authority = true})),
      m_intermediate(makeIdentity({.commonName = u"Fault intermediate"_s, .authority = true}, &m_root))
{
    const Identity own = leaf();
    m_tls.setLocalCertificateChain({QSslCertificate(own.certificatePem(), QSsl::Pem),
                                    QSslCertificate(m_intermediate.certificatePem(), QSsl::Pem)});
    m_tls.setPrivateKey(QSslKey(own.keyPem(), QSsl::Ec));
    m_tls.setPeerVerifyMode(QSslSocket::VerifyNone);
}

Identity FaultTable::leaf(IdentityOptions options) const
{
    options.commonName = u"127.0.0.1"_s;
    if (options.names.isEmpty())
        options.names = {u"IP:127.0.0.1"_s};
    return makeIdentity(options, &m_intermediate);
}

FaultRow &FaultTable::add(const QString &name, const QString &url, const QString &kind, const QString &phase)
{
    m_rows.append({.name = name,
                   .url = url,
                   .kinds = kind.split(u'|', Qt::SkipEmptyParts),
                   .phase = phase,
                   .conditions = m_conditions});
    return m_rows.last();
}

QByteArray FaultTable::incident(const QString &caFile) const
{
    QByteArray yaml = "defaults: { interval: 60s }\nendpoints:\n";
    for (const FaultRow &row : m_rows) {
        yaml += "  - name: " + quotedYaml(row.name) + "\n    url: " + quotedYaml(row.url) + "\n    conditions: [";
        for (const QString &condition : row.conditions)
            yaml += quotedYaml(condition) + ", ";
        yaml += "]\n    client: { timeout: " + QByteArray::number(timeoutOf(row)) + "ms, tls: { ca-file: "
            + quotedYaml(caFile) + " }" + (row.client.isEmpty() ? QByteArray() : ", " + row.client.toUtf8()) + " }\n";
        if (!row.more.isEmpty())
            yaml += "    " + row.more.toUtf8() + '\n';
    }
    return yaml;
}

QString FaultTable::differences() const
{
    const CliFolder folder;
    const QString authority = folder.write(u"ca.pem"_s, m_root.certificatePem());
    const QString file = folder.write(u"faults.yaml"_s, incident(authority));
    QElapsedTimer timer;
    timer.start();
    const CliResult result = folder.run({u"check"_s, file, u"--format"_s, u"json"_s});
    QString text;
    if (result.code != 1)
        text += u"exit code %1\n"_s.arg(result.code);
    if (!result.err.isEmpty())
        text += u"on standard error: %1\n"_s.arg(QString::fromUtf8(result.err));
    QJsonParseError error;
    const QJsonArray entries = QJsonDocument::fromJson(result.out, &error).object()[u"endpoints"_s].toArray();
    if (error.error != QJsonParseError::NoError || entries.size() != m_rows.size())
        return text + u"%1 endpoints, not %2: %3\n"_s.arg(entries.size()).arg(m_rows.size()).arg(error.errorString());
    for (qsizetype i = 0; i < entries.size(); ++i)
        text += Comparison(m_rows[i], entries[i].toObject()).text();
    rusage children{};
    getrusage(RUSAGE_CHILDREN, &children);
    const qint64 peak = children.ru_maxrss / 1024;
    if (measuresMemory && peak >= memoryMiB)
        text += u"%1 MiB of memory\n"_s.arg(peak);
    if (timer.elapsed() > tableMs)
        text += u"%1 ms for all\n"_s.arg(timer.elapsed());
    qInfo("%lld rows, %lld ms, %lld MiB", static_cast<long long>(m_rows.size()),
          static_cast<long long>(timer.elapsed()), static_cast<long long>(peak));
    return text;
}

void addChainVerdicts(FaultTable &table, const QString &scheme, const QString &path, const QList<Turn> &talk)
{
    const Identity &middle = table.intermediate();
    const auto add = [&](const char *name, TlsScript script, const char *verdict) {
        script.talk = talk;
        const TlsServer &server = table.serve<TlsServer>(std::move(script));
        table.add(u"%1: %2"_s.arg(scheme, QLatin1StringView(name)), server.url(scheme) + path, u"tls"_s, u"tls"_s)
            .verdict = QString::fromLatin1(verdict);
    };
    const auto self = [](const char *name) {
        return makeIdentity({.commonName = QString::fromLatin1(name), .names = {u"IP:127.0.0.1"_s}});
    };
    const Identity strange = makeIdentity({.commonName = u"Strange root"_s, .authority = true});
    const Identity ofStrange = makeIdentity({.commonName = u"127.0.0.1"_s, .names = {u"IP:127.0.0.1"_s}}, &strange);
    const Identity good = table.leaf();
    const QByteArray revoked = makeOcspResponse(good, middle, middle, {.answer = OcspAnswer::Revoked});
    add("the intermediate is not sent", {.sends = {table.leaf({.issuerUrl = u"http://ca.invalid/i.crt"_s})}},
        "incomplete");
    add("the certificate signed itself", {.sends = {self("127.0.0.1")}}, "self-signed");
    add("an unknown root", {.sends = {ofStrange, strange}}, "untrusted-root");
    add("expired", {.sends = {table.leaf({.validFromDays = -90, .validToDays = -1}), middle}}, "expired");
    add("not yet valid", {.sends = {table.leaf({.validFromDays = 5}), middle}}, "not-yet-valid");
    add("another name", {.sends = {table.leaf({.names = {u"DNS:other.test"_s}}), middle}}, "hostname-mismatch");
    add("revoked, as the stapled response says", {.sends = {good, middle}, .staple = revoked}, "revoked");
    add("a key of 1024 bits", {.sends = {table.leaf({.key = KeyKind::Rsa1024}), middle}}, "weak");
    add("signed with SHA-1", {.sends = {table.leaf({.digest = Digest::Sha1}), middle}}, "weak");
    add("TLS 1.1 and no later", {.sends = {good, middle}, .maxVersion = TLS1_1_VERSION}, "weak");
}

QByteArray gzipBomb(int mebibytes)
{
    const QByteArray zeros(1 << 20, '\0');
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    const auto squeeze = [&] {
        QByteArray out(64 * 1024, Qt::Uninitialized);
        stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(zeros.constData()));
        stream.avail_in = static_cast<uInt>(zeros.size());
        stream.next_out = reinterpret_cast<Bytef *>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        deflate(&stream, Z_FULL_FLUSH); // what comes next knows nothing of what came before
        return out.first(out.size() - static_cast<qsizetype>(stream.avail_out));
    };
    const QByteArray head = squeeze();
    const QByteArray block = squeeze();
    deflateEnd(&stream);
    return head + block.repeated(mebibytes - 1);
}

} // namespace allclear::test
