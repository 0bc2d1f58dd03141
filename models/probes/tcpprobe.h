// tcp://host:port: does it take connections, and what does it say. An answer is waited for when the endpoint has a
// `body` to send or a condition that reads [BODY]; otherwise the probe ends, and latency with it, at the connection.
// An answer is what comes from the first byte until the peer closes its side or says nothing for 200 ms; latency ends
// at its last byte, the silence after it is not counted. A reset, a close without a byte, or a peer that talks on
// until the deadline is no answer.
#pragma once

#include "probes/timedprobe.h"

#include <memory>

namespace allclear
{

class TcpProbe : public TimedProbe
{
    Q_OBJECT
public:
    TcpProbe(ProbeRequest request, ProbeServices &services);
    ~TcpProbe() override;

protected:
    void begin() override;
    Phase currentPhase() const override;
    void release() override;

private:
    void opened();
    void received(const QByteArray &bytes);
    void silent();
    void ended();
    void complete();
    void streamFailed(Failure failure);

    std::unique_ptr<Stream> m_stream;
    QTimer m_silence;
    bool m_lookedAgain = false;
    QByteArray m_answer;
    Duration m_sentAt{}, m_firstByteAt{}, m_lastByteAt{};
};

} // namespace allclear
