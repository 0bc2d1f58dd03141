// Screenshots of the real board while it lives through a rehearsal: in crisis, in recovery, all clear.
#pragma once

#include "app/board/options.h"
#include "rehearsal/staging.h"
#include "widgets/shell/boardwindow.h"

#include <QObject>

namespace allclear {

class Shots : public QObject {
    Q_OBJECT
public:
    Shots(const BoardOptions &options, Board *board, ThemeSource *theme, BoardWindow *window);

    void enterChapter(Chapter chapter);

private:
    void look();
    bool isThere(const QString &chapter) const;
    struct Shot {
        QString file;
        QSize size;
        Appearance appearance;
    };
    void queue(const QString &chapter);
    void takeNext();
    void grab(const Shot &shot);

    BoardOptions m_options;
    Board *m_board;
    ThemeSource *m_theme;
    BoardWindow *m_window;
    QStringList m_wanted; ///< chapters that are still to come
    QList<Shot> m_queue;
    std::optional<Chapter> m_chapter;
    TimePoint m_entered{};
};

} // namespace allclear
