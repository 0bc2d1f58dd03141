// A simulated staging platform on real loopback sockets, after domain.md: what the rehearsal, the tests and the
// screenshots probe. Lives on its own thread. Binds port 0 on 127.0.0.1 only.
#pragma once

#include "core/clock.h"
#include "core/result.h"

#include <QMap>
#include <QObject>

#include <memory>

namespace allclear {

/// The storyline's chapters in order; also names for tests and screenshots.
enum class Chapter {
    Healthy, ConnectorSaturates, DatabasesUnreachable, CrashLoop, Everything503, ConnectorRepaired, DatabasesBack,
    RevisionFixed, Recovered
};
QString name(Chapter chapter);

class Staging : public QObject {
    Q_OBJECT
public:
    explicit Staging(std::shared_ptr<const Clock> clock, QObject *parent = nullptr);
    ~Staging() override;

    /// Opens every listener and makes the certificates; call on the thread it lives on.
    Result<bool> listen();
    /// Ports, CA file and names, for ${…} in resources/incidents/rehearsal.yaml.
    QMap<QString, QString> variables() const;

public Q_SLOTS:
    void enter(allclear::Chapter chapter); ///< jump: for tests and screenshots
    void playStory();                      ///< timed by the clock: crisis to recovery

Q_SIGNALS:
    void entered(allclear::Chapter chapter, const QString &sentence);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

/// resources/incidents/rehearsal.yaml, from the binary.
QByteArray rehearsalIncident();

} // namespace allclear
