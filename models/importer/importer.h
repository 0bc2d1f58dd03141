// An issue's Markdown → an incident file, with what could not be mapped. Pure: no file is opened, no program started;
// any thread. For the command line, drag and drop, paste and the welcome screen alike.
//
// What the issue says is a claim. Every value in the YAML names the line it came from (`# line 12`); what was inferred
// says `# guessed`. The text is accepted by readIncident() or it is not handed out.
#pragma once

#include "core/result.h"
#include "core/time.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace allclear
{

/// Larger texts are refused. GitHub takes 64 KiB for one issue.
inline constexpr qsizetype maxIssueBytes = 512 * 1024;

enum class FindingKind {
    Repaired, ///< the text itself was mended: a wrong decoding, a body inside a code fence
    Guessed, ///< in the file, but the issue does not say it in so many words
    Kept, ///< importing again: a person had changed it, so it stayed as it was
    Updated, ///< importing again: the issue says something else now
    Unmapped, ///< in the issue, but not in the file
};

struct Finding {
    FindingKind kind = FindingKind::Unmapped;
    int line = 0; ///< in the issue, from 1; 0: the whole text
    QString text; ///< one sentence for people
};

/// One of the incidents that a text describes.
struct IssueIncident {
    int number = 1; ///< what ImportOptions::incident takes
    QString title;
    int line = 0;
};

struct ImportOptions {
    QString sourceName; ///< "ISSUE.md": named in the file's first line, and the title when the text has none
    std::optional<int> incident; ///< which one, when the text describes several
    QByteArray existing; ///< an incident file that an earlier import made: what a person changed in it stays
};

struct ImportCounts {
    int components = 0, endpoints = 0, criteria = 0, whys = 0, actions = 0, runs = 0, links = 0;
};

struct Import {
    QByteArray yaml; ///< empty when there is an error
    QString title, severity;
    ImportCounts counts;
    QList<Finding> findings; ///< by line; Unmapped ones last
    QList<IssueIncident> incidents; ///< all that the text describes; at least one unless there is an error
    std::optional<Error> error; ///< too large, empty, several incidents and none chosen, an unusable `existing`
};

Import importIssue(const QByteArray &markdown, const ImportOptions &options = {});

/// What importing again is about: the file was written by importIssue().
bool isImported(const QByteArray &yaml);

} // namespace allclear
