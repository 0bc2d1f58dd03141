#include "probes/nameserver.h"

#include "probes/dnsmessage.h"
#include "probes/socketaddress.h"

#include <QRandomGenerator>
#include <QUrl>
#include <QtEndian>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::seconds patience{5}; ///< for each of the two questions, A and AAAA
constexpr int defaultPort = 53;
constexpr std::size_t longestMessage = 65535;

using Deadline = std::chrono::steady_clock::time_point;

struct Reply {
    QByteArray message;
    QString problem; ///< one sentence when there is no message
};

class Socket {
public:
    Socket(const QHostAddress &address, quint16 port, int type)
    {
        sockaddr_storage peer;
        const socklen_t length = toSockaddr(address, port, peer);
        m_descriptor = ::socket(peer.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (m_descriptor < 0 || (::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&peer), length) != 0 && errno != EINPROGRESS))
            m_error = errno;
    }
    ~Socket()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    Q_DISABLE_COPY_MOVE(Socket)

    int error() const { return m_error; }

    bool send(QByteArrayView bytes, Deadline deadline)
    {
        while (!bytes.isEmpty() && ready(POLLOUT, deadline)) {
            const ssize_t count = ::send(m_descriptor, bytes.data(), static_cast<std::size_t>(bytes.size()), MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN && errno != EINTR)
                return failed(errno);
            bytes = bytes.sliced(std::max<ssize_t>(count, 0));
        }
        return bytes.isEmpty();
    }
    /// What has arrived, at most `most` bytes; empty when nothing more comes.
    QByteArray receive(std::size_t most, Deadline deadline)
    {
        QByteArray bytes(static_cast<qsizetype>(most), Qt::Uninitialized);
        while (ready(POLLIN, deadline)) {
            const ssize_t count = ::recv(m_descriptor, bytes.data(), most, 0);
            if (count >= 0)
                return bytes.first(count);
            if (errno != EAGAIN && errno != EINTR) {
                failed(errno);
                return {};
            }
        }
        return {};
    }

private:
    bool ready(short events, Deadline deadline)
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd waited{.fd = m_descriptor, .events = events, .revents = 0};
        const int count = left.count() > 0 ? ::poll(&waited, 1, static_cast<int>(left.count())) : 0;
        return count > 0 ? true : failed(count == 0 ? ETIMEDOUT : errno);
    }
    bool failed(int error)
    {
        m_error = error;
        return false;
    }

    int m_descriptor = -1;
    int m_error = 0;
};

QString reason(int error)
{
    return error == ETIMEDOUT ? u"it did not answer"_s : QString::fromLocal8Bit(std::strerror(error)).toLower();
}

Reply askOverUdp(const QHostAddress &server, quint16 port, const QByteArray &question)
{
    const Deadline deadline = std::chrono::steady_clock::now() + patience;
    Socket socket(server, port, SOCK_DGRAM);
    if (socket.error() == 0 && socket.send(question, deadline)) {
        while (true) {
            const QByteArray message = socket.receive(longestMessage, deadline);
            if (message.isEmpty())
                break;
            if (readDnsAnswer(message, question).mismatch != DnsMismatch::OtherQuestion)
                return {.message = message, .problem = {}};
        }
    }
    return {.message = {}, .problem = reason(socket.error() != 0 ? socket.error() : ETIMEDOUT)};
}

Reply askOverTcp(const QHostAddress &server, quint16 port, const QByteArray &question)
{
    const Deadline deadline = std::chrono::steady_clock::now() + patience;
    Socket socket(server, port, SOCK_STREAM);
    QByteArray framed(2, Qt::Uninitialized); // RFC 1035, 4.2.2: the length comes first
    qToBigEndian(static_cast<quint16>(question.size()), framed.data());
    framed += question;
    if (socket.error() != 0 || !socket.send(framed, deadline))
        return {.message = {}, .problem = reason(socket.error())};
    QByteArray received;
    while (received.size() < 2 || received.size() < 2 + qFromBigEndian<quint16>(received.constData())) {
        const QByteArray more = socket.receive(longestMessage + 2, deadline);
        if (more.isEmpty())
            return {.message = {}, .problem = socket.error() != 0 ? reason(socket.error()) : u"it closed the connection"_s};
        received += more;
    }
    return {.message = received.sliced(2, qFromBigEndian<quint16>(received.constData())), .problem = {}};
}

enum class Transport { Udp, Tcp };

struct Answer {
    QList<QHostAddress> addresses;
    QString problem;
};

Answer ask(const QHostAddress &server, const QUrl &url, const QString &host, quint16 type)
{
    const Result<QByteArray> question
        = dnsQuestion({.id = static_cast<quint16>(QRandomGenerator::system()->generate()), .name = host, .type = type});
    if (!question)
        return {.addresses = {}, .problem = question.error().message};
    const auto port = static_cast<quint16>(url.port(defaultPort));
    Transport transport = url.scheme() == "tcp"_L1 ? Transport::Tcp : Transport::Udp;
    Reply reply = transport == Transport::Tcp ? askOverTcp(server, port, *question) : askOverUdp(server, port, *question);
    DnsReading reading = readDnsAnswer(reply.message, *question);
    if (reply.problem.isEmpty() && reading.mismatch == DnsMismatch::None && reading.answer.truncated && transport == Transport::Udp) {
        reply = askOverTcp(server, port, *question);
        reading = readDnsAnswer(reply.message, *question);
    }
    if (!reply.problem.isEmpty())
        return {.addresses = {}, .problem = reply.problem};
    if (reading.mismatch != DnsMismatch::None)
        return {.addresses = {}, .problem = u"its answer breaks DNS: %1"_s.arg(reading.problem)};
    Answer answer;
    for (const DnsRecord &record : std::as_const(reading.answer.records)) {
        if (QHostAddress address; record.type == type && address.setAddress(record.text))
            answer.addresses.append(address);
    }
    if (answer.addresses.isEmpty())
        answer.problem = reading.answer.rcode == "NOERROR"_L1 ? u"it knows no address"_s : u"it says %1"_s.arg(reading.answer.rcode);
    return answer;
}

QHostAddress addressOf(const QString &server)
{
    if (QHostAddress literal; literal.setAddress(server))
        return literal;
    const Resolution resolution = lookUp(server);
    return resolution.addresses.isEmpty() ? QHostAddress() : resolution.addresses.front();
}

} // namespace

Resolution lookUpAt(const QString &server, const QString &host)
{
    const QUrl url(server);
    const QHostAddress address = addressOf(url.host());
    if (address.isNull())
        return {.addresses = {}, .error = u"the name server %1 itself has no address"_s.arg(url.host())};
    const Answer v4 = ask(address, url, host, *dnsTypeFrom(u"A"_s));
    if (v4.addresses.isEmpty() && v4.problem == reason(ETIMEDOUT)) // the second question would only wait as long
        return {.addresses = {}, .error = u"the name %1 could not be looked up at %2: %3"_s.arg(host, server, v4.problem)};
    const Answer v6 = ask(address, url, host, *dnsTypeFrom(u"AAAA"_s));
    QList<QHostAddress> addresses;
    for (qsizetype i = 0; i < std::max(v4.addresses.size(), v6.addresses.size()); ++i) { // RFC 8305: the families interleaved
        if (i < v6.addresses.size())
            addresses.append(v6.addresses[i]);
        if (i < v4.addresses.size())
            addresses.append(v4.addresses[i]);
    }
    if (addresses.isEmpty())
        return {.addresses = {}, .error = u"the name %1 could not be looked up at %2: %3"_s.arg(host, server, v4.problem)};
    return {.addresses = addresses, .error = {}};
}

} // namespace allclear
