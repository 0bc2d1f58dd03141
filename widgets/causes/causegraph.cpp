#include "widgets/causes/causegraph.h"

#include <QCoreApplication>
#include <QHash>
#include <QSet>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

struct Group {
    QList<int> members; ///< indices of components, in file order
    QSet<int> needs;    ///< indices of groups
    int layer = 0;
    bool surplus = false; ///< a box that stands for what did not fit
};

using Reach = QList<QSet<int>>;

QList<QSet<int>> directNeeds(const QList<CauseInput> &components)
{
    QHash<QString, int> byName;
    for (int i = 0; i < components.size(); ++i)
        byName.insert(components[i].name, i);
    QList<QSet<int>> needs(components.size());
    for (int i = 0; i < components.size(); ++i) {
        for (const QString &need : components[i].needs) {
            if (const int at = byName.value(need, -1); at >= 0 && at != i)
                needs[i].insert(at);
        }
    }
    return needs;
}

/// Everything reachable by following `needs`, itself excluded.
Reach closure(const QList<QSet<int>> &needs)
{
    Reach reach(needs.size());
    QList<int> mark(needs.size(), 0);
    const std::function<void(int)> visit = [&](int node) {
        mark[node] = 1;
        for (const int need : needs[node]) {
            if (mark[need] == 0)
                visit(need);
            reach[node] |= reach[need];
            reach[node].insert(need);
        }
    };
    for (int node = 0; node < needs.size(); ++node) {
        if (mark[node] == 0)
            visit(node);
    }
    return reach;
}

QList<bool> included(const QList<CauseInput> &components, const Reach &upstream)
{
    const auto troubled = [&](int at) { return isTroubled(components[at].state); };
    QSet<int> needed; // by something troubled
    for (int i = 0; i < components.size(); ++i) {
        if (troubled(i))
            needed |= upstream[i];
    }
    QList<bool> in(components.size());
    for (int i = 0; i < components.size(); ++i)
        in[i] = troubled(i) || (needed.contains(i) && std::any_of(upstream[i].cbegin(), upstream[i].cend(), troubled));
    return in;
}

class Builder {
public:
    Builder(const QList<CauseInput> &components, Fold fold) : m_components(components), m_fold(fold)
    {
        const QList<QSet<int>> needs = directNeeds(components);
        const QList<bool> in = included(components, closure(needs));
        for (int i = 0; i < components.size(); ++i) {
            if (in[i])
                m_groups.append({.members = {i}, .needs = {}, .layer = 0, .surplus = false});
        }
        for (const Group &group : std::as_const(m_groups)) {
            QSet<int> own;
            for (int other = 0; other < m_groups.size(); ++other) {
                if (needs[group.members.first()].contains(m_groups[other].members.first()))
                    own.insert(other);
            }
            m_initialNeeds.append(own);
        }
        for (int i = 0; i < m_groups.size(); ++i)
            m_groups[i].needs = m_initialNeeds[i];
        foldSiblings();
        if (fold != Fold::Open) {
            while (foldOneDependent()) { }
        }
        assignLayers();
    }

    void limit(int layersAtMost, int rowsAtMost)
    {
        QList<int> over;
        for (int i = 0; i < m_groups.size(); ++i) {
            if (m_groups[i].layer >= layersAtMost - 1)
                over.append(i);
        }
        const bool deep = std::ranges::any_of(m_groups, [&](const Group &group) { return group.layer >= layersAtMost; });
        if (deep)
            merge(over, true);
        for (int layer = 0; layer < layersAtMost; ++layer) {
            QList<int> row;
            for (int i = 0; i < m_groups.size(); ++i) {
                if (m_groups[i].layer == layer)
                    row.append(i);
            }
            if (row.size() > rowsAtMost) {
                std::ranges::stable_sort(row, std::ranges::greater{}, [this](int i) { return rank(i); });
                merge(row.sliced(rowsAtMost - 1), true);
            }
        }
        assignLayers();
    }

    CauseGraph graph();

private:
    State stateOf(int group) const
    {
        const auto worst = std::ranges::max_element(m_groups[group].members, {},
                                                    [this](int i) { return severity(m_components[i].state); });
        return m_components[*worst].state;
    }
    bool suspectOf(int group) const
    {
        return std::ranges::any_of(m_groups[group].members, [this](int i) { return m_components[i].suspect; });
    }
    int rank(int group) const { return (suspectOf(group) ? 100 : 0) + severity(stateOf(group)); }
    const QString &tierOf(int group) const { return m_components[m_groups[group].members.first()].tier; }

    /// Draws the groups together into the first of them; the others stay behind empty and are removed.
    void merge(QList<int> which, bool surplus)
    {
        std::ranges::sort(which);
        const int target = which.takeFirst();
        QHash<int, int> now;
        Group &into = m_groups[target];
        into.surplus = surplus;
        for (const int source : which) {
            into.members += m_groups[source].members;
            into.needs |= m_groups[source].needs;
            now.insert(source, target);
        }
        std::ranges::sort(into.members);
        QList<int> index(m_groups.size());
        QList<Group> kept;
        for (int i = 0; i < m_groups.size(); ++i) {
            index[i] = static_cast<int>(kept.size());
            if (!now.contains(i))
                kept.append(m_groups[i]);
        }
        for (const int source : which)
            index[source] = index[target];
        for (int i = 0; i < kept.size(); ++i) {
            QSet<int> needs;
            for (const int need : std::as_const(kept[i].needs)) {
                if (index[need] != i)
                    needs.insert(index[need]);
            }
            kept[i].needs = needs;
        }
        m_groups = kept;
    }

    void foldSiblings()
    {
        const qsizetype enough = m_fold == Fold::Tight ? 2 : 3;
        for (int i = 0; i < m_groups.size(); ++i) {
            QList<int> alike;
            for (int j = i; j < m_groups.size(); ++j) {
                if (tierOf(j) == tierOf(i) && stateOf(j) == stateOf(i) && m_groups[j].needs == m_groups[i].needs
                    && !suspectOf(j) && !m_groups[j].needs.isEmpty())
                    alike.append(j);
            }
            if (!alike.isEmpty() && alike.first() == i && alike.size() >= enough)
                merge(alike, false);
        }
    }

    bool foldOneDependent()
    {
        for (int i = 0; i < m_groups.size(); ++i) {
            if (m_groups[i].needs.size() != 1 || suspectOf(i))
                continue;
            const int need = *m_groups[i].needs.cbegin();
            if (m_groups[need].members.size() > 1 && tierOf(need) == tierOf(i) && stateOf(need) == stateOf(i)) {
                merge({need, i}, false);
                return true;
            }
        }
        return false;
    }

    void assignLayers()
    {
        const std::function<int(int)> depth = [&](int group) {
            int layer = 0;
            for (const int need : std::as_const(m_groups[group].needs))
                layer = std::max(layer, depth(need) + 1);
            return layer;
        };
        for (int i = 0; i < m_groups.size(); ++i)
            m_groups[i].layer = depth(i);
    }

    QString labelOf(int group) const;
    QList<int> ordered() const;

    const QList<CauseInput> &m_components;
    Fold m_fold;
    QList<Group> m_groups;
    QList<QSet<int>> m_initialNeeds;
};

QString Builder::labelOf(int group) const
{
    const QList<int> &members = m_groups[group].members;
    if (members.size() == 1)
        return m_components[members.first()].title;
    const bool oneTier = std::ranges::all_of(members, [&](int i) { return m_components[i].tier == tierOf(group); });
    if (oneTier && !tierOf(group).isEmpty())
        return QCoreApplication::translate("CauseGraph", "%1 %2").arg(tierOf(group)).arg(members.size());
    return m_groups[group].surplus ? QCoreApplication::translate("CauseGraph", "%1 more").arg(members.size())
                                   : QCoreApplication::translate("CauseGraph", "%1 components").arg(members.size());
}

/// Groups by layer; inside a layer suspects first, then near to what they need.
QList<int> Builder::ordered() const
{
    QList<int> order(m_groups.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [this](int i) { return m_groups[i].layer; });
    QHash<int, double> height;
    for (qsizetype begin = 0; begin < order.size();) {
        qsizetype end = begin;
        while (end < order.size() && m_groups[order[end]].layer == m_groups[order[begin]].layer)
            ++end;
        const auto wish = [&](int group) {
            double sum = suspectOf(group) ? -1 : 0;
            for (const int need : m_groups[group].needs)
                sum += height.value(need);
            return m_groups[group].needs.isEmpty() ? sum : sum / static_cast<double>(m_groups[group].needs.size());
        };
        std::stable_sort(order.begin() + begin, order.begin() + end, [&](int a, int b) { return wish(a) < wish(b); });
        for (qsizetype i = begin; i < end; ++i)
            height[order[i]] = static_cast<double>(i - begin) - static_cast<double>(end - begin - 1) / 2;
        begin = end;
    }
    return order;
}

CauseGraph Builder::graph()
{
    CauseGraph graph;
    const QList<int> order = ordered();
    QList<int> position(m_groups.size());
    std::map<int, int> rows;
    for (const int group : order) {
        CauseNode node{.components = {}, .titles = {}, .label = labelOf(group), .state = stateOf(group),
                       .suspect = suspectOf(group), .layer = m_groups[group].layer, .row = rows[m_groups[group].layer]++, .rows = 1};
        for (const int member : std::as_const(m_groups[group].members)) {
            node.components += m_components[member].name;
            node.titles += m_components[member].title;
        }
        position[group] = static_cast<int>(graph.nodes.size());
        graph.layers = std::max(graph.layers, node.layer + 1);
        graph.nodes.append(node);
    }
    for (CauseNode &node : graph.nodes) {
        node.rows = rows[node.layer];
        graph.rows = std::max(graph.rows, node.rows);
    }
    QList<QSet<int>> needs;
    for (const Group &group : std::as_const(m_groups))
        needs.append(group.needs);
    const Reach upstream = closure(needs);
    for (const int group : order) {
        for (const int need : order) {
            const auto roundabout = [&](int other) { return other != need && upstream[other].contains(need); };
            const QSet<int> &own = m_groups[group].needs;
            if (own.contains(need) && std::none_of(own.cbegin(), own.cend(), roundabout))
                graph.edges.append({position[need], position[group], showsFailure(stateOf(need)) && showsFailure(stateOf(group))});
        }
    }
    return graph;
}

} // namespace

bool showsFailure(State state) { return state == State::Down || state == State::Flapping; }

bool isTroubled(State state) { return showsFailure(state) || state == State::Degraded; }

CauseGraph causeGraph(const QList<CauseInput> &components, Fold fold, int layersAtMost, int rowsAtMost)
{
    Builder builder(components, fold);
    builder.limit(std::max(1, layersAtMost), std::max(1, rowsAtMost));
    return builder.graph();
}

QPainterPath edgePath(const CauseGraph &graph, const QList<QRectF> &boxes, const CauseEdge &edge, const QRectF &area)
{
    constexpr qreal clearance = 8;
    const QPointF from(boxes[edge.from].right(), boxes[edge.from].center().y());
    const QPointF to(boxes[edge.to].left(), boxes[edge.to].center().y());
    const auto curve = [](QPainterPath &path, QPointF end) {
        const QPointF start = path.currentPosition();
        const QPointF bend((end.x() - start.x()) / 2, 0);
        path.cubicTo(start + bend, end - bend, end);
    };
    QRectF passed; // what stands between
    for (qsizetype i = 0; i < boxes.size(); ++i) {
        if (graph.nodes[i].layer > graph.nodes[edge.from].layer && graph.nodes[i].layer < graph.nodes[edge.to].layer)
            passed = passed.united(boxes[i]);
    }
    QPainterPath path(from);
    if (!passed.isNull()) {
        const bool over = from.y() <= passed.center().y();
        const qreal y = over ? std::max(area.top(), passed.top() - clearance) : std::min(area.bottom(), passed.bottom() + clearance);
        curve(path, {passed.left(), y});
        path.lineTo(passed.right(), y);
    }
    curve(path, to);
    return path;
}

QList<QRectF> placeNodes(const CauseGraph &graph, const QRectF &area, QSizeF largestBox, QSizeF smallestGap)
{
    QList<QRectF> boxes;
    const int layers = std::max(1, graph.layers);
    const int rows = std::max(1, graph.rows);
    const qreal width = std::max(1.0, std::min(largestBox.width(), (area.width() - (layers - 1) * smallestGap.width()) / layers));
    const qreal height = std::max(1.0, std::min(largestBox.height(), (area.height() - (rows - 1) * smallestGap.height()) / rows));
    const qreal gap = layers == 1 ? 0
                                  : std::min((area.width() - layers * width) / (layers - 1), 2.2 * smallestGap.width() + width / 2);
    const qreal used = layers * width + (layers - 1) * gap;
    const qreal left = area.left() + (area.width() - used) / 2;
    for (const CauseNode &node : graph.nodes) {
        const qreal pitch = std::min(area.height() / node.rows, 2 * height + smallestGap.height());
        const qreal middle = area.center().y() + (node.row - (node.rows - 1) / 2.0) * pitch;
        boxes.append(QRectF(left + node.layer * (width + gap), middle - height / 2, width, height));
    }
    return boxes;
}

} // namespace allclear
