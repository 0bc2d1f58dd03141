// redis:// and rediss:// (TLS), default port 6379 for both: AUTH and SELECT as the URL says, PING, then INFO or the
// endpoint's `body` as a command, one after the other. An error reply is `rejected` with its word in `code`.
#pragma once

#include "probes/respreader.h"
#include "probes/timedprobe.h"

#include <memory>

namespace allclear
{

class RedisProbe : public TimedProbe
{
    Q_OBJECT
public:
    RedisProbe(ProbeRequest request, ProbeServices &services);
    ~RedisProbe() override;

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;

private:
    enum class Step { Auth, Select, Ping, Ask };
    struct Command {
        Step step;
        QList<QByteArray> words;
    };

    void planCommands(const QString &user, const QString &password, const QString &path);
    void sendNext();
    void received(const QByteArray &bytes);
    void replied(const RespValue &reply);
    void rejected(const RespValue &reply);
    void keepAsked(const RespValue &reply);
    void unexpected(const RespValue &reply);
    void streamFailed(Failure failure);
    const Command &current() const { return m_commands.front(); }

    QList<Command> m_commands; // the first one waits for its reply
    RespReader m_reader;
    std::unique_ptr<Stream> m_stream;
    Duration m_sentAt{}, m_firstByteAt{};
    bool m_hasByte = false; // of the reply to the current command
};

} // namespace allclear
