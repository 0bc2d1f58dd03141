// Ctrl-C and SIGTERM as a signal of the event loop. A second one ends the program at once.
#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace allclear {

/// Make it before any thread is started: threads inherit which signals are held back.
class Interrupt : public QObject {
    Q_OBJECT
public:
    explicit Interrupt(QObject *parent = nullptr);
    ~Interrupt() override;

Q_SIGNALS:
    void requested();

private:
    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace allclear
