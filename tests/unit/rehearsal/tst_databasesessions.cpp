#include "rehearsal/databaselistener.h"
#include "support/testmain.h"

#include <QTcpSocket>

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

class TestDatabaseSessions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void redis_data();
    void redis();
    void redisTellsAboutItself();
    void postgres_data();
    void postgres();
    void bytesMayTrickle();
    void listenerFollowsTheState();

private:
    struct Said {
        QByteArray reply;
        Next next = Next::Continue;
    };
    static Said say(DatabaseSession &session, QByteArray bytes, DatabaseState state)
    {
        Said said;
        while (said.next == Next::Continue)
            said.next = session.take(bytes, said.reply, state);
        return said;
    }
};

namespace {

constexpr auto fine = DatabaseState::Available, cut = DatabaseState::Unreachable, restarting = DatabaseState::Restarting;

QByteArray startup(const char *length = "00000014", const char *code = "00030000")
{
    return QByteArray::fromHex(length) + QByteArray::fromHex(code) + "user\0probe\0"_ba + '\0';
}

QByteArray query(const QByteArray &sql)
{
    const auto length = static_cast<char>(sql.size() + 5);
    return 'Q' + QByteArray(3, '\0') + length + sql + '\0';
}

} // namespace

void TestDatabaseSessions::redis_data()
{
    QTest::addColumn<DatabaseState>("state");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("reply");
    QTest::addColumn<bool>("closes");
    const auto row = [](const char *name, DatabaseState state, const QByteArray &sent, const QByteArray &reply,
                        bool closes = false) { QTest::newRow(name) << state << sent << reply << closes; };
    row("PING as an array", fine, "*1\r\n$4\r\nPING\r\n", "+PONG\r\n");
    row("PING inline, small letters", fine, "ping\r\n", "+PONG\r\n");
    row("PING with a message", fine, "*2\r\n$4\r\nPING\r\n$2\r\nhi\r\n", "$2\r\nhi\r\n");
    row("two commands at once", fine, "PING\r\nPING\r\n", "+PONG\r\n+PONG\r\n");
    row("an empty line is no command", fine, "\r\n", "");
    row("an empty array is no command", fine, "*0\r\n", "");
    row("an unfinished command waits", fine, "*1\r\n$4\r\nPI", "");
    row("AUTH although no password is set", fine, "AUTH secret\r\n",
        "-ERR AUTH <password> called without any password configured for the default user. Are you sure your "
        "configuration is correct?\r\n");
    row("AUTH as an unknown user", fine, "AUTH me secret\r\n",
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    row("AUTH without anything", fine, "AUTH\r\n", "-ERR wrong number of arguments for 'auth' command\r\n");
    row("an unknown command", fine, "FLY\r\n", "-ERR unknown command 'FLY', with args beginning with: \r\n");
    row("QUIT says OK and closes", fine, "QUIT\r\n", "+OK\r\n", true);
    row("a length that is no number", fine, "*x\r\n", "-ERR Protocol error: invalid multibulk length\r\n", true);
    row("far too many arguments", fine, "*9999999\r\n", "-ERR Protocol error: invalid multibulk length\r\n", true);
    row("a bulk without its dollar", fine, "*1\r\nPING\r\n", "-ERR Protocol error: invalid multibulk length\r\n", true);
    row("unreachable: silence", cut, "PING\r\n", "");
    row("restarting: the dataset is loading", restarting, "PING\r\n", "-LOADING Redis is loading the dataset in memory\r\n");
}

void TestDatabaseSessions::redis()
{
    QFETCH(DatabaseState, state);
    QFETCH(QByteArray, sent);
    const auto session = makeRedisSession();
    const Said said = say(*session, sent, state);
    QTEST(said.reply, "reply");
    QTEST(said.next == Next::Close, "closes");
}

void TestDatabaseSessions::redisTellsAboutItself()
{
    const auto session = makeRedisSession();
    const Said said = say(*session, "*1\r\n$4\r\nINFO\r\n"_ba, fine);
    for (const char *field : {"redis_version:7.2.4\r\n", "used_memory:", "maxmemory:1073741824\r\n", "role:master\r\n"})
        QVERIFY2(said.reply.contains(field), field);
    const qsizetype head = said.reply.indexOf("\r\n");
    QCOMPARE(said.reply.first(head), '$' + QByteArray::number(said.reply.size() - head - 4));
}

void TestDatabaseSessions::postgres_data()
{
    QTest::addColumn<DatabaseState>("state");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArrayList>("holds");
    QTest::addColumn<QByteArray>("end");
    QTest::addColumn<bool>("closes");
    const auto row = [](const char *name, DatabaseState state, const QByteArray &sent, const QByteArrayList &holds,
                        const QByteArray &end, bool closes = false) {
        QTest::newRow(name) << state << sent << holds << end << closes;
    };
    const QByteArray authenticationOk = QByteArray::fromHex("520000000800000000");
    const QByteArray ready = QByteArray::fromHex("5a0000000549");
    row("start-up is let in and ready", fine, startup(), {authenticationOk, "server_version"}, ready);
    row("TLS is declined first", fine, QByteArray::fromHex("0000000804d2162f") + startup(), {"N" + authenticationOk}, ready);
    row("GSS is declined", fine, QByteArray::fromHex("0000000804d21630"), {}, "N");
    row("an unfinished start-up waits", fine, startup().chopped(3), {}, {});
    row("a start-up of an absurd length closes", fine, startup("7fffffff"), {}, {}, true);
    row("protocol 2 is refused", fine, startup("00000014", "00020000"), {"FATAL", "0A000"}, QByteArray(1, '\0'), true);
    row("a cancel request closes", fine, QByteArray::fromHex("0000000804d2162e"), {}, {}, true);
    row("SELECT 1", fine, startup() + query("SELECT 1"), {QByteArray::fromHex("440000000b00010000000131"), "SELECT 1"}, ready);
    row("the connection limit", fine, startup() + query("SHOW max_connections"), {"100"}, ready);
    row("connections in use", fine, startup() + query("select count(*) from pg_stat_activity"), {"41"}, ready);
    row("an empty query", fine, startup() + query(""), {QByteArray::fromHex("4900000004")}, ready);
    row("a query it does not know", fine, startup() + query("DROP TABLE x"), {"C42601"}, ready);
    const QByteArray unnamed = QByteArray(1, '\0'), bind = QByteArray::fromHex("420000000c0000000000000000"),
                     describe = QByteArray::fromHex("440000000650") + unnamed, execute = QByteArray::fromHex("4500000009") + unnamed + QByteArray(4, '\0'),
                     sync = QByteArray::fromHex("5300000004");
    const auto parse = [&](const QByteArray &sql) { return 'P' + QByteArray(3, '\0') + char(sql.size() + 8) + unnamed + sql + '\0' + QByteArray(2, '\0'); };
    row("a sync", fine, startup() + sync, {}, ready);
    row("an extended query", fine, startup() + parse("SELECT 1") + bind + describe + execute + sync, {QByteArray::fromHex("31000000043200000004"), "SELECT 1"}, ready);
    row("an extended command has no columns", fine, startup() + parse("BEGIN") + bind + describe + execute + sync, {QByteArray::fromHex("6e00000004"), "OK"}, ready);
    row("an extended query it does not know", fine, startup() + parse("DROP TABLE x") + bind + describe + execute + sync, {"C42601"}, ready);
    row("executing nothing", fine, startup() + describe + execute + sync, {"C42601"}, ready);
    row("terminate closes", fine, startup() + QByteArray::fromHex("5800000004"), {}, ready, true);
    row("exhausted: too many clients", cut, startup(), {"SFATAL", "C53300", "Msorry, too many clients already"},
        QByteArray(2, '\0'), true);
    row("restarting: starting up", restarting, startup(), {"C57P03"}, QByteArray(2, '\0'), true);
}

void TestDatabaseSessions::postgres()
{
    QFETCH(DatabaseState, state);
    QFETCH(QByteArray, sent);
    QFETCH(QByteArrayList, holds);
    QFETCH(QByteArray, end);
    const auto session = makePostgresSession();
    const Said said = say(*session, sent, state);
    for (const QByteArray &part : holds)
        QVERIFY2(said.reply.contains(part), said.reply.toHex().constData());
    QVERIFY2(said.reply.endsWith(end), said.reply.toHex().constData());
    QTEST(said.next == Next::Close, "closes");
}

void TestDatabaseSessions::bytesMayTrickle()
{
    const auto redisSession = makeRedisSession(), postgresSession = makePostgresSession();
    QByteArray redisBuffer, redisReply, postgresBuffer, postgresReply;
    for (const char byte : "*1\r\n$4\r\nPING\r\n"_ba) {
        redisBuffer += byte;
        while (redisSession->take(redisBuffer, redisReply, fine) == Next::Continue) { }
    }
    for (const char byte : startup() + query("SELECT 1")) {
        postgresBuffer += byte;
        while (postgresSession->take(postgresBuffer, postgresReply, fine) == Next::Continue) { }
    }
    QCOMPARE(redisReply, "+PONG\r\n"_ba);
    QVERIFY(postgresReply.contains("SELECT 1"));
}

void TestDatabaseSessions::listenerFollowsTheState()
{
    DatabaseListener listener(makeRedisSession);
    QVERIFY(listener.listen());
    QTcpSocket client;
    QByteArray received;
    connect(&client, &QTcpSocket::readyRead, this, [&] { received += client.readAll(); });
    client.connectToHost(QHostAddress::LocalHost, listener.port());
    client.write("PING\r\n");
    QTRY_COMPARE(received, "+PONG\r\n"_ba);
    listener.set(DatabaseState::Restarting);
    client.write("PING\r\n");
    QTRY_COMPARE(received, "+PONG\r\n-LOADING Redis is loading the dataset in memory\r\n"_ba);
    client.write("QUIT\r\n");
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
}

QTEST_GUILESS_MAIN(TestDatabaseSessions)
#include "tst_databasesessions.moc"
