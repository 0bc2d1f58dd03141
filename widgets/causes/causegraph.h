// What fails and what it pulls down, as boxes in layers. Pure: states and needs in, boxes and edges out.
#pragma once

#include "core/vocabulary.h"

#include <QList>
#include <QPainterPath>
#include <QRectF>
#include <QStringList>

namespace allclear {

struct CauseInput {
    QString name;
    QString title;
    QString tier;
    QStringList needs;
    State state = State::Unknown;
    bool suspect = false;
    bool operator==(const CauseInput &) const = default;
};

struct CauseNode {
    QStringList components; ///< names; more than one when siblings are drawn as one box
    QStringList titles;
    QString label; ///< "Redis", "Services 4", "7 more"
    State state = State::Unknown;
    bool suspect = false;
    int layer = 0; ///< 0: most upstream
    int row = 0;   ///< in its layer, from the top
    int rows = 1;  ///< in its layer
    bool operator==(const CauseNode &) const = default;
};

struct CauseEdge {
    int from = 0; ///< index of the node that is needed
    int to = 0;
    bool lit = false; ///< failing at both ends
    bool operator==(const CauseEdge &) const = default;
};

struct CauseGraph {
    QList<CauseNode> nodes; ///< by layer, then by row
    QList<CauseEdge> edges;
    int layers = 0;
    int rows = 0; ///< of the fullest layer
};

/// How far boxes are drawn together.
enum class Fold {
    Open,   ///< three and more siblings of one tier, state and the same needs share a box
    Joined, ///< those of the same tier that need only them join
    Tight,  ///< two siblings already share a box
};

bool showsFailure(State state);
/// Failing or degraded.
bool isTroubled(State state);

/// Troubled components, and those that stand between them. At most `layersAtMost` layers of `rowsAtMost` rows: what is
/// over goes into a box "7 more". `needs` must be acyclic; unknown names in it are ignored.
CauseGraph causeGraph(const QList<CauseInput> &components, Fold fold, int layersAtMost, int rowsAtMost);

/// The way of an edge from the right of one box to the left of another. One that passes layers goes over or under
/// their boxes, whichever is nearer to where it begins, and stays in `area`.
QPainterPath edgePath(const CauseGraph &graph, const QList<QRectF> &boxes, const CauseEdge &edge, const QRectF &area);

/// Boxes in `area`, one a node: columns from left to right, each column centred.
QList<QRectF> placeNodes(const CauseGraph &graph, const QRectF &area, QSizeF largestBox, QSizeF smallestGap);

} // namespace allclear
