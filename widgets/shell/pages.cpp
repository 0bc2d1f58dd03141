#include "widgets/shell/pages.h"

#include "widgets/shell/boardpage.h"

#include <QCoreApplication>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

template <typename Made>
Page *make(Board *board, ThemeSource *theme)
{
    return new Made(board, theme);
}

QString title(const char *text) { return QCoreApplication::translate("allclear::Page", text); }

} // namespace

QList<PageKind> pageKinds()
{
    return {
        {PageId::Board, Icon::Board, "board"_L1, title(QT_TRANSLATE_NOOP("allclear::Page", "Board")), make<BoardScreen>},
    };
}

QString pageKey(PageId id) { return u"Ctrl+%1"_s.arg(static_cast<int>(id) + 1); }

} // namespace allclear
