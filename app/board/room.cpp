#include "app/board/room.h"

#include <QFileInfo>
#include <QTimer>

#include <malloc.h>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration yesterday = 24h;

QString person() { return qEnvironmentVariable("USER", u"someone"_s); }

QString errorText(const Diagnostics &diagnostics, const QString &file)
{
    QStringList lines;
    for (const Diagnostic &diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::Error)
            lines.append(toText(diagnostic, file));
    }
    return lines.join(u'\n');
}

} // namespace

Room::Room(const BoardOptions &options, std::shared_ptr<const Clock> clock)
    : m_options(options), m_clock(clock), m_board(clock), m_session(clock, Mode::OverTime, Session::Home::OwnThread)
{
    wireCommands();
}

Room::~Room()
{
    if (m_historyThread.isRunning()) {
        m_historyThread.quit();
        m_historyThread.wait();
    }
}

void Room::wireCommands()
{
    Engine *engine = m_session.engine();
    Desk *desk = m_session.desk();
    connect(engine, &Engine::rerunStarted, desk, [desk](const QString &key) { desk->setRunning(key, true); });
    connect(engine, &Engine::rerunFinished, desk, [desk](const QString &key) { desk->setRunning(key, false); });
    connect(desk, &Desk::framed, &m_board, &Board::apply);
    connect(&m_board, &Board::rerunRequested, engine, &Engine::rerun);
    connect(&m_board, &Board::pauseRequested, engine, &Engine::setPaused);
}

void Room::startHistory()
{
    m_history = new HistoryStore(m_clock);
    m_history->moveToThread(&m_historyThread);
    connect(&m_historyThread, &QThread::finished, m_history, &QObject::deleteLater);
    connect(m_session.engine(), &Engine::observed, m_history, &HistoryStore::record);
    connect(m_history, &HistoryStore::loaded, this, &Room::seed);
    connect(m_history, &HistoryStore::ticksLoaded, m_board.actions(), &ActionModel::setTicks);
    connect(m_board.actions(), &ActionModel::ticked, m_history, [store = m_history](const QString &title, bool done) {
        store->recordTick(title, done, person());
    });
    connect(m_history, &HistoryStore::failed, this, [](const QString &message) { qWarning("history: %s", qUtf8Printable(message)); });
    m_historyThread.start();
}

void Room::open(const QString &file)
{
    m_fileName = file;
    m_file = std::make_unique<LiveFile>(QFileInfo(file).absoluteFilePath());
    connect(m_file.get(), &LiveFile::changed, this, &Room::take);
    if (m_options.history)
        startHistory();
    take(m_file->read());
}

Result<bool> Room::rehearse()
{
    m_fileName = u"rehearsal.yaml"_s;
    m_stage = std::make_unique<Stage>(m_clock);
    const Result<QMap<QString, QString>> opened = m_stage->open();
    if (!opened)
        return opened.error();
    ReadOptions options;
    options.variables = *opened;
    options.useEnvironment = false;
    options.variables.insert(u"DECLARED"_s, toIso(m_clock->now()));
    connect(m_stage->staging(), &Staging::entered, this, &Room::chapterEntered);
    take(readIncident(rehearsalIncident(), options, m_fileName));
    m_stage->play();
    return true;
}

void Room::take(const ReadResult &result)
{
    m_board.showFileErrors(errorText(result.diagnostics, m_fileName));
    if (!result.incident)
        return;
    m_session.take(result.incident);
    if (!m_started && m_history != nullptr) {
        QStringList keys;
        for (const Endpoint &endpoint : result.incident->endpoints)
            keys.append(endpoint.key());
        const TimePoint now = m_clock->now();
        const QString path = HistoryStore::defaultPath(result.incident->historyId());
        const TimePoint counted = result.incident->declared.value_or(now - yesterday);
        QMetaObject::invokeMethod(m_history, [store = m_history, keys, now, path, counted] {
            store->open(path);
            store->load(keys, now - yesterday, now, counted);
        });
    }
    if (!m_started)
        m_session.start();
    m_started = true;
}

void Room::seed(const QList<StoredSeries> &series)
{
    Desk *desk = m_session.desk();
    QMetaObject::invokeMethod(desk, [desk, series] {
        for (const StoredSeries &one : series)
            desk->seed(one.key, one.samples, one.total, one.passed);
    });
    // By then the charts have their copy; a day of samples in SQLite's and our buffers goes back to the system, on the
    // history's thread: it may take a while.
    QTimer::singleShot(5s, m_history, [] { malloc_trim(0); });
}

} // namespace allclear
