// Validation commands, and what the issue reports of them.
#include "importer/draft.h"
#include "importer/shellwords.h"

#include "core/secrets.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto ignoreCase = QRegularExpression::CaseInsensitiveOption;

bool isShellLanguage(const QString &language)
{
    static const QStringList shells =
        u"bash sh shell console zsh shell-session shellsession terminal fish cmd"_s.split(u' ');
    return shells.contains(language);
}

/// Values of secrets in a command become variables, which the environment gives when the command runs.
QString withoutSecretValues(const QString &word)
{
    static const QRegularExpression bearer(u"\\b(Bearer|Basic)\\s+(?!\\$)[A-Za-z0-9._~+/=-]{8,}"_s, ignoreCase);
    static const QRegularExpression userInfo(u"(://[^\\s/@:]*):(?!\\$)[^\\s/@]+@"_s);
    static const QRegularExpression named(
        u"((?:password|passwd|secret|token|api[_-]?key|bypass-key)[\"']?\\s*[=:]\\s*[\"']?)(?!\\$|<)[^\\s\"'&]{6,}"_s,
        ignoreCase);
    QString clear = word;
    clear.replace(bearer, u"\\1 ${ACCESS_TOKEN}"_s)
        .replace(userInfo, u"\\1:${PASSWORD}@"_s)
        .replace(named, u"\\1${SECRET}"_s);
    return clear;
}

QString testFile(const QStringList &words)
{
    for (const QString &word : words) {
        const QString file = word.section(u"::"_s, 0, 0);
        if (file.endsWith(".py"_L1) || file.contains(".test."_L1) || file.contains(".spec."_L1))
            return file;
    }
    const auto folder = std::ranges::find_if(
        words, [](const QString &word) { return word.startsWith("tests/"_L1) || word.startsWith("test/"_L1); });
    return folder == words.end() ? QString() : *folder;
}

QString nameFor(const QStringList &words)
{
    if (const QString file = testFile(words); !file.isEmpty()) {
        QString base = file.section(u'/', -1, -1, QString::SectionSkipEmpty).section(u'.', 0, 0);
        if (base.startsWith("test_"_L1))
            base = base.sliced(5);
        return slug(base, 60);
    }
    QStringList telling;
    for (const QString &word : words.sliced(words.size() > 1 && words.first() == "env"_L1 ? 1 : 0)) {
        if (word.startsWith(u'-') && !telling.isEmpty())
            continue;
        const QUrl url(word);
        if (!url.host().isEmpty())
            telling.append(url.host().section(u'.', 0, 0) + u' ' + url.path());
        else if (!word.contains(u'=') && word.size() < 40)
            telling.append(word.section(u'/', -1));
        if (telling.size() == 4)
            break;
    }
    return slug(telling.join(u' '), 60);
}

Sourced formatOf(const QStringList &words, int line)
{
    const QString all = words.join(u' ');
    static const QRegularExpression pytest(u"\\bpytest\\b|unified_test_runner"_s),
        script(u"^(?:\\S*/)?python3? \\S*test\\S*\\.py"_s), jest(u"\\b(jest|vitest)\\b"_s),
        cargo(u"\\bcargo test\\b"_s), go(u"\\bgo test\\b"_s), ctest(u"\\bctest\\b"_s);
    if (pytest.match(all).hasMatch())
        return {u"pytest"_s, line, u"the command starts pytest"_s};
    if (script.match(all).hasMatch())
        return {u"pytest"_s, line,
                u"a test script is expected to print pytest's summary; without one it ran nothing"_s};
    if (const auto match = jest.match(all); match.hasMatch())
        return {match.captured(1), line, u"the command starts it"_s};
    static const QRegularExpression head(u"^curl\\b.*\\s(?:-\\w*I\\w*|--head)\\b"_s);
    if (head.match(all).hasMatch())
        return {u"curl"_s, line, u"its headers must say 200"_s};
    for (const auto &[pattern, word] :
         {std::pair(&cargo, u"cargo"_s), std::pair(&go, u"go"_s), std::pair(&ctest, u"ctest"_s)}) {
        if (pattern->match(all).hasMatch())
            return {word, line, u"the command starts it"_s};
    }
    return {};
}

class RunReader
{
public:
    explicit RunReader(Issue &issue) : m_issue(issue) { }

    void read()
    {
        for (int i = 0; i < m_issue.outline.size(); ++i) {
            const Topic topic = m_issue.outline[i].topic;
            if (topic == Topic::HowTo)
                continue;
            m_part = i;
            m_all = topic == Topic::Validation || topic == Topic::Criteria || topic == Topic::Metrics
                || topic == Topic::Checklist;
            for (const Block &block : m_issue.outline[i].blocks)
                readBlock(block);
        }
    }

    const QList<int> &parts() const { return m_parts; }

private:
    void readBlock(const Block &block)
    {
        if (block.type == Block::Type::Code)
            readCode(block);
        else if (!block.text.isEmpty())
            readInline(block);
        for (const Block &child : block.children)
            readBlock(child);
    }

    void readCode(const Block &block)
    {
        const bool unnamed = block.language.isEmpty() || block.language == "text"_L1;
        if (!isShellLanguage(block.language) && !unnamed)
            return;
        const ShellBlock shell = shellBlock(linesOf(block));
        bool taken = false;
        for (const ShellCommand &command : shell.commands)
            taken |= consider(command, unnamed);
        if (unnamed && !taken)
            return; // text, not commands
        for (const Line &line : linesOf(block))
            m_issue.use(line.line);
        for (const SkippedLine &line : shell.skipped) {
            if (!isFiling(line.text))
                m_issue.find(
                    FindingKind::Unmapped, line.line,
                    u"not a command to run: `%1` (%2)"_s.arg(withoutSecrets(shortened(line.text, 70)), line.why));
        }
    }

    static bool isFiling(const QString &text)
    {
        static const QRegularExpression filing(u"\\bgh\\s+(issue|pr|label|project|api)\\b"_s);
        return filing.match(text).hasMatch();
    }

    bool consider(const ShellCommand &command, bool onlyKnown)
    {
        const QString program = command.words.first();
        static const QRegularExpression programLike(u"^[a-z./~$][\\w./${}~+-]*$"_s);
        const bool known = isKnownProgram(program)
            || (command.words.size() > 1 && program.contains(u'/') && programLike.match(program).hasMatch());
        if (isFiling(command.text) || (onlyKnown && !known))
            return false;
        if (!programLike.match(program).hasMatch()) {
            m_issue.find(FindingKind::Unmapped, command.line,
                         u"not a command: `%1`"_s.arg(withoutSecrets(shortened(command.text, 70))));
            return false;
        }
        if (!m_all && !isCheck(command.words)) {
            m_issue.find(
                FindingKind::Unmapped, command.line,
                u"`%1` stands outside of the validation commands and may change something, so it is no run"_s.arg(
                    withoutSecrets(shortened(command.text, 70))));
            return true;
        }
        add(command);
        return true;
    }

    /// "Run `pytest tests -v`" in an item or a sentence.
    void readInline(const Block &block)
    {
        for (const Line &line : linesOf(block)) {
            const std::optional<Label> label = labelOf(line.text);
            for (qsizetype at = line.text.indexOf(QChar(codeOn)); at >= 0;
                 at = line.text.indexOf(QChar(codeOn), at + 1)) {
                const qsizetype end = line.text.indexOf(QChar(codeOff), at);
                if (end < 0)
                    break;
                const QString code = plain(line.text.sliced(at + 1, end - at - 1)).trimmed();
                const ShellBlock shell = shellBlock({{code, line.line}});
                if (shell.commands.size() != 1)
                    continue;
                const ShellCommand &command = shell.commands.first();
                const bool named = label && label->name.contains("command"_L1, Qt::CaseInsensitive);
                const bool fits =
                    command.words.size() > 1 && isKnownProgram(command.words.first()) && !isFiling(command.text);
                if (fits && (m_all || named) && (m_all || isCheck(command.words))) {
                    add(command);
                    m_issue.use(line.line);
                }
            }
        }
    }

    void add(const ShellCommand &command)
    {
        DraftRun run{.line = command.line};
        run.command = command.needsShell
            ? QStringList{u"bash"_s, u"-c"_s, QString(command.text).replace(u"${"_s, u"$${"_s)}
            : command.words;
        if (command.needsShell)
            run.guess = u"it needs a shell"_s;
        for (QString &word : run.command) {
            const QString clear = withoutSecretValues(word);
            if (clear != word)
                m_issue.find(
                    FindingKind::Unmapped, command.line,
                    u"a secret in the command was left out: set the variable in its place in the environment"_s);
            word = clear;
        }
        const bool again = std::ranges::any_of(m_issue.draft.runs,
                                               [&](const DraftRun &other) { return other.command == run.command; });
        if (again)
            return;
        if (!command.directory.isEmpty())
            run.directory = {command.directory, command.line};
        if (!command.comment.isEmpty() && command.comment.size() < 80)
            run.title = {withoutSecrets(command.comment), command.line - 1};
        run.format = formatOf(command.words, command.line);
        run.name = uniqueName(nameFor(command.words), m_names);
        m_issue.draft.runs.append(run);
        m_parts.append(m_part);
    }

    Issue &m_issue;
    QSet<QString> m_names;
    QList<int> m_parts;
    int m_part = 0;
    bool m_all = false;
};

double likeness(const QString &title, const DraftRun &run)
{
    const QStringList wanted = keywords(title);
    QStringList words = keywords(run.command.join(u' ') + u' ' + run.name);
    const auto shared = std::ranges::count_if(wanted, [&](const QString &word) { return words.contains(word); });
    return wanted.isEmpty() ? 0 : static_cast<double>(shared) / static_cast<double>(wanted.size());
}

DraftRun *runOf(const DraftBaseline &baseline, int part, QList<DraftRun> &runs, const QList<int> &parts)
{
    constexpr double enough = 0.5;
    DraftRun *best = nullptr;
    double bestLikeness = 0;
    for (qsizetype i = 0; i < runs.size(); ++i) {
        if (runs[i].baseline || runs[i].command.first() == "curl"_L1)
            continue;
        const double like = likeness(baseline.title, runs[i]) + (parts[i] == part ? enough : 0);
        if (like >= enough && like > bestLikeness) {
            best = &runs[i];
            bestLikeness = like;
        }
    }
    return best;
}

} // namespace

void readRuns(Issue &issue)
{
    RunReader runs(issue);
    runs.read();
    for (const auto &[baseline, part] : readBaselines(issue)) {
        DraftRun *run = runOf(baseline, part, issue.draft.runs, runs.parts());
        if (!run) {
            issue.draft.unmatched.append(baseline);
            continue;
        }
        run->baseline = baseline;
        if (!baseline.title.isEmpty())
            run->title = {withoutSecrets(baseline.title), baseline.line};
    }
}

} // namespace allclear::issue
