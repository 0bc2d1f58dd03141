// The words of an issue without its decoration: marks, emoji, numbers, shouting. Pure.
#pragma once

#include "importer/markdown.h"

#include "core/time.h"

#include <QStringList>

namespace allclear::issue
{

/// One line of a block's text, still with its marks.
struct Line {
    QString text;
    int line = 0;
};

QList<Line> linesOf(const Block &block);

/// Without marks; a link is its text.
QString plain(const QString &marked);
/// Without marks, emoji and surplus spaces; line breaks are spaces.
QString clean(const QString &marked);
QString withoutEmoji(const QString &text);

/// A line that starts with its name: "**Impact:** all users", "Impact: all users", or bold to its end.
struct Label {
    QString name; ///< clean, without the colon
    QString rest; ///< with marks; may be empty
    bool bold = false;
};
std::optional<Label> labelOf(const QString &marked);

/// Without "5.", "1.1", "A)", "Step 2:" in front.
QString withoutNumber(const QString &text);
/// "5." → 5, "Why #2" → 2; nothing when no number leads.
std::optional<int> leadingNumber(const QString &text);

/// "CRITICAL INFRASTRUCTURE CRISIS" → "Critical infrastructure crisis", with acronyms as they are; other texts
/// unchanged.
QString withoutShouting(const QString &text);
/// "VPC Connector" → "vpc-connector"; "item" when nothing is left.
QString slug(const QString &text, qsizetype most = 40);
/// Lower-case words of letters and digits, without those that say nothing.
QStringList keywords(const QString &text);
/// At most `most` characters, on one line.
QString shortened(const QString &text, qsizetype most = 100);

/// "0-2 hours", "within 30 minutes", "24h", "next 2 days", "today", "this week": the later end, in the file's own form
/// ("2h"); empty when the text names none.
QString dueIn(const QString &text);
/// "48.80 seconds", "1m 36s", "2 min", "850ms" → the first duration in the text.
std::optional<Duration> durationIn(const QString &text);
/// As the file writes it: "48.8s", "250ms", "5m".
QString durationWord(Duration duration);

} // namespace allclear::issue
