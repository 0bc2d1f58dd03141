#include "app/wiring/stage.h"

namespace allclear {

Stage::Stage(std::shared_ptr<const Clock> clock) : m_clock(std::move(clock)), m_onThread(new QObject)
{
    m_onThread->moveToThread(&m_thread);
    m_thread.start();
}

Stage::~Stage()
{
    m_onThread->deleteLater(); // with the staging, on their thread, before that ends
    m_thread.quit();
    m_thread.wait();
}

Result<QMap<QString, QString>> Stage::open()
{
    Result<QMap<QString, QString>> opened = Error{};
    QMetaObject::invokeMethod(
        m_onThread,
        [this, &opened] {
            m_staging = new Staging(m_clock, m_onThread);
            const Result<bool> listening = m_staging->listen();
            if (listening)
                opened = m_staging->variables();
            else
                opened = listening.error();
        },
        Qt::BlockingQueuedConnection);
    return opened;
}

void Stage::play()
{
    QMetaObject::invokeMethod(m_staging, &Staging::playStory);
}

} // namespace allclear
