// The simulated staging on a thread of its own.
#pragma once

#include "rehearsal/staging.h"

#include <QThread>

namespace allclear {

class Stage {
public:
    explicit Stage(std::shared_ptr<const Clock> clock);
    ~Stage(); ///< closes every listener and joins the thread

    /// Opens the listeners; the variables for the rehearsal's incident file. Waits for the thread.
    Result<QMap<QString, QString>> open();
    /// Lives on the stage's thread; null before open(). Connect to its signals with a context object.
    Staging *staging() const { return m_staging; }
    void play();

private:
    std::shared_ptr<const Clock> m_clock;
    QThread m_thread;
    QObject *m_onThread; ///< where work for the thread is posted; owned by the thread, like the staging
    Staging *m_staging = nullptr;
};

} // namespace allclear
