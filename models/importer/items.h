// The entries of a part: list items, boxes, rows, lines with a glyph in front. What a person would count. Pure.
#pragma once

#include "importer/outline.h"
#include "importer/words.h"

#include <QMap>

namespace allclear::issue
{

struct Item {
    QString text; ///< with marks; its first line
    int line = 0;
    std::optional<bool> ticked;
    QStringList groups; ///< clean titles of what it stands under, nearest last
    QMap<QString, QString> cells; ///< of a table's row, by the column's clean lower-case title
    QList<Line> details; ///< with marks; what stands under it
    int lastLine = 0;
};

/// Those of the part itself, not of the parts inside it.
QList<Item> itemsOf(const Outline &outline, int part);

/// The clean titles of the part and of what it stands in, nearest last.
QStringList groupsOf(const Outline &outline, int part);

/// All lines below a block, with marks.
QList<Line> allLines(const Block &block);

} // namespace allclear::issue
