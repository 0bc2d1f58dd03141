#include "widgets/tiles/tilegrid.h"

#include "widgets/tiles/tileaccessible.h"

#include <QAccessible>
#include <QPaintEvent>
#include <QScrollBar>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

constexpr int tickMs = 1500;      // how long a finished rerun shows its tick
constexpr int spinMs = 80;        // between two frames of a spinner
constexpr int spinPeriodMs = 960; // of one turn

/// Ages tick in whole seconds: "0 s ago" rather than a flicker of milliseconds.
QString wholeAge(const Tile &tile, TimePoint now)
{
    if (tile.lastAt && now > *tile.lastAt)
        now = *tile.lastAt + std::chrono::floor<std::chrono::seconds>(now - *tile.lastAt);
    return ageText(tile, now);
}

} // namespace

TileGrid::TileGrid(Board *board, ThemeSource *theme, QWidget *parent)
    : QAbstractScrollArea(parent), m_board(board), m_theme(theme), m_emptyText(tr("No components yet"))
{
    setObjectName(u"tileGrid"_s);
    setAccessibleName(tr("Components"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setObjectName(u"tileViewport"_s);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent); // every pixel of a dirty region is painted here
    m_elapsed.start();
    TileModel *tiles = m_board->tiles();
    connect(tiles, &QAbstractItemModel::modelReset, this, &TileGrid::rebuild);
    connect(tiles, &QAbstractItemModel::rowsInserted, this, &TileGrid::rebuild);
    connect(tiles, &QAbstractItemModel::rowsRemoved, this, &TileGrid::rebuild);
    connect(tiles, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &first, const QModelIndex &last) { takeChanged(first, last); });
    connect(m_theme, &ThemeSource::changed, this, &TileGrid::relayout);
    installTileAccessibility();
    rebuild();
}

QSize TileGrid::sizeHint() const { return {m_theme->theme().px(800), m_theme->theme().px(480)}; }
QSize TileGrid::minimumSizeHint() const { return {m_theme->theme().px(240), m_theme->theme().px(120)}; }
int TileGrid::offset() const { return verticalScrollBar()->value(); }

QRect TileGrid::tileRect(int row) const
{
    if (row < 0 || row >= static_cast<int>(m_layout.rects.size()))
        return {};
    return m_layout.rects[static_cast<std::size_t>(row)].translated(0, -offset());
}

QRect TileGrid::rerunRect(int row) const
{
    const QRect tile = tileRect(row);
    return tile.isValid() ? m_painter.rerunRect().translated(tile.topLeft()) : QRect();
}

QString TileGrid::currentComponent() const { return m_current < 0 ? QString() : model().tile(m_current).component; }

void TileGrid::setEmptyText(const QString &text)
{
    if (m_emptyText == text)
        return;
    m_emptyText = text;
    viewport()->update();
}

void TileGrid::rebuild()
{
    m_tiers = tiersOf(model().tiles());
    m_rows.assign(static_cast<std::size_t>(model().rowCount()), {});
    for (int row = 0; row < model().rowCount(); ++row) {
        m_rows[static_cast<std::size_t>(row)].state = model().tile(row).state;
        takeRerun(row);
    }
    m_hovered = m_pressed = -1;
    m_current = -1;
    for (int row = 0; row < model().rowCount() && !m_currentComponent.isEmpty(); ++row)
        m_current = model().tile(row).component == m_currentComponent ? row : m_current;
    relayout();
    tileRowsReset(this);
}

void TileGrid::relayout()
{
    const Theme &theme = m_theme->theme();
    for (Row &row : m_rows)
        row.text.valid = false;
    // First as if nothing scrolled; when it must, room is left for the bar.
    QSize room = contentsRect().size();
    m_layout = layoutTiles(m_tiers, room, theme.scale);
    if (m_layout.scrolls) {
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
        room.rwidth() -= verticalScrollBar()->sizeHint().width();
        m_layout = layoutTiles(m_tiers, room, theme.scale);
    } else {
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }
    m_painter.prepare(theme, m_layout.density, m_layout.tile, devicePixelRatioF());
    verticalScrollBar()->setSingleStep(m_layout.tile.height() / 3);
    verticalScrollBar()->setPageStep(room.height());
    verticalScrollBar()->setRange(0, m_layout.scrolls ? std::max(0, m_layout.height - room.height()) : 0);
    viewport()->update();
}

void TileGrid::takeChanged(const QModelIndex &first, const QModelIndex &last)
{
    bool tiersMoved = false;
    for (int row = first.row(); row <= last.row() && row < static_cast<int>(m_rows.size()); ++row) {
        Row &kept = m_rows[static_cast<std::size_t>(row)];
        const Tile &tile = model().tile(row);
        kept.text.valid = false;
        takeRerun(row);
        if (kept.state != tile.state) {
            kept.state = tile.state;
            tileStateChanged(this, row);
        }
        updateRow(row);
        tiersMoved = tiersMoved || std::none_of(m_tiers.begin(), m_tiers.end(), [&](const Tier &tier) {
            return tier.caption == tile.tier && std::find(tier.rows.begin(), tier.rows.end(), row) != tier.rows.end();
        });
    }
    if (tiersMoved)
        rebuild();
}

void TileGrid::takeRerun(int row)
{
    Row &kept = m_rows[static_cast<std::size_t>(row)];
    const bool running = model().tile(row).rerun == RerunState::Running;
    if (running) {
        kept.button = Button::Running;
    } else if (kept.button == Button::Running) {
        kept.button = Button::Ticked;
        kept.tickedUntil = m_elapsed.elapsed() + tickMs;
    }
    if (kept.button != Button::Idle && !m_spinTimer.isActive())
        m_spinTimer.start(spinMs, this);
}

void TileGrid::animate()
{
    bool busy = false;
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        Row &kept = m_rows[static_cast<std::size_t>(row)];
        if (kept.button == Button::Idle)
            continue;
        if (kept.button == Button::Ticked && m_elapsed.elapsed() >= kept.tickedUntil) {
            kept.button = Button::Idle;
            updateRow(row);
            continue;
        }
        busy = true;
        if (kept.button == Button::Running && isVisibleRow(row))
            updateRerun(row);
    }
    if (!busy)
        m_spinTimer.stop();
}

void TileGrid::updateFooters()
{
    const QRect footer = m_painter.footerRect();
    if (!footer.isValid())
        return;
    const auto [first, last] = m_layout.between(offset(), offset() + viewport()->height());
    for (std::size_t i = first; i < last; ++i) {
        if (model().tile(m_layout.order[i]).lastAt)
            viewport()->update(footer.translated(tileRect(m_layout.order[i]).topLeft()));
    }
}

void TileGrid::timerEvent(QTimerEvent *event)
{
    if (event->timerId() == m_ageTimer.timerId())
        updateFooters();
    else if (event->timerId() == m_spinTimer.timerId())
        animate();
    else
        QAbstractScrollArea::timerEvent(event);
}

void TileGrid::showEvent(QShowEvent *event)
{
    QAbstractScrollArea::showEvent(event);
    m_ageTimer.start(1000, this);
    relayout();
}

void TileGrid::hideEvent(QHideEvent *event)
{
    m_ageTimer.stop();
    QAbstractScrollArea::hideEvent(event);
}

void TileGrid::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    relayout();
}

void TileGrid::scrollContentsBy(int, int dy)
{
    viewport()->scroll(0, dy);
}

void TileGrid::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::StyleChange)
        relayout();
}

TileLook TileGrid::lookOf(int row) const
{
    const Row &kept = m_rows[static_cast<std::size_t>(row)];
    TileLook look;
    look.current = row == m_current;
    look.focused = look.current && hasFocus();
    look.hovered = row == m_hovered;
    look.rerun.hovered = look.hovered && m_hoveredRerun;
    look.rerun.state = kept.button == Button::Running  ? RerunState::Running
                       : kept.button == Button::Ticked ? RerunState::Done
                                                       : RerunState::Idle;
    look.rerun.turn = qreal(m_elapsed.elapsed() % spinPeriodMs) / spinPeriodMs;
    return look;
}

void TileGrid::paintTiles(QPainter &painter, const QRegion &region)
{
    const QRect bounds = region.boundingRect();
    const auto [first, last] = m_layout.between(bounds.top() + offset(), bounds.bottom() + offset());
    const TimePoint at = now();
    for (std::size_t i = first; i < last; ++i) {
        const int row = m_layout.order[i];
        const QRect rect = tileRect(row);
        if (!region.intersects(rect))
            continue;
        Row &kept = m_rows[static_cast<std::size_t>(row)];
        const Tile &tile = model().tile(row);
        if (!kept.text.valid)
            kept.text = m_painter.layOut(tile);
        const QRect dirty = region.intersected(rect).boundingRect();
        m_painter.paint(painter, rect, dirty, tile, kept.text, wholeAge(tile, at), lookOf(row));
    }
}

void TileGrid::paintCaptions(QPainter &painter, const QRegion &region)
{
    const Theme &theme = m_theme->theme();
    painter.setFont(theme.font(TextRole::Small));
    painter.setPen(theme.textDim);
    const QFontMetrics metrics(painter.font());
    for (const PlacedCaption &caption : m_layout.captions) {
        const QRect box = caption.rect.translated(0, -offset());
        if (!region.intersects(box))
            continue;
        const QRect line(box.left(), box.top() + theme.px(6), box.width(), metrics.height());
        painter.drawText(line, Qt::AlignLeft | Qt::AlignTop, metrics.elidedText(caption.text, Qt::ElideRight, line.width()));
    }
}

void TileGrid::paintEvent(QPaintEvent *event)
{
    const Theme &theme = m_theme->theme();
    QPainter painter(viewport());
    m_painter.prepare(theme, m_layout.density, m_layout.tile, devicePixelRatioF());
    QRegion around = event->region();
    if (around.rectCount() == 1 && around.boundingRect() == viewport()->rect()) {
        painter.fillRect(viewport()->rect(), theme.window);
    } else {
        for (const QRect &rect : around) {
            const int row = m_layout.rowAt(rect.center() + QPoint(0, offset()));
            if (row < 0 || !tileRect(row).contains(rect)) // tiles cover themselves
                painter.fillRect(rect, theme.window);
        }
    }
    if (m_rows.empty()) {
        painter.setFont(theme.font(TextRole::Title));
        painter.setPen(theme.textDim);
        painter.drawText(viewport()->rect().adjusted(20, 20, -20, -20), int(Qt::AlignCenter) | int(Qt::TextWordWrap), m_emptyText);
        return;
    }
    paintCaptions(painter, event->region());
    paintTiles(painter, event->region());
}

} // namespace allclear
