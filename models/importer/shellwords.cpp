#include "importer/shellwords.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

QString prompted(const QString &line)
{
    static const QRegularExpression prompt(u"^\\s*(?:\\$|❯|➜|>|[\\w.-]+@[\\w.-]+[:\\s][^$#]{0,60}[$#])\\s+(?=\\S)"_s);
    const auto match = prompt.match(line);
    return match.hasMatch() ? line.sliced(match.capturedLength()) : QString();
}

QString braced(const QString &word)
{
    static const QRegularExpression bare(u"(?<!\\$)\\$([A-Za-z_][A-Za-z0-9_]*)"_s);
    return QString(word).replace(bare, u"${\\1}"_s);
}

/// Words of a shell's grammar that open what a later line closes.
int nesting(const QString &line)
{
    const QString word = line.trimmed().section(QRegularExpression(u"[\\s;(]"_s), 0, 0);
    static const QSet<QString> opening{u"for"_s, u"while"_s, u"until"_s, u"if"_s, u"case"_s},
        closing{u"done"_s, u"fi"_s, u"esac"_s};
    int depth = opening.contains(word) ? 1 : closing.contains(word) ? -1 : 0;
    if (depth > 0) {
        const QString rest = line.trimmed();
        for (const QString &end : closing)
            depth -= rest.contains(QRegularExpression(u"[;\\s]%1\\s*(?:[;|>&].*)?$"_s.arg(end))) ? 1 : 0;
    }
    return std::clamp(depth, -1, 1);
}

class BlockReader
{
public:
    explicit BlockReader(const QList<Line> &lines) : m_lines(lines)
    {
        m_prompts = std::ranges::any_of(lines, [](const Line &line) { return isPromptLine(line.text); });
    }

    ShellBlock read()
    {
        for (m_at = 0; m_at < m_lines.size(); ++m_at)
            readLine(m_lines[m_at]);
        return std::move(m_block);
    }

private:
    static bool isPromptLine(const QString &text)
    {
        return !prompted(text).isEmpty() && !text.trimmed().startsWith(u'>');
    }

    void readLine(const Line &line)
    {
        QString text = m_prompts ? prompted(line.text) : line.text;
        if (text.trimmed().isEmpty())
            return;
        if (text.trimmed().startsWith(u'#')) {
            m_comment = QString(text.trimmed()).remove(QRegularExpression(u"^#+\\s*"_s));
            return;
        }
        text = continued(text);
        const QString heredoc = heredocWord(text);
        if (!heredoc.isEmpty()) {
            skip(text, line.line, u"it feeds a here-document"_s);
            while (m_at + 1 < m_lines.size() && m_lines[++m_at].text.trimmed() != heredoc) { }
            return;
        }
        int depth = nesting(text);
        while (depth > 0 && m_at + 1 < m_lines.size()) {
            const QString next = m_lines[++m_at].text.trimmed();
            depth += nesting(next);
            const bool joins = text.endsWith("do"_L1) || text.endsWith("then"_L1) || text.endsWith("else"_L1)
                || text.endsWith("in"_L1);
            if (!next.isEmpty() && !next.startsWith(u'#'))
                text += (joins ? u" "_s : u"; "_s) + next;
        }
        add(text.trimmed(), line.line);
    }

    /// A line that ends in `\`, an operator or inside quotes goes on.
    QString continued(QString text)
    {
        constexpr int most = 60;
        for (int i = 0; i < most && m_at + 1 < m_lines.size(); ++i) {
            const QString trimmed = text.trimmed();
            const bool slash = trimmed.endsWith(u'\\') && !trimmed.endsWith("\\\\"_L1);
            const bool operation = trimmed.endsWith(u'|') || trimmed.endsWith("&&"_L1);
            if (slash || operation)
                text = (slash ? trimmed.chopped(1).trimmed() : trimmed) + u' ' + m_lines[++m_at].text.trimmed();
            else if (!splitShell(text).complete)
                text += u'\n' + m_lines[++m_at].text;
            else
                break;
        }
        if (text.trimmed().endsWith(u'\\'))
            text = text.trimmed().chopped(1);
        return text;
    }

    static QString heredocWord(const QString &text)
    {
        static const QRegularExpression mark(u"<<-?\\s*['\"]?([A-Za-z_]\\w*)['\"]?"_s);
        return text.contains("<<<"_L1) ? QString() : mark.match(text).captured(1);
    }

    void skip(const QString &text, int line, const QString &why)
    {
        m_block.skipped.append({text.simplified(), line, why});
    }

    void add(QString text, int line)
    {
        if (const auto match = changeOfFolder().match(text); match.hasMatch()) {
            m_directory = splitShell(match.captured(1)).words.value(0);
            text = match.captured(2).trimmed();
            if (text.isEmpty())
                return;
        }
        text = withVariables(text);
        const ShellWords split = splitShell(text);
        if (split.words.isEmpty())
            return;
        const QString program = split.words.first();
        static const QSet<QString> setup{u"export"_s, u"source"_s, u"."_s,    u"set"_s,   u"unset"_s,
                                         u"alias"_s,  u"echo"_s,   u"exit"_s, u"sleep"_s, u"clear"_s};
        static const QRegularExpression assignment(u"^[A-Za-z_]\\w*="_s);
        if (setup.contains(program) && !(split.needsShell && program == "echo"_L1 && text.contains(u'|')))
            return skip(text, line, u"it only sets something up for the lines after it"_s);
        if (assignment.match(program).hasMatch() && split.words.size() == 1)
            return skip(text, line, u"it only sets a variable"_s);
        ShellCommand command{.text = text.simplified(),
                             .words = split.words,
                             .needsShell = split.needsShell,
                             .directory = m_directory,
                             .comment = m_comment,
                             .line = line};
        if (assignment.match(program).hasMatch())
            command.words.prepend(u"env"_s);
        for (QString &word : command.words)
            word = braced(word);
        m_block.commands.append(command);
        m_comment.clear();
    }

    /// "<service url>" is to be filled in: ${SERVICE_URL}.
    static QString withVariables(QString text)
    {
        static const QRegularExpression hole(u"<([A-Za-z][A-Za-z0-9 _-]{0,40})>"_s);
        for (auto match = hole.match(text); match.hasMatch(); match = hole.match(text))
            text.replace(match.capturedStart(), match.capturedLength(),
                         u"${%1}"_s.arg(slug(match.captured(1)).replace(u'-', u'_').toUpper()));
        return text;
    }

    static const QRegularExpression &changeOfFolder()
    {
        static const QRegularExpression change(u"^cd\\s+(\\S+)\\s*(?:(?:&&|;)\\s*(.*))?$"_s,
                                               QRegularExpression::DotMatchesEverythingOption);
        return change;
    }

    const QList<Line> &m_lines;
    qsizetype m_at = 0;
    bool m_prompts = false;
    QString m_directory, m_comment;
    ShellBlock m_block;
};

} // namespace

ShellWords splitShell(const QString &text)
{
    ShellWords split;
    QString word;
    bool inWord = false;
    QChar quote;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const QChar next = i + 1 < text.size() ? text[i + 1] : QChar();
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else if (quote == u'"' && c == u'\\' && (next == u'"' || next == u'\\' || next == u'$' || next == u'`'))
                word += text[++i];
            else
                word += c;
            split.needsShell |= quote == u'"' && (c == u'`' || (c == u'$' && next == u'('));
        } else if (c == u'\'' || c == u'"') {
            quote = c;
            inWord = true;
        } else if (c == u'\\' && !next.isNull()) {
            word += text[++i];
            inWord = true;
        } else if (c.isSpace()) {
            if (inWord)
                split.words.append(std::exchange(word, QString()));
            inWord = false;
        } else if (c == u'#' && !inWord) {
            while (i + 1 < text.size() && text[i + 1] != u'\n')
                ++i;
        } else {
            const bool glob = (c == u'*' || c == u'?') && !word.contains("://"_L1) && !word.contains(u'=');
            split.needsShell |= QStringView(u"|;&<>`").contains(c) || glob || (c == u'$' && next == u'(');
            word += c;
            inWord = true;
        }
    }
    if (inWord)
        split.words.append(word);
    split.complete = quote.isNull();
    return split;
}

ShellBlock shellBlock(const QList<Line> &lines) { return BlockReader(lines).read(); }

bool isKnownProgram(const QString &program)
{
    static const QSet<QString> known{
        u"python"_s,    u"python3"_s,  u"pytest"_s,     u"curl"_s,      u"wget"_s,       u"http"_s,
        u"npm"_s,       u"npx"_s,      u"yarn"_s,       u"pnpm"_s,      u"node"_s,       u"cargo"_s,
        u"go"_s,        u"ctest"_s,    u"make"_s,       u"cmake"_s,     u"docker"_s,     u"docker-compose"_s,
        u"kubectl"_s,   u"helm"_s,     u"gcloud"_s,     u"gsutil"_s,    u"aws"_s,        u"az"_s,
        u"terraform"_s, u"psql"_s,     u"redis-cli"_s,  u"mysql"_s,     u"dig"_s,        u"nslookup"_s,
        u"host"_s,      u"ping"_s,     u"traceroute"_s, u"nc"_s,        u"telnet"_s,     u"openssl"_s,
        u"wscat"_s,     u"websocat"_s, u"grep"_s,       u"rg"_s,        u"find"_s,       u"ls"_s,
        u"cat"_s,       u"tail"_s,     u"head"_s,       u"ssh"_s,       u"git"_s,        u"bash"_s,
        u"sh"_s,        u"jest"_s,     u"vitest"_s,     u"mvn"_s,       u"gradle"_s,     u"dotnet"_s,
        u"php"_s,       u"ruby"_s,     u"bundle"_s,     u"rspec"_s,     u"poetry"_s,     u"uv"_s,
        u"tox"_s,       u"nox"_s,      u"journalctl"_s, u"systemctl"_s, u"ss"_s,         u"netstat"_s,
        u"ps"_s,        u"env"_s,      u"gh"_s,         u"alembic"_s,   u"playwright"_s, u"k6"_s,
        u"ab"_s,        u"hey"_s,      u"wrk"_s,        u"timeout"_s,   u"time"_s,       u"watch"_s,
        u"allclear"_s};
    return known.contains(program) || program.startsWith("./"_L1);
}

bool isCheck(const QStringList &argv)
{
    QStringList words = argv;
    while (!words.isEmpty()
           && (words.first() == "env"_L1 || words.first() == "time"_L1 || words.first().contains(u'=')))
        words.removeFirst();
    if (words.isEmpty())
        return false;
    const QString program = words.first();
    static const QSet<QString> looking{u"pytest"_s,   u"ctest"_s,      u"dig"_s,       u"nslookup"_s,   u"host"_s,
                                       u"ping"_s,     u"traceroute"_s, u"nc"_s,        u"openssl"_s,    u"wscat"_s,
                                       u"websocat"_s, u"jest"_s,       u"vitest"_s,    u"rspec"_s,      u"tox"_s,
                                       u"nox"_s,      u"playwright"_s, u"redis-cli"_s, u"journalctl"_s, u"ss"_s,
                                       u"netstat"_s,  u"wget"_s,       u"http"_s};
    if (looking.contains(program))
        return true;
    const auto has = [&words](std::initializer_list<QLatin1StringView> any) {
        return std::ranges::any_of(any, [&](QLatin1StringView word) { return words.contains(word); });
    };
    if (program == "curl"_L1)
        return !has({"-X"_L1, "--request"_L1, "-d"_L1, "--data"_L1, "-T"_L1}) || words.contains("GET"_L1)
            || words.contains("HEAD"_L1);
    const bool tests = std::ranges::any_of(words, [](const QString &word) {
        return word.contains("test"_L1, Qt::CaseInsensitive) || word.contains("validat"_L1)
            || word.contains("verify"_L1) || word.contains("health"_L1) || word.contains("check"_L1);
    });
    if (QStringList{u"python"_s, u"python3"_s, u"node"_s, u"npm"_s, u"npx"_s, u"yarn"_s, u"pnpm"_s, u"cargo"_s, u"go"_s,
                    u"make"_s, u"mvn"_s, u"gradle"_s, u"dotnet"_s, u"poetry"_s, u"uv"_s, u"bash"_s, u"sh"_s,
                    u"bundle"_s}
            .contains(program)
        || program.startsWith("./"_L1))
        return tests;
    if (QStringList{u"kubectl"_s, u"gcloud"_s, u"aws"_s, u"docker"_s, u"helm"_s, u"systemctl"_s, u"az"_s,
                    u"docker-compose"_s}
            .contains(program))
        return has({"get"_L1, "describe"_L1, "logs"_L1, "list"_L1, "ps"_L1, "status"_L1, "read"_L1, "top"_L1,
                    "inspect"_L1, "show"_L1});
    return program == "psql"_L1 && has({"-c"_L1, "-l"_L1});
}

} // namespace allclear::issue
