#include "importer/markdown.h"

#include <md4c.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

QString entityText(QStringView entity)
{
    struct Named {
        QLatin1StringView name;
        char32_t character;
    };
    static constexpr std::array named{
        Named{"&amp;"_L1, U'&'},   Named{"&lt;"_L1, U'<'},    Named{"&gt;"_L1, U'>'},    Named{"&quot;"_L1, U'"'},
        Named{"&apos;"_L1, U'\''}, Named{"&nbsp;"_L1, U' '},  Named{"&rarr;"_L1, U'→'},  Named{"&le;"_L1, U'≤'},
        Named{"&ge;"_L1, U'≥'},    Named{"&ndash;"_L1, U'–'}, Named{"&mdash;"_L1, U'—'}, Named{"&hellip;"_L1, U'…'},
    };
    const auto found = std::ranges::find_if(named, [&](const Named &candidate) { return entity == candidate.name; });
    if (found != named.end())
        return QString::fromUcs4(&found->character, 1);
    if (!entity.startsWith("&#"_L1))
        return entity.toString();
    const QStringView digits = entity.sliced(2).chopped(1);
    bool number = false;
    const bool hex = digits.startsWith(u'x', Qt::CaseInsensitive);
    const uint value = (hex ? digits.sliced(1) : digits).toUInt(&number, hex ? 16 : 10);
    const auto character = static_cast<char32_t>(value);
    const bool usable =
        number && value >= 0x20 && value < 0x110000 && (value < 0xd800 || value > 0xdfff) && value != 0x7f;
    return usable ? QString::fromUcs4(&character, 1) : QString();
}

class Builder
{
public:
    explicit Builder(const QByteArray &source) : m_source(source)
    {
        for (qsizetype at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1))
            m_breaks.append(at);
        m_path.append(&m_root);
    }

    Block take() { return std::move(m_root); }

    void enter(MD_BLOCKTYPE type, void *detail)
    {
        switch (type) {
        case MD_BLOCK_DOC:
        case MD_BLOCK_THEAD:
        case MD_BLOCK_TBODY: return;
        case MD_BLOCK_QUOTE: open(Block::Type::Quote); return;
        case MD_BLOCK_UL: open(Block::Type::List); return;
        case MD_BLOCK_OL: open(Block::Type::List).ordered = true; return;
        case MD_BLOCK_LI: openItem(*static_cast<MD_BLOCK_LI_DETAIL *>(detail)); return;
        case MD_BLOCK_HR: open(Block::Type::Rule); return;
        case MD_BLOCK_H:
            open(Block::Type::Heading).level = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL *>(detail)->level);
            return;
        case MD_BLOCK_CODE: openCode(*static_cast<MD_BLOCK_CODE_DETAIL *>(detail)); return;
        case MD_BLOCK_HTML: open(Block::Type::Html); return;
        case MD_BLOCK_P: open(Block::Type::Paragraph); return;
        case MD_BLOCK_TABLE: open(Block::Type::Table); return;
        case MD_BLOCK_TR: open(Block::Type::Row); return;
        case MD_BLOCK_TH:
            m_path.last()->header = true;
            open(Block::Type::Cell);
            return;
        case MD_BLOCK_TD: open(Block::Type::Cell); return;
        }
    }

    void leave(MD_BLOCKTYPE type)
    {
        if (type == MD_BLOCK_DOC || type == MD_BLOCK_THEAD || type == MD_BLOCK_TBODY)
            return;
        closeImplied();
        if (m_tooDeep > 0)
            --m_tooDeep;
        else if (m_path.size() > 1)
            close();
    }

    void enter(MD_SPANTYPE type, void *detail)
    {
        if (type == MD_SPAN_STRONG)
            target().text += QChar(boldOn);
        else if (type == MD_SPAN_CODE)
            target().text += QChar(codeOn);
        else if (type == MD_SPAN_A)
            m_addresses.append(attribute(static_cast<MD_SPAN_A_DETAIL *>(detail)->href));
    }

    void leave(MD_SPANTYPE type)
    {
        if (type == MD_SPAN_STRONG)
            target().text += QChar(boldOff);
        else if (type == MD_SPAN_CODE)
            target().text += QChar(codeOff);
        else if (type == MD_SPAN_A && !m_addresses.isEmpty())
            target().text += QChar(linkOn) + m_addresses.takeLast() + QChar(linkOff);
    }

    void text(MD_TEXTTYPE type, const char *bytes, MD_SIZE size)
    {
        Block &block = target();
        note(block, bytes);
        const QString piece = QString::fromUtf8(bytes, static_cast<qsizetype>(size));
        switch (type) {
        case MD_TEXT_NORMAL:
        case MD_TEXT_CODE:
        case MD_TEXT_LATEXMATH: block.text += piece; return;
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR: block.text += u'\n'; return;
        case MD_TEXT_ENTITY: block.text += entityText(piece); return;
        case MD_TEXT_HTML: block.text += block.type == Block::Type::Html ? piece : inlineHtml(piece); return;
        case MD_TEXT_NULLCHAR: return;
        }
    }

private:
    /// A comment or a tag inside a line says nothing; <br> parts words.
    static QString inlineHtml(const QString &piece)
    {
        return piece.startsWith("<br"_L1, Qt::CaseInsensitive) ? u"; "_s : QString(piece.count(u'\n'), u'\n');
    }

    static QString attribute(const MD_ATTRIBUTE &value)
    {
        QString text = QString::fromUtf8(value.text, static_cast<qsizetype>(value.size));
        text.remove(u'\n');
        return text;
    }

    Block &open(Block::Type type)
    {
        closeImplied();
        if (m_path.size() > deepestBlock) {
            ++m_tooDeep;
            m_spare = Block{.type = type};
            return m_spare;
        }
        m_path.last()->children.append(Block{.type = type});
        m_path.append(&m_path.last()->children.last());
        return *m_path.last();
    }

    void openItem(const MD_BLOCK_LI_DETAIL &detail)
    {
        Block &item = open(Block::Type::Item);
        if (detail.is_task == 0)
            return;
        item.ticked = detail.task_mark != ' ';
        item.line = lineAt(static_cast<qsizetype>(detail.task_mark_offset));
    }

    void openCode(const MD_BLOCK_CODE_DETAIL &detail)
    {
        open(Block::Type::Code).language = attribute(detail.lang).toLower();
    }

    /// Where text goes: a tight item's own text makes a paragraph of it.
    Block &target()
    {
        Block *block = m_path.last();
        if (m_tooDeep > 0
            || (block->type != Block::Type::Item && block->type != Block::Type::Document
                && block->type != Block::Type::Quote))
            return *block;
        Block &paragraph = open(Block::Type::Paragraph);
        m_implied = m_tooDeep == 0;
        return paragraph;
    }

    void closeImplied()
    {
        if (std::exchange(m_implied, false))
            close();
    }

    void close()
    {
        const Block &done = *m_path.takeLast();
        if (m_path.last()->line == 0)
            m_path.last()->line = done.line;
    }

    void note(Block &block, const char *bytes)
    {
        const char *begin = m_source.constData();
        if (block.line > 0 || bytes < begin || bytes >= begin + m_source.size())
            return;
        block.line = lineAt(bytes - begin) - static_cast<int>(block.text.count(u'\n'));
    }

    int lineAt(qsizetype offset) const
    {
        return static_cast<int>(std::distance(m_breaks.begin(), std::ranges::lower_bound(m_breaks, offset))) + 1;
    }

    const QByteArray &m_source;
    QList<qsizetype> m_breaks;
    Block m_root;
    Block m_spare;
    QList<Block *> m_path; // a block's address holds while it is the last child of its parent: only the path grows
    QStringList m_addresses;
    int m_tooDeep = 0;
    bool m_implied = false;
};

Builder &builder(void *userdata) { return *static_cast<Builder *>(userdata); }

} // namespace

Block parseMarkdown(const QString &text)
{
    const QByteArray source = text.toUtf8();
    Builder made(source);
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
    parser.enter_block = [](MD_BLOCKTYPE type, void *detail, void *data) {
        builder(data).enter(type, detail);
        return 0;
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void *, void *data) {
        builder(data).leave(type);
        return 0;
    };
    parser.enter_span = [](MD_SPANTYPE type, void *detail, void *data) {
        builder(data).enter(type, detail);
        return 0;
    };
    parser.leave_span = [](MD_SPANTYPE type, void *, void *data) {
        builder(data).leave(type);
        return 0;
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR *bytes, MD_SIZE size, void *data) {
        builder(data).text(type, bytes, size);
        return 0;
    };
    md_parse(source.constData(), static_cast<MD_SIZE>(source.size()), &parser, &made);
    return made.take();
}

} // namespace allclear::issue
