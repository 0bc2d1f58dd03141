#include "app/wiring/session.h"

#include <QTimer>

namespace allclear {

namespace {

/// Ages and holds move by themselves; judged once a second of the clock, and no oftener than frames are shown.
std::chrono::milliseconds tickInterval(const Clock &clock)
{
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(clock.toReal(1s)), frameInterval);
}

} // namespace

Session::Session(std::shared_ptr<const Clock> clock, Mode mode, Home home)
    : m_clock(std::move(clock)), m_mode(mode), m_home(std::make_unique<QObject>()),
      m_engine(new Engine(m_clock, {}, m_home.get())), m_desk(new Desk(m_clock, mode, m_home.get())),
      m_startedAt(m_clock->now()), m_began(m_clock->steady())
{
    QObject::connect(m_engine, &Engine::observed, m_desk, &Desk::add);
    QObject::connect(m_engine, &Engine::observerChanged, m_desk, &Desk::setObserver);
    QObject::connect(m_engine, &Engine::pausedChanged, m_desk, &Desk::setPaused);
    auto *ticker = new QTimer(m_home.get());
    QObject::connect(ticker, &QTimer::timeout, m_desk, &Desk::tick);
    if (home == Home::OwnThread) {
        m_home->moveToThread(&m_thread);
        m_thread.start();
    }
    QMetaObject::invokeMethod(ticker, [ticker, interval = tickInterval(*m_clock)] { ticker->start(interval); });
}

Session::~Session()
{
    if (!m_thread.isRunning())
        return;
    m_home.release()->deleteLater(); // on its own thread, before that ends
    m_thread.quit();
    m_thread.wait();
}

void Session::take(const IncidentPtr &incident)
{
    m_incident = incident;
    QMetaObject::invokeMethod(m_home.get(), [engine = m_engine, desk = m_desk, incident] {
        desk->take(incident);
        engine->load(incident);
    });
}

void Session::start()
{
    QMetaObject::invokeMethod(m_engine, &Engine::start);
}

void Session::probeAllOnce()
{
    QMetaObject::invokeMethod(m_engine, &Engine::probeAllOnce);
}

CheckReport Session::report() const
{
    VerdictPtr verdict;
    QMetaObject::invokeMethod(m_home.get(), [this, &verdict] { verdict = m_desk->judgeNow(); },
                              m_thread.isRunning() ? Qt::BlockingQueuedConnection : Qt::DirectConnection);
    return {.incident = m_incident,
            .verdict = *verdict,
            .checkedAt = m_startedAt,
            .duration = m_clock->steady() - m_began,
            .holdsJudged = m_mode == Mode::OverTime};
}

} // namespace allclear
