#include "app/cli/commands.h"
#include "app/wiring/interrupt.h"
#include "app/wiring/livefile.h"
#include "app/cli/output.h"
#include "app/wiring/session.h"

#include "history/history.h"

#include <QCoreApplication>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

/// A HistoryStore on a thread of its own, fed with what the engine observes.
class Recorder {
public:
    Recorder(std::shared_ptr<const Clock> clock, const Engine *engine, const Output &output)
        : m_store(new HistoryStore(std::move(clock)))
    {
        m_store->moveToThread(&m_thread);
        QObject::connect(engine, &Engine::observed, m_store, &HistoryStore::record);
        QObject::connect(m_store, &HistoryStore::failed, QCoreApplication::instance(), [output](const QString &message) {
            output.error(u"history: %1"_s.arg(message));
        });
        QObject::connect(m_store, &HistoryStore::opened, QCoreApplication::instance(),
                         [output](const QString &, const QString &note) {
                             if (!note.isEmpty())
                                 output.notice(u"history: %1"_s.arg(note));
                         });
        m_thread.start();
    }
    ~Recorder()
    {
        m_store->deleteLater(); // on its thread, before that ends; flushes
        m_thread.quit();
        m_thread.wait();
    }
    void open(const Incident &incident)
    {
        QMetaObject::invokeMethod(m_store, [store = m_store, path = HistoryStore::defaultPath(incident.historyId())] {
            store->open(path);
        });
    }

private:
    QThread m_thread;
    HistoryStore *m_store;
};

class Watch : public QObject {
public:
    Watch(const Invocation &invocation, const Output &output, Session &session)
        : m_format(invocation.format), m_output(output), m_session(session)
    {
        connect(session.engine(), &Engine::observed, this, &Watch::showResult);
        connect(session.desk(), &Desk::framed, this, &Watch::showVerdict);
    }

    void take(const IncidentPtr &incident)
    {
        m_incident = incident;
        m_session.take(incident);
    }

    void takeOver(const ReadResult &read, const QString &file)
    {
        m_output.diagnostics(read.diagnostics, file);
        if (!read.incident) {
            m_output.error(u"%1: keeping the version read before until the file is good again"_s.arg(file));
            return;
        }
        take(read.incident);
        m_output.notice(u"%1: changed, watching %2 endpoints"_s.arg(file).arg(read.incident->endpoints.size()));
    }

    int summarise() const
    {
        const CheckReport report = m_session.report();
        const QString text = toText(report, m_format == Format::Text ? m_output.colour() : Colour::None);
        if (m_format == Format::Text)
            m_output.result(text);
        else
            m_output.notice(text);
        return exitCode(report.verdict.overall);
    }

private:
    void showResult(const ObservationPtr &observation)
    {
        const Endpoint *endpoint = m_incident->endpoint(observation->endpoint);
        if (!endpoint) // the file changed while it was on its way
            return;
        const bool read = m_format == Format::NdJson
            ? m_output.result(endpointJson(*endpoint, observation))
            : m_output.result(watchLine(*endpoint, *observation, m_output.colour()));
        if (!read)
            QCoreApplication::quit();
    }

    void showVerdict(const FramePtr &frame)
    {
        const Verdict &verdict = *frame->verdict;
        if (verdict.sentence == m_sentence)
            return;
        m_sentence = verdict.sentence;
        if (m_format == Format::Text)
            m_output.result(verdictLine(verdict, *m_incident, m_output.colour()));
        else
            m_output.notice(verdictLine(verdict, *m_incident, Colour::None));
    }

    Format m_format;
    const Output &m_output;
    Session &m_session;
    IncidentPtr m_incident;
    QString m_sentence;
};

} // namespace

int runWatch(const Invocation &invocation)
{
    const Output output(invocation);
    const QString file = invocation.files.first();
    LiveFile live(file);
    const ReadResult read = live.read();
    output.diagnostics(read.diagnostics, file);
    if (!read.incident)
        return 2;

    const Interrupt interrupt;
    const auto clock = std::make_shared<SystemClock>();
    Session session(clock, Mode::OverTime, Session::Home::OwnThread);
    QCoreApplication *app = QCoreApplication::instance();
    QObject::connect(&interrupt, &Interrupt::requested, app, &QCoreApplication::quit);
    std::optional<Recorder> recorder;
    if (!invocation.noHistory) {
        recorder.emplace(clock, session.engine(), output);
        recorder->open(*read.incident);
    }
    Watch watch(invocation, output, session);
    watch.take(read.incident);
    QObject::connect(&live, &LiveFile::changed, &watch, [&](const ReadResult &again) { watch.takeOver(again, file); });
    if (invocation.duration) {
        const auto real = std::chrono::ceil<std::chrono::milliseconds>(*invocation.duration);
        QTimer::singleShot(real, Qt::PreciseTimer, app, &QCoreApplication::quit);
    }
    session.start();
    app->exec();
    return watch.summarise();
}

} // namespace allclear
