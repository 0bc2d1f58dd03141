#include "widgets/shell/pagelayout.h"

#include <algorithm>

namespace allclear {

namespace {

struct Measure {
    qreal scale;
    int operator()(int at1) const { return qRound(at1 * scale); }
};

/// Splits the column into criteria, causes and actions by their need of height.
void fillColumn(PageLayout &page, QRect column, int gap)
{
    const int room = column.height() - 2 * gap;
    // A narrow column wraps the titles of criteria.
    const int criteria = room * (page.form == PageForm::Low ? 50 : 43) / 100;
    const int causes = room * (page.form == PageForm::Low ? 24 : 30) / 100;
    page.criteria = QRect(column.left(), column.top(), column.width(), criteria);
    page.causes = QRect(column.left(), page.criteria.bottom() + 1 + gap, column.width(), causes);
    page.actions = QRect(column.left(), page.causes.bottom() + 1 + gap, column.width(), room - criteria - causes);
}

void fillWide(PageLayout &page, QRect body, int gap, const Measure &px)
{
    const int column = std::clamp(body.width() * (page.form == PageForm::Tall ? 33 : 30) / 100, px(340), px(640));
    const int left = body.width() - column - gap;
    const QRect right(body.right() + 1 - column, body.top(), column, body.height());
    if (page.form == PageForm::Tall) {
        const int chart = std::clamp(body.height() * 29 / 100, px(200), px(460));
        const int upper = body.height() - chart - gap;
        page.tiles = QRect(body.left(), body.top(), left, upper);
        page.latency = QRect(body.left(), body.bottom() + 1 - chart, body.width(), chart);
        fillColumn(page, QRect(right.left(), right.top(), right.width(), upper), gap);
        return;
    }
    const int chart = std::clamp(body.height() * 30 / 100, px(140), px(240));
    page.tiles = QRect(body.left(), body.top(), left, body.height() - chart - gap);
    page.latency = QRect(body.left(), body.bottom() + 1 - chart, left, chart);
    fillColumn(page, right, gap);
}

void fillStack(PageLayout &page, QRect body, int gap, const Measure &px)
{
    int y = body.top();
    const auto next = [&](int height) {
        const QRect part(body.left(), y, body.width(), height);
        y += height + gap;
        return part;
    };
    page.tiles = next(px(440));
    page.criteria = next(px(260));
    page.causes = next(px(190));
    page.actions = next(px(190));
    page.latency = next(px(220));
    page.height = y;
}

} // namespace

PageLayout arrangePage(QSize room, qreal scale, const QList<int> &noticeHeights)
{
    const Measure px{scale};
    PageLayout page;
    const bool small = room.width() < px(980) || room.height() < px(560);
    page.form = small ? PageForm::Stacked : room.height() < px(900) ? PageForm::Low : PageForm::Tall;
    const bool roomy = page.form == PageForm::Tall;
    const int pad = px(roomy ? 14 : 10);
    const int gap = px(roomy ? 10 : 8);
    const int width = room.width() - 2 * pad;
    int y = pad;
    page.header = QRect(pad, y, width, px(roomy ? 74 : 60));
    y += page.header.height() + gap;
    for (const int height : noticeHeights) {
        page.notices << (height > 0 ? QRect(pad, y, width, height) : QRect());
        y += height > 0 ? height + gap : 0;
    }
    page.strip = QRect(pad, y, width, px(roomy ? 32 : 22));
    y += page.strip.height() + gap;
    const QRect body(pad, y, width, room.height() - y - pad);
    page.height = room.height();
    if (small)
        fillStack(page, body, gap, px);
    else
        fillWide(page, body, gap, px);
    return page;
}

} // namespace allclear
