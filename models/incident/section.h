// A mapping under reading. Its getters check types and ranges and report what is wrong where it stands, so that one
// pass over the file finds every error.
#pragma once

#include "incident/document.h"
#include "incident/keys.h"
#include "incident/variables.h"

#include <QHash>
#include <QSet>

namespace allclear::reading {

/// What one reading shares: the document, the diagnostics so far, variables and secrets.
class Reading {
public:
    Reading(const Document &file, Variables values, QString folder)
        : document(file), variables(std::move(values)), directory(std::move(folder)) {}

    const Document &document;
    Variables variables;
    QString directory;          ///< relative paths are under it
    QStringList secrets;
    QHash<std::pair<int, int>, SourceMark> componentMarks; ///< where the endpoint or suite at a mark names its component
    QStringList *undefined = nullptr; ///< while an endpoint is read: the unset variables that it uses
    Dollar dollar = Dollar::BracesOnly;

    void error(SourceMark mark, const QString &message, const QString &suggestion = {});
    void notice(SourceMark mark, const QString &message, const QString &suggestion = {});
    /// "did you mean `x`?", or nothing.
    QString didYouMean(const QString &word, const QStringList &candidates) const;
    void gatusNotice(SourceMark mark, const QString &path);
    Expanded expand(const Value &scalar);
    /// Absolute, "~/" is the home folder.
    QString absolutePath(const QString &path) const;

    const Diagnostics &diagnostics() const { return m_diagnostics; }

private:
    void add(Severity severity, SourceMark mark, const QString &message, const QString &suggestion);
    Diagnostics m_diagnostics;
    QSet<QString> m_seen;        ///< "line:column message" and paths of notices: each is said once
    int m_errors = 0;
};

struct MarkedText {
    QString text;
    SourceMark mark;
};

enum class Least { Positive, Zero };
enum class Windowed { Refused, Allowed };

class Section {
public:
    /// `path` is the mapping's in knownKeys(). Reports a value that is no mapping, and unknown keys.
    Section(Reading &reading, const ValuePtr &value, const QString &path);
    /// A section whose missing keys come from `defaults`; `client` and `headers` are merged key by key.
    static Section withDefaults(Reading &reading, const ValuePtr &value, const QString &path, const ValuePtr &defaults);

    bool isMap() const { return m_isMap; }
    SourceMark mark() const { return m_mark; }
    SourceMark markOf(QLatin1StringView key) const;
    Reading &reading() const { return *m_reading; }

    ValuePtr find(QLatin1StringView key) const; ///< null when absent or empty in YAML
    bool has(QLatin1StringView key) const { return find(key) != nullptr; }

    QString text(QLatin1StringView key) const;
    std::optional<QString> optionalText(QLatin1StringView key) const;
    /// Reports when it is missing or blank; `owner` is "an endpoint", "a criterion".
    QString required(QLatin1StringView key, QLatin1StringView owner) const;
    bool flag(QLatin1StringView key, bool fallback) const;
    std::optional<int> integer(QLatin1StringView key, int least) const;
    std::optional<double> number(QLatin1StringView key) const;
    std::optional<Duration> duration(QLatin1StringView key, Least least) const;
    std::optional<qint64> bytes(QLatin1StringView key) const;
    /// One of `words`; reports anything else with the nearest of them.
    std::optional<QString> oneOf(QLatin1StringView key, const QStringList &words) const;
    QList<MarkedText> texts(QLatin1StringView key) const;
    QList<std::pair<QString, QString>> pairs(QLatin1StringView key) const;
    QList<ConditionText> conditions(QLatin1StringView key, Windowed windowed) const;
    std::optional<Section> section(QLatin1StringView key) const;
    QList<ValuePtr> list(QLatin1StringView key) const;
    QList<Section> sections(QLatin1StringView key) const;

private:
    Section(Reading &reading, const ValuePtr &value, const QString &path, const QList<Entry> &entries);
    void checkKeys() const;
    void checkKey(const Value &key, const Value &value, const MappingKeys &known) const;
    QString childPath(QLatin1StringView key) const;
    std::optional<Expanded> scalar(QLatin1StringView key, QLatin1StringView wanted) const;
    void wrongType(const Value &value, QLatin1StringView key, const QString &wanted, const QString &suggestion = {}) const;
    void checkCondition(const Value &value, const Expanded &expanded, Windowed windowed) const;

    Reading *m_reading;
    QString m_path;
    SourceMark m_mark;
    QList<Entry> m_entries;
    bool m_isMap = false;
};

} // namespace allclear::reading
