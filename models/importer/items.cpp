#include "importer/items.h"

#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

using Type = Block::Type;

constexpr QStringView glyphs = u"–—•●▪◦·✅❌☐☑☒✓✔✗✘□■→";
constexpr QStringView emptyBoxes = u"☐□", fullBoxes = u"☑☒✅✓✔";

/// "– text", "✅ text", "(1) text", "1️⃣ text" on a line of their own: what Markdown takes for a paragraph.
bool hasGlyph(const QString &text)
{
    const QString start = plain(text).trimmed();
    if (start.size() < 3)
        return false;
    const bool keycap = start[0].isDigit() && start[1] == u'\ufe0f';
    const bool bracketed =
        start[0] == u'(' && start[1].isDigit() && start.indexOf(u')') <= 3 && start.indexOf(u')') > 0;
    static const QRegularExpression counted(u"^\\d+(?:\\.\\d+)+\\.?\\s"_s);
    return keycap || bracketed || counted.match(start).hasMatch()
        || (glyphs.contains(start[0])
            && (start[1].isSpace() || start[1] == u'\ufe0f' || emptyBoxes.contains(start[0])));
}

QString withoutGlyph(const QString &marked)
{
    QString text = marked.trimmed();
    const bool bracketed = text.startsWith(u'(');
    if (bracketed)
        return text.sliced(text.indexOf(u')') + 1).trimmed();
    if (hasGlyph(text) && text.at(0).isDigit())
        return withoutNumber(text);
    qsizetype start = 0;
    while (start < text.size() && (glyphs.contains(text[start]) || text[start] == u'\ufe0f' || text[start].isSpace()))
        ++start;
    return text.sliced(start);
}

/// "[ ] text" where md4c sees no box: "[] text", or a box without a list.
std::optional<bool> boxIn(QString &text)
{
    const QString start = text.trimmed();
    for (const auto &[box, ticked] : {std::pair("[ ]"_L1, false), std::pair("[]"_L1, false), std::pair("[x]"_L1, true),
                                      std::pair("[X]"_L1, true)}) {
        if (start.startsWith(box) && start.size() > box.size() && start[box.size()] != u'(') {
            text = start.sliced(box.size()).trimmed();
            return ticked;
        }
    }
    if (!start.isEmpty() && emptyBoxes.contains(start[0]))
        return false;
    return std::nullopt;
}

class Collector
{
public:
    explicit Collector(QStringList groups) : m_groups(std::move(groups)) { }

    void addBlocks(const QList<Block> &blocks)
    {
        for (const Block &block : blocks) {
            if (block.type == Type::List)
                addList(block);
            else if (block.type == Type::Table)
                addTable(block);
            else if (block.type == Type::Paragraph)
                addGlyphLines(block);
        }
    }

    QList<Item> take() { return std::move(m_items); }

private:
    static bool hasBoxes(const Block &block)
    {
        return block.ticked.has_value() || std::ranges::any_of(block.children, hasBoxes);
    }

    static const Block *nestedList(const Block &item)
    {
        const auto found = std::ranges::find(item.children, Type::List, &Block::type);
        return found == item.children.end() ? nullptr : &*found;
    }

    /// An item that only names those under it: "**Functional:**", or one without a box above boxes.
    static bool isGroup(const Block &item, const QString &text)
    {
        const Block *nested = nestedList(item);
        if (!nested)
            return false;
        const QString words = clean(text);
        const bool named = words.endsWith(u':')
            || (text.trimmed().startsWith(QChar(boldOn)) && text.trimmed().endsWith(QChar(boldOff))
                && !words.contains(u'?'));
        const bool boxes = hasBoxes(*nested);
        if (item.ticked)
            return boxes && words.endsWith(u':');
        return boxes || (named && nested->children.size() > 1);
    }

    void addList(const Block &list)
    {
        for (const Block &block : list.children) {
            if (block.children.isEmpty())
                continue;
            const Block &first = block.children.first();
            if (first.type == Type::List) {
                addList(first);
                continue;
            }
            if (first.type != Type::Paragraph && first.type != Type::Heading)
                continue;
            const QList<Line> lines = linesOf(first);
            if (isGroup(block, lines.first().text)) {
                m_groups.append(clean(lines.first().text));
                for (const Block &child : block.children.sliced(1)) {
                    if (child.type == Type::List)
                        addList(child);
                }
                m_groups.removeLast();
                continue;
            }
            addItem(block, lines);
        }
    }

    void addItem(const Block &block, const QList<Line> &lines)
    {
        Item item{.text = lines.first().text,
                  .line = lines.first().line,
                  .ticked = block.ticked,
                  .groups = m_groups,
                  .cells = {},
                  .details = {}};
        if (!item.ticked)
            item.ticked = boxIn(item.text);
        for (const Line &line : lines.sliced(1)) {
            if (hasGlyph(line.text) || labelOf(line.text))
                item.details.append(line);
            else
                item.text += u' ' + line.text.trimmed(); // the sentence goes on
        }
        item.lastLine = lines.last().line;
        QList<Block> boxes;
        for (const Block &child : block.children.sliced(1)) {
            if (child.type == Type::List && hasBoxes(child)) {
                boxes.append(child);
                continue;
            }
            item.details += allLines(child);
        }
        item.text = withoutGlyph(item.text);
        if (!clean(item.text).isEmpty())
            m_items.append(item);
        for (const Block &child : boxes)
            addList(child);
    }

    void addTable(const Block &table)
    {
        QStringList columns;
        for (const Block &row : table.children) {
            if (row.header) {
                for (const Block &cell : row.children)
                    columns.append(clean(cell.text).toLower());
                continue;
            }
            Item item{.text = {},
                      .line = row.line,
                      .ticked = {},
                      .groups = m_groups,
                      .cells = {},
                      .details = {},
                      .lastLine = row.line};
            for (qsizetype i = 0; i < row.children.size(); ++i) {
                const QString text = row.children[i].text;
                item.cells.insert(i < columns.size() && !columns[i].isEmpty() ? columns[i] : u"column %1"_s.arg(i + 1),
                                  text);
                const bool counts = !clean(text).isEmpty() && clean(text) != u"#"
                    && !std::ranges::all_of(clean(text), [](QChar c) { return c.isDigit() || c == u'.'; });
                if (item.text.isEmpty() && counts && !(i < columns.size() && isCounter(columns[i])))
                    item.text = text;
            }
            if (!item.text.isEmpty())
                m_items.append(item);
        }
    }

    static bool isCounter(const QString &column)
    {
        return column == u"#" || column == u"no" || column == u"no." || column == u"id" || column == u"priority"
            || column == u"status";
    }

    void addGlyphLines(const Block &paragraph)
    {
        for (Line line : linesOf(paragraph)) {
            std::optional<bool> box = boxIn(line.text);
            if (!box && !hasGlyph(line.text)) {
                if (!m_items.isEmpty() && m_items.last().lastLine + 1 == line.line && !labelOf(line.text)) {
                    m_items.last().text += u' ' + line.text.trimmed();
                    m_items.last().lastLine = line.line;
                }
                continue;
            }
            const QString text = withoutGlyph(line.text);
            if (!clean(text).isEmpty())
                m_items.append({.text = text,
                                .line = line.line,
                                .ticked = box,
                                .groups = m_groups,
                                .cells = {},
                                .details = {},
                                .lastLine = line.line});
        }
    }

    QStringList m_groups;
    QList<Item> m_items;
};

} // namespace

QList<Line> allLines(const Block &block)
{
    QList<Line> lines;
    if (!block.text.isEmpty())
        lines = linesOf(block);
    for (const Block &child : block.children)
        lines += allLines(child);
    return lines;
}

QStringList groupsOf(const Outline &outline, int part)
{
    QStringList groups;
    for (int at = part; at >= 0; at = outline[at].parent)
        groups.prepend(clean(outline[at].title));
    groups.removeAll(QString());
    return groups;
}

QList<Item> itemsOf(const Outline &outline, int part)
{
    Collector collector(groupsOf(outline, part));
    collector.addBlocks(outline[part].blocks);
    return collector.take();
}

} // namespace allclear::issue
