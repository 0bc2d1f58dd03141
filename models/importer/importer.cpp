#include "importer/importer.h"

#include "importer/body.h"
#include "importer/merge.h"
#include "importer/mojibake.h"

#include "incident/reader.h"

#include <QFileInfo>

#include <algorithm>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

struct Reading {
    QList<Finding> findings;
    QList<issue::Fact> frontMatter;
    QList<issue::Chapter> chapters;
};

Reading readChapters(const QByteArray &markdown)
{
    Reading reading;
    const issue::Decoded decoded = issue::decode(markdown);
    if (!decoded.repaired.isEmpty())
        reading.findings.append({FindingKind::Repaired, 0, decoded.repaired});
    issue::Body body = issue::bodyOf(decoded.text);
    reading.findings += body.findings;
    reading.frontMatter = body.frontMatter;
    reading.chapters = issue::chaptersOf(issue::parseMarkdown(body.text));
    if (reading.chapters.size() > 1)
        reading.frontMatter.clear(); // it cannot say which one it is about
    return reading;
}

issue::Issue readIssue(const Reading &reading, const issue::Chapter &chapter, const QString &sourceName)
{
    issue::Issue issue{.chapter = chapter,
                       .frontMatter = reading.frontMatter,
                       .outline = issue::outlineOf(chapter.blocks),
                       .facts = {},
                       .used = {},
                       .draft = {}};
    issue.draft.findings = reading.findings;
    issue::readFacts(issue);
    issue::readTitle(issue, sourceName);
    issue::readSeverity(issue);
    issue::readImpact(issue);
    issue::readWhys(issue);
    issue::readRuns(issue);
    issue::readEndpoints(issue);
    issue::readComponents(issue);
    issue::readCriteria(issue);
    issue::readActions(issue);
    issue::readLinks(issue);
    issue::listUnmapped(issue);
    return issue;
}

QList<IssueIncident> listOf(const Reading &reading, const QString &sourceName)
{
    constexpr qsizetype most = 100; // a person reads no longer list
    QList<IssueIncident> incidents;
    for (const issue::Chapter &chapter : reading.chapters.first(std::min(reading.chapters.size(), most))) {
        issue::Issue named{.chapter = chapter,
                           .frontMatter = {},
                           .outline = issue::outlineOf(chapter.blocks),
                           .facts = {},
                           .used = {},
                           .draft = {}};
        issue::readFacts(named);
        issue::readTitle(named, sourceName);
        issue::readSeverity(named);
        incidents.append({static_cast<int>(incidents.size()) + 1, named.draft.title.text, chapter.line});
    }
    return incidents;
}

/// Comments may hold any text, but no line break and no control character.
QString commentLine(const QString &text)
{
    QString line;
    for (const QChar c : text) {
        const bool hidden = c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0) || c == QChar(0x2028)
            || c == QChar(0x2029) || c == QChar(0xfeff);
        if (!hidden)
            line += c;
    }
    return u"# "_s + line;
}

QStringList headerLines(const QString &sourceName)
{
    const QString name = sourceName.isEmpty() ? u"an issue's text"_s : QFileInfo(sourceName).fileName();
    return {
        commentLine(
            u"Imported from %1 by Allclear. What the issue says is a claim; what is watched here decides."_s.arg(
                issue::shortened(name, 80))),
        u"# `line 12` is the issue's line that a value came from; `guessed` marks what the issue does not say itself."_s,
        u"# Import the issue again with -o and this file: what it changed follows, what you changed here stays."_s,
        QString()};
}

QStringList noteLines(const QList<Finding> &findings)
{
    constexpr qsizetype most = 400;
    QStringList notes;
    for (const Finding &finding : findings) {
        if (finding.kind == FindingKind::Unmapped || finding.kind == FindingKind::Repaired)
            notes.append(
                commentLine(finding.line > 0 ? u"line %1: %2"_s.arg(finding.line).arg(finding.text) : finding.text));
    }
    if (notes.size() > most) {
        const qsizetype left = notes.size() - most;
        notes = notes.first(most);
        notes.append(u"# … and %1 more"_s.arg(left));
    }
    if (notes.isEmpty())
        notes.append(u"# nothing"_s);
    return notes;
}

QByteArray assembled(const QStringList &body, const QList<Finding> &findings, const QList<issue::Sheet> &sheets)
{
    QStringList lines = body;
    lines +=
        {QString(), QString::fromUtf16(issue::notesMark) + u"─────────────────────────────────────────────────────"_s};
    lines += noteLines(findings);
    lines += {u"#"_s, u"# What the issue said, as hashes, for importing it again. Leave these lines as they are."_s};
    lines += issue::recordsOf(sheets);
    return lines.join(u'\n').toUtf8() + '\n';
}

Diagnostics errorsOf(const QByteArray &yaml)
{
    const ReadResult read = readIncident(yaml, {.variables = {}, .useEnvironment = false, .directory = u"/"_s});
    return read.incident ? Diagnostics() : read.diagnostics;
}

Error unusable(const Diagnostics &diagnostics, const QString &message, const QString &hint)
{
    const auto first = std::ranges::find(diagnostics, Severity::Error, &Diagnostic::severity);
    return {first == diagnostics.end() ? message
                                       : u"%1: line %2: %3"_s.arg(message).arg(first->mark.line).arg(first->message),
            hint};
}

void writeNew(Import &import, const QList<issue::Sheet> &sheets, const QString &sourceName)
{
    QStringList lines = headerLines(sourceName);
    for (const issue::Sheet &sheet : sheets)
        lines += issue::linesOf(sheet);
    if (lines.value(4).isEmpty())
        lines.removeAt(4);
    import.yaml = assembled(lines, import.findings, sheets);
    if (const Diagnostics errors = errorsOf(import.yaml); !errors.isEmpty()) {
        import.error = unusable(errors, u"the issue gives a file that cannot be used"_s,
                                u"this is a fault of Allclear: please report it with the issue"_s);
        import.yaml.clear();
    }
}

void writeAgain(Import &import, const QList<issue::Sheet> &sheets, const QByteArray &existing)
{
    if (!isImported(existing)) {
        import.error = Error{u"the file was not made by an import, so nothing tells what in it came from the issue"_s,
                             u"choose another name with -o"_s};
        return;
    }
    if (const Diagnostics errors = errorsOf(existing); !errors.isEmpty()) {
        import.error = unusable(errors, u"the file has errors, so it was left as it is"_s,
                                u"mend it first: `allclear validate` names every error"_s);
        return;
    }
    const QList<Finding> read = import.findings;
    Diagnostics errors;
    for (const issue::Removal removal : {issue::Removal::Allowed, issue::Removal::Refused}) {
        const issue::Merged merged = issue::merge(existing, sheets, removal);
        import.findings = merged.findings + read;
        import.yaml = assembled(merged.lines, read, sheets);
        errors = errorsOf(import.yaml);
        if (errors.isEmpty())
            return;
    }
    import.error = unusable(errors, u"what you changed and what the issue changed do not fit together"_s,
                            u"import into a new file and compare"_s);
    import.yaml.clear();
}

} // namespace

Import importIssue(const QByteArray &markdown, const ImportOptions &options)
{
    Import import;
    if (markdown.size() > maxIssueBytes) {
        import.error = Error{u"the issue is larger than %1 KiB"_s.arg(maxIssueBytes / 1024),
                             u"an issue is written by people: cut pasted logs out of it"_s};
        return import;
    }
    const Reading reading = readChapters(markdown);
    const bool empty = reading.frontMatter.isEmpty()
        && std::ranges::all_of(reading.chapters,
                               [](const issue::Chapter &chapter) { return chapter.blocks.isEmpty(); });
    if (empty) {
        import.error = Error{u"the issue is empty"_s, u"name a file that holds the issue's Markdown"_s};
        return import;
    }
    if (reading.chapters.size() > 1)
        import.incidents = listOf(reading, options.sourceName);
    const int wanted = options.incident.value_or(1);
    if (!options.incident && reading.chapters.size() > 1) {
        import.error =
            Error{u"the text describes %1 incidents"_s.arg(reading.chapters.size()), u"choose one with --incident N"_s};
        return import;
    }
    if (wanted < 1 || wanted > reading.chapters.size()) {
        import.error =
            Error{u"there is no incident %1: the text describes %2"_s.arg(wanted).arg(reading.chapters.size()),
                  u"choose one with --incident N"_s};
        return import;
    }
    issue::Issue issue = readIssue(reading, reading.chapters[wanted - 1], options.sourceName);
    const issue::Draft &draft = issue.draft;
    if (import.incidents.isEmpty())
        import.incidents.append({1, draft.title.text, 1});
    import.title = draft.title.text;
    import.severity = draft.severity.text;
    const auto count = [](const auto &list) { return static_cast<int>(list.size()); };
    import.counts = {.components = count(draft.components),
                     .endpoints = count(draft.endpoints),
                     .criteria = count(draft.criteria),
                     .whys = count(draft.whys),
                     .actions = count(draft.actions),
                     .runs = count(draft.runs),
                     .links = count(draft.links)};
    import.findings = draft.findings;
    const QList<issue::Sheet> sheets = issue::sheetsOf(draft);
    if (options.existing.isEmpty())
        writeNew(import, sheets, options.sourceName);
    else
        writeAgain(import, sheets, options.existing);
    return import;
}

bool isImported(const QByteArray &yaml) { return issue::hasRecords(yaml); }

} // namespace allclear
