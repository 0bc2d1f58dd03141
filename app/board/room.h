// Everything behind the window, wired: engine and desk on one thread, history on another, the rehearsal's staging on
// a third, and the board's models here. Destroying it cancels what is under way and joins every thread.
#pragma once

#include "app/board/options.h"
#include "app/wiring/livefile.h"
#include "app/wiring/session.h"
#include "app/wiring/stage.h"
#include "history/history.h"
#include "items/board.h"

#include <QThread>

namespace allclear {

class Room : public QObject {
    Q_OBJECT
public:
    Room(const BoardOptions &options, std::shared_ptr<const Clock> clock);
    ~Room() override;

    Board *board() { return &m_board; }
    /// Opens the file, or plays the rehearsal; what is wrong with a file is shown on the board.
    void open(const QString &file);
    Result<bool> rehearse();

Q_SIGNALS:
    void chapterEntered(allclear::Chapter chapter, const QString &sentence);

private:
    void wireCommands();
    void startHistory();
    void take(const ReadResult &result);
    void seed(const QList<StoredSeries> &series);

    BoardOptions m_options;
    std::shared_ptr<const Clock> m_clock;
    Board m_board;
    std::unique_ptr<Stage> m_stage;
    std::unique_ptr<LiveFile> m_file;
    QString m_fileName;
    QThread m_historyThread;
    HistoryStore *m_history = nullptr; // deleted on its thread
    Session m_session; // last: its thread stops first
    bool m_started = false;
};

} // namespace allclear
