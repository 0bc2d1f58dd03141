// What probing costs and how far reported latency is from the truth, beside blackbox_exporter in the same run. The target
// is tests/bench/target (epoll, loopback). Everything is printed as a median of five; nothing is asserted.
#include "engine/engine.h"
#include "support/testmain.h"
#include "verdict/judge.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTimer>

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <array>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <thread>
#include <malloc.h>
#include <unistd.h>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

constexpr int rounds = 5;
constexpr int atOnce = 16;
constexpr int plainProbes = 4000;
constexpr int tlsProbes = 1500;
constexpr int peerProbes = 1500;

double cpuMsOf(const rusage &usage)
{
    const auto ms = [](const timeval &t) { return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3; };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

double ownCpuMs()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return cpuMsOf(usage);
}

double cpuMsOfProcess(qint64 pid)
{
    QFile file(u"/proc/%1/stat"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray line = file.readAll();
    const QList<QByteArray> fields = line.sliced(line.lastIndexOf(')') + 2).split(' ');
    return (fields[11].toDouble() + fields[12].toDouble()) * 1e3 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double residentKiB()
{
    QFile file(u"/proc/self/statm"_s);
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').at(1).toDouble() * 4 : 0;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

double percentile(std::vector<double> values, double share)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

/// So many neighbouring free ports; the first of them.
quint16 freePorts(int count)
{
    for (quint16 first = 28080; first < 60000; first = static_cast<quint16>(first + 17)) {
        bool free = true;
        for (int i = 0; i < count && free; ++i) {
            QTcpServer probe;
            free = probe.listen(QHostAddress::LocalHost, static_cast<quint16>(first + i));
        }
        if (free)
            return first;
    }
    qFatal("no free ports");
}

void wait(std::chrono::milliseconds time)
{
    QEventLoop loop;
    QTimer::singleShot(time, &loop, &QEventLoop::quit);
    loop.exec();
}

Endpoint endpointFor(const QString &name, const QString &url, const QString &caFile)
{
    Endpoint endpoint;
    endpoint.name = name;
    endpoint.component = name;
    endpoint.url = endpoint.target = url;
    endpoint.kind = Kind::Http;
    endpoint.client.caFile = caFile;
    endpoint.conditions = {{.text = u"[STATUS] == 200"_s, .mark = {}}};
    return endpoint;
}

/// `count` probes, so many at a time; the latencies come back.
class Load {
public:
    Load(const QString &url, const QString &caFile)
        : m_endpoint(endpointFor(u"bench"_s, url, caFile)),
          m_conditions(std::make_shared<const ConditionSet>(m_endpoint.conditions, m_endpoint.degradedWhen, QStringList())),
          m_services(std::make_shared<SystemClock>())
    {
    }

    QList<ObservationPtr> run(int count)
    {
        m_seen.clear();
        m_left = count;
        for (int i = 0; i < std::min(atOnce, count); ++i)
            next();
        m_loop.exec();
        return m_seen;
    }

private:
    void next()
    {
        if (m_left == 0)
            return;
        --m_left;
        ++m_flying;
        Probe *probe = makeProbe({.endpoint = m_endpoint, .conditions = m_conditions, .secrets = {}}, m_services).release();
        QObject::connect(probe, &Probe::finished, probe, [this, probe](const ObservationPtr &observation) {
            probe->deleteLater();
            m_seen.append(observation);
            --m_flying;
            next();
            if (m_flying == 0)
                m_loop.quit();
        });
        probe->start();
    }

    Endpoint m_endpoint;
    std::shared_ptr<const ConditionSet> m_conditions;
    ProbeServices m_services;
    QEventLoop m_loop;
    QList<ObservationPtr> m_seen;
    int m_left = 0;
    int m_flying = 0;
};

struct Cost {
    double cpuMs = 0;     ///< a probe
    double perSecond = 0; ///< probes
};

Cost ourCost(const QString &url, const QString &caFile, int count)
{
    Load load(url, caFile);
    load.run(atOnce * 2); // stores and pools are there
    std::vector<double> cpu, rate;
    for (int round = 0; round < rounds; ++round) {
        QElapsedTimer timer;
        timer.start();
        const double before = ownCpuMs();
        const QList<ObservationPtr> seen = load.run(count);
        cpu.push_back((ownCpuMs() - before) / count);
        rate.push_back(count * 1e9 / static_cast<double>(timer.nsecsElapsed()));
        const auto failed = std::ranges::count_if(seen, [](const ObservationPtr &o) { return o->failed(); });
        if (failed > 0)
            std::printf("  %lld of %d probes failed: %s\n", static_cast<long long>(failed), count,
                        qPrintable((*std::ranges::find_if(seen, [](const ObservationPtr &o) { return o->failed(); }))->failure->message));
    }
    return {median(cpu), median(rate)};
}

/// blackbox_exporter asked over keep-alive HTTP, as Prometheus does; its own CPU.
class Peer {
public:
    Peer(const QTemporaryDir &folder, const QString &caFile)
    {
        const QString config = folder.filePath(u"blackbox.yml"_s);
        QFile file(config);
        if (file.open(QIODevice::WriteOnly))
            file.write("modules:\n  http: { prober: http, timeout: 5s, http: { ip_protocol_fallback: false, preferred_ip_protocol: ip4, tls_config: { ca_file: "
                       + caFile.toUtf8() + " } } }\n");
        file.close();
        m_port = freePorts(1);
        m_process.setStandardErrorFile(QProcess::nullDevice());
        m_process.start(u"prometheus-blackbox-exporter"_s, {u"--config.file="_s + config, u"--web.listen-address=127.0.0.1:%1"_s.arg(m_port)});
        m_process.waitForStarted();
        wait(std::chrono::seconds(1));
    }
    ~Peer()
    {
        m_process.terminate();
        m_process.waitForFinished(3000);
    }

    Cost cost(const QString &target, int count)
    {
        ask(target, atOnce * 2);
        std::vector<double> cpu, rate;
        for (int round = 0; round < rounds; ++round) {
            QElapsedTimer timer;
            timer.start();
            const double before = cpuMsOfProcess(m_process.processId());
            ask(target, count);
            cpu.push_back((cpuMsOfProcess(m_process.processId()) - before) / count);
            rate.push_back(count * 1e9 / static_cast<double>(timer.nsecsElapsed()));
        }
        return {median(cpu), median(rate)};
    }

private:
    void ask(const QString &target, int count)
    {
        QNetworkAccessManager network;
        const QUrl url(u"http://127.0.0.1:%1/probe?module=http&target=%2"_s.arg(m_port).arg(QString::fromLatin1(QUrl::toPercentEncoding(target))));
        QEventLoop loop;
        int left = count, flying = 0;
        std::function<void()> next = [&] {
            if (left == 0)
                return;
            --left;
            ++flying;
            QNetworkReply *reply = network.get(QNetworkRequest(url));
            QObject::connect(reply, &QNetworkReply::finished, reply, [&, reply] {
                if (!reply->readAll().contains("probe_success 1"))
                    ++m_failed;
                reply->deleteLater();
                --flying;
                next();
                if (flying == 0)
                    loop.quit();
            });
        };
        for (int i = 0; i < std::min(6, count); ++i) // six connections are what QNetworkAccessManager opens to a host
            next();
        loop.exec();
        if (m_failed > 0)
            std::printf("  blackbox_exporter: %d failed\n", std::exchange(m_failed, 0));
    }

    QProcess m_process;
    quint16 m_port = 0;
    int m_failed = 0;
};

void compare(const char *what, const Cost &ours, const Cost &peer, double goal)
{
    std::printf("%-28s %.3f ms CPU, %.0f/s · blackbox_exporter %.3f ms, %.0f/s · ratio %.2f (goal %.1f)\n", what, ours.cpuMs, ours.perSecond,
                peer.cpuMs, peer.perSecond, peer.cpuMs > 0 ? ours.cpuMs / peer.cpuMs : 0, goal);
}

struct BareError {
    double whole = 0; ///< ms, of a loop that stamps as we do
    double connect = 0; ///< ms, what the call to connect() alone takes of it
    double kernelStamped = 0; ///< ms, with the kernel's time of receipt (SO_TIMESTAMPNS) instead of our own
};

/// How long ago the kernel received what `message` holds, in ms; 0 when it does not say.
double ageOf(msghdr &message)
{
    timespec now{}, stamp{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    for (cmsghdr *header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS) {
            std::memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
            return static_cast<double>(now.tv_sec - stamp.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec - stamp.tv_nsec) / 1e6;
        }
    }
    return 0;
}

/// The same request at the same pace from a bare loop, for what this machine takes of anybody: connect, send, wait,
/// receive.
BareError bareError(quint16 port)
{
    using Ms = std::chrono::duration<double, std::milli>;
    std::vector<double> whole, connect, stamped;
    for (int i = 0; i < 200; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const auto began = std::chrono::steady_clock::now();
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        const int on = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const QByteArray request = "GET /delay/100 HTTP/1.1\r\nHost: x\r\n\r\n";
        QByteArray answer(4096, '\0');
        alignas(cmsghdr) std::array<char, 256> control{};
        iovec part{.iov_base = answer.data(), .iov_len = static_cast<std::size_t>(answer.size())};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        ssize_t count = -1;
        const bool connected = ::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
        const double afterConnect = Ms(std::chrono::steady_clock::now() - began).count();
        if (connected && ::send(socket, request.constData(), static_cast<std::size_t>(request.size()), MSG_NOSIGNAL) > 0)
            count = ::recvmsg(socket, &message, 0);
        const double taken = Ms(std::chrono::steady_clock::now() - began).count();
        const double age = ageOf(message);
        ::close(socket);
        const qsizetype at = answer.indexOf("X-Server-Ns: ");
        if (count <= 0 || at < 0)
            continue;
        const double error = taken - answer.sliced(at + 13, answer.indexOf('\r', at) - at - 13).toDouble() / 1e6;
        whole.push_back(error);
        connect.push_back(afterConnect);
        stamped.push_back(error - age);
    }
    return {.whole = percentile(whole, 0.5), .connect = percentile(connect, 0.5), .kernelStamped = percentile(stamped, 0.5)};
}

/// 50 probes a second at a server that answers after 100 ms: reported latency minus the server's own measurement.
void latencyError(const QString &url)
{
    std::vector<double> p50, p99;
    for (int round = 0; round < rounds; ++round) {
        const Endpoint endpoint = endpointFor(u"bench"_s, url, {});
        const auto conditions = std::make_shared<const ConditionSet>(endpoint.conditions, endpoint.degradedWhen, QStringList());
        ProbeServices services(std::make_shared<SystemClock>());
        std::vector<double> errors;
        QEventLoop loop;
        int started = 0, ended = 0;
        constexpr int total = 300;
        QTimer pace;
        pace.setTimerType(Qt::PreciseTimer);
        QObject::connect(&pace, &QTimer::timeout, &loop, [&] {
            if (++started == total)
                pace.stop();
            Probe *probe = makeProbe({.endpoint = endpoint, .conditions = conditions, .secrets = {}}, services).release();
            QObject::connect(probe, &Probe::finished, probe, [&, probe](const ObservationPtr &o) {
                probe->deleteLater();
                for (const auto &[name, value] : o->headers) {
                    if (name.compare("X-Server-Ns"_L1, Qt::CaseInsensitive) == 0)
                        errors.push_back(toMs(o->latency) - value.toDouble() / 1e6);
                }
                if (++ended == total)
                    loop.quit();
            });
            probe->start();
        });
        pace.start(std::chrono::milliseconds(20));
        loop.exec();
        p50.push_back(percentile(errors, 0.5));
        p99.push_back(percentile(errors, 0.99));
    }
    std::printf("latency error at 50/s        p50 %.3f ms (goal 0.2), p99 %.3f ms (goal 1.0)\n", median(p50), median(p99));
}

IncidentPtr incidentOf(const QString &url, int count, Duration interval)
{
    auto incident = std::make_shared<Incident>();
    incident->title = u"Bench"_s;
    for (int i = 0; i < count; ++i) {
        Endpoint endpoint = endpointFor(u"e%1"_s.arg(i), url + QString::number(i), {});
        endpoint.interval = interval;
        incident->endpoints.append(endpoint);
        incident->components.append({.name = endpoint.name, .title = endpoint.name, .tier = {}, .needs = {}, .implied = true, .mark = {}});
    }
    return incident;
}

void engineLoad(const QString &url)
{
    constexpr std::chrono::seconds settling{6}, watched{20};
    Engine engine(std::make_shared<SystemClock>());
    int results = 0;
    QObject::connect(&engine, &Engine::observed, &engine, [&] { ++results; });
    engine.load(incidentOf(url, 1000, std::chrono::seconds(5)));
    engine.start();
    wait(settling);
    results = 0;
    const double before = ownCpuMs();
    wait(watched);
    const double used = ownCpuMs() - before;
    const double floor = 0.085 * results; // performance.md: bare connect and request
    std::printf("1,000 endpoints every 5 s    %d results in %lld s: %.1f %% of a core, %.1f %% above the floor of 0.085 ms a probe (goal 10)\n", results,
                static_cast<long long>(watched.count()), used / 10.0 / static_cast<double>(watched.count()),
                (used - floor) / 10.0 / static_cast<double>(watched.count()));
}

double engineMemory(const QString &url, int count)
{
    malloc_trim(0);
    const double before = residentKiB();
    Engine engine(std::make_shared<SystemClock>());
    Ledger ledger(incidentOf(url, count, std::chrono::seconds(4)), Mode::OverTime);
    QObject::connect(&engine, &Engine::observed, &engine, [&](const ObservationPtr &o) { ledger.add(o); });
    engine.load(ledger.incident());
    engine.start();
    wait(std::chrono::seconds(12));
    malloc_trim(0);
    return residentKiB() - before;
}

void firstResult(const QString &url, const QTemporaryDir &folder)
{
    const QString path = folder.filePath(u"one.yaml"_s);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return;
    file.write("endpoints: [{ name: a, url: \"" + url.toUtf8() + "\", conditions: [\"[STATUS] == 200\"] }]\n");
    file.close();
    std::vector<double> times;
    for (int i = 0; i < 11; ++i) {
        QProcess process;
        QElapsedTimer timer;
        timer.start();
        process.start(QStringLiteral(BIN_DIR "/allclear"), {u"check"_s, path, u"--format"_s, u"json"_s});
        process.waitForReadyRead(10'000);
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        process.waitForFinished(5000);
    }
    std::printf("first result of a check      %.0f ms after start, median of 11 (goal 100)\n", median(times));
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    QTemporaryDir folder;
    const quint16 port = freePorts(4);
    QProcess target;
    target.setStandardOutputFile(QProcess::nullDevice());
    target.start(QStringLiteral(BIN_DIR "/../bench-target/target"),
                 {u"--port"_s, QString::number(port), u"--seconds"_s, u"600"_s, u"--force-close"_s, u"--quiet"_s, u"--certdir"_s, folder.path()});
    if (!target.waitForStarted())
        return 1;
    wait(std::chrono::seconds(1));
    const QString plain = u"http://127.0.0.1:%1"_s.arg(port), tls = u"https://127.0.0.1:%1"_s.arg(port + 1);
    const QString ca = folder.filePath(u"ca.pem"_s);

    const Cost ourPlain = ourCost(plain + u"/ok"_s, {}, plainProbes);
    const Cost ourTls = ourCost(tls + u"/ok"_s, ca, tlsProbes);
    if (!QStandardPaths::findExecutable(u"prometheus-blackbox-exporter"_s).isEmpty()) {
        Peer peer(folder, ca);
        compare("HTTP, new connection", ourPlain, peer.cost(plain + u"/ok"_s, peerProbes), 0.4);
        compare("HTTPS, new connection", ourTls, peer.cost(tls + u"/ok"_s, peerProbes), 1.0);
    } else {
        std::printf("blackbox_exporter is not installed: apt-get install prometheus-blackbox-exporter\n");
        compare("HTTP, new connection", ourPlain, {}, 0.4);
        compare("HTTPS, new connection", ourTls, {}, 1.0);
    }
    latencyError(plain + u"/delay/100"_s);
    const BareError bare = bareError(port);
    std::printf("  a bare loop at that pace   p50 %.3f ms, connect() alone %.3f ms; by the kernel's time of receipt %.3f ms\n",
                bare.whole, bare.connect, bare.kernelStamped);
    engineLoad(plain + u"/ok?"_s);
    const double small = engineMemory(plain + u"/ok?"_s, 500);
    const double large = engineMemory(plain + u"/ok?"_s, 2500);
    std::printf("memory a further endpoint    %.1f KiB (goal 20)\n", (large - small) / 2000);
    firstResult(plain + u"/ok"_s, folder);
    target.terminate();
    target.waitForFinished(3000);
    return 0;
}
