// Where the parts of the board's page go: pure geometry. Tall windows look like a wall: tiles and panels above, the
// chart across the foot. Low ones give the panels the whole height. Small ones (or large text) stack everything and
// scroll.
#pragma once

#include <QList>
#include <QRect>
#include <QSize>

namespace allclear {

enum class PageForm { Tall, Low, Stacked };

struct PageLayout {
    PageForm form = PageForm::Tall;
    QRect header, strip, tiles, criteria, causes, actions, latency;
    QList<QRect> notices; ///< in the order asked for; empty rectangles for hidden ones
    int height = 0;       ///< of the whole page; more than the room only when stacked
};

/// `noticeHeights`: of the bars under the header, 0 for hidden ones.
PageLayout arrangePage(QSize room, qreal scale, const QList<int> &noticeHeights);

} // namespace allclear
