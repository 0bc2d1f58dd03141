#include "widgets/tiles/tileaccessible.h"

#include "widgets/tiles/tilegrid.h"

#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

using namespace Qt::StringLiterals;

namespace allclear {

namespace {

class TileItem : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    TileItem(TileGrid *grid, int row) : m_grid(grid), m_row(row) {}

    bool isValid() const override { return m_grid && m_row < m_grid->model().rowCount(); }
    QObject *object() const override { return nullptr; }
    QWindow *window() const override { return m_grid ? m_grid->window()->windowHandle() : nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_grid); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString &) override {}

    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        const Tile &tile = m_grid->model().tile(m_row);
        switch (kind) {
        case QAccessible::Name: return accessibleText(tile, m_grid->now());
        case QAccessible::Value: return tile.value;
        case QAccessible::Help: return TileGrid::tr("Enter opens the details, R probes again");
        default: return {};
        }
    }

    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect tile = m_grid->tileRect(m_row);
        return {m_grid->viewport()->mapToGlobal(tile.topLeft()), tile.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.invalid = !isValid();
        if (state.invalid)
            return state;
        state.focusable = state.selectable = true;
        state.selected = m_grid->current() == m_row;
        state.focused = state.selected && m_grid->hasFocus();
        state.busy = m_grid->model().tile(m_row).rerun == RerunState::Running;
        state.offscreen = !m_grid->tileRect(m_row).intersects(m_grid->viewport()->rect());
        return state;
    }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface *>(this) : nullptr;
    }
    QStringList actionNames() const override { return {pressAction(), setFocusAction(), rerunAction()}; }
    QString localizedActionName(const QString &name) const override
    {
        return name == rerunAction() ? TileGrid::tr("Probe again") : QAccessibleActionInterface::localizedActionName(name);
    }
    QStringList keyBindingsForAction(const QString &name) const override
    {
        return name == rerunAction() ? QStringList{u"R"_s} : name == pressAction() ? QStringList{u"Return"_s} : QStringList{};
    }
    void doAction(const QString &name) override
    {
        if (!isValid())
            return;
        m_grid->setCurrent(m_row);
        const QString component = m_grid->model().tile(m_row).component;
        if (name == pressAction())
            Q_EMIT m_grid->opened(component);
        else if (name == rerunAction())
            Q_EMIT m_grid->rerunRequested(component);
        else
            m_grid->setFocus(Qt::OtherFocusReason);
    }

private:
    static QString rerunAction() { return u"Rerun"_s; }
    QPointer<TileGrid> m_grid;
    int m_row;
};

class TileList : public QAccessibleWidget {
public:
    explicit TileList(TileGrid *grid) : QAccessibleWidget(grid, QAccessible::List), m_grid(grid) {}
    ~TileList() override { forget(); }

    int childCount() const override { return m_grid->model().rowCount(); }
    QAccessibleInterface *child(int row) const override
    {
        if (row < 0 || row >= childCount())
            return nullptr;
        const auto known = m_ids.constFind(row);
        if (known != m_ids.cend())
            return QAccessible::accessibleInterface(*known);
        auto *item = new TileItem(m_grid, row); // owned by the accessibility cache from here on
        m_ids.insert(row, QAccessible::registerAccessibleInterface(item));
        return item;
    }
    int indexOfChild(const QAccessibleInterface *item) const override
    {
        for (auto id = m_ids.cbegin(); id != m_ids.cend(); ++id) {
            if (QAccessible::accessibleInterface(id.value()) == item)
                return id.key();
        }
        return -1;
    }
    QAccessibleInterface *childAt(int x, int y) const override
    {
        const QPoint at = m_grid->viewport()->mapFromGlobal(QPoint(x, y));
        for (int row = 0; row < childCount(); ++row) {
            if (m_grid->tileRect(row).contains(at))
                return child(row);
        }
        return nullptr;
    }
    QAccessibleInterface *focusChild() const override { return m_grid->hasFocus() ? child(m_grid->current()) : nullptr; }

    void forget()
    {
        for (const QAccessible::Id id : std::as_const(m_ids))
            QAccessible::deleteAccessibleInterface(id);
        m_ids.clear();
    }

private:
    TileGrid *m_grid;
    mutable QHash<int, QAccessible::Id> m_ids;
};

QAccessibleInterface *makeTileList(const QString &className, QObject *object)
{
    if (className != "allclear::TileGrid"_L1)
        return nullptr;
    return new TileList(static_cast<TileGrid *>(object));
}

void tell(TileGrid *grid, QAccessible::Event type, int row)
{
    if (!QAccessible::isActive())
        return;
    QAccessibleEvent event(grid, type);
    event.setChild(row);
    QAccessible::updateAccessibility(&event);
}

} // namespace

void installTileAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeTileList);
        return true;
    }();
    Q_UNUSED(installed)
}

void tileRowsReset(TileGrid *grid)
{
    if (!QAccessible::isActive())
        return;
    if (auto *list = dynamic_cast<TileList *>(QAccessible::queryAccessibleInterface(grid)))
        list->forget();
}

void tileStateChanged(TileGrid *grid, int row) { tell(grid, QAccessible::NameChanged, row); }
void tileFocused(TileGrid *grid, int row) { tell(grid, QAccessible::Focus, row); }

} // namespace allclear
