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
    void takeAll(const QString &chapter);
    void take(const QString &file, QSize size);

    BoardOptions m_options;
    Board *m_board;
    ThemeSource *m_theme;
    BoardWindow *m_window;
    QStringList m_wanted;
    std::optional<Chapter> m_chapter;
    TimePoint m_entered{};
};

} // namespace allclear
