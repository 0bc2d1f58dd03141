// A tree of blocks → the parts of an issue: each heading, label and <summary> begins one, with what it announces. Pure.
#pragma once

#include "importer/markdown.h"
#include "importer/topics.h"

namespace allclear::issue
{

struct Part {
    enum class Kind { Preamble, Heading, Label, Group }; ///< Group: an unknown label in front of a list
    Kind kind = Kind::Preamble;
    Topic topic = Topic::None; ///< its own, or that of the part it stands in
    QString title; ///< with marks
    int line = 0;
    int level = 0; ///< of a heading
    int parent = -1; ///< index of the part it stands in; -1: none
    QList<Block> blocks; ///< what stands under it, without the parts inside it
};

using Outline = QList<Part>;

Outline outlineOf(const QList<Block> &blocks);

/// A label whose line is a fact about the issue, in setext underlining by mistake: "**Status:** open" above "---".
bool isFactLine(const QString &text);

/// One of several incidents in a text: its heading, or nothing but a "Title:" label, and its blocks.
struct Chapter {
    QString title; ///< with marks; empty when the text is one incident
    int line = 0;
    QList<Block> blocks;
};

/// At least one.
QList<Chapter> chaptersOf(const Block &document);

} // namespace allclear::issue
