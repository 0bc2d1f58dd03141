#include "importer/outline.h"

#include "importer/words.h"

#include <QSet>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

using Type = Block::Type;

bool isWhyLabel(const QString &name) { return name.startsWith("why"_L1, Qt::CaseInsensitive); }

/// What announces itself behind these is text of the last one: no person writes so many.
constexpr qsizetype mostParts = 2000;

class Outliner
{
public:
    Outliner() { m_parts.append(Part{}); }

    void walk(const QList<Block> &blocks)
    {
        for (qsizetype i = 0; i < blocks.size(); ++i)
            place(blocks[i], i + 1 < blocks.size() ? &blocks[i + 1] : nullptr);
    }

    Outline take() { return std::move(m_parts); }

private:
    Topic topic() const { return m_parts[m_current].topic; }
    void add(const Block &block) { m_parts[m_current].blocks.append(block); }

    void place(const Block &block, const Block *next)
    {
        switch (block.type) {
        case Type::Heading: placeHeading(block, next); return;
        case Type::Paragraph: placeParagraph(block, next); return;
        case Type::List: placeList(block); return;
        case Type::Html: placeHtml(block); return;
        case Type::Quote: walk(block.children); return;
        case Type::Rule: m_current = m_home; return;
        default: add(block); return;
        }
    }

    void placeHeading(const Block &block, const Block *next)
    {
        if (block.text.contains(u'\n') || m_parts.size() >= mostParts || isFactLine(block.text)) {
            Block paragraph = block;
            paragraph.type = Type::Paragraph;
            placeParagraph(paragraph, next);
            return;
        }
        int parent = m_home;
        while (parent >= 0 && m_parts[parent].level >= block.level)
            parent = m_parts[parent].parent;
        const bool isTitle = !m_headed && block.level == 1;
        m_headed = true;
        const Topic own = isTitle ? Topic::None : topicOf(clean(block.text));
        m_parts.append({.kind = Part::Kind::Heading,
                        .topic = under(parent < 0 ? Topic::None : m_parts[parent].topic, own, clean(block.text)),
                        .title = block.text,
                        .line = block.line,
                        .level = block.level,
                        .parent = parent,
                        .blocks = {}});
        m_home = m_current = static_cast<int>(m_parts.size()) - 1;
    }

    /// What a heading announces inside a part that announces something itself.
    static Topic under(Topic parent, Topic own, const QString &heading)
    {
        if (parent == Topic::HowTo || own == Topic::None)
            return parent;
        if (own == Topic::HowTo || own == Topic::Related || own == Topic::Whys || !isList(parent))
            return own;
        if (parent == Topic::Whys)
            return isList(own) && own != Topic::Solution ? own : parent;
        const bool commands = own == Topic::Validation && heading.contains("command"_L1, Qt::CaseInsensitive);
        const bool criteria = own == Topic::Criteria || own == Topic::Actions;
        return commands || criteria ? own : parent;
    }

    void begin(Part::Kind kind, Topic topic, const QString &title, int line)
    {
        const int parent =
            kind == Part::Kind::Group && m_parts[m_current].kind == Part::Kind::Label ? m_current : m_home;
        m_parts.append(
            {.kind = kind, .topic = topic, .title = title, .line = line, .level = 0, .parent = parent, .blocks = {}});
        m_current = static_cast<int>(m_parts.size()) - 1;
    }

    void addText(const QString &text, int line)
    {
        if (text.trimmed().isEmpty())
            return;
        QList<Block> &blocks = m_parts[m_current].blocks;
        const bool goesOn = m_lastText == std::pair(m_current, line - 1);
        if (goesOn && !blocks.isEmpty() && blocks.last().type == Type::Paragraph)
            blocks.last().text += u'\n' + text;
        else
            blocks.append(Block{.type = Type::Paragraph, .line = line, .text = text});
        m_lastText = std::pair(m_current, line);
    }

    void placeParagraph(const Block &block, const Block *next)
    {
        bool oneLine = false; // the label's part ends with this paragraph
        const QList<Line> lines = linesOf(block);
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const Line &line = lines[i];
            const std::optional<Label> label = labelOf(line.text);
            const bool opensList =
                i + 1 == lines.size() && next && next->type != Type::Heading && next->type != Type::Rule;
            const Topic own = label ? topicOfLabel(label->name) : Topic::None;
            if (label && splits(*label, own, i + 1 < lines.size() || opensList)) {
                const bool group = own == Topic::None || (isList(topic()) && !switches(own));
                begin(group ? Part::Kind::Group : Part::Kind::Label, group ? topic() : own, label->name, line.line);
                oneLine = !label->rest.isEmpty();
                addText(label->rest, line.line);
            } else if (label && oneLine && own == Topic::None) {
                m_current = m_home;
                oneLine = false;
                addText(line.text, line.line);
            } else {
                addText(line.text, line.line);
            }
        }
        if (oneLine)
            m_current = m_home;
    }

    /// Inside a list of whys or criteria, only these begin something else.
    bool switches(Topic own) const
    {
        if (topic() == Topic::Whys)
            return own == Topic::Criteria || own == Topic::Actions || own == Topic::Prevention;
        return own != topic()
            && (own == Topic::Criteria || own == Topic::Actions || own == Topic::Whys || own == Topic::Related
                || own == Topic::Validation || own == Topic::Impact || own == Topic::HowTo);
    }

    bool splits(const Label &label, Topic own, bool opens) const
    {
        if (topic() == Topic::Related || topic() == Topic::HowTo || isWhyLabel(label.name)
            || m_parts.size() >= mostParts)
            return false;
        if (isList(topic()))
            return label.rest.isEmpty() && opens && (switches(own) || topic() != Topic::Whys);
        if (label.rest.isEmpty())
            return opens && (own != Topic::None || label.bold);
        return own != Topic::None && own != topic() && (label.bold || own != Topic::Validation);
    }

    /// Items that are parts by themselves, "- **Success criteria:**" above a list, leave the list.
    void placeList(const Block &list)
    {
        Block rest = list;
        rest.children.clear();
        for (const Block &item : list.children) {
            const std::optional<Label> label =
                item.children.isEmpty() ? std::nullopt : labelOf(item.children.first().text);
            const QString name = label    ? label->name
                : item.children.isEmpty() ? QString()
                                          : clean(item.children.first().text);
            const Topic own = topicOfLabel(name);
            const bool part = own != Topic::None && own != topic() && !isList(topic()) && topic() != Topic::Related
                && topic() != Topic::HowTo && topic() != Topic::Evidence && !item.ticked
                && (!label || label->rest.isEmpty()) && item.children.size() > 1 && item.children[1].type == Type::List;
            if (!part) {
                rest.children.append(item);
                continue;
            }
            const int before = m_current;
            begin(Part::Kind::Label, own, name, item.line);
            m_parts[m_current].blocks = item.children.sliced(1);
            m_current = before;
        }
        if (!rest.children.isEmpty())
            add(rest);
    }

    /// <summary>Success criteria</summary> is a heading; comments say nothing.
    void placeHtml(const Block &block)
    {
        const QString html = block.text.trimmed();
        const qsizetype start = html.indexOf("<summary"_L1, 0, Qt::CaseInsensitive);
        const qsizetype open = start < 0 ? -1 : html.indexOf(u'>', start);
        const qsizetype end = open < 0 ? -1 : html.indexOf("</summary"_L1, open, Qt::CaseInsensitive);
        if (end > open) {
            QString title = html.sliced(open + 1, end - open - 1);
            title.remove("<b>"_L1, Qt::CaseInsensitive).remove("</b>"_L1, Qt::CaseInsensitive);
            const Topic own = topicOf(clean(title));
            begin(own == Topic::None ? Part::Kind::Group : Part::Kind::Label, own == Topic::None ? topic() : own, title,
                  block.line);
        } else if (html.startsWith("</details"_L1, Qt::CaseInsensitive)) {
            m_current = m_home;
        } else if (!html.startsWith("<!--"_L1) && !html.startsWith("<details"_L1, Qt::CaseInsensitive)) {
            add(block);
        }
    }

    Outline m_parts;
    int m_home = 0; // the heading's part
    int m_current = 0;
    std::pair<int, int> m_lastText{-1, 0}; // part and line
    bool m_headed = false;
};

} // namespace

bool isFactLine(const QString &text)
{
    static const QSet<QString> facts{u"status"_s,      u"owner"_s,     u"reporter"_s,   u"reported by"_s, u"date"_s,
                                     u"environment"_s, u"assignee"_s,  u"created"_s,    u"author"_s,      u"updated"_s,
                                     u"version"_s,     u"component"_s, u"components"_s, u"session"_s,     u"branch"_s};
    const std::optional<Label> label = labelOf(text);
    if (!label || label->rest.isEmpty())
        return false;
    const Topic topic = topicOfLabel(label->name);
    return facts.contains(label->name.toLower()) || topic == Topic::Severity || topic == Topic::Labels
        || (label->bold && (topic == Topic::Impact || topic == Topic::Title));
}

Outline outlineOf(const QList<Block> &blocks)
{
    Outliner outliner;
    outliner.walk(blocks);
    return outliner.take();
}

} // namespace allclear::issue
