#include "probes/redisanswers.h"

#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype shownError = 300;

struct Refusal {
    QLatin1StringView word;
    QLatin1StringView part; ///< of the error's text; empty: any
    QLatin1StringView message;
    QLatin1StringView hint;
};

// The first row that fits counts.
constexpr std::array refusals = {
    Refusal{"NOAUTH"_L1,
            {},
            "Redis wants a password and the URL has none"_L1,
            "write redis://:PASSWORD@host:port, the password from a ${VARIABLE}"_L1},
    Refusal{"WRONGPASS"_L1,
            {},
            "Redis does not accept this user name and password"_L1,
            "compare the secret with the server's requirepass or ACL; it may have been rotated"_L1},
    Refusal{"ERR"_L1, "invalid password"_L1, "Redis does not accept this password"_L1,
            "compare the secret with the server's requirepass; it may have been rotated"_L1},
    Refusal{"ERR"_L1, "without any password configured"_L1, "Redis has no password set, but the URL names one"_L1,
            "is this the right server? otherwise take the password out of the URL"_L1},
    Refusal{"ERR"_L1, "no password is set"_L1, "Redis has no password set, but the URL names one"_L1,
            "is this the right server? otherwise take the password out of the URL"_L1},
    Refusal{"NOPERM"_L1,
            {},
            "this Redis user may not run %1"_L1,
            "grant the command to the user (ACL SETUSER), or set body: PING to ask for no more than PING"_L1},
    Refusal{"LOADING"_L1,
            {},
            "Redis is still loading its data and serves nothing yet"_L1,
            "it was restarted: wait, and look at the size of its dump if it takes long"_L1},
    Refusal{"MISCONF"_L1,
            {},
            "Redis refuses commands because its last save to disk failed"_L1,
            "look at its log and at the free disk space; stop-writes-on-bgsave-error is set"_L1},
    Refusal{"READONLY"_L1,
            {},
            "this Redis is a read-only replica"_L1,
            "a failover may have moved the primary: check where the name or the proxy points"_L1},
    Refusal{"CLUSTERDOWN"_L1,
            {},
            "the Redis cluster is down: not all hash slots are served"_L1,
            "ask CLUSTER INFO and CLUSTER NODES which nodes have failed"_L1},
    Refusal{"MASTERDOWN"_L1,
            {},
            "this replica has lost its primary and does not serve old data"_L1,
            "check the primary and the link to it; replica-serve-stale-data is no"_L1},
    Refusal{"OOM"_L1,
            {},
            "Redis is out of memory: maxmemory is reached and nothing may be evicted"_L1,
            "raise maxmemory, free keys or choose an eviction policy"_L1},
    Refusal{"NOREPLICAS"_L1,
            {},
            "Redis refuses writes because too few replicas follow it"_L1,
            "check the replicas; min-replicas-to-write sets how many are needed"_L1},
    Refusal{"DENIED"_L1,
            {},
            "Redis is in protected mode: it takes connections from its own computer only"_L1,
            "set a password or bind addresses on the server"_L1},
    Refusal{
        "BUSY"_L1, {}, "Redis is busy with a script that does not end"_L1, "SCRIPT KILL or FUNCTION KILL ends it"_L1},
    Refusal{
        "MOVED"_L1, {}, "this key belongs to another node of the Redis cluster"_L1, "ask the node that it names"_L1},
    Refusal{"ERR"_L1, "max number of clients"_L1,
            "Redis has reached its maximum number of clients and takes no more"_L1,
            "look for leaking connection pools (CLIENT LIST), or raise maxclients"_L1},
    Refusal{"ERR"_L1, "DB index"_L1, "Redis has no database of this number"_L1,
            "the path of the URL is the database: redis://host:port/0"_L1},
    Refusal{"ERR"_L1, "unknown command"_L1, "this server does not know the command %1"_L1,
            "managed services rename or remove commands; set body: PING to ask for no more than PING"_L1},
};

using Fields = QHash<QByteArray, QHash<QByteArray, QByteArray>>; // section → field → value

Fields fieldsOf(const QByteArray &info)
{
    Fields fields;
    QByteArray section;
    for (const QByteArray &raw : info.split('\n')) {
        const QByteArray line = raw.trimmed();
        if (line.startsWith('#')) {
            section = line.sliced(1).trimmed().toLower();
        } else if (const qsizetype colon = line.indexOf(':'); colon > 0) {
            fields[section].insert(line.first(colon), line.sliced(colon + 1));
        }
    }
    return fields;
}

/// Numbers as numbers, all else as text.
QJsonValue valueOf(const QByteArray &text)
{
    bool ok = false;
    if (const qint64 integer = text.toLongLong(&ok); ok)
        return integer;
    const bool decimal = !text.isEmpty()
        && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
    if (const double number = decimal ? text.toDouble(&ok) : 0; decimal && ok)
        return number;
    return QString::fromUtf8(text);
}

class Writer
{
public:
    explicit Writer(const QHash<QByteArray, QByteArray> &fields) : m_fields(fields) { }
    void add(QLatin1StringView key, const char *field)
    {
        if (const auto found = m_fields.constFind(field); found != m_fields.cend())
            object.insert(key, valueOf(*found));
    }
    void addText(QLatin1StringView key, const char *field)
    {
        if (const auto found = m_fields.constFind(field); found != m_fields.cend())
            object.insert(key, QString::fromUtf8(*found));
    }
    QJsonObject object;

private:
    QHash<QByteArray, QByteArray> m_fields;
};

QJsonObject memoryOf(const QHash<QByteArray, QByteArray> &fields)
{
    Writer memory(fields);
    memory.add("used"_L1, "used_memory");
    memory.add("max"_L1, "maxmemory");
    memory.add("peak"_L1, "used_memory_peak");
    memory.add("rss"_L1, "used_memory_rss");
    memory.add("fragmentation_ratio"_L1, "mem_fragmentation_ratio");
    memory.addText("policy"_L1, "maxmemory_policy");
    const QJsonValue used = memory.object.value("used"_L1), max = memory.object.value("max"_L1);
    if (used.isDouble() && max.isDouble() && max.toDouble() > 0)
        memory.object.insert("used_ratio"_L1, used.toDouble() / max.toDouble());
    return memory.object;
}

QJsonObject clientsOf(const QHash<QByteArray, QByteArray> &fields)
{
    Writer clients(fields);
    clients.add("connected"_L1, "connected_clients");
    clients.add("max"_L1, "maxclients");
    clients.add("blocked"_L1, "blocked_clients");
    return clients.object;
}

} // namespace

QString redisErrorWord(const QByteArray &error)
{
    const QByteArray word = error.left(error.indexOf(' ')).left(40);
    const bool isWord =
        !word.isEmpty() && std::ranges::all_of(word, [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    return isWord ? QString::fromLatin1(word) : u"ERR"_s;
}

Failure redisRefusal(const QByteArray &error, const QByteArray &command)
{
    const QString word = redisErrorWord(error);
    const QString told = QString::fromUtf8(error).simplified().left(shownError);
    const auto row = std::ranges::find_if(refusals, [&](const Refusal &refusal) {
        return word == refusal.word && (refusal.part.isEmpty() || told.contains(refusal.part, Qt::CaseInsensitive));
    });
    Failure failure{.kind = FailureKind::Rejected, .phase = {}, .message = {}, .hint = {}};
    const QString asked = QString::fromUtf8(command);
    if (row == refusals.end()) {
        failure.message = u"Redis refused %1: %2"_s.arg(asked, told);
    } else {
        failure.message = u"%1 (%2)"_s.arg(QString(row->message).replace("%1"_L1, asked), told);
        failure.hint = row->hint;
    }
    return failure;
}

std::optional<QByteArray> redisInfoJson(const QByteArray &info)
{
    const Fields sections = fieldsOf(info);
    const QHash<QByteArray, QByteArray> server = sections.value("server");
    if (!server.contains("redis_version"))
        return std::nullopt;
    Writer root(server);
    root.addText("redis_version"_L1, "redis_version");
    root.addText("mode"_L1, "redis_mode");
    root.add("uptime_seconds"_L1, "uptime_in_seconds");
    const QHash<QByteArray, QByteArray> replication = sections.value("replication");
    if (replication.contains("role"))
        root.object.insert("role"_L1, QString::fromUtf8(replication.value("role")));
    root.object.insert("memory"_L1, memoryOf(sections.value("memory")));
    root.object.insert("clients"_L1, clientsOf(sections.value("clients")));
    for (const char *name : {"persistence", "replication", "stats"}) {
        QJsonObject section;
        const QHash<QByteArray, QByteArray> fields = sections.value(name);
        for (auto field = fields.cbegin(); field != fields.cend(); ++field)
            section.insert(QString::fromUtf8(field.key()), valueOf(field.value()));
        root.object.insert(QLatin1StringView(name), section);
    }
    return QJsonDocument(root.object).toJson(QJsonDocument::Compact);
}

} // namespace allclear
