// Markdown → a tree of blocks that know their lines: CommonMark with GitHub's tables, task lists and strike-through, as
// md4c reads them. Pure. The only file pair that knows md4c.
#pragma once

#include <QList>
#include <QString>

#include <optional>

namespace allclear::issue
{

/// Marks inside a block's text; the decoded issue holds no control characters of its own.
inline constexpr char16_t boldOn = 1, boldOff = 2, codeOn = 3, codeOff = 4, linkOn = 5, linkOff = 6;

struct Block {
    enum class Type { Document, Heading, Paragraph, List, Item, Quote, Code, Html, Table, Row, Cell, Rule };
    Type type = Type::Document;
    int line = 0; ///< of its first text, from 1; 0: it has none
    int level = 0; ///< of a heading, 1…6
    bool ordered = false; ///< of a list
    bool header = false; ///< of a table's row
    std::optional<bool> ticked; ///< of an item with a box
    QString language; ///< of a code block: the first word behind the fence
    /// Heading, Paragraph, Code, Html, Cell: the text, one line a line, with the marks above. A link is
    /// "text" linkOn "address" linkOff.
    QString text;
    QList<Block> children;
};

/// Blocks deeper than this are siblings of their parents.
inline constexpr int deepestBlock = 48;

Block parseMarkdown(const QString &text);

} // namespace allclear::issue
