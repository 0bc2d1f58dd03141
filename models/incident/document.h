// YAML bytes → a tree of values that know where they stand. yaml-cpp stays behind this file; its exceptions end here.
// The tree is bounded: at most 64 levels and 200,000 nodes with every alias written out, so no alias bomb can hang the
// reader. Pure; any thread.
#pragma once

#include "core/diagnostic.h"

#include <QByteArray>

#include <memory>

namespace allclear::reading {

struct Value;
using ValuePtr = std::shared_ptr<const Value>;
using Entry = std::pair<ValuePtr, ValuePtr>; // key, value

struct Value {
    enum class Type { Null, Scalar, Sequence, Map };
    Type type = Type::Null;
    QString text;          ///< of a scalar, as YAML decodes it
    bool anchored = false; ///< carries `&name`: others may refer to it
    SourceMark mark;
    QList<ValuePtr> items; ///< of a sequence
    QList<Entry> entries;  ///< of a map, file order, `<<` not resolved
    int expanded = 1;      ///< nodes in this subtree with aliases written out
    int depth = 1;
};

inline constexpr int maxDepth = 64;
inline constexpr int maxNodes = 200'000;

/// "a mapping", "a list", "text", "nothing": for messages.
QLatin1StringView typeName(const Value &value);
/// A map's entries with `<<` resolved: its own first, then what it merges and does not have itself.
QList<Entry> mergedEntries(const Value &map);

class Document {
public:
    /// Reads one YAML document. What is wrong goes to `diagnostics`; the root is null when nothing can be read.
    static Document parse(const QByteArray &yaml, Diagnostics &diagnostics);

    const ValuePtr &root() const { return m_root; }
    /// The text of a line, 1-based; empty when there is none.
    QString line(int number) const;
    /// Where the character `index` of a decoded scalar stands in the file; follows quotes and escapes on one line.
    SourceMark markAt(const Value &scalar, qsizetype index) const;

private:
    friend class TreeBuilder;
    explicit Document(QByteArray text);
    SourceMark mark(int line, int byteColumn) const; // 0-based, as yaml-cpp counts

    struct Line {
        QByteArray bytes;
        bool ascii = true;
    };
    QByteArray m_text;
    QList<Line> m_lines;
    ValuePtr m_root;
};

} // namespace allclear::reading
