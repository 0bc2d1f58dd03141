#include "probes/dnsprobe.h"

#include "probes/socketaddress.h"
#include "probes/stream.h"

#include <QRandomGenerator>
#include <QtEndian>
#include <QUrl>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int defaultPort = 53;
constexpr qsizetype lengthBytes = 2; // before a message over TCP, RFC 1035, 4.2.2

} // namespace

DnsProbe::DnsProbe(ProbeRequest request, ProbeServices &services) : TimedProbe(std::move(request), services)
{
    connect(&m_lookup, &QFutureWatcherBase::finished, this, [this] { resolved(m_lookup.result()); });
    connect(&m_socket, &DatagramSocket::received, this, &DnsProbe::datagram);
    connect(&m_socket, &DatagramSocket::failed, this, &DnsProbe::faulted);
}

DnsProbe::~DnsProbe() = default;

void DnsProbe::begin()
{
    const QUrl url(endpoint().url);
    const std::optional<quint16> type = dnsTypeFrom(endpoint().dns.type);
    const DnsQuery query{.id = static_cast<quint16>(QRandomGenerator::system()->generate()),
                         .name = endpoint().dns.name,
                         .type = type.value_or(0)};
    const Result<QByteArray> question = dnsQuestion(query);
    if (!type || !question || !url.isValid() || url.host().isEmpty()) {
        fail({.kind = FailureKind::Internal,
              .phase = {},
              .message = !type ? u"\"%1\" is not a DNS record type"_s.arg(endpoint().dns.type)
                  : !question  ? question.error().message
                               : u"the URL names no name server"_s,
              .hint = u"write url: 8.8.8.8 or dns://host:port, and a dns block with query-name and query-type"_s});
        return;
    }
    m_type = *type;
    m_question = *question;
    m_port = static_cast<quint16>(url.port(defaultPort));
    if (QHostAddress literal; literal.setAddress(url.host())) {
        m_servers = {literal};
        askNext();
        return;
    }
    m_lookup.setFuture(services().resolver().resolve(url.host()));
}

void DnsProbe::resolved(const Resolution &resolution)
{
    addToPhase(Phase::Dns, sinceStart());
    if (resolution.addresses.isEmpty()) {
        fail({.kind = FailureKind::Dns,
              .phase = Phase::Dns,
              .message = u"the name server itself has no address: %1"_s.arg(resolution.error),
              .hint = u"write its address instead of its name"_s});
        return;
    }
    m_servers = resolution.addresses;
    askNext();
}

void DnsProbe::askNext()
{
    std::optional<DatagramFault> fault = m_socket.open(DatagramKind::Udp, m_servers.front(), m_port);
    const Duration before = sinceStart();
    if (!fault)
        fault = m_socket.send(m_question);
    if (fault) {
        faulted(*fault);
        return;
    }
    m_asked = true;
    m_sentAt = sinceStart();
    addToPhase(Phase::Send, m_sentAt - before);
}

void DnsProbe::faulted(const DatagramFault &fault)
{
    if (m_servers.size() > 1) {
        m_servers.removeFirst();
        askNext();
        return;
    }
    const QString server = endpointText(m_servers.front(), m_port);
    if (fault.kind == FailureKind::Refused) {
        fail({.kind = fault.kind,
              .phase = Phase::Wait,
              .message = u"%1 refused the question: no name server listens on that port"_s.arg(server),
              .hint = u"check that the name server is running and the port is right"_s});
    } else {
        fail({.kind = fault.kind,
              .phase = Phase::Wait,
              .message = u"the name server %1 cannot be reached: %2"_s.arg(server, fault.reason),
              .hint = u"check the route, the VPN and the firewall"_s});
    }
}

Phase DnsProbe::currentPhase() const
{
    if (m_stream)
        return m_tcpBytes.isEmpty() ? m_stream->phase() : Phase::Receive;
    return m_asked ? Phase::Wait : Phase::Dns;
}

void DnsProbe::datagram(const QByteArray &message)
{
    if (m_stream)
        return; // it was truncated; the rest comes over TCP
    const DnsReading reading = readDnsAnswer(message, m_question);
    if (reading.mismatch == DnsMismatch::OtherQuestion) {
        ++m_ignored;
        return;
    }
    addToPhase(Phase::Wait, sinceStart() - m_sentAt);
    if (reading.mismatch == DnsMismatch::None && reading.answer.truncated)
        askOverTcp();
    else
        read(message);
}

void DnsProbe::askOverTcp()
{
    m_observation.notes.append(u"the answer was too long for UDP and was asked for again over TCP"_s);
    m_stream = std::make_unique<Stream>(services(),
                                        StreamTarget{.host = m_servers.front().toString(),
                                                     .port = m_port,
                                                     .security = Security::Plain,
                                                     .client = endpoint().client,
                                                     .alpn = {}});
    connect(m_stream.get(), &Stream::received, this, &DnsProbe::tcpReceived);
    connect(m_stream.get(), &Stream::ended, this, &DnsProbe::tcpEnded);
    connect(m_stream.get(), &Stream::failed, this, [this](Failure failure) {
        if (failure.phase == Phase::Wait && !m_tcpBytes.isEmpty())
            failure.phase = Phase::Receive;
        fail(failure);
    });
    connect(m_stream.get(), &Stream::opened, this, [this] {
        QByteArray length(lengthBytes, '\0');
        qToBigEndian(static_cast<quint16>(m_question.size()), length.data());
        m_stream->write(length + m_question);
        m_sentAt = sinceStart();
    });
    m_stream->open();
}

void DnsProbe::tcpReceived(const QByteArray &bytes)
{
    if (m_tcpBytes.isEmpty()) {
        m_firstByteAt = sinceStart();
        addToPhase(Phase::Wait, m_firstByteAt - m_sentAt);
    }
    m_tcpBytes += bytes;
    if (m_tcpBytes.size() < lengthBytes)
        return;
    const auto length = qFromBigEndian<quint16>(m_tcpBytes.constData());
    if (m_tcpBytes.size() < lengthBytes + length)
        return;
    addToPhase(Phase::Receive, sinceStart() - m_firstByteAt);
    read(m_tcpBytes.sliced(lengthBytes, length));
}

void DnsProbe::tcpEnded()
{
    fail({.kind = FailureKind::Closed,
          .phase = m_tcpBytes.isEmpty() ? Phase::Wait : Phase::Receive,
          .message = m_tcpBytes.isEmpty() ? u"the name server closed the TCP connection without answering"_s
                                          : u"the name server closed the TCP connection in the middle of its answer"_s,
          .hint = u"the answer is too long for UDP, so the name server has to serve TCP as well"_s});
}

void DnsProbe::read(const QByteArray &message)
{
    const DnsReading reading = readDnsAnswer(message, m_question);
    QString problem = reading.problem;
    if (problem.isEmpty() && reading.answer.truncated)
        problem = u"the answer is truncated over TCP as well"_s;
    if (problem.isEmpty()) {
        answered(message, reading.answer);
        return;
    }
    fail({.kind = FailureKind::Protocol,
          .phase = Phase::Receive,
          .message = u"the name server's answer breaks DNS: %1"_s.arg(problem),
          .hint = u"is it a name server that listens there? a middlebox may have changed the answer"_s});
}

void DnsProbe::answered(const QByteArray &message, const DnsAnswer &answer)
{
    stampLatency();
    m_observation.answered = true;
    m_observation.bytes = message.size();
    m_observation.excerpt =
        excerptOf(answer.rcode.toUtf8() + (answer.records.isEmpty() ? QByteArray() : '\n' + dnsLines(answer.records)));
    m_evidence.dnsRcode = answer.rcode;
    for (const DnsRecord &record : answer.records) {
        if (record.type == m_type)
            m_evidence.body = record.text.toUtf8();
    }
    if (!m_evidence.body)
        m_observation.notes.append(u"the answer holds no %1 record"_s.arg(endpoint().dns.type.toUpper()));
    finish();
}

void DnsProbe::release()
{
    m_lookup.disconnect(this);
    m_lookup.cancel();
    m_socket.close();
    if (m_asked) {
        m_observation.remote = endpointText(m_servers.front(), m_port);
        m_observation.protocol = m_stream ? u"dns/tcp"_s : u"dns/udp"_s;
        m_evidence.ip = m_servers.front().toString();
    }
    if (m_ignored > 0)
        m_observation.notes.append(u"%1 datagrams that answered another question were ignored"_s.arg(m_ignored));
    if (m_observation.failure && m_observation.failure->kind == FailureKind::Timeout && m_asked && !m_stream)
        m_observation.failure->hint =
            u"nothing came back over UDP: the name server is down or stuck, or a firewall drops the packets"_s;
    m_evidence.connected = m_observation.answered;
    if (m_stream) {
        keepConnectionPhases(*m_stream);
        letGo(m_stream);
    }
}

} // namespace allclear
