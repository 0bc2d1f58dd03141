// The incident's title and severity.
#include "importer/draft.h"

#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>

namespace allclear::issue
{

using namespace Qt::StringLiterals;

namespace
{

constexpr auto anyCase = QRegularExpression::CaseInsensitiveOption;

/// Tags, numbers and urgency around a title, which have places of their own.
QString strippedTitle(const QString &marked)
{
    static const QRegularExpression tag(u"^[\\[(【](?:[^\\])】]{1,24})[\\])】]\\s*[:–—-]?\\s*(?=\\S)"_s);
    static const QRegularExpression kind(
        u"^(?:github\\s+)?(?:issue|incident|bug|ticket|problem|defect)(?:\\s+(?:title|report))?\\s*(?:#?\\d+)?\\s*(?::|\\s[–—-])\\s*(?=\\S)"_s,
        anyCase);
    static const QRegularExpression word(u"^title\\s*:\\s*(?=\\S)"_s, anyCase);
    static const QRegularExpression urgency(
        u"^(?:P[0-4]|SEV[- ]?\\d|S[0-4]|critical|urgent|emergency|blocker|high|medium|low|major|minor)(?:[ /-]+(?:P[0-4]|issue|incident|emergency|priority|severity|bug|outage|critical|blocker|alert))*\\s*(?::|\\||\\s[–—-])\\s*(?=\\S)"_s,
        anyCase);
    static const QRegularExpression bareUrgency(u"^(?:P[0-4]|SEV[- ]?\\d)\\s+(?=\\S)"_s);
    static const QRegularExpression tail(
        u"\\s*(?:[–—|:-]\\s*)?[\\[(]?\\b(?:priority\\s+)?(?:P[0-4]|SEV[- ]?\\d)\\b[\\w /–—-]{0,24}[\\])]?\\s*$"_s,
        anyCase);
    static const QRegularExpression status(
        u"\\s+[–—|-]\\s*(?:RESOLVED|COMPLETED?|FIXED|OPEN|CLOSED|IN PROGRESS|CRITICAL|URGENT|EMERGENCY|ACTIVE|ONGOING|BLOCKED)!*\\s*$"_s);
    constexpr qsizetype longest = 400;
    QString text = clean(marked).left(longest);
    for (QString before; before != text;) {
        before = text;
        for (const QRegularExpression *noise : {&tag, &kind, &word, &urgency, &bareUrgency, &tail, &status}) {
            const QString rest = QString(text).remove(*noise).trimmed();
            if (!rest.isEmpty())
                text = rest;
        }
    }
    while (!text.isEmpty() && QStringView(u":-–—|!").contains(text.back()))
        text.chop(1);
    return text.trimmed();
}

/// Single words in capitals inside a title that is written like others.
QString withoutShoutedWords(const QString &text)
{
    QStringList words = withoutShouting(text).split(u' ');
    static const QSet<QString> shouted = [] {
        const QString all =
            u"BLOCKING BLOCKED BLOCKER FAILING FAILED FAILURE FAILURES FAIL FAILS BROKEN CRITICAL URGENT EMERGENCY "
            u"COMPLETE COMPLETELY COMPLETED TOTAL TOTALLY "
            "MISSING IMMEDIATE IMMEDIATELY SEVERE MAJOR CRISIS OUTAGE DOWN DEAD NOT NO NEVER ALL EVERY ANY MUST STOP "
            "STOPPED STUCK LOST LOSS CANNOT CRASH CRASHES "
            "CRASHING CRASHED ERROR ERRORS INCIDENT ISSUE PRODUCTION STAGING SYSTEM SERVICE SERVICES UNAVAILABLE "
            "INACCESSIBLE UNKNOWN ROOT CAUSE REGRESSION BUG "
            "PERMANENT SILENT SILENTLY ONLY STILL AGAIN NOW BEFORE AFTER AND OR FOR WITH THE FROM IN ON IS ARE TO OF SECURITY DATA REVENUE RISK"_s;
        const QStringList list = all.split(u' ');
        return QSet<QString>(list.cbegin(), list.cend());
    }();
    for (QString &word : words) {
        if (shouted.contains(word))
            word = &word == &words.first() ? word.first(1) + word.sliced(1).toLower() : word.toLower();
    }
    return words.join(u' ');
}

QString titleText(const QString &marked)
{
    constexpr qsizetype longest = 160;
    const QString text = shortened(withoutShoutedWords(strippedTitle(marked)), longest);
    return text.isEmpty() ? QString() : text.first(1).toUpper() + text.sliced(1);
}

bool isGeneric(const QString &title)
{
    static const QRegularExpression generic(
        u"^(?:the )?(?:github )?(?:new )?(?:issue|incident|bug|ticket|problem)?\\s*(?:template|report|body|content|draft|text|file|issue|description|details?|title|worklog|markdown)?s?$"_s,
        anyCase);
    return generic.match(clean(title).remove(u':')).hasMatch();
}

std::optional<Sourced> labelled(const Issue &issue)
{
    for (const Fact &fact : issue.frontMatter) {
        if (fact.name == "title"_L1 && !titleText(fact.text).isEmpty())
            return Sourced{fact.text, fact.line};
    }
    for (const Fact &fact : issue.facts) {
        if (topicOfLabel(fact.name) == Topic::Title && !titleText(fact.text).isEmpty()
            && issue.outline[fact.part].topic != Topic::Related)
            return Sourced{fact.text, fact.line};
    }
    for (const Part &part : issue.outline) {
        const bool inFence =
            part.topic == Topic::Title && !part.blocks.isEmpty() && part.blocks.first().type == Block::Type::Code;
        if (inFence)
            return Sourced{linesOf(part.blocks.first()).first().text, part.blocks.first().line};
    }
    return std::nullopt;
}

/// gh issue create --title "…", wherever it stands.
std::optional<Sourced> filedAs(const Issue &issue)
{
    static const QRegularExpression option(u"(?:--title|-t)[ =]+(?:\"([^\"]+)\"|'([^']+)')"_s);
    for (const Part &part : issue.outline) {
        for (const Block &block : part.blocks) {
            for (const Line &line : block.type == Block::Type::Code ? linesOf(block) : QList<Line>()) {
                if (const auto match = option.match(line.text); match.hasMatch())
                    return Sourced{match.captured(1) + match.captured(2), line.line};
            }
        }
    }
    return std::nullopt;
}

std::optional<Sourced> headed(const Issue &issue)
{
    const auto usable = [](const Part &part) {
        return part.kind == Part::Kind::Heading && !isGeneric(part.title) && !titleText(part.title).isEmpty();
    };
    for (const Part &part : issue.outline) {
        if (usable(part) && part.level == 1 && topicOfLabel(clean(part.title)) == Topic::None)
            return Sourced{part.title, part.line};
    }
    for (const Part &part : issue.outline) {
        if (usable(part) && topicOf(clean(part.title)) == Topic::None
            && !clean(part.title).startsWith("why"_L1, Qt::CaseInsensitive))
            return Sourced{part.title, part.line};
        if (usable(part) && part.topic != Topic::Title)
            break; // what comes later is a part of the issue, not its name
    }
    return std::nullopt;
}

Sourced firstSentence(const Issue &issue, const QString &sourceName)
{
    for (const Topic wanted : {Topic::None, Topic::Summary, Topic::Current, Topic::Impact}) {
        for (const Part &part : issue.outline) {
            if (part.topic != wanted)
                continue;
            for (const Block &block : part.blocks) {
                const QList<Line> lines = allLines(block);
                if (block.type != Block::Type::Code && block.type != Block::Type::Html && !lines.isEmpty()
                    && !titleText(lines.first().text).isEmpty() && !labelOf(lines.first().text))
                    return {lines.first().text.section(u". "_s, 0, 0), lines.first().line,
                            u"the issue has no title; this is its first sentence"_s};
            }
        }
    }
    const QString name = QFileInfo(sourceName).completeBaseName();
    return {name.isEmpty() ? u"Imported incident"_s : name, 0, u"the issue has no title"_s};
}

// ── Severity ─────────────────────────────────────────────────────────────────────────────────────

/// "P0", "SEV1" as written; the words of a severity as the P that they mean.
Sourced severityIn(const QString &marked, int line, bool words)
{
    static const QRegularExpression code(u"\\b(?:(P)-?([0-4])|(SEV)[- ]?([0-5])|(S)([0-4]))\\b"_s, anyCase);
    static const QRegularExpression level(u"\\bpriority[ :-]+([0-4])\\b"_s, anyCase);
    const QString text = clean(marked);
    const auto match = code.match(text);
    const bool isBucket = !words && !match.captured(5).isEmpty(); // "S3" in a title is no severity
    if (match.hasMatch() && !isBucket) {
        const QString letter = (match.captured(1) + match.captured(3) + match.captured(5)).toUpper();
        return {letter + match.captured(2) + match.captured(4) + match.captured(6), line};
    }
    if (const auto named = level.match(text); named.hasMatch() && words)
        return {u"P"_s + named.captured(1), line};
    static const QRegularExpression critical(u"\\b(critical|emergency|blocker|urgent|highest|showstopper)\\b"_s,
                                             anyCase),
        high(u"\\b(high|major)\\b"_s, anyCase), medium(u"\\b(medium|moderate|normal)\\b"_s, anyCase),
        low(u"\\b(low|minor|trivial)\\b"_s, anyCase);
    int rank = 0;
    for (const QRegularExpression *word : {&critical, &high, &medium, &low}) {
        if (const auto urgent = word->match(text); words && urgent.hasMatch())
            return {u"P%1"_s.arg(rank), line, u"the issue says \"%1\""_s.arg(urgent.captured(1).toLower())};
        ++rank;
    }
    return {};
}

Sourced severityOf(Issue &issue)
{
    Sourced word; // a word of urgency counts when no place gives a code
    const auto take = [&word](const Sourced &found) {
        if (!found.isEmpty() && found.guess.isEmpty())
            return true;
        if (word.isEmpty())
            word = found;
        return false;
    };
    QList<Fact> places;
    for (const Fact &fact : issue.frontMatter + issue.facts) {
        const Topic topic = topicOfLabel(fact.name);
        const bool exact = fact.name == "severity"_L1 || fact.name == "priority"_L1 || topic == Topic::Severity;
        if (exact && issue.outline[fact.part].topic != Topic::Actions
            && issue.outline[fact.part].topic != Topic::Criteria)
            places.append(fact);
    }
    for (const Fact &fact : std::as_const(places)) {
        if (const Sourced found = severityIn(u"%1: %2"_s.arg(fact.name, fact.text), fact.line, true); take(found))
            return found;
    }
    for (const Fact &fact : issue.frontMatter + issue.facts) {
        if (topicOfLabel(fact.name) != Topic::Labels && fact.name != "title"_L1)
            continue;
        if (const Sourced found = severityIn(fact.text, fact.line, topicOfLabel(fact.name) == Topic::Labels);
            take(found))
            return found;
    }
    return word;
}

/// Titles, and labels of a command that files the issue.
Sourced severityOfHeadings(const Issue &issue)
{
    const QString title = issue.draft.title.text;
    if (const Sourced found = severityIn(title, issue.draft.title.line, false); !found.isEmpty())
        return found;
    for (const Part &part : issue.outline) {
        if (part.kind == Part::Kind::Heading && part.level <= 2 && part.topic == Topic::None) {
            if (const Sourced found = severityIn(part.title, part.line, false); !found.isEmpty())
                return found;
        }
    }
    static const QRegularExpression option(u"(?:--label|-l)[ =]+(?:\"([^\"]+)\"|'([^']+)'|(\\S+))"_s);
    for (const Part &part : issue.outline) {
        if (part.topic == Topic::Labels) {
            for (const Block &block : part.blocks) {
                for (const Line &line : allLines(block)) {
                    if (const Sourced found = severityIn(line.text, line.line, true); !found.isEmpty())
                        return found;
                }
            }
        }
        for (const Block &block : part.blocks) {
            for (const Line &line : block.type == Block::Type::Code ? linesOf(block) : QList<Line>()) {
                for (const auto &match : option.globalMatch(line.text)) {
                    const QString labels = match.captured(1) + match.captured(2) + match.captured(3);
                    if (const Sourced found = severityIn(labels, line.line, true); !found.isEmpty())
                        return found;
                }
            }
        }
    }
    return {};
}

/// "This is a P0 incident" in what introduces the issue.
Sourced severityOfText(const Issue &issue)
{
    for (const Part &part : issue.outline) {
        const bool introduces = part.topic == Topic::None || part.topic == Topic::Summary || part.topic == Topic::Impact
            || part.topic == Topic::Current;
        if (!introduces)
            continue;
        for (const Block &block : part.blocks) {
            for (const Line &line : block.type == Block::Type::Code ? QList<Line>() : allLines(block)) {
                if (const Sourced found = severityIn(line.text, line.line, false);
                    found.text.startsWith(u'P') || found.text.startsWith("SEV"_L1))
                    return found;
            }
        }
    }
    return severityIn(issue.draft.title.text, issue.draft.title.line, true);
}

} // namespace

void readTitle(Issue &issue, const QString &sourceName)
{
    std::optional<Sourced> found = labelled(issue);
    if (!found && !issue.chapter.title.isEmpty() && !titleText(issue.chapter.title).isEmpty()
        && !isGeneric(issue.chapter.title))
        found = Sourced{issue.chapter.title, issue.chapter.line};
    if (!found)
        found = headed(issue);
    if (!found)
        found = filedAs(issue);
    if (!found || titleText(found->text).isEmpty())
        found = firstSentence(issue, sourceName);
    issue.draft.title = *found; // as written: its severity is still in it
    issue.use(found->line);
}

void readSeverity(Issue &issue)
{
    Sourced found = severityOf(issue);
    for (const auto &look : {severityOfHeadings, severityOfText}) {
        if (found.isEmpty() || !found.guess.isEmpty()) {
            const Sourced better = look(issue);
            if (!better.isEmpty() && (found.isEmpty() || better.guess.isEmpty()))
                found = better;
        }
    }
    issue.draft.severity = found;
    issue.use(found.line);
    if (found.isEmpty())
        issue.find(FindingKind::Guessed, 0, u"the issue names no severity, so the file has none"_s);
    issue.draft.title.text = titleText(issue.draft.title.text);
    if (issue.draft.title.text.isEmpty())
        issue.draft.title.text = u"Imported incident"_s;
}

} // namespace allclear::issue
