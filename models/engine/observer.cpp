#include "engine/observer.h"

#include <QFile>
#include <QNetworkInterface>
#include <QNetworkProxy>
#include <QUrl>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

// linux/route.h: RTF_UP and RTF_REJECT.
constexpr uint routeUp = 0x1;
constexpr uint routeReject = 0x200;

/// Lines of whitespace-separated fields; shorter lines than `fields` are left out.
QList<QList<QByteArray>> rows(const QByteArray &table, qsizetype fields)
{
    QList<QList<QByteArray>> result;
    for (const QByteArray &line : table.split('\n')) {
        QList<QByteArray> row = line.simplified().split(' ');
        if (row.size() >= fields)
            result.append(std::move(row));
    }
    return result;
}

bool leadsOut(const QByteArray &flags)
{
    bool ok = false;
    const uint bits = flags.toUInt(&ok, 16);
    return ok && (bits & routeUp) != 0 && (bits & routeReject) == 0;
}

bool isZero(const QByteArray &hex)
{
    return !hex.isEmpty() && hex.count('0') == hex.size();
}

std::optional<QByteArray> contents(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return file.readAll();
}

} // namespace

bool hasIpv4DefaultRoute(const QByteArray &table)
{
    // Iface Destination Gateway Flags RefCnt Use Metric Mask …
    return std::ranges::any_of(rows(table, 8), [](const QList<QByteArray> &row) {
        return row[0] != "lo" && isZero(row[1]) && isZero(row[7]) && leadsOut(row[3]);
    });
}

bool hasIpv6DefaultRoute(const QByteArray &table)
{
    // destination prefix source prefix next-hop metric refcount use flags device
    return std::ranges::any_of(rows(table, 10), [](const QList<QByteArray> &row) {
        return row[9] != "lo" && isZero(row[0]) && isZero(row[1]) && leadsOut(row[8]);
    });
}

bool hasUsableInterface()
{
    const QList<QNetworkInterface> all = QNetworkInterface::allInterfaces();
    return std::ranges::any_of(all, [](const QNetworkInterface &interface) {
        const auto flags = interface.flags();
        if (flags.testFlag(QNetworkInterface::IsLoopBack) || !flags.testFlag(QNetworkInterface::IsUp)
            || !flags.testFlag(QNetworkInterface::IsRunning))
            return false;
        const QList<QNetworkAddressEntry> addresses = interface.addressEntries();
        return std::ranges::any_of(addresses, [](const QNetworkAddressEntry &entry) {
            return !entry.ip().isLinkLocal() && !entry.ip().isLoopback();
        });
    });
}

ObserverFinding lookLocally(const ObserverSources &sources)
{
    if (!sources.usableInterface())
        return {ObserverState::Offline, u"no network interface is up with an address"_s, false};
    const std::optional<QByteArray> ipv4 = contents(sources.ipv4Routes);
    const std::optional<QByteArray> ipv6 = contents(sources.ipv6Routes);
    if (!ipv4 && !ipv6)
        return {};
    if (!hasIpv4DefaultRoute(ipv4.value_or(QByteArray())) && !hasIpv6DefaultRoute(ipv6.value_or(QByteArray())))
        return {ObserverState::Offline, u"no default route leads out of this computer"_s, false};
    return {};
}

Observer::Observer(std::shared_ptr<const Clock> clock, ObserverSources sources, QObject *parent)
    : QObject(parent), m_clock(std::move(clock)), m_sources(std::move(sources)), m_timer(this), m_deadline(this)
{
    connect(&m_timer, &QTimer::timeout, this, &Observer::check);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        settle({ObserverState::Offline, u"the canary %1 did not answer within 3 s"_s.arg(m_canary), true});
    });
}

Observer::~Observer()
{
    dropSocket();
}

void Observer::setCanary(const QString &target)
{
    if (target == m_canary)
        return;
    m_canary = target;
    dropSocket();
    if (m_started)
        check();
}

void Observer::start()
{
    if (m_started)
        return;
    m_started = true;
    const auto real = std::chrono::ceil<std::chrono::milliseconds>(m_clock->toReal(checkInterval));
    m_timer.start(std::max(real, std::chrono::milliseconds(100)));
    check();
}

void Observer::stop()
{
    m_started = false;
    m_timer.stop();
    dropSocket();
    m_found.reset();
    m_lastCheck.reset();
}

void Observer::checkSoon()
{
    if (m_started && (!m_lastCheck || m_clock->steady() - *m_lastCheck >= 1s))
        check();
}

void Observer::check()
{
    if (m_socket)
        return;
    m_lastCheck = m_clock->steady();
    m_local = lookLocally(m_sources);
    if (m_canary.isEmpty())
        settle(m_local);
    else
        askCanary();
}

void Observer::askCanary()
{
    const QUrl url(m_canary);
    if (url.scheme() != "tcp"_L1 || url.host().isEmpty() || url.port() <= 0) {
        settle({ObserverState::Offline, u"the canary `%1` is not of the form tcp://host:port"_s.arg(m_canary), true});
        return;
    }
    m_socket = std::make_unique<QTcpSocket>();
    m_socket->setProxy(QNetworkProxy::NoProxy);
    connect(m_socket.get(), &QTcpSocket::connected, this, [this] { settle(m_local); });
    connect(m_socket.get(), &QTcpSocket::errorOccurred, this, [this] {
        settle({ObserverState::Offline, u"the canary %1 cannot be reached: %2"_s.arg(m_canary, m_socket->errorString()),
                true});
    });
    m_deadline.start(canaryDeadline);
    m_socket->connectToHost(url.host(), static_cast<quint16>(url.port()));
}

void Observer::settle(const ObserverFinding &finding)
{
    dropSocket();
    const bool first = !m_found.has_value();
    const bool different = m_found != finding;
    m_found = finding;
    if (different)
        Q_EMIT changed(finding);
    if (first)
        Q_EMIT settled();
}

void Observer::dropSocket()
{
    m_deadline.stop();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket.release()->deleteLater();
}

} // namespace allclear
