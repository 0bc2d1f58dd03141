// Is this computer itself able to see anything (contract 1)? Looks at the interfaces, the default route and, when the
// incident file names one, a canary. Lives on the engine's thread and never blocks it on the network.
#pragma once

#include "core/clock.h"
#include "verdict/verdict.h"

#include <QObject>
#include <QTcpSocket>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace allclear {

struct ObserverFinding {
    ObserverState state = ObserverState::Online;
    QString reason; ///< empty while online
    bool canaryFailed = false;
    bool operator==(const ObserverFinding &) const = default;
};

/// The text of /proc/net/route: a default route that is up and does not reject.
bool hasIpv4DefaultRoute(const QByteArray &table);
/// The text of /proc/net/ipv6_route: the same; the kernel's own "unreachable" entry on lo is none.
bool hasIpv6DefaultRoute(const QByteArray &table);
/// An interface other than loopback that is up, running and has an address beyond link-local.
bool hasUsableInterface();

/// Where the local findings come from; tests bring their own.
struct ObserverSources {
    QString ipv4Routes = QStringLiteral("/proc/net/route");
    QString ipv6Routes = QStringLiteral("/proc/net/ipv6_route");
    std::function<bool()> usableInterface = hasUsableInterface;
};

/// The part that needs no network traffic. Systems without either routing table are judged by their interfaces.
ObserverFinding lookLocally(const ObserverSources &sources);

class Observer : public QObject {
    Q_OBJECT
public:
    static constexpr Duration checkInterval = 10s;                ///< on the injected clock
    static constexpr std::chrono::milliseconds canaryDeadline{3000}; ///< real time

    Observer(std::shared_ptr<const Clock> clock, ObserverSources sources, QObject *parent = nullptr);
    ~Observer() override;

    /// "tcp://host:port"; empty: no canary. A new one is asked at once when started.
    void setCanary(const QString &target);
    void start();
    void stop();
    /// Results begin to fail: looks again now, at most once a second.
    void checkSoon();
    /// True once the first look since start() has ended.
    bool isSettled() const { return m_found.has_value(); }

Q_SIGNALS:
    void changed(const allclear::ObserverFinding &finding); ///< the first finding and every different one
    void settled();                                         ///< the first look has ended

private:
    void check();
    void askCanary();
    void settle(const ObserverFinding &finding);
    void dropSocket();

    std::shared_ptr<const Clock> m_clock;
    ObserverSources m_sources;
    QString m_canary;
    QTimer m_timer;
    QTimer m_deadline;
    std::unique_ptr<QTcpSocket> m_socket;
    ObserverFinding m_local;
    std::optional<ObserverFinding> m_found;
    std::optional<Duration> m_lastCheck;
    bool m_started = false;
};

} // namespace allclear
