// The screens that there are, in the order of the rail and of Ctrl+1 … Ctrl+7.
#pragma once

#include "items/board.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/page.h"
#include "widgets/theme/theme.h"

namespace allclear
{

enum class PageId { Board, Latency, Journeys, Runs, Causes, Timeline, Brief };

struct PageKind {
    PageId id = PageId::Board;
    Icon icon = Icon::Board;
    QLatin1StringView name; ///< in settings, on the command line and in object names
    QString title; ///< translated
    Page *(*make)(Board *board, ThemeSource *theme) = nullptr;
};

QList<PageKind> pageKinds();
/// "Ctrl+2" for the second of the seven, wherever it stands in the rail.
QString pageKey(PageId id);

} // namespace allclear
