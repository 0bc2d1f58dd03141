#include "app/board/shots.h"

#include <QApplication>
#include <QDir>
#include <QPixmap>
#include <QTimer>

#include <cstdio>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration settled = 75s; ///< of rehearsal time: every endpoint has been seen in the new chapter
constexpr std::chrono::milliseconds settling{150};
constexpr QSize sizes[] = {{1920, 1080}, {1366, 768}};

} // namespace

Shots::Shots(const BoardOptions &options, Board *board, ThemeSource *theme, BoardWindow *window)
    : m_options(options), m_board(board), m_theme(theme), m_window(window)
{
    if (!options.shots.isEmpty())
        m_wanted = {u"crisis"_s, u"recovery"_s, u"clear"_s};
    else
        m_wanted = {options.chapter.isEmpty() ? u"crisis"_s : options.chapter};
    connect(board, &Board::changed, this, &Shots::look);
}

void Shots::enterChapter(Chapter chapter)
{
    m_chapter = chapter;
    m_entered = m_board->clock().now();
}

bool Shots::isThere(const QString &chapter) const
{
    const Verdict &verdict = m_board->verdict();
    if (chapter == "crisis"_L1)
        return m_chapter == Chapter::Everything503 && m_board->clock().now() - m_entered > settled && !verdict.suspects.isEmpty();
    if (chapter == "clear"_L1)
        return verdict.overall == Overall::Clear;
    return m_chapter == Chapter::Recovered && std::ranges::all_of(verdict.criteria, [](const CriterionStatus &criterion) {
        return criterion.state == CriterionState::Holding && criterion.held > criterion.hold / 3;
    });
}

void Shots::look()
{
    if (m_wanted.isEmpty() || !isThere(m_wanted.front()))
        return;
    queue(m_wanted.takeFirst());
}

void Shots::queue(const QString &chapter)
{
    const bool idle = m_queue.isEmpty();
    if (m_options.shots.isEmpty()) {
        m_queue.append({m_options.screenshot, m_options.size, m_theme->theme().appearance});
    } else {
        QDir().mkpath(m_options.shots);
        for (const Appearance appearance : {Appearance::Dark, Appearance::Light}) {
            const QString look = appearance == Appearance::Dark ? u"dark"_s : u"light"_s;
            for (const QSize size : sizes) {
                m_queue.append({u"%1/board-%2-%3x%4-%5.png"_s.arg(m_options.shots, chapter).arg(size.width()).arg(size.height()).arg(look),
                                size, appearance});
            }
        }
    }
    if (idle)
        takeNext();
}

/// Layouts that depend on each other's size need a few turns of the event loop after a resize.
void Shots::takeNext()
{
    if (m_queue.isEmpty()) {
        if (m_wanted.isEmpty())
            QApplication::quit();
        return;
    }
    m_theme->setAppearance(m_queue.front().appearance);
    m_window->resize(m_queue.front().size);
    QTimer::singleShot(settling, this, [this] {
        grab(m_queue.takeFirst());
        takeNext();
    });
}

void Shots::grab(const Shot &shot)
{
    if (m_window->grab().save(shot.file))
        std::printf("%s\n", qUtf8Printable(shot.file));
    else
        std::fprintf(stderr, "allclear-board: %s could not be written\n", qUtf8Printable(shot.file));
    std::fflush(stdout);
}

} // namespace allclear
