#include "app/cli/commands.h"
#include "app/cli/output.h"

#include "importer/importer.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <algorithm>
#include <array>
#include <cstdio>
#include <variant>

#include <unistd.h>

namespace allclear
{

using namespace Qt::StringLiterals;

namespace
{

constexpr QLatin1StringView standardInput("-");

std::variant<QByteArray, QString> readIssueFile(const QString &path)
{
    QFile file(path);
    const bool opened = path == standardInput ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (path != standardInput && QFileInfo(path).isDir())
        return u"%1 is a folder: name the issue's file in it"_s.arg(path);
    if (!opened)
        return u"%1 cannot be read: %2"_s.arg(path, file.errorString());
    return file.read(maxIssueBytes + 1);
}

void listIncidents(const Import &import, const Output &output, const QString &name)
{
    output.error(u"%1: %2; %3:"_s.arg(name, import.error->message, import.error->hint));
    for (const IssueIncident &incident : import.incidents)
        output.error(u"  %1  %2 (line %3)"_s.arg(incident.number).arg(incident.title).arg(incident.line));
}

/// Asked only where a person sits: both ends are a terminal.
std::optional<int> askedFor(const Import &import)
{
    if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0)
        return std::nullopt;
    std::fprintf(stderr, "Which one? [1-%d] ", static_cast<int>(import.incidents.size()));
    std::array<char, 32> line{};
    if (!std::fgets(line.data(), static_cast<int>(line.size()), stdin))
        return std::nullopt;
    bool number = false;
    const int chosen = QByteArray(line.data()).trimmed().toInt(&number);
    return number && chosen > 0 && chosen <= import.incidents.size() ? std::optional(chosen) : std::nullopt;
}

QString counted(int count, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(count).arg(count == 1 ? one : many);
}

QString summaryOf(const Import &import)
{
    const ImportCounts &n = import.counts;
    return QStringList{
        counted(n.components, u"component"_s, u"components"_s), counted(n.endpoints, u"endpoint"_s, u"endpoints"_s),
        counted(n.criteria, u"criterion"_s, u"criteria"_s),     counted(n.whys, u"why"_s, u"whys"_s),
        counted(n.actions, u"action"_s, u"actions"_s),          counted(n.runs, u"command"_s, u"commands"_s)}
        .join(u", "_s);
}

void listFindings(const Import &import, const Output &output, const QString &name)
{
    const auto list = [&](FindingKind kind, const QString &heading) {
        const bool any =
            std::ranges::any_of(import.findings, [kind](const Finding &finding) { return finding.kind == kind; });
        if (any && !heading.isEmpty())
            output.notice(heading);
        for (const Finding &finding : import.findings) {
            if (finding.kind == kind)
                output.notice(u"  %1%2"_s.arg(finding.line > 0 ? u"%1:%2: "_s.arg(name).arg(finding.line) : QString(),
                                              finding.text));
        }
    };
    list(FindingKind::Repaired, u"Repaired:"_s);
    list(FindingKind::Updated, u"Updated:"_s);
    list(FindingKind::Kept, u"Kept:"_s);
    list(FindingKind::Guessed, u"Guessed:"_s);
    list(FindingKind::Unmapped, u"Left over, not in the file:"_s);
}

/// What is there stays whole until the new text is on the disk. A symbolic link's target is written.
std::optional<QString> save(const QString &path, const QByteArray &yaml)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(yaml) != yaml.size() || !file.commit())
        return u"%1 cannot be written: %2"_s.arg(path, file.errorString());
    return std::nullopt;
}

} // namespace

int runImport(const Invocation &invocation)
{
    const Output output(invocation);
    const QString path = invocation.files.first();
    const QString name = path == standardInput ? u"standard input"_s : path;
    const QString target = invocation.import.output;
    const auto text = readIssueFile(path);
    if (const auto *complaint = std::get_if<QString>(&text)) {
        output.error(*complaint);
        return 2;
    }
    ImportOptions options{
        .sourceName = path == standardInput ? QString() : path, .incident = invocation.import.incident, .existing = {}};
    if (QFile existing(target); !target.isEmpty() && existing.exists()) {
        if (!existing.open(QIODevice::ReadOnly)) {
            output.error(u"%1 exists, but cannot be read: %2"_s.arg(target, existing.errorString()));
            return 2;
        }
        options.existing = existing.readAll();
    }
    const QByteArray &markdown = std::get<QByteArray>(text);
    Import import = importIssue(markdown, options);
    if (import.error && import.incidents.size() > 1 && !options.incident) {
        listIncidents(import, output, name);
        options.incident = askedFor(import);
        if (!options.incident)
            return 2;
        import = importIssue(markdown, options);
    }
    if (import.error) {
        const bool aboutTarget = !options.existing.isEmpty() && !import.incidents.isEmpty();
        output.error(u"%1: %2; %3"_s.arg(aboutTarget ? target : name, import.error->message, import.error->hint));
        return 2;
    }
    if (!target.isEmpty()) {
        if (const auto complaint = save(target, import.yaml)) {
            output.error(*complaint);
            return 2;
        }
    } else if (!output.result(import.yaml)) {
        return 2;
    }
    listFindings(import, output, name);
    output.notice(u"%1%2: %3"_s.arg(target.isEmpty() ? QString() : target + u": "_s, import.title, summaryOf(import)));
    return 0;
}

} // namespace allclear
