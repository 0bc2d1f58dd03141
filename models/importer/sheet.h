// An incident file as lines of `key: value  # where from`: what the draft becomes, and what importing again compares.
// Pure.
#pragma once

#include "importer/draft.h"

namespace allclear::issue
{

struct Field {
    QString key; ///< "title"; "impact.customers" one level further in
    QString value; ///< YAML, on one line
    QString comment; ///< "line 12", "line 12, guessed: …"; may be empty
};

struct Entry {
    QString id; ///< what makes it the same entry when the issue is imported again
    QList<Field> fields;
};

struct Sheet {
    QString key; ///< "endpoints"; a mapping when it is "incident" or "defaults", a list otherwise
    QString heading; ///< a comment above it
    QList<Entry> entries;
    QStringList remarks; ///< comment lines below it
    bool isMap() const { return key == QLatin1StringView("incident") || key == QLatin1StringView("defaults"); }
    QString path() const { return key == QLatin1StringView("links") ? QStringLiteral("incident.links") : key; }
};

QList<Sheet> sheetsOf(const Draft &draft);

/// Lines of one entry, indented for its sheet.
QStringList linesOf(const Sheet &sheet, const Entry &entry);
QString lineOf(const Sheet &sheet, const Field &field);
QStringList linesOf(const Sheet &sheet);

/// Plain where YAML takes it for nothing else, in double quotes otherwise. `$` means itself.
QString quoted(const QString &text);
/// The same, but ${NAME} stays a variable.
QString quotedWithVariables(const QString &text);

} // namespace allclear::issue
