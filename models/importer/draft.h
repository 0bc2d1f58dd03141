// What was found in an issue, each value with the line it came from, before it becomes YAML.
#pragma once

#include "importer/importer.h"
#include "importer/items.h"

#include <QSet>

namespace allclear::issue
{

/// A value and where it stands. `guess` says why it was inferred; empty: the issue says so itself.
struct Sourced {
    QString text;
    int line = 0;
    QString guess = {};
    int lastLine = 0; ///< when it spans several
    bool isEmpty() const { return text.isEmpty(); }
};

struct DraftMoney {
    double amount = 0;
    QString currency, per;
    bool atLeast = false;
    int line = 0;
    QString guess;
};

struct DraftLink {
    QString title, url;
    int line = 0;
};

enum class ComponentKind { Network, Cache, Database, Queue, Certificate, Edge, Compute, Service };

struct DraftComponent {
    QString name, title;
    ComponentKind kind = ComponentKind::Service;
    int line = 0;
    QString guess;
    QStringList needs;
    int needsLine = 0;
};

enum class AddressKind { Http, WebSocket, Redis, Postgres, Tcp };

struct DraftEndpoint {
    QString name, component, url;
    AddressKind kind = AddressKind::Http;
    int line = 0;
    QString guess;
    QList<Sourced> conditions;
};

/// A journey of one step whose address the issue does not give: it waits for its variable and is unknown until then.
struct DraftOpen {
    QString name, title, variable;
    int line = 0;
};

struct DraftCriterion {
    QString title;
    int line = 0;
    QStringList of;
    QString ofGuess;
    bool httpOnly = false;
    QList<Sourced> require;
    Sourced hold;
};

struct DraftWhy {
    QString why, because;
    int line = 0, becauseLine = 0;
};

struct DraftAction {
    QString title;
    int line = 0;
    Sourced owner, due, component;
};

struct DraftBaseline {
    QString title; ///< of the part that reports it
    std::optional<int> passed, failed, errors, skipped;
    std::optional<Duration> duration;
    int line = 0;
};

struct DraftRun {
    QString name;
    Sourced title, directory, format, output;
    QStringList command;
    int line = 0;
    QString guess; ///< of the command
    std::optional<DraftBaseline> baseline;
};

struct Draft {
    Sourced title, severity, declared, summary, customers;
    std::optional<DraftMoney> money;
    QList<DraftLink> links;
    QList<DraftComponent> components;
    QList<DraftEndpoint> endpoints;
    QList<DraftOpen> open;
    QList<DraftCriterion> criteria;
    QList<DraftWhy> whys;
    QList<DraftAction> actions;
    QList<DraftRun> runs;
    QList<DraftBaseline> unmatched; ///< reported, but no command is given
    QList<Finding> findings;
};

/// A line with a name: "**Severity:** P0", an item, a row of two cells, front matter.
struct Fact {
    QString name; ///< clean, lower case
    QString text; ///< with marks
    int line = 0;
    int part = 0;
};

/// The issue under reading: what extractors share.
struct Issue {
    Chapter chapter;
    QList<Fact> frontMatter;
    Outline outline;
    QList<Fact> facts; ///< of all parts but those about filing the issue
    QSet<int> used; ///< lines that went into the file
    Draft draft;

    void use(int line) { used.insert(line); }
    void find(FindingKind kind, int line, const QString &text) { draft.findings.append({kind, line, text}); }
};

// In this order; each fills its part of the draft.
void readFacts(Issue &issue);
void readTitle(Issue &issue, const QString &sourceName);
void readSeverity(Issue &issue);
void readImpact(Issue &issue);
void readWhys(Issue &issue);
void readRuns(Issue &issue);
void readEndpoints(Issue &issue);
void readComponents(Issue &issue); ///< and gives every endpoint one
void readCriteria(Issue &issue);
void readActions(Issue &issue);
void readLinks(Issue &issue);
void listUnmapped(Issue &issue);

/// Each with the index of the part that reports it.
QList<std::pair<DraftBaseline, int>> readBaselines(Issue &issue);

/// Which kind of part a text speaks of; nothing when no word tells.
std::optional<ComponentKind> componentKindIn(const QString &text);
/// "api", "api-2", …: a name that is not in `taken` yet, which it joins.
QString uniqueName(const QString &name, QSet<QString> &taken);
/// Secrets that issues carry by accident become •••.
QString withoutSecrets(const QString &text);

} // namespace allclear::issue
