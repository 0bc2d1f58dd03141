// Redis serialization protocol, version 2 (redis.io/docs/reference/protocol-spec): arrays of bulk strings and inline
// commands in, simple strings, errors and bulk strings out.
#include "rehearsal/databaselistener.h"

#include <QList>

namespace allclear::rehearsal {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxArguments = 64;

QByteArray bulk(const QByteArray &text) { return '$' + QByteArray::number(text.size()) + "\r\n" + text + "\r\n"; }

QByteArray info()
{
    return bulk("# Server\r\nredis_version:7.2.4\r\nredis_mode:standalone\r\nuptime_in_seconds:86400\r\n\r\n"
                "# Clients\r\nconnected_clients:17\r\nmaxclients:65000\r\n\r\n"
                "# Memory\r\nused_memory:322122547\r\nused_memory_human:307.20M\r\nmaxmemory:1073741824\r\n"
                "maxmemory_policy:volatile-lru\r\n\r\n"
                "# Replication\r\nrole:master\r\nconnected_slaves:0\r\n"_ba);
}

struct Command {
    Next next = Next::NeedMore;
    QList<QByteArray> words{};
};

/// The text up to CRLF at `start`, which moves behind it; false when it is not complete yet.
bool readLine(const QByteArray &buffer, qsizetype &start, QByteArray &line)
{
    const qsizetype end = buffer.indexOf("\r\n", start);
    if (end < 0)
        return false;
    line = buffer.sliced(start, end - start);
    start = end + 2;
    return true;
}

Command readArray(QByteArray &buffer)
{
    qsizetype at = 0;
    QByteArray line;
    if (!readLine(buffer, at, line))
        return {};
    bool ok = false;
    const int count = line.sliced(1).toInt(&ok);
    if (!ok || count < 0 || count > maxArguments)
        return {.next = Next::Close};
    Command command{.next = Next::Continue};
    for (int i = 0; i < count; ++i) {
        if (!readLine(buffer, at, line))
            return {};
        const int length = line.startsWith('$') ? line.sliced(1).toInt(&ok) : -1;
        if (!ok || length < 0 || length > 64 * 1024)
            return {.next = Next::Close};
        if (buffer.size() < at + length + 2)
            return {};
        command.words.append(buffer.sliced(at, length));
        at += length + 2;
    }
    buffer.remove(0, at);
    return command;
}

Command readInline(QByteArray &buffer)
{
    const qsizetype end = buffer.indexOf('\n');
    if (end < 0)
        return {};
    const QByteArray line = buffer.first(end).simplified();
    buffer.remove(0, end + 1);
    return {.next = Next::Continue, .words = line.isEmpty() ? QList<QByteArray>() : line.split(' ')};
}

class RedisSession final : public DatabaseSession {
public:
    Next take(QByteArray &buffer, QByteArray &reply, DatabaseState state) override
    {
        if (state == DatabaseState::Unreachable) {
            buffer.clear();
            return Next::NeedMore;
        }
        if (buffer.isEmpty())
            return Next::NeedMore;
        const Command command = buffer.startsWith('*') ? readArray(buffer) : readInline(buffer);
        if (command.next == Next::Close)
            reply += "-ERR Protocol error: invalid multibulk length\r\n";
        if (command.next != Next::Continue || command.words.isEmpty())
            return command.next;
        reply += state == DatabaseState::Restarting ? "-LOADING Redis is loading the dataset in memory\r\n"_ba
                                                    : answer(command.words);
        return command.words[0].toUpper() == "QUIT" ? Next::Close : Next::Continue;
    }

private:
    static QByteArray answer(const QList<QByteArray> &words)
    {
        const QByteArray command = words[0].toUpper();
        if (command == "PING")
            return words.size() > 1 ? bulk(words[1]) : "+PONG\r\n"_ba;
        if (command == "INFO")
            return info();
        if (command == "AUTH")
            return auth(words.size());
        if (command == "QUIT")
            return "+OK\r\n"_ba;
        return "-ERR unknown command '" + words[0].left(128) + "', with args beginning with: \r\n";
    }

    static QByteArray auth(qsizetype wordCount)
    {
        if (wordCount == 2)
            return "-ERR AUTH <password> called without any password configured for the default user. Are you sure "
                   "your configuration is correct?\r\n"_ba;
        if (wordCount == 3)
            return "-WRONGPASS invalid username-password pair or user is disabled.\r\n"_ba;
        return "-ERR wrong number of arguments for 'auth' command\r\n"_ba;
    }
};

} // namespace

std::unique_ptr<DatabaseSession> makeRedisSession() { return std::make_unique<RedisSession>(); }

} // namespace allclear::rehearsal
