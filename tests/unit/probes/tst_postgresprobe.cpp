// postgres:// against a scripted server on real loopback sockets: what the rows become, every log-in, every refusal with
// its SQLSTATE, and every way to break the protocol, to flood and to stall. The real server is in tests/e2e.
#include "proberunner.h"
#include "support/pki.h"
#include "support/scriptedpostgres.h"

#include "core/postgresurl.h"
#include "probes/pgauth.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSslKey>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;
using allclear::test::pg::Cell;
using allclear::test::pg::ScriptedServer;
using allclear::test::pg::Turn;

namespace {

Endpoint postgres(const QString &url, const QStringList &conditions = QStringList(u"[CONNECTED] == true"_s))
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.kind = Kind::Postgres;
    return endpoint;
}

QList<Cell> defaultCells()
{
    return {{"server_version", 25, "15.1"}, {"connections", 20, "41"}, {"max_connections", 23, "100"}, {"reserved", 23, "3"},
            {"connections_ratio", 1700, "0.4227"}, {"oldest_transaction_seconds", 701, QByteArray()},
            {"in_recovery", 16, "f"}, {"database", 19, "db"}, {"hidden_sessions", 20, QByteArray()}};
}

QByteArray saslFirst(const QByteArray &mechanisms) { return allclear::test::pg::message('R', allclear::test::pg::int32(10) + mechanisms); }

QSslConfiguration serverTls(const Identity &leaf, const QList<const Identity *> &more = {})
{
    QSslConfiguration tls;
    QList<QSslCertificate> chain{QSslCertificate(leaf.certificatePem())};
    for (const Identity *link : more)
        chain.append(QSslCertificate(link->certificatePem()));
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(QSslKey(leaf.keyPem(), QSsl::Ec));
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    return tls;
}

} // namespace

class TestPostgresProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void defaultQueryIsTheBody()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{welcome()}, {answer(defaultCells())}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url(), {u"[CONNECTED] == true"_s, u"[BODY].connections < 90"_s, u"[BODY].connections_ratio < 0.9"_s,
            u"[BODY].in_recovery == false"_s, u"[BODY].database == db"_s, u"has([BODY].oldest_transaction_seconds) == false"_s, u"[RESPONSE_TIME] < 60000"_s, u"len([BODY].rows) == 1"_s}));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->answered);
        QCOMPARE(seen->protocol, u"postgresql"_s);
        QVERIFY(seen->phase(Phase::Wait) && seen->phase(Phase::Receive) && !seen->phase(Phase::Tls) && !seen->phase(Phase::Dns));
        QTRY_COMPARE(server.heard().size(), 3);
        const QByteArray query = server.heard()[1];
        QVERIFY(query.contains("BEGIN TRANSACTION READ ONLY") && query.contains("SET LOCAL statement_timeout = ") && query.contains("pg_stat_activity"));
        QVERIFY(server.heard()[0].contains("user\0probe\0"_ba) && server.heard()[0].contains("database\0db\0"_ba));
        QVERIFY(server.heard()[2].contains("ROLLBACK"));
    }

    void typesOfColumns_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("json");
        const auto add = [](const char *name, int type, const QByteArray &value, const QByteArray &json) { QTest::newRow(name) << type << value << json; };
        add("a boolean", 16, "t", "true");
        add("an integer beyond double", 20, "9007199254740993", "9007199254740993");
        add("a decimal", 1700, "-12.50", "-12.50");
        add("NaN is text", 701, "NaN", "\"NaN\"");
        add("infinity is text", 701, "-Infinity", "\"-Infinity\"");
        add("text", 25, "a\"b\\c", "\"a\\\"b\\\\c\"");
        add("a number in a text column", 25, "42", "\"42\"");
        add("an empty text", 25, "", "\"\"");
        add("null", 25, QByteArray(), "null");
        add("json", 114, "{\"a\": [1]}", "{\"a\": [1]}");
        add("jsonb that is a lone number", 3802, "5", "5");
        add("json that is none", 114, "{", "\"{\"");
        add("a lying integer", 23, "1; DROP", "\"1; DROP\"");
        add("an integer with leading zeros", 23, "007", "\"007\"");
        add("a decimal beyond double", 1700, "1" + QByteArray(400, '0'), "\"1" + QByteArray(400, '0') + '"');
        add("json that is nothing", 114, "", "\"\"");
        add("json that is two values", 114, "1,2", "\"1,2\"");
        add("json that closes what it stands in", 114, "1]],[[2", "\"1]],[[2\"");
    }
    void typesOfColumns()
    {
        using namespace allclear::test::pg;
        QFETCH(int, type);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, json);
        ScriptedServer server({{welcome()}, {answer({{"x", type, value}})}});
        Endpoint endpoint = postgres(server.url());
        endpoint.body = "SELECT x";
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QCOMPARE(seen->excerpt.toUtf8(), "{\"x\":" + json + ",\"rows\":[{\"x\":" + json + "}]}");
        QVERIFY(server.heard()[1].contains("SELECT x"));
    }

    void textThatIsNotUtf8IsReplaced()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{welcome()}, {answer({{"x", 25, "a\xff"}})}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url(), {u"[BODY].x == a\ufffd"_s}));
        QVERIFY(seen && seen->outcome == Outcome::Pass);
    }

    void noRowsAreNoValues()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{welcome()}, {begun() + parsed() + columns({{"x", 23, ""}}) + done("SELECT 0") + ready()}});
        Endpoint endpoint = postgres(server.url(), {u"len([BODY].rows) == 0"_s, u"[BODY].x < 5"_s});
        endpoint.body = "SELECT x";
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QCOMPARE(seen->conditions[0].result, Truth::Met);
        QCOMPARE(seen->conditions[1].result, Truth::NotEvaluable);
    }

    void hiddenSessionsAreNoted()
    {
        using namespace allclear::test::pg;
        QList<Cell> cells = defaultCells();
        cells.last().value = "3";
        ScriptedServer server({{welcome()}, {answer(cells)}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url()));
        QVERIFY(seen);
        QVERIFY2(seen->notes.join(u' ').contains(u"pg_monitor"_s), qPrintable(seen->notes.join(u' ')));
    }

    void noticesBecomeNotes()
    {
        using namespace allclear::test::pg;
        QByteArray notices;
        for (int i = 0; i < 20; ++i)
            notices += report('N', "WARNING", "01000", "collation version mismatch");
        ScriptedServer server({{notices + welcome()}, {answer(defaultCells())}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url()));
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QCOMPARE(seen->notes.size(), 6);
        QVERIFY(seen->notes[0].contains(u"collation version mismatch"_s));
    }

    void logIns_data()
    {
        using namespace allclear::test::pg;
        QTest::addColumn<QByteArray>("challenge");
        QTest::addColumn<QByteArray>("reply");
        QTest::newRow("clear text") << message('R', int32(3)) << message('p', "hunter2secret\0"_ba);
        const auto md5 = [](const QByteArray &data) { return QCryptographicHash::hash(data, QCryptographicHash::Md5).toHex(); };
        QTest::newRow("MD5") << message('R', int32(5) + "salt") << message('p', "md5" + md5(md5("hunter2secretprobe") + "salt") + '\0');
    }
    void logIns()
    {
        using namespace allclear::test::pg;
        QFETCH(QByteArray, challenge);
        ScriptedServer server({{challenge}, {welcome()}, {answer(defaultCells())}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url()));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QTEST(server.heard()[1], "reply");
        QVERIFY(seen->notes.isEmpty()); // loopback
    }

    /// RFC 7677, section 3, with PostgreSQL's empty user name.
    void scramIsTheRfcs()
    {
        PgAuth auth(u"user"_s, u"pencil"_s, "rOprNGfwEbeRWgbNEkqO");
        using namespace allclear::test::pg;
        const auto first = std::get<QByteArray>(auth.answer(int32(10) + "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"_ba));
        QVERIFY(first.endsWith("n,,n=,r=rOprNGfwEbeRWgbNEkqO"));
        const auto second = std::get<QByteArray>(auth.answer(int32(11) + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        QVERIFY(second.sliced(5).startsWith("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p="));
        const auto wrong = auth.answer(int32(12) + "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        QCOMPARE(std::get<Failure>(wrong).kind, FailureKind::Protocol);
        QVERIFY(!auth.isDone());
    }

    void hashingIsBounded()
    {
        PgAuth auth(u"user"_s, u"pencil"_s, "abc");
        using namespace allclear::test::pg;
        QVERIFY(std::holds_alternative<QByteArray>(auth.answer(int32(10) + "SCRAM-SHA-256\0\0"_ba)));
        const PgAuthStep step = auth.answer(int32(11) + "r=abcdef,s=c2FsdA==,i=2147483647");
        QVERIFY(std::get<Failure>(step).message.contains(u"rounds of password hashing"_s));
    }

    void passwordsAreAskedForOnce_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        using namespace allclear::test::pg;
        const QByteArray clear = int32(3), md5 = int32(5) + "salt", scram = int32(10) + "SCRAM-SHA-256\0\0"_ba;
        QTest::newRow("SCRAM again and again") << scram << scram;
        QTest::newRow("clear text where SCRAM did not work") << scram << clear;
        QTest::newRow("MD5 after clear text") << clear << md5;
        QTest::newRow("clear text after the log-in") << int32(0) << clear;
    }
    void passwordsAreAskedForOnce()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        PgAuth auth(u"user"_s, u"pencil"_s, "abc");
        QVERIFY(std::holds_alternative<QByteArray>(auth.answer(first)));
        const PgAuthStep step = auth.answer(second);
        QVERIFY(std::holds_alternative<Failure>(step));
        QCOMPARE(std::get<Failure>(step).kind, FailureKind::Protocol);
        QVERIFY(std::get<Failure>(step).message.contains(u"a second time"_s));
        QVERIFY(!auth.sentClearText() || first.endsWith('\3'));
    }

    void rejections_data()
    {
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QString>("says");
        const auto add = [](const char *code, const char *says) { QTest::newRow(code) << QByteArray(code) << QString::fromLatin1(says); };
        add("53300", "no connection left");
        add("28P01", "the password is wrong");
        add("28000", "does not let this user in");
        add("3D000", "no such database");
        add("57P03", "starting up or shutting down");
        add("57P01", "ended the session");
        add("42501", "may not do that");
        add("57014", "took longer");
        add("25006", "read-only transaction");
        add("42601", "not exactly one statement");
        add("XX001", "fault of its own");
        add("P0001", "answered with an error (P0001: told by the server)");
    }
    void rejections()
    {
        using namespace allclear::test::pg;
        QFETCH(QByteArray, code);
        QFETCH(QString, says);
        for (const bool atLogIn : {true, false}) {
            ScriptedServer server(atLogIn ? QList<Turn>{{error(code, "told by the server"), Then::Close}}
                                          : QList<Turn>{{welcome()}, {begun() + error(code, "told by the server") + ready()}});
            const ObservationPtr seen = ProbeRunner().run(postgres(server.url(), {u"[CODE] == none"_s, u"[CONNECTED] == true"_s, u"[RESPONSE_TIME] < 60000"_s}));
            QVERIFY(seen && seen->failure);
            QCOMPARE(seen->failure->kind, FailureKind::Rejected);
            QCOMPARE(seen->code.value(), QString::fromLatin1(code));
            QVERIFY2(seen->failure->message.contains(says) && seen->failure->message.contains(u"told by the server"_s), qPrintable(seen->failure->message));
            QCOMPARE(seen->conditions[1].result, atLogIn ? Truth::Unmet : Truth::Met);
            QCOMPARE(seen->conditions[2].result, Truth::NotEvaluable);
        }
    }

    void faults_data()
    {
        using namespace allclear::test::pg;
        using enum FailureKind;
        QTest::addColumn<QList<Turn>>("turns");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("phase");
        QTest::addColumn<QString>("says");
        const auto add = [](const char *name, const QList<Turn> &turns, FailureKind kind, const char *phase, const char *says) {
            QTest::newRow(name) << turns << kind << QString::fromLatin1(phase) << QString::fromLatin1(says);
        };
        const QByteArray start = begun() + parsed() + columns({{"x", 25, ""}});
        add("silence after the connection", {}, Timeout, "wait", "ran out in phase wait");
        add("closed at the start-up message", {{"", Then::Close}}, Closed, "wait", "closed the connection during the log-in");
        add("reset at the start-up message", {{"", Then::Reset}}, Closed, "wait", "reset the connection");
        add("silence during the log-in", {{message('R', int32(5) + "salt")}}, Timeout, "wait", "ran out");
        add("closed during the log-in", {{message('R', int32(5) + "salt")}, {"", Then::Close}}, Closed, "wait", "during the log-in");
        add("silence after the log-in", {{message('R', int32(0))}}, Timeout, "wait", "ran out");
        add("silence after the query", {{welcome()}}, Timeout, "wait", "ran out");
        add("closed after the query", {{welcome()}, {"", Then::Close}}, Closed, "wait", "before its answer was complete");
        add("silence inside the answer", {{welcome()}, {start}}, Timeout, "receive", "ran out in phase receive");
        add("silence inside a row", {{welcome()}, {start + head('D', 100)}}, Timeout, "receive", "ran out");
        add("closed inside the answer", {{welcome()}, {start, Then::Close}}, Closed, "receive", "before its answer was complete");
        add("a byte every 20 ms during the log-in", {{"", Then::Drip, report('N', "NOTICE", "00000", "slow")}}, Timeout, "receive", "ran out");
        add("a byte every 20 ms inside the answer", {{welcome()}, {start, Then::Drip, row({{"x", 25, "slow"}})}}, Timeout, "receive", "ran out");
        add("HTTP", {{"HTTP/1.1 400 Bad Request\r\n\r\n"}}, Protocol, "receive", "does not speak PostgreSQL: it answered \"HTTP/1.1 400 Bad Request\"");
        add("an SSH banner", {{"SSH-2.0-OpenSSH_9.2\r\n"}}, Protocol, "receive", "SSH-2.0-OpenSSH_9.2");
        add("Redis", {{"-ERR unknown command\r\n"}}, Protocol, "receive", "-ERR unknown command");
        add("one wrong byte", {{"x"}}, Protocol, "receive", "does not speak PostgreSQL");
        add("binary rubbish", {{QByteArray(64, '\x01')}}, Protocol, "receive", "it answered the bytes 01 01");
        add("words that start with R", {{"Request denied, go away"}}, Protocol, "receive", "Request denied");
        add("a length of zero", {{head('R', 0)}}, Protocol, "receive", "does not speak");
        add("a negative length", {{head('R', -5)}}, Protocol, "receive", "does not speak");
        add("a gigantic log-in message", {{head('R', 0x7ffffff0)}}, Protocol, "receive", "does not speak");
        add("a gigantic notice", {{message('R', int32(0)) + head('N', 0x7ffffff0)}}, Protocol, "receive", "announced a message of 2147483632 bytes");
        add("a gigantic row", {{welcome()}, {start + head('D', 0x7ffffff0)}}, Oversize, "receive", "rows exceed the limit of 4096 KiB");
        add("a row over the limit", {{welcome()}, {start + row({{"x", 25, QByteArray(5 * 1024 * 1024, 'x')}})}}, Oversize, "receive", "rows exceed");
        add("rows without end", {{welcome()}, {start, Then::Flood, row({{"x", 25, QByteArray(1000, 'x')}})}}, Oversize, "receive", "rows exceed");
        add("short rows without end", {{welcome()}, {start, Then::Flood, row({{"x", 25, ""}})}}, Oversize, "receive", "more than 10000 rows");
        add("notices without end", {{"", Then::Flood, report('N', "NOTICE", "00000", "again")}}, Oversize, "receive", "talks without end");
        add("parameters without end", {{welcome()}, {"", Then::Flood, message('S', "a\0b\0"_ba)}}, Oversize, "receive", "talks without end");
        add("columns without end", {{welcome()}, {begun() + parsed() + head('T', 0x7ffffff0)}}, Oversize, "receive", "talks without end");
        add("a message of an unknown type", {{message('R', int32(0)) + message('?', "")}}, Protocol, "receive", "a message that cannot be");
        add("a row during the log-in", {{message('R', int32(0)) + message('D', int16(0))}}, Protocol, "wait", "type D during the log-in");
        add("ready without a log-in", {{message('N', QByteArray(1, '\0')) + ready()}}, Protocol, "wait", "before anybody had logged in");
        add("a row that does not fit", {{welcome()}, {start + message('D', int16(2) + int32(0) + int32(0))}}, Protocol, "receive", "does not fit its columns");
        add("a value longer than its row", {{welcome()}, {start + message('D', int16(1) + int32(99) + "x")}}, Protocol, "receive", "does not fit");
        add("columns that do not add up", {{welcome()}, {begun() + parsed() + message('T', int16(3) + "x")}}, Protocol, "receive", "make no sense");
        add("ready before the answer", {{welcome()}, {ready()}}, Protocol, "receive", "before it had answered");
        add("copying where rows belong", {{welcome()}, {begun() + parsed() + message('H', QByteArray(3, '\0'))}}, Protocol, "receive", "type H");
        add("GSSAPI", {{message('R', int32(7))}}, Rejected, "", "asks for GSSAPI");
        add("SCRAM of another kind", {{saslFirst("SCRAM-SHA-512\0\0"_ba)}}, Rejected, "", "no way of logging in");
        add("SCRAM with another's nonce", {{saslFirst("SCRAM-SHA-256\0\0"_ba)}, {message('R', int32(11) + "r=abc,s=c2FsdA==,i=4096")}}, Protocol, "", "makes no sense");
        add("let in without proof", {{saslFirst("SCRAM-SHA-256\0\0"_ba)}, {message('R', int32(0))}}, Protocol, "", "without proving");
        add("a log-in message that is too short", {{message('R', "ab")}}, Protocol, "", "too short");
    }
    void faults()
    {
        using namespace allclear::test::pg;
        QFETCH(QList<Turn>, turns);
        QFETCH(FailureKind, kind);
        QFETCH(QString, phase);
        QFETCH(QString, says);
        ScriptedServer server(turns);
        Endpoint endpoint = postgres(server.url(), {u"[BODY].x == 1"_s, u"[RESPONSE_TIME] < 60000"_s});
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint, Secrets({u"hunter2secret"_s}));
        QVERIFY(seen);
        QVERIFY(seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QCOMPARE(seen->failure->phase ? QString(name(*seen->failure->phase)) : QString(), phase);
        QVERIFY(!seen->answered);
        QCOMPARE(server.connections(), 1);
        for (const ConditionResult &condition : seen->conditions)
            QCOMPARE(condition.result, Truth::NotEvaluable);
    }

    void passwordIsAskedForAndMissing()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{message('R', int32(3))}});
        const ObservationPtr seen = ProbeRunner().run(postgres(u"postgres://probe@127.0.0.1:%1/db?sslmode=disable"_s.arg(server.serverPort())));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Rejected);
        QVERIFY(seen->failure->message.contains(u"asks for a password and the URL holds none"_s));
    }

    void environmentDoesNotLeakIn()
    {
        using namespace allclear::test::pg;
        for (const char *name : {"PGPASSWORD", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS", "PGTZ", "PGAPPNAME"})
            qputenv(name, "leak");
        qputenv("PGSSLMODE", "require");
        qputenv("PGHOSTADDR", "127.0.0.9");
        ScriptedServer server({{welcome()}, {answer(defaultCells())}});
        const ObservationPtr seen = ProbeRunner().run(postgres(u"postgres://127.0.0.1:%1/?sslmode=disable"_s.arg(server.serverPort())));
        for (const char *name : {"PGPASSWORD", "PGUSER", "PGDATABASE", "PGSERVICE", "PGOPTIONS", "PGTZ", "PGAPPNAME", "PGSSLMODE", "PGHOSTADDR"})
            qunsetenv(name);
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QVERIFY(!server.heard().join().contains("leak"));
        QVERIFY(server.heard()[0].contains("user\0postgres\0"_ba));
    }

    void sslModes_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<bool>("offersTls");
        QTest::addColumn<QString>("outcome"); ///< "tls", "plain", or the failure's kind
        const auto add = [](const char *name, const QString &query, bool offers, const QString &outcome) { QTest::newRow(name) << query << offers << outcome; };
        add("disable never asks", u"?sslmode=disable"_s, true, u"plain"_s);
        add("nothing said prefers", u""_s, true, u"tls"_s);
        add("prefer takes what there is", u"?sslmode=prefer"_s, false, u"plain"_s);
        add("require encrypts, whoever it is", u"?sslmode=require"_s, true, u"tls"_s);
        add("require is not content without", u"?sslmode=require"_s, false, u"tls failed"_s);
        add("verify-ca does not trust a stranger", u"?sslmode=verify-ca"_s, true, u"tls failed"_s);
        add("verify-full does not trust a stranger", u"?sslmode=verify-full"_s, true, u"tls failed"_s);
    }
    void sslModes()
    {
        using namespace allclear::test::pg;
        QFETCH(QString, query);
        QFETCH(bool, offersTls);
        QFETCH(QString, outcome);
        const Identity leaf = makeIdentity({.commonName = u"db"_s, .names = {u"IP:127.0.0.1"_s}});
        const QList<Turn> session{{welcome()}, {answer(defaultCells())}};
        const bool asks = !query.contains(u"disable"_s);
        ScriptedServer server((asks ? QList<Turn>{{offersTls ? "S" : "N"}} : QList<Turn>{}) + session, serverTls(leaf));
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url(u"db"_s + query)));
        QVERIFY(seen);
        if (outcome == u"tls failed"_s) {
            QVERIFY(seen->failure);
            QCOMPARE(seen->failure->kind, FailureKind::Tls);
            QCOMPARE(seen->failure->phase.value(), Phase::Tls);
            return;
        }
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QCOMPARE(seen->tls.has_value(), outcome == u"tls"_s);
        if (seen->tls) {
            QCOMPARE(seen->tls->chainVerdict, ChainVerdict::SelfSigned);
            QVERIFY(seen->tls->insecure); // nobody vouched for it
            QVERIFY(seen->phase(Phase::Tls));
        }
    }

    void authorityIsAsked_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("passes");
        QTest::newRow("verify-full, the right name") << u"?sslmode=verify-full"_s << u"IP:127.0.0.1"_s << true;
        QTest::newRow("verify-full, another name") << u"?sslmode=verify-full"_s << u"DNS:other.test"_s << false;
        QTest::newRow("verify-ca, another name") << u"?sslmode=verify-ca"_s << u"DNS:other.test"_s << true;
        QTest::newRow("a CA file without a mode verifies") << u""_s << u"DNS:other.test"_s << false;
        QTest::newRow("a CA file with require verifies the chain") << u"?sslmode=require"_s << u"DNS:other.test"_s << true;
    }
    void authorityIsAsked()
    {
        using namespace allclear::test::pg;
        QFETCH(QString, query);
        QFETCH(QString, name);
        QTemporaryDir folder;
        const Identity root = makeIdentity({.commonName = u"Root"_s, .authority = true});
        const Identity leaf = makeIdentity({.commonName = u"db"_s, .names = {name}}, &root);
        ScriptedServer server({{"S"}, {welcome()}, {answer(defaultCells())}}, serverTls(leaf));
        Endpoint endpoint = postgres(server.url(u"db"_s + query));
        endpoint.client.caFile = writeFile(folder, u"root.pem"_s, root.certificatePem());
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen);
        QTEST(seen->outcome == Outcome::Pass, "passes");
        QVERIFY(seen->tls && !seen->tls->insecure && !seen->tls->chain.isEmpty());
    }

    void tlsFaults_data()
    {
        using namespace allclear::test::pg;
        QTest::addColumn<QList<Turn>>("turns");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const auto add = [](const char *name, const QList<Turn> &turns, FailureKind kind, const char *says) { QTest::newRow(name) << turns << kind << QString::fromLatin1(says); };
        add("silence when asked for TLS", {}, FailureKind::Timeout, "phase tls");
        add("closed when asked for TLS", {{"", Then::Close}}, FailureKind::Closed, "when it was asked for TLS");
        add("silence in the handshake", {{"S"}}, FailureKind::Timeout, "phase tls");
        add("closed in the handshake", {{"S", Then::Close}}, FailureKind::Closed, "during the TLS handshake");
        add("bytes slipped in before the handshake", {{"S" + welcome()}}, FailureKind::Protocol, "somebody may be in between");
        add("plain text in the handshake", {{"S"}, {"HTTP/1.1 400 No\r\n\r\n"}}, FailureKind::Protocol, "plain text after it had agreed");
        add("an alert in the handshake", {{"S"}, {"\x15\x03\x01\x00\x02\x02\x28"_ba}}, FailureKind::Tls, "the TLS handshake failed");
        add("an error instead of an answer", {{error("53300", "sorry"), Then::Close}}, FailureKind::Rejected, "no connection left");
        add("HTTP instead of an answer", {{"HTTP/1.1 400 No\r\n\r\n"}}, FailureKind::Protocol, "does not speak PostgreSQL");
    }
    void tlsFaults()
    {
        QFETCH(QList<Turn>, turns);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        ScriptedServer server(turns);
        Endpoint endpoint = postgres(server.url(u"db?sslmode=require"_s));
        endpoint.client.timeout = kind == FailureKind::Timeout ? Duration(300ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
    }

    void preferGoesOnWithoutTlsAndSaysSo()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{"S"}, {"\x15\x03\x01\x00\x02\x02\x28"_ba}}); // handshake_failure
        server.setSecond({{welcome()}, {answer(defaultCells())}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url(u"db"_s)));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->notes[0].contains(u"went on without it"_s));
        QCOMPARE(server.connections(), 2);
    }

    void allowEncryptsWhenItMust()
    {
        using namespace allclear::test::pg;
        const Identity leaf = makeIdentity({.commonName = u"db"_s, .names = {u"IP:127.0.0.1"_s}});
        ScriptedServer server({{error("28000", "no encryption"), Then::Close}}, serverTls(leaf));
        server.setSecond({{"S"}, {welcome()}, {answer(defaultCells())}});
        const ObservationPtr seen = ProbeRunner().run(postgres(server.url(u"db?sslmode=allow"_s)));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->tls);
    }

    void refusedConnection()
    {
        const ObservationPtr seen = ProbeRunner().run(postgres(u"postgres://u@127.0.0.1:%1/db"_s.arg(closedPort())));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
        QCOMPARE(seen->failure->phase.value(), Phase::Connect);
        QCOMPARE(seen->conditions[0].shown, u"[CONNECTED] (false) == true"_s);
    }

    void nameThatDoesNotResolve()
    {
        const ObservationPtr seen = ProbeRunner().run(postgres(u"postgres://u@no-such-host.invalid/db"_s));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Dns);
    }

    void everyAddressIsTried()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{welcome()}, {answer(defaultCells())}}); // 127.0.0.1 alone
        const ObservationPtr seen = ProbeRunner().run(postgres(u"postgresql://u@localhost:%1/db?sslmode=disable"_s.arg(server.serverPort())));
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QVERIFY(seen->phase(Phase::Dns));
    }

    void secretsAreMasked()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{welcome()}, {answer({{"x", 25, "hunter2secret"}})}});
        Endpoint endpoint = postgres(server.url());
        endpoint.body = "SELECT x";
        const ObservationPtr seen = ProbeRunner().run(endpoint, Secrets({u"hunter2secret"_s}));
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QVERIFY(!seen->excerpt.contains(u"hunter2secret"_s));
    }

    void destroyedInFlightSaysNothing()
    {
        using namespace allclear::test::pg;
        ScriptedServer server({{welcome()}});
        ProbeRunner runner;
        auto probe = makeProbe({.endpoint = postgres(server.url()), .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services);
        QSignalSpy spy(probe.get(), &Probe::finished);
        probe->start();
        QTRY_COMPARE(server.heard().size(), 2);
        probe.reset();
        QCoreApplication::processEvents();
        QCOMPARE(spy.size(), 0);
    }

    void urls_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("says"); ///< empty: it is fine
        const auto add = [](const char *name, const char *url, const char *says = "") { QTest::newRow(name) << QString::fromLatin1(url) << QString::fromLatin1(says); };
        add("the whole", "postgres://u:p@h:5433/d?sslmode=verify-full&application_name=x&connect_timeout=3");
        add("the least", "postgresql://h");
        add("no host", "postgres:///d", "names no host");
        add("an unknown mode", "postgres://h/d?sslmode=maybe", "`maybe` is no sslmode");
        add("an unknown parameter", "postgres://h/d?schema=public", "unknown parameter `schema`");
        add("options", "postgres://h/d?options=-c%20x", "unknown parameter `options`");
        add("a certificate", "postgres://h/d?sslrootcert=/x", "`sslrootcert` does not belong");
        add("a zero byte", "postgres://h/d%00x", "zero byte");
    }
    void urls()
    {
        QFETCH(QString, url);
        QFETCH(QString, says);
        const Result<PostgresUrl> read = PostgresUrl::parse(url);
        QCOMPARE(bool(read), says.isEmpty());
        QVERIFY2(read || read.error().message.contains(says), read ? "" : qPrintable(read.error().message));
        if (says.isEmpty() || url.contains(u":///"_s))
            return;
        const ObservationPtr seen = ProbeRunner().run(postgres(url));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Internal);
    }
};

QTEST_GUILESS_MAIN(TestPostgresProbe)
#include "tst_postgresprobe.moc"
